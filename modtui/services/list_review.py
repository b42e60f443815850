"""Reviewing along a list: the ads come in its rows' order, from the row that was opened."""

from __future__ import annotations

from typing import Any

from modtui.services.listing import Listing
from modtui.services.review_session import ReviewSession
from modtui.services.reviewing import Change
from modtui.store.items import Item
from modtui.store.transaction import Transaction


class ListSession(ReviewSession):
    """A review session whose next ad is the list's next row, whatever its state; what others have is passed over."""

    def __init__(self, *arguments: Any, listing: Listing, row: int, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.listing = listing
        self._next_row = row

    async def next_ad(self) -> Change:
        """Go to the next row; this ad is given back, with its draft kept."""
        row = self._row_after(1)
        if self.listing.row(row) is None:
            return Change("this is the last ad of the list", moved=False)
        return await self._jump(row, "next ad of the list")

    async def previous_ad(self) -> Change:
        row = self._row_after(-1)
        if row < 0:
            return Change("this is the first ad of the list", moved=False)
        return await self._jump(row, "the ad before in the list")

    async def _jump(self, row: int, words: str) -> Change:
        await self.save_draft()
        await self.write(lambda tx: tx.free_claims(self.id))
        self._next_row = row
        await self._advance(None)
        return Change(words)

    def _row_after(self, step: int) -> int:
        """The row that many steps from the ad on the desk; from where the list would go on when it is in none."""
        row = self.listing.row_of(self._item.queue_no, self._item.n)
        return row + step if row is not None else self._next_row + min(step, 0)

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
