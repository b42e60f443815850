"""What of a queue may be claimed next, and by whom: held ads that are back, then what waits in its lanes, in order."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

from modtui.store.items import FIRST_ROUTE_LANE, NEW_LANE, SECOND_LANE
from modtui.store.slices import Slice
from modtui.store.sqlite import Connection


def find_waiting(
    connection: Connection,
    queue_no: int,
    reviewer: str,
    now: str,
    slice_: Slice | None,
    route_no: int | None,
    exclude: Collection[int],
    after: int | None,
    abandoned: str,
) -> tuple[int, int] | None:
    """The place in the queue and the ad number of what comes next: what was held and is back, then in order."""
    held = _first(_held(connection, queue_no, reviewer, now, slice_, route_no, abandoned), exclude)
    if held is not None:
        return held
    lanes = (NEW_LANE, SECOND_LANE) if route_no is None else (FIRST_ROUTE_LANE + route_no,)
    best: tuple[int, int, int] | None = None
    for lane in lanes:
        for barred in _barred_names(connection, queue_no, lane):
            if barred == reviewer and barred:
                continue
            rows = _waiting(connection, queue_no, lane, barred, reviewer, slice_, after)
            found = next((row for row in rows if row[2] not in exclude), None)
            if found is not None and (best is None or found < best):
                best = found
    return (best[1], best[2]) if best else None


_BARRED = "SELECT barred FROM ready WHERE queue_no = ? AND lane = ?"


def _barred_names(connection: Connection, queue_no: int, lane: int) -> list[str]:
    """Who is kept from ads of a lane, the empty name (nobody) among them: one step in the index for each."""
    names: list[str] = []
    row = connection.execute(f"{_BARRED} ORDER BY barred LIMIT 1", (queue_no, lane)).fetchone()
    while row is not None:
        names.append(row[0])
        row = connection.execute(
            f"{_BARRED} AND barred > ? ORDER BY barred LIMIT 1", (queue_no, lane, row[0])
        ).fetchone()
    return names


def _waiting_query(slice_: Slice | None, after: int | None) -> tuple[str, list[Any]]:
    """The query for the next items of a lane. Its parameters: queue, lane, barred name, those given here, reviewer."""
    where, values = slice_.conditions() if slice_ else ([], [])
    joins = "CROSS JOIN ads a ON a.ad_no = i.ad_no" if slice_ else ""
    if after is not None:
        where.insert(0, "r.order_key >= ?")
        values.insert(0, after)
    conditions = "".join(f" AND {condition}" for condition in where)
    sql = f"""SELECT r.order_key, r.n, i.ad_no
        FROM ready r CROSS JOIN queue_items i ON i.queue_no = r.queue_no AND i.n = r.n {joins}
        WHERE r.queue_no = ? AND r.lane = ? AND r.barred = ?{conditions}
        AND NOT EXISTS (SELECT 1 FROM claims c WHERE c.ad_no = i.ad_no)
        AND NOT EXISTS (SELECT 1 FROM exclusions e WHERE e.queue_no = i.queue_no AND e.n = i.n AND e.reviewer = ?)
        ORDER BY r.order_key, r.n"""
    return sql, values


def _waiting(
    connection: Connection,
    queue_no: int,
    lane: int,
    barred: str,
    reviewer: str,
    slice_: Slice | None,
    after: int | None,
) -> Iterator[tuple[int, int, int]]:
    sql, values = _waiting_query(slice_, after)
    yield from connection.execute(sql, (queue_no, lane, barred, *values, reviewer))


def _held(
    connection: Connection,
    queue_no: int,
    reviewer: str,
    now: str,
    slice_: Slice | None,
    route_no: int | None,
    abandoned: str,
) -> Iterator[tuple[int, int]]:
    """Items whose time to come back is here: the reviewer's own, then those their holder has left lying.

    With a route, only the questions put to it; without one all of them.
    """
    where, values = slice_.conditions() if slice_ else ([], [])
    if route_no is not None:
        where, values = [*where, "i.route_no = ?"], [*values, route_no]
    conditions = "".join(f" AND {condition}" for condition in where)
    mine = ("h.reviewer = ? AND h.queue_no = ? AND h.wake_at <= ?", (reviewer, queue_no, now))
    # What another held may be kept from this reviewer: a second review of their own decision, or what they skipped.
    left = (
        """h.queue_no = ? AND h.wake_at <= ? AND i.barred <> ? AND NOT EXISTS
           (SELECT 1 FROM exclusions e WHERE e.queue_no = i.queue_no AND e.n = i.n AND e.reviewer = ?)""",
        (queue_no, abandoned, reviewer, reviewer),
    )
    for whose, parameters in (mine, left):
        # CROSS JOIN keeps the few held items in front; the planner has no statistics and would walk the queue.
        yield from connection.execute(
            f"""SELECT i.n, i.ad_no FROM holds h CROSS JOIN queue_items i ON i.queue_no = h.queue_no AND i.n = h.n
                CROSS JOIN ads a ON a.ad_no = i.ad_no WHERE {whose}{conditions}
                AND NOT EXISTS (SELECT 1 FROM claims c WHERE c.ad_no = i.ad_no) ORDER BY h.wake_at""",
            (*parameters, *values),
        )


def find_skipped(
    connection: Connection, queue_no: int, reviewer: str, slice_: Slice | None, exclude: Collection[int]
) -> tuple[int, int] | None:
    """The first of what the reviewer skipped and nobody has decided since."""
    where, values = slice_.conditions() if slice_ else ([], [])
    conditions = "".join(f" AND {condition}" for condition in where)
    rows = connection.execute(
        f"""SELECT i.n, i.ad_no FROM ready r CROSS JOIN queue_items i ON i.queue_no = r.queue_no AND i.n = r.n
            CROSS JOIN ads a ON a.ad_no = i.ad_no
            WHERE r.queue_no = ? AND r.lane = {NEW_LANE}{conditions} AND (r.barred = ? OR EXISTS
            (SELECT 1 FROM exclusions e WHERE e.queue_no = i.queue_no AND e.n = i.n AND e.reviewer = ?))
            AND NOT EXISTS (SELECT 1 FROM claims c WHERE c.ad_no = i.ad_no) ORDER BY r.order_key, r.n""",
        (queue_no, *values, reviewer, reviewer),
    )
    return _first(rows, exclude)


def _first(rows: Iterator[tuple[int, int]], exclude: Collection[int]) -> tuple[int, int] | None:
    return next((row for row in rows if row[1] not in exclude), None)
