"""What makes two texts alike, and what makes no difference."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from modtui.domain.minhash import BANDS, BINS, digest, sketch
from modtui.domain.shingles import likeness, shingles, words

PROMISE = "Lose ten kilos in ten days without diet or sport, guaranteed or your money back."
TEXTS = st.text(max_size=60)


def like(one: str, other: str) -> float:
    return likeness(shingles(one), shingles(other))


def test_a_disguised_copy_is_a_copy() -> None:
    hidden = PROMISE.replace("guaranteed", "gua\u200bran\u00adteed").replace("days", "d\u0430ys").upper()
    assert like(PROMISE, hidden) == 1
    assert like(PROMISE, PROMISE.replace("Lose", "𝐋𝐨𝐬𝐞").replace("sport", "spört").replace("money", "ｍｏｎｅｙ")) == 1


def test_one_word_of_fifteen_leaves_them_alike_and_other_words_do_not() -> None:
    assert 0.6 < like(PROMISE, PROMISE.replace("kilos", "pounds")) < 1
    assert like(PROMISE, "Fresh bread from the oven round the corner, every morning from six.") == 0


def test_scripts_without_spaces_are_compared_letter_by_letter() -> None:
    text = "新しい季節の快適な靴を今日から全国に配送します"
    assert len(words(text)) == len(text)
    assert 0.6 < like(text, text.replace("靴", "鞄")) < 1
    assert like(text, "友達と朝の珈琲を楽しむための音楽講座の切符") < 0.1


def test_a_text_of_a_word_or_two_is_like_itself_only() -> None:
    assert like("Sign up", "sign UP!") == 1
    assert like("Sign up", "Sign in") == 0
    assert like("", "") == 0


@given(TEXTS, TEXTS)
def test_likeness_is_a_share_and_has_no_direction(one: str, other: str) -> None:
    assert 0 <= like(one, other) == like(other, one) <= 1
    assert like(one, one) == (1 if words(one) else 0)


@given(TEXTS, TEXTS)
def test_the_same_shingles_have_the_same_sketch(one: str, other: str) -> None:
    these, those = shingles(one), shingles(other)
    found = sketch(these)
    assert (found is None) is (not these)
    assert found is None or (len(found.keys), len(found.marks)) == (BANDS, BINS)
    if sorted(these) == sorted(those):
        assert (sketch(these), digest(these)) == (sketch(those), digest(those))
    else:
        assert digest(these) != digest(those)
