"""What a new version of a catalog may change about decisions made under an old one: which checks, and for whom."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cached_property

from msgspec.structs import replace

from modtui.domain.catalog import Catalog
from modtui.domain.clause_values import Clause, Need, State
from modtui.domain.clauses import binding, is_announced, is_gone
from modtui.domain.cues import CueIndex, CueTable, lit_root
from modtui.domain.policies import Answer, Check, Cues, Policy

_NO_WORD = re.compile(r"[\W_]+")
_BY_DATA = ("certificate", "number", "text", "audience_share")
"The kinds of need that an ad's data may answer."


class Touched:
    """Two catalogs held against each other once, for any number of decisions made under the old one."""

    def __init__(self, old: Catalog, new: Catalog, as_of: str | None = None) -> None:
        """`as_of` is the day by which all decisions are ruled anew; None for the day of each."""
        self.old, self.new, self.as_of = old, new, as_of
        self.is_same = as_of is None and bool(new.hash) and old.hash == new.hash
        "Whether it is one catalog, which decides as it did."
        self.is_whole = not self.is_same and old.market_groups != new.market_groups
        "Whether groups of markets differ, so that any decision may come out otherwise."

    @cached_property
    def ruled(self) -> frozenset[str]:
        """The checks, of either catalog, that mean something else now: rows, facts, conditions, dates."""
        if self.is_same:
            return frozenset()
        before = {check.id: _meaning(check, self.old.policy_of(check)) for check in self.old.checks}
        now = {check.id: _meaning(check, self.new.policy_of(check)) for check in self.new.checks}
        other = {check_id for check_id in (*before, *now) if before.get(check_id) != now.get(check_id)}
        dated = {check.id for check in self.new.checks if _is_dated(check, self.new.policy_of(check))}
        return frozenset(other | dated if self.as_of else other)

    @cached_property
    def only_rows(self) -> frozenset[str]:
        """Those of them that differ in what a yes does and in nothing else, so that a no is a no as before."""
        before = {check.id: _logic(check, self.old.policy_of(check)) for check in self.old.checks}
        now = {check.id: _logic(check, self.new.policy_of(check)) for check in self.new.checks}
        alike = {check_id for check_id in self.ruled if check_id in now and before.get(check_id) == now[check_id]}
        if self.as_of:
            alike -= {check.id for check in self.new.checks if check.need or self.new.policy_of(check).effective}
            alike -= {check.id for check in self.new.checks if self.new.policy_of(check).sunset}
        return frozenset(alike)

    @cached_property
    def asked_anew(self) -> Mapping[str, Check]:
        """The checks of the new catalog whose question the old one did not put, in catalog order."""
        if self.is_same:
            return {}
        before = {check.id: _question(check) for check in self.old.checks}
        return {check.id: check for check in self.new.checks if before.get(check.id) != _question(check)}

    @cached_property
    def new_roots(self) -> tuple[Check, ...]:
        """Those of them that are put without a parent's answer."""
        return tuple(check for check in self.asked_anew.values() if not check.when)

    @cached_property
    def new_children(self) -> tuple[Check, ...]:
        return tuple(check for check in self.asked_anew.values() if check.when)

    @cached_property
    def refacted(self) -> tuple[Check, ...]:
        """The checks of the new catalog that the ad's data may answer otherwise than it did."""
        known = self.old.check_by_id
        return tuple(
            check
            for check in self.new.checks_with_facts
            if self.is_whole or check.id not in known or known[check.id].facts != check.facts
        )

    @cached_property
    def refacted_ids(self) -> frozenset[str]:
        return frozenset(check.id for check in self.refacted)

    @cached_property
    def clause_hashes(self) -> frozenset[str]:
        return frozenset(clause.hash for clause in self.new.clauses)

    @cached_property
    def newly_answered(self) -> frozenset[str]:
        """The checks, needs among them, that the ad's data may answer otherwise than it did."""
        needs = (check.id for check in self.new.checks if check.need is not None and check.need.kind in _BY_DATA)
        return self.refacted_ids | {check_id for check_id in needs if self.is_whole or check_id in self.ruled}

    @cached_property
    def reclaused(self) -> frozenset[str]:
        """The checks of the old catalog of which some row may not hold any more where it did."""
        if self.is_same:
            return frozenset()
        if self.is_whole:
            return frozenset(self.old.check_by_id)
        now = {check.id: _hashes(check) for check in self.new.checks}
        return self.ruled | {check.id for check in self.old.checks if _hashes(check) != now.get(check.id)}

    @cached_property
    def with_data_needs(self) -> frozenset[str]:
        """The checks of which a yes asks for something that the ad's data may have."""
        return frozenset(
            check.when[0][0] for check in self.new.checks if check.need is not None and check.need.kind in _BY_DATA
        )

    @cached_property
    def cues(self) -> CueIndex | None:
        """The cues that light a check asked anew, itself or through its children, and no others."""
        wanted = set(self.asked_anew)
        policies = tuple(_with_cues_of(policy, self.new, wanted) for policy in self.new.policies)
        table = CueTable.of(replace(self.new, policies=policies))
        found = (table.phrases, table.unspaced, table.patterns, table.anchored, table.flags, table.signals)
        return CueIndex(table, self.new.compile_pattern) if any(found) else None

    def depends_on_new(self, check: Check) -> bool:
        """Whether a check is asked anew, or only after one that is."""
        known = self.new.check_by_id
        return check.id in self.asked_anew or any(self.depends_on_new(known[parent]) for parent, _ in check.when)

    def carried_over(self, answers: Mapping[str, Answer]) -> tuple[dict[str, Answer], tuple[str, ...]]:
        """The answers that answer the same question still, and the ids of the checks for which they do not."""
        known, anew = self.new.check_by_id, self.asked_anew
        kept = {check_id: answer for check_id, answer in answers.items() if check_id in known and check_id not in anew}
        return kept, tuple(check_id for check_id in answers if check_id not in kept)


def applying_anywhere(catalog: Catalog, as_of: str) -> frozenset[str]:
    """Checks of which a yes means something wherever an ad goes: their own row holds where no other one does."""
    found: dict[str, bool] = {}

    def applies(check: Check) -> bool:
        if check.id not in found:
            policy = catalog.policy_of(check)
            children = catalog.children_of.get(check.id, ())
            is_trigger = not (check.clauses or check.markets or children)
            found[check.id] = not (check.need or check.is_exemption or is_gone(policy, as_of)) and bool(
                (not is_announced(policy, as_of) and binding(check.clauses, as_of))
                or check.escalation
                or is_trigger
                or any(map(applies, children))
            )
        return found[check.id]

    return frozenset(check.id for check in catalog.checks if applies(check))


def _meaning(check: Check, policy: Policy) -> tuple[object, ...]:
    """What of a check a ruling depends on. Who looks after a row, and its source, are not of it."""
    return (
        tuple(map(_bare, check.clauses)),
        {market: tuple(map(_bare, rows)) for market, rows in check.markets.items()},
        check.facts,
        check.when,
        check.escalation,
        check.fix,
        check.is_exemption,
        check.need and replace(check.need, ask=""),
        policy.effective,
        policy.sunset,
        policy.on_partial,
    )


def _logic(check: Check, policy: Policy) -> tuple[object, ...]:
    """By what a check is asked and answered."""
    return check.facts, check.when, check.is_exemption, _thing(check), policy.effective, policy.sunset


def _thing(check: Check) -> Need | None:
    """What a need says may be missing, without what it does then and how it is worded."""
    return check.need and replace(check.need, ask="", fix="", missing=State.CUT, required=True)


def _bare(row: Clause) -> Clause:
    needs = tuple(replace(need, ask="") for need in row.needs)
    return replace(row, needs=needs, hash="", ref="", owner="", review_by=None)


def _question(check: Check) -> tuple[str, Need | None]:
    """What a check asks: its words without case and punctuation, and of a need the thing that may be missing."""
    return _NO_WORD.sub(" ", check.ask.casefold()).strip(), _thing(check)


def _hashes(check: Check) -> frozenset[tuple[str, str]]:
    rows = (*check.clauses, *(row for rows in check.markets.values() for row in rows))
    return frozenset((row.market, row.hash) for row in rows)


def _is_dated(check: Check, policy: Policy) -> bool:
    """Whether what a check does depends on the day."""
    rows = [*check.clauses, *(row for rows in check.markets.values() for row in rows)]
    needs = (check.need, *(need for row in rows for need in row.needs))
    return bool(
        policy.effective
        or policy.sunset
        or any(row.effective or row.sunset for row in rows)
        or any(need is not None and need.kind == "certificate" for need in needs)
    )


def _with_cues_of(policy: Policy, catalog: Catalog, wanted: set[str]) -> Policy:
    """The policy with the cues of the wanted checks only, and of those that light them."""
    first = next((check for check in policy.checks if check.need is None), None)
    is_first_wanted = first is not None and _lights(first, catalog, wanted)
    checks = tuple(check if _lights(check, catalog, wanted) else replace(check, cues=Cues()) for check in policy.checks)
    return replace(policy, cues=policy.cues if is_first_wanted else Cues(), checks=checks)


def _lights(check: Check, catalog: Catalog, wanted: set[str]) -> bool:
    return any(each in wanted for each in _lit_by(check, catalog))


def _lit_by(check: Check, catalog: Catalog) -> Iterator[str]:
    """What a cue of the check lights: itself, and the root that stands for it."""
    yield check.id
    yield lit_root(check, catalog).id
