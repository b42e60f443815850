"""Ads found from the shell: a page after a place, in the order of import, or of the ads' numbers for words."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

from modtui.store import queues
from modtui.store.ad_list import PLACE_BITS
from modtui.store.search import match_expression
from modtui.store.slices import Slice
from modtui.store.sqlite import Connection

HITS_AT_ONCE = 500


def find_places(
    connection: Connection, queue: str | None, slice_: Slice, after: tuple[int, int] | None, limit: int
) -> list[int]:
    """At most `limit` places (`ad_list.PLACE_BITS`) of a queue or of all, beyond the place `(queue number, n)`."""
    known = [queues.get_queue(connection, queue)] if queue else queues.list_queues(connection)
    if after is not None:
        known = [each for each in known if each.queue_no >= after[0]]
    expression = match_expression(slice_.text) if slice_.text else ""
    if slice_.text and not expression:
        return []
    found: list[int] = []
    for each in known:
        n = after[1] if after is not None and each.queue_no == after[0] else 0
        rows = _hits(connection, each, slice_, expression, n) if expression else _items(connection, each, slice_, n)
        base = each.queue_no << PLACE_BITS
        for row in rows:
            found.append(base | row)
            if len(found) == limit:
                return found
    return found


def _items(connection: Connection, queue: queues.Queue, slice_: Slice, n: int) -> Iterator[int]:
    where, values = slice_.conditions()
    rows = connection.execute(
        f"""SELECT i.n FROM queue_items i CROSS JOIN ads a ON a.ad_no = i.ad_no
            WHERE i.queue_no = ? AND i.n > ? {_and(where)} ORDER BY i.n""",
        (queue.queue_no, n, *values),
    )
    return (row[0] for row in rows)


def _hits(connection: Connection, queue: queues.Queue, slice_: Slice, expression: str, n: int) -> Iterator[int]:
    """Places of the ads that hold the words, by number of the ad: the order in which the index gives them."""
    where, values = slice_.conditions(without_text=True)
    row = connection.execute(
        "SELECT ad_no FROM queue_items WHERE queue_no = ? AND n = ?", (queue.queue_no, n)
    ).fetchone()
    last = row[0] if row else 0
    while True:
        hits = connection.execute(
            "SELECT rowid FROM ad_search WHERE ad_search MATCH ? AND rowid > ? ORDER BY rowid LIMIT ?",
            (expression, last, HITS_AT_ONCE),
        ).fetchall()
        rows = connection.execute(
            f"""SELECT i.n FROM json_each(?) hit CROSS JOIN queue_items i ON i.ad_no = hit.value AND i.queue_no = ?
                CROSS JOIN ads a ON a.ad_no = i.ad_no WHERE 1 {_and(where)} ORDER BY i.ad_no""",
            (json.dumps([hit[0] for hit in hits]), queue.queue_no, *values),
        )
        yield from (found[0] for found in rows.fetchall())
        if len(hits) < HITS_AT_ONCE:
            return
        last = hits[-1][0]


def _and(where: Sequence[str]) -> str:
    return "".join(f" AND {condition}" for condition in where)
