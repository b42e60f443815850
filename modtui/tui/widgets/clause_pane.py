"""The clause of the check under the cursor. It follows the cursor once it rests, so that moving stays light."""

from __future__ import annotations

from msgspec import Struct
from textual.strip import Strip

from modtui.domain.policies import Check
from modtui.services.desk import Desk
from modtui.tui.flow import Line, one_line
from modtui.tui.widgets.lines_view import LinesView, strip_of


class LaidClause(Struct, frozen=True):
    """What the pane shows of one check, ready to be shown."""

    strips: tuple[Strip, ...]
    title: Line


class ClausePane(LinesView):
    """Question, why it is here, market rows, fix, examples like the ad, principle and guidance of one check."""

    def lay_out(self, desk: Desk, check: Check) -> LaidClause:
        """The lines for a check at the pane's width."""
        from modtui.tui.clause_lines import clause_lines  # a narrow screen has no such pane

        looks = self.looks
        assert looks is not None
        width = max(8, self.inner_width - 2)
        lines = clause_lines(desk, check, looks, width)
        strips = tuple(strip_of([(" ", looks.text), *line], self.inner_width, looks.text) for line in lines)
        basis = desk.case.catalog.policy_of(check).basis.name.lower()
        return LaidClause(strips, [(one_line(check.id), looks.title), (one_line(f" · {basis}"), looks.dim)])

    def show_clause(self, laid: LaidClause | None) -> None:
        if laid is None:
            self.show_lines((), [], top=0)
        else:
            self.show_lines(laid.strips, laid.title, top=0)
