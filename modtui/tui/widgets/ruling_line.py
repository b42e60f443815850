"""The ruling as it stands and, in one fixed place, what `Enter` will do."""

from __future__ import annotations

from msgspec import Struct
from textual.strip import Strip

from modtui.domain.decisions import Judgement
from modtui.domain.rulings import Ruling
from modtui.services.desk import Desk
from modtui.services.plans import Plan
from modtui.tui.flow import Line, pieces_width
from modtui.tui.palette import Palette
from modtui.tui.ruling_words import aside, plan_line, ruling_line
from modtui.tui.widgets.lines_view import LinesView, strip_of


class LaidRuling(Struct, frozen=True):
    """Both lines, with what they were made of: they hold while that stands."""

    made_of: tuple[Ruling, Judgement, tuple[str, ...], Plan, str, int, Palette]
    plan: Plan
    "What `Enter` would do."
    strips: tuple[Strip, ...]


class RulingLine(LinesView):
    """Two lines: the cells in patches, and the plan."""

    def show_ruling(self, laid: LaidRuling, banner: str = "") -> None:
        """Show a desk's ruling; a banner takes the place of the plan and says what went wrong."""
        if self.looks is None or not self.cells.width:
            return
        strips = laid.strips
        if banner:
            alarm: Line = [(f" {banner} ", self.looks.alarm)]
            strips = (strips[0], strip_of(alarm, self.cells.width, self.looks.text))
        self.show_lines(strips)

    def lay_out(self, desk: Desk, looks: Palette, enter: str, known: LaidRuling | None = None) -> LaidRuling:
        """Both lines for a desk as it stands, those that are known if nothing has changed."""
        width, plan = self.cells.width, desk.plan()
        made_of = (desk.ruling, desk.judgement, desk.unopened, plan, enter, width, looks)
        if known is not None and known.made_of == made_of:
            return known
        beside = aside(desk, plan, looks)
        first = ruling_line(desk, looks, width - pieces_width(beside))
        gap = width - pieces_width(first) - pieces_width(beside)
        first += [(" " * max(0, gap), looks.text), *beside]
        second: Line = plan_line(desk, plan, looks, width, enter)
        return LaidRuling(made_of, plan, tuple(strip_of(line, width, looks.text) for line in (first, second)))
