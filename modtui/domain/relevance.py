"""Which checks stand beside an ad, in which order, and which of them must be answered before an approval."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec import Struct

from modtui.domain.cues import CueIndex, Hit, ad_hits, is_of_industry, lit_root
from modtui.domain.limit_signals import limit_hits
from modtui.domain.policies import Check, Policy, Severity
from modtui.domain.rulings import Answers, Case

LIT, INDUSTRY, UNIVERSAL = "lit", "industry", "universal"
"The places of a line, in their order."


class Line(Struct, frozen=True):
    """A check beside the ad, where it stands, and what on the ad points at it."""

    check: Check
    place: str
    hits: tuple[Hit, ...] = ()

    @property
    def is_lit(self) -> bool:
        return self.place == LIT


class Worksheet(Struct, frozen=True):
    """The checks that apply to one ad before any is answered. Children come with their parent's answer."""

    lines: tuple[Line, ...]
    elsewhere: int
    "How many checks of the catalog are not here: a keystroke away, or about other markets."
    hits: tuple[Hit, ...] = ()
    "Every pointer, also those to children that are not asked yet."
    lit_ids: frozenset[str] = frozenset()
    "The lit lines, and the children that something on the ad points at."
    blocking: tuple[Check, ...] = ()
    "What must be answered before an approving outcome, when it is asked: in catalog order."

    @property
    def lit(self) -> tuple[Line, ...]:
        return tuple(line for line in self.lines if line.is_lit)

    def hits_on(self, check_id: str) -> tuple[Hit, ...]:
        return tuple(hit for hit in self.hits if hit.check_id == check_id)


def worksheet(case: Case, index: CueIndex, signals: Iterable[Hit] = ()) -> Worksheet:
    """The checks for an ad: lit ones, then its industry's, then universal ones, each in catalog order (DESIGN 3.1)."""
    catalog = case.catalog
    hits = tuple(hit for hit in ad_hits(index, case.ad, signals) if case.can_apply(catalog.check_by_id[hit.check_id]))
    hits += tuple(limit_hits(case, hits))
    hits_of: dict[str, list[Hit]] = {}
    for hit in (*hits, *_fact_hits(case)):
        hits_of.setdefault(lit_root(catalog.check_by_id[hit.check_id], catalog).id, []).append(hit)
    lines: dict[str, list[Line]] = {LIT: [], INDUSTRY: [], UNIVERSAL: []}
    for policy in catalog.policies:
        unlit = _place_by_industry(policy, case.ad.industry)
        for check in policy.checks:
            if check.when or not case.is_asked(check, {}):
                continue
            place = LIT if check.id in hits_of else unlit
            if check.cues.industries and place != LIT and is_of_industry(check.cues, case.ad.industry):
                place = INDUSTRY
            if place and case.can_apply(check):
                lines[place].append(Line(check, place, tuple(hits_of.get(check.id, ()))))
    ordered = (*lines[LIT], *lines[INDUSTRY], *lines[UNIVERSAL])
    children = (hit.check_id for hit in hits if catalog.check_by_id[hit.check_id].when)
    lit_ids = frozenset((*(line.check.id for line in lines[LIT]), *children))
    return Worksheet(ordered, len(catalog.checks) - len(ordered), hits, lit_ids, _blocking(case, lit_ids))


def _blocking(case: Case, lit_ids: frozenset[str]) -> tuple[Check, ...]:
    known = case.catalog.check_by_id
    lit = (check for check in map(known.__getitem__, lit_ids) if check.severity >= Severity.HIGH)
    found = {check.id: check for check in (*lit, *case.catalog.required_children) if case.binds(check)}
    return tuple(sorted(found.values(), key=lambda check: check.order))


def _fact_hits(case: Case) -> Iterator[Hit]:
    """Facts light the check they answer yes; a child's fact says nothing before its parent is answered."""
    for check in case.yes_by_fact:
        if check.facts is not None and not check.when:
            tests = ", ".join(f"{test.field} {test.operator} {test.value}".strip() for test in check.facts.tests)
            yield Hit(check.id, "fact", tests)


def _place_by_industry(policy: Policy, industry: str | None) -> str | None:
    """Where the checks of a policy stand that nothing points at; None for policies about other industries."""
    if is_of_industry(policy.cues, industry):
        return INDUSTRY
    return UNIVERSAL if policy.is_universal else None


def can_apply(case: Case, check: Check) -> bool:
    """Whether a yes, or what it leads on to, could mean anything in a market the ad targets."""
    return case.can_apply(check)


def children(case: Case, parent: Check, answers: Answers) -> tuple[Check, ...]:
    """The checks that the answers so far have the parent ask, needs among them, in catalog order."""
    offspring = case.catalog.children_of.get(parent.id, ())
    return tuple(check for check in offspring if case.is_asked(check, answers) and case.can_apply(check))


def unanswered_before_approval(case: Case, sheet: Worksheet, answers: Answers) -> tuple[Check, ...]:
    """What stands in the way of an approving outcome: open checks that are lit and high or critical, or required.

    A fact's answer counts as an answer (DESIGN 3.3).
    """
    return tuple(
        check
        for check in sheet.blocking
        if case.answer(check, answers) is None and case.is_asked(check, answers) and case.can_apply(check)
    )
