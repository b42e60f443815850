"""Commits: what a durable decision costs beside a bare write and fdatasync, and how eight writers share a workspace."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.importing import remove, workspace_of
from benchmarks.measure import ROOT, Row, Setting, median, python, quantile, verdict
from modtui.domain.events import Entry, Subject
from modtui.services.catalogs import load_rulebook
from modtui.services.clock import wall_clock
from modtui.services.review_session import ReviewSession
from modtui.services.shipped import shipped
from modtui.store.event_log import EventLog, new_event_id
from modtui.store.times import utc_text
from modtui.store.transaction import Transaction
from modtui.store.workspace import Workspace, open_workspace

DECISIONS = 600
WRITERS, WRITE_SECONDS = 8, 5.0
GOAL, FAIR = 2.2, 0.2
FRAME_BYTES = 4096 + 24
"A page in the log, with its header."


@dataclass(slots=True)
class Spans:
    """Where the time of the writer's jobs goes, in seconds."""

    waiting: list[float] = field(default_factory=list)
    "From being handed over to the first statement: the thread, the turn, BEGIN."
    working: list[float] = field(default_factory=list)
    "The statements of the transaction."
    committing: list[float] = field(default_factory=list)
    "COMMIT and the answer."
    total: list[float] = field(default_factory=list)

    def watch(self, workspace: Workspace) -> None:
        """Take the times of every job of this workspace's writer."""
        submit = workspace.writer.submit

        def watched(run: Callable[[Transaction], Any], *, background: bool = False) -> Future[Any]:
            begun = time.perf_counter()
            at = [begun, begun]

            def timed(tx: Transaction) -> Any:
                at[0] = time.perf_counter()
                try:
                    return run(tx)
                finally:
                    at[1] = time.perf_counter()

            def done(_: Future[Any]) -> None:
                now = time.perf_counter()
                self.waiting.append(at[0] - begun)
                self.working.append(at[1] - at[0])
                self.committing.append(now - at[1])
                self.total.append(now - begun)

            future = submit(timed, background=background)
            future.add_done_callback(done)
            return future

        workspace.writer.submit = watched  # type: ignore[method-assign]


class Floor:
    """Appends to a file beside the workspace and waits for the disk."""

    def __init__(self, path: Path) -> None:
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_APPEND, 0o600)

    def seconds(self, data: bytes) -> float:
        started = time.perf_counter()
        os.write(self._file, data)
        os.fdatasync(self._file)
        return time.perf_counter() - started


def copy_of(setting: Setting, count: int, name: str) -> Path:
    """A copy of a prepared workspace, to be written to."""
    path = setting.folder / name
    remove(path)
    shutil.copyfile(workspace_of(setting, count), path)
    os.sync()  # else the first commits wait for the copy
    return path


@dataclass(slots=True)
class Decided:
    """Times in seconds and sizes in bytes of decisions one after the other, with bare writes in between."""

    spans: Spans = field(default_factory=Spans)
    awaited: list[float] = field(default_factory=list)
    bare_event: list[float] = field(default_factory=list)
    "Write + fdatasync of the event's bytes."
    bare_log: list[float] = field(default_factory=list)
    "The same of as many bytes as the transaction wrote to SQLite's log."
    event_sizes: list[int] = field(default_factory=list)
    log_sizes: list[int] = field(default_factory=list)


async def _decide(path: Path, rounds: int, floor: Floor) -> Decided:
    """Decide ad after ad; between two decisions, write the bytes of the first one to a bare file."""
    found = Decided()
    with open_workspace(path, wall_clock(), create=False) as workspace:
        rulebook = load_rulebook(shipped("policies.yaml"), workspace, wall_clock())
        session = ReviewSession(workspace, rulebook, "bench", "bench")
        await session.start()
        found.spans.watch(workspace)
        for _ in range(rounds):
            assert session.current is not None
            session.current.desk.clear_lit()
            if session.following is not None:  # as the screen does while nobody waits
                session.following.desk.plan()
            before, frames = len(found.spans.total), _log_frames(workspace)
            started = time.perf_counter()
            change = await session.decide()
            found.awaited.append(time.perf_counter() - started)
            assert len(found.spans.total) == before + 1
            written = (_log_frames(workspace) - frames) * FRAME_BYTES
            document = _document(workspace, change.event_id or "")
            found.event_sizes.append(len(document))
            found.bare_event.append(floor.seconds(document))
            if written > 0:  # else the log began anew
                found.log_sizes.append(written)
                found.bare_log.append(floor.seconds(bytes(written)))
        await session.close()
    return found


def _log_frames(workspace: Workspace) -> int:
    with workspace.read() as connection:
        return int(connection.execute("PRAGMA wal_checkpoint(NOOP)").fetchone()[1])


def _document(workspace: Workspace, event_id: str) -> bytes:
    with workspace.read() as connection:
        row = connection.execute("SELECT document FROM events WHERE id = ?", (event_id,)).fetchone()
    return str(row[0]).encode()


def _append(path: Path, rounds: int, floor: Floor, size: int) -> tuple[list[float], list[float]]:
    """Append events of that size and nothing else; the same bytes to a bare file in between."""
    found: list[float] = []
    bare: list[float] = []
    with open_workspace(path, wall_clock(), create=False) as workspace:
        with workspace.read() as connection:
            source, ad_id = connection.execute(
                "SELECT s.name, a.id FROM ads a JOIN sources s USING (source_no)"
            ).fetchone()
        for _ in range(rounds):
            now = wall_clock()
            entry = Entry(
                new_event_id(now), "note", "bench", utc_text(now), {"text": "x" * max(1, size - 400)},
                Subject(source, ad_id, "0" * 64),
            )  # fmt: skip
            started = time.perf_counter()
            workspace.writer.call(lambda tx, entry=entry: EventLog().append(tx.connection, tx.stream_no, entry, 1))  # type: ignore[misc]
            found.append(time.perf_counter() - started)
            bare.append(floor.seconds(bytes(size)))
    return found, bare


def commit(setting: Setting) -> list[Row]:
    """The cost of a durable decision."""
    path = copy_of(setting, setting.ads(100_000), "commits.db")
    floor = Floor(setting.folder / "floor.bin")
    rounds = setting.rounds(DECISIONS)
    decided = asyncio.run(_decide(path, rounds, floor))
    size, log_size = int(median(decided.event_sizes)), int(median(decided.log_sizes))
    appended, bare_append = _append(path, rounds, floor, size)
    remove(path)
    (setting.folder / "floor.bin").unlink()
    spans = decided.spans
    parts = {"waiting": spans.waiting, "statements": spans.working, "commit": spans.committing}
    described = ", ".join(f"{name} {median(values) * 1000:.2f}" for name, values in parts.items())
    total, event, log = median(spans.total), median(decided.bare_event), median(decided.bare_log)
    append_ratio = median(appended) / median(bare_append)
    figures = {"p99_ms": quantile(spans.total, 0.99) * 1000, "write_p99_ms": quantile(decided.bare_event, 0.99) * 1000}
    return [
        Row(
            f"commit of one event of {size} B / write + fdatasync of as many",
            f"<= {GOAL}x",
            f"{append_ratio:.2f}x (p50 {median(appended) * 1000:.2f} / {median(bare_append) * 1000:.2f} ms)",
            verdict(append_ratio, GOAL),
            {"p99_ms": quantile(appended, 0.99) * 1000},
        ),
        Row(
            f"whole transaction of a decision / write + fdatasync of its {log_size // 1024} KiB",
            f"<= {GOAL}x",
            f"{total / log:.2f}x (p50 {total * 1000:.2f} / {log * 1000:.2f} ms; {described} ms)",
            verdict(total / log, GOAL),
            figures,
        ),
        Row(
            "the same / write + fdatasync of the event alone",
            "reported",
            f"{total / event:.2f}x (p50 {total * 1000:.2f} / {event * 1000:.2f} ms)",
            "reported",
        ),
        Row(
            "ReviewSession.decide() as a screen awaits it",
            "reported",
            f"p50 {median(decided.awaited) * 1000:.2f}, p99 {quantile(decided.awaited, 0.99) * 1000:.2f} ms",
            "reported",
        ),
    ]


def contention(setting: Setting) -> list[Row]:
    """Eight processes that decide flat out on one workspace."""
    path = copy_of(setting, setting.ads(100_000), "contention.db")
    seconds = 2.0 if setting.is_quick else WRITE_SECONDS
    before = _decisions(path)
    start = time.time() + 4.0
    command = python("-m", "benchmarks.commits", str(path), f"{start:.3f}", str(seconds))
    writers = [
        subprocess.Popen([*command, f"writer-{number}"], stdout=subprocess.PIPE, cwd=ROOT, text=True)
        for number in range(WRITERS)
    ]
    said = [
        json.loads(writer.communicate()[0].strip() or '{"done": 0, "failed": 1, "slowest": 0}') for writer in writers
    ]
    stored = _decisions(path) - before
    remove(path)
    done = [one["done"] for one in said]
    failed = sum(one["failed"] for one in said)
    fairness = min(done) / max(max(done), 1)
    is_met = not failed and fairness >= FAIR and stored == sum(done)
    return [
        Row(
            f"{WRITERS} processes deciding on one workspace, fewest / most",
            f">= {FAIR}, 0 fail",
            f"{fairness:.2f} ({min(done)} / {max(done)}), {failed} failed, {stored} stored of {sum(done)}, "
            f"{stored / seconds:.0f} a second, slowest {max(one['slowest'] for one in said) * 1000:.0f} ms",
            "met" if is_met else "MISSED",
            {"done": done, "failed": failed},
        )
    ]


def _decisions(path: Path) -> int:
    with open_workspace(path, wall_clock(), create=False) as workspace, workspace.read() as connection:
        return int(connection.execute("SELECT count(*) FROM events WHERE kind = 'decision'").fetchone()[0])


async def write_flat_out(path: Path, start: float, seconds: float, reviewer: str) -> dict[str, float]:
    """Decide from `start` (by the wall clock) for so many seconds, as one of several sessions."""
    done = failed = 0
    slowest = 0.0
    with open_workspace(path, wall_clock(), create=False) as workspace:
        rulebook = load_rulebook(shipped("policies.yaml"), workspace, wall_clock())
        session = ReviewSession(workspace, rulebook, "bench", reviewer)
        await session.start()
        await asyncio.sleep(max(0.0, start - time.time()))
        while time.time() < start + seconds and session.current is not None:
            session.current.desk.clear_lit()
            begun = time.perf_counter()
            try:
                await session.decide()
                done += 1
            except Exception as error:
                print(error, file=sys.stderr)
                failed += 1
            slowest = max(slowest, time.perf_counter() - begun)
        await session.close()
    return {"done": done, "failed": failed, "slowest": slowest}


BENCHMARKS: dict[str, Callable[[Setting], list[Row]]] = {"commit": commit, "contention": contention}

if __name__ == "__main__":
    arguments = sys.argv[1:]
    told = asyncio.run(write_flat_out(Path(arguments[0]), float(arguments[1]), float(arguments[2]), arguments[3]))
    print(json.dumps(told))
