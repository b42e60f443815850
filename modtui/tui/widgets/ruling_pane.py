"""The third column of wide terminals: every patch of the ruling with its fix, remarks, flags and history."""

from __future__ import annotations

from msgspec import Struct
from textual.strip import Strip

from modtui.domain.explanation import patches
from modtui.domain.rulings import Ruling
from modtui.services.reviewing import OnDesk
from modtui.tui.flow import Line, flow, one_line
from modtui.tui.palette import Palette
from modtui.tui.ruling_words import patch_pieces
from modtui.tui.widgets.lines_view import LinesView, strip_of


class LaidMarkets(Struct, frozen=True):
    """The lines of the column, with what they were made of: they hold while that stands."""

    made_of: tuple[Ruling, tuple[str, ...], tuple[str, ...], int, Palette]
    strips: tuple[Strip, ...]


class RulingPane(LinesView):
    """Markets, remarks, flags, earlier ads."""

    def show_ruling(self, laid: LaidMarkets) -> None:
        if self.looks is not None and self.cells.width:
            self.show_lines(laid.strips, [("markets", self.looks.title)])

    def lay_out(
        self, on_desk: OnDesk, looks: Palette, around: tuple[str, ...], known: LaidMarkets | None = None
    ) -> LaidMarkets:
        """All lines for what is on the desk as it stands, those that are known if nothing has changed."""
        made_of = (on_desk.desk.ruling, on_desk.history, around, self.inner_width, looks)
        if known is not None and known.made_of == made_of:
            return known
        lines = pane_lines(on_desk, looks, max(8, self.inner_width - 2), around)
        strips = tuple(strip_of([(" ", looks.text), *line], self.inner_width, looks.text) for line in lines)
        return LaidMarkets(made_of, strips)


def pane_lines(on_desk: OnDesk, looks: Palette, width: int, around: tuple[str, ...] = ()) -> list[Line]:
    """All lines of the column."""
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
