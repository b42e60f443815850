"""The grid: bands clipped to the targeting, rows for every market."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modtui.domain.ads import Ad, Audience
from modtui.domain.catalog import Catalog
from modtui.domain.clause_values import Clause
from modtui.domain.grid import Band, Grid, bands_of, grid_of
from modtui.domain.policies import Check, Policy, Severity
from tests.domain.strategies import GROUPS


def bands(low: int | None, high: int | None, *edges: int) -> str:
    return " ".join(map(str, bands_of(Audience(min_age=low, max_age=high), edges)))


@pytest.mark.parametrize(
    ("low", "high", "edges", "expected"),
    [
        (16, None, (18,), "16-17 18+"),
        (None, None, (), "all ages"),
        (None, None, (18, 25), "0-17 18-24 25+"),
        (18, None, (18, 18), "18+"),
        (18, 24, (13, 21, 25), "18-20 21-24"),
        (30, 21, (25,), "21-24 25-30"),
        (18, 18, (18, 19), "18-18"),
        (None, 17, (18,), "0-17"),
        (None, 0, (18,), "0-0"),
    ],
)
def test_bands_are_the_widest_that_no_edge_divides(
    low: int | None, high: int | None, edges: tuple[int, ...], expected: str
) -> None:
    assert bands(low, high, *edges) == expected


@given(st.permutations([Band(0, 12), Band(13, 17), Band(13), Band(16, 17), Band(16), Band(0)]))
def test_bands_sort_by_age_with_no_end_last(mixed: list[Band]) -> None:
    assert sorted(mixed) == [Band(0, 12), Band(0), Band(13, 17), Band(13), Band(16, 17), Band(16)]


def catalog(*rows: Clause) -> Catalog:
    markets: dict[str, tuple[Clause, ...]] = {}
    for row in rows:
        markets[row.market] = (*markets.get(row.market, ()), row)
    own = markets.pop("*", ())
    check = Check("p/a", "p", "aa", "A?", Severity.LOW, 0, own, markets)
    return Catalog(
        "t", "1", "T", None, GROUPS, {}, (Policy("p", "P", "f", "content", Severity.LOW, "-", checks=(check,)),)
    )


def test_only_rules_of_the_targeted_markets_divide_the_ages() -> None:
    rules = catalog(Clause("*", 0, min_age=18), Clause("EEA", 1, min_age=16), Clause("US-NY", 2, min_age=21))
    assert grid_of(Ad("t", "1", markets=("SA",)), rules).bands == (Band(0, 17), Band(18))
    assert grid_of(Ad("t", "1", markets=("FR",)), rules).bands == (Band(0, 15), Band(16, 17), Band(18))
    assert grid_of(Ad("t", "1", markets=("US",)), rules).bands == (Band(0, 17), Band(18, 20), Band(21))


def test_an_ad_without_markets_or_with_an_empty_group_has_one_row() -> None:
    assert grid_of(Ad("t", "1"), catalog()) == Grid(("not stated",), (Band(0),))
