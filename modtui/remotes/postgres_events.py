"""Streams of events in the team's database: added at their ends, read from a mark on, never changed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec import Struct

from modtui.domain.events import FIRST_PREV
from modtui.domain.streams import End, Row
from modtui.remotes.postgres_connection import REPEATABLE, transact, translate
from modtui.remotes.protocol import Forked

if TYPE_CHECKING:
    from psycopg import Connection

READ_ROWS = 500
READ_BYTES = 4 << 20
"A page of a stream: so many events, or so many characters of them, but one at least."


def ends(connection: Connection) -> dict[str, End]:
    """Every stream with its end."""
    rows = connection.execute(
        """SELECT s.stream, e.seq, e.hash FROM modtui.streams s CROSS JOIN LATERAL
           (SELECT seq, hash FROM modtui.events e WHERE e.stream = s.stream ORDER BY e.seq DESC LIMIT 1) e"""
    ).fetchall()
    return {stream: End(seq, digest) for stream, seq, digest in rows}


def end_of(connection: Connection, stream: str) -> End:
    row = connection.execute(
        "SELECT seq, hash FROM modtui.events WHERE stream = %s ORDER BY seq DESC LIMIT 1",
        (stream,),
    ).fetchone()
    return End(*row) if row else End()


def register(connection: Connection, stream: str) -> None:
    """Make a stream known, before its first event."""

    def run(within: Connection) -> None:
        within.execute("INSERT INTO modtui.streams (stream) VALUES (%s) ON CONFLICT DO NOTHING", (stream,))

    transact(connection, run)


def add(connection: Connection, stream: str, rows: Sequence[Row]) -> End:
    """Store events that follow each other; the stream's end once they are committed.

    What is there already is left as it is. After a gap nothing is stored, and the end says where to go on. Raises
    Forked, with nothing stored, when the database has other events in the same places.
    """
    import psycopg

    if not rows:
        return end_of(connection, stream)
    try:
        if _add_at_end(connection, stream, rows):
            return End(rows[-1].seq, rows[-1].hash)
    except psycopg.errors.UniqueViolation:
        pass  # some of it is there: see what
    except psycopg.Error as error:
        if error.sqlstate not in REPEATABLE:
            raise translate(error) from error
    end = transact(connection, lambda within: _add_missing(within, stream, rows))
    if end is None:
        raise Forked(stream)
    return end


def _add_at_end(connection: Connection, stream: str, rows: Sequence[Row]) -> bool:
    """The usual case, in one trip: all are new and follow the last one there. One statement, whole or not at all."""
    first = rows[0]
    follows = "TRUE" if first.seq == 1 and first.prev == FIRST_PREV else _FOLLOWS
    values = _columns(stream, rows) | {"before": first.seq - 1, "prev": first.prev}
    return connection.execute(f"{_INSERT} WHERE {follows}", values).rowcount == len(rows)


# Arrays go in binary: as text, quoting them takes more time than the server needs to store them.
_INSERT = """INSERT INTO modtui.events (stream, seq, id, hash, document)
    SELECT %(stream)s::text, g.seq, g.id, g.hash, g.document
    FROM unnest(%(seqs)b::bigint[], %(ids)b::text[], %(hashes)b::text[], %(documents)b::text[])
        AS g (seq, id, hash, document)"""
_FOLLOWS = """EXISTS (SELECT 1 FROM modtui.events e
    WHERE e.stream = %(stream)s AND e.seq = %(before)s AND e.hash = %(prev)s)"""


def _columns(stream: str, rows: Sequence[Row]) -> dict[str, Any]:
    return {
        "stream": stream,
        "seqs": [row.seq for row in rows],
        "ids": [row.id for row in rows],
        "hashes": [row.hash for row in rows],
        "documents": [row.document for row in rows],
    }


def _add_missing(connection: Connection, stream: str, rows: Sequence[Row]) -> End | None:
    """Compare what is given with what is there, and add what follows. None when the two are not one stream."""
    end = end_of(connection, stream)
    there: dict[int, str] = dict(
        connection.execute(
            "SELECT seq, hash FROM modtui.events WHERE stream = %s AND seq BETWEEN %s AND %s",
            (stream, rows[0].seq, rows[-1].seq),
        ).fetchall()
    )
    missing = [row for row in rows if row.seq > end.seq]
    is_fork = any(there.get(row.seq, row.hash) != row.hash for row in rows) or (
        bool(missing) and missing[0].seq == end.seq + 1 and missing[0].prev != end.hash
    )
    if is_fork:
        return None
    if not missing or missing[0].seq > end.seq + 1:
        return end
    # No `ON CONFLICT`: should another have been quicker just now, all of it is undone and asked anew.
    connection.execute(_INSERT, _columns(stream, missing))
    return End(missing[-1].seq, missing[-1].hash)


def hash_at(connection: Connection, stream: str, seq: int) -> str | None:
    row = connection.execute(
        "SELECT hash FROM modtui.events WHERE stream = %s AND seq = %s",
        (stream, seq),
    ).fetchone()
    return row[0] if row else None


class _Prev(Struct):
    """Of a document, what is in no column."""

    prev: str


_PREV = msgspec.json.Decoder(_Prev)


def read(connection: Connection, stream: str, after: int) -> list[Row]:
    """The next events of a stream, in order; none at its end.

    `prev` is what the document says, and empty when it says nothing that can be read.
    """
    rows = connection.execute(
        """SELECT seq, hash, id, document FROM (
               SELECT seq, hash, id, document, sum(length(document)) OVER (ORDER BY seq) AS size FROM (
                   SELECT seq, hash, id, document FROM modtui.events
                   WHERE stream = %(stream)s AND seq > %(after)s ORDER BY seq LIMIT %(rows)s) AS next
           ) AS sized WHERE size <= %(bytes)s OR size = length(document) ORDER BY seq""",
        {"stream": stream, "after": after, "rows": READ_ROWS, "bytes": READ_BYTES},
    ).fetchall()
    return [Row(seq, _prev(document), digest, event_id, document) for seq, digest, event_id, document in rows]


def _prev(document: str) -> str:
    try:
        return _PREV.decode(document).prev
    except msgspec.DecodeError:
        return ""
