"""Ads that are new to the workspace: many at a time into its tables and at the end of a queue."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from itertools import chain
from typing import Any

from modtui.store.ad_rows import AdRow
from modtui.store.items import NEW_LANE, version_number
from modtui.store.queues import add_to_count
from modtui.store.sqlite import Connection
from modtui.store.times import due_minutes, order_key, utc_minutes

ROWS_A_STATEMENT = 25
"A statement of its own for each row would pass the interpreter lock to and fro for each."

_INTO_ADS = "ads (ad_no, source_no, id, version, versions, title, advertiser, markets, industry)"
_INTO_VERSIONS = "ad_versions (version_no, imported_ms, content_hash, payload)"
_INTO_ITEMS = "queue_items (queue_no, n, ad_no, lane, order_key)"


def source_number(connection: Connection, name: str) -> int:
    """The number of a source, given on first use."""
    row = connection.execute("SELECT source_no FROM sources WHERE name = ?", (name,)).fetchone()
    if row is None:
        row = connection.execute("INSERT INTO sources (name) VALUES (?) RETURNING source_no", (name,)).fetchone()
    return int(row[0])


def insert_new(connection: Connection, queue_no: int, source_no: int, rows: Sequence[AdRow], now_ms: int) -> None:
    """Insert ads of one source. Raises IntegrityError when one of them is known."""
    ad_no = connection.execute("SELECT coalesce(max(ad_no), 0) FROM ads").fetchone()[0]
    n = _grow_queue(connection, queue_no, len(rows))
    now = due_minutes(now_ms)
    ads, versions, places = [], [], []
    for row in rows:
        ad_no += 1
        n += 1
        ads.append((ad_no, source_no, row.id, 1, 1, row.title, row.advertiser, markets_text(row.markets), row.industry))
        versions.append((version_number(ad_no, 1), now_ms, bytes.fromhex(row.content_hash), row.payload))
        places.append((queue_no, n, ad_no, NEW_LANE, order_of(row, now)))
    _insert(connection, _INTO_ADS, ads)
    _insert(connection, _INTO_VERSIONS, versions)
    _insert(connection, _INTO_ITEMS, places)
    add_to_count(connection, queue_no, "new", None, len(rows))


def insert_version(connection: Connection, ad_no: int, version: int, now_ms: int, content: bytes, payload: str) -> None:
    _insert(connection, _INTO_VERSIONS, [(version_number(ad_no, version), now_ms, content, payload)])


def add_item(connection: Connection, queue_no: int, ad_no: int, row: AdRow, now_ms: int) -> None:
    """Put an ad that the workspace has at the end of a queue."""
    n = _grow_queue(connection, queue_no, 1) + 1
    _insert(connection, _INTO_ITEMS, [(queue_no, n, ad_no, NEW_LANE, order_of(row, due_minutes(now_ms)))])
    add_to_count(connection, queue_no, "new", None, 1)


def order_of(row: AdRow, submitted: int) -> int:
    """The order key. `submitted`, in minutes since 2000, is for an ad that does not say when it was."""
    due = utc_minutes(row.due_at) if row.due_at else None
    stated = utc_minutes(row.submitted_at) if row.submitted_at else None
    return order_key(
        row.priority, due, submitted if stated is None else stated, is_escalation_class=row.is_escalation_class
    )


def markets_text(markets: tuple[str, ...]) -> str:
    """` FR SA `: spaces around each, so that one search finds a whole code."""
    return f" {' '.join(markets)} " if markets else ""


def _grow_queue(connection: Connection, queue_no: int, by: int) -> int:
    """Make room at the end of the queue; its size before."""
    size = connection.execute(
        "UPDATE queues SET size = size + ? WHERE queue_no = ? RETURNING size", (by, queue_no)
    ).fetchone()[0]
    return int(size) - by


def _insert(connection: Connection, into: str, rows: Sequence[tuple[Any, ...]]) -> None:
    """Insert rows, as many in a statement as `ROWS_A_STATEMENT`."""
    for start in range(0, len(rows), ROWS_A_STATEMENT):
        some = rows[start : start + ROWS_A_STATEMENT]
        connection.execute(_insertion(into, len(some), len(some[0])), tuple(chain.from_iterable(some)))


@lru_cache(maxsize=3 * ROWS_A_STATEMENT)
def _insertion(into: str, rows: int, columns: int) -> str:
    row = f"({', '.join('?' * columns)})"
    return f"INSERT INTO {into} VALUES {', '.join([row] * rows)}"
