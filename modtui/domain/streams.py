"""Streams of events as they travel, and where an event that arrives belongs.

A stream is one incarnation of a workspace, and its events a chain. A copy that nobody noticed, or a machine set back,
may go on from the middle of a chain that another goes on with too: then the stream is a tree, and each way through it
is kept. A way is known by the stream's name, all but the first with a `~` and a few digits after it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Protocol, TypeVar

import msgspec
from msgspec import Struct

from modtui.domain.events import AFTER_VERDICT, EVENT_FORMAT, FIRST_PREV, KINDS, VERDICTS, Event, Subject, document_hash

E = TypeVar("E", bound=Event)

BRANCH_SIGN = "~"
_BRANCH_DIGITS = 16
_PASSES = 8
"Of the walk that puts events in order: as many as workspaces that build on each other in turn, on one ad."


class Row(Struct, frozen=True):
    """An event as it travels: its place, its hash and the very text that was hashed."""

    seq: int
    prev: str
    hash: str
    id: str
    document: str


class End(Struct, frozen=True):
    """The last event of a way, with no gap before it; 0 and zeros when there is none."""

    seq: int = 0
    hash: str = FIRST_PREV


class Shelf(Protocol):
    """The streams that a workspace, or a remote, has."""

    def ways(self, stream: str) -> Iterable[str]:
        """The names of the ways through a stream, in a fixed order; the first is the stream's own."""

    def end(self, way: str) -> End: ...

    def hash_at(self, way: str, seq: int) -> str | None:
        """The hash at a place of a way, those before it branched off included; FIRST_PREV at 0, None past its end."""


class Place(Struct, frozen=True):
    """Where an event belongs."""

    way: str = ""
    is_known: bool = False
    "It is there already, byte for byte: its hash says so."
    is_gap: bool = False
    "The event before it is not there yet."
    branches_from: str = ""
    "The way that it leaves, when it begins one of its own."


def stream_of(way: str) -> str:
    return way.partition(BRANCH_SIGN)[0]


def branch_name(stream: str, digest: str) -> str:
    """The name of a way that is told apart by this hash."""
    return f"{stream_of(stream)}{BRANCH_SIGN}{digest[:_BRANCH_DIGITS]}"


def find_place(shelf: Shelf, stream: str, seq: int, prev: str, digest: str) -> Place:
    """Where an event of a stream belongs: at the end of a way, on a new one, nowhere yet, or it is there already."""
    ways = tuple(shelf.ways(stream_of(stream)))
    for way in ways:
        if shelf.hash_at(way, seq) == digest:
            return Place(way, is_known=True)
    for way in ways:
        if shelf.end(way) == End(seq - 1, prev):
            return Place(way)
    for way in ways:
        if shelf.hash_at(way, seq - 1) == prev:
            return Place(branch_name(stream, digest), branches_from=way)
    if not ways and seq == 1 and prev == FIRST_PREV:
        return Place(stream_of(stream))
    return Place(is_gap=True)


class Sending(Struct, frozen=True):
    """What a remote lacks of a way: under which name it goes there, and after which number."""

    name: str
    after: int


def plan_sending(
    shelf: Shelf, way: str, there: Mapping[str, End], hash_there: Callable[[str, int], str | None]
) -> Sending | None:
    """What to send of a way, given the ends that a remote has; None when it has all of it.

    The remote's ends are obeyed, also when they are lower than they were. Where it goes on otherwise than we do, ours
    is sent whole under a name of its own: that costs time, and no event.
    """
    own, stream = shelf.end(way), stream_of(way)
    names = {stream: End()} | {name: end for name, end in there.items() if stream_of(name) == stream}
    fitting = [
        (end.seq, name) for name, end in names.items() if end.seq <= own.seq and shelf.hash_at(way, end.seq) == end.hash
    ]
    if any(seq == own.seq for seq, _ in fitting) or _is_within(own, names, hash_there):
        return None
    if fitting:
        after, name = max(fitting)
        return Sending(name, after)
    # A name made of the same digits may have gone on otherwise, when another machine sent into it half-way.
    fresh = (branch_name(stream, own.hash[start:]) for start in range(len(own.hash) - _BRANCH_DIGITS))
    return Sending(next(name for name in fresh if name not in names), 0)


def _is_within(own: End, names: Mapping[str, End], hash_there: Callable[[str, int], str | None]) -> bool:
    """Whether the remote has gone on from where we are."""
    return any(end.seq > own.seq and hash_there(name, own.seq) == own.hash for name, end in names.items())


class Header(Struct, frozen=True):
    """What is read of an event that arrives. All else of it stays as it is in its text, known to us or not."""

    v: int
    stream: str
    seq: int
    prev: str
    id: str
    kind: str
    actor: str
    body: dict[str, msgspec.Raw]
    subject: Subject | None = None
    supersedes: tuple[str, ...] = ()

    @property
    def has_effect(self) -> bool:
        """Whether this program knows what the event means for an ad. Others are kept, and passed on."""
        if self.kind not in KINDS or self.subject is None:
            return False
        texts = ("queue", "state", "outcome", "route", "context", "until", "second_of", "answers_question")
        if not all(_is_text(self.body.get(name)) for name in texts):
            return False
        return self.kind not in VERDICTS or _text(self.body.get("state")) in (None, *AFTER_VERDICT)


def _text(raw: msgspec.Raw | None) -> str | None:
    return None if raw is None else msgspec.json.decode(raw, type=str | None)


def _is_text(raw: msgspec.Raw | None) -> bool:
    try:
        _text(raw)
    except msgspec.DecodeError:
        return False
    return True


_HEADER = msgspec.json.Decoder(Header)


def read_row(document: str) -> tuple[Row, Header]:
    """An event from its text. Raises ValueError, with the reason, for what is none or is of a later format."""
    try:
        header = _HEADER.decode(document)
    except (msgspec.DecodeError, UnicodeEncodeError) as error:
        raise ValueError(f"not an event: {error}") from error
    if header.v > EVENT_FORMAT:
        raise ValueError(f"written in format {header.v} by a newer modtui; this one knows {EVENT_FORMAT}")
    if header.seq < 1 or not 0 < len(header.id) <= 64 or not 0 < len(header.stream) <= 64:
        raise ValueError("not an event: its number or a name is out of range")
    return Row(header.seq, header.prev, document_hash(document), header.id, document), header


def fault_in(name: str, rows: Sequence[Row]) -> str:
    """Why what came under the name of a stream cannot be taken, or nothing."""
    last: Row | None = None
    for row in rows:
        try:
            read, header = read_row(row.document)
        except ValueError as error:
            return f"event {row.seq} is {error}"
        if read != row:
            return f"event {row.seq} does not match its hash"
        if header.stream != stream_of(name):
            return f"event {row.seq} is of another stream"
        if last is not None and (row.seq, row.prev) != (last.seq + 1, last.hash):
            return f"event {row.seq} does not follow from the one before it"
        if row.seq == 1 and row.prev != FIRST_PREV:
            return "its first event names one before it"
        last = row
    return ""


def in_order(events: Sequence[E]) -> list[E]:
    """Events of several streams in the one order that is the same in every workspace.

    A stream keeps its own order, and nothing comes before what it builds on; beyond that the ids tell. A clock that is
    wrong can put two events that knew nothing of each other the other way round, here as everywhere.
    """
    if all(one.stream == other.stream and one.seq < other.seq for one, other in pairwise(events)):
        return list(events)
    own = sorted(events, key=lambda event: (event.stream, event.seq, event.hash))
    keys: dict[str, tuple[str, int]] = {}
    for _ in range(_PASSES):  # what an event builds on may stand in a stream that comes later in this walk
        before, newest = dict(keys), dict[str, tuple[str, int]]()
        for event in own:
            grounds = [keys[target] for target in _builds_on(event) if target in keys and target != event.id]
            if event.stream in newest:
                grounds.append(newest[event.stream])
            key = max([(event.id, 0), *((moment, depth + 1) for moment, depth in grounds)])
            keys[event.id] = newest[event.stream] = key
        if keys == before:
            break
    return sorted(own, key=lambda event: (keys[event.id], event.stream, event.seq, event.hash))


def _builds_on(event: Event) -> tuple[str, ...]:
    named = (event.body.get("second_of"), event.body.get("answers_question"))
    return (*event.supersedes, *(each for each in named if isinstance(each, str)))
