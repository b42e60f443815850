"""Two texts word by word: what is marked differs, what is not marked is the same."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modtui.domain.word_diff import MOST_WORDS, differing

WORDS = st.sampled_from(["ten", "nine", "days", "€", "体", "重", "ลด", "a\u0301", " ", "\n", "10", "-"])
TEXTS = st.one_of(st.text(max_size=60), st.lists(WORDS, max_size=40).map("".join))


def without(text: str, spans: tuple[tuple[int, int], ...]) -> str:
    """What is not marked, but for blanks."""
    kept = "".join(letter for at, letter in enumerate(text) if not any(start <= at < end for start, end in spans))
    return "".join(kept.split())


@given(TEXTS, TEXTS)
def test_what_is_not_marked_is_the_same_in_both(before: str, after: str) -> None:
    left, right = differing(before, after)
    assert without(before, left) == without(after, right)
    for text, spans in ((before, left), (after, right)):
        assert all(0 <= start < end <= len(text) for start, end in spans)
        assert all(first[1] < second[0] for first, second in pairwise(spans))


@given(TEXTS)
def test_equal_texts_have_no_marks(text: str) -> None:
    assert differing(text, text) == ((), ())


@given(TEXTS, TEXTS)
def test_texts_that_differ_have_a_mark(before: str, after: str) -> None:
    left, right = differing(before, after)
    assert bool(left or right) is (before != after)


@pytest.mark.parametrize(
    ("before", "after", "marked"),
    [
        ("in ten days", "in nine days", (["ten"], ["nine"])),
        ("in ten days or so", "in nine weeks or so", (["ten days"], ["nine weeks"])),
        ("10 kg weg", "10 kg weg!", ([], ["!"])),
        ("減肥十日", "減肥九日", (["十"], ["九"])),
        ("", "new", ([], ["new"])),
    ],
)
def test_the_words_that_differ_are_marked(before: str, after: str, marked: tuple[list[str], list[str]]) -> None:
    left, right = differing(before, after)
    assert ([before[start:end] for start, end in left], [after[start:end] for start, end in right]) == marked


def test_a_text_without_end_costs_no_more_than_its_first_words() -> None:
    before = "word " * 40_000
    left, right = differing(before, before + "more")
    assert left and right and left[0][0] >= MOST_WORDS and right[-1][1] == len(before) + 4
