"""The viewer: one medium of an ad as large as the window, closer by keys, with the way to the others and back."""

from __future__ import annotations

from msgspec.structs import replace

from modtui.domain.exposure import SHARP
from modtui.tui.screens.picture_marks import MarkActions
from modtui.tui.viewport import Viewport

BOX_STEPS = 24
"Steps of the arrows in which the corner of a box crosses the view."


class PictureScreen(MarkActions):
    """Shows media; records what was opened, and takes evidence."""

    # Looking closer ---

    def do_picture_zoom_in(self) -> None:
        self._zoom(1)

    def do_picture_zoom_out(self) -> None:
        self._zoom(-1)

    def _zoom(self, steps: int) -> None:
        port = self.port.zoomed(steps)
        if self.drawn_box is not None:
            port = port.around(self.drawn_box.x, self.drawn_box.y)
        elif port == self.port and self.seen is not None:
            self.say("this is as close as it goes" if steps > 0 else "all of it is shown")
            return
        self._see(port)

    def _see(self, port: Viewport) -> None:
        if self.drawn_box is None:
            self.clear_said()
        if port != self.port:
            self.port = port
            self.draw_soon()

    def do_picture_left(self) -> None:
        self._move(-1, 0)

    def do_picture_right(self) -> None:
        self._move(1, 0)

    def do_picture_up(self) -> None:
        self._move(0, -1)

    def do_picture_down(self) -> None:
        self._move(0, 1)

    def _move(self, across: int, down: int) -> None:
        if self.drawn_box is None:
            self._see(self.port.moved(across, down))
            return
        wide, high = (max(1, part // BOX_STEPS) for part in self.port.part)
        self.drawn_box = self.drawn_box.moved(across * wide, down * high)
        self.port = self.port.around(self.drawn_box.x, self.drawn_box.y)
        self.draw_soon()

    def do_picture_whole(self) -> None:
        self.port = replace(self.port, zoom=1.0).zoomed(0)
        self.go_to(0)

    def do_picture_reveal(self) -> None:
        if self.care == SHARP:
            self.say("it is shown as it is")
            return
        self.care = self.looking.revealed()
        self.draw_anew()

    # Other media, and back ---

    def do_picture_next(self) -> None:
        self.open_medium(self.at + 1)

    def do_picture_previous(self) -> None:
        self.open_medium(self.at - 1)

    def do_picture_back(self) -> None:
        if not self.leave_mark():
            self.plays_from = None
            self.dismiss()
