"""A team in memory, whose network, machines and remote fail by a seed: the real sync between pretended workspaces.

The steps of a sync, the places of events, their order, and the folder with its bundles are the program's own. What is
pretended are the tables of a workspace (every method is one transaction), a database, and the file system.
"""

from __future__ import annotations

import copy
import json
import random
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any

from modtui.domain.events import FIRST_PREV, Entry, Event, Subject, event_from_document, item_status, seal
from modtui.domain.streams import End, Row, find_place, in_order, stream_of
from modtui.remotes.bundles import unpack
from modtui.remotes.folder import FolderRemote, make_folder
from modtui.remotes.packing import BrokenBundle
from modtui.remotes.protocol import Batch, Forked, Greeting, Receipt, Refused, RemoteFault
from modtui.services import exchange as syncing

ADS = ("a", "b", "c")
CONTENT = "00" * 32


class Killed(Exception):  # noqa: N818 - named for what happened
    """The process is gone, between two transactions."""


class Violation(AssertionError):  # noqa: N818
    """A promise that was broken."""


class Replica:
    """A workspace: streams, marks and what was acknowledged. A deep copy is a backup of its file."""

    def __init__(self, name: str, rng: random.Random) -> None:
        self.name, self.rng = name, rng
        self.ways_held: dict[str, tuple[str, int, list[Row]]] = {}
        "By way: the one it left, its first number, its events."
        self.marks_held: dict[str, str] = {}
        self.acknowledged: dict[str, int] = {}
        self.effects: Counter[str] = Counter()
        self.arrived: list[str] = []
        self.incarnation = ""
        self.clock_ms = 1_000_000_000_000 + rng.randrange(-(10**11), 10**11)
        self.truth: Any = None
        self.begin_stream()

    def __deepcopy__(self, memo: dict[int, Any]) -> Replica:
        twin = object.__new__(type(self))
        twin.__dict__ = {
            name: value if name in ("rng", "truth") else copy.deepcopy(value, memo)
            for name, value in self.__dict__.items()
        }
        return twin

    def begin_stream(self) -> None:
        self.stream = f"{self.rng.getrandbits(128):032x}"
        self.ways_held[self.stream] = ("", 1, [])

    # -- what people do

    def decide(self) -> None:
        ad = self.rng.choice(ADS)
        standing = [event for event in self.events() if event.subject and event.subject.ad_id == ad]
        verdicts = [event for event in standing if event.kind == "decision" and event.actor == self.name]
        if verdicts and self.rng.random() < 0.25:
            self.write("retraction", ad, {"queue": "q"}, (self.rng.choice(verdicts).id,))
            return
        body = {"queue": "q", "state": "decided", "outcome": self.rng.choice(("approve", "reject"))}
        replaced = tuple(event.id for event in verdicts) if self.rng.random() < 0.5 else ()
        self.write("decision", ad, body, replaced)

    def write(self, kind: str, ad: str, body: dict[str, Any], supersedes: tuple[str, ...] = ()) -> None:
        self.clock_ms += self.rng.randrange(1, 1000) if self.rng.random() < 0.95 else -self.rng.randrange(10**9)
        event_id = f"{max(0, self.clock_ms):012x}{self.rng.getrandbits(64):016x}"
        entry = Entry(event_id, kind, self.name, "", body, Subject("s", ad, CONTENT), supersedes)
        end = self.end(self.stream)
        event, document = seal(entry, self.stream, end.seq + 1, end.hash)
        self._store(self.stream, Row(event.seq, event.prev, event.hash, event.id, document))

    # -- the shelf

    @property
    def shelf(self) -> Replica:
        return self

    def all_ways(self) -> Sequence[str]:
        return list(self.ways_held)

    def ways(self, stream: str) -> list[str]:
        return sorted(way for way in self.ways_held if stream_of(way) == stream)

    def end(self, way: str) -> End:
        _, _, rows = self.ways_held.get(way, ("", 1, []))
        return End(rows[-1].seq, rows[-1].hash) if rows else End()

    def hash_at(self, way: str, seq: int) -> str | None:
        if seq == 0:
            return FIRST_PREV
        parent, first, rows = self.ways_held[way]
        if seq < first:
            return self.hash_at(parent, seq)
        return rows[seq - first].hash if seq - first < len(rows) else None

    def row_at(self, way: str, seq: int) -> Row:
        parent, first, rows = self.ways_held[way]
        return self.row_at(parent, seq) if seq < first else rows[seq - first]

    def rows(self, way: str, after: int, limit: int) -> Sequence[Row]:
        return [self.row_at(way, seq) for seq in range(after + 1, min(self.end(way).seq, after + limit) + 1)]

    # -- one transaction each

    def greet(self, greeting: Greeting) -> None:
        if greeting.incarnation != self.incarnation:
            self.marks_held, self.acknowledged, self.incarnation = {}, {}, greeting.incarnation

    def marks(self) -> Mapping[str, str]:
        return dict(self.marks_held)

    def take(self, stream: str, rows: Sequence[Row], mark: tuple[str, str] | None) -> tuple[int, bool]:
        new = 0
        for row in rows:
            place = self.place(stream_of(stream), row)
            if place.is_known:
                continue
            if place.is_gap:
                return new, True
            if place.way not in self.ways_held:
                self.ways_held[place.way] = (place.branches_from, row.seq, [])
            self._store(place.way, row)
            new += 1
        if mark is not None:
            self.marks_held[mark[0]] = mark[1]
        return new, False

    def place(self, stream: str, row: Row) -> Any:
        return find_place(self, stream, row.seq, row.prev, row.hash)

    def note_sent(self, way: str, seq: int, mark: tuple[str, str] | None) -> None:
        if seq and self.truth is not None and not {self.row_at(way, n).id for n in range(1, seq + 1)} <= self.truth():
            raise Violation(f"{self.name} was told that {way} is there up to {seq}, and it is not")
        self.acknowledged[way] = seq
        if mark is not None:
            self.marks_held[mark[0]] = mark[1]

    def _store(self, way: str, row: Row) -> None:
        self.ways_held[way][2].append(row)
        self.effects[row.id] += 1
        self.arrived.append(row.id)

    # -- what it all adds up to

    def events(self) -> list[Event]:
        rows = {row.hash: row for _, _, held in self.ways_held.values() for row in held}
        return self.ordered([event_from_document(json.loads(row.document), row.hash) for row in rows.values()])

    def ordered(self, events: list[Event]) -> list[Event]:
        return in_order(events)

    def state(self) -> dict[str, Any]:
        events = self.events()
        return {ad: item_status([e for e in events if e.subject and e.subject.ad_id == ad], "q", CONTENT) for ad in ADS}

    def unsynced(self) -> int:
        return sum(self.end(way).seq - self.acknowledged.get(way, 0) for way in self.ways_held)


class Files:
    """A file system that shows a new file late, now and then."""

    def __init__(self, rng: random.Random) -> None:
        self.rng, self.held, self.hidden = rng, dict[str, bytes](), set[str]()
        self.is_healed = False

    def list(self, folder: str) -> Iterator[str]:
        self.hidden = set() if self.is_healed else {path for path in self.hidden if self.rng.random() < 0.6}
        yield from sorted(path for path in self.held if path.startswith(folder) and path not in self.hidden)

    def read(self, path: str, most: int) -> bytes | None:
        return self.held.get(path)

    def write(self, path: str, content: bytes) -> None:
        self.held[path] = content
        if not self.is_healed and path.startswith("streams") and self.rng.random() < 0.3:
            self.hidden.add(path)


class FolderPlace:
    """The real folder remote over those files."""

    def __init__(self, rng: random.Random) -> None:
        self.rng, self.files = rng, Files(rng)
        self.known: dict[str, set[str]] = {}
        make_folder(self.files, "team")

    def open(self) -> FolderRemote:
        remote = FolderRemote(self.files)
        remote.batch_events = 3
        return remote

    def ids(self) -> set[str]:
        for path, content in self.files.held.items():
            if path not in self.known and path.startswith("streams/"):
                try:
                    self.known[path] = {row.id for row in unpack(content)[1]}
                except BrokenBundle:
                    self.known[path] = set()
        return set().union(*(self.known.get(path, ()) for path in self.files.held))

    def save(self) -> Any:
        return dict(self.files.held)

    def put_back(self, saved: Any) -> None:
        self.files.held = dict(saved)

    def wipe(self) -> None:
        self.files.held = {}
        make_folder(self.files, "team")

    def spoil(self) -> None:
        """Somebody leaves what does not belong, and a bundle that is cut off, of a stream that nobody has."""
        self.files.held["lunch.txt"] = b"?"
        name = f"0000000001-0000000002-{'0' * 12}-{'a' * 12}-{'b' * 24}.jsonl.zst"
        self.files.held[f"streams/{'0' * 32}/{name}"] = b"\x28\xb5"


class TablePlace:
    """A database: streams that are added to at their ends, or not at all."""

    batch_events, batch_bytes = 3, 1 << 20

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        self.wipe()

    def wipe(self) -> None:
        self.streams: dict[str, list[Row]] = {}
        self.broken = 0
        self.incarnation = f"{self.rng.getrandbits(64):x}"

    def open(self) -> TablePlace:
        return self

    def ids(self) -> set[str]:
        return {row.id for rows in self.streams.values() for row in rows}

    def save(self) -> Any:
        return {name: list(rows) for name, rows in self.streams.items()}

    def put_back(self, saved: Any) -> None:
        self.streams = {name: list(rows) for name, rows in saved.items()}

    def spoil(self) -> None:
        self.broken += 1

    def hello(self) -> Greeting:
        ends = {name: End(rows[-1].seq, rows[-1].hash) for name, rows in self.streams.items() if rows}
        return Greeting("team", self.incarnation, ends)

    def hash_at(self, stream: str, seq: int) -> str | None:
        rows = self.streams.get(stream, [])
        return FIRST_PREV if seq == 0 else rows[seq - 1].hash if seq <= len(rows) else None

    def push(self, stream: str, rows: Sequence[Row]) -> Receipt:
        there = self.streams.get(stream, [])
        for row in rows:
            if row.seq <= len(there):
                if there[row.seq - 1].hash != row.hash:
                    raise Forked(stream)
            elif row.seq == len(there) + 1:
                if row.prev != (there[-1].hash if there else FIRST_PREV):
                    raise Forked(stream)
                there = [*there, row]
            else:
                break
        self.streams[stream] = there
        end = End(there[-1].seq, there[-1].hash) if there else End()
        return Receipt(end, self.mark(stream, end))

    def mark(self, stream: str, end: End) -> tuple[str, str]:
        return stream, f"{end.seq}:{end.hash}"

    def pull(self, marks: Mapping[str, str]) -> Iterator[Batch | Refused]:
        for _ in range(self.broken):
            yield Refused("a row", "cannot be read")
        for stream, rows in list(self.streams.items()):
            seq, _, digest = marks.get(stream, "0:" + FIRST_PREV).partition(":")
            after = self.go_on_from(stream, int(seq), digest)
            while after < len(rows):
                part = rows[after : after + self.batch_events]
                after += len(part)
                yield Batch(stream, part, self.mark(stream, End(part[-1].seq, part[-1].hash)))

    def go_on_from(self, stream: str, seq: int, digest: str) -> int:
        return seq if self.hash_at(stream, seq) == digest else 0

    def close(self) -> None: ...


class Faulty:
    """A remote behind a bad network: calls are lost before or after they did their work, repeated, late, out of order;
    and the machine may be gone at any of them."""

    def __init__(
        self, remote: Any, rng: random.Random, late: list[tuple[str, Sequence[Row]]], others: Callable[[], None]
    ) -> None:
        self.remote, self.rng, self.late, self.others = remote, rng, late, others
        self.batch_events, self.batch_bytes = rng.choice((1, 2, 5)), 1 << 20
        self.rate = rng.choice((0.02, 0.1, 0.3))

    def _may_fail(self) -> None:
        if self.rng.random() < 0.1:
            self.others()
        if self.rng.random() < self.rate:
            raise self.rng.choice((RemoteFault("lost"), Killed()))

    def hello(self) -> Greeting:
        self._may_fail()
        return self.remote.hello()  # type: ignore[no-any-return]

    def hash_at(self, stream: str, seq: int) -> str | None:
        self._may_fail()
        return self.remote.hash_at(stream, seq)  # type: ignore[no-any-return]

    def push(self, stream: str, rows: Sequence[Row]) -> Receipt:
        if self.late and self.rng.random() < 0.2:
            self._arrive_late()
        if self.rng.random() < self.rate:
            self.late.append((stream, list(rows)))
            raise RemoteFault("it may still arrive")
        self._may_fail()
        receipt: Receipt = self.remote.push(stream, rows)
        if self.rng.random() < self.rate:
            receipt = self.remote.push(stream, rows)
        self._may_fail()
        return receipt

    def _arrive_late(self) -> None:
        with suppress(Forked):
            self.remote.push(*self.rng.choice(self.late))

    def pull(self, marks: Mapping[str, str]) -> Iterator[Batch | Refused]:
        found = list(self.remote.pull(marks))
        if self.rng.random() < 0.3:
            self.rng.shuffle(found)
        found += [each for each in found if self.rng.random() < self.rate]
        for each in found:
            self._may_fail()
            yield each
        self._may_fail()

    def close(self) -> None: ...


class Mortal:
    """A workspace whose process may be killed before and after each transaction."""

    def __init__(self, replica: Replica, rng: random.Random, rate: float) -> None:
        self._replica, self._rng, self._rate = replica, rng, rate

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._replica, name)
        if name not in ("take", "note_sent", "greet"):
            return found

        def call(*given: Any) -> Any:
            if self._rng.random() < self._rate:
                raise Killed
            result = found(*given)
            if self._rng.random() < self._rate:
                raise Killed
            return result

        return call


class Team:
    """Machines that share a remote, and a seed that decides what becomes of them."""

    replica_class = Replica
    table_class = TablePlace

    def __init__(self, seed: int) -> None:
        self.rng = random.Random(seed)
        self.place: Any = FolderPlace(self.rng) if seed % 2 else self.table_class(self.rng)
        self.late: list[tuple[str, Sequence[Row]]] = []
        self.replicas = [self.replica_class(f"r{number}", self.rng) for number in range(3)]
        self.backups: list[Replica] = []
        self.remote_backups: list[Any] = []
        for replica in self.replicas:
            replica.truth = self.place.ids

    def run(self, steps: int = 28) -> None:
        verbs = (self.decide, self.sync, self.save, self.put_back, self.copy, self.remote_fault)
        for _ in range(steps):
            self.rng.choices(verbs, (12, 12, 2, 2, 1, 1))[0]()
        self.heal()

    def decide(self) -> None:
        self.rng.choice(self.replicas).decide()

    def sync(self) -> None:
        replica = self.rng.choice(self.replicas)
        before = self.place.ids()
        remote = Faulty(self.place.open(), self.rng, self.late, lambda: self.sync_another(replica))
        with suppress(RemoteFault, Killed):
            syncing.exchange(Mortal(replica, self.rng, remote.rate / 4), remote)  # type: ignore[arg-type]

        if not before <= self.place.ids():
            raise Violation("the remote has lost events in a sync")

    def sync_another(self, busy: Replica) -> None:
        """In the middle of one sync another machine does all of its own."""
        replica = self.rng.choice(self.replicas)
        if replica is not busy:
            if self.rng.random() < 0.5:
                replica.decide()
            syncing.exchange(replica, self.place.open())

    def save(self) -> None:
        self.backups.append(copy.deepcopy(self.rng.choice(self.replicas)))

    def put_back(self) -> None:
        """An older copy takes the place of a workspace; what is only in that one is gone for ever."""
        if not self.backups:
            return
        back = copy.deepcopy(self.rng.choice(self.backups))
        places = [number for number, replica in enumerate(self.replicas) if replica.name == back.name]
        if self.rng.random() < 0.5:
            back.begin_stream()  # the file is another one, and the program sees it
        self.replicas[places[0]] = back

    def copy(self) -> None:
        """A workspace is copied to another machine; or the machine is, and then nothing tells the two apart."""
        if len(self.replicas) > 4:
            return
        twin = copy.deepcopy(self.rng.choice(self.replicas))
        twin.name = f"r{len(self.replicas)}"
        if self.rng.random() < 0.5:
            twin.begin_stream()
        self.replicas.append(twin)

    def remote_fault(self) -> None:
        what = self.rng.random()
        if what < 0.4:
            self.remote_backups.append(self.place.save())
        elif what < 0.7 and self.remote_backups:
            self.place.put_back(self.rng.choice(self.remote_backups))
        elif what < 0.8:
            self.place.wipe()
        else:
            self.place.spoil()

    def heal(self) -> None:
        """No more faults: after a few rounds all must have all."""
        if isinstance(self.place, FolderPlace):
            self.place.files.is_healed = True
        expected = self.place.ids().union(*(replica.effects for replica in self.replicas))
        for _ in range(3):
            for replica in self.replicas:
                syncing.exchange(replica, self.place.open())
        self.check(expected)

    def check(self, expected: set[str]) -> None:
        first = self.replicas[0]
        for replica in self.replicas:
            held = set(replica.effects)
            if held != expected:
                raise Violation(f"{replica.name}: {len(expected - held)} lost, {len(held - expected)} from nowhere")
            if any(count != 1 for count in replica.effects.values()):
                raise Violation(f"{replica.name}: an event counted twice")
            if replica.state() != first.state():
                raise Violation(f"{replica.name} and {first.name} say different things of an ad")
            if {event.hash for event in replica.events()} != {event.hash for event in first.events()}:
                raise Violation(f"{replica.name} holds other bytes than {first.name}")
            if replica.unsynced():
                raise Violation(f"{replica.name}: {replica.unsynced()} events are never acknowledged")
        if self.place.ids() != expected:
            raise Violation("the remote does not have all")


def run_seed(seed: int) -> None:
    Team(seed).run()
