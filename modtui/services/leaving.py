"""Leaving the desk: what the team has leased to this workspace goes back, unless it is decided, held or for longer."""

from __future__ import annotations

from modtui.remotes.postgres import PostgresRemote
from modtui.services.clock import Clock, wall_clock
from modtui.services.exchange import exchange
from modtui.services.leasing import LEASE_SECONDS, return_undecided, sync_leases
from modtui.services.replica import WorkspaceReplica
from modtui.services.syncing import POSTGRES, only_sync, open_remote
from modtui.services.team_work import wish_of
from modtui.store.leases import has_leases
from modtui.store.remotes import RemoteRow, list_remotes
from modtui.store.workspace import Workspace


def leave_desk(workspace: Workspace, clock: Clock = wall_clock) -> int:
    """Give back to every team what it leased to whoever leaves; how many ads.

    First of all, because there may be little time: then what was decided is sent, so that its leases end as well.
    While another session is open on the workspace nothing is done, because its reviewer needs the ads. Raises
    ModtuiError when a remote fails; then leases run out by themselves.
    """
    workspace.writer.call(lambda tx: tx.free_dead_claims())
    with workspace.read() as connection:
        is_busy = connection.execute("SELECT 1 FROM sessions LIMIT 1").fetchone() is not None
        rows = [row for row in list_remotes(connection) if row.address.startswith(POSTGRES)]
        if is_busy or not has_leases(connection):
            return 0
    with only_sync(workspace.path):
        return sum(_leave(workspace, row, clock) for row in rows)


def _leave(workspace: Workspace, row: RemoteRow, clock: Clock) -> int:
    remote = open_remote(row.address)
    try:
        assert isinstance(remote, PostgresRemote)
        count = return_undecided(workspace, remote.connection, remote.hello().team, clock)
        exchange(WorkspaceReplica(workspace, row), remote)
        wish = wish_of(workspace)
        seconds = wish.seconds if wish is not None else LEASE_SECONDS
        sync_leases(workspace, remote.connection, remote.hello().team, "", wanted=0, seconds=seconds, clock=clock)
    finally:
        remote.close()
    return count
