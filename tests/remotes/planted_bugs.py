"""Faults that a sync protocol may have, each planted into the real one for as long as a test looks for it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import pytest

from modtui.domain.events import Event
from modtui.domain.streams import End, Place, Row, Sending, plan_sending, stream_of
from modtui.remotes.protocol import Batch, Forked, Greeting, Receipt, Refused, RemoteFault
from modtui.services import exchange as syncing
from tests.remotes import simulation
from tests.remotes.simulation import Replica, TablePlace, Team

Patch = pytest.MonkeyPatch
BUGS: dict[str, Callable[[Patch], None]] = {}


def bug(plant: Callable[[Patch], None]) -> Callable[[Patch], None]:
    BUGS[plant.__name__] = plant
    return plant


@contextmanager
def planted(name: str) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        BUGS[name](patch)
        yield


def found_by(name: str, seeds: int = 300) -> int | None:
    """The first seed that shows the bug."""
    with planted(name):
        for seed in range(seeds):
            try:
                Team(seed).run()
            except Exception:  # a violation, or a crash
                return seed
    return None


@bug
def last_write_wins(patch: Patch) -> None:
    """The verdict that arrived last is the one that counts."""

    def by_arrival(self: Replica, events: list[Event]) -> list[Event]:
        return sorted(events, key=lambda event: self.arrived.index(event.id))

    patch.setattr(Replica, "ordered", by_arrival)


@bug
def acknowledge_on_send(patch: Patch) -> None:
    """What was handed to the network counts as there."""

    def send(replica: Any, remote: Any, way: str, sending: Sending, ends: Any, done: Any, tell: Any) -> bool:
        for rows in syncing._batches(replica, way, sending.after, remote.batch_events, remote.batch_bytes):
            try:
                receipt = remote.push(sending.name, rows)
            except RemoteFault:
                receipt = Receipt(End(rows[-1].seq, rows[-1].hash), None)
            replica.note_sent(way, rows[-1].seq, receipt.mark)
        return True

    patch.setattr(syncing, "_send", send)


@bug
def acknowledge_before_commit(patch: Patch) -> None:
    """The database answers first, and now and then dies before it has stored anything."""
    real = TablePlace.push

    def push(self: TablePlace, stream: str, rows: Sequence[Row]) -> Receipt:
        if self.rng.random() < 0.2:
            return Receipt(End(rows[-1].seq, rows[-1].hash), (stream, f"{rows[-1].seq}:{rows[-1].hash}"))
        return real(self, stream, rows)

    patch.setattr(TablePlace, "push", push)


@bug
def marks_never_go_down(patch: Patch) -> None:
    """What was acknowledged once is not sent again, although the remote says it has less now."""

    def plan(shelf: Any, way: str, there: Mapping[str, End], hash_there: Any) -> Sending | None:
        found = plan_sending(shelf, way, there, hash_there)
        acknowledged = shelf.acknowledged.get(way, 0)
        if found is None or found.after >= acknowledged:
            return found
        return Sending(found.name, acknowledged) if acknowledged < shelf.end(way).seq else None

    patch.setattr(syncing, "plan_sending", plan)


@bug
def no_new_stream_after_restore(patch: Patch) -> None:
    """A way that forked is not sent under a name of its own."""

    def plan(shelf: Any, way: str, there: Mapping[str, End], hash_there: Any) -> Sending | None:
        found = plan_sending(shelf, way, there, hash_there)
        return None if found is not None and "~" in found.name else found

    patch.setattr(syncing, "plan_sending", plan)


@bug
def a_fork_is_sent_without_its_beginning(patch: Patch) -> None:
    def plan(shelf: Any, way: str, there: Mapping[str, End], hash_there: Any) -> Sending | None:
        found = plan_sending(shelf, way, there, hash_there)
        if found is not None and "~" in found.name and found.name not in there:
            return Sending(found.name, max(0, shelf.end(way).seq - 1))
        return found

    patch.setattr(syncing, "plan_sending", plan)


@bug
def only_own_streams_are_sent(patch: Patch) -> None:
    """Nobody sends others' events again to a remote that lost them."""
    patch.setattr(Replica, "all_ways", lambda self: [way for way in self.ways_held if way == self.stream])


@bug
def the_remote_overwrites_a_fork(patch: Patch) -> None:
    def push(self: TablePlace, stream: str, rows: Sequence[Row]) -> Receipt:
        there = self.streams.get(stream, [])[: rows[0].seq - 1]
        if len(there) == rows[0].seq - 1:
            self.streams[stream] = [*there, *rows]
        held = self.streams.get(stream, [])
        end = End(held[-1].seq, held[-1].hash) if held else End()
        return Receipt(end, self.mark(stream, end))

    patch.setattr(TablePlace, "push", push)


@bug
def the_remote_drops_a_fork(patch: Patch) -> None:
    """What stands at a place already is taken for what is sent."""
    real = TablePlace.push

    def push(self: TablePlace, stream: str, rows: Sequence[Row]) -> Receipt:
        try:
            return real(self, stream, rows)
        except Forked:
            return Receipt(End(rows[-1].seq, rows[-1].hash), None)

    patch.setattr(TablePlace, "push", push)


@bug
def known_by_its_number(patch: Patch) -> None:
    """An event is taken for known because its number is, whatever its hash."""
    real = simulation.find_place

    def place(shelf: Any, stream: str, seq: int, prev: str, digest: str) -> Place:
        for way in shelf.ways(stream):
            if shelf.hash_at(way, seq) is not None:
                return Place(way, is_known=True)
        return real(shelf, stream, seq, prev, digest)

    patch.setattr(simulation, "find_place", place)


@bug
def gaps_are_skipped(patch: Patch) -> None:
    """What comes before its predecessors is thrown away, and marked as taken."""
    real = Replica.take

    def take(self: Replica, stream: str, rows: Sequence[Row], mark: tuple[str, str] | None) -> tuple[int, bool]:
        new, is_gap = real(self, stream, rows, mark)
        if is_gap and mark is not None:
            self.marks_held[mark[0]] = mark[1]
        return new, False

    patch.setattr(Replica, "take", take)


@bug
def the_mark_is_stored_before_the_events(patch: Patch) -> None:
    real = syncing._take

    def take(replica: Any, batch: Batch, done: Any) -> bool:
        replica.take(batch.stream, (), batch.mark)
        return real(replica, batch, done)

    patch.setattr(syncing, "_take", take)


@bug
def the_mark_comes_with_the_first_part(patch: Patch) -> None:
    def take(replica: Any, batch: Batch, done: Any) -> bool:
        return not any(replica.take(batch.stream, [row], batch.mark)[1] for row in batch.rows)

    patch.setattr(syncing, "_take", take)


@bug
def own_streams_are_not_pulled(patch: Patch) -> None:
    """A workspace that was set back never gets back what it had sent."""
    real = Replica.take

    def take(self: Replica, stream: str, rows: Sequence[Row], mark: tuple[str, str] | None) -> tuple[int, bool]:
        return real(self, stream, () if stream_of(stream) == self.stream else rows, mark)

    patch.setattr(Replica, "take", take)


@bug
def pages_by_a_serial_number(patch: Patch) -> None:
    """How many events were read is believed to say which: the order of numbers is not that of commits."""

    def pull(self: TablePlace, marks: Mapping[str, str]) -> Iterator[Batch | Refused]:
        rows = [(stream, row) for stream, held in self.streams.items() for row in held]
        for number, (stream, row) in enumerate(rows[int(marks.get("n", "0")) :], start=int(marks.get("n", "0")) + 1):
            yield Batch(stream, [row], ("n", str(number)))

    patch.setattr(TablePlace, "pull", pull)


@bug
def one_decision_an_ad(patch: Patch) -> None:
    """The second decision on an ad is dropped rather than kept as a conflict."""
    real = Replica._store

    def store(self: Replica, way: str, row: Row) -> None:
        document = json.loads(row.document)
        if document["kind"] == "decision" and document["actor"] != self.name:
            for event in self.events():
                if event.kind == "decision" and event.subject and event.subject.ad_id == document["subject"]["ad_id"]:
                    return
        real(self, way, row)

    patch.setattr(Replica, "_store", store)


@bug
def a_repeat_counts_twice(patch: Patch) -> None:
    real = Replica.take

    def take(self: Replica, stream: str, rows: Sequence[Row], mark: tuple[str, str] | None) -> tuple[int, bool]:
        for row in rows:
            if self.place(stream_of(stream), row).is_known:
                self.effects[row.id] += 1
        return real(self, stream, rows, mark)

    patch.setattr(Replica, "take", take)


@bug
def what_is_acknowledged_is_pruned(patch: Patch) -> None:
    real = Replica.rows

    def rows(self: Replica, way: str, after: int, limit: int) -> Sequence[Row]:
        return real(self, way, max(after, self.acknowledged.get(way, 0)), limit)

    real_note = Replica.note_sent

    def note(self: Replica, way: str, seq: int, mark: tuple[str, str] | None) -> None:
        real_note(self, way, max(seq, self.acknowledged.get(way, 0)), mark)

    patch.setattr(Replica, "rows", rows)
    patch.setattr(Replica, "note_sent", note)


@bug
def a_broken_file_stops_everything(patch: Patch) -> None:
    real = syncing._pull

    def pull(replica: Any, remote: Any, done: Any, tell: Any) -> None:
        class Strict:
            def __getattr__(self, name: str) -> Any:
                return getattr(remote, name)

            def pull(self, marks: Mapping[str, str]) -> Iterator[Batch | Refused]:
                for found in remote.pull(marks):
                    if isinstance(found, Refused):
                        raise RemoteFault(found.why)
                    yield found

        real(replica, Strict(), done, tell)  # type: ignore[arg-type]

    patch.setattr(syncing, "_pull", pull)


@bug
def a_full_greeting_is_never_asked_again(patch: Patch) -> None:
    """The ends said at the first hello are believed for ever."""
    said: dict[int, Mapping[str, End]] = {}
    real = TablePlace.hello

    def hello(self: TablePlace) -> Greeting:
        greeting = real(self)
        ends = said.setdefault(id(self), greeting.ends) if greeting.ends else greeting.ends
        return Greeting(greeting.team, greeting.incarnation, ends)

    patch.setattr(TablePlace, "hello", hello)
