"""The panes of the review screen: where each stands at which width, their colours, and what the footer says."""

from __future__ import annotations

from pathlib import PurePath
from typing import ClassVar

from textual import events
from textual.app import ComposeResult

from modtui.services.reviewing import OnDesk, Session
from modtui.tui import actions
from modtui.tui.palette import STYLES, Palette, palette_of
from modtui.tui.screens.action_screen import ActionScreen, app_of
from modtui.tui.visual_order import has_right_to_left
from modtui.tui.widgets.ad_card import AdCard
from modtui.tui.widgets.checklist import Checklist
from modtui.tui.widgets.clause_pane import ClausePane
from modtui.tui.widgets.footer import KeyFooter
from modtui.tui.widgets.lines_view import BOX, RULE, Bare, LinesView
from modtui.tui.widgets.ruling_line import RulingLine
from modtui.tui.widgets.ruling_pane import RulingPane
from modtui.tui.widgets.status_bar import StatusBar

WIDE, FULL = 110, 160


class ReviewPanes(ActionScreen[None]):
    """The ad, its checks and their clause, the ruling and its markets, a line above and one below."""

    CSS_PATH: ClassVar[list[str | PurePath]] = [STYLES / "review.tcss"]
    BLANK = True
    context = actions.REVIEW

    def __init__(self, session: Session, is_begun: bool = True) -> None:
        """`is_begun` says whether the session has its first ad; else `begin` shows it."""
        super().__init__()
        self.session = session
        self.is_begun = is_begun
        self.status = StatusBar(id="status")
        self.card = AdCard(BOX, id="ad")
        self.checks = Checklist(BOX, id="checks")
        self.clause = ClausePane(BOX, id="clause")
        self.markets = RulingPane(BOX, id="markets")
        self.ruling = RulingLine(id="ruling")
        self.footer = KeyFooter(id="footer")
        self.body = Bare(id="body")
        self.column = Bare(id="checks-column")
        self.in_hand: LinesView = self.checks
        self._said: tuple[str, bool] | None = None
        "What the footer says instead of the keys, and whether it warns."
        self._is_turned = False
        self._looks: Palette | None = None

    def compose(self) -> ComposeResult:
        yield self.status
        with self.body:
            yield self.card
            with self.column:
                yield self.checks
                yield self.clause
            yield self.markets
        yield self.ruling
        yield self.footer

    @property
    def views(self) -> tuple[LinesView, ...]:
        return (self.status, self.card, self.checks, self.clause, self.markets, self.ruling, self.footer)

    # Sizes and colours ---

    def on_resize(self, event: events.Resize) -> None:
        self._arrange(event.size.width)

    def _arrange(self, width: int) -> None:
        """Panes beside each other, or stacked: in a narrow window, and where the terminal turns the ad's lines around,
        which must then stand last on their rows."""
        is_stacked = width < WIDE or self._is_turned
        self.set_class(is_stacked, "-narrow")
        self.set_class(width >= FULL and not is_stacked, "-full")
        frame = RULE if is_stacked else BOX
        for view in (self.card, self.checks, self.clause, self.markets):
            view.frame = frame

    def _turn(self, on_desk: OnDesk) -> None:
        """Take up that the ad on the desk is, or is not, one whose lines the terminal turns around."""
        texts = on_desk.desk.case.ad.texts()
        is_turned = app_of(self).reorder == "terminal" and any(has_right_to_left(text) for _, text in texts)
        if is_turned is not self._is_turned:
            self._is_turned = is_turned
            self._arrange(self.size.width)

    def _ready_looks(self) -> Palette:
        if self._looks is None:
            self._looks = palette_of(self, app_of(self).reorder != "terminal")
            for view in self.views:
                view.looks = self._looks
        return self._looks

    # The footer ---

    def show_footer(self) -> None:
        self._said = None
        self.footer.show_hints(self.keymap, self.context)

    def clear_said(self) -> None:
        if self._said is not None:
            self.show_footer()

    def say(self, words: str, is_warning: bool = False) -> None:
        self._said = (words, is_warning)
        self.footer.show_hints(self.keymap, self.context, words, is_warning)
