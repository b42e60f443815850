"""Streams of events as they travel, and where an event that arrives belongs.

A stream is one incarnation of a workspace, and its events a chain. A copy that nobody noticed, or a machine set back,
may go on from the middle of a chain that another goes on with too: then the stream is a tree, and each way through it
is kept. A way is known by the stream's name, all but the first with a `~` and a few digits after it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Protocol

from msgspec import Struct

from modtui.domain.events import FIRST_PREV

BRANCH_SIGN = "~"
_BRANCH_DIGITS = 16


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

    The remote's ends are obeyed, also when they are lower than they were. Where it goes on otherwise than we do, ours is
    sent whole under a name of its own: that costs time, and no event.
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
    return Sending(branch_name(stream, own.hash), 0)


def _is_within(own: End, names: Mapping[str, End], hash_there: Callable[[str, int], str | None]) -> bool:
    """Whether the remote has gone on from where we are."""
    return any(end.seq > own.seq and hash_there(name, own.seq) == own.hash for name, end in names.items())
