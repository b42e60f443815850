"""kill -9 in the middle of syncs with PostgreSQL, of two workspaces by turns, and what is everywhere afterwards."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
from itertools import count
from pathlib import Path
from typing import Any

import psycopg

from modtui.remotes.postgres import PostgresRemote
from modtui.services import exchange as exchanging
from modtui.services.clock import wall_clock
from modtui.services.replica import WorkspaceReplica
from modtui.services.syncing import add_remote, open_remote, sync
from modtui.store.checking import verify_workspace
from modtui.store.remotes import list_remotes
from modtui.store.workspace import open_workspace
from tests.remotes.team_database import TeamDatabase
from tests.remotes.team_story import Laptop

ROOT = Path(__file__).parents[2]
STEP = 20
"Events that are new for each kill; they travel by fours, so that there is a middle."


def faults_after_kills(team: TeamDatabase, folder: Path, kills: int, seed: int) -> list[str]:
    """Kill so many syncs; what is wrong afterwards. The password is in the environment."""
    rng, faults, written, inside = random.Random(seed), [], 0, 0
    laptops = [Laptop(folder / f"{name}.db", name, ads=()) for name in ("amina", "ben")]
    for laptop in laptops:
        add_remote(laptop.workspace, "team", team.address(laptop.reviewer))
    for number in range(kills):
        laptop = laptops[number % 2]
        laptop.write(STEP)
        written += STEP
        laptop.workspace.close()
        inside += _sync_and_kill(laptop.path, rng)
        if words := _fault_there(team):
            faults.append(f"kill {number}: {words}")
        laptop.workspace = open_workspace(laptop.path, wall_clock())
    for laptop in (*laptops, *laptops):
        sync(laptop.workspace, "team")
    carl = Laptop(folder / "carl.db", "carl", ads=())
    add_remote(carl.workspace, "team", team.address("amina"))
    sync(carl.workspace, "team")
    for laptop in (*laptops, carl):
        if len(laptop.events()) != written or laptop.events() != carl.events():
            faults.append(f"{laptop.reviewer} has {len(laptop.events())} events of {written}")
        if not verify_workspace(laptop.workspace.reader).is_whole:
            faults.append(f"the workspace of {laptop.reviewer} is not whole")
        laptop.workspace.close()
    if not inside:
        faults.append("no sync died in the middle: this shows nothing")
    return faults


def _sync_and_kill(path: Path, rng: random.Random) -> bool:
    """Whether the process died before it was done: at a moment that chance gives, or by itself beside a statement."""
    by_itself = rng.choice((0, 1))
    statement = rng.randrange(1, 14) if by_itself else 0
    when = rng.choice(("before", "after"))
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.remotes.postgres_kills", str(path), str(statement), when],
        stdout=subprocess.PIPE, cwd=ROOT, env=dict(os.environ),
    )  # fmt: skip
    assert process.stdout is not None
    assert process.stdout.readline() == b"begun\n"
    if not by_itself:
        threading.Event().wait(rng.random() * 0.15)  # anywhere in the sync: the killed one, not the test, is timed
        process.kill()
    said = process.stdout.read()
    process.wait()
    process.stdout.close()
    return said != b"done\n"


def _fault_there(team: TeamDatabase) -> str:
    """What is wrong with the streams at the remote: a gap, or an id in two places."""
    with team.owner() as owner:
        rows = owner.execute(
            "SELECT stream, count(*), max(seq), count(DISTINCT id) FROM modtui.events GROUP BY stream"
        ).fetchall()
    wrong = [row for row in rows if len(set(row[1:])) != 1]
    return f"stream {wrong[0][0][:8]}: events, last number and ids are {wrong[0][1:]}" if wrong else ""


def _die_at(connection: psycopg.Connection, statement: int, when: str) -> None:
    """Have this process die as the n-th statement is to be sent, or as soon as it has been answered."""
    execute, counted = connection.execute, count(1)

    def counting(*arguments: Any, **options: Any) -> Any:
        is_it = next(counted) == statement
        if is_it and when == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        answer = execute(*arguments, **options)
        if is_it:
            os.kill(os.getpid(), signal.SIGKILL)
        return answer

    connection.execute = counting  # type: ignore[method-assign]


def _main(path: Path, statement: int, when: str) -> None:
    exchanging.ROWS_AT_ONCE = 3
    with open_workspace(path, wall_clock(), create=False) as workspace:
        row = list_remotes(workspace.reader)[0]
        remote = open_remote(row.address)
        assert isinstance(remote, PostgresRemote)
        remote.batch_events = 4
        _die_at(remote.connection, statement, when)
        print("begun", flush=True)
        exchanging.exchange(WorkspaceReplica(workspace, row), remote)
    print("done", flush=True)


if __name__ == "__main__":
    _main(Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3])
