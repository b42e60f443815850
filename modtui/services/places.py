"""The places of a review session: the ad on the desk and the one loaded behind it, with claims on both."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, TypeVar

from modtui.errors import ModtuiError
from modtui.services.catalogs import Rulebook
from modtui.services.clock import Clock
from modtui.services.desk import Desk
from modtui.services.drafts import DraftChange, draft_change
from modtui.services.handover import Handover
from modtui.services.laying import Laying, Place
from modtui.services.reviewing import News, OnDesk
from modtui.services.verdicts import Task
from modtui.store.items import Item, get_item
from modtui.store.slices import Slice
from modtui.store.times import utc_text
from modtui.store.transaction import Transaction
from modtui.store.workspace import Workspace

if TYPE_CHECKING:
    from modtui.services.catalog_watch import CatalogWatch
    from modtui.services.library import Library
    from modtui.services.precedents import Precedents

T = TypeVar("T")
MINUTE_MS = 60_000
RENEW_EVERY_MS = 5 * MINUTE_MS
PLACES = 2
"Ads a session has: the one on the desk and the one loaded behind it."
CLOSED_STATES = ("decided", "waiting_document")


class Places:
    """Takes ads from a queue and gives them back. Each transaction leaves claims on the ads of its places only."""

    def __init__(
        self,
        workspace: Workspace,
        rulebook: Rulebook,
        queue: str | None,
        reviewer: str,
        slice_: Slice | None,
        route: str | None,
        clock: Clock,
        catalogs: CatalogWatch | None = None,
    ) -> None:
        self.workspace = workspace
        self.rulebook = rulebook
        "The catalog; another one applies from the next ad that is laid."
        self.queue = queue
        self.reviewer = reviewer
        self.clock = clock
        self.id = secrets.token_hex(8)
        self._turn = Handover(workspace.writer)
        self._slice = slice_
        self._route = route
        self._current: Place | None = None
        self._following: Place | None = None
        self._passed: list[Item] = []
        "Ads looked at and left with `next_ad`, to go back to."
        self._renewed_ms = 0
        self._library: Library | None = None
        self._precedents: Precedents | None = None
        self._catalogs = catalogs
        self._news: list[News] = []

    @property
    def current(self) -> OnDesk | None:
        return self._lay(self._current) if self._current else None

    @property
    def following(self) -> OnDesk | None:
        return self._lay(self._following) if self._following else None

    @property
    def waits_for(self) -> str:
        return self.workspace.writer.waits_for

    @property
    def library(self) -> Library:
        from modtui.services.library import Library  # it is no part of the way to the first ad

        if self._library is None or self._library.rulebook is not self.rulebook:
            self._library = Library(self.workspace, self.rulebook, self.reviewer, self.clock)
        return self._library

    @property
    def precedents(self) -> Precedents | None:
        if self._precedents is None:
            from modtui.services.precedents import Precedents  # it is no part of the way to the first ad

            self._precedents = Precedents(
                self.workspace, lambda: self.rulebook, self.reviewer, self.queue, self.clock
            )  # fmt: skip
        return self._precedents

    @property
    def catalog_may_change(self) -> bool:
        return self._catalogs is not None and self._catalogs.has_changed

    async def look_at_catalog(self) -> None:
        if self._catalogs is not None:
            await self._catalogs.look()

    def put_off(self) -> str:
        return self._catalogs.put_off() if self._catalogs is not None else "no change of the catalog is waiting"

    def take_news(self) -> tuple[News, ...]:
        taken, self._news = self._news, []
        return (*taken, *(self._catalogs.take_news() if self._catalogs is not None else ()))

    def use_rulebook(self, rulebook: Rulebook) -> None:
        """Take another catalog from the next ad on. The ad on the desk keeps the one it was laid under."""
        self.rulebook = rulebook
        if self._following is not None:
            self._following.laid = None

    @property
    def _item(self) -> Item:
        return self._at_hand().item

    @property
    def _desk(self) -> Desk:
        return self._lay(self._at_hand()).desk

    @property
    def _task(self) -> Task:
        place = self._at_hand()
        self._lay(place)
        assert place.task is not None
        return place.task

    @property
    def _is_renewal_due(self) -> bool:
        return self.clock() - self._renewed_ms > RENEW_EVERY_MS

    def _at_hand(self) -> Place:
        if self._current is None:
            raise ModtuiError("No ad on the desk", "The queue is empty.", "Press g for the other queues.")
        return self._current

    def _items(self) -> tuple[Item | None, Item | None]:
        return (self._current.item if self._current else None), (self._following.item if self._following else None)

    def now(self) -> str:
        return utc_text(self.clock())

    async def write(self, run: Callable[[Transaction], T]) -> T:
        """Return once it is on disk. The catalog that holds then is the one that an ad is laid under which arrives."""
        catalogs = self._catalogs
        if catalogs is None:
            return await self._turn.write(run)

        def run_and_see(tx: Transaction) -> T:
            result = run(tx)
            catalogs.see_team(tx.connection)
            return result

        result = await self._turn.write(run_and_see)
        await catalogs.look_once_seen()
        return result

    def call_back(self) -> bool:
        return self._turn.call_back()

    def _lay(self, place: Place) -> OnDesk:
        if place.laid is None:
            laying = Laying(self.workspace, self.rulebook, self.reviewer, self._route)
            place.laid = laying.lay(place, self.clock())
        return place.laid

    def _draft(self) -> DraftChange | None:
        return draft_change(self._current, self.reviewer, self.now())

    async def _write_with_draft(self, run: Callable[[Transaction], T]) -> T:
        """Write, and first bring the draft of the ad on the desk up to date."""
        draft = self._draft()

        def both(tx: Transaction) -> T:
            if draft:
                draft.save(tx)
            return run(tx)

        result = await self.write(both)
        if draft:
            draft.is_on_disk()
        return result

    def _seat(
        self,
        tx: Transaction,
        *wanted: Item | None,
        stays: Item | None = None,
        passed: Sequence[Item] | None = None,
        places: int = PLACES,
    ) -> list[Item]:
        """The ads of so many places after this transaction, with claims on them and on no other ad.

        The one that stays on the desk is left as it is; of those wanted come the first that are still this session's,
        as they are now; the queue gives the rest. What was passed comes again when nothing else waits.
        """
        mine = tx.claimed_by(self.id)
        if self._is_renewal_due:
            tx.renew_claims(self.id, self.now())
        seated = [stays] if stays else []
        for item in wanted:
            if item is None or len(seated) == places or item.ad_no not in mine:
                continue
            fresh = get_item(tx.connection, item.queue_no, item.n)
            if fresh is not None and not _is_done(item, fresh) and all(fresh.ad_no != each.ad_no for each in seated):
                seated.append(fresh)
        for ad_no in mine - {item.ad_no for item in seated}:
            tx.free_claim(self.id, ad_no)
        left = {item.ad_no for item in (self._passed if passed is None else passed)}
        for excluded in (left, set[int]()) if left else (left,):
            while len(seated) < places:
                found = self._claim(tx, seated[-1] if seated else None, excluded)
                if found is None:
                    break
                seated.append(found)
        return seated

    def _claim(self, tx: Transaction, beside: Item | None, passed: set[int]) -> Item | None:
        """Claim the next ad of the queue, other than the one beside it and those passed."""
        exclude = {*passed, beside.ad_no} if beside else passed
        return tx.claim_next(
            self.queue, reviewer=self.reviewer, session=self.id, now=self.now(), slice_=self._slice, route=self._route,
            exclude=exclude,
        )  # fmt: skip

    def _sit(self, seated: Sequence[Item]) -> None:
        """Take the places of a transaction that is on disk. An ad that did not change keeps its desk."""
        before = {place.item.ad_no: place for place in (self._current, self._following) if place}
        places = [known if (known := before.get(item.ad_no)) and known.item == item else Place(item) for item in seated]
        was = self._current
        self._current = places[0] if places else None
        self._following = places[1] if len(places) > 1 else None
        if self._is_renewal_due:
            self._renewed_ms = self.clock()
        if self._current is not None and self._current is not was:
            self._take_catalog(self._current)
            self._current.time.begin(int(time.monotonic() * 1000))

    def _take_catalog(self, arriving: Place) -> None:
        """An ad comes to the desk: if another catalog waits, it is laid under that one, and so are those after it."""
        found = self._catalogs.take() if self._catalogs is not None else None
        if found is not None:
            self.use_rulebook(found)
            arriving.laid = None

    def _forget_passed(self, item: Item) -> None:
        self._passed = [each for each in self._passed if each.ad_no != item.ad_no]


def _is_done(before: Item, now: Item) -> bool:
    """Whether others decided an ad since it was claimed."""
    return now.state != before.state and now.state in CLOSED_STATES
