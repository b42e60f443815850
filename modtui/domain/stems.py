"""Looking for many words in one text at once: by how its own words begin, so that most are never looked for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

SIZE: Final = 4
"Letters of a stem."
_APART: Final = dict.fromkeys(map(ord, ".,:;!?()[]{}<>\"'“”„«»‘’/|*#&+=~_-–—%$@\n\t"), " ")


def words_of(folded: str) -> frozenset[str]:
    """The words of a case-folded text, parted by spaces and ASCII signs."""
    return frozenset(folded.translate(_APART).split())


class Needles:
    """Words and phrases, each under some keys; finds the keys that have one of theirs in a text."""

    def __init__(self, by_key: Mapping[int, Iterable[str]]) -> None:
        self._by_stem: dict[str, list[tuple[str, int]]] = {}
        self._ascii: list[tuple[str, int]] = []
        self._other: dict[str, list[tuple[str, int]]] = {}
        "By their first character, which no ASCII text has, or few."
        for key, needles in by_key.items():
            for needle in needles:
                if needle[:SIZE].isascii() and needle[:SIZE].isalpha() and len(needle) >= SIZE:
                    self._by_stem.setdefault(needle[:SIZE], []).append((needle, key))
                elif needle.isascii():
                    self._ascii.append((needle, key))
                else:
                    self._other.setdefault(needle[0], []).append((needle, key))
        self._stems = frozenset(self._by_stem)
        self._firsts = frozenset(self._other)

    def keys_in(self, folded: str, words: frozenset[str]) -> frozenset[int]:
        """The keys of the needles that stand in a case-folded text, whose words are given.

        A needle that begins with four ASCII letters is found where they begin one of the words.
        """
        found = {key for needle, key in self._ascii if needle in folded}
        for stem in self._stems.intersection([word[:SIZE] for word in words]):
            found.update(key for needle, key in self._by_stem[stem] if needle in folded)
        if not folded.isascii():
            for first in self._firsts.intersection(folded):
                found.update(key for needle, key in self._other[first] if needle in folded)
        return frozenset(found)
