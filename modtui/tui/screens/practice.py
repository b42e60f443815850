"""The review screen over a pack: the same keys, desk and ruling, with practice named on top and the key behind answers.

Feedback stands where the checks stood, beside the ad it is about: nothing is laid out twice.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from modtui.domain.packs import Assist
from modtui.domain.policies import Answer
from modtui.domain.rulings import Outcome
from modtui.errors import ModtuiError
from modtui.services.practice_clock import TIME_IS_UP
from modtui.services.practice_desk import CHOOSE, PracticeDesk
from modtui.services.practising import PracticeSession
from modtui.services.reviewing import Change, OnDesk
from modtui.tui import actions
from modtui.tui.actions import Action
from modtui.tui.flow import Line, one_line
from modtui.tui.keymap import sign
from modtui.tui.messages import Changed
from modtui.tui.screens.review import ReviewScreen
from modtui.tui.screens.review_laying import Laid
from modtui.tui.widgets.lines_view import strip_of
from modtui.tui.widgets.ruling_line import LaidRuling

if TYPE_CHECKING:
    from modtui.domain.feedback import Feedback

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


class PracticeScreen(ReviewScreen):
    """Translates the keys of review to a practice session, and shows what it tells of an answer."""

    session: PracticeSession  # type: ignore[assignment]  # no ad is in conflict in practice

    def __init__(self, session: PracticeSession, is_begun: bool = True) -> None:
        super().__init__(session, is_begun)
        self.told: Feedback | None = None
        "The feedback on screen."
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

    # An outcome of one's own, where none is derived ---

    @property
    def _own_desk(self) -> PracticeDesk | None:
        desk = self.desk
        return desk if isinstance(desk, PracticeDesk) and desk.hides_outcome else None

    def _ruling_of(self, laid: Laid) -> LaidRuling:
        desk = laid.on_desk.desk
        if not (isinstance(desk, PracticeDesk) and desk.hides_outcome):
            return super()._ruling_of(laid)
        looks, width, plan = self._ready_looks(), self.ruling.cells.width, desk.plan()
        found = sum(answer is Answer.YES for answer in desk.answers.values())
        words = (
            f" {found} check{'' if found == 1 else 's'} answered yes. This pack does not say what follows from them."
        )
        lines: list[Line] = [[(words, looks.text)], [(f" {CHOOSE}", looks.strong)]]
        made_of = (desk.ruling, desk.judgement, desk.unopened, plan, "", width, looks)
        laid.ruling = LaidRuling(made_of, plan, tuple(strip_of(line, width, looks.text) for line in lines))
        return laid.ruling

    def show_ruling(self) -> None:
        if self.told is not None:
            return  # the verdict stands there
        if self._own_desk is None:
            super().show_ruling()
        elif self.laid is not None:
            ruling = self._ruling_of(self.laid)
            self.laid.checks.settle(ruling.plan)
            self.ruling.show_ruling(ruling, self.banner)
            self.markets.show_lines((), [])

    def _decide_as(self, wanted: Outcome) -> None:
        desk = self._own_desk
        if desk is None:
            super()._decide_as(wanted)
        elif wanted is Outcome.REJECT and Answer.YES not in desk.answers.values():
            self._pick_check(wanted)
        elif wanted is Outcome.APPROVE:
            self._ask_how_wide(desk)
        else:
            self._state(desk, wanted)

    def _ask_how_wide(self, desk: PracticeDesk) -> None:
        from modtui.tui.screens.dialog import Choice, Option

        options = [Option("1", "Approve as it is"), Option("2", "Approve with limits: not everywhere, or not to all")]
        wanted = (Outcome.APPROVE, Outcome.APPROVE_LIMITED)

        def chosen(index: int | None) -> None:
            if index is not None and self.desk is desk:
                self._state(desk, wanted[index])

        self.app.push_screen(Choice("Approve: how far?", options, decides=True), chosen)

    def _state(self, desk: PracticeDesk, outcome: Outcome) -> None:
        desk.stated = outcome
        self.decide_now()

    @property
    def _document_is_known(self) -> bool:
        return self._own_desk is None and super()._document_is_known

    def _ask_for(self, document: str) -> None:
        desk = self._own_desk
        if desk is None or not document.strip():
            super()._ask_for(document)
            return
        desk.documents = (*desk.documents, document.strip())
        self._state(desk, Outcome.REQUEST_INFO)

    # Feedback ---

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
