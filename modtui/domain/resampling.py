"""Intervals of coefficients by drawing ads again: several coefficients out of the same draws.

Percentile bootstrap over ads (Efron and Tibshirani 1993, ch. 13). Who calls brings the randomness.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

from modtui.domain.agreement import Coefficient, Table, percent_agreement
from modtui.domain.intervals import wilson

Choose = Callable[[int], Sequence[int]]
"n to n numbers below n, drawn with replacement."
Tell = Callable[[int, int], None]
Measure = Callable[[Table], Coefficient]
TIMES, LEAST = 1000, 200
MOST_DRAWN = 20_000_000
"Ads drawn in all: of very many, an interval is steady after fewer draws."


def times_for(units: int) -> int:
    """How often to draw from so many ads."""
    return max(LEAST, min(TIMES, MOST_DRAWN // max(1, units)))


def percentiles(found: Sequence[float], level: float = 0.95) -> tuple[float, float] | None:
    """The middle part of what draws gave; None where they all gave the same, which says nothing of what is rare."""
    in_order = sorted(found)
    if not in_order or in_order[0] == in_order[-1]:
        return None
    last = len(in_order) - 1
    return in_order[round((1 - level) / 2 * last)], in_order[round((1 + level) / 2 * last)]


def with_intervals(
    table: Table, measures: Sequence[Measure], choose: Choose, *, times: int = TIMES, on_progress: Tell | None = None
) -> list[Coefficient]:
    """The coefficients of a table, each with its interval. Takes seconds: off the thread that draws the screen."""
    values = [measure(table) for measure in measures]
    owner = [row for row, (_, often) in enumerate(table.rows) for _ in range(often)]
    found: list[list[float]] = [[] for _ in measures]
    for turn in range(times if owner else 0):
        counts = Counter(map(owner.__getitem__, choose(len(owner))))
        drawn = Table(table.q, tuple((table.rows[row][0], often) for row, often in counts.items()))
        for place, measure in enumerate(measures):
            value = measure(drawn).value
            if value is not None:
                found[place].append(value)
        if on_progress is not None and turn % 50 == 49:
            on_progress(turn + 1, times)
    return [_within(value, each) for value, each in zip(values, found, strict=True)]


def raw_agreement(table: Table) -> Coefficient | None:
    """Raw agreement with Wilson's interval, where on every ad all agree or none do; None where some agree in part."""
    agreed = 0
    for counts, often in table.rows:
        people = sum(counts)
        if people < 2:
            continue
        if max(counts) == people:
            agreed += often
        elif max(counts) > 1:
            return None
    found = percent_agreement(table)
    if found.value is None:
        return found
    low, high = wilson(agreed, found.units)
    return Coefficient(found.value, found.units, low=low, high=high)


def _within(value: Coefficient, found: Sequence[float]) -> Coefficient:
    ends = percentiles(found)
    if value.value is None or ends is None:
        return value
    return Coefficient(value.value, value.units, low=ends[0], high=ends[1])
