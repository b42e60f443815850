"""Needles: whatever a pattern matches holds one of them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from modtui.domain.cues import CueTable
from modtui.domain.needles import needles
from modtui.files.policy_file import read_catalog

ROOT = Path(__file__).parents[2]
CATALOG, _ = read_catalog(ROOT / "policies.yaml")
assert CATALOG is not None
TABLE = CueTable.of(CATALOG)
SHIPPED = [source for source, _, words in (*TABLE.patterns, *TABLE.anchored) if words]


@pytest.mark.parametrize(
    ("source", "found"),
    [
        (r"\b(bet|wager)\s?\d+", ("bet", "wager")),
        (r"\bsatta\b|\bteen ?patti\b", ("patti", "satta")),
        (r"results? in (only )?\d+ days", ("result",)),
        (r"Straße \d+", ("strasse ",)),
        (r"(guaranteed)+ returns?", ("guaranteed",)),
        (r"(guaranteed)? returns?", (" return",)),
        (r"\d{1,2} ?%", ()),
        (r"(no|yes|\d) way", (" way",)),
        (r"\p{L}{4,}ing", ()),
        (r"(unclosed", ()),
        (r"", ()),
    ],
)
def test_the_longest_word_that_every_match_holds(source: str, found: tuple[str, ...]) -> None:
    assert needles(source) == found


@settings(max_examples=400)
@given(st.data())
def test_no_match_of_a_shipped_pattern_is_without(data: st.DataObject) -> None:
    source = data.draw(st.sampled_from(SHIPPED))
    text = data.draw(st.from_regex(re.compile(source, re.IGNORECASE)))
    assert any(word in text.casefold() for word in needles(source))


def test_most_shipped_patterns_have_some() -> None:
    assert len(SHIPPED) > 0.7 * len((*TABLE.patterns, *TABLE.anchored))
