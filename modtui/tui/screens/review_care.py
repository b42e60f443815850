"""Care on the review screen: how clearly an ad is shown, one key more clearly, and a count of what was sensitive."""

from __future__ import annotations

import time

from textual import events

from modtui.domain.exposure import SHARP
from modtui.services.active_time import ActiveTime
from modtui.services.exposure import CareBook, Reveals, families_of
from modtui.services.reviewing import OnDesk
from modtui.tui.screens.action_screen import app_of
from modtui.tui.screens.review_answers import AnswerActions
from modtui.tui.screens.review_laying import Laid


class CareActions(AnswerActions):
    """Knows how far each ad was revealed. Nothing of it is part of a decision."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self._reveals = Reveals()
        self._at_hand: OnDesk | None = None
        "The ad whose time is counted."
        self._looked = ActiveTime()

    @property
    def care_book(self) -> CareBook | None:
        return app_of(self).care

    # How clearly ---

    def care_of(self, on_desk: OnDesk) -> str:
        """How clearly the media of an ad are shown now."""
        return self._reveals.media_level(self.care_book, on_desk.desk)

    def lay_out(self, on_desk: OnDesk) -> Laid:
        on_desk.desk.shown_as = self._reveals.text_level(self.care_book, on_desk.desk)
        return super().lay_out(on_desk)

    def do_reveal(self) -> None:
        assert self.laid is not None
        on_desk = self.laid.on_desk
        if self.care_of(on_desk) == SHARP and on_desk.desk.shown_as == SHARP:
            self.say("everything is shown as it is")
        else:
            self.say(f"shown {self.reveal(on_desk)}")

    def reveal(self, on_desk: OnDesk) -> str:
        """Show an ad one step more clearly, from now on; how clearly its media are then."""
        self._reveals.reveal(on_desk.desk)
        on_desk.desk.shown_as = self._reveals.text_level(self.care_book, on_desk.desk)
        if self.laid is not None and self.laid.on_desk is on_desk:
            self.laid.sizes = (0, 0, 0)  # to be laid out anew, with its quotes beside the checks
            self.show_all()
        return self.care_of(on_desk)

    # How much ---

    def take_key(self, key: str, event: events.Key) -> None:
        self._looked.key(int(event.time * 1000))
        super().take_key(key, event)

    def _painted(self) -> None:
        super()._painted()
        on_desk = self.laid.on_desk if self.laid is not None else None
        if on_desk is not self._at_hand:
            self._left()
            self._at_hand = on_desk
            self._looked.begin(int(time.monotonic() * 1000))

    def _show_nothing(self) -> None:
        super()._show_nothing()
        self._left()
        self._at_hand = None

    def _left(self) -> None:
        """An ad has gone: count it, and between this one and the next say so where a break is due."""
        left, looked, self._looked = self._at_hand, self._looked, ActiveTime()
        book = self.care_book
        if left is None or book is None:
            return
        hint = book.left(families_of(left.desk), looked.total_ms)
        if hint:
            said = self._said[0] if self._said is not None else ""
            self.say(" · ".join(part for part in (said, hint) if part))
