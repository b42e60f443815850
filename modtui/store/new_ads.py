"""Ads that are new to the workspace: many at a time into its tables and at the end of a queue."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

from modtui.store.ad_rows import LEAST_ROWS, STEP_ROWS, AdRow, never
from modtui.store.items import NEW_LANE, version_number
from modtui.store.queues import add_to_count
from modtui.store.sqlite import Connection
from modtui.store.times import due_minutes, order_key, utc_minutes

_INTO_ADS = "ads (ad_no, source_no, id, version, versions, title, advertiser, markets, industry)"
_INTO_VERSIONS = "ad_versions (version_no, imported_ms, content_hash, payload)"
_INTO_ITEMS = "queue_items (queue_no, n, ad_no, lane, order_key)"


def source_number(connection: Connection, name: str) -> int:
    """The number of a source, given on first use."""
    row = connection.execute("SELECT source_no FROM sources WHERE name = ?", (name,)).fetchone()
    if row is None:
        row = connection.execute("INSERT INTO sources (name) VALUES (?) RETURNING source_no", (name,)).fetchone()
    return int(row[0])


def insert_new(
    connection: Connection,
    queue_no: int,
    source_no: int,
    rows: Sequence[AdRow],
    now_ms: int,
    is_wanted: Callable[[], bool] = never,
) -> int:
    """Insert ads of one source, or the first of them when the transaction is wanted; how many.

    Raises IntegrityError when one of them is known.
    """
    ad_no = connection.execute("SELECT coalesce(max(ad_no), 0) FROM ads").fetchone()[0]
    size = n = _grow_queue(connection, queue_no, 0)
    now = due_minutes(now_ms)
    # A statement of its own for each row would pass the interpreter lock to and fro for each.
    for start in range(0, len(rows), STEP_ROWS):
        if start >= LEAST_ROWS and is_wanted():
            break
        some = rows[start : start + STEP_ROWS]
        ads: list[Any] = []
        versions: list[Any] = []
        places: list[Any] = []
        for row in some:
            _, ad_id, digest, payload, title, advertiser, markets, industry, priority, submitted, due, is_first = row
            ad_no += 1
            n += 1
            ads += (ad_no, source_no, ad_id, 1, 1, title, advertiser, markets_text(markets), industry)
            versions += (version_number(ad_no, 1), now_ms, bytes.fromhex(digest), payload)
            places += (queue_no, n, ad_no, NEW_LANE, _order_key(priority, submitted, due, now, is_first))
        connection.execute(_insertion(_INTO_ADS, len(some)), ads)
        connection.execute(_insertion(_INTO_VERSIONS, len(some)), versions)
        connection.execute(_insertion(_INTO_ITEMS, len(some)), places)
    _grow_queue(connection, queue_no, n - size)
    add_to_count(connection, queue_no, "new", None, n - size)
    return n - size


def insert_version(connection: Connection, ad_no: int, version: int, now_ms: int, content: bytes, payload: str) -> None:
    version_no = version_number(ad_no, version)
    connection.execute(_insertion(_INTO_VERSIONS, 1), (version_no, now_ms, content, payload))


def add_item(connection: Connection, queue_no: int, ad_no: int, row: AdRow, now_ms: int) -> None:
    """Put an ad that the workspace has at the end of a queue."""
    n = _grow_queue(connection, queue_no, 1) + 1
    key = order_of(row, due_minutes(now_ms))
    connection.execute(_insertion(_INTO_ITEMS, 1), (queue_no, n, ad_no, NEW_LANE, key))
    add_to_count(connection, queue_no, "new", None, 1)


def order_of(row: AdRow, submitted: int) -> int:
    """The order key. `submitted`, in minutes since 2000, is for an ad that does not say when it was."""
    return _order_key(row.priority, row.submitted_at, row.due_at, submitted, row.is_escalation_class)


def _order_key(priority: int, submitted_at: str | None, due_at: str | None, submitted: int, is_first: bool) -> int:
    stated = utc_minutes(submitted_at) if submitted_at else None
    due = utc_minutes(due_at) if due_at else None
    return order_key(priority, due, submitted if stated is None else stated, is_escalation_class=is_first)


def markets_text(markets: tuple[str, ...]) -> str:
    """` FR SA `: spaces around each, so that one search finds a whole code."""
    return f" {' '.join(markets)} " if markets else ""


def _grow_queue(connection: Connection, queue_no: int, by: int) -> int:
    """Make room at the end of the queue; its size before."""
    size = connection.execute(
        "UPDATE queues SET size = size + ? WHERE queue_no = ? RETURNING size", (by, queue_no)
    ).fetchone()[0]
    return int(size) - by


@lru_cache(maxsize=3 * STEP_ROWS)
def _insertion(into: str, rows: int) -> str:
    row = f"({', '.join('?' * (into.count(',') + 1))})"
    return f"INSERT INTO {into} VALUES {', '.join([row] * rows)}"
