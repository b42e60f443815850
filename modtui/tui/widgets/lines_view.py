"""A pane of ready-made lines: draws its own frame, scrolls by itself, and repaints only the lines that differ."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cache, lru_cache

from rich.segment import ControlType, Segment
from rich.style import Style
from textual import events
from textual.containers import Container
from textual.filter import ANSIToTruecolor, LineFilter
from textual.geometry import Region, Size
from textual.strip import Strip
from textual.widget import Widget

from modtui.tui.flow import Line, Piece, fit_cells, pieces_width
from modtui.tui.messages import PaneResized, Scrolled
from modtui.tui.palette import Palette

_MOVE = ((ControlType.CURSOR_MOVE_TO, 0, 0),)
"Marks a segment as one that takes no cells."
BOX, RULE, BARE = "box", "rule", "bare"
"Frames: all around; a line with the title above; none."
MOST_BOXED = 500
"Lines that are kept with the frame at their sides: some screens of them."


_SPACED = " -\u02ff\u0370-\u0482\u048a-\u058f\u1e00-\u1fff\u2010-\u2027\u2030-\u205e\u20a0-\u20bf\u2100-\u27ff"
_WIDE = "\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\uff00-\uffef"
_SURE = re.compile(f"[{_SPACED}]*")
"""Text that terminals and Textual give the same width. They disagree on emoji sequences and some marks, and some
terminals turn right-to-left text around."""


@cache
def _sure_and_wide() -> re.Pattern[str]:
    """The same with East Asian text, made when the first is met: `re` takes two milliseconds over its characters."""
    return re.compile(f"[{_SPACED}{_WIDE}]*")


class DoubtfulStrip(Strip):
    """A line that a terminal may draw wider or narrower than counted: what follows it is placed anew."""

    __slots__ = ()


def strip_of(line: Line, width: int, fill: Style) -> Strip:
    """A line as a strip of exactly this width."""
    segments: list[Segment] = []
    for text, style in line:
        if not text:
            continue
        if segments and segments[-1].style is style:
            segments[-1] = Segment(segments[-1].text + text, style)
        else:
            segments.append(Segment(text, style))
    used = pieces_width(line)
    kind = Strip if all(_is_sure(segment.text) for segment in segments) else DoubtfulStrip
    if used > width:
        segments = list(Strip(segments, used).crop(0, width))
    if used < width:
        blank = " " * (width - used)
        if segments and segments[-1].style is fill:
            segments[-1] = Segment(segments[-1].text + blank, fill)
        else:
            segments.append(Segment(blank, fill))
    return kind(segments, width)


def _is_sure(text: str) -> bool:
    return text.isascii() or _SURE.fullmatch(text) is not None or _sure_and_wide().fullmatch(text) is not None


@lru_cache(32)
def _blank_line(width: int, fill: Style) -> Strip:
    return strip_of([], width, fill)


@lru_cache(32)
def _bottom(width: int, edge: Style) -> Strip:
    """The lower side of a frame."""
    return strip_of([("╰" + "─" * (width - 2) + "╯", edge)], width, edge)


class LinesView(Widget):
    """Shows strips. Nothing in it is reactive: whoever changes its lines hands over the new ones."""

    DEFAULT_CSS = "LinesView { height: 1fr; width: 1fr; }"
    ALLOW_SELECT = False

    def __init__(self, frame: str = BARE, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self.frame = frame
        self.cells = Size(0, 0)
        "The size, kept because asking a widget for it is slow."
        self.looks: Palette | None = None
        self.top = 0
        "The first content line in view."
        self.is_active = False
        self._content: Sequence[Strip] = ()
        self._title: tuple[Line, Line] = ([], [])
        self._shown: list[Strip] = []
        self._has_doubt = False
        self._boxed: dict[int, tuple[Strip, Style, Strip]] = {}
        "By the id of a content line: the line, the look of the frame, and the line with the frame at its sides."

    # Size ---

    @property
    def inner_width(self) -> int:
        """Cells a content line has."""
        return max(1, self.cells.width - (2 if self.frame == BOX else 0))

    @property
    def inner_height(self) -> int:
        """Content lines that are in view."""
        return max(1, self.cells.height - {BOX: 2, RULE: 1, BARE: 0}[self.frame])

    @property
    def line_count(self) -> int:
        return len(self._content)

    # Content ---

    def show_lines(
        self, lines: Sequence[Strip], title: Line | None = None, aside: Line | None = None, top: int | None = None
    ) -> None:
        """Take new content and repaint the lines that differ from what is on screen."""
        self._content = lines
        if title is not None:
            self._title = (title, aside or [])
        self.top = self._clamped(self.top if top is None else top)
        self._repaint()

    def scroll_by(self, count: int) -> bool:
        """Scroll and say whether anything moved."""
        top = self._clamped(self.top + count)
        if top == self.top:
            return False
        self.top = top
        self._repaint()
        self.post_message(Scrolled(self.id or "", self.top + self.inner_height))
        return True

    def bring_into_view(self, first: int, last: int) -> None:
        """Scroll as little as shows the content lines `first` to `last`; does not repaint."""
        if last >= self.top + self.inner_height:
            self.top = self._clamped(last - self.inner_height + 1)
        if first < self.top:
            self.top = self._clamped(first)

    def activate(self, is_active: bool) -> None:
        if is_active is not self.is_active:
            self.is_active = is_active
            self._repaint()

    def forget(self) -> None:
        """Paint everything anew: the theme or the size changed."""
        self._shown = []
        self._boxed = {}
        self._repaint()

    def make_ready(self, lines: Iterable[Strip]) -> None:
        """Work out what the terminal will be sent for lines that are shown soon, while nobody waits."""
        console = self.app.console
        for line in lines:
            (self._in_box(line) if self.frame == BOX and self.looks else line).render(console)

    def _clamped(self, top: int) -> int:
        return max(0, min(top, len(self._content) - self.inner_height))

    # Painting ---

    def _framed(self) -> list[Strip]:
        if self.looks is None or not self.cells.height:
            return []
        width, height, looks = self.cells.width, self.inner_height, self.looks
        shown = list(self._content[self.top : self.top + height])
        if len(shown) < height:
            shown += [_blank_line(self.inner_width, looks.text)] * (height - len(shown))
        if self.frame == BARE:
            return shown
        edge = self._edge(looks)
        below = len(self._content) - self.top - height
        corners = ("╭", "╮") if self.frame == BOX else ("─", "─")
        top = strip_of(self._ruled(*corners, edge, width, below), width, edge)
        if self.frame == RULE:
            return [top, *shown]
        if len(self._boxed) > MOST_BOXED:
            self._boxed = {}
        return [top, *map(self._in_box, shown), _bottom(width, edge)]

    def _edge(self, looks: Palette) -> Style:
        return looks.frame_active if self.is_active else looks.frame

    def _in_box(self, line: Strip) -> Strip:
        """A content line with the frame at its sides, made once."""
        assert self.looks is not None
        edge, known = self._edge(self.looks), self._boxed.get(id(line))
        if known is None or known[1] is not edge:
            side = Segment("│", edge)
            known = (line, edge, type(line)([side, *line, side], line.cell_length + 2))
            self._boxed[id(line)] = known
        return known[2]

    def _ruled(self, left: str, right: str, edge: Style, width: int, below: int) -> Line:
        title, aside = self._title
        if self.top or below > 0:
            aside = [*aside, (f" {'▲' if self.top else ''}{'▼' if below > 0 else ''} ", edge)]
        room = width - 6 - pieces_width(aside)
        line: list[Piece] = [(left + "─ ", edge)]
        for text, style in title:
            cut = fit_cells(text, max(0, room))
            room -= pieces_width([(cut, style)])
            line.append((cut, style))
        line.append((" ", edge))
        line.append(("─" * max(0, width - pieces_width(line) - pieces_width(aside) - 2), edge))
        return [*line, *aside, ("─" + right, edge)]

    def _repaint(self) -> None:
        fresh = self._framed()
        old = self._shown
        self._shown = fresh
        self._has_doubt = any(isinstance(strip, DoubtfulStrip) for strip in fresh)
        if len(old) != len(fresh):
            self.refresh()
            return
        width = self.cells.width
        differing = [
            Region(0, row, width, 1) for row, strip in enumerate(fresh) if strip is not old[row] and strip != old[row]
        ]
        if differing:
            self.refresh(*differing)

    def render_lines(self, crop: Region) -> list[Strip]:
        """The lines as they were made: they carry every style, so that nothing is worked out here."""
        shown = self._shown
        if len(shown) < crop.bottom:
            shown = [*shown, *[Strip.blank(self.cells.width, self._blank)] * (crop.bottom - len(shown))]
        lines = shown[crop.y : crop.bottom]
        # Under a dialog the screen is drawn as a picture of itself, in which no cursor moves.
        if self._has_doubt and self.app.screen is self.screen:
            corner = self.region.offset
            lines = [
                self._placed(line, corner.x + 1, corner.y + row + 1) if isinstance(line, DoubtfulStrip) else line
                for row, line in enumerate(lines, start=crop.y)
            ]
        for each in self._colour_filters():
            lines = [line.apply_filter(each, self.background_colors[1]) for line in lines]
        if crop.x or crop.width != self.cells.width:
            lines = [line.crop_extend(crop.x, crop.right, self._blank) for line in lines]
        return lines

    def _placed(self, strip: Strip, column: int, row: int) -> Strip:
        """A doubtful line on a cleared row, with what stands at its right put where it belongs; places count from 1."""
        is_boxed = self.frame == BOX and row != self.region.y + 1  # a title is part of its frame
        edges = 1 if is_boxed else 0
        parts, inner = list(strip), strip.cell_length - 2 * edges
        style = self._blank
        cleared = Segment(f"{' ' * inner}\x1b[{row};{column + edges}H", style, _MOVE)
        after = Segment(f"\x1b[{row};{column + edges + inner}H", style, _MOVE)
        body = parts[edges : len(parts) - edges]
        return Strip([*parts[:edges], cleared, *body, after, *parts[len(parts) - edges :]], strip.cell_length)

    @property
    def _blank(self) -> Style | None:
        return self.looks.text if self.looks else None

    def _colour_filters(self) -> list[LineFilter]:
        """What `NO_COLOR` asks for; the terminal's own colours are left as they are."""
        return [each for each in self.app.get_line_filters() if not isinstance(each, ANSIToTruecolor)]

    def on_resize(self, event: events.Resize) -> None:
        self.cells = event.size
        self.post_message(PaneResized())

    # Mouse ---

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        event.stop()
        self.scroll_by(3)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        event.stop()
        self.scroll_by(-3)


class Bare(Container):
    """A container that shows nothing of its own: every repaint asks all widgets for their lines."""

    BLANK = True
