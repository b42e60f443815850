"""Override by cells, and when another reviewer must confirm."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from modtui.domain.ads import Ad, Advertiser, Certificate
from modtui.domain.catalog import Catalog
from modtui.domain.clause_values import Clause, Effect, Need, State
from modtui.domain.overrides import Override, edits_for, final_outcome, is_weighty, needs_second_review
from modtui.domain.policies import Answer, Check, Facts, FactTest, Policy, Severity
from modtui.domain.rulings import Case, Outcome, rule_case

YES, NO, UNSURE = Answer.YES, Answer.NO, Answer.UNSURE
PERMIT = Need("p/d/certificate@*", "certificate", "?", State.HELD, certificate="permit")
CRITICAL = Check(
    "p/c", "p", "cc", "?", Severity.CRITICAL, 0, (), {"SA": (Clause("SA", 2, Effect.PROHIBITED, hash="c"),)},
    facts=Facts((FactTest("product.food_score", ">=", "4"),)),
)  # fmt: skip
HIGH = Check("p/h", "p", "hh", "?", Severity.HIGH, 1, (), {"SA": (Clause("SA", 2, Effect.PROHIBITED, hash="h"),)})
DOCUMENT = Check("p/d", "p", "dd", "?", Severity.LOW, 2, (Clause("*", 0, needs=(PERMIT,), hash="d"),))
PAPER = Check(PERMIT.id, "p", "", "?", Severity.LOW, 3, when=(("p/d", YES),), need=PERMIT)
RULES = Catalog(
    "t", "1", "T", None, {}, {},
    (Policy("p", "P", "f", "content", Severity.MEDIUM, "-", checks=(CRITICAL, HIGH, DOCUMENT, PAPER)),),
)  # fmt: skip
AD = Ad("t", "1", markets=("FR", "SA"))


def waits(answers: dict[str, Answer], ad: Ad = AD, mode: str = "approvals") -> bool:
    case = Case(ad, RULES, "2026-01-01")
    return needs_second_review(mode, rule_case(case, answers).outcome, is_weighty=is_weighty(case, answers))


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ({}, False),
        ({"p/h": YES}, False),
        ({"p/c": YES}, True),
        ({"p/c": NO}, False),
        ({"p/d": YES, PERMIT.id: NO}, True),
        ({PERMIT.id: NO}, False),
    ],
    ids=["clean", "high", "critical yes", "critical no", "document on file", "document nobody asked for"],
)
def test_an_approval_over_a_critical_yes_or_on_a_document_waits(answers: dict[str, Answer], expected: bool) -> None:
    assert waits(answers) is expected


def test_an_approval_over_a_critical_fact_waits_even_when_the_reviewer_overruled_it() -> None:
    assert waits({}, replace(AD, food_score=4))
    assert waits({"p/c": NO}, replace(AD, food_score=4))
    assert not waits({}, replace(AD, food_score=3))


def test_an_approval_over_a_critical_unsure_that_changes_nothing_waits() -> None:
    assert waits({"p/c": UNSURE}, replace(AD, markets=("FR",)))


def test_an_approval_on_a_certificate_that_is_on_file_by_data_waits() -> None:
    papers = (Certificate("permit", market="FR", expires="2027-01-01"),)
    assert waits({"p/d": YES}, Ad("t", "1", markets=("FR",), advertiser=Advertiser(certificates=papers)))


def test_a_rejection_is_in_force_at_once_unless_everything_waits() -> None:
    only_there = replace(AD, markets=("SA",))
    assert not waits({"p/c": YES}, only_there)
    assert waits({"p/c": YES}, only_there, mode="all") and waits({}, mode="all")
    assert not waits({"p/c": YES}, mode="off")


@pytest.mark.parametrize(
    ("reason", "note", "good"),
    [("context", "", True), ("other", "Agreed with legal", True), ("other", "  ", False), ("because", "x", False)],
)
def test_an_override_has_one_of_its_reasons_and_other_says_why(reason: str, note: str, good: bool) -> None:
    assert (Override((), reason, note).problem == "") is good


@pytest.mark.parametrize("wanted", [Outcome.APPROVE, Outcome.REJECT])
def test_an_unsure_can_be_overridden_when_no_cell_needs_another_state(wanted: Outcome) -> None:
    case = Case(replace(AD, markets=("SA",)), RULES, "2026-01-01")
    ruling = rule_case(case, {"p/h": UNSURE})
    assert ruling.outcome is Outcome.ESCALATE and set(ruling.states) == {State.ALLOWED}
    assert final_outcome(ruling, Override(edits_for(ruling, wanted), "context")) is wanted
