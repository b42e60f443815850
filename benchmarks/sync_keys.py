"""Keys of a review while 100,000 decisions are synced behind it, beside the same keys while nothing else is done."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from benchmarks.commits import copy_of
from benchmarks.importing import remove
from benchmarks.keys import PAUSE, READY, Times, take_move, times
from benchmarks.measure import REVIEWER, Row, Setting, environment, load, modtui, progress, quantile, verdict
from benchmarks.terminal import Terminal
from modtui.domain.events import Entry, Subject
from modtui.services.clock import wall_clock
from modtui.services.sync_behind import start_sync
from modtui.services.syncing import add_remote, sync
from modtui.store.event_log import EventLog, new_event_id
from modtui.store.sqlite import connect_reader
from modtui.store.times import utc_text
from modtui.store.transaction import Transaction
from modtui.store.workspace import open_workspace

ADS = EVENTS = 100_000
ROUNDS, KEYS_A_ROUND = 8, 8
GOAL = 1.3
"Times idle, at the 95th percentile."
AT_ONCE = 500
ENTER = "\r"


def keys(setting: Setting) -> list[Row]:
    """Some keys idle, some while others' decisions arrive, some while own ones are sent, in turn, in one session."""
    path = copy_of(setting, setting.ads(ADS), "sync-keys.db")
    env = environment(setting.folder, path)
    config = setting.folder / "sync-keys.toml"
    config.write_text("sync_minutes = 0\n", encoding="utf-8")  # no syncs but those that are measured
    env["MODTUI_CONFIG"] = str(config)
    count = setting.ads(EVENTS)
    work = Remotes(setting.folder / "sync-keys-teams", path, env)
    progress(f"{count:,} decisions of others, {count:,} own ones")
    others = setting.folder / "sync-keys-others.db"
    remove(others)
    about = subjects(path, count)
    fill(others, about[: -count // 50], "others")  # the ads that are reviewed meanwhile are nobody else's
    work.send_all(others)
    remove(others)
    fill(path, [Subject("elsewhere", each.ad_id, each.content_hash) for each in about], REVIEWER)
    taken, rounds = times(), setting.rounds(ROUNDS)
    work.make_empty(rounds * KEYS_A_ROUND)
    with Terminal(modtui("review", "bench"), env=env, has_progress=True) as desk:
        desk.wait_for(READY)
        desk.settle(1.0)
        desk.press("n")
        time.sleep(6.0)  # the session's own sketching ends
        for number in range(rounds):
            progress(f"sync keys, round {number} of {rounds}, load {load()}")
            for name in ("idle", "pull", "push"):
                for _ in range(KEYS_A_ROUND):
                    for kind, take in (("decide", _take_decision), ("move", take_move)):
                        some = times()
                        work.see_to(name)
                        take(some, f"{kind} {name}", desk)
                        if work.is_going_on(name):
                            _add(taken, some)
                work.stop()
    work.end()
    remove(path)
    return [row for name in ("pull", "push") for row in _rows(taken, name, count)]


def _rows(taken: Times, name: str, count: int) -> list[Row]:
    what = {"pull": "decisions of others arrive", "push": "own decisions are sent"}[name]
    rows = []
    for key in ("move", "decide"):
        found, idle = taken.found[f"{key} {name}"], taken.found[f"{key} idle"]
        ratio, half = (quantile(found, part) / quantile(idle, part) for part in (0.95, 0.5))
        words = f"{taken.words(f'{key} {name}')} / {taken.words(f'{key} idle')}; {len(found)} / {len(idle)} keys"
        rows.append(
            Row(
                f"{key} while {count:,} {what} / idle, p95",
                f"<= {GOAL}x",
                f"{ratio:.2f}x, p50 {half:.2f}x ({words}; load {load()})",
                verdict(ratio, GOAL),
                {name: found, "idle": idle},
            )
        )
    return rows


def _add(taken: Times, some: Times) -> None:
    for name, found in some.found.items():
        taken.found[name] += found
        taken.sizes[name] += some.sizes[name]


def _take_decision(taken: Times, name: str, desk: Terminal) -> None:
    """Time one decision. An ad that its data alone cuts is rejected by its own key instead, and not counted."""
    before = _title(desk)
    desk.press("N")
    taken.take(name, desk, ENTER)
    if _title(desk) == before:
        taken.found[name].pop()
        taken.sizes[name].pop()
        time.sleep(PAUSE[1])
        desk.press("r")


def _title(desk: Terminal) -> str:
    """The title of the ad's pane: the status line counts what is unsynced, which a sync changes too."""
    return next((line.split("╮")[0] for line in desk.text.split("\n") if "╭" in line), "")


class Remotes:
    """Where the workspace syncs to: a folder with all that the others decided, and empty ones to send to."""

    def __init__(self, home: Path, workspace: Path, env: dict[str, str]) -> None:
        remove(home)
        home.mkdir()
        self._home, self._workspace, self._env = home, workspace, env
        self._process: subprocess.Popen[bytes] | None = None
        self._pushes = 0
        self._new("full")

    def see_to(self, name: str) -> None:
        """Have a sync begin, as a session would, unless one is going on; `idle` is none."""
        if name == "idle" or self.is_going_on(name):
            return
        remote = "full"
        if name == "push":
            remote, self._pushes = f"empty-{self._pushes}", self._pushes + 1
        self._process = start_sync(self._workspace, remote, self._env)

    def is_going_on(self, name: str) -> bool:
        if name == "idle":
            return True
        status = self._process.poll() if self._process is not None else 0
        if status:
            raise RuntimeError(f"a sync ended with status {status}")
        return status is None

    def stop(self) -> None:
        """Cut off what is going on: the next one goes on from there."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait()
            self._process = None

    def make_empty(self, count: int) -> None:
        """So many folders to send to."""
        for number in range(count):
            self._new(f"empty-{number}")

    def _new(self, name: str) -> str:
        """Make a folder of the team, and the workspace know it by its name."""
        with open_workspace(self._workspace, wall_clock()) as workspace:
            add_remote(workspace, name, str(self._home / name), "bench", is_new=True)
        return name

    def send_all(self, others: Path) -> None:
        """Fill the full folder with what another workspace holds."""
        with open_workspace(others, wall_clock()) as workspace:
            add_remote(workspace, "full", str(self._home / "full"), "bench")
            sync(workspace)

    def end(self) -> None:
        remove(self._home)


def subjects(path: Path, count: int) -> list[Subject]:
    """So many ads of a workspace, those first that a reviewer is given last."""
    connection = connect_reader(path)
    rows = connection.execute(
        """SELECT s.name, a.id, lower(hex(v.content_hash)) FROM queue_items i JOIN ads a USING (ad_no)
           JOIN sources s USING (source_no) JOIN ad_versions v ON v.version_no = (i.ad_no << 20) | a.version
           ORDER BY i.order_key DESC, i.n DESC LIMIT ?""",
        (count,),
    ).fetchall()
    connection.close()
    return [Subject(*row) for row in rows]


def fill(path: Path, about: Sequence[Subject], actor: str) -> None:
    """Add decisions of the usual size to a workspace, as events alone: what they change comes with a sync."""
    body = {
        "queue": "bench", "state": "decided", "outcome": "approve", "context": "0" * 32,
        "answers": {f"policy.{n}/check": "no" for n in range(12)}, "passed_over": [f"p.{n}/c" for n in range(8)],
        "clauses": {f"policy.{n}/check": f"{n:064x}" for n in range(4)}, "cells": [["FR", "16+", "allowed"]],
    }  # fmt: skip
    now = wall_clock()

    def store(some: Sequence[Subject], tx: Transaction) -> None:
        for subject in some:
            entry = Entry(new_event_id(now), "decision", actor, utc_text(now), body, subject)
            EventLog().append(tx.connection, tx.stream_no, entry, None)

    with open_workspace(path, now) as workspace:
        for start in range(0, len(about), AT_ONCE):
            workspace.writer.call(partial(store, about[start : start + AT_ONCE]))


BENCHMARKS: dict[str, Callable[[Setting], list[Row]]] = {"sync-keys": keys}
