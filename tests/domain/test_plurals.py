"""One ad, two ads: numbers with what they count."""

from __future__ import annotations

from modtui.domain.plurals import number_of, plural_s


def test_one_is_singular_and_all_else_plural() -> None:
    assert [number_of(number, "ad") for number in (0, 1, 2, 1_000)] == ["0 ads", "1 ad", "2 ads", "1,000 ads"]
    assert [number_of(number, "policy", "policies") for number in (1, 2)] == ["1 policy", "2 policies"]
    assert [number_of(number, "row takes", "rows take") for number in (1, 3)] == ["1 row takes", "3 rows take"]
    assert [f"twin{plural_s(number)}" for number in (0, 1, 2)] == ["twins", "twin", "twins"]
