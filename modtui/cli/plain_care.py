"""Care line by line: how clearly an ad is read out, one line more clearly, and the count of sensitive ads."""

from __future__ import annotations

import time

from modtui.services.active_time import ActiveTime
from modtui.services.exposure import CareBook, Reveals, families_of
from modtui.services.reviewing import OnDesk


class PlainCare:
    """Knows how far ads were revealed, and counts those that were left."""

    def __init__(self, book: CareBook | None) -> None:
        self.book = book
        self._reveals = Reveals()
        self._at_hand: OnDesk | None = None
        "The ad whose time is counted."
        self._looked = ActiveTime()

    def lay(self, on_desk: OnDesk | None) -> None:
        """Have an ad read out as its reviewer chose."""
        if on_desk is not None:
            on_desk.desk.shown_as = self._reveals.text_level(self.book, on_desk.desk)

    def reveal(self, on_desk: OnDesk) -> bool:
        """Have an ad read out one step more clearly; whether there is such a step."""
        before = on_desk.desk.shown_as
        self._reveals.reveal(on_desk.desk)
        self.lay(on_desk)
        return on_desk.desk.shown_as != before

    def typed(self) -> None:
        """A line was typed."""
        self._looked.key(_now_ms())

    def left(self, at_hand: OnDesk | None) -> str:
        """What there is to say once another ad is at hand, or none: a hint at a break, where one is due."""
        left, looked = self._at_hand, self._looked
        if left is at_hand:
            return ""
        self._at_hand, self._looked = at_hand, ActiveTime()
        self._looked.begin(_now_ms())
        return self.book.left(families_of(left.desk), looked.total_ms) if self.book and left else ""


def _now_ms() -> int:
    return int(time.monotonic() * 1000)
