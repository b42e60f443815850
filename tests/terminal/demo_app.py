"""A queue of numbered ads on the real base app: what the driver, the guard and the endings are tested with.

`demo_app.py LOG [TEXT]`: every decision is a line of LOG, written before the next ad is drawn. Keys: 1 answer,
a approve, r reject, Enter accept, e escalate by a digit, x a fault, w a fault in a worker, s get stuck, q quit.
"""

from __future__ import annotations

import asyncio
import os
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from rich.segment import Segment
from textual import events
from textual.app import ComposeResult
from textual.screen import ModalScreen, Screen
from textual.strip import Strip
from textual.widget import Widget
from textual.widgets import Static

from modtui.domain.text import reveal
from modtui.tui.base_app import BaseApp
from modtui.tui.safe_text import fit, show
from modtui.tui.terminal.latency import measure_link


class AdView(Widget):
    """The ad in hand, drawn line by line."""

    number = 1
    is_answered = False

    def render_line(self, y: int) -> Strip:
        if y == 0:
            self.app.ad_rendered()
        lines = [f"AD {self.number}", f"answer {'yes' if self.is_answered else 'open'}", reveal(self.app.words, "one")]
        return Strip([Segment(fit(lines[y] if y < len(lines) else "", self.size.width))])


class Routes(ModalScreen[str]):
    """Escalation by a digit."""

    def compose(self) -> ComposeResult:
        yield Static("ROUTES 1 legal 2 child-safety")

    def is_deciding(self, key: str) -> bool:
        return key in ("1", "2")

    def on_key(self, event: events.Key) -> None:
        event.stop()
        self.dismiss(f"escalate-{event.key}" if event.key in ("1", "2") else "")


class Review(Screen[None]):
    """Ads one after the other."""

    def compose(self) -> ComposeResult:
        yield AdView()
        yield Static(show(f"last {self.app.words}", lines="one"))

    def is_deciding(self, key: str) -> bool:
        return key in ("a", "r", "enter")

    def on_key(self, event: events.Key) -> None:
        event.stop()
        view = self.query_one(AdView)
        if event.key == "1":
            view.is_answered = not view.is_answered
            view.refresh()
        elif event.key in ("a", "r", "enter"):
            accepted = "reject" if view.is_answered else "approve"
            self.decide({"a": "approve", "r": "reject", "enter": accepted}[event.key])
        elif event.key == "e":
            self.app.push_screen(Routes(), lambda route: self.decide(route) if route else None)
        elif event.key == "x":
            secret = {"name": self.app.words}
            print(secret["canary-" + self.app.words])
        elif event.key == "w":
            self.run_worker(self.break_down(), exit_on_error=True)
        elif event.key == "s":
            self.app.log_line("stuck")
            time.sleep(60)
        elif event.key == "q":
            self.app.exit(return_code=0)

    async def break_down(self) -> None:
        raise ValueError(f"canary-{self.app.words}")

    def decide(self, outcome: str) -> None:
        self.app.ad_leaves()
        view = self.query_one(AdView)
        self.app.log_line(f"ad-{view.number} {outcome}")
        self.go_to(view.number + 1)

    def go_to(self, number: int) -> None:
        view = self.query_one(AdView)
        view.number, view.is_answered = number, False
        view.refresh()


class DemoApp(BaseApp[None]):
    """The app under test."""

    CSS = "AdView { height: 1fr; }"

    def __init__(self, log: Path, words: str) -> None:
        self.words = words
        self.log_file = log
        latency = os.environ.get("DEMO_LATENCY")
        super().__init__(measure_link(float(latency) if latency else None))

    def on_mount(self) -> None:
        self.push_screen(Review())

    def log_line(self, line: str) -> None:
        with self.log_file.open("a") as log:
            log.write(line + "\n")

    async def finish_up(self) -> None:
        await asyncio.sleep(0.05)
        self.log_line("finished up")

    def take_back(self) -> None:
        self.log_line("take-back")
        review = self.screen_stack[-1]
        if isinstance(review, Review):
            self.ad_leaves()
            review.go_to(review.query_one(AdView).number - 1)

    def resumed(self) -> None:
        self.log_line("resumed")


if __name__ == "__main__":
    DemoApp(Path(sys.argv[1]), sys.argv[2] if len(sys.argv) > 2 else "plain words").run_and_exit()
