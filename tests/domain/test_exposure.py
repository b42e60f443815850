"""How clearly things are shown, and the count of one day."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modtui.domain.exposure import (
    BLURRED,
    BREAK_MS,
    COARSE,
    GREY,
    HINT_ADS,
    LEVELS,
    MASK,
    MINUTE_MS,
    SHARP,
    START,
    Care,
    Exposure,
    clearer,
    masked_text,
)  # fmt: skip


def test_the_least_clear_of_an_ad_s_families_counts() -> None:
    care = Care({"adult": BLURRED, "weapons": COARSE})
    assert care.level_for({"adult"}) == BLURRED
    assert care.level_for({"adult", "weapons"}) == COARSE
    assert care.level_for({"food"}) == SHARP == care.level_for(())
    assert Care({"*": GREY}).level_for(()) == GREY


def test_text_is_masked_only_where_it_was_chosen() -> None:
    care = Care({"adult": COARSE}, ("weapons",))
    assert care.text_level_for({"adult"}) == SHARP
    assert care.text_level_for({"weapons"}) == BLURRED
    assert care.text_level_for({"weapons", "adult"}) == COARSE


def test_choices_are_added_and_taken_back() -> None:
    care = Care().with_start("food", GREY).with_start("adult", SHARP).with_mask("food", True)
    assert set(care.start) == {*START, "food"} - {"adult"}
    assert care.is_sensitive({"food"}) and not care.is_sensitive({"adult"})
    assert care.with_mask("food", False).masked == ()
    assert Care.from_json(care.as_json()) == care
    assert Care.from_json({"start": {"adult": "loud", "food": "grey"}}).start == {"food": "grey"}


def test_a_step_at_a_time() -> None:
    assert [clearer(level) for level in LEVELS] == [BLURRED, GREY, SHARP, SHARP]


def test_a_text_step_by_step() -> None:
    text = "Buy a knife\u200b, 10 €!"
    assert masked_text(text, COARSE) == "··· · ·····\u200b, ·· €!"
    assert masked_text(text, BLURRED) == "B·· a k····\u200b, 1· €!"
    assert masked_text(text, GREY, [(6, 11)]) == "Buy a ·····\u200b, 10 €!"
    assert masked_text(text, SHARP, [(6, 11)]) == text


@given(st.text(), st.sampled_from(LEVELS), st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)), max_size=3))
def test_a_masked_text_keeps_its_places(text: str, level: str, spans: list[tuple[int, int]]) -> None:
    shown = masked_text(text, level, spans)
    assert len(shown) == len(text)
    assert all(now in (was, MASK) for now, was in zip(shown, text, strict=True))
    assert all(now == was for now, was in zip(shown, text, strict=True) if not was.isalnum())
    if level == COARSE:
        assert not any(sign.isalnum() for sign in shown)


# The count ---

DAY, NOON = "2026-11-22", 1_795_348_800_000


def test_only_sensitive_ads_are_counted() -> None:
    count = Exposure()
    for number, is_sensitive in enumerate((True, False, True)):
        count = count.after(DAY, NOON + number * MINUTE_MS, 30_000, is_sensitive)
    assert (count.ads, count.active_ms) == (2, 60_000)
    assert count.words == "2 sensitive ads, 1 min today"


def test_another_day_begins_at_nothing() -> None:
    count = Exposure().after(DAY, NOON, 1000, True).after("2026-11-23", NOON + 10 * BREAK_MS, 1000, False)
    assert (count.day, count.ads, count.active_ms) == ("2026-11-23", 0, 0)


def test_a_break_is_due_after_many_and_is_said_twice() -> None:
    count, said = Exposure(), []
    for number in range(HINT_ADS * 4):
        count = count.after(DAY, NOON + number * 1000, 500, True)
        if count.is_break_due:
            said.append(number + 1)
            count = count.hinted()
    assert said == [HINT_ADS, HINT_ADS * 2]


def test_time_on_them_counts_as_well() -> None:
    count = Exposure().after(DAY, NOON, 51 * MINUTE_MS, True)
    assert count.is_break_due


@pytest.mark.parametrize(("pause", "left"), [(BREAK_MS - 1, HINT_ADS), (BREAK_MS, 1)])
def test_a_pause_of_ten_minutes_is_a_break(pause: int, left: int) -> None:
    count, at = Exposure(), NOON
    for _ in range(HINT_ADS - 1):
        at += 1000
        count = count.after(DAY, at, 500, True)
    count = count.after(DAY, at + pause + 500, 500, True)
    assert (count.ads, count.run_ads) == (HINT_ADS, left)


@given(st.dictionaries(st.text(), st.one_of(st.integers(), st.text(), st.none())))
def test_what_was_kept_of_it_may_be_anything(data: dict[str, object]) -> None:
    assert isinstance(Exposure.from_json(data), Exposure)
