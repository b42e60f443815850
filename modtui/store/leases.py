"""Leases as this workspace knows them: which of its ads a remote has given it, until when, and what became of them.

An ad whose lease is gone is handed to nobody here, because somebody else has it now; what was decided on it stays.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from msgspec import Struct

from modtui.store import ready
from modtui.store.items import NO_LANE, ad_number, lane_of
from modtui.store.local_rows import get_setting
from modtui.store.queues import AWAY, get_queue
from modtui.store.sqlite import Connection

MINE, CLOSED, GONE = "mine", "closed", "gone"
"Given to this workspace; ended by a decision; lost to others or given back."

WISH = "lease-wish"
"The setting that says what a reviewer wants to have at hand."


class LocalLease(Struct, frozen=True):
    """A lease, and the ad it is about."""

    remote: str
    reviewer: str
    "Under whose name it was given."
    item: str
    "The remote's name for the ad in its queue."
    slot: int
    token: int
    queue: str
    source: str
    ad_id: str
    ad_no: int
    content_hash: str
    "The content that was leased."
    until: str
    "By the clock of this machine, as far as the remote said how long it lasts."
    is_blind: bool
    state: str
    event_id: str | None
    "Of the decision that ended it."


def keep_lease(
    connection: Connection,
    remote: str,
    reviewer: str,
    piece: tuple[str, int, int],
    queue: str,
    ad: tuple[str, str],
    content_hash: str,
    until: str,
    *,
    is_blind: bool,
) -> None:
    """Remember a lease on an ad that is in the queue here, and hand the ad out. A piece is item, slot and token."""
    queue_no, ad_no = get_queue(connection, queue).queue_no, ad_number(connection, *ad)
    connection.execute(
        """INSERT INTO leases
           (remote, reviewer, item, slot, token, queue_no, ad_no, content_hash, until, is_blind, state)
           VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'mine')
           ON CONFLICT (remote, item, slot) DO UPDATE SET token = excluded.token, reviewer = excluded.reviewer,
           until = excluded.until, content_hash = excluded.content_hash, is_blind = excluded.is_blind, state = 'mine',
           event_id = NULL""",
        (remote, reviewer, *piece, queue_no, ad_no, content_hash, until, int(is_blind)),
    )
    _hand_out(connection, queue_no, ad_no)


_LEASE = """SELECT l.remote, l.reviewer, l.item, l.slot, l.token, q.name, s.name, a.id, l.ad_no, l.content_hash,
    l.until, l.is_blind, l.state, l.event_id
    FROM leases l JOIN queues q USING (queue_no) JOIN ads a USING (ad_no) JOIN sources s USING (source_no)"""


def leases_of(connection: Connection, remote: str, state: str = MINE) -> list[LocalLease]:
    """The leases of a remote in a state."""
    rows = connection.execute(f"{_LEASE} WHERE l.remote = ? AND l.state = ? ORDER BY l.item, l.slot", (remote, state))
    return [_lease(row) for row in rows]


def closed_and_undone(connection: Connection, remote: str) -> list[LocalLease]:
    """Leases that were ended by decisions which something has taken back since."""
    rows = connection.execute(
        f"""{_LEASE} WHERE l.remote = ? AND l.state = 'closed'
            AND EXISTS (SELECT 1 FROM supersessions x WHERE x.target = l.event_id)""",
        (remote,),
    )
    return [_lease(row) for row in rows]


def has_leases(connection: Connection) -> bool:
    """Whether a remote has given this workspace anything that is not decided."""
    return connection.execute("SELECT 1 FROM leases WHERE state = 'mine' LIMIT 1").fetchone() is not None


def wants_work(connection: Connection) -> bool:
    """Whether ads are wished for from the team, and none is at hand."""
    return bool(get_setting(connection, WISH)) and not has_leases(connection)


def is_blind(connection: Connection, ad_no: int) -> bool:
    """Whether an ad is reviewed blind here and not decided: what others said of it waits."""
    row = connection.execute(
        "SELECT 1 FROM leases WHERE ad_no = ? AND state = 'mine' AND is_blind = 1 LIMIT 1", (ad_no,)
    ).fetchone()
    return row is not None


def others_have_told(connection: Connection, source: str, ad_id: str) -> bool:
    """Whether a verdict of others on an ad can be seen here."""
    ad_no = ad_number(connection, source, ad_id)
    return ad_no is not None and any(
        event_no < 0
        for (event_no,) in connection.execute(
            "SELECT event_no FROM events WHERE ad_no = ? AND kind IN ('decision', 'adjudication')", (ad_no,)
        )
    )


def renew_leases(connection: Connection, leases: Iterable[LocalLease], until: str) -> None:
    connection.executemany(
        "UPDATE leases SET until = ?, state = 'mine', event_id = NULL WHERE remote = ? AND item = ? AND slot = ?",
        [(until, lease.remote, lease.item, lease.slot) for lease in leases],
    )


def close_leases(connection: Connection, closed: Sequence[tuple[LocalLease, str]]) -> None:
    """Note the decisions that ended leases."""
    connection.executemany(
        "UPDATE leases SET state = 'closed', event_id = ? WHERE remote = ? AND item = ? AND slot = ?",
        [(event_id, lease.remote, lease.item, lease.slot) for lease, event_id in closed],
    )


def lose_leases(connection: Connection, leases: Iterable[LocalLease]) -> int:
    """Note that leases are gone, and hand their ads to nobody here; those on a desk leave it first. How many."""
    count = 0
    for lease in leases:
        connection.execute(
            "UPDATE leases SET state = 'gone' WHERE remote = ? AND item = ? AND slot = ?",
            (lease.remote, lease.item, lease.slot),
        )
        count += 1
    return count


def lock_away_gone(connection: Connection, remote: str) -> None:
    """Take what is not this workspace's out of where claims look for it: giving a claim back puts it there."""
    rows = connection.execute(
        f"SELECT i.queue_no, i.n {AWAY} AND l.remote = ? AND i.lane > 0",
        (remote,),
    ).fetchall()
    for queue_no, n in rows:
        ready.move(connection, queue_no, n, NO_LANE)


def _hand_out(connection: Connection, queue_no: int, ad_no: int | None) -> None:
    row = connection.execute(
        "SELECT n, state, route_no FROM queue_items WHERE queue_no = ? AND ad_no = ?", (queue_no, ad_no)
    ).fetchone()
    is_claimed = connection.execute("SELECT 1 FROM claims WHERE ad_no = ?", (ad_no,)).fetchone()
    if row is not None and is_claimed is None:
        ready.move(connection, queue_no, row[0], lane_of(row[1], row[2]))


def _lease(row: Sequence[object]) -> LocalLease:
    values = list(row)
    values[11] = bool(values[11])
    return LocalLease(*values)  # type: ignore[arg-type]
