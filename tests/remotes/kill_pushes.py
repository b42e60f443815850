"""kill -9 in the middle of pushes to PostgreSQL, again and again, and what the database holds afterwards.

`python -m tests.remotes.kill_pushes 200` runs it at length.
"""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from pathlib import Path

from modtui.domain.events import FIRST_PREV, Entry, seal
from modtui.domain.streams import Row
from modtui.remotes.postgres import PostgresRemote
from modtui.remotes.postgres_connection import connect
from tests.remotes.team_database import PASSWORD, TeamDatabase

ROOT = Path(__file__).parents[2]
STREAM = "c" * 32
BATCH, STEP = 10, 400


def rows_to(count: int) -> list[Row]:
    """The same events each time, as a workspace has them."""
    rows: list[Row] = []
    for seq in range(1, count + 1):
        prev = rows[-1].hash if rows else FIRST_PREV
        entry = Entry(f"id-{seq}", "note", "amina", "2026-11-22T12:00:00.000Z", {"text": "x" * (seq % 700)})
        event, document = seal(entry, STREAM, seq, prev)
        rows.append(Row(seq, prev, event.hash, event.id, document))
    return rows


def push_all(remote: PostgresRemote, rows: list[Row], acknowledged: Path | None = None) -> None:
    """Push what is missing, and note each end that was acknowledged."""
    seq = remote.hello().ends[STREAM].seq if STREAM in remote.hello().ends else 0
    while seq < len(rows):
        seq = remote.push(STREAM, rows[seq : seq + BATCH]).end.seq
        if acknowledged is not None:
            acknowledged.write_text(str(seq))


def faults_after_kills(team: TeamDatabase, folder: Path, kills: int, seed: int) -> list[str]:
    """Kill so many pushes, each of which has a little more to send; what is wrong afterwards."""
    chance = random.Random(seed)
    acknowledged = folder / "acknowledged"
    env = {**os.environ, "PGPASSWORD": PASSWORD}
    faults: list[str] = []
    died_inside = 0
    for kill in range(kills):
        count = STEP * (kill + 1)
        acknowledged.unlink(missing_ok=True)
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.remotes.kill_pushes", team.address("amina"), str(count), str(acknowledged)],
            cwd=ROOT, env=env,
        )  # fmt: skip
        _wait_for(acknowledged, process)
        time.sleep(chance.random() * 0.08)  # where in the push it dies is chance
        process.kill()
        died_inside += process.wait() == -9
        told = int(acknowledged.read_text() or 0) if acknowledged.exists() else 0
        with team.owner() as owner:
            stored = owner.execute("SELECT count(*), coalesce(max(seq), 0) FROM modtui.events").fetchone()
        assert stored is not None
        if stored[0] != stored[1]:
            faults.append(f"kill {kill}: {stored[0]} events, the last is number {stored[1]}")
        if stored[1] < told:
            faults.append(f"kill {kill}: {told} were acknowledged, {stored[1]} are there")
    rows = rows_to(STEP * kills)
    os.environ["PGPASSWORD"] = PASSWORD
    try:
        remote = PostgresRemote(connect(team.address("amina")))
    finally:
        del os.environ["PGPASSWORD"]
    push_all(remote, rows)
    there = [row for batch in remote.pull({}) for row in batch.rows]  # type: ignore[union-attr]
    remote.close()
    if there != rows:
        faults.append(f"{len(there)} events after the last push, not {len(rows)} in order")
    if not died_inside:
        faults.append("no push was killed before its end: this shows nothing")
    return faults


def _wait_for(acknowledged: Path, process: subprocess.Popen[bytes]) -> None:
    while not acknowledged.exists() and process.poll() is None:
        time.sleep(0.002)


def _at_length(kills: int) -> None:
    import tempfile

    from tests.remotes.postgres_server import running_server
    from tests.remotes.team_database import team_template

    with (
        running_server() as server,
        team_template(server) as template,
        server.database(template) as name,
        tempfile.TemporaryDirectory() as folder,
    ):
        faults = faults_after_kills(TeamDatabase(server, name), Path(folder), kills, seed=1)
    print("\n".join(faults) or f"{kills} kills: nothing lost, nothing doubled")


if __name__ == "__main__":
    if len(sys.argv) == 2:
        _at_length(int(sys.argv[1]))
    else:
        push_all(PostgresRemote(connect(sys.argv[1])), rows_to(int(sys.argv[2])), Path(sys.argv[3]))
