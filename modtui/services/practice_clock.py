"""The clock of a pack with a time limit: what is left, pauses that stop it, and the end when time is up."""

from __future__ import annotations

from modtui.domain.attempts import Pause
from modtui.domain.events import Entry
from modtui.domain.practice_log import FINISHED
from modtui.services.practice_record import PracticeRecord
from modtui.services.reviewing import News
from modtui.store import attempts
from modtui.store.transaction import Transaction

TIME_IS_UP = "Time is up: this ad is the last one, and its answer is marked late"
CLOSED = "Time was up: the pack is closed, and what is open stays open"


class PracticeClock(PracticeRecord):
    """Counts from the first ad. When time is up the ad in hand may be finished; with it, or on leaving it, all ends."""

    @property
    def left_ms(self) -> int | None:
        """Milliseconds up to the time limit; negative behind it, None without one."""
        limit = self.taken.settings.time_limit_s
        return None if limit is None else limit * 1000 - self.run.elapsed_ms(self.now())

    @property
    def is_time_up(self) -> bool:
        """Whether the time limit has passed and the pack is still open."""
        left = self.left_ms
        return left is not None and left < 0 and not self.is_finished

    def _pause(self) -> Pause | None:
        """The time away since the last sign of life, where the clock stood still for it."""
        if self._row is None or self.is_finished or not self.run.started_at:
            return None
        allowed, limit = self.taken.settings.pauses, self.taken.settings.time_limit_s
        if limit is None and allowed is None:
            return None
        if not self.run.may_pause(allowed):
            self._news.append(News(("The clock ran on while you were away: no pause is left.",), is_warning=True))
            return None
        left = "" if allowed is None else f" Pauses left: {allowed - len(self.run.pauses) - 1}."
        self._news.append(News((f"Welcome back: the clock stood still.{left}",)))
        return Pause(self._row.seen_at, self.now())

    def _end(self) -> Entry | None:
        """What closes a pack whose time is up; None where it goes on."""
        return self._entry(FINISHED) if self.is_time_up else None

    async def _close_late(self, place: int) -> bool:
        """Close a pack whose time is up, with the ads that have no answer left open; whether that was done."""
        end = self._end()
        if end is None or self.workspace.is_read_only:
            return False

        def write(tx: Transaction) -> None:
            attempts.append(tx, end, self.taken.row.pack_no)
            self._save_run(tx, place, finished_at=end.at)

        await self.write(write)
        self.run.take(end)
        self._news.append(News((f"{CLOSED}.",), is_warning=True))
        return True
