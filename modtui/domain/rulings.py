"""The heart: what the answers about an ad mean in every market it targets (DESIGN 3)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from modtui.domain.ads import Ad
from modtui.domain.clauses import MARKS_THE_AD, Cause, causes_of, need_cause, rows_in_force, rows_that_inform
from modtui.domain.facts import check_fact, need_is_missing
from modtui.domain.grid import Band, Grid, grid_of
from modtui.domain.policies import Answer, Catalog, Check, Clause, Escalation, State

Answers = Mapping[str, Answer]
"Check id to the reviewer's answer; an open check is absent."


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


@dataclass(frozen=True, slots=True)
class Cell:
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


@dataclass(frozen=True, slots=True)
class Remark:
    """Something a yes says without touching a cell: a quality mark, an announced row, a row nobody has verified."""

    check_id: str
    clause: Clause
    markets: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Ruling:
    """The state of every cell, the outcome that follows, and what else the answers brought up."""

    outcome: Outcome
    cells: tuple[Cell, ...]
    grid: Grid
    findings: tuple[str, ...]
    "Ids of the checks answered yes, by the reviewer or by a fact, in catalog order."
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


@dataclass(slots=True)
class Case:
    """An ad under a catalog on a day, with what does not change while its checks are answered, worked out once."""

    ad: Ad
    catalog: Catalog
    as_of: str
    "ISO date."
    grid: Grid = field(init=False)
    _facts: dict[str, Answer | None] = field(default_factory=dict)
    _rows: dict[tuple[str, str], tuple[Clause, ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.grid = grid_of(self.ad, self.catalog)

    def rows(self, check: Check, market: str) -> tuple[Clause, ...]:
        key = (check.id, market)
        if key not in self._rows:
            self._rows[key] = rows_in_force(check, market, self.catalog, self.as_of)
        return self._rows[key]

    def need_markets(self, check: Check) -> tuple[str, ...]:
        """The targeted markets in which the row that asks for a need is in force."""
        assert check.need is not None
        parent = self.catalog.check_by_id[check.when[0][0]]
        return tuple(market for market in self.grid.markets if self._need_row(check, parent, market) is not None)

    def _need_row(self, check: Check, parent: Check, market: str) -> Clause | None:
        rows = self.rows(parent, market)
        return next((row for row in rows if any(need.id == check.id for need in row.needs)), None)

    def fact(self, check: Check) -> Answer | None:
        """What the ad's data answers, or None."""
        if check.facts is None and check.need is None:
            return None
        if check.id not in self._facts:
            markets = self.need_markets(check) if check.need else self.grid.markets
            self._facts[check.id] = check_fact(check, self.ad, self.catalog, markets, self.as_of)
        return self._facts[check.id]

    def answer(self, check: Check, answers: Answers) -> Answer | None:
        """The real answer: the reviewer's, or else the fact's."""
        return answers.get(check.id) or self.fact(check)

    def is_asked(self, check: Check, answers: Answers) -> bool:
        """Whether the check is put at all: its policy holds today and every `when` is met by a real answer."""
        policy = self.catalog.policy_of(check)
        if (policy.effective or "") > self.as_of or (policy.sunset is not None and policy.sunset < self.as_of):
            return False
        if check.need is not None and not self.need_markets(check):
            return False
        for parent_id, wanted in check.when:
            parent = self.catalog.check_by_id[parent_id]
            if self.answer(parent, answers) is not wanted or not self.is_asked(parent, answers):
                return False
        return True

    def need_causes(self, check: Check, answers: Answers, market: str) -> Iterator[Cause]:
        """What a missing need does in one market. A fact tells markets apart; a reviewer's yes means all of them."""
        parent = self.catalog.check_by_id[check.when[0][0]]
        row = self._need_row(check, parent, market)
        assert check.need is not None
        if row is None or row_is_exempt(row, self, answers):
            return
        by_fact = check.id not in answers
        if by_fact and not need_is_missing(check.need, market, self.ad, self.catalog.compile_pattern, self.as_of):
            return
        yield need_cause(check, row)


def row_is_exempt(row: Clause, case: Case, answers: Answers) -> bool:
    """Whether an exemption the row allows is answered yes."""
    exemptions = (case.catalog.check_by_id[check_id] for check_id in row.unless)
    return any(case.answer(check, answers) is Answer.YES and case.is_asked(check, answers) for check in exemptions)


def rule(ad: Ad, catalog: Catalog, answers: Answers, as_of: str) -> Ruling:
    """What the answers mean for the ad on a day (ISO date): pure, and blind to the order of the answers."""
    return rule_case(Case(ad, catalog, as_of), answers)


def rule_case(case: Case, answers: Answers) -> Ruling:
    """`rule` for a case at hand."""
    given = {check_id: answer for check_id, answer in answers.items() if check_id in case.catalog.check_by_id}
    findings = tuple(_findings(case, given))
    cells = tuple(_cells(case, given, findings))
    unsure = tuple(_unsure_that_matters(case, given))
    escalations = [(check.id, check.escalation) for check in findings if check.escalation]
    return Ruling(
        outcome=Outcome.ESCALATE if unsure else _outcome(case, cells),
        cells=cells,
        grid=case.grid,
        findings=tuple(check.id for check in findings),
        unsure=unsure,
        escalations=tuple((check_id, kind) for check_id, kind in escalations if not kind.offered),
        offered=tuple((check_id, kind) for check_id, kind in escalations if kind.offered),
        remarks=tuple(_remarks(case, findings)),
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
    """Whether a policy that cut some cell wants fixable ads returned instead of limited."""
    cutting = {cause.check_id for cell in cells for cause in cell.causes if cause.state is State.CUT}
    checks = (case.catalog.check_by_id[check_id] for check_id in cutting)
    return any(case.catalog.policy_of(check).on_partial == "return" for check in checks)


def _with_unsure_as(answers: Answers, answer: Answer) -> dict[str, Answer]:
    return {check_id: answer if given is Answer.UNSURE else given for check_id, given in answers.items()}


def _findings(case: Case, answers: Answers) -> Iterator[Check]:
    for check in case.catalog.checks:
        if (
            not check.is_exemption
            and case.answer(check, answers) is Answer.YES
            and case.is_asked(check, answers)
        ):  # fmt: skip
            yield check


def _cells(case: Case, answers: Answers, findings: tuple[Check, ...]) -> Iterator[Cell]:
    for market in case.grid.markets:
        reaching = [(check, *_reach(case, answers, check, market)) for check in findings]
        for band in case.grid.bands:
            causes = [cause for _, _, needs in reaching for cause in needs]
            for check, rows, _ in reaching:
                for row in rows:
                    causes += causes_of(check, row, band, case.ad)
            causes.sort(key=lambda cause: _weight(case.catalog, cause))
            yield Cell(market, band, causes[0].state if causes else State.ALLOWED, tuple(causes))


def _reach(case: Case, answers: Answers, check: Check, market: str) -> tuple[list[Clause], list[Cause]]:
    """The rows by which a finding reaches a market, and, for a need, what its lack does there."""
    if check.need is not None:
        return [], list(case.need_causes(check, answers, market))
    return [row for row in case.rows(check, market) if not row_is_exempt(row, case, answers)], []


def _weight(catalog: Catalog, cause: Cause) -> tuple[int, int, int, int]:
    """Sorts the deciding cause first: by state, severity, basis (law, code, platform), then catalog order."""
    check = catalog.check_by_id[cause.check_id]
    return (-cause.state, -check.severity, cause.clause.basis, check.order)


def _unsure_that_matters(case: Case, answers: Answers) -> Iterator[str]:
    """The unsure checks that some cell hangs on, whichever way the other unsure ones turn out."""
    unsure = [check_id for check_id, answer in answers.items() if answer is Answer.UNSURE]
    if not unsure:
        return
    for check_id in sorted(unsure, key=lambda each: case.catalog.check_by_id[each].order):
        for others in (Answer.NO, Answer.YES):
            rest = _with_unsure_as(answers, others)
            if _effects(case, {**rest, check_id: Answer.NO}) != _effects(case, {**rest, check_id: Answer.YES}):
                yield check_id
                break


def _effects(case: Case, answers: Answers) -> tuple[object, ...]:
    """What unsure is compared by: the state of each cell with its labels, limits and documents, and what escalates."""
    findings = tuple(_findings(case, answers))
    cells = tuple(
        (cell.state, *(frozenset(cell.texts(state)) for state in (State.LABELLED, State.LIMITED, State.HELD)))
        for cell in _cells(case, answers, findings)
    )
    return (cells, tuple(check.id for check in findings if check.escalation and not check.escalation.offered))


def _remarks(case: Case, findings: tuple[Check, ...]) -> Iterator[Remark]:
    for check in findings:
        markets_of: dict[Clause, list[str]] = {}
        for market in case.grid.markets:
            marking = (row for row in case.rows(check, market) if row.effect in MARKS_THE_AD)
            informing = rows_that_inform(check, market, case.catalog, case.as_of)
            for row in dict.fromkeys((*marking, *informing)):
                markets_of.setdefault(row, []).append(market)
        for row, markets in markets_of.items():
            yield Remark(check.id, row, tuple(markets))
