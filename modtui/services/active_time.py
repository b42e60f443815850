"""Active time: what a decision took, with pauses taken out by a stated rule."""

from __future__ import annotations

from msgspec import Struct

LONGEST_PAUSE_MS = 30_000
"A gap between two keys counts for no more than this: who thinks longer is taken to be away."


class ActiveTime(Struct):
    """Sums the gaps between keys on one ad, each at most `LONGEST_PAUSE_MS`. Kept in a local row that never travels."""

    total_ms: int = 0
    _last_ms: int | None = None

    def begin(self, at_ms: int) -> None:
        """The ad was shown at this monotonic time."""
        self._last_ms = at_ms

    def key(self, at_ms: int) -> None:
        if self._last_ms is not None:
            self.total_ms += min(max(at_ms - self._last_ms, 0), LONGEST_PAUSE_MS)
        self._last_ms = at_ms
