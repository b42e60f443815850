"""Precedents: the split of past outcomes, the answers that hold, and what goes against one."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from modtui.domain.ads import Ad
from modtui.domain.catalog import Catalog
from modtui.domain.policies import Answer
from modtui.domain.precedents import (
    SETTLED,
    Precedent,
    Taken,
    TwinVerdict,
    answers_that_hold,
    goes_against,
    newest_first,
    offer_of,
    split_of,
)
from modtui.domain.rulings import Case, Outcome, rule
from modtui.domain.touched import Touched
from tests.domain.strategies import AS_OF, answered

STATES = st.sampled_from([*SETTLED, "second_review", "escalated"])
VERDICTS = st.builds(
    TwinVerdict,
    event_id=st.uuids().map(str),
    reviewer=st.sampled_from(["amina", "ben"]),
    at=st.just("2026-11-22T12:00:00.000Z"),
    outcome=st.sampled_from([each.value for each in Outcome]),
    state=STATES,
    checks=st.lists(st.sampled_from(["a", "b", "c"]), max_size=3).map(tuple),
)


@given(st.lists(VERDICTS, max_size=12, unique_by=lambda each: each.event_id))
def test_the_split_counts_each_settled_verdict_once_the_most_first(verdicts: list[TwinVerdict]) -> None:
    parts = split_of(verdicts)
    assert sum(part.count for part in parts) == sum(verdict.is_settled for verdict in verdicts)
    assert [part.count for part in parts] == sorted((part.count for part in parts), reverse=True)
    assert len({part.outcome for part in parts}) == len(parts)
    assert all(0 < times <= part.count for part in parts for _, times in part.checks)
    assert split_of(reversed(verdicts)) == parts
    ordered = newest_first(verdicts)
    assert [each.event_id for each in ordered] == sorted((each.event_id for each in verdicts), reverse=True)


def precedent(case_ad: Ad, catalog: Catalog, answers: dict[str, Answer], digest: str = "") -> Precedent:
    """The decision that follows from answers on an ad."""
    ruling = rule(case_ad, catalog, answers, AS_OF)
    clauses = {
        check_id: tuple(
            cause.clause.hash for cell in ruling.cells for cause in cell.causes if cause.check_id == check_id
        )
        for check_id in ruling.findings
    }
    outcome = ruling.outcome.value
    return Precedent("e", "ad", "ben", "", outcome, outcome, answers, clauses, {}, digest or catalog.hash)


@given(answered())
@settings(max_examples=40)
def test_on_the_same_ad_and_catalog_a_precedent_is_repeated(drawn: tuple[Ad, Catalog, dict[str, Answer]]) -> None:
    ad, catalog, answers = drawn
    own = {check_id: answer for check_id, answer in answers.items() if catalog.check_by_id[check_id].need is None}
    past = precedent(ad, catalog, own)
    offer = offer_of(past, Case(ad, catalog, AS_OF), None)
    assert dict(offer.answers) == own and offer.left == ()
    assert offer.expected is (None if past.outcome == "escalate" else Outcome(past.outcome))
    for outcome in Outcome:
        expected_against = offer.expected is not None and outcome not in (offer.expected, Outcome.ESCALATE)
        assert goes_against(offer, outcome) is expected_against


@given(answered())
@settings(max_examples=40)
def test_papers_are_never_taken_over(drawn: tuple[Ad, Catalog, dict[str, Answer]]) -> None:
    ad, catalog, _ = drawn
    answers = {check.id: Answer.NO for check in catalog.checks}
    kept, left = answers_that_hold(precedent(ad, catalog, answers), catalog, None)
    assert all(catalog.check_by_id[check_id].need is None for check_id in kept)
    assert set(kept) | set(left) == set(answers) and not set(kept) & set(left)


@given(answered(), answered())
@settings(max_examples=40)
def test_under_another_catalog_only_what_means_the_same_is_kept(
    drawn: tuple[Ad, Catalog, dict[str, Answer]], other: tuple[Ad, Catalog, dict[str, Answer]]
) -> None:
    ad, old, answers = drawn
    new = other[1]
    past = precedent(ad, old, answers, "another")
    known, _ = answers_that_hold(past, new, Touched(old, new))
    unknown, _ = answers_that_hold(past, new, None)
    for check_id, answer in known.items():
        check, before = new.check_by_id[check_id], old.check_by_id[check_id]
        assert check.ask == before.ask and check.when == before.when and answer is answers[check_id]
    assert all(answer is Answer.YES for answer in unknown.values())
    hashes = {row.hash for check in new.checks for rows in (check.clauses, *check.markets.values()) for row in rows}
    assert all(set(past.clauses[check_id]) <= hashes for check_id in unknown)


ANSWERS = st.dictionaries(st.sampled_from("abcd"), st.sampled_from(list(Answer)), max_size=4)


@given(ANSWERS, ANSWERS)
def test_what_was_taken_is_what_still_stands_and_a_draft_keeps_it(
    given_: dict[str, Answer], now: dict[str, Answer]
) -> None:
    taken = Taken("e", given_)
    assert taken.still(now) == tuple(sorted(each for each in given_ if now.get(each) is given_[each]))
    assert Taken.from_json(taken.as_json()) == taken
