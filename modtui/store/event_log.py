"""The append-only log: events in hash chains, one chain a stream, stored as the very bytes that were hashed."""

from __future__ import annotations

import json
import secrets
import threading
from collections.abc import Iterator, Sequence

import msgspec
from msgspec import Struct

from modtui.domain.events import (
    FIRST_PREV,
    KINDS,
    Entry,
    Event,
    Subject,
    canonical_json,
    document_hash,
    entry_document,
    event_from_document,
    seal,
)
from modtui.domain.streams import in_order
from modtui.store import sqlite
from modtui.store.errors import EventRefused
from modtui.store.sqlite import Connection

SEQ_BITS = 40
"An event's number is its stream's number times 2**40 plus its place there, so that one key orders and chains."
FIRST_OF_ALL = -(1 << 62)
"Before every event, those of others too: their streams have negative numbers (`store.team_events`)."
_SEQ_MASK = (1 << SEQ_BITS) - 1
PLACE_FIELDS = ("v", "stream", "seq", "prev")

_last_id = [0]
_id_lock = threading.Lock()


CLOCK_STEP_MS = 60_000
"A clock that goes back by more than this was set; ids then tell the new time rather than stay in order."


def new_event_id(now_ms: int) -> str:
    """A UUIDv7 for the time given, later in order than every one made before it in this process.

    A clock set back by more than CLOCK_STEP_MS begins anew: ids tell the time, and places give the order.
    """
    with _id_lock:
        fresh = (now_ms << 80) | (secrets.randbits(74))
        was_set_back = (_last_id[0] >> 80) - now_ms > CLOCK_STEP_MS
        _last_id[0] = fresh if was_set_back else max(fresh, _last_id[0] + 1)
        value = _last_id[0]
    stamp, high, low = value >> 80, (value >> 62) & 0xFFF, value & ((1 << 62) - 1)
    text = f"{(stamp << 80) | (7 << 76) | (high << 64) | (2 << 62) | low:032x}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def event_number(stream_no: int, seq: int) -> int:
    return (stream_no << SEQ_BITS) | seq


def first_event_id(moment_ms: int) -> str:
    """What sorts before every event id made at that time or later."""
    stamp = f"{moment_ms:012x}"
    return f"{stamp[:8]}-{stamp[8:]}-7"


class Break(Struct, frozen=True):
    """The first event of a log that does not hold."""

    event_no: int
    stream: str
    seq: int
    event_id: str
    why: str


class Verified(Struct, frozen=True):
    """What a walk along the chains found."""

    checked: int
    "Events that hold."
    broken: Break | None = None


class EventLog(Struct, frozen=True):
    """A log in the table of that name. Reading takes any connection, appending the writer's inside a transaction."""

    table: str = "events"
    kinds: tuple[str, ...] = KINDS
    "What it may hold."

    def append(self, connection: Connection, stream_no: int, entry: Entry, ad_no: int | None) -> tuple[Event, bool]:
        """Store an entry at the end of the stream: the event, and whether it is new.

        The same entry again is harmless and answers with the event stored before. The same id with other content raises
        EventRefused. A float or an unknown kind raises ValueError.
        """
        stored = self.get(connection, entry.id)
        if stored is not None:
            if canonical_json(entry_document(stored)) != canonical_json(entry_document(entry)):
                raise EventRefused(
                    "Event refused",
                    f"The event id {entry.id} already stands for other content.",
                    "This is a bug: report it.",
                )
            return stored, False
        stream = connection.execute("SELECT stream FROM streams WHERE stream_no = ?", (stream_no,)).fetchone()[0]
        seq, prev = self.head(connection, stream_no)
        event, document = seal(entry, stream, seq + 1, prev, self.kinds)
        event_no = event_number(stream_no, event.seq)
        connection.execute(
            f"INSERT INTO {self.table} (event_no, id, kind, actor, ad_no, hash, document) VALUES (?, ?, ?, ?, ?, ?, ?)",
            (event_no, event.id, event.kind, event.actor, ad_no, event.hash, document),
        )
        return event, True

    def head(self, connection: Connection, stream_no: int) -> tuple[int, str]:
        """The number and hash of the last event of a stream; 0 and zeros when there is none."""
        row = connection.execute(
            f"SELECT event_no, hash FROM {self.table} WHERE event_no BETWEEN ? AND ? ORDER BY event_no DESC LIMIT 1",
            (stream_no << SEQ_BITS, (stream_no << SEQ_BITS) | _SEQ_MASK),
        ).fetchone()
        return (row[0] & _SEQ_MASK, row[1]) if row else (0, FIRST_PREV)

    def get(self, connection: Connection, event_id: str) -> Event | None:
        row = connection.execute(
            f"SELECT document, hash FROM {self.table} WHERE id = ?",
            (event_id,),
        ).fetchone()
        return _event(row) if row else None

    def number(self, connection: Connection, event_id: str) -> int | None:
        row = connection.execute(f"SELECT event_no FROM {self.table} WHERE id = ?", (event_id,)).fetchone()
        return row[0] if row else None

    def of_ad(self, connection: Connection, ad_no: int) -> list[Event]:
        """All events of an ad, whatever its version, oldest first, in the order that every workspace gives them."""
        rows = connection.execute(
            f"SELECT document, hash FROM {self.table} WHERE ad_no = ? ORDER BY event_no",
            (ad_no,),
        )
        return in_order([_event(row) for row in rows])

    def read(
        self,
        connection: Connection,
        kinds: Sequence[str] = (),
        after: int = FIRST_OF_ALL,
        since_ms: int | None = None,
        stream: str | None = None,
        limit: int | None = None,
    ) -> Iterator[tuple[int, Event]]:
        """Events with their numbers, in order: of these kinds (all if empty), after that number, since that time."""
        where, values = ["event_no > ?"], [after]
        parameters: list[object] = list(values)
        if kinds:
            where.append(f"kind IN ({', '.join('?' * len(kinds))})")
            parameters += kinds
        if since_ms is not None:
            where.append("id >= ?")
            parameters.append(first_event_id(since_ms))
        if stream is not None:
            number = connection.execute("SELECT stream_no FROM streams WHERE stream = ?", (stream,)).fetchone()
            first = number[0] if number else -1
            where.append("event_no BETWEEN ? AND ?")
            parameters += [first << SEQ_BITS, (first << SEQ_BITS) | _SEQ_MASK]
        parameters.append(-1 if limit is None else limit)
        rows = connection.execute(
            f"SELECT event_no, document, hash FROM {self.table} WHERE {' AND '.join(where)} ORDER BY event_no LIMIT ?",
            parameters,
        )
        for event_no, document, digest in rows:
            yield event_no, _event((document, digest))

    def read_in_time(
        self,
        connection: Connection,
        kinds: Sequence[str],
        since_ms: int = 0,
        beyond: str = "",
        limit: int = -1,
        *,
        newest_first: bool = False,
    ) -> list[tuple[int, Event]]:
        """A page of events with their numbers, one's own and others', in the order in which their ids were made.

        From a time on, beyond the id of an event (nothing at the begin), along the index of ids: no page costs more
        than another. The clocks of several machines make that order, so it is for reading and decides nothing.
        """
        way, sign = ("DESC", "<") if newest_first else ("ASC", ">")
        parameters = [first_event_id(since_ms), *((beyond,) if beyond else ())]
        rows = connection.execute(
            f"""SELECT event_no, document, hash FROM {self.table} INDEXED BY sqlite_autoindex_{self.table}_1
                WHERE id >= ? {f"AND id {sign} ?" if beyond else ""} AND kind IN ({", ".join("?" * len(kinds))})
                ORDER BY id {way} LIMIT ?""",
            (*parameters, *kinds, limit),
        )
        return [(event_no, _event((document, digest))) for event_no, document, digest in rows]

    def count(self, connection: Connection) -> int:
        """How many events there are, from the ends of the streams."""
        streams = connection.execute("SELECT stream_no FROM streams").fetchall()
        return sum(self.head(connection, stream_no)[0] for (stream_no,) in streams)

    def verify(self, connection: Connection, last: int | None = None) -> Verified:
        """Walk the chains, whole or the `last` links, up to the first event that does not hold."""
        start = 0
        if last is not None:
            row = connection.execute(
                f"SELECT event_no FROM {self.table} ORDER BY event_no DESC LIMIT 1 OFFSET ?",
                (last,),
            ).fetchone()
            start = max(row[0], 0) if row else 0
        streams = dict(connection.execute("SELECT stream_no, stream FROM streams"))
        heads: dict[int, tuple[int, str]] = {}
        checked, event_no = 0, start
        try:
            rows = connection.execute(
                f"""SELECT event_no, id, kind, actor, hash, document FROM {self.table}
                    WHERE event_no >= ? ORDER BY event_no""",
                (start,),
            )
            for row in rows:
                event_no = row[0]
                stream_no, seq = event_no >> SEQ_BITS, event_no & _SEQ_MASK
                why = _fault(row, streams.get(stream_no), seq, heads.get(stream_no), is_first=start == 0)
                if why:
                    return Verified(checked, Break(event_no, streams.get(stream_no, ""), seq, str(row[1]), why))
                heads[stream_no] = (seq, row[4])
                checked += 1
        except (sqlite.Error, UnicodeDecodeError) as error:
            stream_no, seq = event_no >> SEQ_BITS, (event_no & _SEQ_MASK) + 1
            return Verified(
                checked, Break(event_no + 1, streams.get(stream_no, ""), seq, "", f"cannot be read: {error}")
            )
        return Verified(checked)


def _fault(row: Sequence[object], stream: str | None, seq: int, head: tuple[int, str] | None, *, is_first: bool) -> str:
    """Why a row does not hold, or nothing."""
    _, event_id, kind, actor, digest, document = row
    if not isinstance(document, str) or document_hash(document) != digest:
        return "its content does not match its hash"
    try:
        event = _READ.decode(document)
    except msgspec.DecodeError as error:
        return f"its content cannot be read: {error}"
    if (event.id, event.kind, event.actor, event.stream, event.seq) != (event_id, kind, actor, stream, seq):
        return "it stands at a place or under a name that is not its own"
    if head is None and (seq == 1 or is_first):
        head = (0, FIRST_PREV)
    if head is not None and (seq != head[0] + 1 or event.prev != head[1]):
        return "it does not follow from the event before it"
    return ""


class _Read(Struct, frozen=True):
    """An event as far as its chain can be judged: whole, but for what its body says."""

    id: str
    kind: str
    actor: str
    at: str
    body: msgspec.Raw
    subject: Subject | None
    supersedes: tuple[str, ...]
    catalog_hash: str | None
    tz: str | None
    app: str
    v: int
    stream: str
    seq: int
    prev: str


_READ = msgspec.json.Decoder(_Read)


def _event(row: Sequence[str]) -> Event:
    return event_from_document(json.loads(row[0]), row[1])
