"""One sync between a workspace and a remote, step by step. Stopped anywhere, it is begun again without loss.

It knows neither files nor tables: tests run it against workspaces and remotes that fail in every way there is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Protocol

from msgspec import Struct, field

from modtui.domain.streams import End, Row, Sending, Shelf, fault_in, plan_sending, stream_of
from modtui.remotes.protocol import Batch, Forked, Greeting, Receipt, Refused, Remote
from modtui.store.errors import EventRefused

ROWS_AT_ONCE = 20
"Of others' events in one transaction, so that no decision waits long for its turn."
PLANS = 4
"How often the ends are asked for again when others send into the same stream."
PASSES = 4
"Over what came before its predecessors: a listing may be in any order."


class Replica(Protocol):
    """The workspace's side, with regard to one remote."""

    @property
    def shelf(self) -> Shelf: ...

    def all_ways(self) -> Sequence[str]:
        """Every way it has, its own first."""

    def rows(self, way: str, after: int, limit: int) -> Sequence[Row]: ...

    def greet(self, greeting: Greeting) -> None:
        """Check the team, and forget what was pulled from another incarnation of the remote."""

    def marks(self) -> Mapping[str, str]: ...

    def take(self, stream: str, rows: Sequence[Row], mark: tuple[str, str] | None) -> tuple[int, bool]:
        """Store events and the mark together; how many are new, and whether there is a gap before some of them.

        With a gap the mark is not stored. Raises ModtuiError for events that must not be.
        """

    def note_sent(self, way: str, seq: int, mark: tuple[str, str] | None) -> None:
        """Note how far the remote says it has a way."""


class Exchanged(Struct):
    """What a sync did, counted as it goes."""

    pulled: int = 0
    pushed: int = 0
    waiting: list[str] = field(default_factory=list)
    "Names of what was left for later: events before it are not there yet."
    refused: list[Refused] = field(default_factory=list)
    forked: list[str] = field(default_factory=list)
    "Ways that the remote has otherwise, and that went there under a name of their own."


Progress = Callable[[Exchanged], None]


def exchange(
    replica: Replica, remote: Remote, progress: Progress | None = None, *, is_pull_only: bool = False
) -> Exchanged:
    """Take what others sent, then send what the remote lacks. Raises ModtuiError when it cannot go on."""
    done, tell = Exchanged(), progress or (lambda _: None)
    replica.greet(remote.hello())
    _pull(replica, remote, done, tell)
    if is_pull_only:
        return done
    ends = dict(remote.hello().ends)
    for way in replica.all_ways():
        _push(replica, remote, way, ends, done, tell)
    return done


def _pull(replica: Replica, remote: Remote, done: Exchanged, tell: Progress) -> None:
    waiting: list[Batch] = []
    for found in remote.pull(replica.marks()):
        if isinstance(found, Refused):
            done.refused.append(found)
        elif not _take(replica, found, done):
            waiting.append(_without_rows(found))
        tell(done)
    for _ in range(PASSES):
        if not waiting:
            return
        names = {batch.mark for batch in waiting}
        marks = dict(replica.marks())
        before, waiting = len(waiting), []
        for found in remote.pull(marks):
            if isinstance(found, Batch) and found.mark in names and not _take(replica, found, done):
                waiting.append(_without_rows(found))
            tell(done)
        if len(waiting) == before:
            break
    done.waiting += [f"{batch.stream} {batch.mark[0]}" for batch in waiting]


def _without_rows(batch: Batch) -> Batch:
    """What is remembered of a batch that waits: it may be large, and there may be many."""
    return Batch(batch.stream, (), batch.mark)


def _take(replica: Replica, batch: Batch, done: Exchanged) -> bool:
    """Store a batch; False when it has to wait for others. What is broken is put on the list of what was refused."""
    fault = fault_in(batch.stream, batch.rows)
    if fault:
        done.refused.append(Refused(f"{batch.stream} {batch.mark[0]}", fault))
        return True
    try:
        for start in range(0, len(batch.rows), ROWS_AT_ONCE):
            is_last = start + ROWS_AT_ONCE >= len(batch.rows)
            part = batch.rows[start : start + ROWS_AT_ONCE]
            new, is_gap = replica.take(batch.stream, part, batch.mark if is_last else None)
            done.pulled += new
            if is_gap:
                return False
    except EventRefused as error:
        done.refused.append(Refused(f"{batch.stream} {batch.mark[0]}", error.message))
    return True


def _push(replica: Replica, remote: Remote, way: str, ends: dict[str, End], done: Exchanged, tell: Progress) -> None:
    """Send what the remote lacks of a way. `ends` is what the remote said it has, and is brought up to date."""
    for _ in range(PLANS):
        sending = plan_sending(replica.shelf, way, ends, remote.hash_at)
        if sending is None:
            replica.note_sent(way, replica.shelf.end(way).seq, None)
            return
        if sending.name not in ends and sending.name != stream_of(way):
            done.forked.append(way)
        replica.note_sent(way, sending.after, None)
        try:
            if _send(replica, remote, way, sending, ends, done, tell):
                return
        except Forked:
            pass
        ends.clear()
        ends.update(remote.hello().ends)
    done.waiting.append(way)


def _send(
    replica: Replica, remote: Remote, way: str, sending: Sending, ends: dict[str, End], done: Exchanged, tell: Progress
) -> bool:
    """Send a way from where the remote is; False when the remote has less than it was sent, and is to be asked anew."""
    after = sending.after
    for rows in _batches(replica, way, after, remote.batch_events, remote.batch_bytes):
        receipt = remote.push(sending.name, rows)
        # The remote's word alone says what it has, never what was sent; it may have gone on from there by now.
        there = min(receipt.end.seq, rows[-1].seq)
        done.pushed += max(0, there - after)
        after, ends[sending.name] = there, receipt.end
        replica.note_sent(way, after, receipt.mark if _is_whole(receipt, rows) else None)
        tell(done)
        if not _is_whole(receipt, rows):
            return False
    return True


def _is_whole(receipt: Receipt, rows: Sequence[Row]) -> bool:
    return receipt.end == End(rows[-1].seq, rows[-1].hash)


def _batches(replica: Replica, way: str, after: int, most_events: int, most_bytes: int) -> Iterator[list[Row]]:
    """What follows in a way, in parts that are not too large for the remote, and never held in memory at once."""
    while rows := replica.rows(way, after, min(most_events, _rows_within(most_bytes))):
        part: list[Row] = []
        size = 0
        for row in rows:
            size += len(row.document)
            if part and size > most_bytes:
                break
            part.append(row)
        yield part
        after = part[-1].seq


def _rows_within(most_bytes: int) -> int:
    return max(100, most_bytes // 500)


def count_missing(replica: Replica, remote: Remote) -> list[tuple[str, Sending, int]]:
    """What would be sent: each way with where it goes, and how many events."""
    greeting = remote.hello()
    replica.greet(greeting)
    found = []
    for way in replica.all_ways():
        sending = plan_sending(replica.shelf, way, greeting.ends, remote.hash_at)
        if sending is not None:
            found.append((way, sending, replica.shelf.end(way).seq - sending.after))
    return found
