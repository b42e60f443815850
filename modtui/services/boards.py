"""Opening the place where a lead publishes: the team's database, a folder or object store, or a file to be carried."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from modtui.errors import ModtuiError
from modtui.remotes.board import Board
from modtui.remotes.protocol import Refused, RemoteFault
from modtui.remotes.signing import signer
from modtui.services.clock import Clock, wall_clock
from modtui.services.folder_board import FolderBoard
from modtui.services.published import exchange_published, send_published
from modtui.services.replica import WorkspaceReplica
from modtui.services.syncing import POSTGRES, find_remote, only_sync, open_carrier, team_of
from modtui.services.team import opened_team
from modtui.store.remotes import RemoteRow, list_remotes
from modtui.store.workspace import Workspace


@contextmanager
def opened_board(
    workspace: Workspace, remote: str | None, *, is_carried: bool = False, clock: Clock = wall_clock
) -> Iterator[Board]:
    """Where to publish. `remote` is a name or an address, else the first remote is meant.

    What is published to a folder stands in the workspace first and is sent at the end; `is_carried` leaves it at that,
    for `sync --to-file` to take along.
    """
    if is_carried:
        yield FolderBoard(workspace, team_of(workspace), signer(), clock)
        return
    row = _remote(workspace, remote)
    if row.address.startswith(POSTGRES):
        from modtui.remotes.postgres_published import PostgresBoard

        with opened_team(row.address, workspace) as (_, connection):
            yield PostgresBoard(connection)
        return
    with only_sync(workspace.path), _folder_board(workspace, row, clock) as board:
        yield board


@contextmanager
def _folder_board(workspace: Workspace, row: RemoteRow, clock: Clock) -> Iterator[Board]:
    carrier = open_carrier(row.address)
    try:
        greeting = carrier.hello()
        WorkspaceReplica(workspace, row, remembers=bool(row.name)).greet(greeting)
        # What others published there comes first: the number of what follows has to be above theirs.
        arrived = exchange_published(workspace, carrier, greeting.team, remote=row.name, is_pull_only=True, clock=clock)
        _check_readable(arrived.refused)
        yield FolderBoard(workspace, greeting.team, carrier.sign, clock)
        try:
            send_published(workspace, carrier, greeting.team, row.name)
        except RemoteFault as error:
            raise RemoteFault(error.title, f"{error.message} What is published is kept here.", _SYNC) from error
    finally:
        carrier.close()


_SYNC = "`modtui sync` sends it as soon as the remote answers."


def _check_readable(refused: list[Refused]) -> None:
    newer = [each.name for each in refused if each.is_newer]
    if newer:
        raise ModtuiError(
            "A newer modtui publishes there",
            f"{newer[0]} cannot be read here, so what you publish might stand behind it.",
            "Update modtui. Nothing was published.",
        )


def _remote(workspace: Workspace, remote: str | None) -> RemoteRow:
    with workspace.read() as reading:
        rows = list_remotes(reading)
    for row in rows:
        if remote in (None, row.name, row.address):
            return row
    if remote and ("/" in remote or "://" in remote):
        return RemoteRow("", remote, team_of(workspace), "", "", None)
    if not rows:
        raise ModtuiError(
            "No remote",
            "This workspace syncs with nothing yet.",
            "`modtui remote add NAME ADDRESS`; or publish with --carried, and carry it with `modtui sync --to-file`.",
        )
    return find_remote(workspace, remote)
