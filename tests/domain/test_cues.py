"""Cues: what on an ad points at which check, with its place."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from modtui.domain.ads import Ad, Creative, Flag, TimedText
from modtui.domain.catalog import Catalog
from modtui.domain.cues import CueIndex, Hit, ad_hits, text_hits
from modtui.domain.patterns import Compile, compile_with_re
from modtui.domain.policies import Check, Cues, Policy, Severity
from modtui.files.patterns import compile_pattern
from tests.domain.strategies import EXAMPLES, LAW


def index_of(*cues: Cues, policy: Cues = Cues(), compiler: Compile = compile_with_re) -> CueIndex:  # noqa: B008
    """An index of checks p/0, p/1, ... with the given cues."""
    checks = tuple(
        Check(f"p/{number}", "p", f"a{chr(97 + number)}", "?", Severity.LOW, number, cues=each)
        for number, each in enumerate(cues or (Cues(),))
    )
    policies = (Policy("p", "P", "f", "content", Severity.LOW, "-", checks=checks, cues=policy),)
    return CueIndex.of(Catalog("t", "1", "T", None, {}, {}, policies, compile_pattern=compiler))


def words(index: CueIndex, text: str) -> list[tuple[str, str]]:
    return sorted((hit.check_id, hit.text) for hit in text_hits(index, "body", text))


@pytest.mark.parametrize(
    ("cue", "text", "found"),
    [
        ("wine", "Red WINE, white wine.", ["WINE", "wine"]),
        ("wine", "winery swine", []),
        ("red wine", "a Red\nwine, red-wine, red white wine", ["Red\nwine", "red-wine"]),
        ("bière", "La BIÈRE", ["BIÈRE"]),
        ("straße", "STRASSE", ["STRASSE"]),
        ("ビール", "冷たいビールです", ["ビール"]),
        ("เบียร์", "ดื่มเบียร์ฟรี", ["เบียร์"]),
        ("शराब", "शराब पीना", ["शराब"]),
        ("शराब", "शराबी", []),
        ("cafe", "cafe\u0301", []),
        ("خمر", "خمر", ["خمر"]),
    ],
)
def test_words_are_found_whole_and_without_case(cue: str, text: str, found: list[str]) -> None:
    assert [word for _, word in words(index_of(Cues(words=(cue,))), text)] == sorted(found)


def test_overlapping_words_without_spaces_light_each_their_check() -> None:
    index = index_of(Cues(words=("酒",)), Cues(words=("酒精",)), Cues(words=("精饮",)))
    assert words(index, "酒精饮料") == [("p/0", "酒"), ("p/1", "酒精"), ("p/2", "精饮")]


def test_the_cues_of_a_policy_light_its_first_check() -> None:
    index = index_of(Cues(), Cues(words=("own",)), policy=Cues(words=("shared",), flags=("Alcohol",)))
    assert words(index, "shared own") == [("p/0", "shared"), ("p/1", "own")]
    flagged = Ad("t", "1", flags=(Flag("model-7", "alcohol", 0.9), Flag("model-7", "other")))
    assert ad_hits(index, flagged) == (Hit("p/0", "flag", "model-7: alcohol"),)


@pytest.mark.parametrize("compiler", [compile_with_re, compile_pattern], ids=["re", "RE2"])
def test_patterns_with_and_without_anchors_are_found_in_every_text(compiler: Compile) -> None:
    index = index_of(Cues(patterns=(r"\b\d{1,2}\s?% ?vol\b", "^wine", r"sale$", "x*", r"[^a]!")), compiler=compiler)
    ad = Ad("t", "1", creative=Creative(headline="12 % VOL", body="wine on sale", on_screen_text=(TimedText("b!"),)))
    assert sorted((hit.component, hit.text) for hit in ad_hits(index, ad)) == [
        ("body", "sale"), ("body", "wine"), ("headline", "12 % VOL"), ("on_screen_text.0", "b!"),
    ]  # fmt: skip


SOURCES = ("wine", r"\bwine\b", "^wine", "wine$", "w.*e", r"\s\S", "[^w]in", r"\Be", "(?s)w.i", "a|ne", r"n{1,2}")


@settings(LAW, max_examples=EXAMPLES * 4)
@given(
    st.lists(st.sampled_from(SOURCES), min_size=1, max_size=4, unique=True),
    st.lists(st.text(alphabet="wine \nİß酒\u0301", max_size=8), min_size=3, max_size=3),
    st.sampled_from((compile_with_re, compile_pattern)),
)
def test_a_look_at_all_texts_together_misses_nothing_and_offsets_are_code_points(
    sources: list[str], texts: list[str], compiler: Compile
) -> None:
    index = index_of(*(Cues(patterns=(source,)) for source in sources), Cues(words=("wine", "酒")), compiler=compiler)
    ad = Ad("t", "1", creative=Creative(headline=texts[0], body=texts[1], on_screen_text=(TimedText(texts[2]),)))
    found = ad_hits(index, ad)
    assert found == tuple(hit for name, text in ad.texts() for hit in text_hits(index, name, text))
    held = dict(ad.texts())
    assert all(held[hit.component][hit.start : hit.end] == hit.text for hit in found)
