"""A picture in 128 bits that stay nearly the same when it is scaled, compressed anew or drained of colour.

A difference hash (dHash) over rows and over columns: is each part of a small grey copy brighter than the one before it?
Two of the same picture differ in a few bits, two of different ones in some fifty.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate, pairwise

STEPS = 8
BITS = 2 * STEPS * STEPS
CHUNKS = 8
CHUNK_BITS = BITS // CHUNKS
FEWEST_SET = 6
"Bits below which a picture is one even surface, and no twin of any other."
CLEARLY = 2
"Shades of 255 by which a part must be brighter: what is even stays so whatever noise a JPEG adds."


def picture_hash(pixels: bytes, width: int, height: int) -> int | None:
    """The hash of RGB pixels, line by line; None for an even surface, which looks like any other."""
    grey = [
        (299 * red + 587 * green + 114 * blue) / 1000
        for red, green, blue in zip(pixels[0::3], pixels[1::3], pixels[2::3], strict=True)
    ]
    lines = [grey[start : start + width] for start in range(0, width * height, width)]
    rows = _shrunk(lines, STEPS, STEPS + 1)
    columns = _shrunk(lines, STEPS + 1, STEPS)
    found = 0
    for line in rows:
        for left, right in pairwise(line):
            found = found << 1 | (right > left + CLEARLY)
    for above, below in pairwise(columns):
        for first, second in zip(above, below, strict=True):
            found = found << 1 | (second > first + CLEARLY)
    return found if found.bit_count() >= FEWEST_SET else None


def distance(one: int, other: int) -> int:
    """Bits that differ."""
    return (one ^ other).bit_count()


def chunks(number: int) -> tuple[int, ...]:
    """The hash in parts by which it is looked up: two that differ in few bits have most parts in common."""
    mask = (1 << CHUNK_BITS) - 1
    return tuple(number >> CHUNK_BITS * place & mask for place in range(CHUNKS))


def as_digest(number: int) -> tuple[int, int]:
    """The hash in two halves of 64 bits."""
    return number >> 64, number & ((1 << 64) - 1)


def _shrunk(lines: Sequence[Sequence[float]], height: int, width: int) -> list[list[float]]:
    """The means of so many parts of a picture; of one smaller than that, its pixels more than once."""
    narrow = [_means(line, width) for line in lines]
    turned = [_means(column, height) for column in zip(*narrow, strict=True)]
    return [list(line) for line in zip(*turned, strict=True)]


def _means(values: Sequence[float], parts: int) -> list[float]:
    """The means of equal parts; a value on an edge counts for each side by its share."""
    count = len(values)
    sums = [0.0, *accumulate(values)]
    up_to = []
    for part in range(parts):
        whole, rest = divmod(part * count, parts)
        up_to.append(sums[whole] + values[whole] * rest / parts)
    return [(after - before) * parts / count for before, after in pairwise([*up_to, sums[-1]])]
