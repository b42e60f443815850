"""The heart: what the answers about an ad mean in every market it targets (DESIGN 3)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from enum import StrEnum
from itertools import product
from operator import itemgetter

from msgspec import Struct

from modtui.domain.ads import Ad
from modtui.domain.cases import Answers as Answers
from modtui.domain.cases import Case as Case
from modtui.domain.cases import Weighed, weighed
from modtui.domain.cases import row_is_exempt as row_is_exempt
from modtui.domain.catalog import Catalog
from modtui.domain.clause_values import Clause, State
from modtui.domain.clauses import Cause
from modtui.domain.grid import Band, Grid
from modtui.domain.policies import Answer, Check, Escalation

MOST_UNSURE_COMBINED = 6
"Up to so many unsure answers are worked out in every combination; beyond it, in those that matter most."


class Outcome(StrEnum):
    """What is decided of an ad."""

    APPROVE = "approve"
    APPROVE_LIMITED = "approve_limited"
    REJECT = "reject"
    REQUEST_INFO = "request_info"
    ESCALATE = "escalate"

    @property
    def is_approving(self) -> bool:
        return self in (Outcome.APPROVE, Outcome.APPROVE_LIMITED)


class Cell(Struct, frozen=True):
    """One market and one age range: its state and every reason for it, the deciding one first."""

    market: str
    band: Band
    state: State
    causes: tuple[Cause, ...] = ()

    @property
    def deciding(self) -> Cause | None:
        return self.causes[0] if self.causes else None

    def texts(self, state: State) -> tuple[str, ...]:
        """The labels, limits, documents or fixes that hold here, each once."""
        return tuple(dict.fromkeys(cause.text for cause in self.causes if cause.state is state and cause.text))


class Remark(Struct, frozen=True):
    """Something a yes says without touching a cell: a quality mark, an announced row, a row nobody has verified."""

    check_id: str
    clause: Clause
    markets: tuple[str, ...]


class Ruling(Struct, frozen=True):
    """The state of every cell, the outcome that follows, and what else the answers brought up."""

    outcome: Outcome
    cells: tuple[Cell, ...]
    grid: Grid
    findings: tuple[str, ...]
    "Ids of the checks answered yes, by the reviewer or by a fact that means something here, in catalog order."
    unsure: tuple[str, ...] = ()
    "Checks whose *unsure* changes some cell, so that someone must answer them."
    escalations: tuple[tuple[str, Escalation], ...] = ()
    "Check id and class of what escalates whatever the outcome; offered ones are not in here."
    offered: tuple[tuple[str, Escalation], ...] = ()
    remarks: tuple[Remark, ...] = ()

    @property
    def states(self) -> tuple[State, ...]:
        return tuple(cell.state for cell in self.cells)

    @property
    def deciding(self) -> Cause | None:
        """The first reason of the strongest cell."""
        return max(self.cells, key=lambda cell: cell.state).deciding


def rule(ad: Ad, catalog: Catalog, answers: Answers, as_of: str) -> Ruling:
    """What the answers mean for the ad on a day (ISO date): pure, and blind to the order of the answers."""
    return rule_case(Case(ad, catalog, as_of), answers)


def rule_case(case: Case, answers: Answers) -> Ruling:
    """`rule` for a case at hand."""
    given = {check_id: answer for check_id, answer in answers.items() if check_id in case.catalog.check_by_id}
    findings = _findings(case, given)
    cells = tuple(_cells(case, given, findings))
    unsure = _unsure_that_matters(case, given)
    escalations = [(check.id, check.escalation) for check in findings if check.escalation and case.binds(check)]
    return Ruling(
        outcome=Outcome.ESCALATE if unsure else _outcome(case, cells),
        cells=cells,
        grid=case.grid,
        findings=tuple(check.id for check in findings),
        unsure=unsure,
        escalations=tuple((check_id, kind) for check_id, kind in escalations if not kind.offered),
        offered=tuple((check_id, kind) for check_id, kind in escalations if kind.offered),
        remarks=tuple(Remark(check.id, row, markets) for check in findings for row, markets in case.remarked(check)),
    )


def outcome_of(states: Iterable[State]) -> Outcome:
    """The outcome that follows from the states of all cells (DESIGN 3.5)."""
    present = set(states)
    if present == {State.CUT}:
        return Outcome.REJECT
    if present <= {State.HELD, State.CUT}:
        return Outcome.REQUEST_INFO
    if present <= {State.ALLOWED, State.LABELLED}:
        return Outcome.APPROVE
    return Outcome.APPROVE_LIMITED


def _outcome(case: Case, cells: tuple[Cell, ...]) -> Outcome:
    outcome = outcome_of(cell.state for cell in cells)
    return Outcome.REJECT if outcome is Outcome.APPROVE_LIMITED and _goes_back_whole(case, cells) else outcome


def _goes_back_whole(case: Case, cells: tuple[Cell, ...]) -> bool:
    """Whether a policy that cut some cell, and says how to mend it, wants fixable ads returned instead of limited."""
    fixable = {cause.check_id for cell in cells for cause in cell.causes if cause.state is State.CUT and cause.text}
    checks = (case.catalog.check_by_id[check_id] for check_id in fixable)
    return any(case.catalog.policy_of(check).on_partial == "return" for check in checks)


def _findings(case: Case, answers: Answers) -> tuple[Check, ...]:
    """The checks answered yes, by the reviewer or by a fact, and asked, in catalog order."""
    known = case.catalog.check_by_id
    yes = [known[check_id] for check_id, answer in answers.items() if answer is Answer.YES]
    yes += [check for check in case.yes_by_fact if check.id not in answers]
    needs = {
        child.id: child
        for check in yes
        for child in case.catalog.children_of.get(check.id, ())
        if child.need is not None and child.id not in answers and case.fact(child) is Answer.YES
    }
    found = (check for check in (*yes, *needs.values()) if not check.is_exemption and case.is_asked(check, answers))
    return tuple(sorted(found, key=lambda check: check.order))


def _cells(case: Case, answers: Answers, findings: tuple[Check, ...]) -> Iterator[Cell]:
    bands = case.grid.bands
    for market in case.grid.markets:
        in_all: list[Weighed] = []
        by_band: list[list[Weighed]] = [[] for _ in bands]
        for check in findings:
            if check.need is not None:
                in_all += (weighed(check, cause) for cause in case.need_causes(check, answers, market))
                continue
            for row, causes_in in case.reach(check, market):
                if not (row.unless and row_is_exempt(row, case, answers)):
                    for causes, more in zip(by_band, causes_in, strict=True):
                        causes += more
        for band, causes in zip(bands, by_band, strict=True):
            causes += in_all
            if not causes:
                yield Cell(market, band, State.ALLOWED)
                continue
            if len(causes) > 1:
                causes.sort(key=itemgetter(0))
            yield Cell(market, band, causes[0][1].state, tuple([cause for _, cause in causes]))


def _unsure_that_matters(case: Case, answers: Answers) -> tuple[str, ...]:
    """The unsure checks that some cell hangs on, in some way in which all the unsure ones may turn out."""
    known = case.catalog.check_by_id
    unsure = sorted(
        (check_id for check_id, answer in answers.items() if answer is Answer.UNSURE),
        key=lambda each: known[each].order,
    )
    if not unsure:
        return ()
    seen: dict[tuple[Answer, ...], object] = {}

    def effects(turns: tuple[Answer, ...]) -> object:
        if turns not in seen:
            seen[turns] = _effects(case, {**answers, **dict(zip(unsure, turns, strict=True))})
        return seen[turns]

    matters: list[str] = []
    for place, check_id in enumerate(unsure):
        for turns in _turns([known[each] for each in unsure]):
            no, yes = ((*turns[:place], answer, *turns[place + 1 :]) for answer in (Answer.NO, Answer.YES))
            if effects(no) != effects(yes):
                matters.append(check_id)
                break
    return tuple(matters)


def _turns(unsure: list[Check]) -> Iterator[tuple[Answer, ...]]:
    """How the unsure checks may turn out together: all to no, all to yes, as bad as can be, and the rest while few."""
    yield (Answer.NO,) * len(unsure)
    yield (Answer.YES,) * len(unsure)
    yield tuple(Answer.NO if check.is_exemption else Answer.YES for check in unsure)
    if len(unsure) <= MOST_UNSURE_COMBINED:
        yield from product((Answer.NO, Answer.YES), repeat=len(unsure))


def _effects(case: Case, answers: Answers) -> tuple[object, ...]:
    """What unsure is compared by: each cell's state with its labels, limits and documents, the outcome, what escalates.

    A cut cell is only cut: what else would hold there reaches nobody.
    """
    findings = _findings(case, answers)
    cells = tuple(_cells(case, answers, findings))
    looks = tuple(
        cell.state
        if cell.state in (State.CUT, State.ALLOWED)
        else (cell.state, *(frozenset(cell.texts(state)) for state in (State.LABELLED, State.LIMITED, State.HELD)))
        for cell in cells
    )
    escalating = (check.id for check in findings if check.escalation and not check.escalation.offered)
    return (
        looks,
        _outcome(case, cells),
        tuple(check_id for check_id in escalating if case.binds(case.catalog.check_by_id[check_id])),
    )
