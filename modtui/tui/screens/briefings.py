"""Briefings, one at a time: what each says and of what, and that it was read."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from textual import events
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Static

from modtui.domain.briefings import Briefing
from modtui.domain.plurals import number_of
from modtui.errors import ModtuiError
from modtui.services.library import Library
from modtui.tui.keymap import key_of
from modtui.tui.safe_text import notify, show
from modtui.tui.screens.action_screen import app_of
from modtui.tui.screens.dialog import Dialog

Done = Callable[[int], None]
"Told how many must still be read."
Say = Callable[[str, bool], None]
STEPS = {"j": 1, "down": 1, "k": -1, "up": -1, "pagedown": 10, "pageup": -10, "space": 10}


class Briefings(Dialog[int]):
    """Hands back how many are left that must be read."""

    def __init__(self, library: Library, briefings: Sequence[Briefing], unread: Sequence[Briefing]) -> None:
        super().__init__("Briefings")
        self.library = library
        self.briefings = briefings
        self.unread = {each.id for each in unread}
        self.at = 0
        self._is_saving = False

    def compose_body(self) -> ComposeResult:
        with VerticalScroll(id="dialog-body", can_focus=False):
            yield Static(id="briefing")

    def on_mount(self) -> None:
        self._show()
        if not any(hasattr(screen, "ad_leaves") for screen in self.app.screen_stack):
            app_of(self).ad_rendered()  # there is no ad below that says from when on a key was meant

    @property
    def current(self) -> Briefing:
        return self.briefings[self.at]

    def is_deciding(self, key: str) -> bool:
        """That something was read is said by a key that was meant, not by one typed ahead."""
        return key == "enter"

    def _show(self) -> None:
        is_unread = self.current.id in self.unread
        place = f"Briefing {self.at + 1} of {len(self.briefings)}" + (" · unread" if is_unread else " · read")
        self.query_one("#dialog-title", Static).update(show(place, "bold"))
        self.query_one("#briefing", Static).update(briefing_words(self.current, self.library.as_of))
        self.query_one("#dialog-body", VerticalScroll).scroll_home(animate=False)
        done = "⏎ I have read it" if is_unread else "⏎ next"
        hint = f"{done} · [ ] before and next · j k scroll · esc later"
        self.query_one("#dialog-hint", Static).update(Content.styled(hint, "dim"))

    def key_escape(self) -> None:
        self._leave()

    def _leave(self) -> None:
        self.dismiss(sum(each.must_read and each.id in self.unread for each in self.briefings))

    def on_key(self, event: events.Key) -> None:
        event.stop()
        event.prevent_default()
        key = key_of(event.key, event.character)
        if key in STEPS:
            self.query_one("#dialog-body", VerticalScroll).scroll_relative(y=STEPS[key], animate=False)
        elif key in ("]", "["):
            self.at = max(0, min(self.at + (1 if key == "]" else -1), len(self.briefings) - 1))
            self._show()
        elif key == "enter" and not self._is_saving:
            self.run_worker(self._read(), exit_on_error=True)
        elif key in ("escape", "q", "b"):
            self._leave()

    async def _read(self) -> None:
        """Keep that the briefing was read, and go to the next unread one."""
        briefing = self.current
        if briefing.id in self.unread:
            self._is_saving = True
            try:
                await self.library.mark_read(briefing)
            except ModtuiError as error:
                notify(self.app, f"NOT SAVED. {error.title}: {error.message} {error.hint}", severity="warning")
                return
            finally:
                self._is_saving = False
            self.unread.discard(briefing.id)
        following = [n for n, each in enumerate(self.briefings) if each.id in self.unread]
        if following:
            self.at = following[0]
        elif self.at + 1 < len(self.briefings):
            self.at += 1
        else:
            self._leave()
            return
        self._show()


def briefing_words(briefing: Briefing, as_of: str) -> Content:
    """A briefing as text to read."""
    dates = [
        f"from {briefing.effective}" if briefing.is_announced(as_of) else "",
        f"until {briefing.sunset}" if briefing.sunset else "",
    ]
    parts = [
        "must be read" if briefing.must_read else "",
        *dates,
        " ".join(briefing.policies),
        " ".join(briefing.markets),
        f"tightens {' '.join(briefing.tightens)}" if briefing.tightens else "",
    ]
    head = " · ".join(part for part in parts if part)
    lines = [show(briefing.title, "bold $primary", "one")]
    if head:
        lines.append(show(head, "dim", "one"))
    return Content("\n").join((*lines, Content(""), show(briefing.text.strip())))


async def open_shift(screen: Screen[Any], library: Library, is_begun: bool, done: Done) -> None:
    """Show the unread briefings; once the shift has begun, only if one must be read."""
    unread = await library.unread()
    if unread and (not is_begun or any(each.must_read for each in unread)):
        _show(screen, Briefings(library, unread, unread), done)


async def read_briefings(screen: Screen[Any], library: Library, say: Say, done: Done) -> None:
    """Show all briefings, the unread ones first, or say that there are none."""
    unread, known = await library.unread(), library.briefings
    if not known:
        say("no briefings in this catalog", True)
        return
    names = {each.id for each in unread}
    ordered = (*unread, *(each for each in known if each.id not in names))
    _show(screen, Briefings(library, ordered, unread), done)


def _show(screen: Screen[Any], dialog: Briefings, done: Done) -> None:
    screen.app.push_screen(dialog, lambda left: done(left or 0))


def say_unread(say: Say) -> Done:
    """What screens without a line for it say once the briefings are put away."""
    return lambda left: say(f"{number_of(left, 'briefing')} must still be read", True) if left else None
