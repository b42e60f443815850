"""Text folded for finding: without case, accents and vowel marks; and where each folded letter stands in the text."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_WORD = re.compile(r"[^\W_]+")


class _Folding(dict[int, str]):
    """Code point to what it is folded to, worked out when it is first met."""

    def __missing__(self, code_point: int) -> str:
        parts = unicodedata.normalize("NFKD", chr(code_point).casefold())
        folded = "".join(part for part in parts if unicodedata.category(part) != "Mn").casefold()
        self[code_point] = folded
        return folded


_FOLDING = _Folding()


def fold(text: str) -> str:
    """The text without case and marks: `Straße` and `Café` as `strasse` and `cafe`."""
    return text.lower() if text.isascii() else text.translate(_FOLDING)


def words_of(folded: str) -> list[str]:
    """The words of a folded text; a run of letters of a script without spaces is one."""
    return _WORD.findall(folded)


@lru_cache(4096)
def word_places(folded: str) -> tuple[tuple[str, int, int], ...]:
    """Each word with its place, in code points of the folded text."""
    return tuple([(found[0], found.start(), found.end()) for found in _WORD.finditer(folded)])


def places_in(text: str) -> list[int] | range:
    """For each letter of `fold(text)`, and for its end, the place in the text."""
    if text.isascii():
        return range(len(text) + 1)
    return [place for place, letter in enumerate(text) for _ in fold(letter)] + [len(text)]
