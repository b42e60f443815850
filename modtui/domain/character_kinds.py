"""What each character is to a reader: one letter a code point, so that a text's shape is a string to match against.

`KINDS` is a table for `str.translate`; it fills itself as characters are met. The letters:

    p plain     e emoji or its like   s skin tone      y other symbol    k keycap base (0-9 # *)
    m combining mark                  v virama         a letter of a joining script (Arabic, Syriac, ...)
    c CJK ideograph                   g Mongolian letter                 F black flag
    J ZWJ       N ZWNJ                V VS15 or VS16   W other variation selector   M Mongolian selector
    T tag       h hidden, always      b the marks' own brackets and signs
    n line feed r carriage return     t tab
"""

from __future__ import annotations

import unicodedata
from typing import Final

OWN_SIGNS: Final = "⟦⟧⏎⇥␍"
"What marks are written with; in a text they are marked themselves, so that no text can fake a mark."

PLAIN_KINDS: Final = frozenset("pesykacgF")
"Kinds that need no look at their neighbours."

_EMOJI_BELOW_10000: Final = (
    "A9 AE 203C 2049 2122 2139 2194-2199 21A9-21AA 231A-231B 2328 23CF 23E9-23F3 23F8-23FA 24C2 25AA-25AB 25B6 25C0 "
    "25FB-25FE 2600-27BF 2934-2935 2B05-2B07 2B1B-2B1C 2B50 2B55 3030 303D 3297 3299"
)
_UNSEEN: Final = "34F 115F-1160 17B4-17B5 180E-180F 2800 3164 FFA0 16FE4 1D159"
"Printable by their category and blank all the same: fillers, grapheme joiner, inherent vowels, blank Braille cell."
_SEEN: Final = "600-605 6DD 70F 890-891 8E2 110BD 110CD"
"Format characters that have a shape: number and verse signs."


def _code_points(ranges: str) -> frozenset[int]:
    points: set[int] = set()
    for part in ranges.split():
        first, _, last = part.partition("-")
        points.update(range(int(first, 16), int(last or first, 16) + 1))
    return frozenset(points)


_EMOJI: Final = _code_points(_EMOJI_BELOW_10000)
_HIDDEN_LETTERS: Final = _code_points(_UNSEEN)
_SHAPED_FORMATS: Final = _code_points(_SEEN)
_SINGLE: Final = {
    0x0A: "n", 0x0D: "r", 0x09: "t", 0x200C: "N", 0x200D: "J", 0xFE0E: "V", 0xFE0F: "V", 0x1F3F4: "F",
    **dict.fromkeys(map(ord, "0123456789#*"), "k"), **dict.fromkeys(map(ord, OWN_SIGNS), "b"),
    0x180B: "M", 0x180C: "M", 0x180D: "M", 0x20E3: "m",
}  # fmt: skip


def kind_of(code_point: int) -> str:
    """The letter of one code point."""
    single = _SINGLE.get(code_point)
    if single is not None:
        return single
    if code_point in _HIDDEN_LETTERS:
        return "h"
    if 0xFE00 <= code_point <= 0xFE0D or 0xE0100 <= code_point <= 0xE01EF:
        return "W"
    if 0xE0020 <= code_point <= 0xE007F:
        return "T"
    if code_point in _EMOJI or 0x1F000 <= code_point <= 0x1FAFF:
        return _emoji_kind(code_point)
    return _kind_by_category(code_point)


def _emoji_kind(code_point: int) -> str:
    if 0x1F3FB <= code_point <= 0x1F3FF:
        return "s"
    if unicodedata.category(chr(code_point)) == "Cn" and not _is_readable_unassigned(code_point):
        return "h"
    return "e"


def _kind_by_category(code_point: int) -> str:
    character = chr(code_point)
    category = unicodedata.category(character)
    if category in ("Mn", "Me"):
        return "v" if unicodedata.combining(character) == 9 else "m"
    if category == "Cf" and code_point in _SHAPED_FORMATS:
        return "p"
    if category == "Cn" and _is_readable_unassigned(code_point):
        return "p"
    if category[0] == "C" or category in ("Zl", "Zp"):
        return "h"
    if category in ("So", "Sm"):
        return "y"
    if category == "Lo":
        return _letter_kind(code_point)
    return "p"


def _letter_kind(code_point: int) -> str:
    if 0x600 <= code_point <= 0x8FF:
        return "a"
    if 0x3400 <= code_point <= 0x9FFF or 0xF900 <= code_point <= 0xFAFF or 0x20000 <= code_point <= 0x3FFFF:
        return "c"
    if 0x1820 <= code_point <= 0x18AA:
        return "g"
    return "p"


def _is_readable_unassigned(code_point: int) -> bool:
    """Whether newer Unicode versions put an emoji or ideograph here: a new emoji is not a hidden character."""
    return any(
        first <= code_point <= last
        for first, last in ((0x1F000, 0x1F0FF), (0x1F300, 0x1FAFF), (0x2EBF0, 0x2EE5D), (0x31350, 0x33479))
    )


class _Kinds(dict[int, str]):
    """The table, filled on first sight of a character."""

    def __missing__(self, code_point: int) -> str:
        kind = self[code_point] = kind_of(code_point)
        return kind


KINDS: Final[dict[int, str]] = _Kinds()


def kinds_of(text: str) -> str:
    """One letter for each character of the text, at the same places."""
    return text.translate(KINDS)
