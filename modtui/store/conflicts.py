"""Ads on which decisions stand against each other, found without looking at any other ad."""

from __future__ import annotations

from modtui.store.items import Item, get_item
from modtui.store.sqlite import Connection


def count_conflicts(connection: Connection) -> int:
    return int(connection.execute("SELECT count(*) FROM queue_items WHERE mark = 'conflict'").fetchone()[0])


def items_in_conflict(connection: Connection, limit: int = -1) -> list[Item]:
    rows = connection.execute(
        "SELECT queue_no, n FROM queue_items WHERE mark = 'conflict' ORDER BY queue_no, n LIMIT ?", (limit,)
    ).fetchall()
    return [item for queue_no, n in rows if (item := get_item(connection, queue_no, n)) is not None]
