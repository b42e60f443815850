"""What is known around the ad on the desk: twins, how they were decided, notes on its advertiser. Read behind it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, TypeVar

from msgspec import Struct

from modtui.domain.ad_json import ad_from_payload
from modtui.domain.ads import Ad
from modtui.domain.plurals import plural_s
from modtui.domain.policies import Answer
from modtui.domain.precedents import Offer, Part, Taken, TwinVerdict, newest_first, offer_of, precedent_of, split_of
from modtui.domain.rulings import Case
from modtui.services.advertisers import Card, Note, Notes, read_card, read_notes
from modtui.services.catalogs import Rulebook
from modtui.services.clock import Clock, wall_clock
from modtui.services.desk import Desk
from modtui.services.reviewing import OnDesk
from modtui.store.event_log import EventLog
from modtui.store.items import MAX_VERSIONS
from modtui.store.sqlite import Connection
from modtui.store.standing import standing_on_ad
from modtui.store.twin_items import TwinItem, content_of, items_of, payload_of
from modtui.store.workspace import Workspace

if TYPE_CHECKING:
    from modtui.services.twins import Twin, TwinIndex

T = TypeVar("T")
MOST_TWINS = 500
"Twins looked at, the likest first."
KEPT = 4
"Ads whose twins are kept: the one on the desk, the one behind it, and those just left."


class TwinAd(Struct, frozen=True):
    """A near-identical ad, at the place that matters here."""

    item: TwinItem
    found: Twin
    verdict: TwinVerdict | None = None
    "How it was decided, where that may be known."

    @property
    def is_current(self) -> bool:
        """Whether it is the content the ad has now that is nearly the same, not an earlier one."""
        return self.found.version_no & MAX_VERSIONS == self.item.version

    @property
    def is_open(self) -> bool:
        """Whether nobody has decided it yet."""
        return self.is_current and self.item.state == "new" and self.item.event_id is None

    @property
    def likeness(self) -> str:
        """How much is the same, in a word: `copy`, `87 %`, `picture`."""
        text = self.found.text_likeness
        if text is None:
            return "picture"
        return "copy" if text >= 1 else f"{min(99, round(text * 100))} %"


class Around(Struct, frozen=True):
    """What is known around one ad."""

    twins: tuple[TwinAd, ...] = ()
    "Those that were decided, the newest decision first; then the others, the likest first."
    is_more: bool = False
    "Whether there are more than were looked at."
    split: tuple[Part, ...] = ()
    offer: Offer | None = None
    "The newest settled decision on a twin, with what of it holds here."
    notes: tuple[Note, ...] = ()

    @property
    def decided(self) -> tuple[TwinAd, ...]:
        return tuple(twin for twin in self.twins if twin.verdict is not None)

    @property
    def count_words(self) -> str:
        """Such as `7 twins`; empty where there are none."""
        count = len(self.twins)
        return f"{count}{'+' if self.is_more else ''} twin{plural_s(count)}" if count else ""


class Precedents:
    """Reads what is around ads, one after the other on a thread of its own."""

    def __init__(
        self,
        workspace: Workspace,
        rulebook: Callable[[], Rulebook],
        reviewer: str,
        queue: str | None,
        clock: Clock = wall_clock,
    ) -> None:
        self.workspace = workspace
        self.reviewer = reviewer
        self.queue = queue
        self._rulebook = rulebook
        self.notes = Notes(workspace, reviewer, clock)
        self._index: TwinIndex | None = None
        self._looked_up: list[tuple[Ad, Sequence[Twin]]] = []
        self._thread = ThreadPoolExecutor(1, "modtui-twins")

    async def around(self, on_desk: OnDesk) -> Around:
        """What is known around an ad; nothing for one that is to be judged alone."""
        if on_desk.is_alone or on_desk.item is None:
            return Around()
        ad_no, case = on_desk.item.ad_no, on_desk.desk.case
        return await self.behind(lambda: self.read(ad_no, case))

    def read(self, ad_no: int, case: Case) -> Around:
        """What is known around an ad. It reads by numbers only: the cost is that of the twins, not of the workspace."""
        near = self._near(case.ad, ad_no)
        with self.workspace.read() as connection:
            twins = self._twins(connection, near[:MOST_TWINS])
            verdicts = [twin.verdict for twin in twins if twin.verdict is not None]
            offer = self._offer(connection, verdicts, case)
            name = case.ad.advertiser.name
            notes = read_notes(connection, name) if name else ()
        return Around(tuple(twins), len(near) > MOST_TWINS, split_of(verdicts), offer, notes)

    def _near(self, ad: Ad, ad_no: int) -> Sequence[Twin]:
        """The twins of an ad. Those of the ads looked at last are kept: how they were decided is read each time."""
        if self._index is None:
            from modtui.services.twins import TwinIndex  # on this thread, not on that of the screens

            self._index = TwinIndex.open(self.workspace)
        known = next((near for kept, near in self._looked_up if kept is ad), None)
        if known is None:
            known = self._index.of(ad, ad_no, MOST_TWINS + 1)
            self._looked_up = [(ad, known), *self._looked_up[: KEPT - 1]]
        return known

    async def behind(self, read: Callable[[], T]) -> T:
        """Run something that reads on the thread of this reader."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, read)

    async def ad_of(self, twin: TwinAd) -> Ad:
        """The content of a twin that is nearly the same, as an ad."""
        return await self.behind(lambda: self._ad_of(twin))

    async def card(self, advertiser: str, around: Around | None) -> Card:
        """The card of an advertiser, with the others who run copies of the ad on the desk."""
        twins = [(twin.item.advertiser, twin.item.ad_id) for twin in around.twins] if around is not None else []
        return await self.behind(lambda: read_card(self.workspace, advertiser, self.reviewer, twins))

    def _ad_of(self, twin: TwinAd) -> Ad:
        with self.workspace.read() as connection:
            return ad_from_payload(json.loads(payload_of(connection, twin.found.version_no)))

    def close(self) -> None:
        """Let go of the thread and of the index."""
        self._thread.shutdown(wait=True)
        if self._index is not None:
            self._index.close()

    def _twins(self, connection: Connection, near: Sequence[Twin]) -> list[TwinAd]:
        found = {each.ad_no: each for each in near}
        places: dict[int, list[TwinItem]] = {}
        for item in items_of(connection, list(found)):
            places.setdefault(item.ad_no, []).append(item)
        twins = [self._twin(connection, items, found[ad_no]) for ad_no, items in places.items()]
        decided = {twin.verdict.event_id: twin for twin in twins if twin.verdict is not None}
        order = newest_first(twin.verdict for twin in twins if twin.verdict is not None)
        return [*(decided[verdict.event_id] for verdict in order), *(twin for twin in twins if twin.verdict is None)]

    def _twin(self, connection: Connection, places: Sequence[TwinItem], found: Twin) -> TwinAd:
        """An ad at the place of its newest verdict, else in the queue that is reviewed, else at its first."""
        item = max(places, key=lambda each: (each.event_id or "", each.queue == self.queue))
        if found.version_no & MAX_VERSIONS == item.version:
            return TwinAd(item, found, _verdict(item, self.reviewer))
        return TwinAd(item, found, _earlier_verdict(connection, item, found.version_no))

    def _offer(self, connection: Connection, verdicts: Iterable[TwinVerdict], case: Case) -> Offer | None:
        newest = next((each for each in newest_first(verdicts) if each.is_settled), None)
        event = EventLog().get(connection, newest.event_id) if newest is not None else None
        if event is None:
            return None
        precedent, rulebook = precedent_of(event), self._rulebook()
        is_in_use = rulebook.catalog.hash == case.catalog.hash
        touched = rulebook.since(precedent.catalog_hash, self.workspace) if is_in_use else None
        return offer_of(precedent, case, touched)


def _verdict(item: TwinItem, reviewer: str) -> TwinVerdict | None:
    """The verdict at a place. What waits for a second pair of eyes may be this reviewer's to judge, unseen."""
    if item.event_id is None or item.outcome is None:
        return None
    if item.event_state == "second_review" and item.state == "second_review" and item.reviewer != reviewer:
        return None
    return TwinVerdict(
        item.event_id, item.reviewer or "", item.at or "", item.outcome, item.state, tuple(json.loads(item.checks))
    )  # fmt: skip


def _earlier_verdict(connection: Connection, item: TwinItem, version_no: int) -> TwinVerdict | None:
    """The newest standing verdict on an earlier content of an ad."""
    content = content_of(connection, version_no)
    events = [each for each in standing_on_ad(connection, item.ad_no) if each.subject and each.body.get("outcome")]
    last = next((each for each in reversed(events) if each.subject and each.subject.content_hash == content), None)
    if last is None or last.body.get("state") == "second_review":
        return None
    checks = tuple(str(found["check"]) for found in last.body.get("findings", ()) if found.get("check"))
    return TwinVerdict(
        last.id, last.actor, last.at, str(last.body["outcome"]), str(last.body.get("state", "decided")), checks
    )  # fmt: skip


def take_over(desk: Desk) -> int:
    """Fill in the answers of the precedent where none is given yet; how many. The ruling stays this ad's own."""
    offer = desk.offer
    if offer is None:
        return 0
    fresh = {check_id: answer for check_id, answer in offer.answers.items() if check_id not in desk.answers}
    desk.taken = Taken(offer.precedent.event_id, fresh)
    desk.fill(fresh, offer.evidence)
    return len(fresh)


def give_back(desk: Desk) -> int:
    """Open again what was filled in from a precedent and is still as it was; how many."""
    taken, desk.taken = desk.taken, None
    still = taken.still(desk.answers) if taken is not None else ()
    for check_id in still:
        desk.answer(check_id, None)
    return len(still)


def disagreeing(desk: Desk) -> tuple[str, ...]:
    """The checks that the reviewer answered otherwise than the precedent."""
    given = desk.offer.answers if desk.offer is not None else {}
    return tuple(check_id for check_id, answer in given.items() if _differs(desk.answers.get(check_id), answer))


def _differs(own: Answer | None, precedent: Answer) -> bool:
    return own is not None and own is not precedent
