"""Worklists: queues of ads that are in the workspace already, each with a reason to look at it again."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from modtui.store.items import NEW_LANE
from modtui.store.queues import Queue, add_to_count
from modtui.store.sqlite import Connection
from modtui.store.times import due_minutes, order_key

AGAIN = "again: "
"What the mark of an item begins with that is here to be looked at again; the reason follows."


class WorklistRow(Struct, frozen=True):
    """An ad to look at again."""

    ad_no: int
    reason: str
    priority: int
    "0 to 100; more comes sooner."


def add_to_worklist(connection: Connection, queue: Queue, rows: Sequence[WorklistRow], now_ms: int) -> int:
    """Put ads into a queue, each with its reason; how many are new there.

    An ad that waits there already gets the new reason; one that was decided there stays as it is.
    """
    added = 0
    minute = due_minutes(now_ms)
    for row in rows:
        there = connection.execute(
            "SELECT n, state FROM queue_items WHERE queue_no = ? AND ad_no = ?", (queue.queue_no, row.ad_no)
        ).fetchone()
        if there is None:
            n = connection.execute(
                "UPDATE queues SET size = size + 1 WHERE queue_no = ? RETURNING size", (queue.queue_no,)
            ).fetchone()[0]
            connection.execute(
                "INSERT INTO queue_items (queue_no, n, ad_no, lane, order_key, mark) VALUES (?, ?, ?, ?, ?, ?)",
                (queue.queue_no, n, row.ad_no, NEW_LANE, order_key(row.priority, None, minute), AGAIN + row.reason),
            )
            added += 1
        elif there[1] == "new":
            connection.execute(
                "UPDATE queue_items SET mark = ? WHERE queue_no = ? AND n = ?",
                (AGAIN + row.reason, queue.queue_no, there[0]),
            )
    add_to_count(connection, queue.queue_no, "new", None, added)
    return added
