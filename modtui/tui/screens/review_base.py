"""How the review screen shows what is laid out, and each change of it; the guard and the draft beside it."""

from __future__ import annotations

import asyncio
import gc

from textual import on, work

from modtui.errors import ModtuiError
from modtui.services.desk import Desk
from modtui.services.reviewing import OnDesk, Session
from modtui.store.errors import CalledBack
from modtui.tui.messages import CheckPointed, PaneResized, Scrolled
from modtui.tui.safe_text import notify
from modtui.tui.screens.action_screen import app_of
from modtui.tui.screens.review_laying import Laid, ReviewLaying

AHEAD_AFTER, CLAUSE_AFTER, DRAFT_AFTER = 0.02, 0.12, 1.0
"Seconds after a paint or key until the next ad is laid out, the clause follows the cursor, the draft is kept."
WRITTEN_AFTER = 0.005
"Seconds after a paint by which another thread has sent it: it has the processor to itself until then."
OLD_EVERY = 100
"Ads after which also what has lived long is looked through for what can go; behind each ad only what is young."
FIRST_REST = 0.15
"""Seconds that the first ad stands alone: a person needs longer to see it, and a key typed ahead is not held up by all
that is read, drawn and imported behind an ad for the first time, 30 ms."""


class ReviewBase(ReviewLaying):
    """Painting. What keys do is in the classes that build on it."""

    def __init__(self, session: Session, is_begun: bool = True) -> None:
        super().__init__(session, is_begun)
        self.laid: Laid | None = None
        self.ahead: Laid | None = None
        self.is_saving = False
        self.banner = ""
        self.letters: str | None = None
        "Letters typed after Space; None when no check is being spelled."
        self._filled_behind: OnDesk | None = None
        "The ad behind which another one was looked for."
        self._laid_ahead = 0
        "How many ads have been made ready."
        self._is_stale = True
        self._is_resting = self._has_rested = False
        "Whether the first ad has been painted, and whether what is done behind it has begun."
        self._clause_timer: asyncio.TimerHandle | None = None
        self._draft_timer: asyncio.TimerHandle | None = None

    @property
    def desk(self) -> Desk | None:
        """The desk that is on screen."""
        return self.laid.on_desk.desk if self.laid else None

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

    def lay_out_ahead(self) -> None:
        """Make the next ad ready while nobody waits, and see whether it comes under another catalog."""
        if self.is_mounted:
            self._look_at_catalog()
        self._ready_record()
        if self.is_saving or not self.is_mounted:
            return
        following = self.session.following
        if following is None:
            self._fill()
            return
        if self.ahead is None or self.ahead.on_desk is not following or self.ahead.sizes != self._sizes():
            self.ahead = self.lay_out(following)
            # A page that is in view whole counts as opened once the ad is shown; what is made ready here says so.
            seen = {"page"} & self.card.components_seen(self.ahead.ad)
            with following.desk.as_if_opened(seen):
                self._lay_out_rest(self.ahead)
            self._draw_ahead(self.ahead)
            self._laid_ahead += 1
            gc.collect(1 if self._laid_ahead % OLD_EVERY else 2)

    def _fill(self) -> None:
        """Have an ad brought in behind the one on the desk, once for each: there may be none."""
        on_desk = self.session.current
        if on_desk is not None and on_desk is not self._filled_behind:
            self._filled_behind = on_desk
            self._bring_in()

    @work(exit_on_error=False)
    async def _bring_in(self) -> None:
        try:
            await self.session.fill()
        except ModtuiError as error:
            self.say(f"no ad ready behind this one: {error.title} · {error.hint}", is_warning=True)
        if self.session.following is not None:
            self.lay_out_ahead()

    def _draw_ahead(self, laid: Laid) -> None:
        """Work out what the terminal will be sent for an ad and what stands beside it."""
        self.card.make_ready(laid.ad.strips[: self.card.inner_height])
        self.checks.make_ready(laid.checks.strips()[: self.checks.inner_height])
        clause = self._clause_of(laid) if self.clause.size.height else None
        if clause is not None:
            self.clause.make_ready(clause.strips[: self.clause.inner_height])

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

    # The guard and the draft ---

    def call_back(self) -> None:
        """Call back what is being saved."""

    def ad_leaves(self) -> None:
        """Nothing may decide until the ad that is shown next has been painted."""
        app_of(self).ad_leaves()

    def tell_news(self) -> None:
        """Say what has come about the catalog, where it covers no check for long."""
        for news in self.session.take_news():
            notify(self.app, "\n".join(news.lines), severity="warning" if news.is_warning else "information")

    def _look_at_catalog(self) -> None:
        """Have the catalog read anew, off this thread, if its file has changed."""
        if self.session.catalog_may_change:
            self.run_worker(self._catalog_looked_at(), exit_on_error=False)

    async def _catalog_looked_at(self) -> None:
        await self.session.look_at_catalog()
        if self.is_mounted:
            self.tell_news()

    def _rest(self) -> None:
        """The first ad has been painted: what is read and drawn behind it waits for the first keys."""
        if app_of(self).is_headless:
            self._rested()  # nobody types
        elif not self._is_resting:
            self._is_resting = True
            asyncio.get_running_loop().call_later(FIRST_REST, self._rested)

    def _rested(self) -> None:
        if not self._has_rested and self.is_mounted:
            self._has_rested = True
            self._painted()

    def _written(self) -> None:
        if app_of(self).is_headless:
            self._painted()  # nobody waits for the terminal
        else:
            asyncio.get_running_loop().call_later(WRITTEN_AFTER, self._painted_if_mounted)

    def _painted_if_mounted(self) -> None:
        if self.is_mounted:
            self._painted()

    def _painted(self) -> None:
        """The ad is on the terminal."""
        asyncio.get_running_loop().call_later(AHEAD_AFTER, self.lay_out_ahead)

    def _ready_record(self) -> None:
        """Work out what a decision would record while nobody waits."""
        if self.desk is not None:
            self.desk.make_ready()

    def draft_soon(self) -> None:
        """Keep the draft within a second or so of a change."""
        if self._draft_timer is None:
            self._draft_timer = asyncio.get_running_loop().call_later(DRAFT_AFTER, self._save_draft)

    def _save_draft(self) -> None:
        self._draft_timer = None
        if self.session.current is None or not self.is_mounted:
            return
        if self.is_saving:
            self.draft_soon()
        else:
            self._keep_draft()

    @work(exit_on_error=False)
    async def _keep_draft(self) -> None:
        """Keep the draft, and try again soon when that fails: it is said, and stands in nobody's way."""
        try:
            await self.session.save_draft()
        except CalledBack:
            self.draft_soon()
        except ModtuiError as error:
            self.say(f"draft not saved: {error.title} · {error.hint}", is_warning=True)
            self.draft_soon()
