"""The app: one session, one keymap, one theme, and the screens between which keys go."""

from __future__ import annotations

import gc
import os
from collections.abc import Callable
from pathlib import PurePath
from typing import TYPE_CHECKING, Any, ClassVar, cast

from textual.app import App
from textual.screen import Screen

from modtui.domain.plurals import number_of
from modtui.errors import ModtuiError
from modtui.services.reviewing import Session
from modtui.tui import keymap as keymaps
from modtui.tui.base_app import BaseApp
from modtui.tui.import_watch import LOOK_EVERY, Importing, ImportWatch
from modtui.tui.keymap import Keymap
from modtui.tui.palette import STYLES
from modtui.tui.safe_text import notify
from modtui.tui.screens.review import ReviewScreen
from modtui.tui.terminal.latency import Link
from modtui.tui.theme import ANSI, NAMES, THEMES, theme_name

if TYPE_CHECKING:
    from modtui.services.exposure import CareBook
    from modtui.services.media import MediaRoom
    from modtui.services.practising import PracticeSession

YOUNG_OBJECTS = 20_000
"""New objects after which they are looked through for what can go: as many as some ads make. The review does it behind
each ad (`ReviewBase.lay_out_ahead`), so that it comes in the way of no key."""


class ModtuiApp(BaseApp[None]):
    """Opens on the review screen of a session, or on the first of the places handed in."""

    # With the review's own: a screen that brings a style has everything parsed once more, 20 ms at start.
    CSS_PATH: ClassVar[list[str | PurePath]] = [STYLES / "dialog.tcss", STYLES / "review.tcss"]
    TITLE = "modtui"

    def __init__(
        self,
        session: Session | None = None,
        keymap: Keymap = keymaps.DEFAULT,
        theme: str | None = None,
        places: dict[str, Callable[[], Screen[Any]]] | None = None,
        link: Link | None = None,
        importing: Importing | None = None,
        reorder: str = "terminal",
        media: Callable[[], MediaRoom] | None = None,
        care: Callable[[], CareBook] | None = None,
        **kwargs: Any,
    ) -> None:
        """`places` are the screens that `g` goes to, by name, the first letter being the key; without a session the
        first of them is opened. `reorder` says who puts right-to-left text in the order it is drawn: the `terminal`, or
        else the app."""
        has_no_color = bool(os.environ.get("NO_COLOR"))
        if has_no_color:
            kwargs.setdefault("ansi_color", True)  # else Textual answers NO_COLOR with shades of grey
        super().__init__(link=link, **kwargs)
        self.session = session
        self.keymap = keymap
        self.reorder = reorder
        self.places = dict(places or {})
        self._open_media = media
        self._media: MediaRoom | None = None
        self._open_care = care
        self._care: CareBook | None = None
        self.shift_has_begun = False
        "Whether the briefings that were unread at the start have been shown."
        self.watch_import = ImportWatch(self, importing) if importing is not None else None
        self._begin_with(theme_name(theme, has_no_color))

    def _begin_with(self, name: str) -> None:
        """Have a theme from the first style on. Set the usual way, everything is parsed twice, 8 ms of a start."""
        for each in THEMES:
            self.register_theme(each)
        if name == ANSI:
            self.theme = name  # it changes how colours leave the app as well
            return
        self.set_reactive(App.theme, name)
        is_dark = self.current_theme.dark
        self.update_classes({f"-theme-{name}": True, "-dark-mode": is_dark, "-light-mode": not is_dark}, update=False)
        self.stylesheet.set_variables(self.get_css_variables())

    def on_mount(self) -> None:
        self.call_next(self._open)

    def get_default_screen(self) -> Screen[Any]:
        """The review itself where there is one: a blank screen below it would be laid out and painted first."""
        return super().get_default_screen() if self.session is None else review_screen(self.session, is_begun=False)

    async def _open(self) -> None:
        if self.session is not None and self.review is not None:
            await self.session.start()
            self.review.begin()
        elif self.places:
            await self.push_screen(next(iter(self.places.values()))())
        if self.watch_import is not None:
            self.watch_import.timer = self.set_interval(LOOK_EVERY, self.watch_import.look)
        self.call_after_refresh(freeze)

    async def open_review(self, session: Session, ad: tuple[str, str] | None = None) -> None:
        """Start a session and show its first ad, or the one named by source and id. The session before it ends."""
        await self.leave_review()
        await session.start()
        if ad is not None:
            try:
                await session.open_ad(*ad)
            except ModtuiError:
                await session.close()
                raise
        self.session = session
        await self.push_screen(review_screen(session))

    async def leave_review(self) -> None:
        """End the review that is open: the draft is kept, the ads are given back, what was below is on top again."""
        review, session = self.review, self.session
        if review is not None:
            await review.finish()
        if session is not None:
            await session.close()
        self.session = None
        while review is not None and review in self.screen_stack[1:]:
            await self.pop_screen()
        # The first screen of all cannot be taken off the stack; ended, it stays below what is opened next.
        while review is self.screen_stack[0] and self.screen is not review:
            await self.pop_screen()

    async def finish_up(self) -> None:
        """On a signal: let the running commit end, then keep draft and place."""
        review = self.review
        if review is not None:
            await review.finish()
        if self.session is not None:
            await self.session.close()

    def input_refused(self, count: int, reason: str) -> None:
        """Tell how many keys were ignored: on the review screen in its footer, which covers nothing."""
        if self.screen is self.review:
            self.review.say(f"{number_of(count, 'key')} ignored: {reason}", is_warning=True)
        else:
            super().input_refused(count, reason)

    def take_back(self) -> None:
        for screen in reversed(self.screen_stack):
            if isinstance(screen, ReviewScreen) and screen is not self.review:
                continue  # one that has ended
            if take_back := getattr(screen, "take_back_last", None):
                take_back()
                return

    @property
    def draws_media(self) -> bool:
        """Whether pictures and videos are drawn at all."""
        return self._open_media is not None

    @property
    def media(self) -> MediaRoom | None:
        """What draws them, opened when it is asked for first."""
        if self._media is None and self._open_media is not None:
            self._media = self._open_media()
        return self._media

    @property
    def care(self) -> CareBook | None:
        """How the reviewer wants to be shown things, read when it is asked for first."""
        if self._care is None and self._open_care is not None:
            self._care = self._open_care()
        return self._care

    def on_unmount(self) -> None:
        if self._media is not None:
            self._media.close()

    @property
    def review(self) -> ReviewScreen | None:
        """The review screen, whether on top or not."""
        reviews = (screen for screen in self.screen_stack if isinstance(screen, ReviewScreen))
        return next((screen for screen in reviews if screen.session is self.session), None)

    # Actions of every screen ---

    def do_quit(self) -> None:
        self.run_worker(self._quit(), exit_on_error=True)

    async def _quit(self) -> None:
        await self.finish_up()
        self.exit()

    def do_go(self) -> None:
        from modtui.tui.screens.dialog import Choice, Option

        names = list(self.places)
        if not names:
            self.notify("there is no other place to go in this session", markup=False)
            return

        def chosen(index: int | None) -> None:
            if index is not None:
                self.go(names[index])

        self.push_screen(Choice("Go to", [Option(name[0], name) for name in names]), chosen)

    def go(self, name: str) -> None:
        """Go back to a place by its name, or open it; a review that is open ends."""
        self.run_worker(self._go(name), exit_on_error=True)

    async def _go(self, name: str) -> None:
        there = next((screen for screen in self.screen_stack if getattr(screen, "place", "") == name), None)
        # Made before the review ends, because a place may depend on what is reviewed.
        fresh = self.places[name]() if there is None else None
        try:
            await self.leave_review()
        except ModtuiError as error:
            notify(self, f"{error.title}: {error.message}", severity="error")
            return
        if fresh is not None:
            await self.push_screen(fresh)
        while there is not None and self.screen is not there:
            await self.pop_screen()

    def do_theme(self) -> None:
        place = NAMES.index(self.theme) if self.theme in NAMES else 0
        self.theme = NAMES[(place + 1) % len(NAMES)]

    def do_key_test(self) -> None:
        from modtui.tui.screens.key_test import KeyTest

        self.push_screen(KeyTest())


def review_screen(session: Session, is_begun: bool = True) -> ReviewScreen:
    """The review screen for a session: of practice the one that says so."""
    if getattr(session, "is_practice", False):
        from modtui.tui.screens.practice import PracticeScreen

        return PracticeScreen(cast("PracticeSession", session), is_begun)
    return ReviewScreen(session, is_begun)


def freeze() -> None:
    """Take what the start built out of the collector's sight: it lives as long as the app.

    Without a collection first: it would take 40 ms to find next to nothing; a start makes much and drops little.
    """
    gc.freeze()
    gc.set_threshold(YOUNG_OBJECTS)
    gc.enable()
