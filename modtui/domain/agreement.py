"""How far people agree who judged the same ads: raw agreement and the coefficients that correct it for chance.

Formulas: Gwet, Handbook of Inter-Rater Reliability, 4th ed. 2014, ch. 2 and 4 (missing ratings, weights, AC1, AC2,
Brennan-Prediger, Fleiss, Conger). Every function returns a `Coefficient`, whose value may be *undefined*: a value to be
shown, with the reason and the raw agreement beside it, and never 1.0 or NaN.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from typing import TypeVar

from msgspec import Struct

Rating = Hashable
Units = Sequence[Sequence[Rating | None]]
"A row for each ad, a column for each person; None is a rating that was not given."
Weights = Callable[[int, int, int], float]
"Place of a category, of another, and how many there are, to how far they agree: 1 for the same, 0 for not at all."
_R = TypeVar("_R")

NOBODY = "undefined: no ad was judged by two people"
NO_VARIATION = "undefined: no variation, everybody always said the same"


class Coefficient(Struct, frozen=True):
    """A coefficient of agreement."""

    value: float | None
    "None when it is undefined."
    units: int
    "Ads that two or more people judged."
    why: str = ""
    "Why it is undefined, in words."
    low: float | None = None
    high: float | None = None
    "The interval, where one was worked out."

    @property
    def words(self) -> str:
        """To two places, with its interval where it has a width; or why there is no figure."""
        if self.value is None:
            return self.why
        is_known = self.low is not None and self.high is not None and self.low < self.high
        interval = f" ({self.low:.2f} to {self.high:.2f})" if is_known else ""
        return f"{self.value:.2f}{interval}"


def identity(one: int, other: int, _: int) -> float:
    return 1.0 if one == other else 0.0


def linear(one: int, other: int, count: int) -> float:
    return 1.0 - abs(one - other) / (count - 1) if count > 1 else 1.0


def quadratic(one: int, other: int, count: int) -> float:
    return 1.0 - (one - other) ** 2 / (count - 1) ** 2 if count > 1 else 1.0


def ordinal(one: int, other: int, count: int) -> float:
    if one == other:
        return 1.0
    apart = abs(one - other)
    return 1.0 - (apart * (apart + 1) / 2) / (count * (count - 1) / 2)


class Table(Struct, frozen=True):
    """Ratings counted ad by ad: what all coefficients but Conger's are worked out of. Alike ads are counted once."""

    q: int
    "Categories."
    rows: tuple[tuple[tuple[int, ...], int], ...]
    "Category to number of people, and how many ads look like that."

    @property
    def pairable(self) -> int:
        return sum(times for counts, times in self.rows if sum(counts) >= 2)


def tabulate(units: Units, categories: Sequence[Rating] | None = None) -> Table:
    """Count the ratings of each ad. Categories nobody used count for chance when they are stated."""
    alike = Counter(map(tuple, units))
    if categories is None:
        found = {rating for row in alike for rating in row if rating is not None}
        categories = sorted(found, key=repr)
    place = {category: number for number, category in enumerate(categories)}
    q = len(place)
    rows: Counter[tuple[int, ...]] = Counter()
    for row, times in alike.items():
        counts = [0] * q
        for rating in row:
            if rating is not None:
                counts[place[rating]] += 1
        rows[tuple(counts)] += times
    return Table(q, tuple(rows.items()))


def table_of_counts(counts: Iterable[Sequence[int]]) -> Table:
    """The same from rows of counts: an ad a row, a category a column."""
    rows = Counter(map(tuple, counts))
    return Table(len(next(iter(rows), ())), tuple(rows.items()))


def percent_agreement(table: Table, weights: Weights = identity) -> Coefficient:
    """The share of pairs of people who agree, ad by ad, averaged."""
    observed = _observed(table, weights)
    return Coefficient(observed, table.pairable, "" if observed is not None else NOBODY)


def item_agreement(counts: Sequence[int]) -> float | None:
    """The share of pairs who agree on one ad; None when fewer than two judged it."""
    people = sum(counts)
    return sum(n * (n - 1) for n in counts) / (people * (people - 1)) if people > 1 else None


def gwet_ac1(table: Table) -> Coefficient:
    """Gwet's AC1, which does not collapse when one category is common (Gwet 2008)."""
    return gwet_ac2(table, identity)


def gwet_ac2(table: Table, weights: Weights = quadratic) -> Coefficient:
    """Gwet's AC2: AC1 with agreement in part. pe = T_w sum pi_k (1 - pi_k) / (q (q - 1))."""
    if table.q < 2:
        return _corrected(table, weights, 1.0)
    shares = _shares(table)
    total = sum(weights(one, other, table.q) for one in range(table.q) for other in range(table.q))
    return _corrected(table, weights, total * sum(p * (1 - p) for p in shares) / (table.q * (table.q - 1)))


def fleiss_kappa(table: Table, weights: Weights = identity) -> Coefficient:
    """Fleiss' kappa, with missing ratings (Gwet 2014); of two people Scott's pi. pe = sum w_kl pi_k pi_l."""
    shares = _shares(table)
    expected = sum(
        weights(one, other, table.q) * p * r for one, p in enumerate(shares) for other, r in enumerate(shares)
    )
    return _corrected(table, weights, expected)


def brennan_prediger(table: Table, weights: Weights = identity) -> Coefficient:
    """Brennan and Prediger's kappa, also known as Bennett's S and Randolph's kappa. pe = T_w / q^2."""
    total = sum(weights(one, other, table.q) for one in range(table.q) for other in range(table.q))
    return _corrected(table, weights, total / table.q**2 if table.q else 1.0)


def conger_kappa(units: Units, weights: Weights = identity) -> Coefficient:
    """Conger's kappa: Cohen's for any number of people, each with habits of their own (Conger 1980)."""
    table = tabulate(units)
    categories = sorted({rating for row in units for rating in row if rating is not None}, key=repr)
    place = {category: number for number, category in enumerate(categories)}
    habits: list[list[float]] = []
    for column in zip(*units, strict=True):
        given = [place[rating] for rating in column if rating is not None]
        if given:
            habits.append([given.count(k) / len(given) for k in range(table.q)])
    people = len(habits)
    if people < 2:
        return Coefficient(None, 0, NOBODY)
    mean = [sum(habit[k] for habit in habits) / people for k in range(table.q)]
    expected = 0.0
    for one in range(table.q):
        for other in range(table.q):
            together = sum(habit[one] * habit[other] for habit in habits)
            spread = (together - people * mean[one] * mean[other]) / (people - 1)
            expected += weights(one, other, table.q) * (mean[one] * mean[other] - spread / people)
    return _corrected(table, weights, expected)


def specific_agreement(units: Iterable[tuple[bool, bool]]) -> tuple[float | None, float | None]:
    """Positive and negative agreement of two people on one check: 2a/(2a+b+c), 2d/(2d+b+c); None for no cases."""
    both = sum(1 for one, other in units if one and other)
    neither = sum(1 for one, other in units if not one and not other)
    apart = sum(1 for one, other in units if one != other)
    positive = 2 * both / (2 * both + apart) if both + apart else None
    negative = 2 * neither / (2 * neither + apart) if neither + apart else None
    return positive, negative


def label_counts(sets: Iterable[frozenset[str] | None]) -> Mapping[int, int]:
    """How many labels people used, size of a set to how often: chance agreement of sets depends on it."""
    return dict(sorted(Counter(len(each) for each in sets if each is not None).items()))


# Within ---


def _observed(table: Table, weights: Weights) -> float | None:
    total, units = 0.0, 0
    for counts, times in table.rows:
        people = sum(counts)
        if people < 2:
            continue
        used = [(k, n) for k, n in enumerate(counts) if n]
        agreeing = sum(n * (sum(weights(k, other, table.q) * m for other, m in used) - 1) for k, n in used)
        total += times * agreeing / (people * (people - 1))
        units += times
    return total / units if units else None


def _shares(table: Table) -> list[float]:
    """How common each category is: every ad counts the same, however many people judged it."""
    shares = [0.0] * table.q
    rated = 0
    for counts, times in table.rows:
        people = sum(counts)
        if people:
            rated += times
            for k, n in enumerate(counts):
                if n:
                    shares[k] += times * n / people
    return [share / rated for share in shares] if rated else shares


def _corrected(table: Table, weights: Weights, expected: float) -> Coefficient:
    """(po - pe) / (1 - pe), or why it is undefined."""
    observed = _observed(table, weights)
    units = table.pairable
    if observed is None:
        return Coefficient(None, 0, NOBODY)
    if 1.0 - expected < 1e-12:
        return Coefficient(None, units, NO_VARIATION)
    return Coefficient((observed - expected) / (1.0 - expected), units)
