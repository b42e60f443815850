"""The review screen over a pack: the same keys, desk and ruling, with practice named on top and the key behind answers.

What is said behind an answer: `practice_feedback`; where the learner says the outcome: `practice_outcome`.
"""

from __future__ import annotations

import asyncio

from modtui.domain.packs import Assist
from modtui.errors import ModtuiError
from modtui.services.practice_clock import TIME_IS_UP
from modtui.services.practice_desk import CHOOSE
from modtui.services.practising import PracticeSession
from modtui.services.reviewing import OnDesk
from modtui.tui import actions
from modtui.tui.actions import Action
from modtui.tui.flow import one_line
from modtui.tui.keymap import sign
from modtui.tui.screens.practice_feedback import FeedbackBehind
from modtui.tui.widgets.lines_view import strip_of

CLOCK_EVERY = 1.0
OFF = {
    actions.PRECEDENT: "precedents are off in practice",
    actions.TWIN: "twins are off in practice",
    actions.CARD: "the advertiser's card is off in practice",
    actions.PREVIOUS: "earlier versions are off in practice",
    actions.HOLD: "nothing is held in practice: ] leaves the ad for later",
    actions.SKIP: "nothing is given back in practice: ] leaves the ad for later",
    actions.UNDO: "an answer in practice stands: the first one counts",
    actions.REDO: "an answer in practice stands: the first one counts",
    actions.REPORT: "clauses are reported from real work: contest the answer behind it with X",
}
OFF_IN_BROWSE = {
    actions.ACCEPT: CHOOSE,
    actions.CELLS: "this pack hides what follows from the answers: " + CHOOSE,
    actions.WHY: "this pack hides what follows from the answers",
}


class PracticeScreen(FeedbackBehind):
    """Translates the keys of review to a practice session, and shows what it tells of an answer."""

    def __init__(self, session: PracticeSession, is_begun: bool = True) -> None:
        super().__init__(session, is_begun)
        self._is_closing = False
        self._was_told_time = False

    def on_mount(self) -> None:
        if self.session.left_ms is not None:
            self.set_interval(CLOCK_EVERY, self.look_at_clock)

    # Practice on top ---

    def show_status(self, word: str = "") -> None:
        super().show_status(word or self._clock() or ("again, for practice only" if self.session.is_retry else ""))

    def _clock(self) -> str:
        left = self.session.left_ms
        if left is None or self.session.is_finished:
            return ""
        if left < 0:
            return "TIME IS UP"
        minutes, seconds = divmod(left // 1000, 60)
        return f"{minutes}:{seconds:02} left"

    def look_at_clock(self) -> None:
        """Draw the time that is left, and say once that it is over."""
        if not (self.is_mounted and self.is_begun) or self.is_saving:
            return
        self.show_status()
        if self.session.is_time_up and not self._was_told_time:
            self._was_told_time = True
            self.say(TIME_IS_UP, is_warning=True)

    def queue_of(self, on_desk: OnDesk) -> str:  # noqa: ARG002
        """The media of a pack lie in its own folder."""
        return self.session.media_queue

    # What is off ---

    def _why_off_here(self, action: Action) -> str:
        if action in OFF:
            return OFF[action]
        if self.session.taken.assist is not Assist.LIVE and action is actions.SIGNALS:
            return "this pack points at nothing: what the ad hides is yours to find"
        if self.session.taken.assist is Assist.BROWSE and action in OFF_IN_BROWSE:
            return OFF_IN_BROWSE[action]
        return super()._why_off_here(action)

    # The end ---

    def _show_nothing(self) -> None:
        super()._show_nothing()
        self.context = actions.FEEDBACK
        self.show_footer()
        looks = self._ready_looks()
        said = self.session.end_words()
        if self.session.shows_feedback:
            said += ["", f"{sign(self.keymap.key(actions.FEEDBACK_NEXT))} looks back at what was not right"]
        lines = [[(f" {one_line(words)}", looks.text)] for words in ("", *said)]
        self.card.show_lines([strip_of(line, self.card.inner_width, looks.text) for line in lines], [], top=0)
        if not self._is_closing and self.session.is_finished:
            self._is_closing = True
            self.call_after_refresh(lambda: asyncio.ensure_future(self._hand_in()))

    async def _hand_in(self) -> None:
        try:
            await self.session.hand_in()
        except ModtuiError as error:
            self.say(" · ".join(part for part in (error.title, error.message, error.hint) if part), is_warning=True)
            return
        if self.is_mounted and self.session.current is None:
            self._show_nothing()
