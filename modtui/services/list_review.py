"""Reviewing along a list: the ads come in its rows' order, from the row that was opened."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from modtui.errors import ModtuiError
from modtui.services.listing import Listing
from modtui.services.review_session import ReviewSession
from modtui.services.reviewing import Change
from modtui.store.items import Item
from modtui.store.transaction import Transaction

T = TypeVar("T")
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
        async with self._turn:
            item = self._item
            here = self.listing.row_of(item.queue_no, item.n)
            # An ad that is in no row came back by undo; the list goes on where it was left.
            first = here + step if here is not None else self._next_row + min(step, 0)

            def run(tx: Transaction) -> list[Item] | None:
                for row in range(first, first + step * MOST_PASSED_OVER, step):
                    ad = self.listing.row(row)
                    if ad is None:
                        return None
                    found = tx.claim_item(ad.queue, ad.n, reviewer=self.reviewer, session=self.id, now=self.now())
                    if found is not None:
                        self._next_row = row + 1
                        return self._seat(tx, found)
                return None

            seated = await self._write_with_draft(run)
            if seated is None:
                return Change(at_the_end, moved=False)
            self._sit(seated)
            return Change(words)

    async def write(self, run: Callable[[Transaction], T]) -> T:
        next_row = self._next_row
        try:
            return await super().write(run)
        except BaseException:
            self._next_row = next_row
            raise

    def _claim(self, tx: Transaction, beside: Item | None, passed: set[int]) -> Item | None:  # noqa: ARG002
        while (ad := self.listing.row(self._next_row)) is not None:
            self._next_row += 1
            if beside is not None and ad.ad_no == beside.ad_no:
                continue
            item = tx.claim_item(ad.queue, ad.n, reviewer=self.reviewer, session=self.id, now=self.now())
            if item is not None:
                return item
        return None

    def _brought(self, item: Item) -> None:
        """The list goes on behind the ad that now waits behind this one."""
        behind = self._following.item if self._following else item
        row = self.listing.row_of(behind.queue_no, behind.n)
        if row is not None:
            self._next_row = row + 1
