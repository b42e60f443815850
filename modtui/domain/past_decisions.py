"""What a `decision` event holds that a replay needs, as its body names it, and the ad as it was then."""

from __future__ import annotations

from typing import Any, Literal

from msgspec import Struct
from msgspec.structs import replace

from modtui.domain.ads import Ad, Certificate
from modtui.domain.policies import Answer

StateName = Literal["allowed", "labelled", "limited", "held", "cut"]


class PastClause(Struct, frozen=True):
    """A row that a finding rested on."""

    hash: str
    market: str = ""


class PastFinding(Struct, frozen=True):
    """A check that was answered yes, and its rows."""

    check: str
    clauses: tuple[PastClause, ...] = ()


class PastCell(Struct, frozen=True):
    """A market and ages, with the state that followed from the answers and the check that decided it."""

    market: str
    min_age: int
    max_age: int | None
    derived: StateName
    deciding: str | None = None


class PastEscalation(Struct, frozen=True, rename={"escalation_class": "class"}):
    """A question that was put: by a check of some class, by an unsure check, or by the reviewer."""

    check: str = ""
    escalation_class: str = ""


class PastDecision(Struct, frozen=True):
    """What a `decision` event holds of what was decided, as its body names it (`domain.decisions`)."""

    outcome: str
    "As the reviewer confirmed or overrode it."
    derived: str
    as_of: str
    answers: dict[str, Answer] = {}
    findings: tuple[PastFinding, ...] = ()
    cells: tuple[PastCell, ...] = ()
    facts: dict[str, Answer] | None = None
    "What the ad's data answered then; None where the decision does not say."
    escalation: tuple[PastEscalation, ...] = ()
    override: Any = None
    default_markets: tuple[str, ...] = ()
    on_file: tuple[Certificate, ...] | None = None
    schedule: dict[str, str] = {}
    food_score: int | None = None


def ad_then(ad: Ad, decision: PastDecision) -> Ad:
    """The ad with the context it was judged in: papers, schedule and markets may have changed under its version."""
    return replace(
        ad,
        markets=ad.markets or decision.default_markets,
        food_score=decision.food_score,
        schedule_start=decision.schedule.get("start"),
        schedule_end=decision.schedule.get("end"),
        advertiser=replace(ad.advertiser, certificates=decision.on_file),
    )
