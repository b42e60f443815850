"""Reviewer processes that are killed at random moments, and what is there afterwards."""

from __future__ import annotations

import random
import subprocess
import sys
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from tests.durability.evidence import event_ids, faults_of

ROOT = Path(__file__).parents[2]
START_UP_SHARE = 0.12
"Of the kills, so many come while the process starts."


@dataclass(frozen=True, slots=True)
class Killed:
    """What a process had acknowledged when it was killed."""

    lines: tuple[str, ...]

    @property
    def told(self) -> list[str]:
        return event_ids(self.lines)


def reviewer(path: Path, name: str, count: int, way: str = "all") -> subprocess.Popen[bytes]:
    """A process that reviews and prints what it was acknowledged."""
    command = [sys.executable, "-m", "tests.durability.reviewing", str(path), name, str(count), way]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT)


def kill_in_mid_session(path: Path, rng: random.Random, way: str = "all") -> Killed:
    """Start a reviewer, kill it after some lines and a moment more, and give what it said until then."""
    process = reviewer(path, "amina", 10_000, way)
    assert process.stdout is not None and process.stdin is not None
    after = 1 if way == "early" else rng.randrange(1, 30)
    moment = rng.random() * 0.006
    if way != "early" and rng.random() < START_UP_SHARE:
        after, moment = 0, rng.random() * 0.5
    lines = _lines(process.stdout, after + 1 if after else 0)
    threading.Event().wait(moment)  # a moment within the next transaction, whichever that is
    process.kill()
    lines += _lines(process.stdout, None)
    process.wait()
    process.stdin.close()
    process.stdout.close()
    return Killed(tuple(lines))


def _lines(source: IO[bytes], count: int | None) -> list[str]:
    """So many whole lines, or all that are left."""
    found = []
    while count is None or len(found) < count:
        line = source.readline()
        if not line.endswith(b"\n"):
            break
        found.append(line.decode().strip())
        if found[-1] == "done":
            break
    return found


def faults_after_kills(path: Path, kills: int, seed: int, way: str = "all") -> tuple[list[str], Sequence[str]]:
    """Kill so many sessions on one workspace, looking at it after each: the faults, and all that was acknowledged."""
    rng = random.Random(seed)
    told: list[str] = []
    for _ in range(kills):
        told += kill_in_mid_session(path, rng, way).told
        faults = faults_of(path, told)
        if faults:
            return faults, told
    return [], told
