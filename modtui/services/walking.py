"""Going from ad to ad without deciding: the next one, back to the one before, or any by its name."""

from __future__ import annotations

from modtui.errors import ModtuiError
from modtui.services.places import PLACES, Places
from modtui.services.reviewing import Change
from modtui.store.items import Item, items_of_ad
from modtui.store.transaction import Transaction


class Walking(Places):
    """What was left comes back with its draft."""

    async def open_ad(self, source: str, ad_id: str) -> Change:
        """Put one ad on the desk, whatever its state, unless another session has it."""
        async with self._turn:
            with self.workspace.read() as connection:
                places = items_of_ad(connection, source, ad_id)
            if not places:
                there = f"{source} {ad_id} is not in this workspace."
                raise ModtuiError("No such ad", there, "Find it in the list.")
            found = next((item for item in places if item.queue == self.queue), places[0])
            if not await self._bring(found):
                raise ModtuiError(
                    "The ad is taken", f"Another session is reviewing {ad_id}.", "Try again when it is done."
                )
            return Change(f"{ad_id} opened")

    async def next_ad(self) -> Change:
        """Look at the next ad and give this one back undecided, with its draft, to return to with `previous_ad`."""
        async with self._turn:
            item, (_, following) = self._at_hand().item, self._items()
            passed = [*(each for each in self._passed if each.ad_no != item.ad_no), item]

            def run(tx: Transaction) -> list[Item] | None:
                seated = self._seat(tx, following, stays=item)
                return self._seat(tx, seated[1], passed=passed) if len(seated) == PLACES else None

            seated = await self._write_with_draft(run)
            if seated is None:
                return Change("this is the last ad waiting", moved=False)
            self._passed = [each for each in passed if each.ad_no != seated[0].ad_no]
            self._sit(seated)
            return Change("next ad; the last one waits")

    async def previous_ad(self) -> Change:
        async with self._turn:
            if not self._passed:
                return Change("no ad was left behind", moved=False)
            item = self._passed[-1]
            is_here = await self._bring(item)
            self._passed = [each for each in self._passed if each.ad_no != item.ad_no]
            if not is_here:
                return Change(f"{item.ad_id} is with another session now", moved=False)
            return Change("back to the ad before")

    async def _bring(self, wanted: Item) -> bool:
        """Put an ad on the desk, with the one that was there behind it; False when another session has it."""
        current, following = self._items()

        def run(tx: Transaction) -> tuple[Item | None, list[Item]]:
            item = tx.claim_item(
                wanted.queue, wanted.n, reviewer=self.reviewer, session=self.id, now=self.now()
            )  # fmt: skip
            return item, self._seat(tx, item, current, following) if item else []

        item, seated = await self._write_with_draft(run)
        if item is None:
            return False
        self._sit(seated)
        self._brought(item)
        return True

    def _brought(self, item: Item) -> None:
        """An ad has come to the desk out of turn."""
