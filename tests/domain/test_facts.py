"""Facts: three values, and missing data that is never an answer."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from modtui.domain.ads import Ad, Advertiser, Audience, Certificate, Creative, LandingPage, Media, Share, TimedText
from modtui.domain.clause_values import Need, State
from modtui.domain.facts import FIELDS, LISTS, NUMBERS, TEXTS, WORDS, fact_answer, holds, is_under, parse_test
from modtui.domain.need_facts import need_is_missing
from modtui.domain.patterns import compile_with_re
from modtui.domain.policies import Answer, Facts, FactTest
from modtui.domain.text_search import found_in_texts
from tests.domain.strategies import AS_OF, EXAMPLES, GROUPS, LAW, ads

laws = settings(LAW, max_examples=EXAMPLES * 4)
NOTHING = Ad("test", "ad-1")
VIDEO = (Media("media/1.mp4", "video"),)


def known(text: str, ad: Ad) -> bool | None:
    return holds(parse_test(text), ad, compile_with_re, GROUPS)


# Reading a test ---


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("product.food_score >= 4", ("product.food_score", ">=", "4")),
        ("audience.min_age<18", ("audience.min_age", "<", "18")),
        ("audience.min_age = -1", ("audience.min_age", "=", "-1")),
        ("industry under food.alcohol", ("industry", "under", "food.alcohol")),
        ("creative.format is  not video", ("creative.format", "is not", "video")),
        ("languages has not fr", ("languages", "has not", "fr")),
        (r"text matches \bKKLIU\b|a < b", ("text", "matches", r"\bKKLIU\b|a < b")),
        ("landing_page.url missing", ("landing_page.url", "missing", "")),
    ],
)
def test_a_test_reads_field_operator_value(text: str, read: tuple[str, str, str]) -> None:
    assert parse_test(text) == FactTest(*read)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("food", "is not a test"),
        ("industryis food", "is not a test"),
        ("product.price > 4", "unknown field 'product.price'"),
        ("product.food_score > four", "'four' is not a whole number"),
        ("product.food_score > --4", "is not a whole number"),
        ("product.food_score > ²", "is not a whole number"),
        ("product.food_score == 4", "is not a whole number"),
        ("industry > 4", "'industry' is no number"),
        ("product.food_score is 4", "'is' does not go with 'product.food_score'"),
        ("languages is fr", "'is' does not go with 'languages'"),
        ("industry has food", "'has' does not go with 'industry'"),
        ("objective under food", "'under' does not go with 'objective'"),
        ("languages matches fr", "'matches' does not go with 'languages'"),
        ("headline missing now", "'missing' takes no value"),
        ("headline matches", "'matches' needs a value"),
    ],
)
def test_a_test_that_makes_no_sense_is_refused_in_words(text: str, complaint: str) -> None:
    with pytest.raises(ValueError, match=re.escape(complaint)):
        parse_test(text)


# Missing data ---


def each_test_on(field: str) -> list[str]:
    """A test with each operator that goes with a field, `missing` left out."""
    operators: Mapping[str, Collection[str]] = {
        "= 1": NUMBERS, "< 99": NUMBERS, "is x": WORDS, "is not x": WORDS,
        "has FR": LISTS, "has not FR": LISTS, "matches x": TEXTS,
    }  # fmt: skip
    return [f"{field} {operator}" for operator, fields in operators.items() if field in fields]


@pytest.mark.parametrize("field", FIELDS)
def test_missing_data_is_unknown_except_to_missing(field: str) -> None:
    timed = ("transcript", "on_screen_text")
    ad = replace(NOTHING, creative=Creative(format="video")) if field in timed else NOTHING
    assert each_test_on(field)
    assert [known(test, ad) for test in each_test_on(field)] == [None] * len(each_test_on(field))
    assert known(f"{field} missing", ad) is True


@laws
@given(ads(), st.sampled_from([test for field in FIELDS for test in each_test_on(field)]))
def test_taking_data_away_never_turns_an_answer_around(ad: Ad, text: str) -> None:
    before = known(text, ad)
    poorer = (
        replace(ad, food_score=None),
        replace(ad, industry=None),
        replace(ad, markets=()),
        replace(ad, audience=Audience()),
        replace(ad, advertiser=Advertiser()),
        replace(ad, landing_page=replace(ad.landing_page, text=None)),
    )
    for each in poorer:
        after = known(text, each)
        assert after in (before, None)


@laws
@given(ads(), st.sampled_from(TEXTS), st.sampled_from(("wine", "casino", "zebra", "^a")))
def test_a_text_search_never_answers_absent_when_the_ad_has_media(ad: Ad, field: str, pattern: str) -> None:
    with_media = replace(ad, media=VIDEO)
    assert found_in_texts(compile_with_re(pattern), with_media, (field,)) is not False
    assert found_in_texts(compile_with_re(pattern), with_media) is not False


def test_a_text_search_answers_absent_where_everything_was_read() -> None:
    ad = replace(NOTHING, creative=Creative(body="spring wine"))
    assert known("text matches wine", ad) is True
    assert known("text matches zebra", ad) is False
    assert known("body matches zebra", ad) is False
    assert known("transcript matches zebra", ad) is False, "an ad without media says nothing"
    assert known("headline matches zebra", ad) is None, "no headline was delivered"


@pytest.mark.parametrize(
    "unread",
    [
        replace(NOTHING, creative=Creative(format="image", body="wine")),
        replace(NOTHING, creative=Creative(body="wine"), landing_page=LandingPage(url="https://x.example/")),
    ],
    ids=["a picture that was not delivered", "a page that was not captured"],
)
def test_what_was_never_read_is_not_absent(unread: Ad) -> None:
    assert known("text matches zebra", unread) is None
    assert known("text matches wine", unread) is True


def test_a_search_reads_every_line_of_speech() -> None:
    lines = (TimedText("good day"), TimedText("drink wine"))
    ad = replace(NOTHING, creative=Creative(transcript=lines), media=VIDEO)
    assert known("transcript matches wine", ad) is True
    assert known("on_screen_text matches wine", ad) is None


# Comparing ---


def test_numbers_words_and_lists_are_compared_as_written() -> None:
    ad = replace(
        NOTHING,
        food_score=4,
        industry="food.alcohol",
        languages=("fr", "nl"),
        creative=Creative(format="Video", ai_declared=False),
    )
    truths = ("product.food_score >= 4", "product.food_score = 4", "product.food_score != 5", "industry under food",
              "industry under food.alcohol", "creative.format is video", "creative.ai_declared is no",
              "languages has FR", "languages has not de", "objective missing")  # fmt: skip
    lies = ("product.food_score > 4", "product.food_score < 4", "industry under foo", "creative.format is not video",
            "languages has de", "languages has not nl", "industry missing")  # fmt: skip
    assert [known(text, ad) for text in truths] == [True] * len(truths)
    assert [known(text, ad) for text in lies] == [False] * len(lies)
    assert is_under("food", "food") and not is_under("foodie", "food")


def test_a_group_stands_for_its_members_and_a_part_for_its_country() -> None:
    by_group = replace(NOTHING, markets=("EEA",))
    by_member = replace(NOTHING, markets=("FR", "US-NY"))
    assert known("markets has FR", by_group) is True
    assert known("markets has not SA", by_group) is True
    assert known("markets has EEA", by_member) is True
    assert known("markets has GCC", by_member) is False
    assert known("markets has us", by_member) is True


# Together ---


@pytest.mark.parametrize(
    ("values", "every", "answer"),
    [
        ("TF", False, Answer.YES), ("UF", False, None), ("FF", False, Answer.NO), ("UT", False, Answer.YES),
        ("TF", True, Answer.NO), ("UT", True, None), ("TT", True, Answer.YES), ("UF", True, Answer.NO),
        ("", False, None), ("", True, None),
    ],
)  # fmt: skip
def test_any_and_all_follow_kleene(values: str, every: bool, answer: Answer | None) -> None:
    ad = replace(NOTHING, food_score=4)
    tests = {"T": "product.food_score = 4", "F": "product.food_score = 5", "U": "audience.min_age = 4"}
    facts = Facts(tuple(parse_test(tests[value]) for value in values), every)
    assert fact_answer(facts, ad, compile_with_re) is answer


# Needs ---

PAPER = Certificate(
    "gambling", number="ES-114", holder="Glow", domain="glow.example", market="ES", expires="2027-01-01"
)
LICENSED = replace(
    NOTHING,
    advertiser=Advertiser(name="GLOW ", certificates=(PAPER,)),
    landing_page=LandingPage(url="https://shop.glow.example/es"),
)
STRICT = Need(
    "a", "certificate", "?", State.HELD, certificate="Gambling", number=r"ES-\d+", holder=True, domain=True
)  # fmt: skip


def lacks(need: Need, ad: Ad, market: str = "ES") -> bool | None:
    return need_is_missing(need, market, ad, compile_with_re, AS_OF, {"ES": ("EEA",), "FR": ("EEA",)})


def with_paper(**changes: str | None) -> Ad:
    return replace(LICENSED, advertiser=Advertiser(name="Glow", certificates=(replace(PAPER, **changes),)))  # type: ignore[arg-type]


def test_a_certificate_counts_when_all_it_is_asked_for_matches() -> None:
    assert lacks(STRICT, LICENSED) is False
    assert lacks(STRICT, LICENSED, "ES-MD") is False, "a country's paper holds in its parts"
    assert lacks(STRICT, with_paper(market="EEA")) is False, "a group's paper holds for its members"
    assert lacks(STRICT, with_paper(expires=AS_OF)) is False, "the last day counts"


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "finance"}, {"market": "FR"}, {"number": "FR-1"}, {"holder": "Other"}, {"domain": "low.example"},
        {"expires": "2026-06-14"}, {"market": "ES-MD"},
    ],
    ids=lambda wrong: str(wrong),
)  # fmt: skip
def test_a_certificate_that_does_not_match_does_not_count(wrong: dict[str, str]) -> None:
    assert lacks(STRICT, with_paper(**wrong)) is True


@pytest.mark.parametrize("name", ["market", "number", "holder", "domain", "expires"])
def test_a_certificate_that_leaves_something_unsaid_may_count_or_not(name: str) -> None:
    assert lacks(STRICT, with_paper(**{name: None})) is None
    assert lacks(STRICT, with_paper(**{name: None, "kind": "finance"})) is True


def test_a_certificate_is_unknown_without_the_data_it_is_held_against() -> None:
    assert lacks(STRICT, replace(LICENSED, advertiser=Advertiser(certificates=(PAPER,)))) is None
    assert lacks(STRICT, replace(LICENSED, landing_page=LandingPage())) is None
    assert lacks(STRICT, NOTHING) is None
    assert lacks(STRICT, LICENSED, "not stated") is None


def test_a_certificate_must_outlast_the_schedule() -> None:
    assert lacks(STRICT, replace(LICENSED, schedule_end="2027-01-01")) is False
    assert lacks(STRICT, replace(LICENSED, schedule_end="2027-01-02")) is True


def test_one_certificate_that_counts_is_enough() -> None:
    papers = (replace(PAPER, market=None), PAPER, replace(PAPER, kind="finance"))
    assert lacks(STRICT, replace(LICENSED, advertiser=Advertiser(name="Glow", certificates=papers))) is False


@pytest.mark.parametrize("url", ["https://glow.example", "glow.example/es", "HTTPS://GLOW.example:8443/?a=b"])
def test_a_domain_is_that_of_the_page(url: str) -> None:
    assert lacks(STRICT, replace(LICENSED, landing_page=LandingPage(url=url))) is False


@pytest.mark.parametrize(
    "url", ["https://glow.example.evil.example", "https://notglow.example", "https://x@y.example/glow.example"]
)
def test_a_domain_is_not_that_of_a_page_that_only_names_it(url: str) -> None:
    assert lacks(STRICT, replace(LICENSED, landing_page=LandingPage(url=url))) is True


SHARE = Need("s", "audience_share", "?", State.HELD, ages="21+", at_least_per_mille=738)


@pytest.mark.parametrize(
    ("shares", "missing"),
    [
        ((), None),
        ((Share("21+", 738),), False),
        ((Share("21+", 737),), True),
        ((Share("18+", 900),), None),
        ((Share("21+", 900, "FR"),), None),
        ((Share("21+", 900), Share("21+", 500, "ES")), True),
        ((Share("21+", 500, "ES"), Share("21+", 900)), True),
        ((Share("21+", 900, "EEA"), Share("21+", 500)), False),
    ],
)
def test_a_share_is_that_of_the_market_or_else_of_the_whole_audience(
    shares: tuple[Share, ...], missing: bool | None
) -> None:
    assert lacks(SHARE, replace(NOTHING, audience=Audience(shares=shares))) is missing


def test_any_one_wording_will_do_and_none_is_a_pattern() -> None:
    need = Need("t", "text", "?", State.CUT, text=("drink less (18+)", "be wise"))
    assert lacks(need, replace(NOTHING, creative=Creative(body="Drink LESS (18+)!"))) is False
    assert lacks(need, replace(NOTHING, creative=Creative(body="drink less 188"))) is True
    assert lacks(need, replace(NOTHING, creative=Creative(body="Hello"), media=VIDEO)) is None


@pytest.mark.parametrize("kind", ["label", "apparent_age"])
def test_what_only_eyes_can_tell_is_never_answered_by_a_fact(kind: str) -> None:
    assert lacks(Need("n", kind, "?", State.CUT), LICENSED) is None
