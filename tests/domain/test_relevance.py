"""Which checks stand beside an ad, in which order, and what must be answered before an approval."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from msgspec.structs import replace

from modtui.domain.ads import Ad, Advertiser, Audience, Creative
from modtui.domain.catalog import Catalog
from modtui.domain.clause_values import Clause, Effect, Mark, Need, State
from modtui.domain.cues import CueIndex
from modtui.domain.policies import Answer, Check, Cues, Escalation, Facts, FactTest, Policy, Severity
from modtui.domain.relevance import Worksheet, children, unanswered_before_approval, worksheet
from modtui.domain.rulings import Case
from tests.domain.strategies import AS_OF, EXAMPLES, LAW, answered

YES, NO = Answer.YES, Answer.NO
BAN = (Clause("*", 0, Effect.PROHIBITED, hash="ban"),)
UNDER_AGE = Facts((FactTest("audience.min_age", "<", "18"),))


def check(name: str, **keys: Any) -> Check:
    policy_id = name.partition("/")[0]
    return Check(
        id=name,
        policy_id=policy_id,
        key="",
        ask=f"{name}?",
        severity=keys.pop("severity", Severity.MEDIUM),
        order=0,
        clauses=keys.pop("clauses", BAN),
        **keys,
    )


def catalog(*checks: Check, **policies: dict[str, Any]) -> Catalog:
    """Policies by the first part of the ids of their checks; keywords give a policy's own keys."""
    ordered = [replace(each, order=order) for order, each in enumerate(checks)]
    ids = dict.fromkeys(each.policy_id for each in ordered)
    return Catalog(
        "t",
        "1",
        "T",
        None,
        {},
        {},
        tuple(
            Policy(
                policy_id, policy_id, "f", "content", Severity.MEDIUM, "-",
                checks=tuple(each for each in ordered if each.policy_id == policy_id), **policies.get(policy_id, {}),
            )
            for policy_id in ids
        ),
    )  # fmt: skip


def sheet_of(rules: Catalog, **ad: Any) -> tuple[Case, Worksheet]:
    case = Case(Ad("t", "1", creative=Creative(body=ad.pop("body", "")), **ad), rules, AS_OF)
    return case, worksheet(case, CueIndex.of(rules))


def names(sheet: Worksheet) -> list[str]:
    return [f"{line.place}:{line.check.id}" for line in sheet.lines]


def test_lit_checks_come_first_then_the_industry_then_universal_ones() -> None:
    rules = catalog(
        check("u/a"), check("f/a"), check("g/a", cues=Cues(words=("casino",))), check("g/b"), check("u/b"),
        f={"cues": Cues(industries=("food",))}, g={"cues": Cues(industries=("games",))},
    )  # fmt: skip
    _, sheet = sheet_of(rules, body="A casino", industry="food.alcohol")
    assert names(sheet) == ["lit:g/a", "industry:f/a", "universal:u/a", "universal:u/b"]
    assert sheet.elsewhere == 1
    assert [hit.text for hit in sheet.lit[0].hits] == ["casino"]


def test_a_check_may_name_an_industry_of_its_own() -> None:
    rules = catalog(check("u/a"), check("u/b", cues=Cues(industries=("food",))))
    assert names(sheet_of(rules, industry="food")[1]) == ["industry:u/b", "universal:u/a"]


def test_what_cannot_apply_in_any_targeted_market_is_left_out() -> None:
    rows = {"FR": (Clause("FR", 2, Effect.PROHIBITED, hash="fr"),)}
    rules = catalog(
        check("p/fr", clauses=(), markets=rows, cues=Cues(words=("wine",))),
        check("p/trigger", clauses=()),
        check("p/leads", clauses=(), markets=rows),
        check("p/us", clauses=(), markets={"US": (Clause("US", 2, hash="us"),)}, when=(("p/leads", YES),)),
        check("p/class", clauses=(), escalation=Escalation("terrorism", "legal")),
    )
    assert names(sheet_of(rules, markets=("FR",))[1]) == [
        "universal:p/fr", "universal:p/trigger", "universal:p/leads", "universal:p/class",
    ]  # fmt: skip
    case, sheet = sheet_of(rules, markets=("SA",), body="wine")
    assert names(sheet) == ["universal:p/trigger", "universal:p/class"]
    assert not sheet.hits, "a cue of what cannot apply points at nothing"
    assert "universal:p/leads" in names(sheet_of(rules, markets=("US",))[1]), "what it leads on to applies there"
    assert children(case, rules.check_by_id["p/leads"], {"p/leads": YES}) == ()


def test_a_trigger_whose_children_all_speak_of_other_markets_is_left_out() -> None:
    rows = {"US": (Clause("US", 2, hash="us"),)}
    rules = catalog(check("p/t", clauses=()), check("p/c", clauses=(), markets=rows, when=(("p/t", YES),)))
    assert names(sheet_of(rules, markets=("SA",))[1]) == []
    assert names(sheet_of(rules, markets=("US",))[1]) == ["universal:p/t"]


def test_an_exemption_is_asked_where_a_row_allows_it() -> None:
    rows = {"GB": (Clause("GB", 2, Effect.PROHIBITED, unless=("p/x",), hash="gb"),)}
    rules = catalog(check("p/a", clauses=(), markets=rows), check("p/x", clauses=(), is_exemption=True))
    assert names(sheet_of(rules, markets=("GB",))[1]) == ["universal:p/a", "universal:p/x"]
    assert names(sheet_of(rules, markets=("FR",))[1]) == []


def test_rows_that_only_inform_are_shown_and_rows_that_are_gone_are_not() -> None:
    unverified = check("p/u", clauses=(Clause("*", 0, Effect.PROHIBITED, mark=Mark.UNVERIFIED, hash="u"),))
    announced = check("p/a", clauses=(Clause("*", 0, Effect.PROHIBITED, effective="2027-01-01", hash="a"),))
    gone = check("p/g", clauses=(Clause("*", 0, Effect.PROHIBITED, sunset="2026-01-01", hash="g"),))
    rules = catalog(unverified, announced, gone, check("q/a"), check("r/a"), q={"sunset": "2026-01-01"},
                    r={"effective": "2027-01-01"})  # fmt: skip
    assert names(sheet_of(rules)[1]) == ["universal:p/u", "universal:p/a", "universal:r/a"]


def test_a_cue_of_a_child_lights_its_root_until_the_child_is_asked() -> None:
    child = check("p/c", when=(("p/a", YES),), severity=Severity.HIGH, cues=Cues(words=("toy",)))
    rules = catalog(check("p/a", clauses=(), severity=Severity.LOW), child)
    case, sheet = sheet_of(rules, body="A toy")
    assert names(sheet) == ["lit:p/a"]
    assert sheet.lit_ids == {"p/a", "p/c"}
    assert unanswered_before_approval(case, sheet, {}) == ()
    assert [each.id for each in unanswered_before_approval(case, sheet, {"p/a": YES})] == ["p/c"]
    assert unanswered_before_approval(case, sheet, {"p/a": YES, "p/c": NO}) == ()


def test_a_fact_lights_the_check_it_answers_and_a_childs_fact_lights_nothing() -> None:
    rules = catalog(check("p/a", facts=UNDER_AGE), check("q/a"), check("q/c", when=(("q/a", YES),), facts=UNDER_AGE))
    _, sheet = sheet_of(rules, audience=Audience(min_age=13))
    assert names(sheet) == ["lit:p/a", "universal:q/a"]
    assert [(hit.kind, hit.text) for hit in sheet.lit[0].hits] == [("fact", "audience.min_age < 18")]
    assert not sheet_of(rules, audience=Audience(min_age=18))[1].lit


def test_high_and_critical_lit_checks_must_be_answered_before_an_approval() -> None:
    cues = Cues(words=("wine",))
    rules = catalog(
        check("p/m", cues=cues), check("p/h", severity=Severity.HIGH, cues=cues),
        check("p/c", severity=Severity.CRITICAL, cues=cues), check("p/dark", severity=Severity.CRITICAL),
    )  # fmt: skip
    case, sheet = sheet_of(rules, body="wine")
    assert [each.id for each in unanswered_before_approval(case, sheet, {})] == ["p/h", "p/c"]
    assert [each.id for each in unanswered_before_approval(case, sheet, {"p/h": Answer.UNSURE})] == ["p/c"]


def test_what_a_fact_answers_is_answered() -> None:
    rules = catalog(check("p/h", severity=Severity.HIGH, cues=Cues(words=("wine",)), facts=UNDER_AGE))
    for age in (13, 18):
        case, sheet = sheet_of(rules, body="wine", audience=Audience(min_age=age))
        assert unanswered_before_approval(case, sheet, {}) == ()


def test_a_required_child_must_be_answered_once_its_parent_asks_it_where_it_can_apply() -> None:
    rows = {"FR": (Clause("FR", 2, Effect.PROHIBITED, hash="fr"),)}
    need = Need("p/a/certificate@*", "certificate", "?", State.HELD)
    parent = check("p/a", clauses=(Clause("*", 0, needs=(need,), hash="n"),))
    rules = catalog(
        parent,
        check(need.id, clauses=(), when=(("p/a", YES),), required=True, need=need),
        check("p/c", clauses=(), markets=rows, when=(("p/a", YES),), required=True),
        check("p/free", when=(("p/a", YES),)),
    )
    case, sheet = sheet_of(rules, markets=("FR",))
    assert unanswered_before_approval(case, sheet, {}) == ()
    assert [each.id for each in unanswered_before_approval(case, sheet, {"p/a": YES})] == [need.id, "p/c"]
    assert unanswered_before_approval(case, sheet, {"p/a": Answer.UNSURE}) == ()
    elsewhere, sheet = sheet_of(rules, markets=("SA",), advertiser=Advertiser(certificates=()))
    assert unanswered_before_approval(elsewhere, sheet, {"p/a": YES}) == (), "the fact answers the need"
    assert [each.id for each in children(elsewhere, rules.check_by_id["p/a"], {"p/a": YES})] == [need.id, "p/free"]


def test_an_announced_policy_blocks_nothing() -> None:
    lit = check("p/h", severity=Severity.HIGH, cues=Cues(words=("wine",)))
    case, sheet = sheet_of(catalog(lit, p={"effective": "2027-01-01"}), body="wine")
    assert names(sheet) == ["lit:p/h"] and unanswered_before_approval(case, sheet, {}) == ()


@settings(LAW, max_examples=EXAMPLES * 2)
@given(answered())
def test_a_worksheet_holds_each_root_once_in_the_order_of_the_catalog(
    drawn: tuple[Any, Catalog, dict[str, Any]],
) -> None:
    ad, rules, answers = drawn
    case = Case(ad, rules, AS_OF)
    sheet = worksheet(case, CueIndex.of(rules))
    assert [line.place for line in sheet.lines] == sorted(
        (line.place for line in sheet.lines), key=["lit", "industry", "universal"].index
    )
    for place in ("lit", "industry", "universal"):
        orders = [line.check.order for line in sheet.lines if line.place == place]
        assert orders == sorted(set(orders))
    assert len(sheet.lines) + sheet.elsewhere == len(rules.checks)
    assert all(not line.check.when for line in sheet.lines)
    for blocked in unanswered_before_approval(case, sheet, answers):
        assert case.is_asked(blocked, answers) and case.answer(blocked, answers) is None
        assert blocked.id in sheet.lit_ids or (blocked.required and blocked.when)
