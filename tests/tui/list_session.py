"""A session over a list of ads: real desks, decisions kept in memory. What the screen is driven with in tests."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from modtui.domain.ads import Ad
from modtui.domain.catalog import Catalog
from modtui.domain.cues import CueIndex
from modtui.domain.rulings import Case
from modtui.errors import ModtuiError
from modtui.services.desk import Desk
from modtui.services.drafts import draft_body, take_up
from modtui.services.reviewing import Change, News, OnDesk, Previous, Progress

AS_OF = "2026-11-22"


@dataclass
class ListSession:
    """Implements `reviewing.Session`. `fault` makes the next verbs fail; `gate` holds a commit until it is set."""

    ads: Sequence[Ad]
    catalog: Catalog
    queue: str = "eu-weekly"
    previous: Mapping[str, Previous] = field(default_factory=dict)
    decided: list[tuple[str, dict[str, Any], dict[str, Any]]] = field(default_factory=list)
    "Ad id, body of the decision, draft to restore."
    undone: list[tuple[str, dict[str, Any], dict[str, Any]]] = field(default_factory=list)
    left: list[tuple[str, str]] = field(default_factory=list)
    drafts: int = 0
    fault: ModtuiError | None = None
    gate: asyncio.Event | None = None
    importing: int | None = None
    waits_for = ""
    precedents = None
    catalog_may_change = False
    news: list[News] = field(default_factory=list)

    async def look_at_catalog(self) -> None:
        """The catalog of a test stays as it is."""

    def call_back(self) -> bool:
        return False

    def put_off(self) -> str:
        return "no change of the catalog is waiting"

    def take_news(self) -> tuple[News, ...]:
        taken, self.news = tuple(self.news), []
        return taken

    def __post_init__(self) -> None:
        self.index = CueIndex.of(self.catalog)
        self.place = 0
        self._made: dict[str, OnDesk] = {}

    def _at(self, place: int) -> OnDesk | None:
        waiting = [
            ad for ad in self.ads if ad.id not in {each[0] for each in self.decided} | {each[0] for each in self.left}
        ]
        if not 0 <= place < len(waiting):
            return None
        ad = waiting[place]
        if ad.id not in self._made:
            desk = Desk(Case(ad, self.catalog, AS_OF), self.index)
            self._made[ad.id] = OnDesk(desk, None, self.previous.get(ad.id), ("ad-1700 approved, 3 d ago",))
        return self._made[ad.id]

    @property
    def current(self) -> OnDesk | None:
        return self._at(self.place)

    @property
    def following(self) -> OnDesk | None:
        return self._at(self.place + 1)

    @property
    def progress(self) -> Progress:
        return Progress(self.queue, len(self.decided), len(self.ads), 12, 37, "amina")

    @property
    def routes(self) -> Mapping[str, str]:
        return self.catalog.routes

    async def look_again(self) -> bool:
        return self.current is not None

    async def fill(self) -> None: ...

    async def start(self) -> None: ...

    async def close(self) -> None: ...

    async def _commit(self) -> None:
        if self.gate is not None:
            await self.gate.wait()
        if self.fault is not None:
            raise self.fault

    async def decide(self) -> Change:
        on_desk = self.current
        assert on_desk is not None
        await self._commit()
        desk = on_desk.desk
        ad_id = desk.case.ad.id
        words = f"{ad_id} {desk.words(desk.outcome).lower()}"
        self.decided.append((ad_id, desk.decision_body(), draft_body(desk)))
        self._made.pop(ad_id)
        return Change(words, "event")

    async def plan_group(self, twins: Any, told: Any) -> Any:
        raise ModtuiError("No twins", "The ads of a test have none.")

    async def decide_group(self, group: Any, told: Any) -> Change:
        return await self.decide()

    async def undo(self) -> Change:
        await self._commit()
        if not self.decided:
            raise ModtuiError("Nothing to undo", "No decision of yours stands in this session.")
        last = self.decided.pop()
        self.undone.append(last)
        self.place = 0
        self._made.pop(last[0], None)
        on_desk = next(each for n in range(len(self.ads)) if (each := self._at(n)) and each.desk.case.ad.id == last[0])
        take_up(on_desk.desk, last[2])
        return Change(f"undone: {last[0]} back")

    async def redo(self) -> Change:
        if not self.undone:
            raise ModtuiError("Nothing to redo")
        self.undone.pop()
        return await self.decide()

    async def hold(self, reason: str, minutes: int, note: str = "") -> Change:
        return await self._leave(f"held: {reason}")

    async def skip(self, reason: str) -> Change:
        return await self._leave(f"skipped: {reason}")

    async def _leave(self, words: str) -> Change:
        assert self.current is not None
        await self._commit()
        ad_id = self.current.desk.case.ad.id
        self.left.append((ad_id, words))
        return Change(f"{ad_id} {words}")

    async def open_ad(self, source: str, ad_id: str) -> Change:
        return Change(f"opened {ad_id}")

    async def next_ad(self) -> Change:
        if self.following is None:
            raise ModtuiError("This is the last ad")
        self.place += 1
        return Change("next ad; the draft is kept")

    async def previous_ad(self) -> Change:
        if not self.place:
            raise ModtuiError("This is the first ad")
        self.place -= 1
        return Change("the ad before")

    async def save_draft(self) -> None:
        self.drafts += 1

    def repeat_last(self) -> int:
        if not self.decided or self.current is None:
            return 0
        from modtui.domain.policies import Answer

        answers = self.decided[-1][2]["answers"]
        self.current.desk.fill({check_id: Answer(value) for check_id, value in answers.items()})
        return len(answers)

    def offer_previous(self) -> int:
        from modtui.domain.policies import Answer

        on_desk = self.current
        if on_desk is None or on_desk.previous is None:
            return 0
        on_desk.desk.fill({check_id: Answer(value) for check_id, value in on_desk.previous.answers.items()})
        return len(on_desk.previous.answers)

    def touch(self, key_at: float) -> None: ...
