"""Sketches made by numpy are those of the domain, letter for letter."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from modtui.domain import minhash
from modtui.domain.shingles import shingles
from modtui.files.sketches import Sketcher

SKETCHER = Sketcher()
AWKWARD = [
    "", "a", "Sign up", "straße ﬁne ﷺ", "한국어 광고 좋은 소식", "新しい季節の靴", "กขค งจ ฉช", "İstanbul ı",
    "\0a\0 b", "\0", "gua\u200brantee d\u0430ys", "\ud800 half", "e\u0301té", "١٢٣ a_b", "👨‍👩‍👧 family", "x" * 5000,
]  # fmt: skip


def same(texts: list[str]) -> None:
    found = SKETCHER.sketch(texts)
    for row, text in enumerate(texts):
        own = shingles(text)
        assert bool(found.has_words[row]) == bool(own)
        if own:
            assert minhash.Sketch(tuple(found.keys[row].tolist()), found.marks[row].tobytes()) == minhash.sketch(own)
            assert tuple(found.digests[row].tolist()) == minhash.digest(own)


def test_awkward_texts_together_and_alone() -> None:
    same(AWKWARD)
    for text in AWKWARD:
        same([text])


@settings(max_examples=60)
@given(st.lists(st.text(max_size=80) | st.text("ab \u043e\u00e9東", max_size=200), min_size=1, max_size=8))
def test_any_texts(texts: list[str]) -> None:
    same(texts)
