"""The app that every screen runs in: safe terminal, guarded keys, orderly endings, a fault screen without data.

Screens may have `is_deciding(key) -> bool`, asked of the screen on top with a key's Textual name, and
`deciding_in_turn()`, which gives such a question for the keys of one read, asked in their order. Whoever draws the ad
calls `ad_rendered()` while drawing it; whoever takes up a decision or changes the ad calls `ad_leaves()` first.
"""

from __future__ import annotations

import asyncio
import os
import sys
from typing import Any, ClassVar

from textual import events
from textual.app import App, ReturnType

from modtui.domain.plurals import number_of
from modtui.domain.text import reveal
from modtui.errors import ModtuiError
from modtui.tui.safe_text import notify
from modtui.tui.terminal.driver import SafeDriver
from modtui.tui.terminal.fault_log import fault_message, record_fault
from modtui.tui.terminal.input_guard import InputGuard, InputRead, Verdict
from modtui.tui.terminal.latency import Link
from modtui.tui.terminal.leaving import FINISH_WITHIN, Departure
from modtui.tui.terminal.requirements import is_too_small
from modtui.tui.too_small import TooSmall

KEYS_CLOSE_TOGETHER = 0.1
"Seconds between two reads below which the first key is handled to its end before the second is looked at."


class BaseApp(App[ReturnType]):
    """Textual's app on the safe driver."""

    ENABLE_COMMAND_PALETTE: ClassVar[bool] = False

    def __init__(self, link: Link | None = None, **kwargs: Any) -> None:
        kwargs.setdefault("driver_class", SafeDriver)
        super().__init__(**kwargs)
        self.link = link or Link()
        self.guard = InputGuard(self.link.round_trip)
        self._key_reads: dict[int, tuple[InputRead, int]] = {}
        self._last_read_at = 0.0
        self._refused_keys = 0
        self._ad_is_awaited = True
        self._ad_is_rendered = False
        self._fault: BaseException | None = None
        self._terminal_is_lost = False
        self._departure: Departure | None = None
        self._terminal: SafeDriver | None = None

    # What subclasses say and do ---

    async def finish_up(self) -> None:
        """Before leaving on a signal: wait for the running commit, save place and draft. It has two seconds."""

    def take_back(self) -> None:
        """Retract the decision made last: stray input made it."""

    def resumed(self) -> None:
        """The session goes on after a stop: clocks and claims may have moved."""

    # Running ---

    def run_and_exit(self) -> None:
        """Run to the end and leave the process with the app's status."""
        self.run()
        status = self.return_code or 0
        if self._terminal_is_lost:
            _let_go_of_the_terminal()
        if isinstance(self._fault, ModtuiError):
            error = self._fault
            words = [": ".join(part for part in (error.title, error.message) if part), error.hint]
            print("\n".join(reveal(part) for part in words if part), file=sys.stderr)  # noqa: T201
        elif self._fault is not None:
            print(fault_message(self._fault, record_fault(self._fault)), file=sys.stderr)  # noqa: T201
        sys.exit(status)

    def on_load(self) -> None:
        if not self.is_headless:
            self._departure = Departure(self._leave)
            self._departure.watch(asyncio.get_running_loop())

    def on_mount(self) -> None:
        self.app_resume_signal.subscribe(self, lambda _: self._repaint_after_stop())
        self.screen_change_signal.subscribe(self, lambda _: self._check_size())
        self.call_after_refresh(self._check_size)

    async def _leave(self, status: int) -> None:
        try:
            await asyncio.wait_for(self.finish_up(), FINISH_WITHIN)
        except Exception as error:
            self._fault = self._fault or error
        self.exit(return_code=status)

    def _handle_exception(self, error: Exception) -> None:
        """End the app on a fault of its own, with neither ad text nor local variables on the terminal."""
        if self.is_headless:
            super()._handle_exception(error)
            return
        inner = getattr(error, "error", None)  # a failed worker carries what it failed of
        self._fault = self._fault or (inner if isinstance(inner, BaseException) else error)
        self.exit(return_code=1)

    # The terminal ---

    def driven_by(self, driver: SafeDriver) -> None:
        """The driver introduces itself."""
        self._terminal = driver

    @property
    def can_synchronize(self) -> bool:
        return self.link.can_synchronize

    def draw_pixels(self, data: str, column: int, row: int) -> None:
        """Draw a picture in the terminal's own pixels, its upper left corner in a cell; nothing without a terminal."""
        if self._terminal is not None and not self._terminal_is_lost:
            self._terminal.write_picture(data, column, row)

    def terminal_lost(self) -> None:
        """The terminal hung up; from any thread."""
        if not self._terminal_is_lost and self._departure is not None:
            self._terminal_is_lost = True
            self._departure.lost_terminal()

    def terminal_resumed(self) -> None:
        """The process was stopped and runs again, and did not see it coming; from a signal handler."""
        if self._departure is not None:
            self._departure.call(self._repaint_after_stop)

    def _repaint_after_stop(self) -> None:
        if self._departure is not None and self._departure.is_leaving:
            return  # a terminal that hangs up continues the process as well
        self._cover()
        self.refresh(layout=True)
        self.resumed()

    def on_resize(self) -> None:
        if self.screen_stack:
            self.call_after_refresh(self._check_size)

    @property
    def is_too_small(self) -> bool:
        """Whether the window cannot hold an ad and its checks."""
        return is_too_small(*self.size)

    def _check_size(self) -> None:
        """Cover whatever is on top, and was perhaps just put there, while the window is too small."""
        card = self.screen
        if self.is_too_small and not isinstance(card, TooSmall):
            self._cover()
            self.push_screen(TooSmall())
        elif not self.is_too_small and isinstance(card, TooSmall):
            self._cover()
            card.dismiss()

    # What is on the screen ---

    def ad_leaves(self) -> None:
        """The ad on the screen is being decided or changed: no key decides until the next one is painted."""
        self._ad_is_awaited = True
        self._ad_is_rendered = False
        self.guard.covered()

    def ad_rendered(self) -> None:
        """The ad is being drawn, with its new content; called while drawing, as often as it happens."""
        if self._ad_is_awaited:
            self._ad_is_rendered = True

    def _cover(self) -> None:
        """Something hid an ad that will be painted again as it was."""
        if not self._ad_is_awaited:
            self._ad_is_awaited = True
            self._ad_is_rendered = True
            self.guard.covered()

    def post_display_hook(self) -> None:
        if self._ad_is_rendered and self._ad_is_awaited and not self.is_too_small:
            self._ad_is_awaited = self._ad_is_rendered = False
            if self._terminal is not None:
                self._terminal.when_written(self._ad_written)

    def _ad_written(self, at: float) -> None:
        """The ad is on the terminal; on the writing thread."""
        if self._departure is not None:
            self._departure.call(lambda: None if self._ad_is_awaited else self.guard.painted(at))

    # Keys ---

    def note_read(self, read: InputRead, keys: tuple[events.Key, ...]) -> None:
        """Remember which read each key event belongs to; called on the reading thread before the events are sent."""
        for index, key in enumerate(keys):
            self._key_reads[id(key)] = (read, index)

    def is_deciding(self, key: str) -> bool:
        """Whether the key, by its Textual name, writes a decision on the screen on top as it stands."""
        ask = getattr(self.screen, "is_deciding", None)
        return ask is not None and bool(ask(key))

    async def on_event(self, event: events.Event) -> None:
        if isinstance(event, events.Key):
            known = self._key_reads.pop(id(event), None)
            if known is not None and not await self._passes(event, *known):
                return
            if known is not None and event.key == "ctrl+z":
                self.action_suspend_process()
                return
        await super().on_event(event)

    async def _passes(self, event: events.Key, read: InputRead, index: int) -> bool:
        if index or read.read_at - self._last_read_at < KEYS_CLOSE_TOGETHER:
            await self._keys_before_are_done()
        self._last_read_at = read.read_at
        in_turn = getattr(self.screen, "deciding_in_turn", None)
        ask = in_turn() if in_turn is not None else self.is_deciding
        verdict = self.guard.begin_read(read, ask) if index == 0 else None
        if verdict is None or verdict.passes:
            verdict = self.guard.judge(event.key, self.is_deciding(event.key), index == len(read.keys) - 1)
        if not verdict.passes:
            self._refuse(verdict)
        return verdict.passes

    async def _keys_before_are_done(self) -> None:
        """Wait until the key before was handled, so that a key after one that opens a dialog goes to the dialog."""
        for target in (self.focused, self.screen):
            if target is not None:
                handled = asyncio.Event()
                if target.call_later(handled.set):
                    try:
                        await asyncio.wait_for(handled.wait(), KEYS_CLOSE_TOGETHER)
                    except TimeoutError:
                        return

    def _refuse(self, verdict: Verdict) -> None:
        if verdict.retract:
            self.take_back()
        if verdict.ignored:
            if not self._refused_keys:
                self.set_timer(0.1, lambda: self._tell_refused(verdict.reason))
            self._refused_keys += verdict.ignored

    def _tell_refused(self, reason: str) -> None:
        count, self._refused_keys = self._refused_keys, 0
        self.input_refused(count, reason)

    def input_refused(self, count: int, reason: str) -> None:
        """Tell the person how many keys were ignored and why."""
        notify(self, f"{number_of(count, 'key')} ignored: {reason}", severity="warning")


def _let_go_of_the_terminal() -> None:
    """What is still printed goes nowhere: a terminal that is gone takes nothing, and all else is left in order."""
    nowhere = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nowhere, descriptor)
    os.close(nowhere)
