"""Ads that the workspace has already and an import brings again: other content, other context, or nothing new."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import NamedTuple

from modtui.store import items, ready
from modtui.store.ad_rows import AdRow, ImportCounts
from modtui.store.event_log import EventLog
from modtui.store.items import MAX_VERSIONS, VERSION_BITS, version_number
from modtui.store.new_ads import add_item, insert_version, markets_text, order_of
from modtui.store.sqlite import Connection
from modtui.store.times import submitted_minutes


class Known(NamedTuple):
    """An ad that the workspace has, with its place in the queue if it is in it."""

    ad_no: int
    version: int
    versions: int
    content_hash: bytes
    payload: str
    n: int | None
    order_key: int | None


def find_known(connection: Connection, source_no: int, queue_no: int, rows: Sequence[AdRow]) -> dict[str, Known]:
    """The ads of a batch that the workspace has, by their ids."""
    ids = json.dumps([row.id for row in rows], ensure_ascii=False)
    found = connection.execute(
        f"""SELECT a.id, a.ad_no, a.version, a.versions, v.content_hash, v.payload, i.n, i.order_key
            FROM json_each(?) wanted CROSS JOIN ads a ON a.source_no = ? AND a.id = wanted.value
            JOIN ad_versions v ON v.version_no = (a.ad_no << {VERSION_BITS}) | a.version
            LEFT JOIN queue_items i ON i.ad_no = a.ad_no AND i.queue_no = ?""",
        (ids, source_no, queue_no),
    )
    return {row[0]: Known(*row[1:]) for row in found}


def update_known(connection: Connection, queue_no: int, known: Known, row: AdRow, now_ms: int) -> ImportCounts:
    """An ad that is there already: other content, other context, new to the queue, or nothing new."""
    content = bytes.fromhex(row.content_hash)
    is_same_content = content == known.content_hash
    mark = None
    if not is_same_content:
        if known.versions >= MAX_VERSIONS:
            return ImportCounts(refused=(row.id,))
        mark = _switch_version(connection, known, row, content, now_ms)
    elif row.payload != known.payload:
        connection.execute(
            "UPDATE ad_versions SET payload = ? WHERE version_no = ?",
            (row.payload, version_number(known.ad_no, known.version)),
        )
    is_new_here = known.n is None
    is_changed = not is_same_content or row.payload != known.payload
    if is_new_here:
        add_item(connection, queue_no, known.ad_no, row, now_ms)
    elif is_changed:
        _reorder(connection, queue_no, known, row)
    if is_changed:
        _update_ad(connection, known.ad_no, row)
    if is_changed or is_new_here:
        _refresh(connection, known.ad_no, mark)
    if is_new_here:
        return ImportCounts(new=1)
    if not is_same_content:
        return ImportCounts(new_versions=1)
    return ImportCounts(context_changed=1) if is_changed else ImportCounts(unchanged=1)


def _switch_version(connection: Connection, known: Known, row: AdRow, content: bytes, now_ms: int) -> str:
    """Make the content the ad's current one, as a new version or as an earlier one that is back; the item's mark."""
    earlier = find_version(connection, known, content)
    if earlier is not None:
        version, versions = earlier & MAX_VERSIONS, known.versions
        connection.execute("UPDATE ad_versions SET payload = ? WHERE version_no = ?", (row.payload, earlier))
    else:
        version = versions = known.versions + 1
        insert_version(connection, known.ad_no, version, now_ms, content, row.payload)
        connection.execute(
            "INSERT INTO later_versions (version_no) VALUES (?)", (version_number(known.ad_no, version),)
        )
    connection.execute("UPDATE ads SET version = ?, versions = ? WHERE ad_no = ?", (version, versions, known.ad_no))
    return "returned" if earlier is not None else "new_version"


def _reorder(connection: Connection, queue_no: int, known: Known, row: AdRow) -> None:
    """Priority and due time may have changed; an ad that does not say its age keeps the one it has."""
    submitted = submitted_minutes(known.order_key or 0)
    key = order_of(row, submitted)
    if key != known.order_key and known.n is not None:
        ready.reorder(connection, queue_no, known.n, key)


def find_version(connection: Connection, known: Known, content: bytes) -> int | None:
    """The number of the version of an ad that has this content."""
    row = connection.execute(
        "SELECT version_no FROM ad_versions WHERE version_no BETWEEN ? AND ? AND content_hash = ?",
        (version_number(known.ad_no, 1), version_number(known.ad_no, known.versions), content),
    ).fetchone()
    return int(row[0]) if row else None


def _update_ad(connection: Connection, ad_no: int, row: AdRow) -> None:
    connection.execute(
        "UPDATE ads SET title = ?, advertiser = ?, markets = ?, industry = ? WHERE ad_no = ?",
        (row.title, row.advertiser, markets_text(row.markets), row.industry, ad_no),
    )
    connection.execute("INSERT INTO search_again (ad_no) VALUES (?) ON CONFLICT DO NOTHING", (ad_no,))


def _refresh(connection: Connection, ad_no: int, mark: str | None) -> None:
    """Reopen what has other content, put earlier verdicts back in force, wake what waited for the change."""
    events = EventLog().of_ad(connection, ad_no)
    if mark is not None:
        items.refresh(connection, ad_no, events, mark)
        return
    waiting = connection.execute(
        "SELECT queue_no, n FROM queue_items WHERE ad_no = ? AND state = 'waiting_document'", (ad_no,)
    ).fetchall()
    items.refresh(connection, ad_no, events, keep_mark=True)
    connection.executemany(
        "UPDATE queue_items SET mark = 'woken' WHERE queue_no = ? AND n = ? AND state = 'new'", waiting
    )
