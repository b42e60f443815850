"""The checks beside an ad: keeps the strips of every row and look, so that an answer remakes the rows it changed."""

from __future__ import annotations

from textual import events
from textual.strip import Strip

from modtui.services.check_rows import Row
from modtui.services.desk import Desk
from modtui.services.plans import Plan
from modtui.tui.check_lines import CheckLines, RowLook, level_for
from modtui.tui.flow import Line, one_line, visual
from modtui.tui.messages import CheckPointed
from modtui.tui.palette import Palette
from modtui.tui.widgets.lines_view import LinesView, strip_of


class LaidChecks:
    """The checks of one desk laid out for a width, with a cursor."""

    def __init__(self, desk: Desk, looks: Palette, width: int, height: int, find_key: str) -> None:
        self.desk = desk
        self.looks = looks
        self.width = width
        self.lines = CheckLines(desk, looks, width, level_for(desk, height, width))
        self.find_key = find_key
        self.cursor = 0
        "Index into the prominent rows."
        self.required: frozenset[str] = frozenset()
        "Checks that stand in the way of an approval, as of the last `settle`."
        self.starts: list[tuple[int, int]] = []
        "First and last line of each prominent row."
        self._made: dict[RowLook, list[Strip]] = {}
        self._rest: tuple[int, list[Strip]] = (-1, [])

    @property
    def prominent(self) -> list[Row]:
        return [row for row in self.desk.rows if row.is_prominent]

    @property
    def current(self) -> Row | None:
        rows = self.prominent
        return rows[min(self.cursor, len(rows) - 1)] if rows else None

    def point_at(self, check_id: str) -> None:
        """Put the cursor on a check that is in view."""
        self.cursor = next((n for n, row in enumerate(self.prominent) if row.check.id == check_id), self.cursor)

    def settle(self, plan: Plan) -> None:
        """Take up what the answers ask for now."""
        self.required = frozenset(check.id for check in plan.missing)

    def strips(self) -> list[Strip]:
        """All lines as they stand now; rows that look as before keep their strips."""
        strips: list[Strip] = []
        self.starts = []
        for number, row in enumerate(self.prominent):
            look = self.lines.look(row, number == self.cursor, self.required)
            made = self._made.get(look)
            if made is None:
                lines = self.lines.row_lines(row, look)
                if self.looks.reorders:
                    lines = [visual(line) for line in lines]
                made = [strip_of(line, self.width, self.looks.text) for line in lines]
                self._made[look] = made
            self.starts.append((len(strips), len(strips) + len(made) - 1))
            strips += made
        return [*strips, *self._rest_strips()]

    def _rest_strips(self) -> list[Strip]:
        rest = [row for row in self.desk.rows if not row.is_prominent]
        if self._rest[0] != len(rest):
            made = self.lines.rest_lines(rest, self.desk.sheet.elsewhere, self.find_key)
            self._rest = (len(rest), [strip_of(line, self.width, self.looks.text) for line in made])
        return self._rest[1]

    def title(self) -> Line:
        """How many are lit, the industry, the markets."""
        ad = self.desk.case.ad
        lit = sum(row.place == "lit" for row in self.desk.rows)
        markets = self.desk.case.grid.markets
        shown = " ".join(ad.markets[:6]) + (f" +{len(ad.markets) - 6}" if len(ad.markets) > 6 else "")
        words = one_line(f" · {ad.industry or 'industry not stated'} · {shown or markets[0]}")
        return [
            (f"{lit} lit" if lit else "nothing lit", self.looks.lit if lit else self.looks.allowed),
            (words, self.looks.dim),
        ]


class Checklist(LinesView):
    """The checks pane."""

    laid: LaidChecks | None = None

    def show_checks(self, laid: LaidChecks, is_new: bool = False) -> None:
        """Show the checks, the cursor's row in view."""
        self.laid = laid
        strips = laid.strips()
        if is_new:
            self.show_lines(strips, laid.title(), top=0)
            return
        self._content = strips
        if laid.starts:
            self.bring_into_view(*laid.starts[min(laid.cursor, len(laid.starts) - 1)])
        self.show_lines(strips)

    def on_click(self, event: events.Click) -> None:
        if self.laid is None:
            return
        line = self.top + event.y - (1 if self.frame != "bare" else 0)
        for number, (first, last) in enumerate(self.laid.starts):
            if first <= line <= last:
                self.post_message(CheckPointed(number))
