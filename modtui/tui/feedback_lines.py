"""What a learner reads behind an answer: what was right, what was missed, the clause and why, beside the ad."""

from __future__ import annotations

from collections.abc import Iterator

from modtui.domain.feedback import FOUND, MISSED, CheckLine, Feedback
from modtui.domain.feedback_words import (
    NOTHING_WRONG,
    STALE,
    answer_words,
    ask_words,
    cell_words,
    clause_words,
    evidence_words,
    head_words,
    letters_words,
    outcome_words,
    verdict_words,
)
from modtui.domain.plurals import number_of
from modtui.domain.rulings import Case
from modtui.tui.flow import Line, flow, one_line
from modtui.tui.palette import Palette

SIGNS = {FOUND: "✓", MISSED: "✗"}
MOST_CELLS = 6


class FeedbackLines:
    """Lays the feedback on one answer out for a width."""

    def __init__(self, told: Feedback, case: Case, looks: Palette, width: int, lookalike: str = "") -> None:
        """`lookalike` says in words what is known of the ad that goes the other way."""
        self.told, self.case, self.looks, self.width = told, case, looks, width
        self.lookalike = lookalike

    def title(self) -> Line:
        return [(verdict_words(self.told), self.looks.allowed if self.told.is_right else self.looks.lit)]

    def lines(self) -> list[Line]:
        return [*self._head(), *self._checks(), *self._why(), *self._answers(), *self._cells(), *self._more()]

    def _head(self) -> Iterator[Line]:
        look = self.looks.allowed if self.told.is_right else self.looks.lit
        yield from flow(head_words(self.told), self.width, look, self.looks.mark)
        if self.told.is_stale:
            yield [(STALE, self.looks.dim)]

    def _checks(self) -> Iterator[Line]:
        if not self.told.checks:
            yield [(NOTHING_WRONG, self.looks.text)]
        for line in self.told.checks:
            look = self.looks.allowed if line.verdict == FOUND else self.looks.cut
            first, *rest = flow(self._asked(line.check_id), self.width - 16, self.looks.text, self.looks.mark) or [[]]
            yield [(f"{SIGNS.get(line.verdict, '✗')} {line.verdict:<9} ", look), (f"{self._key(line.check_id):<3} ",
                    self.looks.strong), *first]  # fmt: skip
            yield from ([(" " * 16, self.looks.text), *more] for more in rest)
            if line.verdict == FOUND:
                yield from self._evidence(line)

    def _evidence(self, line: CheckLine) -> Iterator[Line]:
        if words := evidence_words(line.overlap):
            yield [(" " * 16 + words, self.looks.dim)]

    def _why(self) -> Iterator[Line]:
        looks, why = self.looks, self.told.rationale
        yield []
        yield from _headed("Why", why.why, self.width, looks)
        for trigger in why.triggers:
            yield from flow(f"   in the ad: {trigger}", self.width, looks.hit, looks.mark)
        clause = clause_words(self.case, why.clause)
        if clause:
            yield from _headed("Clause", clause, self.width, looks)

    def _answers(self) -> Iterator[Line]:
        """Answers that differ and are no findings of either side: a no or an unsure that should be otherwise."""
        shown = {line.check_id for line in self.told.checks}
        for line in self.told.answers:
            if line.check_id not in shown:
                words = f"  {self._key(line.check_id):<3} you: {answer_words(line.own)}, key: {answer_words(line.key)}"
                yield [(f"{words}  {one_line(self._asked(line.check_id))}"[: self.width], self.looks.dim)]

    def _cells(self) -> Iterator[Line]:
        told = self.told
        if not told.cells:
            return
        bands = number_of(told.cell_count, "market and age", "markets and ages")
        yield [(f"{len(told.cells)} of {bands} came out otherwise:", self.looks.strong)]
        lines = cell_words(told)
        for words in lines[:MOST_CELLS]:
            yield from flow(f"  {words}", self.width, self.looks.text, self.looks.mark)
        if len(lines) > MOST_CELLS:
            yield [(f"  and {len(lines) - MOST_CELLS} more", self.looks.dim)]

    def _more(self) -> Iterator[Line]:
        for each in self.told.accepted:
            checks = " ".join(self._key(check_id) for check_id in each.checks)
            words = " ".join(part for part in (one_line(outcome_words(each.outcome)), checks) if part)
            yield from _headed("Also right", f"{words}. {each.why}".strip(), self.width, self.looks)
        if self.lookalike:
            yield from _headed("Look-alike", self.lookalike, self.width, self.looks)

    def _asked(self, check_id: str) -> str:
        return ask_words(self.case, check_id)

    def _key(self, check_id: str) -> str:
        return one_line(letters_words(self.case, check_id))


def _headed(head: str, words: str, width: int, looks: Palette) -> Iterator[Line]:
    first, *rest = flow(words, max(8, width - len(head) - 2), looks.text, looks.mark) or [[]]
    yield [(f"{head}: ", looks.strong), *first]
    yield from ([(" " * (len(head) + 2), looks.text), *line] for line in rest)
