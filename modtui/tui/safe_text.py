"""The only way for untrusted text to reach the screen: revealed, never parsed as markup, measured as Textual measures.

Everything an ad, file, note, remote or exception says passes through one of these. Marks of hidden characters carry
`MARK_STYLE`, so that they stand out from text that merely looks like one.
Right-to-left text is handed on in reading order: the terminal reorders it (`modtui.tui.visual_order` does so in the
app, for terminals that do not). Borders to its right may then sit elsewhere, so ad text comes last on its line.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, Literal, Protocol

from rich.cells import cell_len, chop_cells, set_cell_size
from rich.segment import Segment
from rich.style import Style
from rich.text import Text
from textual.content import Content, Span

from modtui.domain.text import Lines, Revealed, reveal, reveal_places

MARK_STYLE: Final = "reverse"
"How a mark is drawn: it must read without colour too."
MOST_LINES: Final = 2_000
"Lines kept of one text; a reader of more has the raw view."
_CHUNK: Final = re.compile(r"\S+[^\S\n]*|[^\S\n]+")


def show(text: str, style: str = "", lines: Lines = "many") -> Content:
    """Untrusted text for a widget such as `Static`."""
    revealed = reveal_places(text, lines)
    spans = [Span(start, end, MARK_STYLE) for start, end in mark_spans(revealed)]
    if style:
        spans.insert(0, Span(0, len(revealed.shown), style))
    return Content(revealed.shown, spans)


def cell(text: str, style: str = "") -> Text:
    """Untrusted text for a row of a table or tree: one line."""
    revealed = reveal_places(text, "one")
    shown = Text(revealed.shown, style=style, end="", no_wrap=True)
    for start, end in mark_spans(revealed):
        shown.stylize(MARK_STYLE, start, end)
    return shown


def segments(text: str, style: Style, width: int | None = None) -> list[Segment]:
    """Untrusted text for one line of a Line-API widget, cropped or padded to `width` cells when that is given."""
    shown = reveal(text, "one")
    return [Segment(shown if width is None else fit(shown, width), style)]


def mark_spans(revealed: Revealed) -> Iterator[tuple[int, int]]:
    """Where marks stand in what is shown; signs for tabs and line ends are no marks."""
    shift = 0
    for edit in revealed.edits:
        start = edit.start + shift
        if edit.shown.startswith(("⟦", "<")):
            yield start, start + len(edit.shown)
        shift += len(edit.shown) - (edit.end - edit.start)


def width_of(shown: str) -> int:
    """Cells that a revealed text takes, as Textual counts them."""
    return cell_len(shown)


def fit(shown: str, cells: int, more: str = "") -> str:
    """A revealed line cropped or padded to exactly `cells`; cropped text ends in `more` (such as `…`)."""
    if shown.isascii() and len(shown) <= cells:
        return shown.ljust(cells)
    if more and cell_len(shown) > cells > cell_len(more):
        return set_cell_size(shown, cells - cell_len(more)) + more
    return set_cell_size(shown, max(cells, 0))


def wrap(shown: str, cells: int, most: int = MOST_LINES) -> list[str]:
    """A revealed text as lines of at most `cells`, broken between words; a last line says how much was left out."""
    spans = wrap_spans(shown, cells, most)
    lines = [shown[start:end].rstrip() for start, end in spans]
    rest = len(shown) - (spans[-1][1] if spans else 0)
    if rest > 1 and len(lines) == most:
        lines[-1] = fit(f"… {rest:,} characters more", cells).rstrip()
    return lines


def wrap_spans(shown: str, cells: int, most: int = MOST_LINES) -> list[tuple[int, int]]:
    """Where each wrapped line begins and ends in a revealed text; at least one line, at most `most`.

    The cost is that of the lines kept, however long the text.
    """
    cells = max(cells, 1)
    lines: list[tuple[int, int]] = []
    start = 0
    while len(lines) < most:
        end = shown.find("\n", start)
        # A line of `most` rows holds no more than this many characters that take a cell, and few that take none.
        line = shown[start : end if end >= 0 else len(shown)][: (most - len(lines)) * cells * 4]
        lines += _wrap_line(line, start, cells, most - len(lines))
        if end < 0:
            break
        start = end + 1
    return lines


def _wrap_line(line: str, offset: int, cells: int, most: int) -> list[tuple[int, int]]:
    if len(line) <= cells and (line.isascii() or cell_len(line) <= cells):
        return [(offset, offset + len(line))]
    lines: list[tuple[int, int]] = []
    start, width = 0, 0
    for chunk in _CHUNK.finditer(line):
        word = chunk[0].rstrip()
        word_width = len(word) if word.isascii() else cell_len(word)
        if width and width + word_width > cells:
            lines.append((offset + start, offset + chunk.start()))
            start, width = chunk.start(), 0
        if word_width > cells:
            pieces = chop_cells(word, cells)
            for piece in pieces[:-1]:
                lines.append((offset + start, offset + start + len(piece)))
                start += len(piece)
            width = cell_len(pieces[-1]) if pieces else 0
        else:
            width += word_width
        width += len(chunk[0]) - len(word)
        if len(lines) >= most:
            return lines[:most]
    lines.append((offset + start, offset + len(line)))
    return lines


Severity = Literal["information", "warning", "error"]


class _Notifies(Protocol):
    def notify(
        self, message: str, *, title: str = "", severity: Severity = "information", markup: bool = True
    ) -> None: ...


def notify(app: _Notifies, message: str, title: str = "", severity: Severity = "information") -> None:
    """A toast whose words may quote untrusted text."""
    app.notify(reveal(message), title=reveal(title, "one"), severity=severity, markup=False)
