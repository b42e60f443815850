"""Sketches of texts: a few numbers by which those that share many shingles meet, whatever else there is.

One-permutation min-hash: shingles are dealt to bins and each bin keeps the least; an empty bin borrows from another
(Li, Owen, Zhang 2012; Shrivastava 2017). Two bins make a band, two texts of likeness J meet in a band with chance J².
With `BANDS` of them, texts half alike meet in 99.7 of 100 cases.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from msgspec import Struct

from modtui.domain.shingles import MASK, PLACE_FACTORS, mixed

BANDS = 20
BINS = 2 * BANDS
HALF = (1 << 32) - 1
PERMUTATIONS = 12
"Ways in which an empty bin looks for one to borrow from before it takes the next that is not empty."
SECOND_LOOK = 0xD6E8FEB86659FD93
"Makes the second half of a digest independent of the first."


@cache
def lenders() -> tuple[tuple[int, ...], ...]:
    """For each look, the bin from which each bin would borrow: some permutations, then the next, the one after it..."""
    permutations = [
        sorted(range(BINS), key=lambda number, look=look: mixed(look * BINS + number + 1))  # type: ignore[misc]
        for look in range(PERMUTATIONS)
    ]
    turned = [[(number + by) % BINS for number in range(BINS)] for by in range(1, BINS)]
    return tuple(tuple(row) for row in permutations + turned)


class Sketch(Struct, frozen=True):
    """A text in few numbers."""

    keys: tuple[int, ...]
    "32 bits a band: texts that have one in common may be alike."
    marks: bytes
    "A byte a bin: the part of them that agree is about the likeness, give or take 0.08."


def sketch(shingles: Sequence[int]) -> Sketch | None:
    """The sketch of a text; None without words."""
    if not shingles:
        return None
    least: list[int | None] = [None] * BINS
    for number in shingles:
        place = ((number >> 32) * BINS) >> 32
        value = number & HALF
        known = least[place]
        if known is None or value < known:
            least[place] = value
    bins = [_borrowed(least, number) for number in range(BINS)]
    keys = tuple(_key(bins[2 * band], bins[2 * band + 1], band) for band in range(BANDS))
    return Sketch(keys, bytes(value & 0xFF for value in bins))


def _borrowed(least: Sequence[int | None], number: int) -> int:
    own = least[number]
    if own is not None:
        return own
    return next(value for look in lenders() if (value := least[look[number]]) is not None)


def _key(first: int, second: int, band: int) -> int:
    a, b, c = PLACE_FACTORS
    return mixed((first * a + second * b + band * c) & MASK) & HALF


def digest(shingles: Sequence[int]) -> tuple[int, int]:
    """128 bits that are the same for texts of the same shingles, however they are arranged."""
    return sum(shingles) & MASK, sum(mixed(number ^ SECOND_LOOK) for number in shingles) & MASK
