"""What a sync with the team's database does besides events: it settles and takes leases, and fetches the catalog."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from msgspec import Struct, convert, to_builtins

from modtui.errors import ModtuiError
from modtui.remotes.postgres import PostgresRemote
from modtui.remotes.postgres_published import PostgresBoard
from modtui.remotes.protocol import Refused, RemoteFault
from modtui.services.clock import Clock, wall_clock
from modtui.services.leasing import LEASE_SECONDS, LeaseReport, sync_leases
from modtui.services.team_catalog import take_catalog
from modtui.store.leases import WISH
from modtui.store.local_rows import get_setting
from modtui.store.workspace import Workspace

if TYPE_CHECKING:
    from psycopg import Connection


class Wish(Struct, frozen=True):
    """What a reviewer wants to have at hand. Each sync fills it up again, until it is given up."""

    reviewer: str
    wanted: int
    seconds: int = LEASE_SECONDS
    queues: tuple[str, ...] = ()
    "All, when empty."


def keep_wish(workspace: Workspace, wish: Wish | None) -> None:
    workspace.writer.call(lambda tx: tx.set_setting(WISH, to_builtins(wish)))


@contextmanager
def wishing(workspace: Workspace, wish: Wish) -> Iterator[None]:
    """Keep a wish. When the team refuses what is done within, the one before stands: else every sync would fail."""
    before = wish_of(workspace)
    keep_wish(workspace, wish)
    try:
        yield
    except RemoteFault:
        raise  # it may pass, and the next sync takes what was wished for
    except ModtuiError:
        keep_wish(workspace, before)
        raise


def wish_of(workspace: Workspace) -> Wish | None:
    with workspace.read() as reading:
        kept = get_setting(reading, WISH)
    return convert(kept, Wish) if kept else None


def settle(
    workspace: Workspace, remote: PostgresRemote, clock: Clock = wall_clock
) -> tuple[LeaseReport, tuple[Refused, ...]]:
    """After the events are there: end, renew and return leases, take as many as are wished for, fetch the catalog.

    A catalog that cannot be read is told, and the one before it stays.
    """
    refused: tuple[Refused, ...] = ()
    try:
        take_catalog(workspace, PostgresBoard(remote.connection), clock)
    except RemoteFault:
        raise
    except ModtuiError as error:
        refused = (Refused("the team's catalog", error.message),)
    wish = wish_of(workspace) or Wish("", 0)
    report = sync_leases(
        workspace, remote.connection, remote.hello().team, wish.reviewer, wanted=wish.wanted, seconds=wish.seconds,
        queues=wish.queues, clock=clock,
    )  # fmt: skip
    return report, refused


def settle_alone(workspace: Workspace, connection: Connection, clock: Clock = wall_clock) -> LeaseReport:
    """Settle and take leases outside a sync. A lease whose decision has not been sent stays until the next sync."""
    return settle(workspace, PostgresRemote(connection), clock)[0]
