"""Times as the workspace keeps them: UTC texts that sort, and minutes since 2000 in the key that orders a queue."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache

MINUTE_MS = 60_000
_EPOCH_MS = int(datetime(2000, 1, 1, tzinfo=UTC).timestamp() * 1000)
NEVER = (1 << 27) - 1
"The due time, in minutes since 2000, of an ad that has none: after all others (the year 2255)."


def utc_text(moment_ms: int) -> str:
    """ISO 8601 with milliseconds and Z, of milliseconds since 1970."""
    return f"{_second_text(moment_ms // 1000)}.{moment_ms % 1000:03d}Z"


@lru_cache(maxsize=64)
def _second_text(second: int) -> str:
    return f"{datetime.fromtimestamp(second, tz=UTC):%Y-%m-%dT%H:%M:%S}"


def utc_ms(text: str) -> int | None:
    """Milliseconds since 1970 of an ISO 8601 time; one without an offset is UTC. None when it is no time."""
    try:
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=UTC)
        return int(moment.timestamp() * 1000)
    except (ValueError, OverflowError):
        return None


def utc_minutes(text: str) -> int | None:
    """Whole minutes since 2000 of an ISO 8601 time. None when it is no time."""
    # Seconds do not matter and many ads share a minute, so most are answered from memory.
    if len(text) >= 20 and text[16] == ":" and text[-1] == "Z":
        text = text[:16]
    return _minutes(text)


@lru_cache(maxsize=4096)
def _minutes(text: str) -> int | None:
    moment_ms = utc_ms(text)
    return None if moment_ms is None else due_minutes(moment_ms)


def due_minutes(moment_ms: int) -> int:
    """Whole minutes since 2000, kept within 27 bits."""
    return min(max((moment_ms - _EPOCH_MS) // MINUTE_MS, 0), NEVER - 1)


def order_key(priority: int, due: int | None, submitted: int, *, is_escalation_class: bool = False) -> int:
    """The number by which a queue is worked off, lowest first: escalation classes, then priority (0-100, more is
    sooner), then the due time, then the oldest. `due` and `submitted` are minutes since 2000.
    """
    rank = 100 - min(max(priority, 0), 100)
    return ((not is_escalation_class) << 61) | (rank << 54) | ((NEVER if due is None else due) << 27) | submitted


def submitted_minutes(key: int) -> int:
    """The minute of submission within an order key."""
    return key & NEVER


def due_ms(key: int) -> int | None:
    """The due time within an order key, in milliseconds since 1970; None when the ad has none."""
    minutes = (key >> 27) & NEVER
    return None if minutes == NEVER else _EPOCH_MS + minutes * MINUTE_MS


def due_range(key: int, last: int) -> tuple[int, int]:
    """The order keys of the same class and priority that are due at the minute `last` or before."""
    rank = key >> 54 << 54
    return rank, rank | (last << 27) | NEVER


def rank_end(key: int) -> int:
    """The last order key of the same class and priority."""
    return key | ((1 << 54) - 1)
