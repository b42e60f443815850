"""What home and lists share: a name that `g` goes to, and the way to a review."""

from __future__ import annotations

from textual import events

from modtui.errors import ModtuiError
from modtui.services.review_session import ReviewSession
from modtui.services.workbench import Workbench
from modtui.tui.screens.action_screen import app_of
from modtui.tui.screens.bar_screen import BarScreen


class PlaceScreen(BarScreen):
    """A screen that `g` goes to."""

    place = ""
    "The name `g` knows it by."

    def __init__(self, bench: Workbench) -> None:
        super().__init__()
        self.bench = bench
        self._is_leaving = False

    def on_screen_resume(self, event: events.ScreenResume) -> None:  # noqa: ARG002
        self._is_leaving = False

    def do_briefings(self) -> None:
        from modtui.tui.screens.briefings import read_briefings, say_unread

        self.run_worker(read_briefings(self, self.bench.library(), self.say, say_unread(self.say)), exit_on_error=True)

    def do_policies(self) -> None:
        from modtui.tui.screens.policy_browser import PolicyBrowser

        self.app.push_screen(PolicyBrowser(self.bench.library()))

    def do_conflicts(self) -> None:
        self.settle()

    def settle(self, only: tuple[str, str, str] | None = None) -> None:
        """Open the conflicts, or the one on an ad named by source, id and queue."""
        from modtui.tui.screens.conflict import ConflictScreen

        screen = ConflictScreen(self.bench.settling(), only)

        def left(_: None) -> None:
            if screen.to_decide is not None:
                item = screen.to_decide.conflict.item
                self.review(self.bench.session(item.queue), (item.source, item.ad_id))

        self.app.push_screen(screen, left)

    # Going on ---

    def review(self, session: ReviewSession, ad: tuple[str, str] | None = None) -> None:
        """Open the review screen over this one, on an ad named by source and id if one is given."""
        if not self._is_leaving:
            self._is_leaving = True
            self.app.run_worker(self._open(session, ad), exit_on_error=True)

    async def _open(self, session: ReviewSession, ad: tuple[str, str] | None) -> None:
        try:
            await app_of(self).open_review(session, ad)
        except ModtuiError as error:
            self._is_leaving = False
            self.say_error(error)
