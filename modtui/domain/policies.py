"""The policy catalog as values: policies, their checks, clauses that say what a yes means in a market, and needs."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from enum import IntEnum, StrEnum
from functools import cache, cached_property
from typing import Any, Protocol

from msgspec import Struct, field


class Answer(StrEnum):
    """What a reviewer, or a fact, says to a check. An open check has no answer at all."""

    YES = "yes"
    NO = "no"
    UNSURE = "unsure"


class Severity(IntEnum):
    """How bad a yes is. Names in files are lower case."""

    INFO = 0
    LOW = 1
    MEDIUM = 2
    HIGH = 3
    CRITICAL = 4


class Basis(IntEnum):
    """What a clause rests on, the weightiest first: law, a code of the trade, or the platform's own terms."""

    LAW = 0
    CODE = 1
    PLATFORM = 2


class Mark(StrEnum):
    """How well a clause is known: read in the source, second-hand, or unverified, which warns and never cuts."""

    VERIFIED = "V"
    SECOND_HAND = "S"
    UNVERIFIED = "U"


class Effect(StrEnum):
    """What a clause does (FACTS 3.2). Without one, the state follows from what the clause names."""

    PROHIBITED = "prohibited"
    CERTIFICATE = "certificate"
    RESTRICTED = "restricted"
    LABEL = "label"
    QUALITY = "quality"
    INFO = "info"


class State(IntEnum):
    """What may happen to the ad in one cell, weakest first; a cell takes the strongest of its findings."""

    ALLOWED = 0
    LABELLED = 1
    LIMITED = 2
    HELD = 3
    CUT = 4


class Match(Protocol):
    """Where a pattern was found, in code points."""

    def start(self) -> int: ...
    def end(self) -> int: ...
    def group(self) -> str: ...


class Pattern(Protocol):
    """A compiled pattern. The files layer hands in RE2, which cannot be made to run away; tests may use `re`."""

    def search(self, text: str) -> Match | None: ...
    def finditer(self, text: str) -> Iterator[Match]: ...


Compile = Callable[[str], Pattern]


@cache
def compile_with_re(source: str) -> Pattern:
    """The standard library's pattern, without case: for patterns of our own and for tests."""
    return re.compile(source, re.IGNORECASE)


NeedKind = str
NEED_KINDS: tuple[NeedKind, ...] = ("certificate", "number", "text", "label", "audience_share", "apparent_age")

DEFAULT_MARKET = "*"
"The key of a clause that stands on the check itself and holds where no market row does."


class Hours(Struct, frozen=True):
    """Hours of the day in which something may not run: local clock times `HH:MM`, from included, until excluded."""

    not_from: str
    not_until: str
    tz: str

    def __str__(self) -> str:
        return f"not {self.not_from}-{self.not_until} {self.tz}"


class Need(Struct, frozen=True):
    """A thing a market asks for. It is a check of its own, worded "is it missing?", with `id` in the answers."""

    id: str
    "`<check id>/<kind>@<market key>`, or the name the file gives it after the second slash."
    kind: NeedKind
    ask: str
    missing: State
    "The state of the cells when the answer is yes."
    fix: str = ""
    "What to change in the ad, or, when `missing` is held, which document to send."
    required: bool = True
    certificate: str | None = None
    "The kind of certificate that counts."
    number: str | None = None
    "Where named, what a certificate's number must match; for kind `number`, the pattern the text must hold."
    where: tuple[str, ...] = ()
    "Components searched for `number` and `text`; empty for all."
    text: tuple[str, ...] = ()
    "Any one of these wordings, matched without case."
    language: str | None = None
    holder: bool = False
    "Whether the certificate's holder must be the advertiser or payer."
    domain: bool = False
    "Whether the certificate's domain must be the landing page's."
    ages: str | None = None
    at_least_per_mille: int | None = None
    age: int | None = None
    by: str | None = None
    "Who adds a label: `advertiser` or `platform`."
    min_area_per_mille: int | None = None


class Clause(Struct, frozen=True):
    """One row of a check: what a yes means in one market, group, or (`*`) everywhere else."""

    market: str
    rank: int
    "0 the check's own keys, 1 a group, 2 a country or a part of it. Higher ranks replace lower ones."
    effect: Effect | None = None
    min_age: int | None = None
    needs: tuple[Need, ...] = ()
    labels: tuple[str, ...] = ()
    "Marks the platform adds."
    placements: tuple[str, ...] = ()
    "The placements this row speaks of; empty for all."
    hours: Hours | None = None
    unless: tuple[str, ...] = ()
    "Exemption checks: a yes to one of them and this row does not apply."
    basis: Basis = Basis.PLATFORM
    mark: Mark = Mark.VERIFIED
    ref: str = ""
    "The law, code or page the row rests on."
    note: str = ""
    effective: str | None = None
    "ISO date; before it the row only informs."
    sunset: str | None = None
    "ISO date; from the day after it the row is gone."
    fix: str = ""
    hash: str = ""
    "First 16 hex digits of the SHA-256 of the row's meaning; decisions quote it."

    def __hash__(self) -> int:
        return hash((self.market, self.hash, self.effect, self.min_age))

    def is_in_force(self, as_of: str) -> bool:
        return (self.effective is None or self.effective <= as_of) and (self.sunset is None or as_of <= self.sunset)

    def is_announced(self, as_of: str) -> bool:
        is_early = self.effective is not None and as_of < self.effective
        return is_early and (self.sunset is None or as_of <= self.sunset)


class Cues(Struct, frozen=True):
    """What on an ad points at a policy or check. They light it, and never answer it."""

    industries: tuple[str, ...] = ()
    "Dotted industry names; `food` covers `food.alcohol`."
    words: tuple[str, ...] = ()
    "Words and phrases, matched whole and without case; in scripts without spaces, anywhere."
    patterns: tuple[str, ...] = ()
    "RE2 patterns, matched without case."
    flags: tuple[str, ...] = ()
    signals: tuple[str, ...] = ()
    "Names of hidden-text signals (`domain.hidden_text`)."

    def __bool__(self) -> bool:
        return bool(self.industries or self.words or self.patterns or self.flags or self.signals)


class Escalation(Struct, frozen=True):
    """A class of case that goes to people of its own whatever else was found."""

    escalation_class: str
    route: str
    offered: bool = False
    "Offered to the reviewer; otherwise it always escalates."


class FactTest(Struct, frozen=True):
    """One `field operator value` (see `domain.facts`)."""

    field: str
    operator: str
    value: str


class Facts(Struct, frozen=True):
    """Tests on the ad's data that answer a check: any of them, or all of them."""

    tests: tuple[FactTest, ...]
    every: bool = False


class Check(Struct, frozen=True):
    """One question of a policy, worded so that yes is the problem or the trigger."""

    id: str
    policy_id: str
    key: str
    "Two letters, stable over versions; empty for a need."
    ask: str
    severity: Severity
    order: int
    "Its place in the catalog."
    clauses: tuple[Clause, ...] = ()
    "Rows of rank 0, the check's own keys; at most one unless the file gives a list."
    markets: Mapping[str, tuple[Clause, ...]] = field(default_factory=dict)
    facts: Facts | None = None
    when: tuple[tuple[str, Answer], ...] = ()
    "All must hold of real answers for the check to be asked."
    required: bool = False
    cues: Cues = field(default_factory=Cues)
    "The check's own; the policy's cues light the policy's first check."
    escalation: Escalation | None = None
    fix: str = ""
    is_exemption: bool = False
    "Named in some row's `unless`: its yes is no finding."
    need: Need | None = None
    "Set when this check asks whether a need is missing; its parent is `when[0][0]`."


class Example(Struct, frozen=True):
    """A worked case: run by `modtui policies check`, shown as guidance."""

    name: str
    ad: Mapping[str, Any]
    answers: Mapping[str, Answer]
    expect: Mapping[str, Any]
    "`outcome` and market (or `market min-max`) to the name of a state."
    why: str = ""
    as_of: str | None = None
    "ISO date of the ruling; else the day the catalog takes effect."


class Policy(Struct, frozen=True):
    """One entry of the catalog."""

    id: str
    title: str
    family: str
    axis: str
    "`industry` (may it be advertised), `content` (how), or `technical`."
    severity: Severity
    principle: str
    basis: Basis = Basis.PLATFORM
    guidance: str = ""
    cues: Cues = field(default_factory=Cues)
    checks: tuple[Check, ...] = ()
    "In file order; the checks of needs stand right after the check that has them."
    examples: tuple[Example, ...] = ()
    reply: Mapping[str, str] = field(default_factory=dict)
    dsa_category: str = ""
    dsa_keywords: tuple[str, ...] = ()
    product_ids: tuple[str, ...] = ()
    sources: tuple[tuple[str, str], ...] = ()
    on_partial: str = "limit"
    "`limit` or `return`: whether a fixable ad goes back whole instead of being limited."
    effective: str | None = None
    sunset: str | None = None

    @property
    def is_universal(self) -> bool:
        """Whether it applies to ads of every industry."""
        return not self.cues.industries


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
