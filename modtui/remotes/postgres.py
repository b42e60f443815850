"""The team's PostgreSQL as a remote: what it has of each stream, taking what is missing, handing out the rest."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import count, takewhile
from typing import TYPE_CHECKING

from modtui.domain.streams import End, Row
from modtui.errors import ModtuiError
from modtui.remotes import postgres_events as events
from modtui.remotes.postgres_connection import translate
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

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
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
            if good:
                yield Batch(stream, good, _mark(stream, End(good[-1].seq, good[-1].hash)))
            if len(good) < len(rows):
                broken = rows[len(good)]
                why = "cannot be read" if not broken.prev else "does not follow from the one before it"
                yield Refused(f"event {broken.seq} of stream {stream}", why)
                return
            after = rows[-1].seq


def _fits(place: tuple[Row, int]) -> bool:
    """Whether a row can be read, and stands where the next one is expected."""
    row, seq = place
    return row.seq == seq and bool(row.prev)


def _mark(stream: str, end: End) -> tuple[str, str]:
    return stream, f"{end.seq}:{end.hash}"


def no_tables() -> ModtuiError:
    return ModtuiError(
        "Not a team's database",
        "The database has no tables of modtui.",
        "`modtui remote init ADDRESS --team NAME` makes them.",
    )
