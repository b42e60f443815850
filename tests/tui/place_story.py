"""Home and list on a real workspace: keys from the registry, what the screen shows, and nothing that sleeps."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from textual.pilot import Pilot

from modtui.services.exposure import CareBook
from modtui.services.review_session import ReviewSession
from modtui.tui.actions import Action
from modtui.tui.app import ModtuiApp
from modtui.tui.screens.ad_list import AdListScreen
from modtui.tui.screens.home import HomeScreen
from tests.services.shift import Shift
from tests.tui.desk_story import NAMES


@dataclass
class Places:
    """A running app over a workspace."""

    app: ModtuiApp
    pilot: Pilot[None]

    async def press(self, *keys: Action | str) -> None:
        """Press keys, or the keys of actions, and wait until all they started has been shown."""
        for key in keys:
            name = self.app.keymap.key(key) if isinstance(key, Action) else key
            await self.pilot.press(NAMES.get(name, name))
            await self.settled()

    async def write(self, text: str) -> None:
        """Type a text into the field in hand, and end it."""
        for character in text:
            await self.pilot.press(NAMES.get(character, "space" if character == " " else character))
        await self.press("enter")

    async def settled(self) -> None:
        """Wait for reads behind the screen and for the review's verbs, then for the paint."""
        await self.pilot.pause()
        while True:
            await self.app.workers.wait_for_complete()
            review = self.app.review
            if review is None or not review.is_saving:
                break
            await self.pilot.pause()
        await self.pilot.pause()
        await self.pilot.pause()

    @property
    def place(self) -> str:
        """Which screen is on top."""
        return type(self.app.screen).__name__

    @property
    def ad_id(self) -> str:
        """The ad that is under review."""
        review = self.app.review
        assert review is not None and review.desk is not None
        return review.desk.case.ad.id

    def text(self) -> str:
        """What is on screen, without spaces at line ends."""
        screen = self.app.screen
        width, height = screen.size
        strips = screen._compositor.render_strips()[:height]
        # Segments that take no cells are moves of our own, around text whose width a terminal may see otherwise.
        lines = ["".join(part.text for part in strip.crop(0, width) if not part.control) for strip in strips]
        return "\n".join(line.rstrip() for line in lines) + "\n"

    def line(self, words: str) -> str:
        """The first line on screen that holds these words."""
        return next((line for line in self.text().splitlines() if words in line), "")

    def shows(self, *words: str) -> None:
        shown = " ".join(self.text().split())
        for each in words:
            assert " ".join(each.split()) in shown, f"{each!r} is not on screen:\n{self.text()}"

    def hides(self, *words: str) -> None:
        shown = " ".join(self.text().split())
        for each in words:
            assert " ".join(each.split()) not in shown, f"{each!r} is on screen:\n{self.text()}"


@asynccontextmanager
async def places_of(
    shift: Shift,
    size: tuple[int, int] = (80, 24),
    reviewer: str = "amina",
    queue: str | None = None,
    care: Callable[[], CareBook] | None = None,
) -> AsyncIterator[Places]:
    """The app on its home screen, or reviewing a queue as `modtui review` begins."""
    bench = shift.bench(reviewer)
    app = ModtuiApp(
        ReviewSession(shift.workspace, shift.rulebook, queue, reviewer, clock=shift.clock) if queue else None,
        places={
            "home": lambda: HomeScreen(bench),
            "list": lambda: AdListScreen(bench, getattr(app.session, "queue", None)),
        },
        care=care,
    )
    async with app.run_test(size=size) as pilot:
        story = Places(app, pilot)
        await story.settled()
        yield story
        await app.finish_up()
