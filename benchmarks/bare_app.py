"""The bare app: as many Line-API widgets as the review screen, showing recorded screens and doing nothing else.

Run as `python -m benchmarks.bare_app FRAMES.json`. Any key shows the next recorded screen; the strips are made and
compared beforehand, so that a key costs what Textual needs to paint the lines that differ.
"""

from __future__ import annotations

import gc
import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.segment import Segment
from rich.style import Style
from textual.app import App, ComposeResult
from textual.containers import Container
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

_NAMES = {"brown": "yellow", "brightbrown": "bright_yellow", "default": "default"}


@dataclass(frozen=True, slots=True)
class Area:
    """A rectangle of the recorded screen: the cells one widget paints."""

    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Shape:
    """Where the panes of the review screen stand in a recording."""

    status: Area
    ad: Area
    checks: Area
    clause: Area
    ruling: Area
    footer: Area

    @classmethod
    def of(cls, frame: list[list[list[Any]]]) -> Shape:
        """Found by the frames that are drawn around the panes."""
        lines = ["".join(run[0] for run in line) for line in frame]
        height, width = len(lines), sum(len(run[0]) for run in frame[0])
        split = lines[1].index("╮") + 1
        bottom = max(y for y, line in enumerate(lines) if line.startswith("╰"))
        middle = next((y for y in range(2, bottom) if lines[y][split : split + 1] == "╭"), bottom + 1)
        return cls(
            Area(0, 0, width, 1),
            Area(0, 1, split, bottom),
            Area(split, 1, width - split, middle - 1),
            Area(split, middle, width - split, bottom + 1 - middle),
            Area(0, bottom + 1, width, height - bottom - 2),
            Area(0, height - 1, width, 1),
        )


class Pane(Widget):
    """Shows the strips of one area of the recorded screens."""

    def __init__(self, frames: list[list[Strip]], area: Area) -> None:
        super().__init__()
        self.frames = [
            [line.crop(area.x, area.x + area.width) for line in frame[area.y : area.y + area.height]]
            for frame in frames
        ]
        self.area = area
        self.at = 0
        self.changes = [
            [Region(0, y, area.width, 1) for y in range(area.height) if frame[y] != self.frames[n - 1][y]]
            for n, frame in enumerate(self.frames)
        ]

    def on_mount(self) -> None:
        self.styles.width, self.styles.height = self.area.width, self.area.height

    def show(self, number: int) -> None:
        """Show a recorded screen after the one before it."""
        self.at = number
        if self.changes[number]:
            self.refresh(*self.changes[number])

    def render_line(self, y: int) -> Strip:
        lines = self.frames[self.at]
        return lines[y] if y < len(lines) else Strip.blank(self.area.width)


class BareApp(App[None]):
    """Six panes and two containers."""

    CSS = "#body, #column { layout: horizontal; width: auto; height: auto; } #column { layout: vertical; }"
    ENABLE_COMMAND_PALETTE = False

    def __init__(self, recorded: list[list[list[list[Any]]]]) -> None:
        super().__init__()
        frames = [[_strip(line) for line in frame] for frame in recorded]
        shape = Shape.of(recorded[0])
        self.panes = [
            Pane(frames, area)
            for area in (shape.status, shape.ad, shape.checks, shape.clause, shape.ruling, shape.footer)
        ]
        self.count, self.at = len(frames), 0

    def compose(self) -> ComposeResult:
        status, ad, checks, clause, ruling, footer = self.panes
        yield status
        with Container(id="body"):
            yield ad
            with Container(id="column"):
                yield checks
                yield clause
        yield ruling
        yield footer

    def on_mount(self) -> None:
        self.call_after_refresh(_freeze)

    def on_key(self) -> None:
        self.at = (self.at + 1) % self.count
        for pane in self.panes:
            pane.show(self.at)


def _freeze() -> None:
    gc.freeze()


def _strip(line: list[list[Any]]) -> Strip:
    return Strip([Segment(text, _style(look)) for text, look in line])


def _style(look: list[Any]) -> Style:
    fg, bg, bold, italic, underline, reverse = look
    return Style(color=_colour(fg), bgcolor=_colour(bg), bold=bold, italic=italic, underline=underline, reverse=reverse)


def _colour(name: str) -> str:
    is_hex = len(name) == 6 and all(letter in "0123456789abcdef" for letter in name)
    return f"#{name}" if is_hex else _NAMES.get(name, name.replace("bright", "bright_"))


if __name__ == "__main__":
    BareApp(json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))).run()
