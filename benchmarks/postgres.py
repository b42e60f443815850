"""A team's PostgreSQL: a sync of many decisions against COPY of the same rows, and leases under many clients."""

from __future__ import annotations

import os
import secrets
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from benchmarks.measure import REPORTED, Row, Setting, median, progress, verdict
from modtui.domain.events import Entry
from modtui.services.clock import wall_clock
from modtui.services.syncing import add_remote, sync
from modtui.store.event_log import new_event_id
from modtui.store.times import utc_text
from modtui.store.transaction import Transaction
from modtui.store.workspace import Workspace, open_workspace
from tests.remotes.lease_stress import fill, stress
from tests.remotes.postgres_server import Server, running_server
from tests.remotes.team_database import PASSWORD, TeamDatabase, team_template

MANY, GOAL = 100_000, 4.0
ADS, CLIENTS, KILLED = 100_000, 32, 8
BODY_BYTES = 1_100
"As much as a decision of the demo queue has beside its frame."


@contextmanager
def team(*, durable: bool) -> Iterator[tuple[Server, str]]:
    """A server with a template of a team's database, and the password in the environment."""
    before = os.environ.get("PGPASSWORD")
    os.environ["PGPASSWORD"] = PASSWORD
    try:
        with running_server(durable=durable) as server, team_template(server) as template:
            yield server, template
    finally:
        if before is None:
            del os.environ["PGPASSWORD"]
        else:
            os.environ["PGPASSWORD"] = before


def filled_workspace(path: Path, count: int) -> None:
    """A workspace with so many events of a decision's size, whose content does not compress to nothing."""
    now = wall_clock()
    with open_workspace(path, now) as workspace:
        for start in range(0, count, 500):
            entries = [
                Entry(new_event_id(now), "note", "amina", utc_text(now), {"text": secrets.token_hex(BODY_BYTES // 2)})
                for _ in range(min(500, count - start))
            ]
            workspace.writer.call(partial(_append, entries))


def _append(entries: list[Entry], tx: Transaction) -> None:
    for entry in entries:
        tx.append_event(entry)


def push(setting: Setting) -> list[Row]:
    """`modtui sync` of many decisions, reading them from the workspace included, against COPY of rows in memory."""
    count = setting.ads(MANY)
    copied: list[float] = []
    synced: list[float] = []
    with tempfile.TemporaryDirectory() as folder, team(durable=True) as (server, template):
        path = Path(folder) / "workspace.db"
        progress(f"writing {count:,} events")
        filled_workspace(path, count)
        with open_workspace(path, wall_clock()) as workspace:
            for _ in range(setting.rounds(3)):
                with server.database(template) as name:
                    copied.append(_copy(TeamDatabase(server, name), workspace))
                with server.database(template) as name:
                    synced.append(_sync(TeamDatabase(server, name), workspace, count))
    ratio = median(synced) / median(copied)
    return [
        Row(
            f"sync of {count:,} decisions to PostgreSQL / COPY into the same table",
            f"<= {GOAL}x",
            f"{ratio:.2f}x ({median(synced):.1f} s / {median(copied):.1f} s)",
            verdict(ratio, GOAL),
            {"sync": synced, "copy": copied},
        )
    ]


def _copy(database: TeamDatabase, workspace: Workspace) -> float:
    with workspace.read() as reading:
        rows = reading.execute("SELECT event_no & 1099511627775, id, hash, document FROM events").fetchall()
    statement = "COPY modtui.events (stream, seq, id, hash, document) FROM STDIN"
    with database.connect("amina") as connection:
        started = time.perf_counter()
        with connection.transaction(), connection.cursor().copy(statement) as copying:
            for row in rows:
                copying.write_row((workspace.stream.stream, *row))
        return time.perf_counter() - started


def _sync(database: TeamDatabase, workspace: Workspace, count: int) -> float:
    name = database.name
    add_remote(workspace, name, database.address("amina"))
    started = time.perf_counter()
    report = sync(workspace, name)
    seconds = time.perf_counter() - started
    if report.pushed != count or report.unsynced:
        raise RuntimeError(f"{report.pushed} events sent, {report.unsynced} left")
    return seconds


def leases(setting: Setting) -> list[Row]:
    """Many clients take, decide and close the ads of one queue; some are killed and their ads come back."""
    count, clients, kills = (2_000, 4, 2) if setting.is_quick else (ADS, CLIENTS, KILLED)
    with team(durable=False) as (server, template), server.database(template) as name:
        database = TeamDatabase(server, name)
        with database.connect("lena") as lead, database.owner() as owner, tempfile.TemporaryDirectory() as folder:
            progress(f"publishing {count:,} ads")
            fill(lead, count)
            found = stress(database.address("amina"), owner, Path(folder), count, clients, kills, seconds=10)
    is_whole = found.done == count and not found.doubled
    return [
        Row(
            f"leases: {count:,} ads, {clients} clients, {kills} killed",
            "all decided, none doubled",
            f"{found.done:,} decided, {found.doubled} doubled, {found.late} late",
            verdict(0 if is_whole else 2, 1),
        ),
        Row(
            "leases: ads a second; p95 of taking 25",
            "reported",
            f"{count / found.seconds:,.0f}/s; {found.p95_ms:.0f} ms",
            REPORTED,
        ),
    ]


BENCHMARKS: dict[str, Callable[[Setting], list[Row]]] = {"postgres-push": push, "postgres-leases": leases}
