"""Right-to-left text in visual order."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modtui.tui.visual_order import base_direction, has_right_to_left, visual_order


def drawn(text: str) -> str:
    return "".join(cluster for _, cluster in visual_order(text, base_direction(text)))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain text, 12.5 %", "plain text, 12.5 %"),
        ("אבג", "גבא"),
        ("see אבג now", "see גבא now"),
        ("אבג see דהו", "והד see גבא"),
        ("אבג 123 דהו", "והד 123 גבא"),
        ("price אבג 10.5 end", "price 10.5 גבא end"),
        ("(אבג)", "(גבא)"),
        ("אבג (x) דהו", "והד (x) גבא"),
        ("مرحبا 12 wine", "wine 12 ابحرم"),
        ("אבג!", "!גבא"),
    ],
)
def test_lines_are_drawn_as_they_are_read(text: str, shown: str):
    assert drawn(text) == shown


def test_marks_stay_on_their_letter():
    assert drawn("שָׁלוֹם") == "םוֹלשָׁ"


@given(st.text(alphabet="abאבمرح 12.,()%\u0301\u064b-", max_size=40))
def test_nothing_is_lost_and_places_are_those_of_the_text(text: str):
    order = visual_order(text, base_direction(text))
    assert sorted(place for place, _ in order) == sorted({place for place, _ in order})
    assert sum(len(cluster) for _, cluster in order) == len(text)
    for place, cluster in order:
        if cluster[0] not in "()":
            assert text.startswith(cluster, place)


@given(st.text(alphabet=st.characters(max_codepoint=0x24F, exclude_categories=["Cc", "Cs"]), max_size=40))
def test_text_without_such_letters_stays_as_it_is(text: str):
    assert not has_right_to_left(text)
    assert drawn(text) == text
