"""The clause of the check under the cursor. It follows the cursor once it rests, so that moving stays light."""

from __future__ import annotations

from modtui.domain.policies import Check
from modtui.services.desk import Desk
from modtui.tui.clause_lines import clause_lines
from modtui.tui.flow import one_line
from modtui.tui.widgets.lines_view import LinesView, strip_of


class ClausePane(LinesView):
    """Question, market rows, fix, principle and guidance of one check."""

    shown: tuple[str, int] = ("", 0)

    def show_check(self, desk: Desk, check: Check | None) -> None:
        looks = self.looks
        if looks is None or not self.size.height:
            return
        if check is None:
            self.show_lines((), [("no check", looks.dim)], top=0)
            return
        width = max(8, self.inner_width - 2)
        lines = clause_lines(desk, check, looks, width)
        strips = [strip_of([(" ", looks.text), *line], self.inner_width, looks.text) for line in lines]
        policy = desk.case.catalog.policy_of(check)
        title = [(one_line(check.id), looks.title), (one_line(f" · {policy.basis.name.lower()}"), looks.dim)]
        self.show_lines(strips, title, top=0)
