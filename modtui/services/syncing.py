"""Syncing: everything decided here goes to the team's remote, and what others decided comes back."""

from __future__ import annotations

import fcntl
import os
import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from msgspec import Struct
from msgspec.structs import replace

from modtui.domain.events import Event
from modtui.errors import ModtuiError
from modtui.remotes.protocol import Refused, Remote, RemoteFault
from modtui.services.clock import Clock, wall_clock
from modtui.services.exchange import Exchanged, Progress, count_missing, exchange
from modtui.services.replica import WorkspaceReplica
from modtui.store import remotes
from modtui.store.conflicts import count_conflicts
from modtui.store.event_log import SEQ_BITS, EventLog, event_number
from modtui.store.remotes import RemoteRow
from modtui.store.sqlite import Connection
from modtui.store.team_events import place_waiting
from modtui.store.times import utc_text
from modtui.store.workspace import Workspace

if TYPE_CHECKING:
    from modtui.remotes.folder import FolderRemote
    from modtui.services.leasing import LeaseReport
    from modtui.services.published import Arrived

T = TypeVar("T")
TRIES = 5
FIRST_PAUSE_SECONDS = 0.5
LONGEST_PAUSE_SECONDS = 60.0
POSTGRES = ("postgresql://", "postgres://")


class SyncReport(Struct, frozen=True):
    """What a sync did."""

    remote: str
    pulled: int
    "Events that are new here."
    pushed: int
    waiting: tuple[str, ...]
    refused: tuple[Refused, ...]
    forked: tuple[str, ...]
    withdrawn: tuple[Event, ...]
    "Own retractions, sent now, of what had been sent before."
    unsynced: int
    "Own events that the remote has still not acknowledged."
    conflicts: int
    work: LeaseReport | None = None
    "What became of the leases, where the remote hands out work."
    published: Arrived | None = None
    "What came of what leads have published, where it comes in files."


class Missing(Struct, frozen=True):
    """What `sync --dry-run` finds of one stream."""

    stream: str
    "Empty for what leads have published."
    sent_as: str
    events: int
    files: int = 0
    "Published files that the remote lacks."


def add_remote(
    workspace: Workspace, name: str, address: str, team: str = "", *, is_new: bool = False, clock: Clock = wall_clock
) -> RemoteRow:
    """Remember a remote after asking it who it is. With `is_new` a folder is made the team's remote first."""
    from modtui.remotes.places import has_secret

    if has_secret(address):
        raise ModtuiError(
            "A password in the address",
            "Addresses are kept in the workspace; passwords never are.",
            "Take it out, and put it where its driver looks: the environment or a profile (docs/sync.md).",
        )
    if not address.startswith(POSTGRES) and "://" not in address:
        address = str(Path(address).expanduser().absolute())
    if is_new and not address.startswith(POSTGRES):
        _make(address, team)
    remote = open_remote(address)
    try:
        greeting = remote.hello()
    finally:
        remote.close()
    if team and greeting.team and greeting.team != team:
        raise ModtuiError(
            "Another team's remote",
            f"{address} belongs to the team {greeting.team!r}, not to {team!r}.",
            "Check the address with your lead.",
        )
    now = utc_text(clock())
    workspace.writer.call(lambda tx: remotes.keep_remote(tx.connection, name, address, greeting.team, now))
    return find_remote(workspace, name)


def _make(address: str, team: str) -> None:
    from modtui.remotes.folder import make_folder
    from modtui.remotes.places import open_place

    if not team:
        raise ModtuiError("No team named", "A new remote belongs to a team.", "Add `--team NAME`.")
    if "://" not in address:
        Path(address).mkdir(mode=0o770, parents=True, exist_ok=True)
    make_folder(open_place(address), team)


def open_remote(address: str) -> Remote:
    """The remote at an address. Secrets come from the environment, a profile, ~/.pgpass or a service file."""
    if address.startswith(POSTGRES):
        from modtui.remotes.postgres import PostgresRemote
        from modtui.remotes.postgres_connection import connect

        return PostgresRemote(connect(address))
    return open_carrier(address)


def open_carrier(address: str) -> FolderRemote:
    """The folder or object store at an address."""
    from modtui.remotes.folder import FolderRemote
    from modtui.remotes.places import open_place
    from modtui.remotes.signing import lead_keys, signer, trusted_keys

    return FolderRemote(open_place(address), signer(), trusted_keys(), lead_keys())


def find_remote(workspace: Workspace, name: str | None) -> RemoteRow:
    """The remote of that name, or the first. Raises ModtuiError when there is none."""
    with workspace.read() as connection:
        rows = remotes.list_remotes(connection)
    for row in rows:
        if name is None or row.name == name:
            return row
    if name is None:
        raise ModtuiError("No remote", "This workspace syncs with nothing yet.", "`modtui remote add NAME ADDRESS`.")
    names = ", ".join(row.name for row in rows) or "none"
    raise ModtuiError("No such remote", f"There is no remote {name!r}; there are: {names}.", "`modtui remote list`.")


def sync(
    workspace: Workspace,
    name: str | None = None,
    *,
    from_the_start: bool = False,
    gently: bool = False,
    policies: Path | None = None,
    progress: Progress | None = None,
    pause: Callable[[float], None] = time.sleep,
    clock: Clock = wall_clock,
) -> SyncReport:
    """Sync with a remote, tried again with growing pauses while it does not answer. One at a time on a workspace.

    With `gently` a review beside it hardly waits. `from_the_start` reads all of the remote again and compares every
    end: that finds and mends what was damaged there. `policies` is the catalog that published queues are imported
    with, if it is not the team's.
    """
    row = find_remote(workspace, name)
    with only_sync(workspace.path):
        before = _acknowledged(workspace, row.name)
        if from_the_start:
            workspace.writer.call(lambda tx: remotes.forget_marks(tx.connection, row.name))

        work: list[LeaseReport] = []
        published: list[Arrived] = []

        def once() -> Exchanged:
            remote = open_remote(row.address)
            try:
                replica = WorkspaceReplica(workspace, find_remote(workspace, row.name), gently=gently)
                done = exchange(replica, remote, progress)
                if row.address.startswith(POSTGRES):
                    report, refused = _settle_work(workspace, remote, clock)
                    work.append(report)
                    done.refused += refused
                else:
                    done_before = published[-1] if published else None
                    arrived = exchange_what_is_published(
                        workspace, remote, row.name, policies=policies, before=done_before, clock=clock
                    )
                    published.append(arrived)
                    done.refused += arrived.refused
                return done
            finally:
                remote.close()

        done = again(once, pause)
        _settle(workspace, row.name, done, utc_text(clock()))
        return replace(
            report_of(workspace, row.name, done, before),
            work=work[-1] if work else None,
            published=published[-1] if published else None,
        )


def exchange_what_is_published(
    workspace: Workspace, remote: Remote, name: str | None, *, is_pull_only: bool = False,
    policies: Path | None = None, before: Arrived | None = None, clock: Clock = wall_clock,
) -> Arrived:  # fmt: skip
    """Once the events are there: what leads have published, where files carry it."""
    from modtui.remotes.folder import FolderRemote
    from modtui.services.published import exchange_published

    assert isinstance(remote, FolderRemote)
    return exchange_published(
        workspace, remote, remote.team, remote=name, is_pull_only=is_pull_only, policies=policies, done=before,
        clock=clock,
    )  # fmt: skip


def _settle_work(workspace: Workspace, remote: Remote, clock: Clock) -> tuple[LeaseReport, tuple[Refused, ...]]:
    """Once the events are there: leases and the catalog of a remote that hands out work."""
    from modtui.remotes.postgres import PostgresRemote
    from modtui.services.team_work import settle

    assert isinstance(remote, PostgresRemote)
    return settle(workspace, remote, clock)


def missing_at(workspace: Workspace, name: str | None = None) -> tuple[RemoteRow, list[Missing]]:
    """What a sync would send. Asks the remote, and changes nothing there or here."""
    row = find_remote(workspace, name)
    remote = open_remote(row.address)
    try:
        found = count_missing(WorkspaceReplica(workspace, row, remembers=False), remote)
        files = 0 if row.address.startswith(POSTGRES) else _count_lacking(workspace, remote)
    finally:
        remote.close()
    missing = [Missing(way, sending.name, count) for way, sending, count in found]
    return row, [*missing, *([Missing("", "", 0, files)] if files else ())]


def _count_lacking(workspace: Workspace, remote: Remote) -> int:
    from modtui.remotes.folder import FolderRemote
    from modtui.services.published import names_lacking

    assert isinstance(remote, FolderRemote)
    return sum(1 for _ in names_lacking(workspace, remote, remote.team))


@contextmanager
def only_sync(workspace: Path) -> Iterator[None]:
    """The right to sync a workspace, one process at a time; the lock goes with whoever holds it."""
    descriptor = os.open(workspace.with_name(workspace.name + "-sync"), os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise ModtuiError(
                "Another sync is running",
                "This workspace is being synced just now, by the app or by another command.",
                "Wait for it to end; nothing is lost.",
            ) from error
        yield
    finally:
        os.close(descriptor)


def again(run: Callable[[], T], pause: Callable[[float], None] = time.sleep) -> T:
    """Run what may be repeated until the remote answers: pauses double, by chance shorter, so that not all come at
    once. Raises the last fault after TRIES."""
    for attempt in range(TRIES):
        try:
            return run()
        except RemoteFault:
            if attempt == TRIES - 1:
                raise
            pause(random.uniform(0, min(LONGEST_PAUSE_SECONDS, FIRST_PAUSE_SECONDS * 2**attempt)))  # noqa: S311
    raise AssertionError("unreachable")


def place_arrived(workspace: Workspace) -> int:
    """Give events that came before their ads to those that were imported since; how many."""
    with workspace.read() as connection:
        if connection.execute("SELECT 1 FROM waiting_events LIMIT 1").fetchone() is None:
            return 0
    placed = 0
    while count := workspace.writer.call(lambda tx: place_waiting(tx.connection), background=True):
        placed += count
    return placed


def _settle(workspace: Workspace, name: str, done: Exchanged, now: str) -> None:
    refused = [(each.name, each.why) for each in done.refused]
    workspace.writer.call(lambda tx: remotes.finish(tx.connection, name, refused, now))
    place_arrived(workspace)


def _acknowledged(workspace: Workspace, name: str) -> dict[str, int]:
    with workspace.read() as connection:
        return {way: remotes.end_of(connection, name, way) for _, way in _own_streams(connection)}


def _own_streams(connection: Connection) -> list[tuple[int, str]]:
    rows = connection.execute("SELECT stream_no, stream FROM streams WHERE stream_no > 0 ORDER BY stream_no")
    return [(number, way) for number, way in rows]


def report_of(workspace: Workspace, name: str, done: Exchanged, before: dict[str, int]) -> SyncReport:
    with workspace.read() as connection:
        return SyncReport(
            name,
            done.pulled,
            done.pushed,
            tuple(done.waiting),
            tuple(done.refused),
            tuple(done.forked),
            tuple(_withdrawn(connection, before)),
            remotes.count_unsynced(connection),
            count_conflicts(connection),
        )


def _withdrawn(connection: Connection, before: dict[str, int]) -> Iterator[Event]:
    """Retractions after the ends that were acknowledged, of events up to them."""
    log = EventLog()
    numbers = {way: number for number, way in _own_streams(connection)}
    acknowledged = {event_number(numbers[way], 0) >> SEQ_BITS: seq for way, seq in before.items()}
    for way, seq in before.items():
        for _, event in log.read(connection, ["retraction"], event_number(numbers[way], seq), stream=way):
            targets = [number for each in event.supersedes if (number := log.number(connection, each)) is not None]
            if any(t > 0 and (t & ((1 << SEQ_BITS) - 1)) <= acknowledged.get(t >> SEQ_BITS, 0) for t in targets):
                yield event


def team_of(workspace: Workspace) -> str:
    """The team of the first remote; empty when there is none."""
    with workspace.read() as connection:
        rows = remotes.list_remotes(connection)
    return rows[0].team if rows else ""
