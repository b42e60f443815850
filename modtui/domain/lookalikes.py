"""Letters that look like other letters: a small table of the pairs ads use, and the plain form of styled letters."""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from typing import Final

_CYRILLIC: Final = dict(
    zip("АВСЕНІЈКМОРЅТХҮԌԚԜаеіјорсѕхуүԁԛԝһӏвкмтпг", "ABCEHIJKMOPSTXYGQWaeijopcsxyydqwhlbkmtnr", strict=True)
)
_GREEK: Final = dict(zip("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧαικνορτυχγηϲϳ", "ABEZHIKMNOPTYXaikvoptuxyncj", strict=True))
_SMALL_CAPITALS: Final = dict(zip("ɑʜʟɪꜱᴀᴄᴅᴇᴊᴋᴍɴᴏᴘʀᴛᴜᴠᴡᴢ", "ahlisacdejkmnoprtuvwz", strict=True))
LOOKALIKES: Final[dict[str, str]] = {**_CYRILLIC, **_GREEK, **_SMALL_CAPITALS}
"A letter to the plain Latin one it is read as."

WEAK: Final = frozenset("вкмтпгηγνυ")
"Read as Latin only among Latin letters; too different to carry a word of their own."


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
    for first, letter in ((0x1F130, "A"), (0x1F150, "A"), (0x1F170, "A")):  # squared and negative letters
        if first <= code < first + 26:
            return chr(ord(letter) + code - first)
    if 0x1F1E6 <= code <= 0x1F1FF:
        return chr(ord("A") + code - 0x1F1E6)
    return character


class _PlainLetters(dict[int, str]):
    def __missing__(self, code_point: int) -> str:
        letter = self[code_point] = plain_letter(chr(code_point))
        return letter


PLAIN_LETTERS: Final[dict[int, str]] = _PlainLetters()
"`plain_letter` as a table for `str.translate`, filled as characters are met."


@lru_cache(maxsize=4096)
def script_of(character: str) -> str:
    """`latin`, `cyrillic`, `greek`, `east_asian`, `other` for letters; empty for anything else."""
    if character.isascii():
        return "latin" if character.isalpha() else ""
    if not character.isalpha():
        return ""
    name = unicodedata.name(character, "")
    for prefix, script in _SCRIPTS:
        if name.startswith(prefix):
            return script
    return "other"


_SCRIPTS: Final = (
    ("LATIN", "latin"),
    ("CYRILLIC", "cyrillic"),
    ("GREEK", "greek"),
    ("CJK", "east_asian"),
    ("HIRAGANA", "east_asian"),
    ("KATAKANA", "east_asian"),
    ("HANGUL", "east_asian"),
    ("HALFWIDTH KATAKANA", "east_asian"),
)
