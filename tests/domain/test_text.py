"""What `reveal` promises: nothing hidden stays hidden, nothing readable is touched, no text can fake a mark."""

from __future__ import annotations

import json
import os
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modtui.domain.text import HiddenCharacter, hidden_characters, reveal, reveal_places, unreveal

REALDATA = Path(os.environ.get("MODTUI_REALDATA") or Path(__file__).parents[2] / "../shared/realdata")
JOINERS = {0x200C, 0x200D, 0xFE0E, 0xFE0F}
SHAPED = {*range(0x600, 0x606), 0x6DD, 0x70F, 0x890, 0x891, 0x8E2, 0x110BD, 0x110CD}
BLANK = {0x34F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x180F, 0x2800, 0x3164, 0xFFA0, 0x16FE4, 0x1D159}
GROWING = [(0x1F000, 0x1F0FF), (0x1F300, 0x1FAFF), (0x2EBF0, 0x2EE5D), (0x31350, 0x33479)]
ANY_TEXT = st.text(
    st.one_of(
        st.characters(),
        st.sampled_from(
            "⟦⟧⏎⇥␍\u200b\u200c\u200d\ufe0f\u0301\u0301\u0bcd\u06cc\u202e\x1b\r\n\t❤👩\U0001f3f4\U000e0067x1+×U"
        ),
    )
)


def is_printable_by_our_rule(character: str) -> bool:
    code_point = ord(character)
    category = unicodedata.category(character)
    if code_point in BLANK or 0x180B <= code_point <= 0x180E:
        return False
    if category == "Cn":
        return any(first <= code_point <= last for first, last in GROWING)
    return category not in ("Cc", "Cf", "Cs", "Co", "Zl", "Zp") or code_point in SHAPED


def test_every_code_point_is_printable_once_revealed_and_comes_back() -> None:
    every = "x".join(map(chr, range(0x110000)))
    shown = reveal(every, "one", lossless=True)
    unprintable = {hex(ord(character)) for character in set(shown) if not is_printable_by_our_rule(character)}
    assert unprintable == set()
    assert unreveal(shown) == every


@given(ANY_TEXT)
def test_one_line_is_printable_and_injective(text: str) -> None:
    shown = reveal(text, "one", lossless=True)
    assert unreveal(shown) == text
    assert all(is_printable_by_our_rule(character) or ord(character) in JOINERS for character in shown)


@given(ANY_TEXT)
def test_many_lines_are_printable_and_keep_their_line_feeds(text: str) -> None:
    shown = reveal(text, lossless=True)
    assert shown.count("\n") == text.count("\n")
    assert "\r" not in shown
    assert unreveal(shown) == text.replace("\r\n", "\n")


@given(ANY_TEXT, st.data())
def test_places_in_the_text_lead_to_places_in_what_is_shown(text: str, data: st.DataObject) -> None:
    revealed = reveal_places(text)
    assert revealed.shown == reveal(text)
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    shown_start, shown_end = revealed.span(start, end)
    assert 0 <= shown_start <= shown_end <= len(revealed.shown)
    assert revealed.place(0) == 0
    assert revealed.place(len(text)) == len(revealed.shown)
    if end > start:
        assert shown_end > shown_start or text[start:end] == "\r" or text[end - 1 : end + 1] == "\r\n"


@given(ANY_TEXT)
def test_hidden_characters_point_at_the_text(text: str) -> None:
    for hidden in hidden_characters(text):
        run = text[hidden.start : hidden.start + hidden.count]
        assert len(run) == hidden.count
        if hidden.name != "combining":
            assert len(set(run)) == 1


@pytest.mark.parametrize(
    "text",
    [
        "👨‍👩‍👧 ❤️ 1️⃣ #️⃣ 🇫🇷 👁️‍🗨️ 👩🏽‍⚕️ 🏴‍☠️ ©️ ★️ 🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
        "می‌خواهم خانه‌ها", "क्‍ष", "葛\U000e0100城", "กำลังที่นี่", "שָׁלוֹם", "Việt", "19,99\u00a0€", "全角\u3000空白",
        "Sonderangebot – nur heute!\nZweite Zeile", "🩷 🫨",
    ],
)  # fmt: skip
def test_what_readers_need_is_left_alone(text: str) -> None:
    assert reveal(text) == text
    assert hidden_characters(text) == ()


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("garan\u200btis", "garan⟦ZWSP⟧tis"),
        ("a" + "\u200b" * 12 + "b", "a⟦ZWSP×12⟧b"),
        ("\x1b]0;x\x07", "⟦ESC⟧]0;x⟦BEL⟧"),
        ("\x9b2J", "⟦U+009B⟧2J"),
        ("⟦ZWSP⟧", "⟦U+27E6⟧ZWSP⟦U+27E7⟧"),
        ("a\tb\r\nc\rd\r", "a⇥b\nc␍d␍"),
        ("pay\u202epal", "pay⟦RLO⟧pal"),
        ("Z" + "\u0301" * 21, "Z" + "\u0301" * 4 + "⟦+17⟧"),
        ("\u0301x", "⟦U+0301⟧x"),
        ("a\ufe0f", "a⟦VS16⟧"),
        ("❤\ufe0f\ufe0f", "❤\ufe0f⟦VS16⟧"),
        ("🏴\U000e0068\U000e0069", "🏴⟦U+E0068⟧⟦U+E0069⟧"),
        ("\ud800", "⟦U+D800⟧"),
        ("\u3164\u2800", "⟦HF⟧⟦U+2800⟧"),
    ],
)
def test_marks(text: str, shown: str) -> None:
    assert reveal(text) == shown


def test_one_line_and_ascii_marks() -> None:
    assert reveal("a\nb\tc⏎", "one") == "a⏎b⇥c⟦U+23CE⟧"
    assert reveal("a\u200b\u200b<B>\u202e", ascii_marks=True) == "a<ZWSPx2><U+003C>B><RLO>"


def test_hidden_characters_are_listed_as_runs() -> None:
    assert hidden_characters("a\u200b\u200bb\u202e\t\n") == (
        HiddenCharacter(1, "ZWSP", 2),
        HiddenCharacter(4, "RLO", 1),
    )


@pytest.mark.skipif(not REALDATA.is_dir(), reason="the real data is not here")
class TestRealText:
    def test_naughty_strings(self) -> None:
        for text in json.loads((REALDATA / "edge/naughty-strings/blns.json").read_text("utf-8")):
            assert unreveal(reveal(text, "one", lossless=True)) == text

    def test_every_emoji_is_left_alone(self) -> None:
        for line in (REALDATA / "edge/unicode/emoji-test.txt").read_text("utf-8").splitlines():
            codes, _, _ = line.partition(";")
            if line and not line.startswith("#"):
                emoji = "".join(chr(int(code, 16)) for code in codes.split())
                assert reveal(f"a{emoji} b") == f"a{emoji} b", codes

    def test_ordinary_texts_of_many_scripts_hide_nothing(self) -> None:
        for path in sorted((REALDATA / "edge/encodings").iterdir()):
            try:
                text = path.read_text("utf-8")
            except UnicodeDecodeError:
                continue
            assert hidden_characters(text.removeprefix("\ufeff")) == (), path.name
