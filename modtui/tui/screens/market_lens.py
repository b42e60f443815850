"""The markets a catalog can be read through, as choices of a dialog."""

from __future__ import annotations

from modtui.domain.catalog import Catalog
from modtui.tui.screens.dialog import Option


def market_lenses(catalog: Catalog, own: tuple[str, ...] | None) -> tuple[list[tuple[str, ...]], list[Option]]:
    """For each choice its markets and how it is shown: all, those the ad targets if there is one, each that has rows.

    No markets stand for the rows of every one.
    """
    known = {clause.market for clause in catalog.clauses if clause.rank} - set(catalog.market_groups)
    known.update(member for members in catalog.market_groups.values() for member in members)
    options = [Option("all", "rows of every market", is_own=True)]
    lenses: list[tuple[str, ...]] = [()]
    if own is not None:
        options.append(Option("ad", f"what the ad targets: {' '.join(own[:12])}"))
        lenses.append(own)
    for market in sorted(known):
        options.append(Option(market, " ".join(catalog.groups_of.get(market, ()))))
        lenses.append((market,))
    return lenses, options
