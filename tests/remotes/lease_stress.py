"""Many clients on one queue, some of them killed: what was handed out, how fast, and whether any ad was lost."""

from __future__ import annotations

import json
import random
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

from modtui.remotes.postgres_published import WorkAd, publish_ads, publish_queue

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Stress:
    """What came of it."""

    ads: int
    clients: int
    killed: int
    done: int
    doubled: int
    "Pieces that were given to another while a lease on them was running, and decisions that count for nothing."
    late: int
    seconds: float
    p95_ms: float
    "Of taking a lease."

    @property
    def words(self) -> str:
        rate = self.ads / self.seconds
        return (
            f"{self.ads:,} ads, {self.clients} clients, {self.killed} killed: {self.done:,} decided, "
            f"{self.doubled} doubled, {self.late} late, {rate:,.0f} ads/s, lease p95 {self.p95_ms:.0f} ms"
        )


def fill(lead: psycopg.Connection, count: int) -> None:
    """Publish so many ads."""
    publish_queue(lead, "q", {}, "lena")
    for start in range(0, count, 2_000):
        publish_ads(lead, "q", [WorkAd("s", f"ad-{n}", "h", "{}", n) for n in range(start, min(start + 2_000, count))])


def stress(
    address: str, owner: psycopg.Connection, folder: Path, count: int, clients: int, kills: int, seconds: int
) -> Stress:
    """Run the clients until every ad is decided; `address` is a reviewer's. A killed client is followed by another."""
    chance = random.Random(7)
    names = iter(range(10_000))
    running: dict[str, subprocess.Popen[str]] = {}

    def start() -> None:
        name = f"client-{next(names)}"
        running[name] = subprocess.Popen(
            [sys.executable, "-m", "tests.remotes.lease_worker", address, name, str(seconds)],
            cwd=ROOT, stdout=(folder / name).open("w"), stderr=subprocess.PIPE, text=True,
        )  # fmt: skip

    def end(name: str) -> None:
        process = running.pop(name)
        _, err = process.communicate()
        if process.returncode not in (0, -9):
            raise RuntimeError(err[-2000:])

    fill_started = time.perf_counter()
    for _ in range(clients):
        start()
    killed = 0
    marks = [int(count * (number + 1) / (kills + 1)) for number in range(kills)]
    while True:
        done = _count(owner, "state = 'done'")
        if killed < kills and done >= marks[killed]:
            victim = chance.choice(sorted(running))
            running[victim].kill()
            end(victim)
            killed += 1
            start()
        if done == count:
            break
        finished = [name for name, process in running.items() if process.poll() is not None]
        for name in finished:
            end(name)
        if not running:
            break
        time.sleep(count / 100_000)  # counting reads the whole table
    took = time.perf_counter() - fill_started
    for name in list(running):
        end(name)
    lines = [
        json.loads(line) for out in folder.iterdir() for line in out.read_text().splitlines() if line.endswith("}")
    ]
    return Stress(
        count, clients, killed, _count(owner, "state = 'done'"), _doubled(lines, seconds) + _lost(owner),
        _late(owner), took, _p95([1000 * (line["told"] - line["asked"]) for line in lines]),
    )  # fmt: skip


def _count(owner: psycopg.Connection, where: str) -> int:
    row = owner.execute(f"SELECT count(*) FROM modtui.work WHERE {where}").fetchone()  # type: ignore[arg-type]
    assert row is not None
    return int(row[0])


def _doubled(lines: Sequence[dict[str, Any]], seconds: int) -> int:
    """How often a piece was handed out while it was surely somebody's: within its time since it was asked for."""
    until: dict[tuple[str, int], float] = {}
    doubled = 0
    for line in sorted(lines, key=lambda each: each["told"]):
        for item, slot in line["pieces"]:
            doubled += line["told"] < until.get((item, slot), 0)
            until[item, slot] = line["asked"] + seconds
    return doubled


def _lost(owner: psycopg.Connection) -> int:
    """Decisions that neither closed a piece nor are noted as late, and whose ad nobody has decided since.

    A client killed between its decision and saying so leaves one that counts only as the second on its ad.
    """
    row = owner.execute(
        """SELECT count(*) FROM modtui.events e
           WHERE NOT EXISTS (SELECT 1 FROM modtui.work w WHERE w.closed_by = e.id)
           AND NOT EXISTS (SELECT 1 FROM modtui.late l WHERE l.event_id = e.id)
           AND NOT EXISTS (SELECT 1 FROM modtui.work w WHERE w.item = split_part(e.id, ' ', 2) AND w.state = 'done')"""
    ).fetchone()
    assert row is not None
    return int(row[0])


def _late(owner: psycopg.Connection) -> int:
    row = owner.execute("SELECT count(*) FROM modtui.late").fetchone()
    assert row is not None
    return int(row[0])


def _p95(times: Sequence[float]) -> float:
    return statistics.quantiles(times, n=20)[-1] if len(times) > 1 else 0.0
