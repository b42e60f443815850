"""Untrusted text laid out as lines of styled pieces: hidden characters as marks, spans highlighted, wrapped once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import pairwise

from rich.cells import cell_len, set_cell_size
from rich.style import Style

from modtui.domain.text import Lines, reveal, reveal_places
from modtui.tui.safe_text import mark_spans, wrap_spans
from modtui.tui.visual_order import Direction, has_right_to_left, visual_order

Piece = tuple[str, Style]
Line = list[Piece]
Span = tuple[int, int, Style]
"Code points `start` to `end` of the text, and how they look."


def one_line(text: str) -> str:
    """Untrusted text as one safe line."""
    return reveal(text, "one")


@lru_cache(maxsize=4096)
def width_of(text: str) -> int:
    """Cells the text takes."""
    return len(text) if text.isascii() else cell_len(text)


def fit_cells(text: str, width: int) -> str:
    """A safe line, cut to a width with an ellipsis where it is longer."""
    if width_of(text) <= width:
        return text
    return set_cell_size(text, width - 1).rstrip() + "…" if width > 0 else ""


def pieces_width(line: Iterable[Piece]) -> int:
    return sum(width_of(text) for text, _ in line)


def flow(
    text: str,
    width: int,
    style: Style,
    mark_style: Style,
    spans: Sequence[Span] = (),
    most: int = 2_000,
    lines_of_text: Lines = "many",
) -> list[Line]:
    """The untrusted text as wrapped lines; `most` lines at most, the last then ending in an ellipsis.

    `lines_of_text="one"` shows its line feeds as signs.
    """
    return flow_spans(text, width, style, mark_style, spans, most, lines_of_text)[0]


def flow_spans(
    text: str,
    width: int,
    style: Style,
    mark_style: Style,
    spans: Sequence[Span] = (),
    most: int = 2_000,
    lines_of_text: Lines = "many",
) -> tuple[list[Line], list[tuple[int, ...]]]:
    """The lines as `flow` makes them, and for each the numbers of the spans that begin or go on in it."""
    if not text:
        return [], []
    revealed = reveal_places(text, lines_of_text)
    shown = revealed.shown
    styled = [(*revealed.span(start, end), look) for start, end, look in spans]
    places = [(start, end) for start, end, _ in styled]
    if revealed.edits:
        styled += [(start, end, mark_style) for start, end in mark_spans(revealed)]
    width = max(width, 4)
    ranges = wrap_spans(shown, width, most)
    lines = [_pieces(shown, start, start + len(shown[start:end].rstrip()), style, styled) for start, end in ranges]
    if len(shown) > ranges[-1][1] and shown[ranges[-1][1] :].strip():
        lines[-1] = _with_ellipsis(lines[-1], width, style)
    found: list[tuple[int, ...]] = [()] * len(lines)
    if places:
        found = [
            tuple(number for number, (first, last) in enumerate(places) if first < end and last > start)
            for start, end in ranges
        ]
    return lines, found


def visual(line: Line, base: Direction = "L") -> Line:
    """The line with its right-to-left parts in the order they are drawn, for terminals that do not reorder."""
    text = "".join(part for part, _ in line)
    if not has_right_to_left(text):
        return line
    looks = [look for part, look in line for _ in part]
    drawn: Line = []
    for place, cluster in visual_order(text, base):
        if drawn and drawn[-1][1] is looks[place]:
            drawn[-1] = (drawn[-1][0] + cluster, looks[place])
        else:
            drawn.append((cluster, looks[place]))
    return drawn


def _pieces(shown: str, start: int, end: int, style: Style, spans: Sequence[Span]) -> Line:
    here = [span for span in spans if span[0] < end and span[1] > start]
    if not here:
        return [(shown[start:end], style)] if end > start else []
    cuts = sorted({start, end, *(min(max(edge, start), end) for span in here for edge in span[:2])})
    line: Line = []
    for left, right in pairwise(cuts):
        look = style
        for first, last, extra in here:
            if first <= left and right <= last:
                look = look + extra
        line.append((shown[left:right], look))
    return line


def _with_ellipsis(line: Line, width: int, style: Style) -> Line:
    kept: Line = []
    left = width - 1
    for text, look in line:
        kept.append((text if width_of(text) <= left else set_cell_size(text, left), look))
        left -= width_of(kept[-1][0])
        if left <= 0:
            break
    return [*kept, ("…", style)]
