"""Lines read by the types of their fields come to what the long way makes of them, or are left to it."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from modtui.domain.ad_json import AdProblem, ad_from_payload, normal_payload
from modtui.domain.ads import content_hash
from modtui.files.ad_lines import AdLines
from modtui.files.ad_rows import ad_row
from modtui.files.rows import AdRow
from modtui.files.strict_json import JsonProblem, parse_json

TEXT = st.text(max_size=6) | st.sampled_from(
    ["", " a ", "null", '"', "\\", "{}", "[]", "\0", "é\n", "\U0001f600", "\ud800"]
)
WILD = st.sampled_from([None, [], {}, "", 0, 1, 1.5, True, "x", ["x"], [None], {"a": 1}, 2**70, -1])
TIME = st.sampled_from(["2026-11-20T08:14:00Z", "2026-11-20T08:14:00+02:00", "2026-11-20", "2026-13-01T00:00:00Z", "x"])
MARKETS = st.lists(st.sampled_from(["FR", "SA", "gb", "US-NY", "EEA", "XX", "FR"]), max_size=3)
LANGUAGES = st.lists(st.sampled_from(["fr", "EN", "pt-br", "", "fr"]), max_size=3)
TEXTS = st.lists(TEXT, max_size=2)
SCORES = st.floats(allow_nan=False, allow_infinity=False) | st.integers(-1, 2)


def sometimes(fields: dict[str, st.SearchStrategy[Any]]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({}, optional={name: value | WILD for name, value in fields.items()})


def mostly(fields: dict[str, st.SearchStrategy[Any]]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({}, optional=fields)


def ads(section: Callable[..., st.SearchStrategy[dict[str, Any]]]) -> st.SearchStrategy[dict[str, Any]]:
    timed = st.lists(section({"text": TEXT, "start_ms": st.integers(-1, 9)}), max_size=2)
    return section(
        {
            "id": st.sampled_from(["a", "b-1", " c", ""]) | st.integers(0, 2**60),
            "source": st.just("s"),
            "submitted_at": TIME,
            "due_at": TIME,
            "priority": st.integers(-1, 101),
            "industry": TEXT,
            "markets": MARKETS,
            "languages": LANGUAGES,
            "media": st.lists(section({"path": TEXT, "kind": TEXT}), max_size=2),
            "flags": st.lists(section({"source": TEXT, "label": TEXT, "score": SCORES}), max_size=2),
            "advertiser": section({"id": TEXT, "name": TEXT, "country": st.sampled_from(["FR", "fr"]), "payer": TEXT}),
            "audience": section({"min_age": st.integers(-1, 151), "interests": TEXTS, "placements": TEXTS}),
            "creative": section({"headline": TEXT, "body": TEXT, "transcript": timed, "ai_declared": st.booleans()}),
            "landing_page": section({"url": TEXT, "text": TEXT, "captured_at": TIME, "chain": TEXTS}),
            "product": section({"food_score": st.integers()}),
            "schedule": section({"start": st.sampled_from(["2026-12-01", "2026-12-32", "2026-12-01T00:00:00Z"])}),
            "translations": st.just({"en": {"body": "hi"}}),
            "extra": st.just({"spend": 1}),
        }
    )


def the_long_way(raw: bytes, source: str = "s") -> AdRow | None:
    try:
        value, is_checked = parse_json(raw)
        payload = normal_payload(value, source=source, known_groups=("EEA",), text_is_checked=is_checked)
    except (JsonProblem, AdProblem):
        return None
    return ad_row(7, payload, content_hash(payload))


LINES = AdLines("s")


@settings(max_examples=300)
@given(ads(mostly) | ads(sometimes), st.booleans(), st.sampled_from([None, (",", ":")]))
def test_a_line_comes_to_the_same_both_ways(ad: dict[str, Any], ascii_only: bool, separators: Any) -> None:
    raw = json.dumps(ad, ensure_ascii=ascii_only, separators=separators).encode("utf-8", "surrogatepass")
    read = LINES.read(7, raw)
    assert read is None or read == the_long_way(raw)


PLAIN = {
    "id": "ad-1", "submitted_at": "2026-11-20T08:14:00Z", "priority": 70, "markets": ["FR", "SA"], "languages": ["fr"],
    "advertiser": {"name": "Glow", "country": "US"}, "audience": {"min_age": 16}, "flags": [],
    "creative": {"headline": "H", "body": "é \"quoted\"\n", "transcript": [{"text": "t", "start_ms": 0}]},
    "media": [{"path": "a.mp4", "kind": "video"}], "landing_page": {"url": "https://a.example", "chain": ["b"]},
}  # fmt: skip


def test_canonical_lines_go_the_short_way() -> None:
    for source in ("s", 'a "quoted" queue'):
        for ad in (
            PLAIN,
            {"id": "b", "creative": {"body": "B"}},
            {"id": "c", "media": [{"path": "x"}], "creative": {}},
        ):
            raw = json.dumps(ad, ensure_ascii=False).encode()
            read = AdLines(source).read(7, raw)
            assert read is not None and read == the_long_way(raw, source)
            assert read.title == ad_from_payload(read.payload).title


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"priority": 70', '"priority": 70, "priority": 70'),
        ('"name": "Glow"', '"name": "Glow", "n\\u0061me": "Glow"'),
        ('"flags": []', '"flags": [], "flags": []'),
        ('"flags": []', '"flags": [], "source": "elsewhere"'),
        ('"flags": []', '"flags": NaN'),
        ('"flags": []', '"flags": [], "colour": "red"'),
        ('"H"', '"\\u0022, \\u0022"'),
        ('"H"', '"\\ud800"'),
        ('"H"', "null"),
        ('"id": "ad-1"', '"id": 90071992547409931234'),
        ('["FR", "SA"]', '["FR", "FR"]'),
        ('["FR", "SA"]', '["EEA"]'),
    ],
)
def test_what_is_in_doubt_goes_the_long_way(old: str, new: str) -> None:
    line = json.dumps(PLAIN)
    assert old in line
    assert LINES.read(1, line.replace(old, new).encode()) is None
