"""Storing a batch of ads from an import: those that are new, and those that are known."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence

from modtui.store.ad_rows import LEAST_ROWS, STEP_ROWS, AdRow, ImportCounts, never
from modtui.store.known_ads import find_known, find_version, update_known
from modtui.store.new_ads import insert_new, source_number
from modtui.store.queues import Queue
from modtui.store.sqlite import Connection, IntegrityError


def store_ads(
    connection: Connection,
    queue: Queue,
    rows: Sequence[AdRow],
    now_ms: int,
    is_wanted: Callable[[], bool] = never,
) -> tuple[ImportCounts, Sequence[AdRow]]:
    """Store a batch of ads in a queue, and give back those that are left since the transaction is wanted.

    The same ad twice in a batch is stored once after the other. Places in the queue follow the order given, those new
    to the workspace first within a batch. Several versions of an ad that are all known, and of which the last is the
    one it has now, change nothing.
    """
    counts = ImportCounts()
    runs = list(_distinct_runs(rows))
    settled = _settled(connection, queue.queue_no, rows) if len(runs) > 1 else {}
    stop = 0
    for run in runs:
        stored, rest = _store_distinct(connection, queue.queue_no, run, now_ms, settled, is_wanted)
        counts += stored
        stop += len(run)
        if rest or (LEAST_ROWS <= stop < len(rows) and is_wanted()):
            return counts, [*rest, *rows[stop:]]
    return counts, ()


def _settled(connection: Connection, queue_no: int, rows: Sequence[AdRow]) -> Mapping[tuple[str, str], str]:
    """The ads that stand more than once in a batch and have its last content of them already, with that content."""
    last = {(row.source, row.id): row for row in rows}
    if len(last) == len(rows):
        return {}
    times = Counter((row.source, row.id) for row in rows)
    found: dict[tuple[str, str], str] = {}
    for source in {row.source for row in rows}:
        repeated = [row for key, row in last.items() if times[key] > 1 and row.source == source]
        known = find_known(connection, source_number(connection, source), queue_no, repeated)
        for row in repeated:
            if row.id in known and known[row.id].content_hash.hex() == row.content_hash:
                found[row.source, row.id] = row.content_hash
    return found


def _distinct_runs(rows: Sequence[AdRow]) -> Iterator[Sequence[AdRow]]:
    """The rows in order, cut where the source changes or an id would stand in a run twice."""
    start = 0
    while start < len(rows):
        source = rows[start].source
        seen: set[str] = set()
        stop = start
        while stop < len(rows) and rows[stop].source == source and rows[stop].id not in seen:
            seen.add(rows[stop].id)
            stop += 1
        yield rows[start:stop]
        start = stop


def _store_distinct(
    connection: Connection,
    queue_no: int,
    rows: Sequence[AdRow],
    now_ms: int,
    settled: Mapping[tuple[str, str], str],
    is_wanted: Callable[[], bool],
) -> tuple[ImportCounts, Sequence[AdRow]]:
    """Store rows of one source without a repeated id, and give back what is left; for `settled` see `_settled`."""
    source_no = source_number(connection, rows[0].source)
    if _looks_new(connection, source_no, rows):
        new = _insert_new(connection, queue_no, source_no, rows, now_ms, is_wanted)
        if new:
            return ImportCounts(new=new), rows[new:]
    known = find_known(connection, source_no, queue_no, rows)
    fresh = [row for row in rows if row.id not in known]
    if fresh:
        insert_new(connection, queue_no, source_no, fresh, now_ms)
    counts = ImportCounts(new=len(fresh))
    again = [row for row in rows if row.id in known]
    for place, row in enumerate(again):
        if place >= LEAST_ROWS and place % STEP_ROWS == 0 and is_wanted():
            return counts, again[place:]
        found = known[row.id]
        is_passing = settled.get((row.source, row.id), row.content_hash) != row.content_hash
        if is_passing and found.n is not None and find_version(connection, found, bytes.fromhex(row.content_hash)):
            counts += ImportCounts(unchanged=1)
        else:
            counts += update_known(connection, queue_no, found, row, now_ms)
    return counts, ()


def _looks_new(connection: Connection, source_no: int, rows: Sequence[AdRow]) -> bool:
    """Whether neither end of the batch is known; then it is worth a try to insert it without looking further."""
    known = connection.execute(
        "SELECT 1 FROM ads WHERE source_no = ? AND id IN (?, ?) LIMIT 1", (source_no, rows[0].id, rows[-1].id)
    ).fetchone()
    return known is None


def _insert_new(
    connection: Connection,
    queue_no: int,
    source_no: int,
    rows: Sequence[AdRow],
    now_ms: int,
    is_wanted: Callable[[], bool],
) -> int:
    """Insert the rows as new ads, the first of them if the transaction is wanted, or none when one is known after all.

    How many.
    """
    connection.execute("SAVEPOINT fresh")
    try:
        return insert_new(connection, queue_no, source_no, rows, now_ms, is_wanted)
    except IntegrityError:
        connection.execute("ROLLBACK TO fresh")
        return 0
    finally:
        connection.execute("RELEASE fresh")
