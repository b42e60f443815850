"""What a text is compared by: its shingles, runs of neighbouring words or letters, each as a number of 64 bits.

A word of a script without spaces is one letter. Case, accents, styled letters, lookalikes and invisible characters make
no difference, so that a disguised copy is still a copy.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from functools import lru_cache

from modtui.domain.folded import fold, words_of
from modtui.domain.lookalikes import looks_like, plain_letter
from modtui.domain.scripts import unspaced_letter

RUN = 3
"Words of a shingle."
MASK = (1 << 64) - 1
LETTER_BASE = 0x9E3779B97F4A7C15
"Odd, so that a word's number can be worked out from sums over the whole text as well (`files.sketches`)."
PLACE_FACTORS = (0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9, 0x27D4EB2F165667C5)
"For the first, second and third word of a shingle."
MIX_FACTORS = (0xBF58476D1CE4E5B9, 0x94D049BB133111EB)
MIX_SHIFTS = (30, 27, 31)
"Of splitmix64 (Steele, Lea, Flood 2014): every bit of what comes in moves half of those that go out."


class _Plain(dict[int, str]):
    """Code point to what it is compared as, worked out when it is first met."""

    def __missing__(self, code_point: int) -> str:
        character = chr(code_point)
        hidden = unicodedata.category(character) == "Cf"
        folded = "" if hidden else fold(plain_letter(character))
        compared = self[code_point] = "".join(map(_compared, folded))
        return compared


def _compared(letter: str) -> str:
    """A folded letter, or the Latin one it looks like."""
    if letter.isascii() or not letter.isalpha() or unspaced_letter().match(letter):
        return letter
    return looks_like(letter).lower() or letter


PLAIN = _Plain()
"For `str.translate`."


def plain(text: str) -> str:
    """The text as it is compared."""
    return text.lower() if text.isascii() else text.translate(PLAIN)


def words(text: str) -> list[str]:
    """The words that are compared, in order; each letter of a script without spaces is one."""
    known = plain(text)
    return words_of(known if known.isascii() else unspaced_letter().sub(r" \1 ", known))


@lru_cache(1 << 14)
def word_number(word: str) -> int:
    """64 bits of a word; never 0, which stands for no word."""
    number = 0
    for letter in word:
        number = (number * LETTER_BASE + ord(letter)) & MASK
    return number or 1


def mixed(number: int) -> int:
    """The number with its bits stirred."""
    first, second, last = MIX_SHIFTS
    number = ((number ^ (number >> first)) * MIX_FACTORS[0]) & MASK
    number = ((number ^ (number >> second)) * MIX_FACTORS[1]) & MASK
    return number ^ (number >> last)


def shingles(text: str) -> list[int]:
    """The shingles of a text in order, with repetitions; one for a text of fewer than `RUN` words, none without any."""
    numbers = [word_number(word) for word in words(text)]
    if not numbers:
        return []
    numbers += [0] * (RUN - len(numbers))
    a, b, c = PLACE_FACTORS
    first, second, last = MIX_SHIFTS
    factor, another = MIX_FACTORS
    found = []
    for x, y, z in zip(numbers, numbers[1:], numbers[2:], strict=False):
        number = (x * a + y * b + z * c) & MASK  # `mixed`, without the calls: a query does this ten thousand times
        number = ((number ^ (number >> first)) * factor) & MASK
        number = ((number ^ (number >> second)) * another) & MASK
        found.append(number ^ (number >> last))
    return found


def likeness(one: Iterable[int], other: Iterable[int]) -> float:
    """The shingles two texts share, of all that either has (Jaccard): 1 for the same, 0 where one has none."""
    these, those = frozenset(one), frozenset(other)
    shared = len(these & those)
    return shared / (len(these) + len(those) - shared) if shared else 0.0
