"""The ruling as it stands and, in one fixed place, what `Enter` will do."""

from __future__ import annotations

from modtui.services.desk import Desk, Plan
from modtui.tui.flow import Line, pieces_width
from modtui.tui.ruling_words import aside, plan_line, ruling_line
from modtui.tui.widgets.lines_view import LinesView, strip_of


class RulingLine(LinesView):
    """Two lines: the cells in patches, and the plan."""

    def show_ruling(self, desk: Desk, plan: Plan, enter: str, banner: str = "") -> None:
        """Show a desk's ruling; a banner takes the place of the plan and says what went wrong."""
        if self.looks is None or not self.cells.width:
            return
        width = self.cells.width
        beside = aside(desk, plan, self.looks)
        first = ruling_line(desk, self.looks, width - pieces_width(beside))
        gap = width - pieces_width(first) - pieces_width(beside)
        first += [(" " * max(0, gap), self.looks.text), *beside]
        second: Line = plan_line(desk, plan, self.looks, width, enter)
        if banner:
            second = [(f" {banner} ", self.looks.alarm)]
        self.show_lines([strip_of(line, width, self.looks.text) for line in (first, second)])
