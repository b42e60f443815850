"""Feedback on the practice screen: where the checks stood, beside the ad it is about."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from modtui.errors import ModtuiError
from modtui.services.reviewing import Change
from modtui.tui import actions
from modtui.tui.actions import Action
from modtui.tui.flow import Line
from modtui.tui.keymap import sign
from modtui.tui.messages import Changed
from modtui.tui.screens.practice_outcome import StatedOutcome
from modtui.tui.widgets.lines_view import strip_of

if TYPE_CHECKING:
    from modtui.domain.feedback import Feedback


class FeedbackBehind(StatedOutcome):
    """Shows what the session tells of an answer, until the learner goes on."""

    told: Feedback | None = None
    "The feedback on screen."

    def show_ruling(self) -> None:
        if self.told is None:  # else the verdict stands there
            super().show_ruling()

    def _done(self, change: Change) -> None:
        told = self.session.feedback
        if told is None:
            was_told, self.told = self.told, None
            self.context = actions.REVIEW
            if was_told is not None:
                self.checks.show_lines((), [], top=0)
            super()._done(change)
            return
        self.banner = ""
        self._retry = None
        self.told = told
        self.context = actions.FEEDBACK
        if self.laid is None or self.laid.on_desk is not self.session.current:
            self.show_all()  # an answer of before is looked back at
        self._point_at_clause(told)
        self.show_feedback()
        self.card.draw_title()
        self.post_message(Changed(change))

    def _point_at_clause(self, told: Feedback) -> None:
        """Have the clause that decides in the pane below, and under the key that opens the policies."""
        desk = self.desk
        check = desk.case.catalog.check_by_id.get(told.rationale.clause) if desk is not None else None
        if desk is not None and self.laid is not None and check is not None and check.need is None:
            desk.bring(check)
            self.laid.checks.point_at(check.id)
            self._clause_soon()

    def show_all(self) -> None:
        super().show_all()
        if self.told is not None and self.laid is not None:
            self.show_feedback()

    def show_ad_again(self) -> None:
        super().show_ad_again()
        if self.told is not None:
            self.show_feedback()

    def show_feedback(self) -> None:
        """The feedback in the place of the checks, the verdict in the place of the ruling."""
        from modtui.domain.feedback_words import verdict_words
        from modtui.tui.feedback_lines import FeedbackLines

        told, laid = self.told, self.laid
        assert told is not None and laid is not None
        looks, width = self._ready_looks(), self.checks.inner_width
        lines = FeedbackLines(told, laid.on_desk.desk.case, looks, width, self.session.lookalike_words(told))
        self.checks.laid = None
        strips = [strip_of(line, width, looks.text) for line in lines.lines()]
        self.checks.show_lines(strips, lines.title(), top=0)
        look = looks.allowed if told.is_right else looks.lit
        key = sign(self.keymap.key(actions.FEEDBACK_NEXT))
        below: list[Line] = [[(f" {verdict_words(told)}", look)], [(f" {key} ", looks.key), ("next ad", looks.plan)]]
        self.ruling.show_lines([strip_of(line, self.ruling.cells.width, looks.text) for line in below])
        self.show_status()
        self.show_footer()

    def why_off(self, action: Action) -> str:
        if action in (actions.FEEDBACK_AGAIN, actions.FEEDBACK_CONTEST) and self.told is None:
            return "every ad is answered: C report card, g go places, q quit"
        return super().why_off(action)

    def do_feedback_next(self) -> None:
        """The next ad; at the end, the answers that left something to learn."""
        self.carry_out(self.session.look_back if self.told is None else self.session.go_on, writes=False)

    def do_feedback_again(self) -> None:
        self.carry_out(self.session.try_again, writes=False)

    def do_feedback_contest(self) -> None:
        from modtui.tui.screens.dialog import Entry

        told = self.told
        if told is None:
            return
        check = next(iter((*told.missed, *told.too_much)), told.rationale.clause)

        def written(reason: str | None) -> None:
            if reason and reason.strip():
                self.run_worker(self._contest(reason, check), exit_on_error=True)

        self.app.push_screen(Entry("Contest this answer: why is the key wrong?"), written)

    async def _contest(self, reason: str, check: str) -> None:
        try:
            change = await self.session.contest(reason, check)
        except ModtuiError as error:
            self.say(" · ".join(part for part in (error.title, error.message, error.hint) if part), is_warning=True)
        else:
            self.say(change.words)

    def do_feedback_down(self) -> None:
        self.checks.scroll_by(1)

    def do_feedback_up(self) -> None:
        self.checks.scroll_by(-1)

    def do_feedback_card(self) -> None:
        self.run_worker(self._show_card(), exclusive=True, group="card", exit_on_error=True)

    async def _show_card(self) -> None:
        from modtui.services.practice_cards import own_card
        from modtui.tui.screens.report_card import ReportCardScreen

        session = self.session
        loop = asyncio.get_running_loop()
        try:
            card = await loop.run_in_executor(None, own_card, session.taken, session.run, session.reviewer)
        except ModtuiError as error:
            self.say(" · ".join(part for part in (error.title, error.message, error.hint) if part), is_warning=True)
            return
        await self.app.push_screen(ReportCardScreen(session.title, card))
