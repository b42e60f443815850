"""Bundles: immutable files of events that follow each other, named for what they hold, checked before anything is used.

A bundle is one zstd frame of JSON lines: a manifest, then each event as the very text that was hashed. Its name tells
the place in the stream, the hashes at both sides, and the hash of the file:
`<first>-<last>-<hash before>-<hash of the last>-<sha256 of the file>.jsonl.zst`.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Sequence

from msgspec import Struct

from modtui.domain.streams import Row, fault_in, read_row
from modtui.remotes import packing
from modtui.remotes.packing import SUFFIX, BrokenBundle, Sign, file_digest

FORMAT = 1
_NAME = re.compile(r"(\d{10})-(\d{10})-([0-9a-f]{12})-([0-9a-f]{12})-([0-9a-f]{24})\.jsonl\.zst")


class Label(Struct, frozen=True):
    """What the name of a bundle says."""

    first: int
    last: int
    prev: str
    "Twelve digits of the hash before its first event."
    head: str
    "Twelve digits of the hash of its last."
    digest: str


class Manifest(Struct, frozen=True):
    """The first line of a bundle."""

    bundle: int
    stream: str
    first: int
    last: int
    prev: str
    head: str
    sha256: str
    "Of the lines after this one."
    key: str = ""
    "The Ed25519 key it is signed with, in hex, or nothing."
    signature: str = ""
    "Over this manifest with no signature in it."


def write_bundle(stream: str, rows: Sequence[Row], sign: Sign | None = None) -> tuple[str, bytes]:
    """The name and content of a bundle. The same events, unsigned, always give the same."""
    lines = "".join(row.document + "\n" for row in rows).encode("utf-8")
    first, last = rows[0], rows[-1]
    digest = hashlib.sha256(lines).hexdigest()
    manifest = Manifest(FORMAT, stream, first.seq, last.seq, first.prev, last.hash, digest)
    content = packing.pack(manifest, lines, sign)
    name = f"{first.seq:010d}-{last.seq:010d}-{first.prev[:12]}-{last.hash[:12]}-{file_digest(content)}{SUFFIX}"
    return name, content


def read_label(name: str) -> Label | None:
    """What a file name says; None for a file that is no bundle."""
    found = _NAME.fullmatch(name)
    return Label(int(found[1]), int(found[2]), found[3], found[4], found[5]) if found else None


def read_bundle(name: str, stream: str, content: bytes, trusted: Collection[str] = ()) -> tuple[Row, ...]:
    """The events of a bundle, every hash in it checked. Raises BrokenBundle with the reason, and takes nothing then.

    With trusted keys, in hex, a bundle that none of them has signed is refused too.
    """
    label = read_label(name)
    if label is None:
        raise BrokenBundle("its name is not that of a bundle")
    if file_digest(content) != label.digest:
        raise BrokenBundle("its content is not what its name says: cut off, altered, or under another's name")
    manifest, rows = unpack(content, trusted)
    if manifest.stream != stream:
        raise BrokenBundle("it belongs to another stream than the folder it lies in")
    if (label.first, label.last, label.prev, label.head) != (
        manifest.first, manifest.last, manifest.prev[:12], manifest.head[:12],
    ):  # fmt: skip
        raise BrokenBundle("its name tells another place in the stream than its content")
    return rows


def unpack(content: bytes, trusted: Collection[str] = ()) -> tuple[Manifest, tuple[Row, ...]]:
    """The manifest and the events of a bundle, checked against each other. Raises BrokenBundle."""
    manifest, lines = packing.unpack(content, Manifest, "bundle", FORMAT, trusted)
    rows = _rows(lines)
    ends = (rows[0].seq, rows[0].prev, rows[-1].seq, rows[-1].hash) if rows else ()
    if ends != (manifest.first, manifest.prev, manifest.last, manifest.head):
        raise BrokenBundle("its manifest names other events than it holds")
    if fault := fault_in(manifest.stream, rows):
        raise BrokenBundle(fault)
    return manifest, rows


def _rows(lines: bytes) -> tuple[Row, ...]:
    try:
        return tuple(read_row(line)[0] for line in lines.decode("utf-8").split("\n")[:-1])
    except (ValueError, RecursionError) as error:
        raise BrokenBundle(f"one of its lines is {error}") from error
