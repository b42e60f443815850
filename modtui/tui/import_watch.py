"""An import that goes on behind: its progress on the screen, and its ads on the desk as they come."""

from __future__ import annotations

from typing import Protocol

from textual.timer import Timer

from modtui.services.reviewing import Session
from modtui.tui.screens.review import ReviewScreen

LOOK_EVERY = 0.5
"Seconds."


class Importing(Protocol):
    """What an import says of itself."""

    @property
    def rows(self) -> int | None:
        """Rows read so far; None once it is done."""

    @property
    def words(self) -> str:
        """How it stands, in a few words."""


class ReviewApp(Protocol):
    """What the watch needs of the app."""

    session: Session | None

    @property
    def review(self) -> ReviewScreen | None: ...


class ImportWatch:
    """Looks at the import now and then, until it is done."""

    def __init__(self, app: ReviewApp, importing: Importing) -> None:
        self.app = app
        self.importing = importing
        self.timer: Timer | None = None

    async def look(self) -> None:
        """Take ads where none were left, and say how far the import is. Never while a decision is being stored."""
        session, review = self.app.session, self.app.review
        if session is None or review is None or review.is_saving:
            return
        rows = session.importing = self.importing.rows
        was_empty = session.current is None
        if was_empty or session.following is None:
            await session.look_again()
        if was_empty and session.current is not None:
            review.show_all()
        review.show_status()
        if rows is None:
            review.say(self.importing.words)
            if self.timer is not None:
                self.timer.stop()
