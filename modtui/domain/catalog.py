"""The whole catalog at one version, and its checks, rows and markets by what they are looked for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Any

from msgspec import Struct

from modtui.domain.clause_values import DEFAULT_MARKET, Clause
from modtui.domain.patterns import Compile, compile_with_re
from modtui.domain.policies import Check, Policy, Severity


class Catalog(Struct, frozen=True, dict=True):
    """The whole of `policies.yaml` at one version."""

    id: str
    version: str
    title: str
    effective: str | None
    market_groups: Mapping[str, tuple[str, ...]]
    routes: Mapping[str, str]
    policies: tuple[Policy, ...]
    briefings: tuple[Mapping[str, Any], ...] = ()
    hash: str = ""
    "SHA-256, in hex, of the canonical JSON of the catalog document."
    compile_pattern: Compile = compile_with_re
    "How the catalog's patterns are compiled; called again and again with the same source, so it keeps what it made."

    @cached_property
    def checks(self) -> tuple[Check, ...]:
        return tuple(check for policy in self.policies for check in policy.checks)

    @cached_property
    def check_by_id(self) -> Mapping[str, Check]:
        return {check.id: check for check in self.checks}

    @cached_property
    def check_by_key(self) -> Mapping[str, Check]:
        return {check.key: check for check in self.checks if check.key}

    @cached_property
    def policy_by_id(self) -> Mapping[str, Policy]:
        return {policy.id: policy for policy in self.policies}

    @cached_property
    def children_of(self) -> Mapping[str, tuple[Check, ...]]:
        """Check to the checks whose `when` names it, needs among them, in catalog order."""
        found: dict[str, dict[str, Check]] = {}
        for check in self.checks:
            for parent_id, _ in check.when:
                found.setdefault(parent_id, {})[check.id] = check
        return {parent_id: tuple(children.values()) for parent_id, children in found.items()}

    @cached_property
    def checks_with_facts(self) -> tuple[Check, ...]:
        return tuple(check for check in self.checks if check.facts is not None)

    @cached_property
    def weighty_checks(self) -> tuple[Check, ...]:
        """The checks over which an approval may need a second pair of eyes: critical ones, and documents asked for."""
        return tuple(
            check
            for check in self.checks
            if check.severity is Severity.CRITICAL or (check.need is not None and check.need.kind == "certificate")
        )

    @cached_property
    def exempted_by(self) -> Mapping[str, tuple[Check, ...]]:
        """Exemption check to the checks that have a row it takes out of force."""
        found: dict[str, dict[str, Check]] = {}
        for check in self.checks:
            for row in (*check.clauses, *(row for rows in check.markets.values() for row in rows)):
                for exemption in row.unless:
                    found.setdefault(exemption, {})[check.id] = check
        return {exemption: tuple(checks.values()) for exemption, checks in found.items()}

    @cached_property
    def required_children(self) -> tuple[Check, ...]:
        return tuple(check for check in self.checks if check.when and check.required)

    @cached_property
    def dated_policies(self) -> tuple[Policy, ...]:
        """The policies that hold from or until some day."""
        return tuple(policy for policy in self.policies if policy.effective or policy.sunset)

    @cached_property
    def clauses(self) -> tuple[Clause, ...]:
        """Every row of every check, market rows included."""
        own = [clause for check in self.checks for clause in check.clauses]
        return (*own, *(clause for check in self.checks for rows in check.markets.values() for clause in rows))

    @cached_property
    def tightened(self) -> frozenset[str]:
        """The checks to which some briefing adds rows."""
        return frozenset(check_id for briefing in self.briefings for check_id in briefing.get("rows", ()))

    @cached_property
    def ruled_parts(self) -> frozenset[str]:
        """The parts of countries (`US-NY`) that some check has a row for."""
        return frozenset(clause.market for clause in self.clauses if "-" in clause.market)

    @cached_property
    def _age_rules(self) -> frozenset[tuple[str, int]]:
        return frozenset((clause.market, clause.min_age) for clause in self.clauses if clause.min_age is not None)

    @cached_property
    def groups_of(self) -> Mapping[str, tuple[str, ...]]:
        """Market to the groups it is a member of."""
        groups: dict[str, tuple[str, ...]] = {}
        for name, members in self.market_groups.items():
            for member in members:
                groups[member] = (*groups.get(member, ()), name)
        return groups

    def ages_ruled_in(self, markets: Iterable[str]) -> set[int]:
        """The ages at which some row for one of the markets, in force or not, divides the audience."""
        keys = {DEFAULT_MARKET}
        for market in markets:
            country = market.partition("-")[0]
            keys.update((market, country), self.groups_of.get(market, ()), self.groups_of.get(country, ()))
        return {age for key, age in self._age_rules if key in keys}

    def policy_of(self, check: Check) -> Policy:
        return self.policy_by_id[check.policy_id]
