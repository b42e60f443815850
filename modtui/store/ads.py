"""Ads and their versions: storing batches from an import, and reading one ad."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from msgspec import Struct

from modtui.store import items, ready
from modtui.store.event_log import EventLog
from modtui.store.items import MAX_VERSIONS, NEW_LANE, VERSION_BITS, version_number
from modtui.store.queues import Queue, add_to_count
from modtui.store.sqlite import Connection, IntegrityError
from modtui.store.times import due_minutes, order_key, submitted_minutes, utc_minutes

BATCH_ROWS = 500
"A decision waits for one batch at most."


class AdRow(NamedTuple):
    """An ad as an import hands it over. Texts must be valid UTF-8 (no lone surrogates)."""

    source: str
    id: str
    content_hash: str
    "64 hex digits (`domain.ads.content_hash`)."
    payload: str
    "The ad's JSON (DESIGN 4.1), written the same way each time: other text with the same content is a context change."
    title: str
    advertiser: str | None = None
    markets: tuple[str, ...] = ()
    industry: str | None = None
    priority: int = 50
    submitted_at: str | None = None
    due_at: str | None = None
    is_escalation_class: bool = False


class ImportCounts(Struct, frozen=True):
    """What became of the rows of an import; the four add up to the rows."""

    new: int = 0
    "Ads that are new to the queue."
    new_versions: int = 0
    "Known ads with other content, or back at an earlier one."
    context_changed: int = 0
    unchanged: int = 0
    refused: tuple[str, ...] = ()
    "Ids of rows that could not be stored: an ad with more than a million versions."

    def __add__(self, other: ImportCounts) -> ImportCounts:
        return ImportCounts(
            self.new + other.new,
            self.new_versions + other.new_versions,
            self.context_changed + other.context_changed,
            self.unchanged + other.unchanged,
            self.refused + other.refused,
        )


class AdVersion(Struct, frozen=True):
    """One content an ad has had."""

    version: int
    imported_at_ms: int
    content_hash: str
    payload: str
    is_current: bool


class AdvertiserHistory(Struct, frozen=True):
    """What this workspace has decided about an advertiser, over its newest decided ads."""

    decided: int
    outcomes: dict[str, int]
    last_verdict: str | None
    "Id of the newest standing verdict on one of them."


class _Known(NamedTuple):
    ad_no: int
    version: int
    versions: int
    content_hash: bytes
    payload: str
    n: int | None
    order_key: int | None


def store_ads(connection: Connection, queue: Queue, rows: Sequence[AdRow], now_ms: int) -> ImportCounts:
    """Store a batch of ads in a queue. The same ad twice in a batch is stored once after the other.

    Places in the queue follow the order given, those new to the workspace first within a batch. Several versions of an
    ad that are all known, and of which the last is the one it has now, change nothing.
    """
    counts = ImportCounts()
    start = 0
    settled = _settled(connection, queue.queue_no, rows)
    while start < len(rows):
        stop = _distinct_end(rows, start)
        counts += _store_distinct(connection, queue.queue_no, rows[start:stop], now_ms, settled)
        start = stop
    return counts


def _settled(connection: Connection, queue_no: int, rows: Sequence[AdRow]) -> Mapping[tuple[str, str], str]:
    """The ads that stand more than once in a batch and have its last content of them already, with that content."""
    last = {(row.source, row.id): row for row in rows}
    if len(last) == len(rows):
        return {}
    times = Counter((row.source, row.id) for row in rows)
    found: dict[tuple[str, str], str] = {}
    for source in {row.source for row in rows}:
        repeated = [row for key, row in last.items() if times[key] > 1 and row.source == source]
        known = _known_ads(connection, _source_number(connection, source), queue_no, repeated)
        for row in repeated:
            if row.id in known and known[row.id].content_hash.hex() == row.content_hash:
                found[row.source, row.id] = row.content_hash
    return found


def _distinct_end(rows: Sequence[AdRow], start: int) -> int:
    """Where a run of rows of one source without a repeated id ends."""
    source = rows[start].source
    seen: set[str] = set()
    for index in range(start, len(rows)):
        row = rows[index]
        if row.id in seen or row.source != source:
            return index
        seen.add(row.id)
    return len(rows)


def _store_distinct(
    connection: Connection, queue_no: int, rows: Sequence[AdRow], now_ms: int, settled: Mapping[tuple[str, str], str]
) -> ImportCounts:
    """Store rows of one source without a repeated id; for `settled` see `_settled`."""
    source_no = _source_number(connection, rows[0].source)
    if _looks_new(connection, source_no, rows) and _inserted_new(connection, queue_no, source_no, rows, now_ms):
        return ImportCounts(new=len(rows))
    known = _known_ads(connection, source_no, queue_no, rows)
    fresh = [row for row in rows if row.id not in known]
    if fresh:
        _insert_new(connection, queue_no, source_no, fresh, now_ms)
    counts = ImportCounts(new=len(fresh))
    for row in rows:
        found = known.get(row.id)
        if found is None:
            continue
        is_passing = settled.get((row.source, row.id), row.content_hash) != row.content_hash
        if is_passing and found.n is not None and _find_version(connection, found, bytes.fromhex(row.content_hash)):
            counts += ImportCounts(unchanged=1)
        else:
            counts += _update_known(connection, queue_no, found, row, now_ms)
    return counts


def _looks_new(connection: Connection, source_no: int, rows: Sequence[AdRow]) -> bool:
    """Whether neither end of the batch is known; then it is worth a try to insert it without looking further."""
    known = connection.execute(
        "SELECT 1 FROM ads WHERE source_no = ? AND id IN (?, ?) LIMIT 1", (source_no, rows[0].id, rows[-1].id)
    ).fetchone()
    return known is None


def _inserted_new(connection: Connection, queue_no: int, source_no: int, rows: Sequence[AdRow], now_ms: int) -> bool:
    """Insert the rows as new ads, or nothing when one of them is known after all."""
    connection.execute("SAVEPOINT fresh")
    try:
        _insert_new(connection, queue_no, source_no, rows, now_ms)
    except IntegrityError:
        connection.execute("ROLLBACK TO fresh")
        return False
    finally:
        connection.execute("RELEASE fresh")
    return True


def _source_number(connection: Connection, name: str) -> int:
    row = connection.execute("SELECT source_no FROM sources WHERE name = ?", (name,)).fetchone()
    if row is None:
        row = connection.execute("INSERT INTO sources (name) VALUES (?) RETURNING source_no", (name,)).fetchone()
    return int(row[0])


def _known_ads(connection: Connection, source_no: int, queue_no: int, rows: Sequence[AdRow]) -> dict[str, _Known]:
    """The ads of the batch that the workspace has, with their place in the queue if they are in it."""
    ids = json.dumps([row.id for row in rows], ensure_ascii=False)
    found = connection.execute(
        f"""SELECT a.id, a.ad_no, a.version, a.versions, v.content_hash, v.payload, i.n, i.order_key
            FROM json_each(?) wanted CROSS JOIN ads a ON a.source_no = ? AND a.id = wanted.value
            JOIN ad_versions v ON v.version_no = (a.ad_no << {VERSION_BITS}) | a.version
            LEFT JOIN queue_items i ON i.ad_no = a.ad_no AND i.queue_no = ?""",
        (ids, source_no, queue_no),
    )
    return {row[0]: _Known(*row[1:]) for row in found}


def _insert_new(connection: Connection, queue_no: int, source_no: int, rows: Sequence[AdRow], now_ms: int) -> None:
    ad_no = connection.execute("SELECT coalesce(max(ad_no), 0) FROM ads").fetchone()[0]
    n = _grow_queue(connection, queue_no, len(rows))
    now = due_minutes(now_ms)
    ads, versions, places = [], [], []
    for row in rows:
        ad_no += 1
        n += 1
        ads.append((ad_no, source_no, row.id, row.title, row.advertiser, _markets_text(row.markets), row.industry))
        versions.append(((ad_no << VERSION_BITS) | 1, now_ms, bytes.fromhex(row.content_hash), row.payload))
        places.append((queue_no, n, ad_no, _order(row, now)))
    connection.executemany(
        "INSERT INTO ads (ad_no, source_no, id, version, versions, title, advertiser, markets, industry) "
        "VALUES (?, ?, ?, 1, 1, ?, ?, ?, ?)",
        ads,
    )
    connection.executemany(_INSERT_VERSION, versions)
    connection.executemany(_INSERT_ITEM, places)
    add_to_count(connection, queue_no, "new", None, len(rows))


_INSERT_VERSION = "INSERT INTO ad_versions (version_no, imported_ms, content_hash, payload) VALUES (?, ?, ?, ?)"
_INSERT_ITEM = f"INSERT INTO queue_items (queue_no, n, ad_no, lane, order_key) VALUES (?, ?, ?, {NEW_LANE}, ?)"


def _grow_queue(connection: Connection, queue_no: int, by: int) -> int:
    """Make room at the end of the queue; its size before."""
    size = connection.execute(
        "UPDATE queues SET size = size + ? WHERE queue_no = ? RETURNING size", (by, queue_no)
    ).fetchone()[0]
    return int(size) - by


def _order(row: AdRow, now: int) -> int:
    """The order key. An ad that does not say when it was submitted counts from its import."""
    due = utc_minutes(row.due_at) if row.due_at else None
    submitted = utc_minutes(row.submitted_at) if row.submitted_at else None
    return order_key(
        row.priority, due, now if submitted is None else submitted, is_escalation_class=row.is_escalation_class
    )


def _markets_text(markets: tuple[str, ...]) -> str:
    """` FR SA `: spaces around each, so that one search finds a whole code."""
    return f" {' '.join(markets)} " if markets else ""


def _update_known(connection: Connection, queue_no: int, known: _Known, row: AdRow, now_ms: int) -> ImportCounts:
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
        _add_item(connection, queue_no, known.ad_no, row, now_ms)
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


def _switch_version(connection: Connection, known: _Known, row: AdRow, content: bytes, now_ms: int) -> str:
    """Make the content the ad's current one, as a new version or as an earlier one that is back; the item's mark."""
    earlier = _find_version(connection, known, content)
    if earlier is not None:
        version, versions = earlier & MAX_VERSIONS, known.versions
        connection.execute("UPDATE ad_versions SET payload = ? WHERE version_no = ?", (row.payload, earlier))
    else:
        version = versions = known.versions + 1
        connection.execute(_INSERT_VERSION, (version_number(known.ad_no, version), now_ms, content, row.payload))
    connection.execute("UPDATE ads SET version = ?, versions = ? WHERE ad_no = ?", (version, versions, known.ad_no))
    return "returned" if earlier is not None else "new_version"


def _add_item(connection: Connection, queue_no: int, ad_no: int, row: AdRow, now_ms: int) -> None:
    key = _order(row, due_minutes(now_ms))
    n = _grow_queue(connection, queue_no, 1) + 1
    connection.execute(_INSERT_ITEM, (queue_no, n, ad_no, key))
    add_to_count(connection, queue_no, "new", None, 1)


def _reorder(connection: Connection, queue_no: int, known: _Known, row: AdRow) -> None:
    """Priority and due time may have changed; an ad that does not say its age keeps the one it has."""
    submitted = submitted_minutes(known.order_key or 0)
    key = _order(row, submitted)
    if key != known.order_key and known.n is not None:
        ready.reorder(connection, queue_no, known.n, key)


def _find_version(connection: Connection, known: _Known, content: bytes) -> int | None:
    """The number of the version of an ad that has this content."""
    row = connection.execute(
        "SELECT version_no FROM ad_versions WHERE version_no BETWEEN ? AND ? AND content_hash = ?",
        (version_number(known.ad_no, 1), version_number(known.ad_no, known.versions), content),
    ).fetchone()
    return int(row[0]) if row else None


def _update_ad(connection: Connection, ad_no: int, row: AdRow) -> None:
    connection.execute(
        "UPDATE ads SET title = ?, advertiser = ?, markets = ?, industry = ? WHERE ad_no = ?",
        (row.title, row.advertiser, _markets_text(row.markets), row.industry, ad_no),
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


def versions_of(connection: Connection, ad_no: int) -> list[AdVersion]:
    """All versions of an ad, the first that came first."""
    rows = connection.execute(
        f"""SELECT v.version_no & {MAX_VERSIONS}, v.imported_ms, lower(hex(v.content_hash)), v.payload,
            (v.version_no & {MAX_VERSIONS}) = a.version
            FROM ads a JOIN ad_versions v ON v.version_no BETWEEN (a.ad_no << {VERSION_BITS}) AND
            ((a.ad_no << {VERSION_BITS}) | {MAX_VERSIONS}) WHERE a.ad_no = ? ORDER BY v.version_no""",
        (ad_no,),
    )
    return [AdVersion(version, ms, digest, payload, bool(current)) for version, ms, digest, payload, current in rows]


def version_with(connection: Connection, ad_no: int, content_hash: str) -> AdVersion | None:
    """The version of an ad that has this content."""
    return next((version for version in versions_of(connection, ad_no) if version.content_hash == content_hash), None)


def count_ads(connection: Connection) -> int:
    return int(connection.execute("SELECT coalesce(max(ad_no), 0) FROM ads").fetchone()[0])


def advertiser_history(connection: Connection, advertiser: str, limit: int = 500) -> AdvertiserHistory:
    """Outcomes over the newest `limit` ads of an advertiser that were ever decided."""
    rows = connection.execute(
        """SELECT i.outcome, i.verdict FROM
           (SELECT ad_no FROM advertiser_verdicts WHERE advertiser = ? ORDER BY ad_no DESC LIMIT ?) a
           CROSS JOIN queue_items i ON i.ad_no = a.ad_no WHERE i.verdict IS NOT NULL""",
        (advertiser, limit),
    ).fetchall()
    outcomes: dict[str, int] = {}
    for outcome, _ in rows:
        outcomes[outcome or ""] = outcomes.get(outcome or "", 0) + 1
    return AdvertiserHistory(len(rows), outcomes, max((verdict for _, verdict in rows), default=None))
