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


Window = tuple[float, float, float, float]
"Left, top, right, bottom as shares of a picture; below 0 and above 1 its edges go on as they end."
WHOLE: Window = (0.0, 0.0, 1.0, 1.0)
_EDGE, _MORE = 0.05, 0.05 / 0.95
WINDOWS: tuple[Window, ...] = (
    (_EDGE / 2, _EDGE / 2, 1 - _EDGE / 2, 1 - _EDGE / 2), (-_MORE / 2, -_MORE / 2, 1 + _MORE / 2, 1 + _MORE / 2),
    (_EDGE, 0, 1, 1), (0, _EDGE, 1, 1), (0, 0, 1 - _EDGE, 1), (0, 0, 1, 1 - _EDGE),
    (-_MORE, 0, 1, 1), (0, -_MORE, 1, 1), (0, 0, 1 + _MORE, 1), (0, 0, 1, 1 + _MORE),
)  # fmt: skip
"A picture with a twentieth of it cut away, all around or at one side, and as it may have been before that was done."


def picture_hash(pixels: bytes, width: int, height: int) -> int | None:
    """The hash of RGB pixels, line by line; None for an even surface, which looks like any other."""
    return _hash(_grey_lines(pixels, width, height), WHOLE)


def cut_hashes(pixels: bytes, width: int, height: int) -> tuple[int, ...]:
    """The hashes of the same picture cut at its edges, and before it was: what finds those of which it is a part, or
    that are a part of it."""
    lines = _grey_lines(pixels, width, height)
    found = (_hash(lines, window) for window in WINDOWS)
    return tuple(dict.fromkeys(number for number in found if number is not None))


def _grey_lines(pixels: bytes, width: int, height: int) -> list[list[float]]:
    grey = [
        (299 * red + 587 * green + 114 * blue) / 1000
        for red, green, blue in zip(pixels[0::3], pixels[1::3], pixels[2::3], strict=True)
    ]
    return [grey[start : start + width] for start in range(0, width * height, width)]


def _hash(lines: Sequence[Sequence[float]], window: Window) -> int | None:
    rows = _shrunk(lines, STEPS, STEPS + 1, window)
    columns = _shrunk(lines, STEPS + 1, STEPS, window)
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


def _shrunk(lines: Sequence[Sequence[float]], height: int, width: int, window: Window) -> list[list[float]]:
    """The means of so many parts of a window of a picture; of one smaller than that, its pixels more than once."""
    left, top, right, bottom = window
    across, down = _edges(len(lines[0]), width, left, right), _edges(len(lines), height, top, bottom)
    narrow = [_means(line, across) for line in lines]
    turned = [_means(column, down) for column in zip(*narrow, strict=True)]
    return [list(line) for line in zip(*turned, strict=True)]


def _edges(count: int, parts: int, first: float, last: float) -> list[tuple[int, float, int]]:
    """Where equal parts from one share of so many values to another begin and end: at which value, and how far into
    it, as a fraction. Beyond the ends that is less than nothing of the first value, or more than all of the last."""
    if (first, last) == (0.0, 1.0):  # in whole numbers, so that a hash which is kept is always the same
        return [*((*divmod(part * count, parts), parts) for part in range(parts)), (count - 1, 1, 1)]
    places = [count * (first + (last - first) * part / parts) for part in range(parts + 1)]
    whole = [max(0, min(count - 1, int(place))) for place in places]
    return [(at, place - at, 1) for at, place in zip(whole, places, strict=True)]


def _means(values: Sequence[float], edges: Sequence[tuple[int, float, int]]) -> list[float]:
    """The means of parts; a value on an edge counts for each side by its share."""
    sums = [0.0, *accumulate(values)]
    up_to = [sums[at] + values[at] * over / of for at, over, of in edges]
    (first, before, _), (last, after, _) = edges[0], edges[-1]
    parts, span = len(edges) - 1, last + after - first - before
    return [(end - start) * parts / span for start, end in pairwise(up_to)]
