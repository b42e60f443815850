"""Market codes: what people write, and what a targeting becomes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modtui.domain.markets import ISO_3166, country_of, divide, expand, normal_market

GROUPS = {"EEA": ("FR", "GR", "NO"), "GCC": ("SA",), "NONE": ()}


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("GR", "GR"), ("EL", "GR"), ("el", "GR"), ("GB", "GB"), ("UK", "GB"), (" uk ", "GB"), ("no", "NO"),
        ("us-ny", "US-NY"), ("UK-SCT", "GB-SCT"), ("XK", "XK"),
    ],
)  # fmt: skip
def test_greece_and_britain_and_lower_case_are_put_right(written: str, code: str) -> None:
    assert normal_market(written) == code


@pytest.mark.parametrize("written", ["", "E", "ZZ", "EU", "GBR", "US-", "US--NY", "US-N Y", "US_NY", "\x1b[A"])
def test_what_is_no_market_is_none(written: str) -> None:
    assert normal_market(written) is None


@given(st.sampled_from(sorted(ISO_3166)))
def test_a_code_as_the_catalog_writes_it_stays(code: str) -> None:
    assert normal_market(code) == code == country_of(f"{code}-1") == country_of(code)


def test_groups_are_expanded_once_in_the_order_named() -> None:
    assert expand(("SA", "EEA", "FR", "GCC", "ZZ", "NONE"), GROUPS) == ("SA", "FR", "GR", "NO", "ZZ")


@given(st.lists(st.sampled_from(("EEA", "GCC", "FR", "NO", "US"))))
def test_expanding_twice_is_expanding_once(markets: list[str]) -> None:
    once = expand(markets, GROUPS)
    assert expand(once, GROUPS) == once == tuple(dict.fromkeys(once))


def test_a_divided_country_is_its_parts_and_the_rest() -> None:
    assert divide(("US", "FR"), {"US-NY", "US-CA", "CA-QC"}) == ("US-CA", "US-NY", "US", "FR")
    assert divide(("US-NY", "US"), {"US-NY", "US-CA"}) == ("US-NY", "US-CA", "US")
    assert divide(("US-NY",), {"US-NY", "US-CA"}) == ("US-NY",)
