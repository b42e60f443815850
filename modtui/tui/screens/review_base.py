"""How the review screen shows what is laid out, and each change of it; the guard beside it."""

from __future__ import annotations

import asyncio

from textual import on

from modtui.services.reviewing import Session
from modtui.tui.messages import CheckPointed, PaneResized, Scrolled
from modtui.tui.screens.action_screen import app_of
from modtui.tui.screens.review_behind import AHEAD_AFTER, ReviewBehind

CLAUSE_AFTER = 0.12
"Seconds after a key until the clause follows the cursor."


class ReviewBase(ReviewBehind):
    """Painting. What keys do is in the classes that build on it."""

    def __init__(self, session: Session, is_begun: bool = True) -> None:
        super().__init__(session, is_begun)
        self.banner = ""
        self.letters: str | None = None
        "Letters typed after Space; None when no check is being spelled."
        self._is_stale = True
        self._clause_timer: asyncio.TimerHandle | None = None

    def on_mount(self) -> None:
        self.app.theme_changed_signal.subscribe(self, lambda _: self.repaint_all())

    @on(PaneResized)
    def _pane_resized(self) -> None:
        if not self._is_stale:
            self._is_stale = True
            self.call_after_refresh(self.show_all)
        elif self.laid is None:
            self.call_later(self._show_first)  # the first ad comes with the first paint

    def _show_first(self) -> None:
        """Every pane that gets its size asks for this; the first does it for all."""
        if self.laid is None or self.laid.sizes != self._sizes():
            self.show_all()

    def repaint_all(self) -> None:
        """Take the theme's colours anew and lay everything out again."""
        self._looks = None
        self.laid = self.ahead = None
        self.show_all()
        for view in self.views:
            view.forget()

    # Showing ---

    def show_all(self) -> None:
        """Show the session's current ad from the top: it is new, or the panes are."""
        self._is_stale = False
        if not self.is_begun or not self.is_mounted or not self.card.size.height:
            return
        self._ready_looks()
        on_desk = self.session.current
        is_new = self.laid is None or on_desk is not self.laid.on_desk
        if on_desk is None:
            self._show_nothing()
            return
        if is_new and self._is_resting and not self._has_rested:
            self._rested()  # the first ad goes already: what is noted of every ad is noted of it
        self._turn(on_desk)
        if self.laid is None or is_new or self.laid.sizes != self._sizes():
            cursor = 0 if is_new or self.laid is None else self.laid.checks.cursor
            is_ready = self.ahead is not None and self.ahead.on_desk is on_desk and self.ahead.sizes == self._sizes()
            self.laid = self.ahead if is_ready else self.lay_out(on_desk)
            self.ahead = None
            assert self.laid is not None
            self.laid.checks.cursor = cursor
        if is_new:
            self.ad_leaves()
            self.card.draw_title()
        self.card.aside = self.aside_of(on_desk)
        self.card.show_ad(self.laid.ad, top=0 if is_new else None)
        self._note_seen()
        self.show_ruling()
        self.checks.show_checks(self.laid.checks, is_new=is_new)
        self.show_status()
        if self._said is None or is_new:
            self.show_footer()
        else:
            self.say(*self._said)
        self._show_clause()
        self.card.activate(self.in_hand is self.card)
        self.checks.activate(self.in_hand is self.checks)
        self.call_after_refresh(self._written if self._has_rested else self._rest)

    def begin(self) -> None:
        """The session has begun."""
        self.is_begun = True
        self.show_all()
        self.tell_news()

    def _show_nothing(self) -> None:
        from modtui.tui.widgets.lines_view import strip_of

        looks = self._ready_looks()
        self.laid = None
        progress = self.session.progress
        words = (
            "",
            " Nothing is waiting here.",
            f" {progress.decided:,} of {progress.total:,} decided.",
            "",
            " u undo   g go places   q quit",
        )
        self.card.laid = None
        self.checks.laid = None
        self.card.show_lines(
            [strip_of([(word, looks.text)], self.card.inner_width, looks.text) for word in words], [], top=0
        )
        self.checks.show_lines((), [], top=0)
        self.clause.show_lines((), [], top=0)
        self.markets.show_lines((), [], top=0)
        self.ruling.show_lines(())
        self.show_status()
        self.show_footer()

    def show_answers(self) -> None:
        """Show what an answer changed: only lines that differ are painted."""
        if self.laid is None:
            return
        self.show_ruling()
        self.checks.show_checks(self.laid.checks)
        self.clear_said()
        self._clause_soon()
        asyncio.get_running_loop().call_later(AHEAD_AFTER, self._ready_record)

    def show_cursor(self) -> None:
        """Show a move of the cursor among the checks: the ruling stands."""
        if self.laid is None:
            return
        self.checks.show_checks(self.laid.checks)
        self.clear_said()
        self._clause_soon()

    def show_ad_again(self) -> None:
        """Lay the ad out anew: something in it was opened or focused."""
        if self.laid is None:
            return
        self.laid.ad = self._lay_out_ad(self.laid.on_desk)
        self.card.show_ad(self.laid.ad)
        self._note_seen()
        self.show_ruling()

    def show_ruling(self) -> None:
        if self.laid is None:
            return
        ruling = self._ruling_of(self.laid)
        self.laid.checks.settle(ruling.plan)
        self.ruling.show_ruling(ruling, self.banner)
        if self.has_class("-full"):
            self.markets.show_ruling(self._markets_of(self.laid))

    def show_status(self, word: str = "") -> None:
        self.status.show_progress(self.session.progress, word)

    def _show_clause(self) -> None:
        self._clause_timer = None
        if self.laid is not None and self.clause.size.height:
            self.clause.show_clause(self._clause_of(self.laid))

    def _clause_soon(self) -> None:
        if not self.clause.size.height:
            return
        if self._clause_timer is not None:
            self._clause_timer.cancel()
        self._clause_timer = asyncio.get_running_loop().call_later(CLAUSE_AFTER, self._show_clause)

    # What was seen ---

    def _note_seen(self) -> None:
        """Tell the desk what is in view whole: a captured page counts as opened when its last line is."""
        desk = self.desk
        if desk is not None and "page" in self.card.components_seen():
            desk.opened.add("page")

    @on(Scrolled)
    def _scrolled(self, message: Scrolled) -> None:
        if message.pane == "ad":
            self._note_seen()
            self.show_ruling()

    @on(CheckPointed)
    def _check_pointed(self, message: CheckPointed) -> None:
        if self.laid is not None and not self.is_saving:
            self.laid.checks.cursor = message.row
            self.show_cursor()

    # The guard ---

    def call_back(self) -> None:
        """Call back what is being saved."""

    def ad_leaves(self) -> None:
        """Nothing may decide until the ad that is shown next has been painted."""
        app_of(self).ad_leaves()
