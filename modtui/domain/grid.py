"""The grid a ruling fills: one row a targeted market, one column an age range that no rule divides."""

from __future__ import annotations

from collections.abc import Iterable
from math import inf

from msgspec import Struct

from modtui.domain.ads import Ad, Audience
from modtui.domain.catalog import Catalog
from modtui.domain.markets import NOT_STATED, divide, expand


class Band(Struct, frozen=True):
    """An age range in whole years, both ends included; no upper end is None. Younger ranges sort first."""

    min_age: int
    max_age: int | None = None

    def __lt__(self, other: Band) -> bool:
        return self._ends < other._ends

    @property
    def _ends(self) -> tuple[int, float]:
        return (self.min_age, inf if self.max_age is None else self.max_age)

    def __str__(self) -> str:
        if self.max_age is None:
            return f"{self.min_age}+" if self.min_age else "all ages"
        return f"{self.min_age}-{self.max_age}"


class Grid(Struct, frozen=True):
    """Rows and columns. Neither is ever empty."""

    markets: tuple[str, ...]
    bands: tuple[Band, ...]


def grid_of(ad: Ad, catalog: Catalog) -> Grid:
    """The grid for an ad: by targeting and catalog alone, so answers change its cells and never its shape."""
    named = expand(ad.markets, catalog.market_groups)
    markets = divide(named, catalog.ruled_parts) or (NOT_STATED,)
    return Grid(markets, bands_of(ad.audience, catalog.ages_ruled_in(markets)))


def bands_of(audience: Audience, edges: Iterable[int]) -> tuple[Band, ...]:
    """The widest age ranges within the targeting that no edge divides; an age nobody stated is every age."""
    youngest, oldest = audience.min_age or 0, audience.max_age
    if oldest is not None and oldest < youngest:
        youngest, oldest = oldest, youngest
    inside = sorted({edge for edge in edges if youngest < edge and (oldest is None or edge <= oldest)})
    starts = [youngest, *inside]
    ends = [edge - 1 for edge in inside]
    return tuple(Band(start, end) for start, end in zip(starts, [*ends, oldest], strict=True))
