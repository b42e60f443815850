"""Others' events in the workspace: where they belong, stored byte for byte, and the items they change."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec import Struct

from modtui.domain.events import FIRST_PREV
from modtui.domain.streams import BRANCH_SIGN, End, Header, Row, find_place, read_row, stream_of
from modtui.store import items, standing
from modtui.store.errors import EventRefused
from modtui.store.event_log import SEQ_BITS, EventLog, event_number
from modtui.store.leases import is_blind
from modtui.store.sqlite import Connection

OTHERS = "remote"
"Stands for the identity of a stream that this workspace does not write."
_MASK = (1 << SEQ_BITS) - 1


class Taken(Struct, frozen=True):
    """What became of events that arrived."""

    new: int = 0
    known: int = 0
    is_gap: bool = False
    "The ones before them are not there yet: nothing was stored of what came after the gap."


class StreamShelf:
    """The streams of a workspace, of its own and of others, on one connection. Knows nothing a commit does not keep."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def all_ways(self) -> list[str]:
        """Every way, the workspace's own first."""
        rows = self._connection.execute("SELECT stream FROM streams ORDER BY stream_no < 0, abs(stream_no)")
        return [way for (way,) in rows]

    def ways(self, stream: str) -> list[str]:
        rows = self._connection.execute(
            "SELECT stream FROM streams WHERE stream = ? OR (stream > ? AND stream < ?) ORDER BY stream",
            (stream, stream + BRANCH_SIGN, stream + BRANCH_SIGN + "g"),
        )
        return [way for (way,) in rows]

    def number(self, way: str) -> int:
        row = self._connection.execute("SELECT stream_no FROM streams WHERE stream = ?", (way,)).fetchone()
        return int(row[0]) if row else 0

    def end(self, way: str) -> End:
        seq, digest = EventLog().head(self._connection, self.number(way))
        return End(seq, digest)

    def hash_at(self, way: str, seq: int) -> str | None:
        if seq == 0:
            return FIRST_PREV
        place = self._place(way, seq)
        if place is None:
            return None
        row = self._connection.execute("SELECT hash FROM events WHERE event_no = ?", (place,)).fetchone()
        return str(row[0]) if row else None

    def _place(self, way: str, seq: int) -> int | None:
        """The number of the event there, which may lie on the way that this one left."""
        while True:
            number = self.number(way)
            if BRANCH_SIGN not in way or self._first(number) <= seq:
                return event_number(number, seq)
            parent = self._connection.execute("SELECT parent FROM streams WHERE stream_no = ?", (number,)).fetchone()
            way = parent[0]

    def _first(self, number: int) -> int:
        row = self._connection.execute(
            "SELECT min(event_no) FROM events WHERE event_no BETWEEN ? AND ?",
            (event_number(number, 0), event_number(number, _MASK)),
        ).fetchone()
        return (row[0] & _MASK) if row[0] is not None else 0

    def rows(self, way: str, after: int, limit: int) -> list[Row]:
        """The next events of a way, from its stream's first, those of the ways it left included."""
        found: list[Row] = []
        end = self.end(way).seq
        while after < end and len(found) < limit:
            place = self._place(way, after + 1)
            if place is None:
                break
            last = place | _MASK
            if (upper := self._left_at(way, place >> SEQ_BITS)) is not None:
                last = event_number(place >> SEQ_BITS, upper)
            part = [
                Row(event_no & _MASK, "", digest, event_id, document)
                for event_no, digest, event_id, document in self._connection.execute(
                    """SELECT event_no, hash, id, document FROM events WHERE event_no BETWEEN ? AND ?
                       ORDER BY event_no LIMIT ?""",
                    (place, last, limit - len(found)),
                )
            ]
            if not part:
                break
            found += part
            after = part[-1].seq
        return _with_prevs(found, self.hash_at(way, found[0].seq - 1) if found else None)

    def _left_at(self, way: str, number: int) -> int | None:
        """The last number that `way` shares with the stream row of that number, when it has left it since."""
        while self.number(way) != number:
            own = self.number(way)
            parent = self._connection.execute("SELECT parent FROM streams WHERE stream_no = ?", (own,)).fetchone()[0]
            if self.number(parent) == number:
                return self._first(own) - 1
            way = parent
        return None


def _with_prevs(rows: Sequence[Row], prev: str | None) -> list[Row]:
    chained: list[Row] = []
    for row in rows:
        chained.append(Row(row.seq, prev or FIRST_PREV, row.hash, row.id, row.document))
        prev = row.hash
    return chained


def take(connection: Connection, name: str, rows: Sequence[Row]) -> Taken:
    """Store events that follow each other and whose hashes hold. Within the caller's transaction.

    What is there is left alone; what goes on from another place begins a way of its own. An id that stands for another
    event raises EventRefused.
    """
    shelf, stream = StreamShelf(connection), stream_of(name)
    new = known = 0
    place: tuple[int, str] | None = None
    "The stream's number and the hash of the event stored last, to which the next one is added without asking."
    touched: set[int] = set()
    for row in rows:
        if place is None or place[1] != row.prev:
            found = find_place(shelf, stream, row.seq, row.prev, row.hash)
            if found.is_known:
                known += 1
                continue
            if found.is_gap:
                _refresh(connection, touched)
                return Taken(new, known, is_gap=True)
            number = shelf.number(found.way) or _open_way(connection, found.way, found.branches_from, row.prev)
        else:
            number = place[0]
        ad_no = _insert(connection, number, row)
        if ad_no is not None:
            touched.add(ad_no)
        place = (number, row.hash)
        new += 1
    _refresh(connection, touched)
    return Taken(new, known)


def _open_way(connection: Connection, way: str, parent: str, parent_hash: str) -> int:
    lowest = connection.execute("SELECT min(0, min(stream_no)) FROM streams").fetchone()[0]
    connection.execute(
        """INSERT INTO streams (stream_no, stream, identity, started_at, parent, parent_hash)
           VALUES (?, ?, ?, '', ?, ?)""",
        ((lowest or 0) - 1, way, OTHERS, parent or None, parent_hash if parent else None),
    )
    return int(lowest or 0) - 1


def _insert(connection: Connection, number: int, row: Row) -> int | None:
    """Store one event; the number of its ad when that is here and the event means something to this program."""
    _, header = read_row(row.document)
    event_no = event_number(number, row.seq)
    ad_no = None
    if header.has_effect and header.subject is not None:
        ad_no = items.ad_number(connection, header.subject.source, header.subject.ad_id)
        if ad_no is not None and is_blind(connection, ad_no):
            ad_no = None  # it waits until what is reviewed blind here is decided
    there = connection.execute("SELECT 1 FROM events WHERE id = ?", (header.id,)).fetchone()
    if there:
        raise EventRefused(
            "Event refused", f"The id {header.id} already stands for another event.", "Show this to your lead."
        )
    connection.execute(
        "INSERT INTO events (event_no, id, kind, actor, ad_no, hash, document) VALUES (?, ?, ?, ?, ?, ?, ?)",
        (event_no, header.id, header.kind, header.actor, ad_no, row.hash, row.document),
    )
    if header.has_effect and header.subject is not None and ad_no is None:
        connection.execute(
            "INSERT INTO waiting_events (source, ad_id, event_no) VALUES (?, ?, ?)",
            (header.subject.source, header.subject.ad_id, event_no),
        )
    _supersede(connection, header, event_no)
    return ad_no


def _supersede(connection: Connection, header: Header, event_no: int) -> None:
    """Note what the event takes the place of; unless it was itself taken back by one that arrived before it."""
    is_gone = connection.execute(
        """SELECT 1 FROM supersessions s JOIN events e USING (event_no)
           WHERE s.target = ? AND e.kind = 'retraction'""",
        (header.id,),
    ).fetchone()
    if is_gone and header.kind != "retraction":
        return
    connection.executemany(
        "INSERT OR IGNORE INTO supersessions (target, event_no) VALUES (?, ?)",
        [(target, event_no) for target in header.supersedes],
    )
    if header.kind == "retraction":
        standing.free_replaced(connection, header.supersedes)


def _refresh(connection: Connection, touched: set[int]) -> None:
    for ad_no in sorted(touched):
        items.refresh(connection, ad_no, EventLog().of_ad(connection, ad_no), keep_mark=True)


def place_waiting(connection: Connection, limit: int = 500) -> int:
    """Give events that came before their ads to ads that are here by now; how many were placed.

    What others said of an ad that is reviewed blind here waits until it is decided.
    """
    rows = connection.execute(
        """SELECT w.event_no, a.ad_no, w.source, w.ad_id FROM waiting_events w
           JOIN sources s ON s.name = w.source JOIN ads a ON a.source_no = s.source_no AND a.id = w.ad_id
           WHERE NOT EXISTS (SELECT 1 FROM leases l WHERE l.ad_no = a.ad_no AND l.state = 'mine' AND l.is_blind = 1)
           LIMIT ?""",
        (limit,),
    ).fetchall()
    for event_no, ad_no, source, ad_id in rows:
        connection.execute("UPDATE events SET ad_no = ? WHERE event_no = ?", (ad_no, event_no))
        connection.execute(
            "DELETE FROM waiting_events WHERE source = ? AND ad_id = ? AND event_no = ?", (source, ad_id, event_no)
        )
    _refresh(connection, {row[1] for row in rows})
    return len(rows)


def verify_others(connection: Connection) -> Iterator[str]:
    """What does not hold among the events of others."""
    from modtui.domain.streams import fault_in

    shelf = StreamShelf(connection)
    for way in shelf.all_ways():
        if shelf.number(way) < 0:
            after = 0
            while rows := shelf.rows(way, after, 500):
                if fault := fault_in(way, rows):
                    yield f"stream {way}: {fault}"
                    break
                after = rows[-1].seq
