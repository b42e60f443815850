"""Sync: pushing many decisions to a folder beside the least that must be done, and the memory both ways take.

The floor reads the same rows, encodes and compresses them as bundles are, and
writes them as one file with one fsync.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.measure import REPORTED, Row, Setting, verdict

EVENTS = 100_000
GOAL, FLAT = 3.0, 1.15
AT_ONCE = 500


def fill(path: Path, count: int) -> None:
    """A workspace with so many decisions of the usual size."""
    from modtui.domain.events import Entry, Subject
    from modtui.store.event_log import EventLog, new_event_id
    from modtui.store.transaction import Transaction
    from modtui.store.workspace import open_workspace

    findings = [{"check": "health.weight/promise", "evidence": [{"at": "body", "start": 0, "end": 26}]}]
    body = {
        "queue": "q", "state": "decided", "outcome": "reject", "context": "0" * 32, "findings": findings,
        "answers": {f"policy.{n}/check": "no" for n in range(12)}, "passed_over": [f"p.{n}/c" for n in range(20)],
        "clauses": {f"policy.{n}/check": f"{n:064x}" for n in range(12)}, "cells": [["FR", "16+", "cut"]],
    }  # fmt: skip
    with open_workspace(path, 0) as workspace:

        def store(tx: Transaction) -> None:
            for n in range(AT_ONCE):
                subject = Subject("s", f"ad-{n}", "0" * 64)
                entry = Entry(new_event_id(1), "decision", "amina", "", body, subject)
                EventLog().append(tx.connection, tx.stream_no, entry, None)

        for _ in range(count // AT_ONCE):
            workspace.writer.call(store)


def floor(path: Path, target: Path) -> float:
    import hashlib

    import zstandard

    from modtui.remotes.packing import LEVEL
    from modtui.store.sqlite import connect_reader

    connection = connect_reader(path)
    begun = time.perf_counter()
    packer = zstandard.ZstdCompressor(level=LEVEL)
    with target.open("wb") as file:
        rows = connection.execute("SELECT hash, document FROM events ORDER BY event_no")
        while some := rows.fetchmany(5_000):
            lines = "".join(document + "\n" for _, document in some).encode("utf-8")
            hashlib.sha256(lines).digest()
            file.write(packer.compress(lines))
        file.flush()
        os.fsync(file.fileno())
    spent = time.perf_counter() - begun
    connection.close()
    return spent


def push(path: Path, folder: Path) -> dict[str, Any]:
    from modtui.services.syncing import add_remote, sync
    from modtui.store.workspace import open_workspace

    folder.mkdir()
    with open_workspace(path, 0) as workspace:
        add_remote(workspace, "team", str(folder), "t", is_new=True)
        begun = time.perf_counter()
        report = sync(workspace)
        spent = time.perf_counter() - begun
    return {"seconds": spent, "events": report.pushed, "unsynced": report.unsynced}


def pull(path: Path, folder: Path) -> dict[str, Any]:
    from modtui.services.syncing import add_remote, sync
    from modtui.store.workspace import open_workspace

    with open_workspace(path, 0) as workspace:
        add_remote(workspace, "team", str(folder))
        begun = time.perf_counter()
        report = sync(workspace)
        spent = time.perf_counter() - begun
    return {"seconds": spent, "events": report.pulled}


def _apart(verb: str, *paths: Path) -> dict[str, Any]:
    """Run one step in a process of its own, so that its memory is its own."""
    command = [sys.executable, "-m", "benchmarks.sync", verb, *map(str, paths)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def main() -> None:
    """One step, in a process of its own: `floor`, `push` or `pull`, and two paths."""
    first, second = Path(sys.argv[2]), Path(sys.argv[3])
    if sys.argv[1] == "floor":
        said: dict[str, Any] = {"seconds": floor(first, second)}
    else:
        said = (push if sys.argv[1] == "push" else pull)(first, second)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps(said | {"peak_mib": round(peak, 1)}))


def measure(setting: Setting) -> list[Row]:
    """A push beside its floor, and the memory of a push and a pull of few events and of all."""
    count = 20_000 if setting.is_quick else EVENTS
    fewer = max(10_000, count // 5)  # a whole bundle each way
    few, many = _run(fewer), _run(count)
    ratio = many["push"]["seconds"] / many["floor"]["seconds"]
    peaks = {way: (few[way]["peak_mib"], many[way]["peak_mib"]) for way in ("push", "pull")}
    growth = max(after / before for before, after in peaks.values())
    return [
        Row(
            f"sync: push {count:,} decisions to a folder, beside read + pack + write + fsync",
            f"{GOAL:g}x",
            f"{ratio:.2f}x ({many['push']['seconds']:.1f} s)",
            verdict(ratio, GOAL),
            many,
        ),
        Row(
            f"sync: peak memory at {count:,} events beside {fewer:,}",
            f"{FLAT:g}x",
            f"{growth:.2f}x ({many['push']['peak_mib']:.0f} and {many['pull']['peak_mib']:.0f} MiB)",
            verdict(growth, FLAT),
        ),
        Row(f"sync: pull {count:,} decisions", "reported", f"{many['pull']['seconds']:.1f} s", REPORTED),
    ]


def _run(count: int) -> dict[str, dict[str, Any]]:
    with tempfile.TemporaryDirectory() as name:
        home = Path(name)
        fill(home / "w.db", count)
        _apart("floor", home / "w.db", home / "warm")
        return {
            "floor": _apart("floor", home / "w.db", home / "one"),
            "push": _apart("push", home / "w.db", home / "team"),
            "pull": _apart("pull", home / "other.db", home / "team"),
        }


BENCHMARKS: dict[str, Callable[[Setting], list[Row]]] = {"sync": measure}


if __name__ == "__main__":
    main()
