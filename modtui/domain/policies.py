"""Policies as values: their checks, the cues that light them, the facts that answer them, and worked examples."""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum, StrEnum
from typing import Any

from msgspec import Struct, field

from modtui.domain.clause_values import Basis, Clause, Need


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


class Cues(Struct, frozen=True, omit_defaults=True):
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


class Escalation(Struct, frozen=True, omit_defaults=True):
    """A class of case that goes to people of its own whatever else was found."""

    escalation_class: str
    route: str
    offered: bool = False
    "Offered to the reviewer; otherwise it always escalates."


class FactTest(Struct, frozen=True, omit_defaults=True):
    """One `field operator value` (see `domain.facts`)."""

    field: str
    operator: str
    value: str


class Facts(Struct, frozen=True, omit_defaults=True):
    """Tests on the ad's data that answer a check: any of them, or all of them."""

    tests: tuple[FactTest, ...]
    every: bool = False


class Check(Struct, frozen=True, omit_defaults=True):
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


class Example(Struct, frozen=True, omit_defaults=True):
    """A worked case: run by `modtui policies check`, shown as guidance."""

    name: str
    ad: Mapping[str, Any]
    answers: Mapping[str, Answer]
    expect: Mapping[str, Any]
    "`outcome` and market (or `market min-max`) to the name of a state."
    why: str = ""
    as_of: str | None = None
    "ISO date of the ruling; else the day the catalog takes effect."


class Policy(Struct, frozen=True, omit_defaults=True):
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
    owner: str = ""
    "Who looks after the policy, and after its rows where they name nobody else."
    review_by: str | None = None
    "ISO date by which somebody looks at it again, and at its rows where they name no other day."
    reply_unreviewed: tuple[str, ...] = ()
    "Languages of `reply` that nobody could check."

    def owner_of(self, row: Clause) -> str:
        return row.owner or self.owner

    def review_by_of(self, row: Clause) -> str | None:
        return row.review_by or self.review_by

    @property
    def is_universal(self) -> bool:
        """Whether it applies to ads of every industry."""
        return not self.cues.industries
