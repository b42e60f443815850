"""Laws of replay: the same catalog flips nothing, and a verdict agrees with relevance and ruling from scratch."""

from __future__ import annotations

import json
from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import asdict, replace

from modtui.domain.ads import Ad, Advertiser
from modtui.domain.catalog import Catalog
from modtui.domain.clause_values import Clause, State
from modtui.domain.cues import CueIndex
from modtui.domain.decisions import Judgement, decision_body
from modtui.domain.hidden_cues import hidden_hits
from modtui.domain.markets import country_of
from modtui.domain.past_decisions import PastDecision
from modtui.domain.policies import Answer, Check, Cues, Policy, Severity
from modtui.domain.relevance import Worksheet, worksheet
from modtui.domain.replay import Replay, Verdict
from modtui.domain.rulings import Case, Outcome, Ruling, rule, rule_case
from modtui.domain.touched import Touched
from tests.domain.strategies import AS_OF, LATER, LAW, answered, checks, need_checks

OLDEST = 110


def past(ad: Ad, catalog: Catalog, answers: dict[str, Answer], as_of: str = AS_OF) -> PastDecision:
    """What the log would hold of a decision, read back."""
    case = Case(ad, catalog, as_of)
    sheet = sheet_of(case)
    body: dict[str, Any] = decision_body(case, sheet, rule_case(case, answers), Judgement(answers, {}))
    papers = ad.advertiser.certificates
    if papers is not None:
        body["on_file"] = [{name: value for name, value in asdict(each).items() if value} for each in papers]
    if ad.schedule_end:
        body["schedule"] = {"end": ad.schedule_end}
    if ad.food_score is not None:
        body["food_score"] = ad.food_score
    return msgspec.json.decode(json.dumps(body), type=PastDecision)


def sheet_of(case: Case) -> Worksheet:
    index = CueIndex.of(case.catalog)
    return worksheet(case, index, hidden_hits(index, case.ad))


def in_other_context(ad: Ad) -> Ad:
    """The same content with other papers, dates and scores: what is stored may have changed under a decision."""
    return replace(ad, food_score=None, schedule_end="2031-01-01", advertiser=replace(ad.advertiser, certificates=()))


def replayed(old: Catalog, new: Catalog, ad: Ad, decision: PastDecision) -> Verdict:
    return Replay(Touched(old, new)).verdict(decision, lambda: in_other_context(ad))


@st.composite
def altered(draw: st.DrawFn, catalog: Catalog) -> Catalog:
    """The catalog with some questions, rows, facts and cues changed, and maybe with checks that are new."""

    def altered_row(row: Clause) -> Clause:
        if not draw(st.booleans()):
            return row
        return replace(row, min_age=draw(st.sampled_from((None, 18, 21))), effect=None, hash=row.hash + "'")

    def altered_check(check: Check) -> Check:
        what = draw(st.sampled_from((*["nothing"] * 4, "ask", "rows", "rows", "facts", "cues", "escalation")))
        if what == "ask":
            return replace(check, ask=f"Reworded: {check.id}?")
        if what == "facts" and check.need is None:
            return replace(check, facts=None)
        if what == "cues" and check.need is None:
            return replace(check, cues=Cues(words=("nothing",)))
        if what == "escalation":
            return replace(check, escalation=None)
        if what == "rows":
            markets = {market: tuple(map(altered_row, rows)) for market, rows in check.markets.items()}
            return replace(check, markets=markets)
        return check

    policies = [replace(policy, checks=tuple(map(altered_check, policy.checks))) for policy in catalog.policies]
    if draw(st.booleans()):
        policies.append(draw(new_policy(catalog)))
    return replace(catalog, version="2", policies=tuple(policies))


@st.composite
def new_policy(draw: st.DrawFn, catalog: Catalog) -> Policy:
    parents = tuple(check.id for check in catalog.checks if check.need is None and not check.is_exemption)
    order = 1 + max(check.order for check in catalog.checks)
    first = draw(checks("n", "c0", "na", order, parents, ()))
    asked_for = need_checks(first, order + 1)
    second = draw(checks("n", "c1", "nb", order + 1 + len(asked_for), (*parents, first.id), ()))
    members = (first, *asked_for, second, *need_checks(second, second.order + 1))
    cues = draw(st.sampled_from((Cues(), Cues(industries=("food",), words=("casino",)))))
    return Policy("n", "N", "test", "content", Severity.HIGH, "New.", cues=cues, checks=members)


@st.composite
def changed(draw: st.DrawFn) -> tuple[Ad, Catalog, Catalog, dict[str, Answer]]:
    ad, old, answers = draw(answered())
    return ad, old, draw(altered(old)), answers


@given(answered(), st.booleans())
@LAW
def test_the_same_catalog_flips_nothing(drawn: tuple[Ad, Catalog, dict[str, Answer]], is_whole: bool) -> None:
    ad, catalog, answers = drawn
    touched = Touched(catalog, catalog)
    touched.is_whole = is_whole  # everything ruled anew, from the context the decision holds
    verdict = Replay(touched).verdict(past(ad, catalog, answers), lambda: in_other_context(ad))
    assert not verdict.is_concerned and verdict.is_ruled is is_whole


@given(changed())
@LAW
def test_a_verdict_agrees_with_ruling_from_scratch(drawn: tuple[Ad, Catalog, Catalog, dict[str, Answer]]) -> None:
    ad, old, new, answers = drawn
    verdict = replayed(old, new, ad, past(ad, old, answers))
    before, after = rule(ad, old, answers, AS_OF), rule(ad, new, answers, AS_OF)
    assert (verdict.was, verdict.becomes) == (before.outcome, after.outcome)
    assert {
        (flip.market, age): (flip.was, flip.becomes)
        for flip in verdict.flips
        for age in range(flip.band.min_age, (OLDEST if flip.band.max_age is None else flip.band.max_age) + 1)
    } == differing(before, after)
    escalating = {check_id for check_id, _ in after.escalations} ^ {check_id for check_id, _ in before.escalations}
    assert {*verdict.escalates, *verdict.escalates_no_more} == escalating


@given(changed())
@LAW
def test_what_has_to_be_asked_is_what_stands_beside_the_ad(
    drawn: tuple[Ad, Catalog, Catalog, dict[str, Answer]],
) -> None:
    ad, old, new, answers = drawn
    verdict = replayed(old, new, ad, past(ad, old, answers))
    case = Case(ad, new, AS_OF)
    sheet = sheet_of(case)
    questions = {check.id: (check.ask, check.need and check.need.kind) for check in old.checks}
    anew = [check for check in new.checks if questions.get(check.id) != (check.ask, check.need and check.need.kind)]
    lines = {line.check.id for line in sheet.lines} | set(answers)
    waiting = [
        check
        for check in anew
        if (check.id in lines if not check.when else case.is_asked(check, answers))
        and case.can_apply(check)
        and (check.id in answers or case.fact(check) is None)
    ]
    lit = {line.check.id for line in sheet.lit} | {hit.check_id for hit in sheet.hits}
    if verdict.asks:
        assert [each.check_id for each in verdict.asks] == [
            check.id for check in sorted(waiting, key=lambda check: (check.id not in lit, check.order))
        ]
        assert {each.check_id for each in verdict.asks if each.is_lit} == lit & {check.id for check in waiting}
    elif waiting:  # it is told all the same, because no answer could change it
        assert rule(ad, new, answers, AS_OF).outcome is Outcome.REJECT


@given(changed(), st.data())
@LAW
def test_what_is_told_without_asking_holds_whatever_is_answered(
    drawn: tuple[Ad, Catalog, Catalog, dict[str, Answer]], data: st.DataObject
) -> None:
    ad, old, new, answers = drawn
    touched = Touched(old, new)
    if replayed(old, new, ad, past(ad, old, answers)).asks:
        return
    case = Case(ad, new, AS_OF)
    shown = {line.check.id for line in sheet_of(case).lines}
    later = dict(answers)
    for check in touched.asked_anew.values():
        if check.id in shown or (check.when and case.is_asked(check, later)):
            given_answer = data.draw(st.sampled_from((None, *Answer)))
            if given_answer and (check.id in answers or case.fact(check) is None):
                later[check.id] = given_answer
    told, after = rule(ad, new, answers, AS_OF), rule(ad, new, later, AS_OF)
    assert (after.outcome, after.states, after.escalations) == (told.outcome, told.states, told.escalations)


def test_a_day_to_come_is_another_one() -> None:
    """A row that takes effect later is seen by a replay for that day, and by no other."""
    row = Clause("*", 0, min_age=18, hash="a")
    check = Check("p/c", "p", "aa", "Is it?", Severity.LOW, 0, clauses=(row,))
    policy = Policy("p", "P", "f", "content", Severity.LOW, "A principle.", checks=(check,))
    old = Catalog("t", "1", "T", None, {}, {}, (policy,), hash="1")
    strict = Clause("*", 0, min_age=21, effective=LATER, hash="c")
    later = replace(check, clauses=(row, strict))
    new = replace(old, version="2", policies=(replace(policy, checks=(later,)),), hash="2")
    ad = Ad("s", "a", markets=("FR",), advertiser=Advertiser())
    decision = past(ad, old, {"p/c": Answer.YES})
    assert not Replay(Touched(old, new)).verdict(decision, lambda: ad).is_flipped
    verdict = Replay(Touched(old, new, LATER)).verdict(decision, lambda: ad)
    assert [(str(flip.band), flip.was, flip.becomes, flip.check_id) for flip in verdict.flips] == [
        ("18-20", State.ALLOWED, State.CUT, "p/c")
    ]
    # Nothing is stale: the row it rested on still stands.
    assert not verdict.stale


def differing(before: Ruling, after: Ruling) -> dict[tuple[str, int], tuple[State | None, State | None]]:
    """Market and age to the two states where they differ; a part is its country's where one side is undivided."""
    found = {}
    for market in {*before.grid.markets, *after.grid.markets}:
        for age in range(OLDEST + 1):
            states = (_state(before, market, age), _state(after, market, age))
            if states[0] is not states[1]:
                found[market, age] = states
    return found


def _state(ruling: Ruling, market: str, age: int) -> State | None:
    name = market if market in ruling.grid.markets else country_of(market)
    for cell in ruling.cells:
        if cell.market == name and cell.band.min_age <= age and (cell.band.max_age is None or age <= cell.band.max_age):
            return cell.state
    return None
