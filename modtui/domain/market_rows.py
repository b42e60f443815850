"""The rows of a check that speak of some markets, alike ones together, with whether they bind there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from modtui.domain.catalog import Catalog
from modtui.domain.clause_values import Clause
from modtui.domain.clauses import rows_in_force, rows_that_inform
from modtui.domain.policies import Check


def rows_in(
    check: Check, markets: Sequence[str], catalog: Catalog, as_of: str
) -> Iterator[tuple[tuple[str, ...], Clause, bool]]:
    """The markets each row speaks of, the row, and whether it binds there on the day or only informs."""
    found: dict[tuple[Clause, bool], list[str]] = {}
    for market in markets:
        for row in rows_in_force(check, market, catalog, as_of):
            found.setdefault((row, True), []).append(market)
        for row in rows_that_inform(check, market, catalog, as_of):
            found.setdefault((row, False), []).append(market)
    for (row, is_binding), names in found.items():
        yield tuple(names), row, is_binding
