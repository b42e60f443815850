"""What a disk may hold after a power cut, worked out from a log of what was written and synced."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.durability.watched_disk import Op

SECTOR = 512
"Bytes that a disk writes whole or not at all."


@dataclass(slots=True)
class _File:
    durable: bytearray | None = None
    "What is on the disk for sure; None when it is not even sure that the file is there."
    pending: list[Op] = field(default_factory=list)
    "Written since the last sync: each may be there, in part or whole, or not."


@dataclass(frozen=True, slots=True)
class Image:
    """The files after a cut, and what had been acknowledged before it."""

    files: dict[str, bytes]
    told: tuple[str, ...]

    def put(self, folder: Path) -> None:
        """Write the files into an empty folder."""
        for name, data in self.files.items():
            (folder / name).write_bytes(data)


def image_after(log: Sequence[Op], cut: int, rng: random.Random) -> Image:
    """The disk when the power fails after `cut` operations.

    What was synced is there. Of what was not, each sector is there or not, as chance has it: all,
    none, up to some point of the order written, or any subset. A file is there for sure once it was synced; a
    delete is for sure when its folder was synced, else it may not have happened. What happens in a folder is in order.
    """
    files: dict[str, _File] = {}
    told: list[str] = []
    for op in log[:cut]:
        if op.kind == "told":
            told.append(op.name)
            continue
        file = files.setdefault(op.name, _File())
        if op.kind == "sync":
            if file.durable is None:
                _settle_deletes(files)  # a new file's first sync is one of its folder too
            content = file.durable if file.durable is not None else bytearray()
            for pending in file.pending:
                _apply(content, pending)
            file.durable, file.pending = content, []
        else:
            file.pending.append(op)
            if op.kind == "delete" and op.offset:
                _settle_deletes(files)
    found = {}
    for name, file in files.items():
        content = _after_cut(file, rng)
        if content is not None:
            found[name] = bytes(content)
    return Image(found, tuple(told))


def _settle_deletes(files: dict[str, _File]) -> None:
    for file in files.values():
        deletes = [number for number, op in enumerate(file.pending) if op.kind == "delete"]
        if deletes:
            file.durable, file.pending = None, file.pending[deletes[-1] + 1 :]


def _after_cut(file: _File, rng: random.Random) -> bytearray | None:
    manner = rng.choice(("none", "all", "first", "some", "torn"))
    if file.durable is None and manner == "none":
        return None
    content: bytearray | None = bytearray(file.durable or b"")
    last = rng.randrange(len(file.pending) + 1)
    for number, op in enumerate(file.pending):
        if manner == "none" or (manner == "first" and number >= last):
            break
        if manner in ("some", "torn") and rng.random() < 0.5:
            if manner == "some" or op.kind != "write":
                continue
            op = _torn(op, rng)
        if op.kind == "delete":
            content = None
        else:
            content = content if content is not None else bytearray()
            _apply(content, op)
    return content


def _torn(op: Op, rng: random.Random) -> Op:
    """A write of which only the first sectors, or only the last, got there."""
    edge = rng.randrange(0, len(op.data) + 1, SECTOR)
    if rng.random() < 0.5:
        return Op("write", op.name, op.offset, op.data[:edge])
    return Op("write", op.name, op.offset + edge, op.data[edge:])


def _apply(content: bytearray, op: Op) -> None:
    if op.kind == "write":
        if not op.data:
            return
        if len(content) < op.offset:
            content.extend(bytes(op.offset - len(content)))
        content[op.offset : op.offset + len(op.data)] = op.data
    elif op.kind == "truncate":
        if op.offset <= len(content):
            del content[op.offset :]
        else:
            content.extend(bytes(op.offset - len(content)))
    elif op.kind == "delete":
        content.clear()
