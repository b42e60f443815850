"""Markets in few words: the parts of a country under its name where they fare alike, long lists counted."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from modtui.domain.markets import country_of


def merged(markets: Sequence[str], grid: Collection[str]) -> list[str]:
    """The markets, a divided country under one name where all its rows are here, else as its parts and `US (rest)`."""
    here = set(markets)
    shown: list[str] = []
    for market in markets:
        country = country_of(market)
        family = [row for row in grid if country_of(row) == country]
        if len(family) > 1 and country in grid:
            if here.issuperset(family):
                market = country
            elif market == country:
                market = f"{country} (rest)"
        if market not in shown:
            shown.append(market)
    return shown


def market_words(markets: Sequence[str], grid: Collection[str], most: int = 6) -> str:
    """The markets with spaces between, at most so many, the rest counted."""
    names = merged(markets, grid)
    return " ".join(names) if len(names) <= most else f"{' '.join(names[: most - 1])} +{len(names) - most + 1}"


def how_many(grid: Collection[str]) -> int:
    """How many countries a grid speaks of."""
    return len({country_of(market) for market in grid})
