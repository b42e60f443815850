"""Krippendorff's alpha for any distance between judgements, sets of labels among them.

Formulas: Krippendorff, Content Analysis, 2nd ed. 2004, ch. 11, and Computing Krippendorff's Alpha-Reliability, 2011.
MASI: Passonneau 2006 (Jaccard times 1, 2/3, 1/3 or 0). Two empty sets agree. Ads that fewer than two people judged are
left out. Alike ads are counted once, and distances worked out once for each pair of judgements.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from itertools import combinations
from operator import mul
from typing import Any

from modtui.domain.agreement import NO_VARIATION, NOBODY, Coefficient, Units

Distance = Callable[[Any, Any], float]
"Between two different judgements; 0 to 1, or squared for numbers."


def nominal(_: object, __: object) -> float:
    return 1.0


def interval(one: float, other: float) -> float:
    return float((one - other) ** 2)


def ratio(one: float, other: float) -> float:
    return float(((one - other) / (one + other)) ** 2) if one + other else 0.0


def ordinal_distance(counts: Mapping[Any, int]) -> Distance:
    """The distance of ranks, which depends on how often each is used: (sum of n between, ends half, squared)."""
    ranks = sorted(counts)
    place = {rank: number for number, rank in enumerate(ranks)}

    def distance(one: Any, other: Any) -> float:
        low, high = sorted((place[one], place[other]))
        between = sum(counts[ranks[number]] for number in range(low, high + 1))
        return float((between - (counts[ranks[low]] + counts[ranks[high]]) / 2) ** 2)

    return distance


def jaccard_distance(one: frozenset[Any], other: frozenset[Any]) -> float:
    """1 - |A and B| / |A or B|; two empty sets are the same."""
    either = len(one | other)
    return 1.0 - len(one & other) / either if either else 0.0


def masi_distance(one: frozenset[Any], other: frozenset[Any]) -> float:
    """1 - Jaccard times monotonicity: 1 when equal, 2/3 when one holds the other, 1/3 when they overlap, else 0."""
    if one == other:
        return 0.0
    both = len(one & other)
    if not both:
        return 1.0
    part = 2 / 3 if both in (len(one), len(other)) else 1 / 3
    return 1.0 - both / len(one | other) * part


def alpha(units: Units, distance: Distance | str = nominal) -> Coefficient:
    """1 - Do / De. `distance` may be the word `ordinal`, whose distances the data themselves give."""
    counted = _Counted(units, distance)
    value, why = counted.alpha()
    return Coefficient(value, counted.units, why)


def bootstrapped(
    units: Units,
    distance: Distance | str,
    choose: Callable[[int], Sequence[int]],
    *,
    times: int = 1000,
    level: float = 0.95,
    on_progress: Callable[[int, int], None] | None = None,
) -> Coefficient:
    """Alpha with a percentile interval over ads drawn again.

    `choose(n)` draws n numbers below n with replacement: who calls brings the randomness. Takes about a second for
    1,000 draws of 1,000 ads judged by three, so it belongs off the thread that draws the screen.
    """
    counted = _Counted(units, distance)
    value, why = counted.alpha()
    if value is None:
        return Coefficient(None, counted.units, why)
    found: list[float] = []
    for turn in range(times):
        drawn, _ = counted.alpha(choose(counted.units))
        if drawn is not None:
            found.append(drawn)
        if on_progress is not None and turn % 50 == 49:
            on_progress(turn + 1, times)
    if not found:
        return Coefficient(value, counted.units)
    found.sort()
    last = len(found) - 1
    low, high = round((1 - level) / 2 * last), round((1 + level) / 2 * last)
    return Coefficient(value, counted.units, low=found[low], high=found[high])


class _Counted:
    """Judgements by number, alike ads once, and the distances between judgements."""

    def __init__(self, units: Units, distance: Distance | str) -> None:
        number: dict[Any, int] = {}
        alike: Counter[tuple[int, ...]] = Counter()
        for row, times in Counter(map(tuple, units)).items():
            given = tuple(number.setdefault(each, len(number)) for each in row if each is not None)
            if len(given) > 1:
                alike[tuple(sorted(given))] += times
        self.rows = list(alike)
        self.times = list(alike.values())
        self.units = sum(self.times)
        self.totals = self._totals(self.times, len(number))
        self.distances = self._distances(list(number), distance)
        self.apart = [self._apart(row) for row in self.rows]
        self._owner: list[int] | None = None

    def alpha(self, drawn: Sequence[int] | None = None) -> tuple[float | None, str]:
        """Alpha, or why there is none: of all ads, or of those drawn by number, some more than once."""
        if not self.units:
            return None, NOBODY
        times, totals = self.times, self.totals
        if drawn is not None:
            counts = Counter(map(self.owner.__getitem__, drawn))
            times = [counts[row] for row in range(len(self.rows))]
            totals = self._totals(times, len(totals))
        given = sum(totals)
        expected = sum(n * sum(map(mul, row, totals)) for n, row in zip(totals, self.distances, strict=True) if n)
        if expected <= 0.0:
            return None, NO_VARIATION
        observed = sum(map(mul, self.apart, times))
        return 1.0 - (given - 1) * observed / expected, ""

    @property
    def owner(self) -> list[int]:
        """The number of an ad to the row it looks like."""
        if self._owner is None:
            self._owner = [row for row, times in enumerate(self.times) for _ in range(times)]
        return self._owner

    def _totals(self, times: Sequence[int], count: int) -> list[int]:
        totals = [0] * count
        for row, often in zip(self.rows, times, strict=True):
            if often:
                for value in row:
                    totals[value] += often
        return totals

    def _distances(self, values: Sequence[Any], distance: Distance | str) -> list[list[float]]:
        if distance == "ordinal":
            distance = ordinal_distance(dict(zip(values, self.totals, strict=True)))
        if not callable(distance):
            raise ValueError(f"no such distance: {distance!r}")
        size = len(values)
        matrix = [[0.0] * size for _ in range(size)]
        for one, other in combinations(range(size), 2):
            matrix[one][other] = matrix[other][one] = distance(values[one], values[other])
        return matrix

    def _apart(self, row: tuple[int, ...]) -> float:
        """What people disagree on one ad: the distances of all ordered pairs, by the others than oneself."""
        distances = self.distances
        return 2 * sum(distances[one][other] for one, other in combinations(row, 2)) / (len(row) - 1)
