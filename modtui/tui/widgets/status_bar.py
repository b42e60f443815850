"""The line on top: queue, place in it, what is due, who reviews, what is unsynced."""

from __future__ import annotations

from modtui.services.reviewing import Progress
from modtui.tui.flow import Line, fit_cells, one_line, pieces_width
from modtui.tui.widgets.lines_view import LinesView, strip_of


class StatusBar(LinesView):
    """One line; repainted when its words change."""

    def show_progress(self, progress: Progress, word: str = "") -> None:
        looks = self.looks
        if looks is None or not self.cells.width:
            return
        width = self.cells.width
        left: Line = [
            (" modtui  ", looks.bar),
            (fit_cells(one_line(progress.queue), max(8, width // 3)), looks.bar_strong),
            (f"  {progress.decided:,}/{progress.total:,}", looks.bar_strong),
        ]
        if progress.due_soon:
            left.append((f"   {progress.due_soon:,} due < 1 h", looks.lit))
        if progress.importing is not None:
            left.append((f"   importing {progress.importing:,} …", looks.bar))
        if word:
            left.append((f"   {one_line(word)}", looks.lit))
        right = one_line(progress.reviewer) + (f"   ↑{progress.unsynced:,} to sync" if progress.unsynced else "")
        gap = width - pieces_width(left) - len(right) - 1
        if gap > 1:
            left += [(" " * gap, looks.bar), (right, looks.bar)]
        self.show_lines([strip_of(left, width, looks.bar)])
