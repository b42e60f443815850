"""An answer held against the key: not only the outcome, but the answers, the markets and the evidence behind it."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from modtui.domain.attempts import Attempt
from modtui.domain.clause_values import State
from modtui.domain.counted_findings import counted_findings, deciding_check
from modtui.domain.evidence import Evidence
from modtui.domain.grid import Band
from modtui.domain.packs import Accepted, Key, Rationale
from modtui.domain.policies import Answer
from modtui.domain.rulings import Case, rule_case
from modtui.domain.scoring import Marked, Ruled, mark

FOUND, MISSED, TOO_MUCH = "found", "missed", "too much"


class CheckLine(Struct, frozen=True):
    """One check of either answer."""

    check_id: str
    verdict: str
    "`found`, `missed` or `too much`."
    overlap: int | None = None
    "Percent of the key's evidence that the learner named; None where one of the two names none."


class AnswerLine(Struct, frozen=True):
    """A check that was answered otherwise than in the key, finding or not."""

    check_id: str
    own: Answer | None
    "None was left open."
    key: Answer | None


class CellLine(Struct, frozen=True):
    """One market and age range that came out otherwise."""

    market: str
    band: Band
    own: State
    key: State


class Feedback(Struct, frozen=True):
    """What a learner is told of one answer."""

    ad: str
    own_outcome: str
    key_outcome: str
    is_outcome_right: bool
    is_set_right: bool
    "The same findings, no more and no less."
    is_first_right: bool
    "The same check decides; where nothing is to be stopped, nothing decides."
    is_right: bool
    "What counts for a score (`scoring.mark`): the outcome and the check it rests on, or an accepted answer."
    is_accepted: bool
    "Another answer than the key's that counts as right too."
    checks: tuple[CheckLine, ...]
    "The key's findings first, then what was too much; each in catalog order."
    answers: tuple[AnswerLine, ...]
    cells: tuple[CellLine, ...]
    "Those that differ."
    cell_count: int
    rationale: Rationale
    accepted: tuple[Accepted, ...] = ()
    lookalike: str = ""
    is_stale: bool = False

    @property
    def is_whole(self) -> bool:
        """Whether there is nothing to learn: right, and for all of the key's reasons and no other."""
        return self.is_accepted or (self.is_right and self.is_set_right)

    @property
    def missed(self) -> tuple[str, ...]:
        return tuple(line.check_id for line in self.checks if line.verdict == MISSED)

    @property
    def too_much(self) -> tuple[str, ...]:
        return tuple(line.check_id for line in self.checks if line.verdict == TOO_MUCH)


def compare(case: Case, key: Key, attempt: Attempt, own_states: Sequence[State] | None = None) -> Feedback:
    """Hold an attempt against the key of its ad. `own_states` are the learner's cells where some were edited.

    Both answers are ruled here, by the case's catalog; what the attempt says of its own ruling is not believed.
    """
    answers = {check_id: answer for check_id, answer in attempt.answers.items() if check_id in case.catalog.check_by_id}
    own, right = rule_case(case, answers), rule_case(case, dict(key.answers))
    states = own.states if own_states is None else tuple(own_states)
    cells = tuple(
        CellLine(cell.market, cell.band, mine, cell.state)
        for cell, mine in zip(right.cells, states, strict=True)
        if cell.state is not mine
    )
    found = Ruled(own.outcome.value, counted_findings(own, answers), deciding_check(own, answers))
    marked = mark(attempt, key, found)
    return Feedback(
        ad=attempt.ad,
        own_outcome=marked.said,
        key_outcome=key.outcome,
        is_outcome_right=marked.outcome_right,
        is_set_right=marked.set_right,
        is_first_right=marked.first_right,
        is_right=marked.is_right,
        is_accepted=marked.is_right and not (marked.outcome_right and marked.first_right),
        checks=_check_lines(case, key, attempt, marked),
        answers=_answer_lines(case, key, attempt),
        cells=cells,
        cell_count=len(right.cells),
        rationale=key.rationale,
        accepted=key.accepted,
        lookalike=key.lookalike,
        is_stale=key.stale,
    )


def overlap(own: Sequence[Evidence], key: Sequence[Evidence]) -> int:
    """Percent of the key's places that the learner's meet: for each the best match, as intersection over union."""
    if not key:
        return 100
    shares = [max((_match(mine, place) for mine in own), default=0) for place in key]
    return sum(shares) // len(shares)


def _match(one: Evidence, other: Evidence) -> int:
    """How far two places are the same, in percent. A whole component meets every place in it."""
    if one.component != other.component or (one.page or 0) != (other.page or 0):
        return 0
    if one.start is not None and other.start is not None:
        return _span((one.start, one.end or one.start), (other.start, other.end or other.start))
    if one.box is not None and other.box is not None:
        return _area(one.box, other.box)
    if one.start_ms is not None and other.start_ms is not None:
        return _span((one.start_ms, one.end_ms or one.start_ms), (other.start_ms, other.end_ms or other.start_ms))
    return 100


def _span(one: tuple[int, int], other: tuple[int, int]) -> int:
    if one == other:
        return 100
    inside = min(one[1], other[1]) - max(one[0], other[0])
    whole = max(one[1], other[1]) - min(one[0], other[0])
    return 100 * inside // whole if inside > 0 and whole > 0 else 0


def _area(one: tuple[int, int, int, int], other: tuple[int, int, int, int]) -> int:
    if one == other:
        return 100
    width = min(one[2], other[2]) - max(one[0], other[0])
    height = min(one[3], other[3]) - max(one[1], other[1])
    inside = max(0, width) * max(0, height)
    whole = sum((box[2] - box[0]) * (box[3] - box[1]) for box in (one, other)) - inside
    return 100 * inside // whole if inside and whole > 0 else 0


def _check_lines(case: Case, key: Key, attempt: Attempt, marked: Marked) -> tuple[CheckLine, ...]:
    own = set(marked.checks)
    lines = [
        CheckLine(check_id, FOUND, _seen(key, attempt, check_id)) if check_id in own else CheckLine(check_id, MISSED)
        for check_id in _ordered(case, set(key.checks))
    ]
    return (*lines, *(CheckLine(check_id, TOO_MUCH) for check_id in _ordered(case, set(marked.too_much))))


def _seen(key: Key, attempt: Attempt, check_id: str) -> int | None:
    own, right = attempt.evidence.get(check_id, ()), key.evidence.get(check_id, ())
    return overlap(own, right) if own and right else None


def _answer_lines(case: Case, key: Key, attempt: Attempt) -> tuple[AnswerLine, ...]:
    """Answers that differ in what they say: no, and left open, say the same of a check that is no trigger of others."""
    lines = []
    for check_id in _ordered(case, {*key.answers, *attempt.answers}):
        own, right = attempt.answers.get(check_id), key.answers.get(check_id)
        if own is not right and not {own, right} <= {None, Answer.NO}:
            lines.append(AnswerLine(check_id, own, right))
    return tuple(lines)


def _ordered(case: Case, check_ids: set[str]) -> list[str]:
    """In catalog order; what the catalog does not know comes last."""
    known = case.catalog.check_by_id
    return sorted(check_ids, key=lambda each: (known[each].order if each in known else len(known), each))
