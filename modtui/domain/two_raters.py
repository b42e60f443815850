"""Two people who judged the same ads, from the table of what one said against what the other did.

Formulas: Cohen 1960, Cohen 1968 (weights), Scott 1955; standard errors of Fleiss, Cohen and Everitt 1969.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import sqrt

from modtui.domain.agreement import (
    NO_VARIATION,
    NOBODY,
    Coefficient,
    Rating,
    Units,
    Weights,
    identity,
)

Counts = Sequence[Sequence[int]]
"Rows: what the first said; columns: what the second did."
Z95 = 1.96
"As published tables round it."


def units_of(table: Counts) -> list[tuple[int, int]]:
    """The ads behind a table, one by one, as places of categories."""
    return [(one, other) for one, row in enumerate(table) for other, count in enumerate(row) for _ in range(count)]


def table_of(units: Units, categories: Sequence[Rating]) -> list[list[int]]:
    """The table of ads that both judged."""
    place = {category: number for number, category in enumerate(categories)}
    table = [[0] * len(place) for _ in place]
    for one, other in units:
        if one is not None and other is not None:
            table[place[one]][place[other]] += 1
    return table


def cohen_kappa(table: Counts, weights: Weights = identity) -> Coefficient:
    """Cohen's kappa, weighted where weights are given, with its 95 % interval where they are not."""
    q, n = len(table), _total(table)
    if not n:
        return Coefficient(None, 0, NOBODY)
    weight = [[weights(i, j, q) for j in range(q)] for i in range(q)]
    found = kappa_by(table, weight)
    if found is None:
        return Coefficient(None, n, NO_VARIATION)
    if weights is not identity:
        return Coefficient(found, n)
    error = kappa_ase(table)
    return Coefficient(found, n, low=found - Z95 * error, high=min(1.0, found + Z95 * error))


def kappa_by(table: Counts, weight: Sequence[Sequence[float]]) -> float | None:
    """Cohen's kappa under agreement weights given in full; None when chance alone agrees always."""
    p, rows, columns = _shares(table)
    q = len(table)
    observed = sum(weight[i][j] * p[i][j] for i in range(q) for j in range(q))
    expected = sum(weight[i][j] * rows[i] * columns[j] for i in range(q) for j in range(q))
    return None if 1.0 - expected < 1e-12 else (observed - expected) / (1.0 - expected)


def expected_by_chance(table: Counts) -> float:
    """Cohen's pe: sum r_k c_k."""
    _, rows, columns = _shares(table)
    return sum(r * c for r, c in zip(rows, columns, strict=True))


def kappa_ase(table: Counts) -> float:
    """The large-sample standard error of Cohen's kappa; Gwet's for a table is the same."""
    p, rows, columns = _shares(table)
    n, q = _total(table), len(table)
    expected = expected_by_chance(table)
    kappa = (sum(p[k][k] for k in range(q)) - expected) / (1.0 - expected)
    diagonal = sum(p[k][k] * (1 - (rows[k] + columns[k]) * (1 - kappa)) ** 2 for k in range(q))
    beside = sum(p[i][j] * (columns[i] + rows[j]) ** 2 for i in range(q) for j in range(q) if i != j)
    variance = diagonal + (1 - kappa) ** 2 * beside - (kappa - expected * (1 - kappa)) ** 2
    return sqrt(max(0.0, variance) / n) / (1.0 - expected)


def kappa_ase_of_none(table: Counts) -> float:
    """The same when the true kappa is 0, for a test against chance."""
    _, rows, columns = _shares(table)
    expected = expected_by_chance(table)
    middle = sum(r * c * (r + c) for r, c in zip(rows, columns, strict=True))
    return sqrt((expected + expected**2 - middle) / _total(table)) / (1.0 - expected)


def _total(table: Counts) -> int:
    return sum(map(sum, table))


def _shares(table: Counts) -> tuple[list[list[float]], list[float], list[float]]:
    n = _total(table)
    p = [[count / n for count in row] for row in table]
    return p, [sum(row) for row in p], [sum(column) for column in _columns(p)]


def _columns(rows: Sequence[Sequence[float]]) -> Iterable[tuple[float, ...]]:
    return zip(*rows, strict=True)
