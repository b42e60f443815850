"""Reviewing along a list: the ads come in its rows' order, from the row that was opened."""

from __future__ import annotations

from typing import Any

from modtui.errors import ModtuiError
from modtui.services.listing import Listing
from modtui.services.review_session import Place, ReviewSession
from modtui.services.reviewing import Change
from modtui.store.items import Item
from modtui.store.transaction import Transaction

MOST_PASSED_OVER = 1_000
"Rows that other sessions have, before a walk along the list gives up."


class ListSession(ReviewSession):
    """A review session whose next ad is the list's next row, whatever its state; what others have is passed over."""

    def __init__(self, *arguments: Any, listing: Listing, row: int, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.listing = listing
        self._next_row = row

    @property
    def row(self) -> int:
        """The row of the ad on the desk; the last one given out when it is in none."""
        item = self._current.item if self._current else None
        row = self.listing.row_of(item.queue_no, item.n) if item else None
        return max(0, self._next_row - 1) if row is None else row

    async def start(self) -> None:
        """Begin at the row. Raises ModtuiError when another session has its ad."""
        wanted = self.listing.row(self._next_row)
        await super().start()
        if wanted is not None and (self._current is None or self._current.item.ad_no != wanted.ad_no):
            await self.close()
            raise ModtuiError("The ad is taken", f"Another session has {wanted.ad_id}.", "Try again when it is done.")

    async def next_ad(self) -> Change:
        """Go to the next row; this ad is given back, with its draft kept."""
        return await self._walk(1, "next ad of the list", "this is the last ad of the list")

    async def previous_ad(self) -> Change:
        return await self._walk(-1, "the ad before in the list", "this is the first ad of the list")

    async def _walk(self, step: int, words: str, at_the_end: str) -> Change:
        """Go along the rows to the next ad that no other session has."""
        await self.save_draft()
        here = self.listing.row_of(self._item.queue_no, self._item.n)
        # An ad that is in no row came back by undo; the list goes on where it was left.
        first = here + step if here is not None else self._next_row + min(step, 0)
        places = [place for place in (self._current, self._following) if place]

        def run(tx: Transaction) -> tuple[Item, int] | None:
            for row in range(first, first + step * MOST_PASSED_OVER, step):
                ad = self.listing.row(row)
                if ad is None:
                    return None
                item = tx.claim_item(ad.queue, ad.n, reviewer=self.reviewer, session=self.id, now=self.now())
                if item is not None:
                    for place in places:
                        if place.item.ad_no != item.ad_no:
                            tx.free_claim(self.id, place.item.ad_no)
                    return item, row
            return None

        found = await self.write(run)
        if found is None:
            return Change(at_the_end, moved=False)
        self._current, self._following = Place(found[0]), None
        self._next_row = found[1] + 1
        await self.look_again()
        self._shown()
        return Change(words)

    def _claim(self, tx: Transaction, beside: Item | None = None) -> Item | None:
        while (ad := self.listing.row(self._next_row)) is not None:
            self._next_row += 1
            if beside is not None and ad.ad_no == beside.ad_no:
                continue
            item = tx.claim_item(ad.queue, ad.n, reviewer=self.reviewer, session=self.id, now=self.now())
            if item is not None:
                return item
        return None

    async def _bring_back(self, item: Item) -> None:
        await super()._bring_back(item)
        # The list goes on behind the ad that now waits behind this one.
        behind = self._following.item if self._following else item
        row = self.listing.row_of(behind.queue_no, behind.n)
        if row is not None:
            self._next_row = row + 1
