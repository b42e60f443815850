"""Letters that look like other letters (UTS 39), the plain form of styled ones, and what each character is in a word.

`SHAPES` is a table for `str.translate` that fills itself as characters are met: one letter a code point, so that a
text's letters are a string to match against.

    A ASCII letter        d ASCII digit        e other Latin letter in living use      o rare Latin look-alike
    x look-alike of a script one could mix in  w weak look-alike: too different to carry a word of its own
    u look-alike of a script that stands beside Latin in ordinary text (Hebrew, Arabic, India's)
    f other letter of Cyrillic, Greek and their like      c East Asian letter      g letter of any other script
    s styled: mathematical, circled, squared, small capital      t raised or lowered letter      F fullwidth
    z symbol that looks like a letter          m mark              . anything else
"""

from __future__ import annotations

import unicodedata
from functools import cache, lru_cache
from typing import Final

_CYRILLIC: Final = dict(
    zip("АВСЕНІЈКМОРЅТХҮԌԚԜаеіјорсѕхуүԁԛԝһӏвкмтпг", "ABCEHIJKMOPSTXYGQWaeijopcsxyydqwhlbkmtnr", strict=True)
)
_GREEK: Final = dict(zip("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧαικνορτυχγηϲϳ", "ABEZHIKMNOPTYXaikvoptuxyncj", strict=True))
_SMALL_CAPITALS: Final = dict(zip("ʜʟɪɴʀꜱᴀᴄᴅᴇᴊᴋᴍᴏᴘᴛᴜᴠᴡᴢ", "hlinrsacdejkmoptuvwz", strict=True))
_CHOSEN: Final = {**_CYRILLIC, **_GREEK, **_SMALL_CAPITALS}
"Where the data names another letter than the one people read: `Ι` is an I before it is an l."
_WEAK: Final = frozenset("вкмтпгηγνυ")

HARMLESS: Final = {
    "×": "joins names and numbers",
    "ı": "a letter of Turkish",
    "æ": "a letter of Danish, Norwegian, Icelandic", "Æ": "a letter of Danish, Norwegian, Icelandic",
    "œ": "a letter of French", "Œ": "a letter of French",
    "˛": "a spacing mark, no part of a word",
    **dict.fromkeys("ªºſĳĲǳǲǱǉǈǇǌǋǊŉ", "a letter in living use, or once was"),
    **dict.fromkeys("ﬀﬁﬂﬃﬄﬅﬆ", "a ligature of typesetting"),
    **dict.fromkeys("ℓℹ", "a sign of its own"),
}  # fmt: skip
"Look-alikes by the data that are ordinary in ads; the plain reading knows them all the same."

_APART_WORDS = """
HEBREW ARABIC ARABIC-INDIC EXTENDED DEVANAGARI BENGALI GURMUKHI GUJARATI ORIYA TAMIL TELUGU KANNADA MALAYALAM
SINHALA THAI LAO MYANMAR GEORGIAN ETHIOPIC NKO MENDE AHOM TIRHUTA IDEOGRAPHIC
"""
_APART: Final = frozenset(_APART_WORDS.split())
"Scripts, by the first word of their characters' names, that stand beside Latin words in ordinary text."
_EAST_ASIAN: Final = frozenset(("CJK", "HIRAGANA", "KATAKANA", "KATAKANA-HIRAGANA", "HANGUL", "HALFWIDTH", "BOPOMOFO"))
_MIXABLE: Final = frozenset(("CYRILLIC", "GREEK", "ARMENIAN", "COPTIC", "CHEROKEE"))


@cache
def _data() -> dict[str, str]:
    """What Unicode says looks like which ASCII letters, read when the first such character is met."""
    from modtui.domain.lookalike_table import LOOKS_LIKE

    rows = (line.split() for line in LOOKS_LIKE.splitlines())
    return {chr(int(point, 16)): letters for letters, *points in rows for point in points}


@lru_cache(maxsize=4096)
def looks_like(character: str) -> str:
    """The ASCII letters or digits a character of any kind is read as among Latin letters; empty when it is none."""
    if character.isascii():
        return character if character.isalnum() else ""
    found = _CHOSEN.get(character) or _data().get(character)
    if found is None:
        plain = unicodedata.normalize("NFKC", character)
        if plain.isascii() and plain.isalnum():
            return plain
        first = unicodedata.normalize("NFKD", character)[0]
        found = looks_like(first) if first != character and not first.isascii() else ""
    if found == "l" and character.isupper():
        return "I"
    return found


@lru_cache(maxsize=4096)
def plain_letter(character: str) -> str:
    """The ASCII letters or digits behind a styled one (fullwidth, mathematical, circled); itself when it is none."""
    if character.isascii():
        return character
    if character in _SMALL_CAPITALS:
        return _SMALL_CAPITALS[character]
    folded = unicodedata.normalize("NFKC", character)
    if folded.isascii() and folded.isalnum():
        return folded
    code = ord(character)
    for first in (0x1F130, 0x1F150, 0x1F170):  # squared and negative letters
        if first <= code < first + 26:
            return chr(ord("A") + code - first)
    if 0x1F1E6 <= code <= 0x1F1FF:
        return chr(ord("A") + code - 0x1F1E6)
    if 0x1D400 <= code <= 0x1D7FF:
        return looks_like(character) or character
    return character


class _PlainLetters(dict[int, str]):
    def __missing__(self, code_point: int) -> str:
        letter = self[code_point] = plain_letter(chr(code_point))
        return letter


PLAIN_LETTERS: Final[dict[int, str]] = _PlainLetters()
"`plain_letter` as a table for `str.translate`, filled as characters are met."


def shape_of(character: str) -> str:
    """The letter of `SHAPES` for one character."""
    if character.isascii():
        return "A" if character.isalpha() else "d" if character.isdigit() else "."
    category = unicodedata.category(character)
    if character in HARMLESS:
        return "e" if category[0] == "L" else "."
    if "\uff10" <= character <= "\uff5a" and category[0] in "LN":
        return "F"
    if plain_letter(character) != character:
        return _styled_shape(character, category)
    look = looks_like(character)
    if category[0] == "M" and not look:
        return "m"
    if category[0] not in "LMN":
        return "z" if look else "."
    return _letter_shape(character, look)


def _styled_shape(character: str, category: str) -> str:
    if category == "Lm":
        return "t"
    if 0x1F1E6 <= ord(character) <= 0x1F1FF or category == "No" or len(plain_letter(character)) > 1:
        return "."  # flags, circled numbers, units in one character
    return "s"


def _letter_shape(character: str, look: str) -> str:
    script = unicodedata.name(character, "").partition(" ")[0]
    if script == "LATIN":
        return "o" if character in _data() else "e"
    if look and script in _APART:
        return "u"
    if look:
        is_strong = look.isalpha() and len(look) == 1 and character not in _WEAK
        is_chosen = character in _CHOSEN or script not in ("CYRILLIC", "GREEK")
        return "x" if is_strong and is_chosen else "w"
    if not character.isalpha():
        return "."
    return "c" if script in _EAST_ASIAN else "f" if script in _MIXABLE else "g"


class _Shapes(dict[int, str]):
    def __missing__(self, code_point: int) -> str:
        shape = self[code_point] = shape_of(chr(code_point))
        return shape


SHAPES: Final[dict[int, str]] = _Shapes()


def script_words(character: str) -> str:
    """The script of a letter as a word: `Cyrillic`, `Latin`."""
    if character.isascii():
        return "Latin"
    name = unicodedata.name(character, "").partition(" ")[0]
    return name.capitalize() or "unknown"
