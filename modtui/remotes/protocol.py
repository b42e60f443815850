"""What a workspace needs of a place to sync with: four calls, all of which may be repeated.

Events are immutable, numbered without gaps in their stream, and chained by hash. A remote says how far it has each
stream (`hello`), takes what follows (`push`), and hands out what is new (`pull`). It never changes or removes one.
Its ends may go down, when it is restored from a copy; whoever has the events sends them again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Protocol

from msgspec import Struct, field

from modtui.domain.streams import End, Row
from modtui.errors import ModtuiError
from modtui.remotes.packing import Sign
from modtui.remotes.publications import Publication

PROTOCOL = 1
"Raised when an older modtui would do harm. Unknown kinds of events and unknown fields do not raise it."

__all__ = ["PROTOCOL", "Batch", "End", "Forked", "Greeting", "Receipt", "Refused", "Remote", "RemoteFault", "Row"]


class RemoteFault(ModtuiError):  # noqa: N818 - named for what happened
    """The remote did not answer, or not in time. Whether it did what it was asked is unknown; asking again is safe."""


class Forked(Exception):  # noqa: N818 - it is told, not failed
    """The remote has other events in the places that were sent. Nothing was replaced; say hello and plan anew."""


class Greeting(Struct, frozen=True):
    """What a remote says of itself."""

    team: str
    incarnation: str
    "Another one when the remote was made anew: what was pulled from it before counts no more."
    ends: Mapping[str, End] = field(default_factory=dict)
    "Every stream it has, with the last event before any gap. Committed, not just received."


class Receipt(Struct, frozen=True):
    """That events are in the remote for good."""

    end: End
    "How far the remote has the stream now. Short of what was sent when there is a gap: go on from here."
    mark: tuple[str, str] | None = None
    "What `pull` is to be told so that it does not hand these events back."


class Batch(Struct, frozen=True):
    """Events that follow each other in a stream. They are stored whole, together with the mark, or not at all."""

    stream: str
    rows: Sequence[Row]
    mark: tuple[str, str]
    "Key and value, which the remote alone understands; a later value replaces an earlier one of the same key."


class Refused(Struct, frozen=True):
    """Something in the remote that was not taken. It stops nothing else."""

    name: str
    why: str
    is_foreign: bool = False
    "Not ours at all, such as somebody's notes in the folder; else it is ours and broken."
    is_newer: bool = False
    "It is whole, and a newer modtui can read it."


class Remote(Protocol):
    """One place to sync with, for the time of one sync."""

    batch_events: int
    "The most events to push at a time."
    batch_bytes: int

    def hello(self) -> Greeting:
        """What the remote is and has. Raises ModtuiError for a too-new one, RemoteFault when it cannot be reached."""

    def hash_at(self, stream: str, seq: int) -> str | None:
        """The hash of an event that the remote has, None when it has none there."""

    def push(self, stream: str, rows: Sequence[Row]) -> Receipt:
        """Store events that follow each other; returns when they are durable. What is there already is left alone.

        Raises Forked, or RemoteFault when what became of them is unknown.
        """

    def pull(self, marks: Mapping[str, str]) -> Iterator[Batch | Refused]:
        """What the marks do not cover, each stream in order. Streams of one's own are among them."""

    def close(self) -> None: ...


class Carrier(Protocol):
    """What a remote without a server does besides: it carries what a lead publishes, as files that are only added."""

    sign: Sign | None
    "How what is published there is signed."

    def publications(self, marks: Mapping[str, str]) -> Iterator[Publication | Refused]:
        """What the marks do not cover, each checked by its hash, and its signature where keys are trusted."""

    def lacks(self, name: str) -> bool:
        """Whether it has no whole file of that name, as far as the last `hello` and what was read since can tell."""

    def publish(self, publication: Publication) -> None:
        """Store a publication; returns when it is durable."""

    def mark_of(self, name: str) -> str:
        """The mark that covers a publication."""
