"""The report card on a screen of its own, from the end of practice and from the list of packs."""

from __future__ import annotations

from collections.abc import Sequence

from textual import events
from textual.app import ComposeResult

from modtui.domain.report_cards import ReportCard
from modtui.tui.flow import one_line
from modtui.tui.palette import STYLES
from modtui.tui.report_lines import report_lines
from modtui.tui.screens.bar_screen import BarScreen
from modtui.tui.widgets.lines_view import LinesView, strip_of

HINT = "j k scroll · esc back"
STEPS = {"j": 1, "down": 1, "k": -1, "up": -1, "pagedown": 10, "pageup": -10, "space": 10, "J": 10, "K": -10}


class ReportCardScreen(BarScreen):
    """One learner after one pack."""

    CSS_PATH = [STYLES / "practice.tcss"]  # noqa: RUF012

    def __init__(self, title: str, card: ReportCard) -> None:
        super().__init__()
        self.title_words = title
        self.card = card
        self.page = LinesView(id="text")

    def compose(self) -> ComposeResult:
        yield self.status
        yield self.page
        yield self.footer

    @property
    def views(self) -> Sequence[LinesView]:
        return (self.status, self.page, self.footer)

    def show_all(self) -> None:
        looks, width = self.ready_looks, self.page.cells.width
        if not width:
            return
        self.show_bar([("PRACTICE report card · ", looks.bar), (one_line(self.title_words), looks.bar_strong)],
                      self.card.learner)  # fmt: skip
        lines = [[(" ", looks.text), *line] for line in report_lines(self.card, looks, width - 2)]
        self.page.show_lines([strip_of(line, width, looks.text) for line in lines])
        self.say(HINT)

    def take_key(self, key: str, event: events.Key) -> None:  # noqa: ARG002
        if key in STEPS:
            self.page.scroll_by(STEPS[key])
        elif key in ("escape", "enter", "q", "C"):
            self.dismiss(None)
