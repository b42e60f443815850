"""The time, handed in so that tests can say what it is."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], int]
"Milliseconds since 1970, UTC."


def wall_clock() -> int:
    return time.time_ns() // 1_000_000


def today(now_ms: int) -> str:
    """The UTC date, ISO 8601: the day rules are judged by."""
    return datetime.fromtimestamp(now_ms / 1000, tz=UTC).date().isoformat()
