"""A class: a trainer's pack of a few ads under the house rules, and learners with a workspace each."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from msgspec.structs import replace
from textual.pilot import Pilot

from modtui.domain.ad_json import ad_from_payload
from modtui.domain.ads import Ad
from modtui.domain.catalog_document import catalog_from_document
from modtui.domain.gold import Gold
from modtui.domain.pack_choice import Order
from modtui.domain.packs import Kind, Settings
from modtui.domain.policies import Answer
from modtui.files.patterns import compile_pattern
from modtui.services.pack_building import Built, Plan, build_pack, plan_choice
from modtui.services.practice_packs import TakenPack, take_in
from modtui.services.practising import PracticeSession
from modtui.store.times import utc_text
from modtui.store.workspace import Workspace, open_workspace
from modtui.tui.actions import Action
from modtui.tui.app import ModtuiApp
from modtui.tui.screens.practice import PracticeScreen
from tests.files.packs_made import CODE, house_document
from tests.services.room import NOON, WB, WL
from tests.tui.desk_story import NAMES

__all__ = ["CODE", "MINUTE", "Class", "Desk", "at_desk", "gold"]
MINUTE = 60_000
YES, NO = Answer.YES, Answer.NO
BODIES = (
    ("Lose 10 kg in a week without any diet.", {WL: YES}, "It promises weight loss without diet."),
    ("Lose yourself in 10 kg of fresh flour: our bakery opens.", {WL: NO}, "Nobody's weight is meant."),
    ("Look at me before and after my month of tea.", {WB: YES}, "It shows a body before and after."),
    ("Before and after work: fresh bread.", {WB: NO}, "Bread is before and after, no body."),
    ("Lose 10 kg fast, look at me before and after.", {WL: YES, WB: YES}, "Both are in it."),
)


def gold(count: int = len(BODIES)) -> list[Gold]:
    found = []
    for number in range(count):
        body, answers, why = BODIES[number % len(BODIES)]
        payload = {
            "id": f"ad-{number}", "source": "class", "markets": ["FR", "BE"], "audience": {"min_age": 18},
            "advertiser": {"name": "Glow LLC"}, "creative": {"headline": f"Offer {number}", "body": body},
        }  # fmt: skip
        ad = ad_from_payload(payload)
        found.append(Gold(f"line {number}", f"ad-{number}", ad, "2026-11-20", answers, why=why))
    return found


def _with_body(ad: Ad, body: str) -> Ad:
    return replace(ad, creative=replace(ad.creative, body=body)) if body else ad


class Class:
    """A folder with a trainer's pack and learners' workspaces; `now` is what every clock says."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.now = NOON
        self.built: Built | None = None

    def clock(self) -> int:
        return self.now

    def pack(
        self,
        count: int = len(BODIES),
        kind: Kind = Kind.OPEN,
        name: str = "class.pack",
        *,
        title: str = "Weight class",
        why: str = "",
        body: str = "",
        note: str = "",
        example: str = "",
        **more: Any,
    ) -> Path:
        """A pack of so many ads; `why` and `body` take the place of each reason and text. The rest are settings."""
        document = house_document()
        if example:
            shown = {"name": example, "ad": {"creative": {"body": "Lose 10 kg."}}, "answers": {WL: "yes"},
                     "expect": {"outcome": "reject"}, "why": "It promises."}  # fmt: skip
            document["policies"][0]["examples"] = [shown]
        catalog = catalog_from_document(document, compile_pattern)
        found = [replace(each, why=why or each.why, ad=_with_body(each.ad, body)) for each in gold(count)]
        choice = plan_choice(found, catalog, Order(count, clean_share=0))
        assert len(choice.chosen) == count, choice.remarks
        plan = Plan(title, replace(Settings(kind), **more), note=note, class_code=CODE if kind is Kind.SEALED else "")
        self.built = build_pack(self.folder / name, choice, document, plan)
        return self.built.path

    def workspace(self, learner: str) -> Workspace:
        return open_workspace(self.folder / f"{learner}.db", self.now)

    def take(self, workspace: Workspace, path: Path, code: str = "") -> TakenPack:
        return take_in(workspace, path, utc_text(self.now), code)

    def session(self, workspace: Workspace, path: Path, learner: str = "amina", **more: Any) -> PracticeSession:
        taken = self.take(workspace, path, more.pop("code", ""))
        return PracticeSession(workspace, taken, learner, clock=self.clock, **more)


async def answer_all(session: PracticeSession, right: Sequence[bool] | None = None) -> None:
    """Answer what is open: as the key says, or with nothing found where `right` says so."""
    place = 0
    while session.current is not None:
        desk = session.current.desk
        is_right = right is None or right[place % len(right)]
        if is_right:
            desk.fill(right_answers(desk.case.ad.texts()))
        await session.decide()
        if session.feedback is not None:
            await session.go_on()
        place += 1


def right_answers(texts: Any) -> dict[str, Answer]:
    whole = [text for _, text in texts]
    return next(answers for body, answers, _ in BODIES if body in whole)


class Desk:
    """A learner at the screen."""

    def __init__(self, app: ModtuiApp, pilot: Pilot[None], session: PracticeSession) -> None:
        self.app, self.pilot, self.session = app, pilot, session

    @property
    def screen(self) -> PracticeScreen:
        review = self.app.review
        assert isinstance(review, PracticeScreen)
        return review

    async def press(self, *keys: Action | str) -> None:
        for key in keys:
            name = self.app.keymap.key(key) if isinstance(key, Action) else key
            await self.pilot.press(NAMES.get(name, name))
            while self.app.review is not None and self.screen.is_saving:
                await self.pilot.pause()
            await self.pilot.pause()

    def text(self) -> str:
        screen = self.app.screen
        width, height = screen.size
        strips = [strip.crop(0, width) for strip in screen._compositor.render_strips()[:height]]
        return "\n".join("".join(part.text for part in strip if not part.control).rstrip() for strip in strips)

    def shows(self, *words: str) -> None:
        shown = " ".join(self.text().split())
        for each in words:
            assert " ".join(each.split()) in shown, f"{each!r} is not on screen:\n{self.text()}"

    def hides(self, *words: str) -> None:
        shown = " ".join(self.text().split())
        for each in words:
            assert " ".join(each.split()) not in shown, f"{each!r} is on screen:\n{self.text()}"


@asynccontextmanager
async def at_desk(session: PracticeSession, size: tuple[int, int] = (120, 40)) -> AsyncIterator[Desk]:
    app = ModtuiApp(session)
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        await pilot.pause()
        yield Desk(app, pilot, session)
