"""An outcome of one's own: where a pack hides what follows from the answers, the learner says it on the screen."""

from __future__ import annotations

from modtui.domain.plurals import number_of
from modtui.domain.policies import Answer
from modtui.domain.rulings import Outcome
from modtui.services.practice_desk import CHOOSE, PracticeDesk
from modtui.services.practising import PracticeSession
from modtui.tui.flow import Line
from modtui.tui.screens.review import ReviewScreen
from modtui.tui.screens.review_laying import Laid
from modtui.tui.widgets.lines_view import strip_of
from modtui.tui.widgets.ruling_line import LaidRuling


class StatedOutcome(ReviewScreen):
    """A review screen that takes the outcome from the learner, and draws none."""

    session: PracticeSession  # type: ignore[assignment]  # no ad is in conflict in practice

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
        words = f" {number_of(found, 'check')} answered yes. This pack does not say what follows from them."
        lines: list[Line] = [[(words, looks.text)], [(f" {CHOOSE}", looks.strong)]]
        made_of = (desk.ruling, desk.judgement, desk.unopened, plan, "", width, looks)
        laid.ruling = LaidRuling(made_of, plan, tuple(strip_of(line, width, looks.text) for line in lines))
        return laid.ruling

    def show_ruling(self) -> None:
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
