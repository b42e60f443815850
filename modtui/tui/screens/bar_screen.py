"""A screen of lines with a bar on top and a footer: what home, lists and the policy browser share."""

from __future__ import annotations

from collections.abc import Sequence

from textual import on

from modtui.errors import ModtuiError
from modtui.tui.flow import Line, fit_cells, one_line, pieces_width
from modtui.tui.messages import PaneResized
from modtui.tui.palette import Palette, palette_of
from modtui.tui.screens.action_screen import ActionScreen
from modtui.tui.widgets.footer import KeyFooter
from modtui.tui.widgets.lines_view import LinesView, strip_of


class BarScreen(ActionScreen[None]):
    """Knows its colours and says things in its footer. Textual runs the `on_` methods here besides those of its
    subclasses."""

    def __init__(self) -> None:
        super().__init__()
        self.status = LinesView(id="status")
        self.footer = KeyFooter(id="footer")
        self._looks: Palette | None = None
        self._is_said = False

    # What subclasses say ---

    @property
    def views(self) -> Sequence[LinesView]:
        """The Line-API widgets of the screen."""
        return (self.status, self.footer)

    def show_all(self) -> None:
        """Show everything anew, from what is known."""

    # Colours and sizes ---

    @property
    def ready_looks(self) -> Palette:
        if self._looks is None:
            self._looks = palette_of(self)
            for view in self.views:
                view.looks = self._looks
        return self._looks

    def on_mount(self) -> None:
        self.app.theme_changed_signal.subscribe(self, lambda _: self._repaint_all())

    def _repaint_all(self) -> None:
        self._looks = None
        _ = self.ready_looks
        for view in self.views:
            view.forget()
        self.show_all()

    @on(PaneResized)
    def _pane_resized(self) -> None:
        self.call_after_refresh(self.show_all)

    # The bar and the footer ---

    def show_bar(self, left: Line, right: str) -> None:
        """The line on top: where we are, and on the right who reviews."""
        looks, width = self.ready_looks, self.status.size.width
        if not width:
            return
        line = [(" modtui  ", looks.bar), *left]
        right = fit_cells(one_line(right), width // 2)
        gap = width - pieces_width(line) - pieces_width([(right, looks.bar)]) - 1
        if gap > 1:
            line += [(" " * gap, looks.bar), (right, looks.bar)]
        self.status.show_lines([strip_of(line, width, looks.bar)])

    def show_footer(self) -> None:
        self._is_said = False
        self.footer.show_hints(self.keymap, self.context)

    def say(self, words: str, is_warning: bool = False) -> None:
        self._is_said = True
        self.footer.show_hints(self.keymap, self.context, words, is_warning)

    def clear_said(self) -> None:
        if self._is_said:
            self.show_footer()

    def say_error(self, error: ModtuiError) -> None:
        self.say(" ".join(part for part in (f"{error.title}:", error.message, error.hint) if part), is_warning=True)
