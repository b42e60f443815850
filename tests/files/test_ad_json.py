"""The canonical JSON of an ad: what is normalised, what goes to `extra`, what is refused; nothing gets lost."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modtui.domain import ads
from modtui.domain.ad_json import AdProblem, ad_from_payload, normal_payload, payload_of
from modtui.domain.ads import (
    Ad,
    Advertiser,
    Audience,
    Certificate,
    Creative,
    Flag,
    LandingPage,
    Media,
    Share,
    TimedText,
)
from modtui.files.ad_hash import content_hash

GROUPS = frozenset({"EEA", "GCC"})


def normal(**raw: Any) -> dict[str, Any]:
    raw.setdefault("id", "a")
    raw.setdefault("creative", {"body": "text"})
    return normal_payload(raw, source="q", known_groups=GROUPS)


def test_only_what_is_set_is_kept() -> None:
    payload = normal(
        priority=50,
        industry=None,
        markets=[],
        audience={"min_age": 16, "max_age": None, "interests": []},
        advertiser={"name": "", "certificates": []},
        creative={"body": "x", "ai_declared": False, "transcript": []},
        extra={},
    )
    assert payload == {
        "source": "q",
        "id": "a",
        "priority": 50,
        "audience": {"min_age": 16},
        "advertiser": {"certificates": []},
        "creative": {"body": "x", "ai_declared": False},
    }


@pytest.mark.parametrize(
    ("given_id", "kept"),
    [("x1", "x1"), (" x1 ", "x1"), (7, "7"), (0, "0"), (10**30, "1" + "0" * 30), (7.0, "7"), ("007", "007")],
)
def test_ids_are_text(given_id: Any, kept: str) -> None:
    assert normal(id=given_id)["id"] == kept


@pytest.mark.parametrize("given_id", [None, "", "  ", True, 1.5, 1e300, [], {}, "x" * 2000])
def test_what_is_no_id_refuses_the_row(given_id: Any) -> None:
    with pytest.raises(AdProblem) as refused:
        normal(id=given_id)
    assert refused.value.path == "id"


@pytest.mark.parametrize("raw", [None, 3, "text", [], [1]])
def test_what_is_no_object_is_refused(raw: Any) -> None:
    with pytest.raises(AdProblem, match="not an object"):
        normal_payload(raw, source="q", known_groups=())


def test_an_ad_needs_something_to_look_at() -> None:
    with pytest.raises(AdProblem, match="nothing to look at"):
        normal(creative={"format": "video"}, landing_page={"chain": ["https://a.example"]})
    for seen in (
        {"media": [{"path": "a.png"}]},
        {"landing_page": {"url": "https://a.example"}},
        {"creative": {"transcript": ["hello"]}},
        {"creative": {"lead_form": ["Your age?"]}},
    ):
        assert normal(**{"creative": None, **seen})["id"] == "a"


def test_markets_are_codes_and_groups_and_the_rest_is_kept_with_a_note() -> None:
    payload = normal(markets=["fr", "UK", "EL", "EEA", "us-ny", "gcc", "Atlantis", "FR", None])
    assert payload["markets"] == ["FR", "GB", "GR", "EEA", "US-NY", "GCC"]
    assert payload["extra"]["markets"] == ["Atlantis"]
    assert "Atlantis" in payload["extra"]["import_notes"][0]


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("2026-11-20T08:14:00Z", "2026-11-20T08:14:00Z"),
        ("2026-11-20T08:14:00+02:00", "2026-11-20T06:14:00Z"),
        ("2026-11-20 08:14", "2026-11-20T08:14:00Z"),
        ("2026-11-20", "2026-11-20T00:00:00Z"),
        ("2026-11-20T08:14:00.250Z", "2026-11-20T08:14:00.250000Z"),
    ],
)
def test_times_are_utc(written: str, kept: str) -> None:
    assert normal(submitted_at=written)["submitted_at"] == kept


@pytest.mark.parametrize("written", ["tomorrow", "2026-02-30", 5, ["2026-01-01"], "0001-01-01T00:00:00+05:00"])
def test_a_malformed_date_does_not_block_the_ad(written: Any) -> None:
    payload = normal(due_at=written)
    assert "due_at" not in payload
    assert payload["extra"]["due_at"] == written
    assert payload["extra"]["import_notes"][0].startswith("due_at ")


def test_bad_values_keep_their_path_in_extra() -> None:
    payload = normal(
        audience={"min_age": "old", "shares": [{"ages": "21+", "share": "73.8%"}, {"ages": "x"}]},
        creative={"body": "b", "colour": "red"},
        advertiser={"country": "Nowhere", "name": 7},
        media=["a.png", 5],
        product={"food_score": 4},
        surprise={"deep": [1]},
        flags=["weight", {"label": "x", "score": "high"}],
    )
    assert payload["audience"] == {"shares": [{"ages": "21+", "per_mille": 738}]}
    assert payload["advertiser"] == {"name": "7"}
    assert payload["media"] == [{"path": "a.png"}]
    assert payload["flags"] == [{"label": "weight", "source": "q"}]
    extra = payload["extra"]
    assert extra["audience.min_age"] == "old"
    assert extra["audience.shares"] == [{"ages": "x"}]
    assert extra["creative.colour"] == "red"
    assert extra["media"] == [5]
    assert extra["surprise"] == {"deep": [1]}
    assert len(extra["import_notes"]) == 5


def test_text_may_stand_for_an_object() -> None:
    payload = normal(creative="hello", advertiser="Glow LLC", landing_page="https://a.example")
    assert payload["creative"] == {"body": "hello"}
    assert payload["advertiser"] == {"name": "Glow LLC"}
    assert payload["landing_page"] == {"url": "https://a.example"}


@pytest.mark.parametrize("text", ["a\0b", "a\ud800b", "\udfff"])
def test_text_that_cannot_be_stored_is_refused(text: str) -> None:
    for raw in ({"creative": {"body": text}}, {"extra": {"x": [text]}}, {"extra": {text: 1}}, {"id": text}):
        with pytest.raises(AdProblem):
            normal(**raw)


def test_numbers_nothing_can_hold_are_kept_as_text() -> None:
    extra = normal(extra={"big": 2**70, "inf": float("inf"), "fine": 2**62})["extra"]
    assert extra == {"big": str(2**70), "inf": "inf", "fine": 2**62}


def test_what_nests_too_deep_is_refused() -> None:
    deep: Any = []
    for _ in range(500):
        deep = [deep]
    with pytest.raises(AdProblem, match="nested"):
        normal(extra={"x": deep})


def test_a_key_of_extra_is_not_overwritten() -> None:
    payload = normal(extra={"colour": "blue"}, colour="red")
    assert payload["extra"] == {"colour": "blue", "colour_": "red"}


# Surrogates and NUL are tested above; here everything must come through.
TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=12)
MAYBE_TEXT = st.none() | TEXT
TEXTS = st.lists(TEXT, max_size=3).map(tuple)
AGE = st.none() | st.integers(0, 150)
MS = st.none() | st.integers(0, 2**53)
DAY = st.none() | st.dates().map(lambda day: day.isoformat())
MOMENT = st.none() | st.datetimes().map(lambda moment: moment.replace(microsecond=0).isoformat() + "Z")
MARKET = st.sampled_from(["FR", "GB", "US-NY", "EEA"])
LINES = st.lists(st.builds(TimedText, TEXT, MS, MS), max_size=2).map(tuple)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**62), 2**62) | TEXT,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(TEXT, inner, max_size=2),
    max_leaves=4,
)
ADS = st.builds(
    Ad,
    source=TEXT,
    id=TEXT.filter(lambda text: bool(text.strip()) and text == text.strip()),
    submitted_at=MOMENT,
    due_at=MOMENT,
    priority=st.integers(0, 100),
    submission=MAYBE_TEXT,
    delivery=MAYBE_TEXT,
    schedule_start=DAY,
    schedule_end=DAY,
    advertiser=st.builds(
        Advertiser,
        MAYBE_TEXT.map(lambda text: (text and text.strip()) or None),
        MAYBE_TEXT,
        st.none() | st.just("FR"),
        MAYBE_TEXT,
        MAYBE_TEXT,
        st.none()
        | st.lists(
            st.builds(
                Certificate, TEXT, MAYBE_TEXT, MAYBE_TEXT, MAYBE_TEXT, MAYBE_TEXT, st.none() | st.just("ES"), DAY
            ),
            max_size=2,
        ).map(tuple),
    ),
    industry=MAYBE_TEXT,
    food_score=st.none() | st.integers(-20, 40),
    objective=MAYBE_TEXT,
    markets=st.lists(MARKET, unique=True, max_size=3).map(tuple),
    languages=st.lists(st.sampled_from(["fr", "pt-BR", "zh-Hant"]), unique=True, max_size=2).map(tuple),
    audience=st.builds(
        Audience,
        AGE,
        AGE,
        MAYBE_TEXT,
        TEXTS,
        TEXTS,
        st.lists(st.builds(Share, TEXT, st.integers(0, 1000), st.none() | st.just("US")), max_size=2).map(tuple),
    ),
    creative=st.builds(
        Creative,
        MAYBE_TEXT,
        MAYBE_TEXT,
        MAYBE_TEXT,
        TEXT,
        MAYBE_TEXT,
        MAYBE_TEXT,
        LINES,
        LINES,
        TEXTS,
        st.none() | st.booleans(),
    ),
    media=st.lists(st.builds(Media, TEXT, MAYBE_TEXT, MAYBE_TEXT), max_size=2).map(tuple),
    landing_page=st.builds(LandingPage, MAYBE_TEXT, MAYBE_TEXT, MAYBE_TEXT, MOMENT, TEXTS, MAYBE_TEXT),
    translations=st.dictionaries(
        st.sampled_from(["en", "fr"]), st.dictionaries(TEXT, TEXT, min_size=1, max_size=2), max_size=2
    ),
    flags=st.lists(st.builds(Flag, TEXT, TEXT, st.none() | st.floats(0, 1)), max_size=2).map(tuple),
    extra=st.dictionaries(TEXT.filter(lambda key: key != "import_notes"), JSON, max_size=2),
)


@given(ADS)
def test_an_ad_survives_its_json(ad: Ad) -> None:
    payload = payload_of(ad)
    assert ad_from_payload(payload) == ad
    through_text = json.loads(json.dumps(payload))
    normalised = normal_payload(through_text, source=ad.source, known_groups=GROUPS)
    assert normalised == payload
    assert ad_from_payload(normalised) == ad


@given(ADS)
def test_the_fast_hash_is_the_hash(ad: Ad) -> None:
    payload = normal_payload(payload_of(ad), source=ad.source, known_groups=GROUPS)
    assert content_hash(payload) == ads.content_hash(payload)


ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=8,
)
SECTIONS = ["advertiser", "audience", "creative", "landing_page", "product", "schedule", "extra"]
FIELDS = ["id", "source", "markets", "languages", "media", "flags", "translations", "priority", "due_at", "industry"]
INNER = ["name", "country", "min_age", "shares", "body", "transcript", "url", "chain", "start", "certificates"]


@given(
    st.dictionaries(
        st.sampled_from([*SECTIONS, *FIELDS]), ANY_JSON | st.dictionaries(st.sampled_from(INNER), ANY_JSON, max_size=3)
    )
)
def test_anything_is_normalised_once_and_for_all_or_refused(raw: dict[str, Any]) -> None:
    try:
        payload = normal_payload(raw, source="q", known_groups=GROUPS)
    except AdProblem:
        return
    assert normal_payload(payload, source="q", known_groups=GROUPS) == payload
    assert content_hash(payload) == ads.content_hash(payload)
    assert ad_from_payload(payload).is_reviewable


def test_the_hash_ignores_context_and_absence() -> None:
    first = normal(markets=["FR"], priority=1, flags=["x"], audience={"interests": []})
    second = normal(markets=["fr"], due_at="2026-01-01", extra={"x": 1}, industry=None)
    assert content_hash(first) == content_hash(second)
    assert content_hash(first) != content_hash(normal(markets=["FR"], creative={"body": "other"}))
