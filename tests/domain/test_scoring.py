"""Marking answers, report cards, classes and the ads behind them; and who passes the default exam."""

from __future__ import annotations

import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from modtui.domain.attempts import Attempt, first_attempts
from modtui.domain.cohorts import alike, compare, standings
from modtui.domain.exams import chance_of_passing, sequential_verdict
from modtui.domain.intervals import Rate
from modtui.domain.item_statistics import items
from modtui.domain.packs import EXAM_ITEMS, EXAM_PASS, Accepted, Key, Rationale
from modtui.domain.policies import Answer
from modtui.domain.report_cards import EVEN, LENIENT, MASTERED, NOT_ENOUGH, NOT_YET, STRICT, ReportCard, report_card
from modtui.domain.scoring import FALSE_ALARM, MISS, WRONG_SELECTION, Marked, Ruled, mark

WHY = Rationale("Because.")
WINE = Key("reject", {"wine/sells": Answer.YES}, WHY, ("wine/sells",), "wine/sells")
BREAD = Key("approve", {}, WHY)


def key_to(number: int) -> Key:
    """Two in five are clean; each of the others looks like its neighbour."""
    return replace(BREAD, lookalike=f"{number - 1:03}") if number % 5 in (1, 3) else WINE


def exam(count: int) -> dict[str, Key]:
    return {f"{number:03}": key_to(number) for number in range(count)}


def said(ad: str, key: Key, outcome: str | None = None, *checks: str, **more: Any) -> Marked:
    """The mark of an answer: the right one, or one of this outcome and these checks."""
    outcome, checks = (key.outcome, key.checks) if outcome is None else (outcome, checks)
    attempt = Attempt(ad, 1, outcome, outcome, active_ms=more.pop("active_ms", 5000), **more)
    return mark(attempt, key, Ruled(outcome, checks, next(iter(checks), "")))


def sat(learner: str, keys: dict[str, Key], accuracy: float, rng: random.Random) -> tuple[list[Marked], ReportCard]:
    """Somebody who is right on each ad with this probability."""
    marked = []
    for ad, key in keys.items():
        right = rng.random() < accuracy
        wrong = ("reject", "wine/sells") if key.is_clean else ("approve",)
        marked.append(said(ad, key) if right else said(ad, key, *wrong))
    return marked, report_card(learner, marked, keys, pass_at=EXAM_PASS)


# One answer ---


def test_the_kinds_of_errors() -> None:
    assert said("1", WINE).error == ""
    assert said("1", WINE, "approve").error == MISS
    assert said("1", BREAD, "reject", "wine/sells").error == FALSE_ALARM
    other = said("1", WINE, "reject", "beer/sells")
    assert (other.error, other.outcome_right, other.set_right, other.first_right) == (
        WRONG_SELECTION,
        True,
        False,
        False,
    )
    assert (other.missed, other.too_much) == (("wine/sells",), ("beer/sells",))
    more = said("1", WINE, "reject", "wine/sells", "beer/sells")
    assert (more.is_right, more.set_right) == (True, False)


def test_what_is_accepted_too_is_right() -> None:
    key = replace(WINE, accepted=(Accepted("request_info", ("wine/paper",)), Accepted("escalate")))
    assert said("1", key, "request_info", "wine/paper").is_right
    assert not said("1", key, "request_info", "wine/other").is_right
    assert said("1", key, "escalate", "whatever/else").is_right


def test_an_outcome_needs_answers_that_lead_to_it_or_a_reason() -> None:
    found = Ruled("approve", (), "")
    lied = Attempt("1", 1, "reject", "reject")
    assert mark(lied, WINE, found).said == "approve"
    assert "they lead to approve" in mark(lied, WINE, found).doubt
    unfounded = replace(lied, derived="approve")
    assert (mark(unfounded, WINE, found).said, bool(mark(unfounded, WINE, found).doubt)) == ("approve", True)
    founded = replace(unfounded, override={"reason": "context", "edits": []})
    assert (mark(founded, WINE, found).said, mark(founded, WINE, found).doubt) == ("reject", "")
    assert mark(replace(unfounded, outcome="escalate", escalation="legal"), WINE, found).said == "escalate"


def test_only_first_answers_count() -> None:
    attempts = [Attempt("1", 1, "reject", "reject"), Attempt("2", 1, "approve", "approve"), Attempt("1", 2, "a", "a")]
    assert [each.outcome for each in first_attempts(attempts)] == ["reject", "approve"]


# A learner ---


def test_a_report_card_says_what_was_right_and_what_not_enough_is_known_of() -> None:
    keys = exam(10)
    card = report_card("amina", [said(ad, key) for ad, key in keys.items()], keys, pass_at=9)
    assert (card.right, card.passed) == (Rate(10, 10), True)
    assert card.leaning.words == NOT_ENOUGH
    (wine,) = card.policies
    assert (wine.hits, wine.clears, wine.look_alikes, wine.mastery) == (6, 4, 4, NOT_YET)
    few = report_card("amina", [said("000", WINE)], keys)
    assert few.policies[0].mastery == NOT_ENOUGH
    assert few.passed is None
    empty = report_card("amina", [], keys, pass_at=9)
    assert (empty.right.words, empty.times.median, empty.trend) == ("no cases", None, ())


def test_mastery_needs_enough_ads_of_both_kinds() -> None:
    keys = exam(30)
    card = report_card("amina", [said(ad, key) for ad, key in keys.items()], keys)
    assert card.policies[0].mastery == MASTERED
    only_wine = {f"{n:03}": WINE for n in range(30)}
    assert report_card("bo", [said(ad, WINE) for ad in only_wine], only_wine).policies[0].mastery == NOT_ENOUGH


@pytest.mark.parametrize(
    ("wrong_on_clean", "wrong_on_wine", "words"), [(True, False, STRICT), (False, True, LENIENT), (False, False, EVEN)]
)
def test_a_card_tells_too_strict_from_too_lenient(wrong_on_clean: bool, wrong_on_wine: bool, words: str) -> None:
    keys = exam(50)
    marked = []
    for number, (ad, key) in enumerate(keys.items()):
        wrong = number % 3 and (wrong_on_clean if key.is_clean else wrong_on_wine)
        marked.append(
            said(ad, key, *(("reject", "wine/sells") if key.is_clean else ("approve",))) if wrong else said(ad, key)
        )
    card = report_card("amina", marked, keys)
    assert card.leaning.words == words


def test_times_trend_confidence_and_mix_ups() -> None:
    keys = exam(24)
    marked = [
        said(ad, key, active_ms=1000 * (n + 1), confidence="sure") if n < 12 or key.is_clean
        else said(ad, key, "reject", "beer/sells", active_ms=1000 * (n + 1), confidence="unsure")
        for n, (ad, key) in enumerate(keys.items())
    ]  # fmt: skip
    card = report_card("amina", marked, keys)
    assert card.mixed_up == (("wine/sells", "beer/sells", 7),)
    assert [rate.of for rate in card.trend] == [10, 14]
    assert card.times.wrong is not None
    assert card.times.right is not None
    assert card.times.wrong > card.times.right
    assert card.confidence == {"sure": Rate(17, 17), "unsure": Rate(0, 7)}


def test_late_answers_do_not_count_as_right() -> None:
    keys = exam(10)
    marked = [said(ad, key, is_late=n >= 5) for n, (ad, key) in enumerate(keys.items())]
    card = report_card("amina", marked, keys, pass_at=6)
    assert (card.right, card.late, card.passed) == (Rate(5, 10), 5, False)


# A class ---


def test_nobody_is_ranked_on_fewer_than_twenty_answers() -> None:
    rng = random.Random(3)
    keys = exam(30)
    few = {ad: keys[ad] for ad in list(keys)[:19]}
    cards = [sat("bo", keys, 0.6, rng)[1], sat("amina", keys, 0.95, rng)[1], sat("dina", few, 1.0, rng)[1]]
    found = {each.learner: each for each in standings(cards)}
    assert list(found) == ["amina", "bo", "dina"]
    assert (found["amina"].rank, found["bo"].rank, found["dina"].rank) == (1, 2, None)
    assert found["dina"].pooled is None


@given(st.lists(st.tuples(st.integers(20, 60), st.floats(0, 1)), min_size=1, max_size=8))
def test_pooling_draws_towards_the_class_and_never_past_it(class_: list[tuple[int, float]]) -> None:
    cards = []
    for number, (answers, share) in enumerate(class_):
        keys = {f"{n:03}": WINE for n in range(answers)}
        marked = [said(ad, WINE) if n < share * answers else said(ad, WINE, "approve") for n, ad in enumerate(keys)]
        cards.append(report_card(str(number), marked, keys))
    mean = sum(card.right.hits for card in cards) / sum(card.right.of for card in cards)
    for card, standing in zip(sorted(cards, key=lambda card: card.learner), standings(cards), strict=True):
        raw = card.right.share
        assert standing.pooled is not None
        assert raw is not None
        assert min(raw, mean) - 1e-9 <= standing.pooled <= max(raw, mean) + 1e-9


def test_two_classes_are_compared_with_an_interval() -> None:
    rng = random.Random(5)
    keys = exam(50)
    good = [sat(str(n), keys, 0.95, rng)[1] for n in range(6)]
    poor = [sat(str(n), keys, 0.75, rng)[1] for n in range(6)]
    assert "more than chance" in compare(good, poor).words
    assert "more than chance" not in compare(good, good).words
    assert compare(good, []).words == "nothing to compare"


def test_an_ad_whose_key_is_wrong_stands_out() -> None:
    rng = random.Random(11)
    keys = exam(30)
    by_learner = {}
    for number in range(12):
        marked, _ = sat(str(number), keys, 0.9, rng)
        # The whole class sees a beer where the key says wine.
        marked[0] = said("000", keys["000"], "reject", "beer/sells")
        by_learner[str(number)] = marked
    found = items(list(keys), by_learner, {"001": 7})
    assert found[0].advice == "key probably wrong: few have it right"
    assert found[0].wrong[0].first == "beer/sells"
    assert found[0].share == 0
    assert found[1].advice == "key probably wrong: half the class contests it"
    assert sum(bool(item.advice) for item in found) < 8
    small = items(list(keys), {name: by_learner[name] for name in "012"}, {})
    assert small[0].advice == "look at the key: most agree on another answer"


def test_item_rest_tells_ads_that_good_learners_get_wrong() -> None:
    rng = random.Random(2)
    keys = exam(40)
    by_learner = {}
    for number in range(14):
        accuracy = 0.5 + number * 0.035
        marked, _ = sat(str(number), keys, accuracy, rng)
        key = keys["000"]
        marked[0] = said("000", key, "approve") if accuracy > 0.7 else said("000", key)
        by_learner[str(number)] = marked
    (item,) = items(["000"], by_learner, {})
    assert item.item_rest is not None
    assert item.item_rest < -0.5
    assert "right elsewhere" in item.advice


def test_learners_with_the_same_errors_are_named_and_chance_is_not() -> None:
    rng = random.Random(9)
    keys = exam(50)
    marked, _ = sat("amina", keys, 0.7, rng)
    by_learner = {"amina": marked, "bo": marked, "chloe": sat("chloe", keys, 0.7, rng)[0]}
    found = alike(by_learner)
    assert [(one, other) for one, other, *_ in found] == [("amina", "bo")]
    assert alike({"amina": marked, "chloe": by_learner["chloe"]}) == ()


# Exams ---


@pytest.mark.parametrize(
    ("items_", "pass_at", "chances"),
    [
        (20, 17, (0.98, 0.87, 0.65, 0.41, 0.11)),
        (20, 18, (0.92, 0.68, 0.40, 0.21, 0.04)),
        (50, 45, (0.96, 0.62, 0.22, 0.05, 0.00)),
        (80, 72, (0.98, 0.59, 0.13, 0.01, 0.00)),
    ],
)
def test_the_table_of_chances(items_: int, pass_at: int, chances: tuple[float, ...]) -> None:
    for accuracy, chance in zip((0.95, 0.90, 0.85, 0.80, 0.70), chances, strict=True):
        assert chance_of_passing(items_, pass_at, accuracy) == pytest.approx(chance, abs=0.0051)


def test_who_passes_the_default_exam() -> None:
    """Simulated reviewers sit the default exam, marked and scored as real ones are."""
    keys = exam(EXAM_ITEMS)
    rng = random.Random(20261123)
    passed = {}
    for accuracy in (0.80, 0.95):
        sittings = [sat("x", keys, accuracy, rng)[1].passed for _ in range(1500)]
        passed[accuracy] = sum(map(bool, sittings)) / len(sittings)
    assert passed[0.80] <= 0.06
    assert passed[0.95] >= 0.94


def test_the_sequential_test_is_short_where_it_is_clear() -> None:
    rng = random.Random(4)

    def length(accuracy: float) -> tuple[float, float]:
        lengths, passes = [], 0
        for _ in range(300):
            right = wrong = 0
            while not (verdict := sequential_verdict(right, wrong)) and right + wrong < 100:
                hit = rng.random() < accuracy
                right, wrong = right + hit, wrong + (not hit)
            lengths.append(right + wrong)
            passes += verdict == "pass"
        return sum(lengths) / len(lengths), passes / 300

    long, good = length(0.97)
    assert long < 35
    assert good > 0.95
    assert length(0.70)[1] < 0.02
