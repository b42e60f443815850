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
    """Whole minutes since 2000 of an ISO 8601 time, kept within 27 bits. None when it is no time."""
    # Canonical times are read by their parts: millions are, on few days and in 1440 minutes of a day.
    if len(text) >= 20 and text[10] == "T" and text[16] == ":" and text[-1] == "Z":
        minute, midnight = _minute_of_day(text[11:16]), _midnight(text[:10])
        return None if minute is None or midnight is None else _kept(midnight + minute)
    moment_ms = utc_ms(text)
    return None if moment_ms is None else due_minutes(moment_ms)


@lru_cache(maxsize=1440)
def _minute_of_day(clock: str) -> int | None:
    moment_ms = utc_ms(f"2000-01-01T{clock}")
    return None if moment_ms is None else (moment_ms - _EPOCH_MS) // MINUTE_MS


@lru_cache(maxsize=512)
def _midnight(day: str) -> int | None:
    moment_ms = utc_ms(day)
    return None if moment_ms is None else (moment_ms - _EPOCH_MS) // MINUTE_MS


def due_minutes(moment_ms: int) -> int:
    """Whole minutes since 2000, kept within 27 bits."""
    return _kept((moment_ms - _EPOCH_MS) // MINUTE_MS)


def _kept(minutes: int) -> int:
    return min(max(minutes, 0), NEVER - 1)


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
