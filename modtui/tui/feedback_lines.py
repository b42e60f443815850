"""What a learner reads behind an answer: what was right, what was missed, the clause and why, beside the ad."""

from __future__ import annotations

from collections.abc import Iterator

from modtui.domain.clauses import rows_in_force
from modtui.domain.feedback import FOUND, MISSED, CheckLine, Feedback
from modtui.domain.policies import Answer
from modtui.domain.rulings import Case
from modtui.tui.flow import Line, flow, one_line
from modtui.tui.palette import Palette
from modtui.tui.ruling_words import STATE_WORDS, bands_words

RIGHT_SIGN, WRONG_SIGN, ACCEPTED_SIGN = "✓ RIGHT", "✗ NOT YET", "✓ ACCEPTED"
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
        told, looks = self.told, self.looks
        look = looks.allowed if told.is_right else looks.lit
        own, key = outcome_words(told.own_outcome), outcome_words(told.key_outcome)
        if told.is_accepted:
            words = f"your {own} is accepted; the key says {key}"
        elif told.is_outcome_right:
            words = f"{key}, as in the key" + _reasons(told)
        else:
            words = f"you said {own}; the key says {key}"
        yield from flow(f"{verdict_words(told)}: {words}.", self.width, look, looks.mark)
        if told.is_stale:
            yield [("the clause has changed since this key was made", looks.dim)]

    def _checks(self) -> Iterator[Line]:
        if not self.told.checks:
            yield [("Nothing is wrong with this ad, and you found nothing.", self.looks.text)]
        for line in self.told.checks:
            look = self.looks.allowed if line.verdict == FOUND else self.looks.cut
            first, *rest = flow(self._asked(line.check_id), self.width - 16, self.looks.text, self.looks.mark) or [[]]
            yield [(f"{SIGNS.get(line.verdict, '✗')} {line.verdict:<9} ", look), (f"{self._key(line.check_id):<3} ",
                    self.looks.strong), *first]  # fmt: skip
            yield from ([(" " * 16, self.looks.text), *more] for more in rest)
            if line.verdict == FOUND:
                yield from self._evidence(line)

    def _evidence(self, line: CheckLine) -> Iterator[Line]:
        if line.overlap is not None and line.overlap < 100:
            words = "elsewhere than" if not line.overlap else f"{line.overlap} % of"
            yield [(" " * 16 + f"your evidence: {words} the place in the key", self.looks.dim)]

    def _why(self) -> Iterator[Line]:
        looks, why = self.looks, self.told.rationale
        yield []
        yield from _headed("Why", why.why, self.width, looks)
        for trigger in why.triggers:
            yield from flow(f"   in the ad: {trigger}", self.width, looks.hit, looks.mark)
        clause = self._clause(why.clause)
        if clause:
            yield from _headed("Clause", clause, self.width, looks)

    def _clause(self, check_id: str) -> str:
        """The clause in force where the ad goes, in the words of the catalog."""
        check = self.case.catalog.check_by_id.get(check_id)
        if check is None:
            return ""
        if check.need is not None:
            check = self.case.catalog.check_by_id[check.when[0][0]]
        policy = self.case.catalog.policy_of(check)
        rows: dict[str, list[str]] = {}
        for market in self.case.grid.markets:
            for row in rows_in_force(check, market, self.case.catalog, self.case.as_of):
                if row.ref:
                    rows.setdefault(row.ref, []).append(market)
        refs = "; ".join(f"{' '.join(markets[:4])}: {ref}" for ref, markets in list(rows.items())[:3])
        return " · ".join(part for part in (f"{policy.title} ({check.key})", policy.principle, refs) if part)

    def _answers(self) -> Iterator[Line]:
        """Answers that differ and are no findings of either side: a no or an unsure that should be otherwise."""
        shown = {line.check_id for line in self.told.checks}
        for line in self.told.answers:
            if line.check_id not in shown:
                words = f"  {self._key(line.check_id):<3} you: {_answer(line.own)}, key: {_answer(line.key)}"
                yield [(f"{words}  {one_line(self._asked(line.check_id))}"[: self.width], self.looks.dim)]

    def _cells(self) -> Iterator[Line]:
        told = self.told
        if not told.cells:
            return
        yield [(f"{len(told.cells)} of {told.cell_count} markets and ages came out otherwise:", self.looks.strong)]
        for cell in told.cells[:MOST_CELLS]:
            ages = bands_words((cell.band,))
            own, key = STATE_WORDS[cell.own], STATE_WORDS[cell.key]
            yield [(f"  {one_line(cell.market)} {ages}: you {own}, key {key}", self.looks.text)]
        if len(told.cells) > MOST_CELLS:
            yield [(f"  and {len(told.cells) - MOST_CELLS} more", self.looks.dim)]

    def _more(self) -> Iterator[Line]:
        for each in self.told.accepted:
            checks = " ".join(self._key(check_id) for check_id in each.checks)
            words = " ".join(part for part in (outcome_words(each.outcome), checks) if part)
            yield from _headed("Also right", f"{words}. {each.why}".strip(), self.width, self.looks)
        if self.lookalike:
            yield from _headed("Look-alike", self.lookalike, self.width, self.looks)

    def _asked(self, check_id: str) -> str:
        check = self.case.catalog.check_by_id.get(check_id)
        return check.ask if check else check_id

    def _key(self, check_id: str) -> str:
        check = self.case.catalog.check_by_id.get(check_id)
        if check is None:
            return "?"
        return one_line(check.key if check.need is None else self.case.catalog.check_by_id[check.when[0][0]].key)


def verdict_words(told: Feedback) -> str:
    if told.is_accepted:
        return ACCEPTED_SIGN
    return RIGHT_SIGN if told.is_right else WRONG_SIGN


def _reasons(told: Feedback) -> str:
    if told.is_whole:
        return ""
    return ", and there was more to it" if told.is_right else ", but for other reasons"


def outcome_words(outcome: str) -> str:
    return one_line(outcome.replace("_", " ").upper())


def _headed(head: str, words: str, width: int, looks: Palette) -> Iterator[Line]:
    first, *rest = flow(words, max(8, width - len(head) - 2), looks.text, looks.mark) or [[]]
    yield [(f"{head}: ", looks.strong), *first]
    yield from ([(" " * (len(head) + 2), looks.text), *line] for line in rest)


def _answer(answer: Answer | None) -> str:
    return answer.value if answer else "open"
