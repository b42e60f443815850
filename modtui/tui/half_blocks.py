"""Drawn media as lines of half blocks: the upper pixel in the colour of the sign, the lower one behind it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache

from rich.color import Color, ColorType
from rich.color_triplet import ColorTriplet
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from modtui.files.media_views import Cells

UPPER_HALF = "▀"
GAP = 2
"Cells between pictures that stand side by side."


@lru_cache(maxsize=1 << 15)
def _colour(pixel: bytes) -> Color:
    return Color("", ColorType.TRUECOLOR, None, ColorTriplet(*pixel))


@lru_cache(maxsize=1 << 14)
def _style(upper: bytes, lower: bytes) -> Style:
    return Style.from_color(_colour(upper), _colour(lower))


def picture_row(cells: Cells, row: int) -> list[Segment]:
    """One line of cells; neighbours that look alike are one run."""
    width = cells.columns * 3
    above = cells.pixels[row * 2 * width : (row * 2 + 1) * width]
    below = cells.pixels[(row * 2 + 1) * width : (row * 2 + 2) * width]
    segments: list[Segment] = []
    start = 0
    for at in range(3, width + 3, 3):
        upper, lower = above[start : start + 3], below[start : start + 3]
        if at < width and above[at : at + 3] == upper and below[at : at + 3] == lower:
            continue
        look = _style(upper, lower)
        segments.append(Segment(UPPER_HALF * ((at - start) // 3), look))
        start = at
    return segments


def picture_lines(
    pictures: Sequence[Cells], width: int, height: int, ground: Style, left: int = 0, is_centred: bool = False
) -> Iterator[Strip]:
    """Pictures side by side in a box, line by line, `left` cells of ground before them."""
    used = sum(each.columns for each in pictures) + GAP * (len(pictures) - 1)
    before = left + (max(0, width - left - used) // 2 if is_centred else 0)
    tallest = max((each.rows for each in pictures), default=0)
    over = max(0, height - tallest) // 2 if is_centred else 0
    for line in range(height):
        segments = [Segment(" " * before, ground)] if before else []
        filled = before
        for number, cells in enumerate(pictures):
            if number:
                segments.append(Segment(" " * GAP, ground))
                filled += GAP
            row = line - over
            segments += picture_row(cells, row) if 0 <= row < cells.rows else [Segment(" " * cells.columns, ground)]
            filled += cells.columns
        if filled < width:
            segments.append(Segment(" " * (width - filled), ground))
        strip = Strip(segments, max(filled, width))
        yield strip if filled <= width else strip.crop(0, width)


def with_boxes(cells: Cells, boxes: Sequence[tuple[int, int, int, int]]) -> Cells:
    """The picture with the edges of boxes turned to their opposite colours; a box is left, top, right, bottom in pixels
    of the drawing, and may reach beyond it."""
    if not boxes:
        return cells
    wide, high = cells.columns, cells.rows * 2
    pixels = bytearray(cells.pixels)
    edge: set[tuple[int, int]] = set()
    for left, top, right, bottom in boxes:
        edge.update((x, y) for x in range(max(0, left), min(wide, right + 1)) for y in (top, bottom))
        edge.update((x, y) for y in range(max(0, top), min(high, bottom + 1)) for x in (left, right))
    for x, y in edge:
        if 0 <= x < wide and 0 <= y < high:
            at = (y * wide + x) * 3
            for part in range(at, at + 3):
                pixels[part] ^= 0xFF if abs(pixels[part] - 128) > 40 else 0x80
    return Cells(wide, cells.rows, bytes(pixels), cells.at_ms)
