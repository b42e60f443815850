"""The line at the bottom: at most six keys, or for a moment what was just done or why a key did nothing."""

from __future__ import annotations

from modtui.tui import actions
from modtui.tui.flow import Line, fit_cells, one_line, pieces_width
from modtui.tui.keymap import Keymap, sign
from modtui.tui.widgets.lines_view import LinesView, strip_of


def hints(keymap: Keymap, context: str) -> list[tuple[str, str]]:
    """The keys the footer shows, with their words: at most six."""
    shown = sorted((action for action in actions.in_context(context) if action.hint), key=lambda action: action.hint)
    return [(sign(keymap.key(action)), action.words) for action in shown if keymap.key(action)][:6]


class KeyFooter(LinesView):
    """The footer."""

    _hinted: tuple[Keymap, str, list[tuple[str, str]]] | None = None
    "What was shown last, and of which keymap and context."

    def show_hints(self, keymap: Keymap, context: str, said: str = "", is_warning: bool = False) -> None:
        looks = self.looks
        if looks is None or not self.cells.width:
            return
        width = self.cells.width
        line: Line = [(" ", looks.bar)]
        if said:
            line.append((fit_cells(one_line(said), width - 2), looks.refusal if is_warning else looks.bar_strong))
        else:
            for key, words in self._hints(keymap, context):
                line += [(key, looks.key), (f" {words}   ", looks.bar)]
        self.show_lines([strip_of(line if pieces_width(line) <= width else line[:-2], width, looks.bar)])

    def _hints(self, keymap: Keymap, context: str) -> list[tuple[str, str]]:
        known = self._hinted
        if known is None or known[0] is not keymap or known[1] != context:
            known = self._hinted = (keymap, context, hints(keymap, context))
        return known[2]
