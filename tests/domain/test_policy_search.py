"""Searching the catalog: what is found, in which order, with which marks, and what slips are forgiven."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modtui.domain.folded import fold, places_in, words_of
from modtui.domain.near_words import NearWords, cut_around, distance_to_beginning
from modtui.domain.policy_search import MOST_SNIPPET, Hit, PolicyIndex
from modtui.files.policy_file import read_catalog
from tests.hostile.corpus import hostile_texts

FIVE_RULES = Path(__file__).parents[1] / "files" / "five_rules.yaml"
SELLS, APPEAL = "alcohol.product/sells", "alcohol.product/minor-appeal"


@pytest.fixture(scope="module")
def index() -> PolicyIndex:
    catalog, problems = read_catalog(FIVE_RULES)
    assert catalog is not None, problems
    return PolicyIndex(catalog)


def found(index: PolicyIndex, text: str, limit: int = 60) -> list[tuple[str, str | None]]:
    return [(hit.policy_id, hit.check_id) for hit in index.search(text, limit)]


def marked(hit: Hit) -> list[str]:
    return [hit.snippet[start:end] for start, end in hit.spans]


@pytest.mark.parametrize(
    ("text", "field", "policy", "check"),
    [
        ("alcoholic drinks", "title", "alcohol.product", None),
        ("am", "key", "alcohol.product", APPEAL),
        ("cartoon", "ask", "alcohol.product", APPEAL),
        ("makes them ill", "principle", "food.less_healthy", None),
        ("wine shop", "example", "alcohol.product", None),
        ("loire", "example", "alcohol.product", None),
        ("jackpot", "cue", "gambling.real_money", None),
        ("may not be advertised drinks", "fix", "alcohol.product", SELLS),
        ("regulated", "family", "alcohol.product", None),
        ("real_money/offers", "id", "gambling.real_money", "gambling.real_money/offers"),
        ("KKLIU", "example", "health.otc_device", None),
    ],
)
def test_each_field_is_searched_and_named(
    index: PolicyIndex, text: str, field: str, policy: str, check: str | None
) -> None:
    hits = {(hit.policy_id, hit.check_id): hit for hit in index.search(text)}
    assert hits[policy, check].field == field


def test_titles_come_before_questions_and_those_before_examples(index: PolicyIndex) -> None:
    hits = index.search("drink")
    order = [hit.field for hit in hits]
    assert order[0] == "title"
    assert order.index("title") < order.index("ask")
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)


def test_a_check_is_found_by_its_words_and_those_of_its_policy(index: PolicyIndex) -> None:
    assert found(index, "alcoholic cartoon") == [("alcohol.product", APPEAL)]
    assert found(index, "alcoholic cartoon zebra") == []


@pytest.mark.parametrize("slip", ["carton", "catroon", "cartooon", "cartoom", "dartoon", "crtoon"])
def test_one_slip_is_forgiven(index: PolicyIndex, slip: str) -> None:
    assert ("alcohol.product", APPEAL) in found(index, slip)


def test_two_slips_are_forgiven_in_long_words(index: PolicyIndex) -> None:
    assert ("body.retouched", None) in found(index, "retuched bodys")
    assert ("alcohol.product", None) in found(index, "alchoholc")


@pytest.mark.parametrize("text", ["", "  ", "qzxqzx", "\x1b[2J qzx", "!?", "zq"])
def test_nonsense_finds_nothing(index: PolicyIndex, text: str) -> None:
    assert index.search(text) == ()


def test_case_and_accents_do_not_matter_and_marks_stand_in_the_text_as_written() -> None:
    catalog, _ = read_catalog(FIVE_RULES.read_text("utf-8").replace("Nos vins de Loire", "Weißer Café-Crème ﬁn"))
    assert catalog is not None
    index = PolicyIndex(catalog)
    for text, mark in (("WEISS", "Weißer"), ("cafe", "Café"), ("creme", "Crème"), ("fin", "ﬁn"), ("CAFÉ", "Café")):
        hit = next(hit for hit in index.search(text) if hit.field == "example")
        assert hit.snippet == "Weißer Café-Crème ﬁn"
        assert marked(hit) == [mark]


def test_scripts_without_spaces_are_searched_within() -> None:
    catalog, _ = read_catalog(FIVE_RULES.read_text("utf-8").replace("Nos vins de Loire", "新しい生ビールを飲もう"))
    assert catalog is not None
    assert ("alcohol.product", None) in found(PolicyIndex(catalog), "ビール")


def test_long_lines_are_cut_around_what_matched() -> None:
    guidance = "word " * 100 + "needle " + "word " * 100
    text = FIVE_RULES.read_text("utf-8").replace("    checks:", f"    guidance: {guidance}\n    checks:", 1)
    catalog, _ = read_catalog(text)
    assert catalog is not None
    hit = PolicyIndex(catalog).search("needle")[0]
    assert hit.field == "guidance"
    assert len(hit.snippet) <= MOST_SNIPPET + 2
    assert hit.snippet.startswith("…word ") and hit.snippet.endswith(" word…")
    assert marked(hit) == ["needle"]


@given(st.text(max_size=60), st.integers(0, 20))
def test_any_text_gives_hits_whose_marks_lie_in_the_snippet(index: PolicyIndex, text: str, limit: int) -> None:
    hits = index.search(text, limit)
    assert len(hits) <= limit
    assert len({(hit.policy_id, hit.check_id) for hit in hits}) == len(hits)
    for hit in hits:
        edges = [0, *(edge for span in hit.spans for edge in span), len(hit.snippet)]
        assert edges == sorted(edges)
        assert all(marked(hit))


def test_hostile_texts_are_searched_like_any(index: PolicyIndex) -> None:
    for _, _, text in hostile_texts():
        assert isinstance(index.search(text[:500]), tuple)


def test_the_same_search_gives_the_same_after_others(index: PolicyIndex) -> None:
    before = index.search("drinks brand")
    for word in ("a", "drink", "casino games", "zzz"):
        index.search(word)
    assert index.search("drinks brand") == before


@given(st.text(max_size=40))
def test_places_lead_from_the_folded_text_to_the_text(text: str) -> None:
    folded, places = fold(text), places_in(text)
    assert len(places) == len(folded) + 1
    for at, letter in enumerate(folded):
        assert letter in fold(text[places[at]])


@given(
    st.lists(st.text("abc", min_size=1, max_size=9), min_size=1, max_size=12), st.text("abc", min_size=4, max_size=7)
)
def test_a_word_with_one_slip_is_found_unless_something_better_is(words: list[str], typed: str) -> None:
    meant = NearWords(words).meant(typed)
    holding = {word for word in words if typed in word}
    if holding:
        assert set(meant) == holding
        return
    near = {word for word in words if distance_to_beginning(typed, word, 1) <= 1}
    near = {word for word in near if len(typed) > 4 or len(word) <= len(typed) + 1}
    assert set(meant) == near


def test_distance_counts_slips_to_a_beginning() -> None:
    assert distance_to_beginning("gambl", "gambling", 1) == 0
    assert distance_to_beginning("gabml", "gambling", 1) == 1
    assert distance_to_beginning("gmabl", "gambling", 1) == 1
    assert distance_to_beginning("gxmbxing", "gambling", 2) == 2
    assert distance_to_beginning("casino", "gambling", 2) == 3


@given(st.text("ab ", max_size=80), st.lists(st.tuples(st.integers(0, 80), st.integers(0, 80)), max_size=4))
def test_a_cut_keeps_marks_on_their_words(text: str, spans: list[tuple[int, int]]) -> None:
    inside = [(a, b) for a, b in spans if a < b <= len(text)]
    shown = cut_around(text, inside, 30)
    assert len(shown.text) <= 32
    assert shown.text.strip("…") in text
    assert bool(shown.spans) == bool(inside)
    assert words_of(shown.text)[:1] == words_of(shown.text.lstrip("…"))[:1]
