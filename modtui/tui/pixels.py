"""Pictures in the terminal's own pixels: how large they are asked for, and how they get to their place."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from modtui.files.media_views import Cells, View
from modtui.tui.terminal.graphics import Graphics
from modtui.tui.viewport import Box

if TYPE_CHECKING:
    from modtui.tui.base_app import BaseApp
    from modtui.tui.widgets.lines_view import LinesView

MOST_WIDE, MOST_HIGH = 1600, 1200
"Pixels of a picture on the screen, at most: more would keep a slow link busy."
EDGE = 3
"Pixels that the edge of a box is wide."


class PixelPainter:
    """Draws over an empty view, and takes away what it drew."""

    def __init__(self, app: BaseApp[Any], graphics: Graphics) -> None:
        self.app, self.graphics = app, graphics
        self._is_drawn = False

    def view_of(self, view: View) -> View:
        """The same view in pixels: its cells are those of half blocks, one pixel wide and two high."""
        wide, high = self._step(view.columns, view.rows)
        return replace(view, columns=view.columns * wide, rows=view.rows * high)

    async def paint(self, picture: Cells, view: LinesView, columns: int, rows: int) -> None:
        """Draw a picture in the middle of a view that has so many cells."""
        # Kitty makes a picture fill its cells; sixel draws pixel for pixel, however many a cell has.
        wide, high = self._step(columns, rows) if self.graphics.kind == "kitty" else self._cell
        across, down = -(-picture.columns // wide), -(-picture.rows // high)
        data = await asyncio.to_thread(self._encoded, picture, across, down)
        if not view.is_attached or not view.screen.is_active:
            return
        self.clear()
        region = view.content_region
        place = (region.x + max(0, columns - across) // 2, region.y + max(0, rows - down) // 2)
        self.app.draw_pixels(data, *place)
        self._is_drawn = True

    def edges(self, boxes: Sequence[Box]) -> list[Box]:
        """Boxes with edges a few pixels wide: one inside another."""
        return [(left + n, top + n, right - n, bottom - n) for left, top, right, bottom in boxes for n in range(EDGE)]

    def clear(self) -> None:
        """Take pictures off the screen where the text below does not do so by itself."""
        from modtui.files.terminal_pictures import KITTY_CLEAR

        if self._is_drawn and self.graphics.kind == "kitty":
            self.app.draw_pixels(KITTY_CLEAR, 0, 0)
        self._is_drawn = False

    @property
    def _cell(self) -> tuple[int, int]:
        """A cell's width, and half its height, in pixels."""
        wide, high = self.graphics.cell
        return wide, max(1, high // 2)

    def _step(self, columns: int, rows: int) -> tuple[int, int]:
        """How many pixels a cell of half blocks stands for, across and (in pairs) down."""
        wide, high = self.graphics.cell
        while wide > 1 and (columns * wide > MOST_WIDE or rows * high > MOST_HIGH):
            wide, high = wide - 1, max(2, high - 2)
        return wide, max(1, high // 2)

    def _encoded(self, picture: Cells, columns: int, rows: int) -> str:
        from modtui.files.terminal_pictures import kitty, sixel

        if self.graphics.kind == "kitty":
            return kitty(picture.pixels, picture.columns, picture.rows * 2, columns, rows)
        return sixel(picture.pixels, picture.columns, picture.rows * 2)
