"""kill -9 in the middle of syncs with PostgreSQL, of two workspaces by turns, and what is everywhere afterwards."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import threading
from pathlib import Path

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
    """Whether the process was killed before it was done."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.remotes.postgres_kills", str(path)],
        stdout=subprocess.PIPE, cwd=ROOT, env=dict(os.environ),
    )  # fmt: skip
    assert process.stdout is not None
    assert process.stdout.readline() == b"begun\n"
    threading.Event().wait(rng.random() * 0.15)  # a moment anywhere in the sync: the killed one, not the test, is timed
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


def _main(path: Path) -> None:
    exchanging.ROWS_AT_ONCE = 3
    with open_workspace(path, wall_clock(), create=False) as workspace:
        row = list_remotes(workspace.reader)[0]
        remote = open_remote(row.address)
        remote.batch_events = 4
        print("begun", flush=True)
        exchanging.exchange(WorkspaceReplica(workspace, row), remote)
    print("done", flush=True)


if __name__ == "__main__":
    _main(Path(sys.argv[1]))
