"""Intervals of shares: Wilson's for one (Wilson 1927), Newcombe's for the difference of two (Newcombe 1998)."""

from __future__ import annotations

from math import sqrt
from statistics import NormalDist

from msgspec import Struct

_NORMAL = NormalDist()


class Rate(Struct, frozen=True):
    """So many of so many, with Wilson's 95 % interval."""

    hits: int
    of: int

    @property
    def share(self) -> float | None:
        """None of nothing."""
        return self.hits / self.of if self.of else None

    @property
    def bounds(self) -> tuple[float, float]:
        """From 0 to 1 of nothing."""
        return wilson(self.hits, self.of)

    @property
    def words(self) -> str:
        """Such as `84 % (71 to 92) of 50`."""
        if self.share is None:
            return "no cases"
        low, high = self.bounds
        return f"{self.share * 100:.0f} % ({low * 100:.0f} to {high * 100:.0f}) of {self.of}"


def z_of(level: float) -> float:
    """How many standard deviations hold this part of a normal distribution, both sides."""
    return _NORMAL.inv_cdf((1 + level) / 2)


def wilson(hits: int, of: int, level: float = 0.95) -> tuple[float, float]:
    """Wilson's score interval of a share."""
    if not of:
        return 0.0, 1.0
    z = z_of(level)
    share, square = hits / of, z * z
    middle = share + square / (2 * of)
    spread = z * sqrt(share * (1 - share) / of + square / (4 * of * of))
    scale = 1 + square / of
    return max(0.0, (middle - spread) / scale), min(1.0, (middle + spread) / scale)


def difference(one: Rate, other: Rate, level: float = 0.95) -> tuple[float, float, float] | None:
    """The first share less the second, with Newcombe's interval (method 10); None when either is of nothing."""
    if one.share is None or other.share is None:
        return None
    low, high = wilson(one.hits, one.of, level)
    other_low, other_high = wilson(other.hits, other.of, level)
    apart = one.share - other.share
    below = sqrt((one.share - low) ** 2 + (other_high - other.share) ** 2)
    above = sqrt((high - one.share) ** 2 + (other.share - other_low) ** 2)
    return apart, apart - below, apart + above


def sensitivity(hits: int, signals: int, false_alarms: int, others: int) -> tuple[float, float]:
    """Signal detection: d' and bias c, with half an answer added to each count so that neither is infinite.

    A positive bias lets too much through, a negative one stops too much.
    """
    hit, alarm = (hits + 0.5) / (signals + 1), (false_alarms + 0.5) / (others + 1)
    z_hit, z_alarm = _NORMAL.inv_cdf(hit), _NORMAL.inv_cdf(alarm)
    return z_hit - z_alarm, -(z_hit + z_alarm) / 2
