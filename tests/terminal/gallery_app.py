"""Every hostile text in every way a text reaches the screen, one after the other, then DONE.

`gallery_app.py benign|hostile`; GALLERY_RAW=1 leaves out `reveal`, GALLERY_UNFILTERED=1 the output filter.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from rich.segment import Segment
from rich.text import Text
from textual.app import ComposeResult
from textual.content import Content
from textual.drivers.linux_driver import LinuxDriver
from textual.strip import Strip
from textual.widget import Widget
from textual.widgets import DataTable, Static, TextArea

from modtui.domain.text import reveal
from modtui.tui.base_app import BaseApp
from modtui.tui.safe_text import cell, fit, notify, show, wrap
from modtui.tui.terminal.latency import Link
from tests.hostile.corpus import hostile_texts

RAW = os.environ.get("GALLERY_RAW") == "1"


class Lines(Widget):
    """A text by the Line API."""

    lines: list[str] = []  # noqa: RUF012

    def render_line(self, y: int) -> Strip:
        return Strip([Segment(self.lines[y] if y < len(self.lines) else " " * self.size.width)])


class Gallery(BaseApp[None]):
    """Shows the texts."""

    CSS = "Static, Lines, DataTable, TextArea { height: 4; }"

    def __init__(self, texts: list[str]) -> None:
        unfiltered = os.environ.get("GALLERY_UNFILTERED") == "1"
        super().__init__(Link(can_synchronize=True), **({"driver_class": LinuxDriver} if unfiltered else {}))
        self.texts = texts
        self.place = 0

    def compose(self) -> ComposeResult:
        yield Static(id="static", markup=False)
        yield Lines()
        yield DataTable()
        yield TextArea()

    def on_mount(self) -> None:
        self.query_one(DataTable).add_columns("text")
        self.call_after_refresh(self.show_next)

    def show_next(self) -> None:
        if self.place == len(self.texts):
            self.query_one("#static", Static).update("DONE")
            return
        text = self.texts[self.place]
        self.place += 1
        width = self.size.width
        lines = self.query_one(Lines)
        lines.lines = [text[:width]] if RAW else [fit(line, width) for line in wrap(reveal(text), width, most=4)]
        lines.refresh()
        self.query_one("#static", Static).update(Content(text) if RAW else show(text))
        self.query_one(DataTable).clear().add_row(Text(text) if RAW else cell(text))
        self.query_one(TextArea).text = (text if RAW else reveal(text))[:400]
        self.title = text if RAW else reveal(text, "one")
        if self.place % 20 == 0:
            self.clear_notifications()
            notify(self, text, text)
        self.call_after_refresh(self.show_next)


if __name__ == "__main__":
    hostile = [text for _, _, text in hostile_texts()][:: 4 if RAW else 1]
    Gallery(hostile if sys.argv[1] == "hostile" else ["plain words, nothing else"] * 40).run_and_exit()
