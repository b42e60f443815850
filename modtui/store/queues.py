"""Queues: what they are called, how many items they hold in which state, what is due and what is held."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from modtui.store.errors import StorageError
from modtui.store.sqlite import Connection
from modtui.store.times import MINUTE_MS, due_minutes, due_range, rank_end

AWAY = """FROM leases l JOIN queue_items i ON i.queue_no = l.queue_no AND i.ad_no = l.ad_no
    WHERE l.state = 'gone' AND i.state = 'new' AND NOT EXISTS (SELECT 1 FROM claims c WHERE c.ad_no = l.ad_no)
    AND NOT EXISTS (SELECT 1 FROM leases m WHERE m.ad_no = l.ad_no AND m.state = 'mine')"""
"Items that are new and not this workspace's to review, nor on a desk."
DUE_LIMIT = 1_000
"Due items are counted up to here; more than that is shown as `1,000+`."


class Queue(Struct, frozen=True):
    """A queue and its size."""

    queue_no: int
    name: str
    created_at: str
    size: int
    settings: Mapping[str, Any]
    "As JSON; such as `markets`, the default where an ad states none."


class QueueCounts(Struct, frozen=True):
    """How many items a queue holds in each state; `in_review` are those that a session has claimed.

    Not among them are new ones that a remote had leased to this workspace and gave to somebody else since: `away`.
    """

    total: int
    new: int
    waiting_document: int
    second_review: int
    escalated: int
    held: int
    decided: int
    in_review: int
    escalated_by_route: Mapping[str, int]
    away: int = 0


class HeldItem(Struct, frozen=True):
    """An ad somebody keeps, and when it comes back."""

    queue: str
    source: str
    ad_id: str
    title: str
    wake_at: str


def find_queue(connection: Connection, name: str) -> Queue | None:
    row = connection.execute(
        "SELECT queue_no, name, created_at, size, settings FROM queues WHERE name = ?", (name,)
    ).fetchone()
    return _queue(row) if row else None


def get_queue(connection: Connection, name: str) -> Queue:
    """The queue of that name. Raises StorageError, naming those there are."""
    queue = find_queue(connection, name)
    if queue is None:
        names = [row[0] for row in connection.execute("SELECT name FROM queues ORDER BY name LIMIT 20")]
        there = f"The queues here are {', '.join(names)}." if names else "The workspace has no queues yet."
        raise StorageError("No such queue", f"There is no queue {name!r}.", f"{there} `modtui import FILE` makes one.")
    return queue


def list_queues(connection: Connection) -> list[Queue]:
    rows = connection.execute("SELECT queue_no, name, created_at, size, settings FROM queues ORDER BY queue_no")
    return [_queue(row) for row in rows]


def create_queue(connection: Connection, name: str, now: str, settings: Mapping[str, Any] | None = None) -> Queue:
    """The queue of that name, made if it is not there; settings given replace those of the same name."""
    connection.execute("INSERT INTO queues (name, created_at) VALUES (?, ?) ON CONFLICT (name) DO NOTHING", (name, now))
    if settings:
        connection.execute(
            "UPDATE queues SET settings = json_patch(settings, ?) WHERE name = ?",
            (json.dumps(dict(settings), ensure_ascii=False), name),
        )
    return get_queue(connection, name)


def queue_counts(connection: Connection, queue_no: int) -> QueueCounts:
    """The counts, kept with every change; counted here are only claims, and leases that are gone."""
    by_state: dict[str, int] = {}
    by_route: dict[str, int] = {}
    for state, route, n in connection.execute(
        """SELECT c.state, r.name, c.n FROM queue_counts c LEFT JOIN routes r ON r.route_no = c.route_no
           WHERE c.queue_no = ? AND c.n <> 0""",
        (queue_no,),
    ):
        by_state[state] = by_state.get(state, 0) + n
        if state == "escalated":
            by_route[route or ""] = n
    away = count_away(connection, queue_no)
    claimed = connection.execute("SELECT count(*) FROM claims WHERE queue_no = ?", (queue_no,)).fetchone()[0]
    return QueueCounts(
        total=sum(by_state.values()) - away,
        new=by_state.get("new", 0) - away,
        waiting_document=by_state.get("waiting_document", 0),
        second_review=by_state.get("second_review", 0),
        escalated=by_state.get("escalated", 0),
        held=by_state.get("held", 0),
        decided=by_state.get("decided", 0),
        in_review=claimed,
        escalated_by_route=by_route,
        away=away,
    )


def count_away(connection: Connection, queue_no: int) -> int:
    """How many new items of a queue are somebody else's by a lease: found among the leases that are gone."""
    return int(connection.execute(f"SELECT count(DISTINCT i.n) {AWAY} AND l.queue_no = ?", (queue_no,)).fetchone()[0])


def count_due(connection: Connection, queue_no: int, now_ms: int, within_ms: int = 60 * MINUTE_MS) -> int:
    """How many items that wait for a reviewer are due within the time, those overdue among them, up to DUE_LIMIT.

    The table `ready` is walked by jumps: from one lane, one barred name and one priority to the next.
    """
    last = due_minutes(now_ms + within_ms)
    place = connection.execute(f"{_PLACE} ORDER BY lane, barred, order_key LIMIT 1", (queue_no,)).fetchone()
    count = 0
    while place is not None and count < DUE_LIMIT:
        lane, barred, order_key = place
        first, end = due_range(order_key, last)
        count += connection.execute(
            """SELECT count(*) FROM (SELECT 1 FROM ready WHERE queue_no = ? AND lane = ? AND barred = ?
               AND order_key BETWEEN ? AND ? LIMIT ?)""",
            (queue_no, lane, barred, first, end, DUE_LIMIT - count),
        ).fetchone()[0]
        place = connection.execute(
            f"{_PLACE} AND (lane, barred, order_key) > (?, ?, ?) ORDER BY lane, barred, order_key LIMIT 1",
            (queue_no, lane, barred, rank_end(order_key)),
        ).fetchone()
    return count


_PLACE = "SELECT lane, barred, order_key FROM ready WHERE queue_no = ?"


def held_by(connection: Connection, reviewer: str, limit: int = 200) -> list[HeldItem]:
    """What a reviewer holds, the soonest to come back first."""
    rows = connection.execute(
        """SELECT q.name, s.name, a.id, a.title, h.wake_at FROM holds h
           JOIN queues q USING (queue_no) JOIN queue_items i ON i.queue_no = h.queue_no AND i.n = h.n
           JOIN ads a USING (ad_no) JOIN sources s USING (source_no)
           WHERE h.reviewer = ? ORDER BY h.wake_at LIMIT ?""",
        (reviewer, limit),
    )
    return [HeldItem(*row) for row in rows]


def escalated_routes(connection: Connection) -> dict[str, int]:
    """Route to the number of escalated ads that wait there, over all queues."""
    rows = connection.execute(
        """SELECT r.name, sum(c.n) FROM queue_counts c JOIN routes r USING (route_no)
           WHERE c.state = 'escalated' AND c.n > 0 GROUP BY r.name ORDER BY r.name"""
    )
    return dict(rows.fetchall())


def add_to_count(connection: Connection, queue_no: int, state: str, route_no: int | None, delta: int) -> None:
    connection.execute(
        """INSERT INTO queue_counts (queue_no, state, route_no, n) VALUES (?, ?, ?, ?)
           ON CONFLICT (queue_no, state, route_no) DO UPDATE SET n = n + excluded.n""",
        (queue_no, state, route_no or 0, delta),
    )


def route_number(connection: Connection, name: str) -> int:
    """The number of a route, given on first use."""
    row = connection.execute("SELECT route_no FROM routes WHERE name = ?", (name,)).fetchone()
    if row is None:
        row = connection.execute("INSERT INTO routes (name) VALUES (?) RETURNING route_no", (name,)).fetchone()
    return int(row[0])


def _queue(row: tuple[int, str, str, int, str]) -> Queue:
    return Queue(row[0], row[1], row[2], row[3], json.loads(row[4]))
