"""Which checks stand beside an ad, in which order, and which of them must be answered before an approval."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from modtui.domain.clauses import rows_that_inform
from modtui.domain.cues import CueIndex, Hit, ad_hits, is_of_industry, lit_root
from modtui.domain.policies import Answer, Check, Policy, Severity
from modtui.domain.rulings import Answers, Case

LIT, INDUSTRY, UNIVERSAL = "lit", "industry", "universal"
"The places of a line, in their order."


@dataclass(frozen=True, slots=True)
class Line:
    """A check beside the ad, where it stands, and what on the ad points at it."""

    check: Check
    place: str
    hits: tuple[Hit, ...] = ()

    @property
    def is_lit(self) -> bool:
        return self.place == LIT


@dataclass(frozen=True, slots=True)
class Worksheet:
    """The checks that apply to one ad before any is answered. Children come with their parent's answer."""

    lines: tuple[Line, ...]
    elsewhere: int
    "How many checks of the catalog are not here: a keystroke away, or about other markets."
    hits: tuple[Hit, ...] = ()
    "Every pointer, also those to children that are not asked yet."

    @property
    def lit(self) -> tuple[Line, ...]:
        return tuple(line for line in self.lines if line.is_lit)


def worksheet(case: Case, index: CueIndex, signals: Iterable[Hit] = ()) -> Worksheet:
    """The checks for an ad: lit ones, then its industry's, then universal ones, each in catalog order (DESIGN 3.1)."""
    hits = ad_hits(index, case.ad, signals)
    hits_of: dict[str, list[Hit]] = {}
    for hit in (*hits, *_fact_hits(case)):
        check = case.catalog.check_by_id[hit.check_id]
        shown = check if case.is_asked(check, {}) else lit_root(check, case.catalog)
        hits_of.setdefault(shown.id, []).append(hit)
    lines: dict[str, list[Line]] = {LIT: [], INDUSTRY: [], UNIVERSAL: []}
    for policy in case.catalog.policies:
        for check in policy.checks:
            place = _place(case, policy, check, hits_of)
            if place and case.is_asked(check, {}) and can_apply(case, check):
                lines[place].append(Line(check, place, tuple(hits_of.get(check.id, ()))))
    ordered = (*lines[LIT], *lines[INDUSTRY], *lines[UNIVERSAL])
    return Worksheet(ordered, len(case.catalog.checks) - len(ordered), hits)


def _fact_hits(case: Case) -> Iterator[Hit]:
    for check in case.catalog.checks:
        if check.facts is not None and case.fact(check) is Answer.YES:
            tests = ", ".join(f"{test.field} {test.operator} {test.value}".strip() for test in check.facts.tests)
            yield Hit(check.id, "fact", tests)


def _place(case: Case, policy: Policy, check: Check, hits_of: dict[str, list[Hit]]) -> str | None:
    if check.id in hits_of:
        return LIT
    if is_of_industry(policy.cues, case.ad.industry):
        return INDUSTRY
    return UNIVERSAL if policy.is_universal else None


def can_apply(case: Case, check: Check) -> bool:
    """Whether a yes, or what it leads on to, could mean anything in a market the ad targets.

    A check without rows is a trigger, and can.
    """
    if not (check.clauses or check.markets):
        return True
    reaches_a_market = any(
        case.rows(check, market) or any(rows_that_inform(check, market, case.catalog, case.as_of))
        for market in case.grid.markets
    )
    return reaches_a_market or any(can_apply(case, child) for child in case.catalog.children_of.get(check.id, ()))


def children(case: Case, parent: Check, answers: Answers) -> tuple[Check, ...]:
    """The checks that the answers so far have the parent ask, needs among them, in catalog order."""
    return tuple(
        check
        for check in case.catalog.checks
        if any(parent_id == parent.id for parent_id, _ in check.when)
        and case.is_asked(check, answers)
        and (check.need is not None or can_apply(case, check))
    )


def unanswered_before_approval(case: Case, sheet: Worksheet, answers: Answers) -> tuple[Check, ...]:
    """What stands in the way of an approving outcome: open checks that are lit and high or critical, or required.

    A fact's answer counts as an answer (DESIGN 3.3).
    """
    lit = {line.check.id for line in sheet.lines if line.is_lit}
    return tuple(
        check
        for check in case.catalog.checks
        if ((_must_answer_when_lit(check) and check.id in lit) or _is_required(check))
        and case.is_asked(check, answers)
        and (check.need is not None or can_apply(case, check))
        and case.answer(check, answers) is None
    )


def _must_answer_when_lit(check: Check) -> bool:
    return check.severity >= Severity.HIGH


def _is_required(check: Check) -> bool:
    return bool(check.when) and check.required
