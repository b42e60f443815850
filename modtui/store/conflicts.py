"""Ads on which decisions stand against each other, found without looking at any other ad."""

from __future__ import annotations

from modtui.store.items import Item, get_item
from modtui.store.sqlite import Connection

IN_CONFLICT = "FROM queue_items WHERE mark = 'conflict'"
Spot = tuple[int, int]
"A queue's number and a place in it: conflicts come in this order."
BEFORE_ALL: Spot = (0, 0)


def count_conflicts(connection: Connection) -> int:
    return int(connection.execute(f"SELECT count(*) {IN_CONFLICT}").fetchone()[0])


def items_in_conflict(connection: Connection, limit: int = -1, after: Spot = BEFORE_ALL) -> list[Item]:
    """Those behind a spot, in the order of their queues."""
    rows = connection.execute(
        f"SELECT queue_no, n {IN_CONFLICT} AND (queue_no, n) > (?, ?) ORDER BY queue_no, n LIMIT ?", (*after, limit)
    ).fetchall()
    return _items(connection, rows)


def item_before(connection: Connection, spot: Spot) -> Item | None:
    """The last one in conflict before a spot."""
    rows = connection.execute(
        f"SELECT queue_no, n {IN_CONFLICT} AND (queue_no, n) < (?, ?) ORDER BY queue_no DESC, n DESC LIMIT 1", spot
    ).fetchall()
    return next(iter(_items(connection, rows)), None)


def items_of_id(connection: Connection, ad_id: str) -> list[Item]:
    """The ads of an id that are in conflict, whatever their source, in whichever queues."""
    rows = connection.execute(
        """SELECT i.queue_no, i.n FROM queue_items i JOIN ads a USING (ad_no)
           WHERE i.mark = 'conflict' AND a.id = ? ORDER BY i.queue_no, i.n""",
        (ad_id,),
    ).fetchall()
    return _items(connection, rows)


def count_up_to(connection: Connection, spot: Spot) -> int:
    """How many are in conflict up to a spot, it included."""
    return int(connection.execute(f"SELECT count(*) {IN_CONFLICT} AND (queue_no, n) <= (?, ?)", spot).fetchone()[0])


def _items(connection: Connection, spots: list[Spot]) -> list[Item]:
    return [item for queue_no, n in spots if (item := get_item(connection, queue_no, n)) is not None]
