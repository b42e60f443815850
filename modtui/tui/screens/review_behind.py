"""What the review screen does behind the keys: the next ad made ready, the catalog looked at, the draft kept."""

from __future__ import annotations

import asyncio
import gc

from textual import work

from modtui.errors import ModtuiError
from modtui.services.desk import Desk
from modtui.services.reviewing import OnDesk, Session
from modtui.store.errors import CalledBack
from modtui.tui.safe_text import notify
from modtui.tui.screens.action_screen import app_of
from modtui.tui.screens.review_laying import Laid, ReviewLaying

AHEAD_AFTER, DRAFT_AFTER = 0.02, 1.0
"Seconds after a paint or key until the next ad is laid out, the draft is kept."
WRITTEN_AFTER = 0.005
"Seconds after a paint by which another thread has sent it: it has the processor to itself until then."
OLD_EVERY = 100
"Ads after which also what has lived long is looked through for what can go; behind each ad only what is young."
FIRST_REST = 0.15
"""Seconds that the first ad stands alone: a person needs longer to see it, and a key typed ahead is not held up by all
that is read, drawn and imported behind an ad for the first time, 30 ms."""


class ReviewBehind(ReviewLaying):
    """Nothing here is done while somebody waits for it."""

    def __init__(self, session: Session, is_begun: bool = True) -> None:
        super().__init__(session, is_begun)
        self.laid: Laid | None = None
        "What is on screen."
        self.ahead: Laid | None = None
        "The next ad, ready to be shown."
        self.is_saving = False
        self._filled_behind: OnDesk | None = None
        "The ad behind which another one was looked for."
        self._laid_ahead = 0
        "How many ads have been made ready."
        self._is_resting = self._has_rested = False
        "Whether the first ad has been painted, and whether what is done behind it has begun."
        self._draft_timer: asyncio.TimerHandle | None = None

    @property
    def desk(self) -> Desk | None:
        """The desk that is on screen."""
        return self.laid.on_desk.desk if self.laid else None

    # After a paint ---

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

    # The next ad ---

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

    def _ready_record(self) -> None:
        """Work out what a decision would record while nobody waits."""
        if self.desk is not None:
            self.desk.make_ready()

    # The catalog ---

    def _look_at_catalog(self) -> None:
        """Have the catalog read anew, off this thread, if its file has changed."""
        if self.session.catalog_may_change:
            self.run_worker(self._catalog_looked_at(), exit_on_error=False)

    async def _catalog_looked_at(self) -> None:
        await self.session.look_at_catalog()
        if self.is_mounted:
            self.tell_news()

    def tell_news(self) -> None:
        """Say what has come about the catalog, where it covers no check for long."""
        for news in self.session.take_news():
            notify(self.app, "\n".join(news.lines), severity="warning" if news.is_warning else "information")

    # The draft ---

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
