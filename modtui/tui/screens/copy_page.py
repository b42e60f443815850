"""A text alone on the screen, without frames, for the terminal's own selection to copy."""

from __future__ import annotations

from collections.abc import Sequence

from textual import events
from textual.app import ComposeResult

from modtui.tui.flow import flow
from modtui.tui.palette import STYLES
from modtui.tui.screens.bar_screen import BarScreen
from modtui.tui.widgets.lines_view import LinesView, strip_of

HINT = "Shift + mouse selects, then copy as in your terminal · j k scroll · esc back"


class CopyPage(BarScreen):
    """Nothing is sent to the clipboard: a terminal that takes such requests takes them from any text."""

    CSS_PATH = [STYLES / "policies.tcss"]  # noqa: RUF012

    def __init__(self, text: str) -> None:
        super().__init__()
        self.text = text
        self.page = LinesView(id="text")

    def compose(self) -> ComposeResult:
        yield self.page
        yield self.footer

    @property
    def views(self) -> Sequence[LinesView]:
        return (self.page, self.footer)

    def show_all(self) -> None:
        looks, width = self.ready_looks, self.page.cells.width
        if not width:
            return
        lines = [line for part in self.text.split("\n") for line in (flow(part, width, looks.text, looks.mark) or [[]])]
        self.page.show_lines([strip_of(line, width, looks.text) for line in lines])
        self.say(HINT)

    def take_key(self, key: str, event: events.Key) -> None:  # noqa: ARG002
        steps = {"j": 1, "down": 1, "k": -1, "up": -1, "pagedown": 10, "pageup": -10, "space": 10}
        if key in steps:
            self.page.scroll_by(steps[key])
        elif key in ("escape", "enter", "q", "Y", "B"):
            self.dismiss(None)
