"""Lists of any number of ads, read a page at a time by row number: queues as they are, slices as lists of places."""

from __future__ import annotations

import json
from array import array
from bisect import bisect_left
from collections.abc import Sequence

from msgspec import Struct

from modtui.store import queues
from modtui.store.search import match_expression
from modtui.store.slices import Slice
from modtui.store.sqlite import Connection

PLACE_BITS = 40
"A place is the queue's number times 2**40 plus the item's number there."
_N_MASK = (1 << PLACE_BITS) - 1
GROW_ROWS = 20_000
"Items looked through in one step: some 20 ms."


class ListedAd(Struct, frozen=True):
    """One line of a list."""

    queue: str
    queue_no: int
    n: int
    ad_no: int
    source: str
    ad_id: str
    version: int
    title: str
    advertiser: str | None
    markets: tuple[str, ...]
    industry: str | None
    state: str
    mark: str | None
    outcome: str | None
    route: str | None
    claimed_by: str | None
    order_key: int
    "What orders its queue; its due time is in it (`times.due_ms`)."
    is_away: bool = False
    "New, and not this workspace's to review: a remote gave it to somebody else (`queues.AWAY`)."


class AdList:
    """The ads of some queues, whole or a slice, in the order of their import.

    A whole list is there at once, however long. A slice is searched by `grow`, step by step; what is found so far
    can be shown meanwhile. Row numbers begin at 0.
    """

    def __init__(self, connection: Connection, queue: str | None = None, slice_: Slice | None = None) -> None:
        self._slice = slice_ or None
        self._name = queue
        self._queues: list[queues.Queue] = []
        self._found: array[int] = array("q")
        self._expression = match_expression(slice_.text) if slice_ and slice_.text else ""
        self._at = (0, 0)
        "The index of the queue being searched, and the last item (or, with words, the last ad) seen in it."
        self.is_complete = self._slice is None
        self.refresh(connection)

    @property
    def count(self) -> int:
        """How many rows there are, or were found so far."""
        return len(self._found) if self._slice else sum(queue.size for queue in self._queues)

    def refresh(self, connection: Connection) -> None:
        """Take in what was imported since. A slice that was complete goes on searching."""
        found = [queues.get_queue(connection, self._name)] if self._name else queues.list_queues(connection)
        if self._slice and self._queues and sum(q.size for q in found) > sum(q.size for q in self._queues):
            self.is_complete = False
        self._queues = found

    def grow(self, connection: Connection, rows: int = GROW_ROWS) -> bool:
        """Search on for a slice, through that many ads; whether there is more to search."""
        if self.is_complete:
            return False
        index, last = self._at
        if index >= len(self._queues):
            self.is_complete = True
            return False
        queue = self._queues[index]
        last = (
            self._search_words(connection, queue, last, rows)
            if self._expression
            else self._search(connection, queue, last, rows)
        )
        is_done = last < 0 or (not self._expression and last >= queue.size)
        if is_done and index + 1 < len(self._queues):
            self._at = (index + 1, 0)
        else:
            self._at = (index, max(last, self._at[1]))
            self.is_complete = is_done
        return not self.is_complete

    def page(self, connection: Connection, first: int, count: int) -> list[ListedAd]:
        """The rows from `first` on; fewer at the end."""
        if self._slice:
            return listed_ads(connection, self._found[max(first, 0) : max(first, 0) + count])
        places: list[int] = []
        for queue in self._queues:
            start, stop = max(first, 0), min(first + count, queue.size)
            places += range((queue.queue_no << PLACE_BITS) + start + 1, (queue.queue_no << PLACE_BITS) + stop + 1)
            first -= queue.size
        return listed_ads(connection, places)

    def row_of(self, queue_no: int, n: int) -> int | None:
        """The row number of an item, if it is in the list and, for a slice, found already."""
        if self._slice:
            place = (queue_no << PLACE_BITS) | n
            row = bisect_left(self._found, place)
            if row < len(self._found) and self._found[row] == place:
                return row
            # Found by words, an ad known before this queue stands out of order.
            return self._found.index(place) if self._expression and place in self._found else None
        before = 0
        for queue in self._queues:
            if queue.queue_no == queue_no:
                return before + n - 1 if 1 <= n <= queue.size else None
            before += queue.size
        return None

    def _search(self, connection: Connection, queue: queues.Queue, last: int, rows: int) -> int:
        assert self._slice is not None
        where, values = self._slice.conditions()
        end = min(last + rows, queue.size)
        if any("ad_search" in condition or condition == "0" for condition in where):
            return -1  # words were asked for and none is left of them
        found = connection.execute(
            f"""SELECT i.n FROM queue_items i CROSS JOIN ads a ON a.ad_no = i.ad_no
                WHERE i.queue_no = ? AND i.n > ? AND i.n <= ? {"".join(f" AND {c}" for c in where)} ORDER BY i.n""",
            (queue.queue_no, last, end, *values),
        )
        base = queue.queue_no << PLACE_BITS
        self._found.extend(base | row[0] for row in found)
        return end

    def _search_words(self, connection: Connection, queue: queues.Queue, last: int, rows: int) -> int:
        assert self._slice is not None
        where, values = self._slice.conditions(without_text=True)
        hits = connection.execute(
            "SELECT rowid FROM ad_search WHERE ad_search MATCH ? AND rowid > ? ORDER BY rowid LIMIT ?",
            (self._expression, last, rows),
        ).fetchall()
        found = connection.execute(
            f"""SELECT i.n FROM json_each(?) hit CROSS JOIN queue_items i ON i.ad_no = hit.value AND i.queue_no = ?
                CROSS JOIN ads a ON a.ad_no = i.ad_no {"WHERE " if where else ""}{" AND ".join(where)} ORDER BY i.n""",
            (json.dumps([hit[0] for hit in hits]), queue.queue_no, *values),
        )
        base = queue.queue_no << PLACE_BITS
        self._found.extend(base | row[0] for row in found)
        return hits[-1][0] if len(hits) == rows else -1


def listed_ads(connection: Connection, places: Sequence[int]) -> list[ListedAd]:
    """The lines of these places, in their order. What awaits a second review shows no outcome: that one is blind."""
    rows = connection.execute(
        f"""SELECT q.name, i.queue_no, i.n, i.ad_no, s.name, a.id, a.version, a.title, a.advertiser, a.markets,
                   a.industry, i.state, i.mark, iif(i.state = 'second_review', NULL, i.outcome), r.name, c.reviewer,
                   i.order_key, i.state = 'new' AND c.ad_no IS NULL
                   AND EXISTS (SELECT 1 FROM leases l WHERE l.queue_no = i.queue_no AND l.ad_no = i.ad_no
                       AND l.state = 'gone')
                   AND NOT EXISTS (SELECT 1 FROM leases m WHERE m.ad_no = i.ad_no AND m.state = 'mine')
            FROM json_each(?) place
            CROSS JOIN queue_items i ON i.queue_no = place.value >> {PLACE_BITS} AND i.n = place.value & {_N_MASK}
            CROSS JOIN ads a ON a.ad_no = i.ad_no CROSS JOIN queues q ON q.queue_no = i.queue_no
            CROSS JOIN sources s ON s.source_no = a.source_no LEFT JOIN routes r ON r.route_no = i.route_no
            LEFT JOIN claims c ON c.ad_no = i.ad_no""",
        (json.dumps(list(places)),),
    )
    listed = []
    for row in rows:
        values = list(row)
        values[9] = tuple(values[9].split())
        values[-1] = bool(values[-1])
        listed.append(ListedAd(*values))
    return listed
