"""Lists of ads: any number of them, read a page at a time; and reviewing along a list."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Mapping

from msgspec import Struct

from modtui.services.slices_saved import Filter
from modtui.store.ad_list import PLACE_BITS, AdList, ListedAd, listed_ads
from modtui.store.ad_pages import find_places
from modtui.store.ads import count_ads
from modtui.store.search import indexed_up_to
from modtui.store.workspace import Workspace

PAGE_ROWS = 128
PAGES_KEPT = 8
_NO_GROUPS: Mapping[str, tuple[str, ...]] = {}


class IndexState(Struct, frozen=True):
    """How far the full-text index is."""

    indexed: int
    ads: int

    @property
    def is_complete(self) -> bool:
        return self.indexed >= self.ads


class Listing:
    """The ads of a queue, or of all, whole or filtered. Rows are numbered from 0; only pages that are shown are read.

    May be used from several threads: a screen shows rows while a worker searches for a filter's next ads with `grow`,
    and a session claims along the rows.
    """

    def __init__(
        self,
        workspace: Workspace,
        queue: str | None = None,
        filter_: Filter | None = None,
        market_groups: Mapping[str, tuple[str, ...]] = _NO_GROUPS,
    ) -> None:
        self.workspace = workspace
        self.queue = queue
        self.filter = filter_ or Filter()
        self._slice = self.filter.slice_(market_groups) if self.filter else None
        self._pages: OrderedDict[int, list[ListedAd]] = OrderedDict()
        self._search_lock = threading.Lock()
        self._pages_lock = threading.Lock()
        with workspace.read() as connection:
            self._ads = AdList(connection, queue, self._slice)
            self.index = IndexState(indexed_up_to(connection), count_ads(connection))

    @property
    def count(self) -> int:
        """How many ads there are, or were found so far."""
        return self._ads.count

    @property
    def is_complete(self) -> bool:
        """Whether a filter has been searched to the end."""
        return self._ads.is_complete

    def row(self, row: int) -> ListedAd | None:
        """The ad of a row; None past the end."""
        number, place = divmod(row, PAGE_ROWS)
        with self._pages_lock:
            page = self._pages.get(number)
            if page is None or place >= len(page):
                if not 0 <= row < self.count:
                    return None
                page = self._read(number)
            else:
                self._pages.move_to_end(number)
        return page[place] if place < len(page) else None

    def row_of(self, queue_no: int, n: int) -> int | None:
        """The row of an ad, if it is in the list and found already."""
        return self._ads.row_of(queue_no, n)

    def grow(self) -> bool:
        """Search on for the filter's ads, one step; whether there is more to search."""
        with self._search_lock, self.workspace.read() as connection:
            return self._ads.grow(connection)

    def forget_pages(self) -> None:
        """Read what is shown anew: states have changed."""
        with self._pages_lock:
            self._pages.clear()

    def refresh(self) -> bool:
        """Take in what was imported or indexed since; whether the list is another one now."""
        with self._search_lock, self.workspace.read() as connection:
            index = IndexState(indexed_up_to(connection), count_ads(connection))
            is_same_index = index == self.index
            self.index = index
            before = self.count
            if self._slice is None:
                self._ads.refresh(connection)
                return self.count != before
            # What came in since may belong among what is found: a search begins again.
            if is_same_index:
                return False
            self._ads = AdList(connection, self.queue, self._slice)
            self.forget_pages()
            return True

    def _read(self, number: int) -> list[ListedAd]:
        with self.workspace.read() as connection:
            page = self._ads.page(connection, number * PAGE_ROWS, PAGE_ROWS)
        self._pages[number] = page
        self._pages.move_to_end(number)
        while len(self._pages) > PAGES_KEPT:
            self._pages.popitem(last=False)
        return page


def find_ads(
    workspace: Workspace,
    filter_: Filter,
    *,
    queue: str | None = None,
    after: tuple[int, int] | None = None,
    limit: int = 50,
    market_groups: Mapping[str, tuple[str, ...]] = _NO_GROUPS,
) -> list[ListedAd]:
    """At most `limit` ads beyond the place `(queue_no, n)`. Costs the same wherever the place is."""
    with workspace.read() as connection:
        places = find_places(connection, queue, filter_.slice_(market_groups), after, limit)
        return listed_ads(connection, places)


def index_state(workspace: Workspace) -> IndexState:
    with workspace.read() as connection:
        return IndexState(indexed_up_to(connection), count_ads(connection))


def place_words(ad: ListedAd) -> str:
    """The place of an ad as `--after` takes it."""
    return f"{ad.queue_no}.{ad.n}"


def read_place(text: str) -> tuple[int, int] | None:
    """A place as `place_words` writes it; None when it is none."""
    queue_no, dot, n = text.partition(".")
    if dot and queue_no.isascii() and queue_no.isdigit() and n.isascii() and n.isdigit() and len(text) < 30:
        return int(queue_no), min(int(n), (1 << PLACE_BITS) - 1)
    return None
