"""The team's PostgreSQL as a remote: what it has of each stream, taking what is missing, handing out the rest."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import count, takewhile
from typing import TYPE_CHECKING

import msgspec
from msgspec import Struct

from modtui.domain.events import Subject
from modtui.domain.streams import End, Row, stream_of
from modtui.errors import ModtuiError
from modtui.remotes import postgres_events as events
from modtui.remotes.postgres_connection import connect, translate
from modtui.remotes.postgres_schema import check_facts, read_facts
from modtui.remotes.protocol import Batch, Greeting, Receipt, Refused

if TYPE_CHECKING:
    from psycopg import Connection


class PostgresRemote:
    """Implements `protocol.Remote` over one connection, for the time of one sync.

    A mark of `pull` is a stream and `number:hash` of the last event that was taken from it.
    """

    batch_events = 500
    batch_bytes = 1 << 20

    def __init__(
        self, connection: Connection, *, own: Collection[str] = (), hidden: Collection[tuple[str, str]] = ()
    ) -> None:
        """`hidden` are the ads, as source and id, that are reviewed blind here: streams of others wait before the first
        event about one. `own` are the streams of this workspace, which hide nothing."""
        self.connection = connection
        self._own = {stream_of(stream) for stream in own}
        self._hidden = frozenset(hidden)
        self._known: set[str] = set()

    def hello(self) -> Greeting:
        import psycopg

        try:
            facts = read_facts(self.connection)
            check_facts(facts)
            if "incarnation" not in facts:
                raise no_tables()
            ends = events.ends(self.connection)
        except psycopg.Error as error:
            raise translate(error) from error
        self._known.update(ends)
        return Greeting(facts.get("team", ""), facts["incarnation"], ends)

    def hash_at(self, stream: str, seq: int) -> str | None:
        import psycopg

        try:
            return events.hash_at(self.connection, stream, seq)
        except psycopg.Error as error:
            raise translate(error) from error

    def push(self, stream: str, rows: Sequence[Row]) -> Receipt:
        if stream not in self._known:
            events.register(self.connection, stream)
            self._known.add(stream)
        end = events.add(self.connection, stream, rows)
        return Receipt(end, _mark(stream, end) if end.seq else None)

    def pull(self, marks: Mapping[str, str]) -> Iterator[Batch | Refused]:
        import psycopg

        try:
            for stream, end in events.ends(self.connection).items():
                yield from self._stream(stream, self._after(stream, end, marks.get(stream, "")))
        except psycopg.Error as error:
            raise translate(error) from error

    def close(self) -> None:
        self.connection.close()

    def _after(self, stream: str, end: End, mark: str) -> int:
        """From where to go on. A mark whose event is not there any more is of before a restore: then from the start."""
        number, _, digest = mark.partition(":")
        if not number.isdigit():
            return 0
        if (int(number), digest) == (end.seq, end.hash):
            return end.seq
        return int(number) if events.hash_at(self.connection, stream, int(number)) == digest else 0

    def _stream(self, stream: str, after: int) -> Iterator[Batch | Refused]:
        while rows := events.read(self.connection, stream, after):
            good = [row for row, _ in takewhile(_fits, zip(rows, count(after + 1)))]
            seen = good[: self._first_hidden(stream, good)]
            if seen:
                last = seen[-1]
                yield Batch(stream, seen, _mark(stream, End(last.seq, last.hash)))
            if len(seen) < len(good):
                return
            if len(good) < len(rows):
                broken = rows[len(good)]
                why = "cannot be read" if not broken.prev else "does not follow from the one before it"
                yield Refused(f"event {broken.seq} of stream {stream}", why)
                return
            after = rows[-1].seq

    def _first_hidden(self, stream: str, rows: Sequence[Row]) -> int:
        """How many events may be handed out before the first that would tell what somebody is to judge alone."""
        if not self._hidden or stream_of(stream) in self._own:
            return len(rows)
        telling = (place for place, row in enumerate(rows) if _subject(row.document) in self._hidden)
        return next(telling, len(rows))


def _fits(place: tuple[Row, int]) -> bool:
    """Whether a row can be read, and stands where the next one is expected."""
    row, seq = place
    return row.seq == seq and bool(row.prev)


class _About(Struct):
    """Of a document, whom it speaks of."""

    subject: Subject | None = None


_ABOUT = msgspec.json.Decoder(_About)


def _subject(document: str) -> tuple[str, str] | None:
    try:
        subject = _ABOUT.decode(document).subject
    except msgspec.DecodeError:
        return None
    return (subject.source, subject.ad_id) if subject else None


def _mark(stream: str, end: End) -> tuple[str, str]:
    return stream, f"{end.seq}:{end.hash}"


def open_postgres(
    address: str, *, own: Collection[str] = (), hidden: Collection[tuple[str, str]] = ()
) -> PostgresRemote:
    """The remote at an address that begins with `postgresql://`. Raises ModtuiError in words; see PostgresRemote."""
    return PostgresRemote(connect(address), own=own, hidden=hidden)


def no_tables() -> ModtuiError:
    return ModtuiError(
        "Not a team's database",
        "The database has no tables of modtui.",
        "`modtui remote init ADDRESS --team NAME` makes them.",
    )
