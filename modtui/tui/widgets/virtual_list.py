"""A list of any length: only the rows in view are made, and a move repaints the two lines it changed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import overload

from textual import events
from textual.strip import Strip

from modtui.tui.flow import Line
from modtui.tui.messages import RowChosen, RowPointed
from modtui.tui.widgets.lines_view import BARE, BOX, LinesView, strip_of

Painter = Callable[[int, bool], Line]
"The pieces of a row, by its number from 0 and whether the cursor is on it."
STRIPS_KEPT = 1_024


class VirtualList(LinesView):
    """Rows from a painter, with a cursor. Whoever changes what the rows say calls `show_rows` again."""

    def __init__(self, frame: str = BOX, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(frame, id=id)
        self.cursor = 0
        self.count = 0
        self.has_cursor = True
        self._painter: Painter = lambda row, is_cursor: []  # noqa: ARG005
        self._made: dict[tuple[int, bool, int], Strip] = {}

    def show_rows(self, count: int, painter: Painter, title: Line, aside: Line) -> None:
        """Take so many rows of a painter; the cursor stays on its row, or on the last."""
        self._painter = painter
        self.count = count
        self._made.clear()
        self.cursor = max(0, min(self.cursor, count - 1))
        self._content = _Rows(self)
        self.bring_into_view(self.cursor, self.cursor)
        self.show_lines(self._content, title, aside)

    def show_title(self, title: Line, aside: Line) -> None:
        """Change the words of the frame, and nothing else."""
        self.show_lines(self._content, title, aside)

    def go_to(self, row: int) -> bool:
        """Put the cursor on a row, or on the nearest there is; whether it moved."""
        row = max(0, min(row, self.count - 1))
        if row == self.cursor:
            return False
        self.cursor = row
        self.bring_into_view(row, row)
        self.show_lines(self._content)
        return True

    def page(self, step: int) -> bool:
        """Move the view and the cursor by pages."""
        self.top = self._clamped(self.top + step * self.inner_height)
        return self.go_to(self.cursor + step * self.inner_height)

    def strip(self, row: int) -> Strip:
        """A row as it is painted now."""
        key = (row, self.has_cursor and row == self.cursor, self.inner_width)
        made = self._made.get(key)
        if made is None:
            assert self.looks is not None
            if len(self._made) >= STRIPS_KEPT:
                self._made.clear()
            line = self._painter(row, key[1])
            if key[1]:
                line = [(text, style + self.looks.cursor) for text, style in line]
            fill = self.looks.text + self.looks.cursor if key[1] else self.looks.text
            made = self._made[key] = strip_of(line, self.inner_width, fill)
        return made

    def forget(self) -> None:
        self._made.clear()
        super().forget()

    def on_click(self, event: events.Click) -> None:
        row = self.top + event.y - (0 if self.frame == BARE else 1)
        if 0 <= row < self.count and event.y < self.inner_height + (0 if self.frame == BARE else 1):
            event.stop()
            was_here = row == self.cursor
            self.post_message(RowChosen(row) if was_here else RowPointed(row))


class _Rows(Sequence[Strip]):
    """The rows of a list as a sequence that makes what is asked for."""

    def __init__(self, view: VirtualList) -> None:
        self.view = view

    def __len__(self) -> int:
        return self.view.count

    @overload
    def __getitem__(self, index: int) -> Strip: ...
    @overload
    def __getitem__(self, index: slice) -> list[Strip]: ...
    def __getitem__(self, index: int | slice) -> Strip | list[Strip]:
        if isinstance(index, int):
            return self.view.strip(index)
        return [self.view.strip(row) for row in range(*index.indices(self.view.count))]
