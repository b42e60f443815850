"""The desk: digits, rows, answers, and what each deciding key would do."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from modtui.domain.ads import Ad, Advertiser, Audience, Creative, LandingPage, Media
from modtui.domain.catalog import Catalog
from modtui.domain.clause_values import Clause, Effect, Need, State
from modtui.domain.cues import CueIndex
from modtui.domain.decisions import EscalationRequest
from modtui.domain.events import canonical_json
from modtui.domain.evidence import Evidence, is_within
from modtui.domain.overrides import Override
from modtui.domain.policies import Answer, Check, Cues, Escalation, Facts, FactTest, Policy, Severity
from modtui.domain.rulings import Case, Outcome, rule
from modtui.services.check_rows import DIGITS_AT_PAINT, MOST_DIGITS
from modtui.services.desk import Desk
from modtui.services.drafts import draft_body, take_up
from tests.domain.strategies import AS_OF, LAW, answered

YES, NO, UNSURE = Answer.YES, Answer.NO, Answer.UNSURE
BAN = (Clause("*", 0, Effect.PROHIBITED, hash="ban"),)


def check(name: str, key: str, **keys: Any) -> Check:
    clauses = keys.pop("clauses", BAN)
    severity = keys.pop("severity", Severity.MEDIUM)
    return Check(f"p/{name}", "p", key, f"{name}?", severity, 0, clauses, **keys)


def catalog(*checks: Check, **keys: Any) -> Catalog:
    ordered = tuple(replace(each, order=order) for order, each in enumerate(checks))
    policy = Policy("p", "P", "f", "content", Severity.MEDIUM, "-", checks=ordered, **keys)
    return Catalog("t", "1", "T", None, {}, {"legal": "Counsel", "safety": "Safety"}, (policy,))


def desk_for(rules: Catalog, body: str = "", **ad: Any) -> Desk:
    ad.setdefault("markets", ("FR", "SA"))
    return Desk(Case(Ad("t", "1", creative=Creative(body=body), **ad), rules, AS_OF), CueIndex.of(rules))


PERMIT = Need("p/al/certificate@FR", "certificate", "Is the permit missing?", State.HELD, "Send the permit.")
ALCOHOL = check(
    "al", "al", cues=Cues(words=("wine",)), clauses=(),
    markets={
        "FR": (Clause("FR", 2, needs=(PERMIT,), hash="fr"),),
        "SA": (Clause("SA", 2, Effect.PROHIBITED, hash="sa"),),
    },
)  # fmt: skip
PAPER = Check(PERMIT.id, "p", "", PERMIT.ask, Severity.MEDIUM, 0, when=(("p/al", YES),), required=True, need=PERMIT)
TOYS = check("am", "am", severity=Severity.HIGH, when=(("p/al", YES),), cues=Cues(words=("toy",)))
LOSS = check("wl", "wl", severity=Severity.HIGH, cues=Cues(words=("10 kg",)))
UNDER_AGE = check("ua", "ua", facts=Facts((FactTest("audience.min_age", "<", "18"),)))
SCAM = check("sc", "sc", escalation=Escalation("scam-wave", "safety"), clauses=())
RULES = catalog(ALCOHOL, PAPER, TOYS, LOSS, UNDER_AGE, SCAM)


def rows(desk: Desk) -> list[str]:
    return [f"{row.digit or '-'} {'  ' * row.depth}{desk.letters(row.check.id)}" for row in desk.rows]


# Digits and rows ---


def test_digits_go_to_lit_checks_first_and_children_take_the_next_free_one() -> None:
    desk = desk_for(RULES, "Lose 10 kg with our wine")
    assert rows(desk) == ["1 al", "2 wl", "3 ua", "4 sc"]
    desk.answer("p/al", YES)
    assert rows(desk) == ["1 al", "5   al·certificate", "6   am", "2 wl", "3 ua", "4 sc"]
    assert desk.check_at(5) is not None and desk.check_at(5) == RULES.check_by_id[PERMIT.id]
    assert desk.check_at(9) is None


def test_some_digits_are_left_for_children_and_lit_checks_may_take_them_all() -> None:
    dark = catalog(*(check(f"c{n}", f"a{chr(97 + n)}") for n in range(12)))
    assert [row.digit for row in desk_for(dark).rows] == [1, 2, 3, 4, 5, *[None] * 7]
    lit = catalog(*(check(f"c{n}", f"a{chr(97 + n)}", cues=Cues(words=("wine",))) for n in range(12)))
    assert [row.digit for row in desk_for(lit, "wine").rows] == [*range(1, MOST_DIGITS + 1), None, None, None]
    assert DIGITS_AT_PAINT < MOST_DIGITS


def test_a_check_that_is_called_is_appended_and_one_in_view_gets_a_digit_where_it_stands() -> None:
    far = catalog(*(check(f"c{n}", f"a{chr(97 + n)}") for n in range(8)))
    desk = desk_for(far)
    desk.answer("p/c7", YES)
    assert [row.digit for row in desk.rows] == [1, 2, 3, 4, 5, None, None, 6]
    hidden = catalog(check("a", "aa"), check("b", "bb", clauses=(), markets={"US": BAN}))
    desk = desk_for(hidden)
    assert rows(desk) == ["1 aa"]
    assert desk.bring(hidden.check_by_id["p/b"]).place == "called"
    assert rows(desk) == ["1 aa", "2 bb"]


def test_the_children_of_a_fact_stand_below_it_from_the_start_with_grandchildren() -> None:
    fact = Facts((FactTest("audience.min_age", "<", "18"),))
    rules = catalog(
        check("a", "aa", facts=fact), check("b", "bb"),
        check("c", "cc", when=(("p/a", YES),), facts=fact), check("d", "dd", when=(("p/c", YES),)),
    )  # fmt: skip
    desk = desk_for(rules, audience=Audience(13))
    assert rows(desk) == ["1 aa", "3   cc", "4     dd", "2 bb"]
    assert desk.is_by_fact(rules.check_by_id["p/a"])


def test_a_child_whose_parent_changed_keeps_its_row_and_its_answer_asleep() -> None:
    desk = desk_for(RULES, "wine")
    desk.answer("p/al", YES)
    desk.answer("p/am", YES)
    assert desk.outcome is Outcome.REJECT
    before = rows(desk)
    desk.answer("p/al", NO)
    assert rows(desk) == before and desk.is_asleep(TOYS)
    assert desk.outcome is Outcome.APPROVE and desk.answers["p/am"] is YES
    desk.answer("p/al", YES)
    assert desk.outcome is Outcome.REJECT and not desk.is_asleep(TOYS)


@LAW
@given(answered(), st.data())
def test_digits_and_rows_never_move_and_the_ruling_is_that_of_the_answers(
    drawn: tuple[Ad, Catalog, dict[str, Answer]], data: st.DataObject
) -> None:
    ad, rules, _ = drawn
    desk = Desk(Case(ad, rules, AS_OF), CueIndex.of(rules))
    choices: tuple[Answer | None, ...] = (None, *Answer)
    for _ in range(data.draw(st.integers(1, 6))):
        dealt = {row.check.id: row.digit for row in desk.rows if row.digit}
        order = [row.check.id for row in desk.rows]
        chosen = data.draw(st.sampled_from(rules.checks))
        desk.answer(chosen.id, data.draw(st.sampled_from(choices)))
        assert {row.check.id: row.digit for row in desk.rows if row.check.id in dealt} == dealt
        assert [row.check.id for row in desk.rows if row.check.id in order] == order
        digits = [row.digit for row in desk.rows if row.digit]
        assert len(digits) == len(set(digits)) and all(1 <= digit <= MOST_DIGITS for digit in digits)
        assert len({row.check.id for row in desk.rows}) == len(desk.rows)
        assert desk.ruling == rule(ad, rules, desk.answers, AS_OF)
        in_view = {row.check.id for row in desk.rows}
        assert {each.id for each in desk.missing_before_approval()} <= in_view
        plan = desk.plan()
        assert plan.outcome is desk.outcome and bool(plan.missing) <= bool(plan.refusal)


# Answering ---


def test_a_digit_answers_yes_and_again_opens() -> None:
    desk = desk_for(RULES, "wine")
    for expected in (YES, None, YES):
        desk.toggle("p/wl")
        assert desk.answers.get("p/wl") is expected
    desk.answer("p/wl", NO)
    desk.toggle("p/wl")
    assert desk.answers["p/wl"] is YES


def test_a_digit_on_what_a_fact_says_makes_it_the_reviewers_own() -> None:
    desk = desk_for(RULES, audience=Audience(13))
    desk.toggle("p/ua")
    assert desk.answers == {"p/ua": YES}
    desk.toggle("p/ua")
    assert desk.answers == {} and desk.answer_of(UNDER_AGE) is YES


def test_n_says_no_to_all_that_is_lit_open_and_asked() -> None:
    desk = desk_for(RULES, "10 kg of wine and a toy")
    assert desk.clear_lit() == 2
    assert desk.answers == {"p/al": NO, "p/wl": NO}
    desk = desk_for(RULES, "10 kg of wine and a toy")
    desk.answer("p/al", YES)
    assert desk.clear_lit() == 2, "the lit child of a yes is cleared too, what is answered stays"
    assert desk.answers == {"p/al": YES, "p/am": NO, "p/wl": NO}
    assert desk.clear_lit() == 0


def test_a_yes_takes_the_cue_matches_as_evidence_or_else_what_is_focused() -> None:
    desk = desk_for(RULES, "Lose 10 kg")
    desk.answer("p/wl", YES)
    assert desk.evidence["p/wl"] == (Evidence("body", 5, 10, "10 kg"),)
    desk.focused = "media.0"
    desk.answer("p/sc", YES)
    assert desk.evidence["p/sc"] == (Evidence("media.0"),)
    desk.answer("p/wl", NO)
    assert "p/wl" not in desk.evidence


def test_evidence_that_was_refined_stays_when_yes_is_said_again() -> None:
    desk = desk_for(RULES, "Lose 10 kg")
    desk.answer("p/wl", YES)
    desk.set_evidence("p/wl", [Evidence("body", 0, 4, "Lose")])
    desk.answer("p/wl", YES)
    assert desk.evidence["p/wl"] == (Evidence("body", 0, 4, "Lose"),)


def test_a_root_lit_for_its_child_points_at_the_childs_words_only_without_its_own() -> None:
    desk = desk_for(RULES, "A toy and wine")
    desk.answer("p/al", YES)
    assert [place.quote for place in desk.evidence["p/al"]] == ["wine"]
    desk = desk_for(RULES, "A toy")
    desk.answer("p/al", YES)
    desk.answer("p/am", YES)
    assert desk.evidence["p/al"] == desk.evidence["p/am"] == (Evidence("body", 2, 5, "toy"),)


# Enter, a, r ---


def test_a_clean_ad_is_enter() -> None:
    plan = desk_for(RULES).plan()
    assert (plan.outcome, plan.words, plan.is_ready) == (Outcome.APPROVE, "APPROVE", True)


def test_enter_rejects_only_on_the_reviewers_word() -> None:
    desk = desk_for(RULES, audience=Audience(13))
    assert desk.plan().outcome is Outcome.REJECT
    assert desk.plan().refusal == "only facts say so: press r to confirm"
    assert desk.plan_for(Outcome.REJECT).is_ready
    desk.answer("p/wl", NO)
    assert desk.plan().refusal, "a no raises nothing"
    desk.answer("p/sc", YES)
    assert desk.plan().refusal, "nor does a yes that the outcome does not rest on"
    desk.answer("p/ua", YES)
    assert desk.plan().is_ready and desk.plan().words == "REJECT ua + safety"


def test_a_fact_on_the_child_of_the_reviewers_yes_rests_on_the_reviewer() -> None:
    desk = desk_for(RULES, markets=("FR",), advertiser=Advertiser(certificates=()))
    assert desk.outcome is Outcome.APPROVE
    desk.answer("p/al", YES)
    assert (desk.plan().outcome, desk.plan().words) == (Outcome.REQUEST_INFO, "ASK FOR DOCUMENT al·certificate")
    assert desk.plan().is_ready


def test_lit_high_checks_and_required_children_stand_in_the_way_of_an_approval_and_of_nothing_else() -> None:
    desk = desk_for(RULES, "10 kg", markets=("FR",))
    assert [each.id for each in desk.missing_before_approval()] == ["p/wl"]
    assert desk.plan().refusal == "1 required check is open: 1 (n no, N no to all lit)"
    assert not desk.plan().is_ready and desk.plan().missing == (RULES.check_by_id["p/wl"],)
    desk.answer("p/al", YES)
    assert [each.id for each in desk.missing_before_approval()] == [PERMIT.id, "p/wl"]
    assert desk.plan_for(Outcome.APPROVE).refusal.startswith("2 required checks are open: ")
    desk.answer("p/sc", UNSURE)
    desk.answer("p/ua", YES)
    assert desk.plan().is_ready, "a rejection asks for nothing more"


def test_an_unsure_plans_an_escalation_that_names_it() -> None:
    desk = desk_for(RULES, "10 kg")
    desk.answer("p/wl", UNSURE)
    assert (desk.plan().outcome, desk.plan().words) == (Outcome.ESCALATE, "ESCALATE wl")
    assert desk.plan().is_ready


def test_a_limited_approval_names_what_limits_it() -> None:
    desk = desk_for(RULES, "wine")
    desk.answer("p/al", YES)
    desk.answer(PERMIT.id, NO)
    assert desk.plan().words == "APPROVE LIMITED al"
    assert desk.plan_for(Outcome.APPROVE).is_ready, "a approves what the ruling approves in part"


def test_r_without_a_finding_asks_for_a_check() -> None:
    plan = desk_for(RULES).plan_for(Outcome.REJECT)
    assert plan.needs_check and not plan.needs_reason and not plan.is_ready


def test_a_against_the_ruling_needs_a_reason_and_then_has_its_way() -> None:
    desk = desk_for(RULES)
    desk.answer("p/wl", YES)
    plan = desk.plan_for(Outcome.APPROVE)
    assert plan.needs_reason and not plan.is_ready
    desk.edit_cells(desk.override_for(Outcome.APPROVE, "context"))
    assert desk.outcome is Outcome.APPROVE and desk.plan().is_ready
    assert desk.decision_body()["override"]["reason"] == "context"


def test_r_against_the_ruling_needs_a_reason_and_then_has_its_way() -> None:
    desk = desk_for(RULES)
    desk.answer("p/sc", YES)
    assert desk.outcome is Outcome.APPROVE and desk.plan_for(Outcome.REJECT).needs_reason
    desk.edit_cells(desk.override_for(Outcome.REJECT, "briefing"))
    assert desk.outcome is Outcome.REJECT and desk.plan_for(Outcome.REJECT).is_ready


@pytest.mark.parametrize(("reason", "note"), [("other", ""), ("whim", "because")])
def test_an_override_without_a_good_reason_decides_nothing(reason: str, note: str) -> None:
    desk = desk_for(RULES)
    desk.answer("p/wl", YES)
    desk.edit_cells(desk.override_for(Outcome.APPROVE, reason, note))
    assert desk.plan().refusal and desk.plan_for(Outcome.APPROVE).refusal


def test_a_over_an_unsure_approves_with_a_reason() -> None:
    desk = desk_for(RULES, "10 kg")
    desk.answer("p/wl", UNSURE)
    assert desk.plan_for(Outcome.APPROVE).needs_reason
    desk.edit_cells(desk.override_for(Outcome.APPROVE, "context"))
    assert desk.outcome is Outcome.APPROVE and desk.plan().is_ready


def test_a_new_answer_takes_back_an_override() -> None:
    desk = desk_for(RULES)
    desk.answer("p/wl", YES)
    desk.edit_cells(desk.override_for(Outcome.APPROVE, "context"))
    desk.answer("p/ua", NO)
    assert desk.override is None and desk.outcome is Outcome.REJECT


def test_a_question_escalates_a_clean_ad_and_names_its_route() -> None:
    desk = desk_for(RULES)
    desk.escalate(EscalationRequest("legal", "May they?"))
    assert (desk.plan().outcome, desk.plan().words, desk.plan().is_ready) == (
        Outcome.ESCALATE,
        "ESCALATE + legal",
        True,
    )
    desk.escalate(None)
    assert desk.outcome is Outcome.APPROVE


def test_a_document_asked_for_by_hand_is_a_request() -> None:
    desk = desk_for(RULES)
    desk.documents = ("The licence",)
    assert desk.plan().outcome is Outcome.REQUEST_INFO and desk.plan().is_ready and desk.is_touched


def test_what_was_not_opened_is_known() -> None:
    desk = desk_for(RULES, media=(Media("a.png"), Media("b.mp4")), landing_page=LandingPage("u", text="Shop"))
    assert desk.unopened == ("media.0", "media.1", "page")
    desk.opened.add("media.1")
    assert desk.unopened == ("media.0", "page") == tuple(desk.decision_body()["unopened"])


# Drafts and other ads ---


def test_a_draft_brings_everything_back() -> None:
    def fresh() -> Desk:
        return desk_for(RULES, "10 kg of wine", media=(Media("a.png"),))

    desk = fresh()
    desk.answer("p/al", YES)
    desk.answer("p/wl", YES)
    desk.set_evidence("p/wl", [Evidence("media.0", box=(0, 0, 5000, 5000))])
    desk.answer("p/am", UNSURE)
    desk.note, desk.documents = "Look again", ("The licence",)
    desk.opened.add("media.0")
    desk.escalate(EscalationRequest("legal", "May they?", "scam-wave"))
    desk.edit_cells(desk.override_for(Outcome.APPROVE, "context", "Satire"))
    draft = draft_body(desk)
    assert canonical_json(draft)
    again = fresh()
    take_up(again, draft)
    assert again.judgement == desk.judgement
    assert again.decision_body() == desk.decision_body()
    assert draft_body(again) == draft


def test_a_draft_from_before_the_ad_or_the_catalog_changed_keeps_what_still_fits() -> None:
    desk = desk_for(RULES, "10 kg of wine")
    cells = Override((("DE", desk.ruling.grid.bands[0], State.CUT),), "context")
    draft = {
        "answers": {"p/wl": "yes", "p/gone": "yes"},
        "evidence": {"p/wl": [{"component": "body", "start": 90, "end": 95, "quote": "10 kg"}]},
        "override": {"edits": [["DE", 0, None, "CUT"]], "reason": "context", "note": ""},
    }
    take_up(desk, draft)
    assert desk.answers == {"p/wl": YES}
    assert desk.evidence["p/wl"] == (Evidence("body", 0, 5, "10 kg"),), "a place that is gone is found anew"
    assert desk.override is None and cells.edits


def test_the_last_ads_answers_are_taken_over_and_ruled_for_this_ad() -> None:
    first = desk_for(RULES, "wine here", markets=("SA",))
    first.answer("p/al", YES)
    assert first.outcome is Outcome.REJECT
    second = desk_for(RULES, "Our red wine", markets=("FR",))
    second.fill(first.answers, first.evidence)
    assert second.outcome is Outcome.APPROVE
    assert second.evidence["p/al"] == (Evidence("body", 8, 12, "wine"),)
    assert second.row(PERMIT.id) is not None, "what the answer asks here is in view"
    assert all(is_within(place, second.case.ad) for places in second.evidence.values() for place in places)
    assert second.ruling == rule(second.case.ad, RULES, first.answers, AS_OF)


def test_answers_that_are_taken_over_are_in_view_even_for_checks_that_are_elsewhere() -> None:
    rules = catalog(check("a", "aa"), check("b", "bb", clauses=(), markets={"US": BAN}))
    desk = desk_for(rules)
    desk.fill({"p/b": YES, "p/nobody": YES})
    row = desk.row("p/b")
    assert row is not None and row.place == "called" and desk.answers == {"p/b": YES}


def test_the_record_tells_what_was_shown_from_what_was_not() -> None:
    desk = desk_for(RULES, "wine", markets=("FR",))
    body = desk.decision_body()
    assert body["passed_over"] == ["p/al", "p/wl", "p/ua", "p/sc"] and body["not_shown"] == 2
    desk.answer("p/al", YES)
    body = desk.decision_body()
    assert body["passed_over"] == [PERMIT.id, "p/am", "p/wl", "p/ua", "p/sc"] and body["not_shown"] == 0
    assert body["lit"] == ["p/al"]


@LAW
@given(answered())
def test_evidence_lies_within_the_ad_and_a_draft_goes_round(drawn: tuple[Ad, Catalog, dict[str, Answer]]) -> None:
    ad, rules, answers = drawn
    index = CueIndex.of(rules)
    desk = Desk(Case(ad, rules, AS_OF), index)
    for check_id, answer in answers.items():
        desk.answer(check_id, answer)
    body = desk.decision_body()
    assert canonical_json(body)
    for finding in body["findings"]:
        assert all(is_within(Evidence.from_json(place), ad) for place in finding["evidence"])
    again = Desk(Case(ad, rules, AS_OF), index)
    take_up(again, draft_body(desk))
    assert again.ruling == desk.ruling and again.answers == desk.answers and again.evidence == desk.evidence
