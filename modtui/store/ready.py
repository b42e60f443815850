"""What may be claimed, in the order in which it is given out: one row an item, in a table that is only that order.

Items new from an import come in any order, and each would dirty a page of its own here. They wait and are put in by
sorted runs, many to a page. Until then `queues.sorted` says up to which item the table is complete; a claim that finds
nothing puts in what waits first.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from heapq import merge
from itertools import islice

from msgspec import Struct

from modtui.store.sqlite import Connection

RUN_ROWS = 20_000
"The shortest run while an import goes on."
READ_ROWS = 4_000
"Items read and sorted by one transaction, which takes some 2 ms."
LONGEST_RUN = 5 * RUN_ROWS
"The larger the queue, the more pages a run is spread over, each written for a few rows of it; so runs grow with it."
STEP_ROWS = 1_000
"Items put in by one transaction, more than a batch brings: a run is in before as many rows as it has have come."
SMALL_ROWS = 500
"So few are put in by a claim itself: a batch of an import, 2 ms."

PLACE_BITS = 32


class Run(Struct):
    """Items that are being put in."""

    read_to: int
    "The place up to which their order is known."
    end: int
    "Their last place."
    pieces: list[list[int]]
    "What is read of it, each piece in order, as order key and place in one number."
    waiting: Iterator[int]
    "Once all is read, those still to be put in, in order: merged as they are asked for, or one decision would wait."
    left: int
    "How many those are."


Runs = dict[int, Run]
"By queue number."


def move(connection: Connection, queue_no: int, n: int, lane: int, barred: str | None = None) -> None:
    """Put an item into a lane, out of the one it is in; lane 0 is none. `barred` is kept when it is None."""
    row = connection.execute(
        "SELECT lane, barred, order_key FROM queue_items WHERE queue_no = ? AND n = ?", (queue_no, n)
    ).fetchone()
    old_lane, old_barred, order_key = row
    new_barred = old_barred if barred is None else barred
    if (old_lane, old_barred) == (lane, new_barred):
        return
    if old_lane > 0:
        _remove(connection, queue_no, n, old_lane, old_barred, order_key)
    connection.execute(
        "UPDATE queue_items SET lane = ?, barred = ? WHERE queue_no = ? AND n = ?", (lane, new_barred, queue_no, n)
    )
    if lane > 0:
        _put(connection, queue_no, n, lane, new_barred, order_key)


def reorder(connection: Connection, queue_no: int, n: int, order_key: int) -> None:
    """Give an item another order key."""
    lane, barred, old_key = connection.execute(
        "SELECT lane, barred, order_key FROM queue_items WHERE queue_no = ? AND n = ?", (queue_no, n)
    ).fetchone()
    connection.execute("UPDATE queue_items SET order_key = ? WHERE queue_no = ? AND n = ?", (order_key, queue_no, n))
    if lane > 0:
        _remove(connection, queue_no, n, lane, barred, old_key)
        _put(connection, queue_no, n, lane, barred, order_key)


def sort_some(connection: Connection, queue_no: int, runs: Runs, *, is_last: bool) -> bool:
    """Put in some of the items that wait, once a whole run of them does or when it is the last; whether any did."""
    if queue_no not in runs:
        size, done = connection.execute("SELECT size, sorted FROM queues WHERE queue_no = ?", (queue_no,)).fetchone()
        length = min(max(RUN_ROWS, done // 4), LONGEST_RUN)
        if size - done < (1 if is_last else length):
            return False
        runs[queue_no] = _run(done, min(size, done + length))
    run = runs[queue_no]
    if run.read_to < run.end:
        _read_on(connection, queue_no, run)
    if run.read_to == run.end:
        _put_in(connection, queue_no, run)
        if not run.left:
            connection.execute("UPDATE queues SET sorted = max(sorted, ?) WHERE queue_no = ?", (run.end, queue_no))
            del runs[queue_no]
    return True


def _run(done: int, end: int) -> Run:
    return Run(done, end, [], iter(()), 0)


def _read_on(connection: Connection, queue_no: int, run: Run) -> None:
    """Read where more of a run belong."""
    until = min(run.end, run.read_to + READ_ROWS)
    found = connection.execute(
        "SELECT order_key, n FROM queue_items WHERE queue_no = ? AND n > ? AND n <= ?", (queue_no, run.read_to, until)
    )
    run.pieces.append(sorted(key << PLACE_BITS | n for key, n in found))
    run.left += len(run.pieces[-1])
    run.read_to = until
    if until == run.end:
        run.waiting = merge(*run.pieces)


def _put_in(connection: Connection, queue_no: int, run: Run) -> None:
    """Put in the first of a run. What was claimed or decided meanwhile is in no lane; what was given back is in."""
    step = [each & ((1 << PLACE_BITS) - 1) for each in islice(run.waiting, STEP_ROWS)]
    run.left -= len(step)
    connection.execute(
        """INSERT OR IGNORE INTO ready (queue_no, lane, barred, order_key, n)
           SELECT i.queue_no, i.lane, i.barred, i.order_key, i.n FROM json_each(?) step
           CROSS JOIN queue_items i ON i.queue_no = ? AND i.n = step.value WHERE i.lane > 0""",
        (json.dumps(step), queue_no),
    )


def sort_run(connection: Connection, queue_no: int) -> bool:
    """Put in one short run of the items that wait, at once; whether any did."""
    size, done = connection.execute("SELECT size, sorted FROM queues WHERE queue_no = ?", (queue_no,)).fetchone()
    if size == done:
        return False
    runs = {queue_no: _run(done, min(size, done + RUN_ROWS))}
    while runs:
        sort_some(connection, queue_no, runs, is_last=True)
    return True


def sort_small(connection: Connection, queue_no: int) -> None:
    """Put in what waits when it is little, so that a file just imported is given out in its order at once."""
    size, done = connection.execute("SELECT size, sorted FROM queues WHERE queue_no = ?", (queue_no,)).fetchone()
    if 0 < size - done <= SMALL_ROWS:
        sort_run(connection, queue_no)


def unsorted_queues(connection: Connection) -> list[int]:
    """The queues with items that wait to be put in."""
    return [row[0] for row in connection.execute("SELECT queue_no FROM queues WHERE sorted < size")]


def _put(connection: Connection, queue_no: int, n: int, lane: int, barred: str, order_key: int) -> None:
    connection.execute(
        "INSERT OR IGNORE INTO ready (queue_no, lane, barred, order_key, n) VALUES (?, ?, ?, ?, ?)",
        (queue_no, lane, barred, order_key, n),
    )


def _remove(connection: Connection, queue_no: int, n: int, lane: int, barred: str, order_key: int) -> None:
    connection.execute(
        "DELETE FROM ready WHERE queue_no = ? AND lane = ? AND barred = ? AND order_key = ? AND n = ?",
        (queue_no, lane, barred, order_key, n),
    )
