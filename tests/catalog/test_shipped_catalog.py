"""The catalog that modtui ships with keeps what docs/catalog.md promises of it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from modtui.domain.clause_values import Basis, Clause, Effect, Mark, State
from modtui.domain.policies import Check, Policy, Severity
from modtui.files.policy_file import read_catalog
from modtui.services.policy_checking import check_catalog, example_failures

ROOT = Path(__file__).parents[2]
CATALOG, PROBLEMS = read_catalog(ROOT / "policies.yaml")
POLICIES = CATALOG.policies if CATALOG else ()
ASKED = [check for policy in POLICIES for check in policy.checks if check.need is None]
TODAY = "2026-11-22"
HOUSE_RULE = "House rule"
"The ref of a row that rests on this catalog itself."


def rows_of(check: Check) -> list[Clause]:
    return [*check.clauses, *(row for rows in check.markets.values() for row in rows)]


def can_cut_or_hold(check: Check, row: Clause) -> bool:
    """Whether a yes can leave some cell cut or held by the row itself; its needs carry fixes of their own."""
    return row.effect in (Effect.PROHIBITED, Effect.CERTIFICATE) or row.min_age is not None


def test_the_shipped_catalog_reads_without_a_problem() -> None:
    assert [str(problem) for problem in PROBLEMS] == []
    report = check_catalog(ROOT / "policies.yaml", TODAY)
    assert [str(failure) for failure in report.example_failures] == []
    assert report.is_good


@pytest.mark.parametrize("policy", POLICIES, ids=lambda policy: policy.id)
def test_every_example_comes_out_as_it_says(policy: Policy) -> None:
    assert CATALOG is not None
    failures = {example.name: list(example_failures(example, CATALOG, TODAY)) for example in policy.examples}
    assert failures == {name: [] for name in failures}


@pytest.mark.parametrize("policy", POLICIES, ids=lambda policy: policy.id)
def test_every_policy_teaches(policy: Policy) -> None:
    assert len(policy.examples) >= 3
    assert all(example.why for example in policy.examples)
    outcomes = {example.expect["outcome"] for example in policy.examples}
    assert outcomes & {"approve", "approve_limited"}
    assert policy.guidance.count("\n") >= 4
    assert {"en", "fr"} <= policy.reply.keys()
    assert all("{fix}" in text for text in policy.reply.values())
    assert policy.dsa_category
    assert policy.dsa_keywords
    assert policy.sources


@pytest.mark.parametrize("policy", POLICIES, ids=lambda policy: policy.id)
def test_guidance_names_only_keys_that_exist(policy: Policy) -> None:
    assert CATALOG is not None
    named = set(re.findall(r"`([a-z]{2})`", policy.guidance))
    assert named <= CATALOG.check_by_key.keys()


@pytest.mark.parametrize("check", ASKED, ids=lambda check: check.id)
def test_what_cuts_or_holds_says_how_to_mend_it(check: Check) -> None:
    for row in rows_of(check):
        if can_cut_or_hold(check, row):
            assert row.fix or check.fix, row.market
        for need in row.needs:
            assert need.fix or row.fix or check.fix, need.id


@pytest.mark.parametrize("check", ASKED, ids=lambda check: check.id)
def test_a_row_says_what_it_rests_on(check: Check) -> None:
    assert all(row.ref for row in rows_of(check))
    house_law = [row.market for row in rows_of(check) if row.ref == HOUSE_RULE and row.basis is not Basis.PLATFORM]
    assert house_law == []


def test_keys_are_two_letters_and_nobody_elses() -> None:
    keys = [check.key for check in ASKED]
    assert all(re.fullmatch(r"[a-z]{2}", key) for key in keys)
    assert len(keys) == len(set(keys))


def test_the_docs_list_every_key() -> None:
    text = (ROOT / "docs" / "catalog.md").read_text(encoding="utf-8")
    table = text[text.index("## Key letters") : text.index("## Industries")]
    assert {check.key for check in ASKED} == set(re.findall(r"`([a-z]{2})`", table.partition("| policy |")[2]))


def test_it_covers_enough_families_and_markets() -> None:
    assert CATALOG is not None
    assert len(POLICIES) >= 12
    meanings: dict[str, list[object]] = {}
    for check in ASKED:
        for market, rows in check.markets.items():
            if market not in CATALOG.market_groups:
                meanings.setdefault(market, []).extend((check.id, row.hash) for row in rows)
    different = {frozenset(map(str, rows)) for rows in meanings.values()}
    assert len(different) >= 25


def test_a_trigger_is_mild_and_broad_words_light_nothing_grave() -> None:
    for policy in POLICIES:
        first = next(check for check in policy.checks if check.need is None)
        if policy.cues.words or policy.cues.patterns or policy.cues.industries:
            assert first.severity < Severity.HIGH, policy.id


def test_law_and_platform_rules_are_told_apart() -> None:
    bases = {row.basis for check in ASKED for row in rows_of(check)}
    assert bases == {Basis.LAW, Basis.CODE, Basis.PLATFORM}
    marks = {row.mark for check in ASKED for row in rows_of(check)}
    assert marks == {Mark.VERIFIED, Mark.SECOND_HAND, Mark.UNVERIFIED}


def test_it_uses_every_kind_of_rule() -> None:
    rows = [row for check in ASKED for row in rows_of(check)]
    needs = [need for row in rows for need in row.needs]
    assert {need.kind for need in needs} == {"certificate", "number", "text", "label", "audience_share", "apparent_age"}
    assert any(need.language for need in needs if need.kind == "text")
    assert any(need.by == "advertiser" and need.min_area_per_mille == 70 for need in needs)
    assert any(row.labels for row in rows)
    assert any(row.hours and row.placements for row in rows)
    assert any(row.unless for row in rows)
    assert any(row.effect is Effect.QUALITY for row in rows)
    assert any(row.min_age for row in rows)
    assert any("-" in market for check in ASKED for market in check.markets)


def test_the_hard_rules_of_the_design_stand_as_written() -> None:
    assert CATALOG is not None
    checks = CATALOG.check_by_id

    food = checks["food.less_healthy/identifiable"].markets["GB"]
    assert food[0].effect is Effect.PROHIBITED
    assert food[0].effective == "2026-01-05"
    assert "food.less_healthy/brand-only" in food[0].unless
    assert food[1].placements == ("tv",)
    assert str(food[1].hours) == "not 05:30-21:00 Europe/London"

    (medicine,) = checks["health.otc_device/medicine"].markets["MY"]
    assert medicine.needs[0].number == r"KKLIU\s?\d{4}/\d{4}"
    assert medicine.needs[0].missing is State.CUT

    (body,) = checks["body.retouched/shape"].markets["NO"]
    assert (body.needs[0].by, body.needs[0].min_area_per_mille) == ("advertiser", 70)

    gambling = checks["gambling.real_money/offers"].markets
    assert gambling["IT"][0].effect is Effect.PROHIBITED
    assert gambling["ES"][0].min_age == 18
    assert {need.kind for need in gambling["ES"][0].needs} == {"certificate", "apparent_age"}

    alcohol = checks["alcohol.product/sells"].markets
    assert [(row.min_age, row.basis) for row in alcohol["US"][:2]] == [(25, Basis.PLATFORM), (21, Basis.CODE)]
    assert alcohol["US"][1].needs[0].at_least_per_mille == 738
    assert all(row.effect is Effect.PROHIBITED for row in alcohol["SA"])


def test_what_endangers_people_escalates_by_itself() -> None:
    always = {check.id: check.escalation for check in ASKED if check.escalation and not check.escalation.offered}
    assert {kind.escalation_class for kind in always.values()} == {"child-safety", "threat-to-life", "terrorism"}
    assert {check_id for check_id in always if check_id.startswith("minors.abuse/")} == {
        check.id for check in ASKED if check.policy_id == "minors.abuse"
    }
    offered = {check.escalation.escalation_class for check in ASKED if check.escalation and check.escalation.offered}
    assert offered == {"impersonation", "scam-wave"}


def test_child_safety_is_not_described() -> None:
    policy = next(policy for policy in POLICIES if policy.id == "minors.abuse")
    assert not policy.cues.words
    assert not policy.cues.patterns
    for example in policy.examples:
        if example.expect["outcome"] == "reject":
            assert "(withheld)" in example.name
