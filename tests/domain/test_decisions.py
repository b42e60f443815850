"""The record of a decision: plain JSON that holds what nobody can work out again."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from modtui.domain.ads import Ad, Audience, Creative, Flag, LandingPage, Media
from modtui.domain.catalog import Catalog
from modtui.domain.clause_values import Basis, Clause, Effect, Hours, Mark, Need, State
from modtui.domain.cues import CueIndex
from modtui.domain.decisions import EscalationRequest, Judgement, decision_body, limits, outcome_for
from modtui.domain.events import canonical_json
from modtui.domain.evidence import Evidence
from modtui.domain.overrides import Override, edits_for
from modtui.domain.policies import Answer, Check, Cues, Escalation, Policy, Severity
from modtui.domain.relevance import worksheet
from modtui.domain.rulings import Case, Outcome, rule_case
from tests.domain.strategies import AS_OF, EXAMPLES, LAW, answered

YES, NO, UNSURE = Answer.YES, Answer.NO, Answer.UNSURE
PERMIT = Need("p/d/certificate@FR", "certificate", "Is the permit missing?", State.HELD, "Send the permit.")
CHECKS = (
    Check(
        "p/a", "p", "aa", "A?", Severity.HIGH, 0, (), {
            "SA": (Clause("SA", 2, Effect.PROHIBITED, basis=Basis.LAW, mark=Mark.SECOND_HAND, ref="Law 1", hash="sa"),),
            "FR": (Clause("FR", 2, min_age=18, labels=("ad mark",), hash="fr"),),
        },
        cues=Cues(words=("wine",)), fix="Leave it out.",
    ),
    Check("p/d", "p", "dd", "D?", Severity.LOW, 1, (), {
        "FR": (Clause("FR", 2, needs=(PERMIT,), hours=Hours("05:00", "21:00", "Europe/Paris"), hash="d"),),
    }),
    Check(PERMIT.id, "p", "", PERMIT.ask, Severity.LOW, 2, when=(("p/d", YES),), required=True, need=PERMIT),
    Check("p/u", "p", "uu", "Is it a scam?", Severity.LOW, 3, (Clause("*", 0, Effect.PROHIBITED, hash="u"),)),
    Check("p/e", "p", "ee", "E?", Severity.CRITICAL, 4, escalation=Escalation("child-safety", "safety")),
)  # fmt: skip
RULES = Catalog(
    "ads", "7", "T", None, {}, {"first": "1", "safety": "2"},
    (Policy("p", "P", "f", "content", Severity.MEDIUM, "-", checks=CHECKS),), hash="c0ffee",
)  # fmt: skip
AD = Ad(
    "t", "1", markets=("FR", "SA"), audience=Audience(16), creative=Creative(body="Good wine"),
    media=(Media("a.png", "image"),), flags=(Flag("model-7", "alcohol", 0.83),),
    landing_page=LandingPage("https://x.example", text="Shop", captured_at="2026-01-01T00:00:00Z"),
)  # fmt: skip


def body_of(answers: dict[str, Answer], **keys: Any) -> dict[str, Any]:
    case = Case(AD, RULES, AS_OF)
    sheet = worksheet(case, CueIndex.of(RULES))
    return decision_body(case, sheet, rule_case(case, answers), Judgement(answers, keys.pop("evidence", {}), **keys))


def test_a_decision_says_by_which_clause_and_evidence_each_finding_stands() -> None:
    body = body_of({"p/a": YES}, evidence={"p/a": (Evidence("body", 5, 9, "wine"),)})
    assert body["outcome"] == body["derived"] == "approve_limited"
    assert body["catalog"] == {"id": "ads", "version": "7", "hash": "c0ffee"}
    assert body["as_of"] == AS_OF
    (finding,) = body["findings"]
    assert finding["evidence"] == [{"component": "body", "start": 5, "end": 9, "quote": "wine"}]
    assert finding["source"] == "reviewer" and finding["severity"] == "high"
    clauses = {clause["hash"]: clause for clause in finding["clauses"]}
    assert clauses["sa"]["basis"] == "law" and clauses["sa"]["ref"] == "Law 1" and clauses["sa"]["mark"] == "S"
    assert clauses.keys() == {"sa", "fr"}


def test_neighbouring_ages_that_fare_alike_are_one_cell() -> None:
    body = body_of({"p/a": YES})
    assert [(cell["market"], cell["min_age"], cell["max_age"], cell["state"]) for cell in body["cells"]] == [
        ("FR", 16, 17, "cut"), ("FR", 18, None, "labelled"), ("SA", 16, None, "cut"),
    ]  # fmt: skip
    assert body["cells"][1]["labels"] == ["ad mark"]
    assert [(each["market"], each["kind"], each["texts"]) for each in body["limits"]] == [
        ("FR", "cut", ["Leave it out."]), ("SA", "cut", ["Leave it out."]),
    ]  # fmt: skip


def test_passed_over_is_what_was_shown_asked_and_left_open() -> None:
    body = body_of({"p/d": YES})
    assert body["passed_over"] == ["p/a", PERMIT.id, "p/u", "p/e"]
    assert body["not_shown"] == 0
    body = body_of({"p/d": NO, "p/u": NO}, shown=("p/u", "p/d", "p/a", PERMIT.id))
    assert body["passed_over"] == ["p/a"], "a child that sleeps is not passed over"
    assert (body["not_shown"], body["lit"]) == (1, ["p/a"])


def test_a_held_cell_asks_for_its_document_and_keeps_its_other_limits() -> None:
    body = body_of({"p/d": YES, PERMIT.id: YES})
    assert body["documents"] == ["Send the permit."]
    (held,) = body["limits"]
    assert held["kind"] == "held" and held["limits"] == ["not 05:00-21:00 Europe/Paris"]


def test_no_document_is_asked_for_where_the_ad_is_cut_anyway_or_was_allowed_by_hand() -> None:
    cut = body_of({"p/d": YES, PERMIT.id: YES, "p/u": YES})
    assert (cut["outcome"], cut["documents"]) == ("reject", [])
    case = Case(AD, RULES, AS_OF)
    edits = edits_for(rule_case(case, {"p/d": YES, PERMIT.id: YES}), Outcome.APPROVE)
    allowed = body_of({"p/d": YES, PERMIT.id: YES}, override=Override(edits, "exemption"))
    assert (allowed["outcome"], allowed["derived"], allowed["documents"]) == ("approve", "approve_limited", [])
    assert allowed["override"]["reason"] == "exemption" and allowed["override"]["edits"][0]["state"] == "allowed"


def test_a_document_asked_for_by_hand_turns_an_approval_into_a_request() -> None:
    body = body_of({}, documents=("The trademark licence",))
    assert (body["outcome"], body["documents"]) == ("request_info", ["The trademark licence"])
    assert body_of({"p/u": YES}, documents=("The licence",))["outcome"] == "reject"


def test_an_unsure_that_matters_escalates_with_its_question_filled_in() -> None:
    body = body_of({"p/u": UNSURE})
    assert body["outcome"] == "escalate" and body["unsure"] == ["p/u"]
    assert body["escalation"] == [{"class": "", "route": "first", "check": "p/u", "question": "Is it a scam?"}]
    own = body_of({"p/u": UNSURE}, escalation=EscalationRequest("safety", "A scam?"))
    assert [(each["route"], each["question"]) for each in own["escalation"]] == [("safety", "A scam?")]


def test_an_escalation_class_is_added_and_the_outcome_stands() -> None:
    body = body_of({"p/u": YES, "p/e": YES})
    assert body["outcome"] == "reject"
    assert body["escalation"] == [{"class": "child-safety", "route": "safety", "check": "p/e", "question": ""}]


def test_a_question_alone_escalates_a_clean_ad_and_leaves_what_is_cut_cut() -> None:
    case = Case(AD, RULES, AS_OF)
    asking = EscalationRequest("first", "May they?")
    outcomes = [
        outcome_for(rule_case(case, answers), Judgement(answers, {}, escalation=asking))
        for answers in ({}, {"p/a": YES}, {"p/u": YES})
    ]
    assert outcomes == [Outcome.ESCALATE, Outcome.APPROVE_LIMITED, Outcome.REJECT]


def test_what_was_not_opened_and_what_was_seen_of_the_page_are_in_the_record() -> None:
    assert body_of({})["unopened"] == ["media.0", "page"]
    body = body_of({}, opened=("page",))
    assert body["unopened"] == ["media.0"]
    assert body["page"] == {"url": "https://x.example", "captured_at": "2026-01-01T00:00:00Z"}
    assert body["flags"] == [{"source": "model-7", "label": "alcohol"}], "scores are floats, and no verdicts"


@settings(LAW, max_examples=EXAMPLES * 3)
@given(answered(), st.booleans(), st.data())
def test_a_decision_is_json_without_floats_and_no_contradiction(
    drawn: tuple[Ad, Catalog, dict[str, Answer]], overridden: bool, data: st.DataObject
) -> None:
    ad, rules, answers = drawn
    case = Case(ad, rules, AS_OF)
    ruling = rule_case(case, answers)
    cells = data.draw(st.lists(st.sampled_from(ruling.cells), min_size=1, unique=True)) if overridden else []
    edits = tuple((cell.market, cell.band, data.draw(st.sampled_from(State))) for cell in cells)
    judgement = Judgement(answers, {}, override=Override(edits, "context") if overridden else None)
    body = decision_body(case, worksheet(case, CueIndex.of(rules)), ruling, judgement)
    assert canonical_json(body)
    assert {finding["check"] for finding in body["findings"]} == set(ruling.findings)
    if body["outcome"] == "approve_limited":
        assert body["limits"], "a limited approval names its limits"
        assert any(cell["state"] in ("allowed", "labelled", "limited") for cell in body["cells"])
    if body["outcome"] == "approve":
        assert not body["limits"]
    assert not set(body["passed_over"]) & set(answers)
    kinds = {limit["kind"] for limit in limits(ruling, judgement)}
    assert kinds == {cell["state"] for cell in body["cells"]} & {"cut", "held", "limited"}
