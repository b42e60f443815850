"""The third column of wide terminals: every patch of the ruling with its fix, remarks, flags and history."""

from __future__ import annotations

from modtui.domain.explanation import patches
from modtui.services.reviewing import OnDesk
from modtui.tui.flow import Line, flow, one_line
from modtui.tui.palette import Palette
from modtui.tui.ruling_words import patch_pieces
from modtui.tui.widgets.lines_view import LinesView, strip_of


class RulingPane(LinesView):
    """Markets, remarks, flags, earlier ads."""

    def show_ruling(self, on_desk: OnDesk, around: tuple[str, ...] = ()) -> None:
        looks = self.looks
        if looks is None or not self.cells.width:
            return
        lines = pane_lines(on_desk, looks, max(8, self.inner_width - 2), around)
        strips = [strip_of([(" ", looks.text), *line], self.inner_width, looks.text) for line in lines]
        self.show_lines(strips, [("markets", looks.title)])


def pane_lines(on_desk: OnDesk, looks: Palette, width: int, around: tuple[str, ...] = ()) -> list[Line]:
    """All lines of the column; `around` says what was read after the ad."""
    desk = on_desk.desk
    lines: list[Line] = []
    for patch in patches(desk.ruling, desk.case.catalog.market_groups):
        lines.append(patch_pieces(desk, patch, looks, False))
        for text in patch.texts:
            lines += [[("  ", looks.dim), *line] for line in flow(text, width - 2, looks.dim, looks.mark, most=3)]
    for remark in desk.ruling.remarks:
        says = remark.clause.note or remark.clause.ref
        words = f"{desk.letters(remark.check_id)} says of {' '.join(remark.markets)}: {says}"
        lines += flow(words, width, looks.dim, looks.mark, most=3)
    if desk.case.ad.flags:
        lines += [[], [("flags", looks.title)]]
        for flag in desk.case.ad.flags:
            score = "" if flag.score is None else f" {flag.score:.2f}"
            lines.append([(one_line(f"{flag.source}: {flag.label}{score}"), looks.text)])
    if on_desk.history:
        lines += [[], [("earlier ads", looks.title)]]
        for entry in on_desk.history:
            lines += flow(entry, width, looks.text, looks.mark, most=2)
    if around:
        lines += [[], [("twins and notes", looks.title)]]
        for entry in around:
            lines += flow(entry, width, looks.text, looks.mark, most=2)
    return lines
