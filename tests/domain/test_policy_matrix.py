"""The matrix says of every cell what the ruling of an ad that answers yes says."""

from __future__ import annotations

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from modtui.domain.ads import Ad, Audience
from modtui.domain.catalog import Catalog
from modtui.domain.clause_values import State
from modtui.domain.policies import Answer, Check
from modtui.domain.policy_matrix import ADULT, Cell, Yes, leading, matrix_of
from modtui.domain.rulings import rule
from modtui.files.policy_file import read_catalog
from tests.domain.strategies import AS_OF, LAW, catalogs

MARKETS = ("FR", "NO", "SE", "SA", "US-NY", "JP")
FIVE_RULES = Path(__file__).parents[1] / "files" / "five_rules.yaml"


@given(catalogs(), st.sampled_from(MARKETS))
@LAW
def test_a_cell_is_the_strongest_that_the_ruling_of_a_yes_says(catalog: Catalog, market: str) -> None:
    found = matrix_of(catalog, catalog.policies, (market,), AS_OF, with_checks=True)
    for line in found.lines:
        check, cell = line.check, line.cells[0]
        if check.when:
            continue
        for yes, min_age in ((cell.adults, ADULT), (cell.everyone, None)):
            assert yes.state is strongest(check, catalog, market, min_age)


def strongest(check: Check, catalog: Catalog, market: str, min_age: int | None) -> State:
    """By the ruling, with every need of the check missing; other checks that facts answer are answered no."""
    answers = {each.id: Answer.NO for each in catalog.checks}
    answers |= {each.id: Answer.YES for each in catalog.checks if each.need and each.when[0][0] == check.id}
    answers |= {check.id: Answer.YES}
    ad = Ad("test", "a", markets=(market,), audience=Audience(min_age=min_age))
    cells = rule(ad, catalog, answers, AS_OF).cells
    return max(cell.state for cell in cells if cell.market == market)


def cells_of(key: str, *markets: str) -> dict[str, Cell]:
    catalog, problems = read_catalog(FIVE_RULES)
    assert catalog is not None, problems
    policy = catalog.policy_of(catalog.check_by_key[key])
    found = matrix_of(catalog, (policy,), markets, "2026-11-20")
    assert [line.check.key for line in found.lines] == [key]
    return dict(zip(found.markets, found.lines[0].cells, strict=True))


def test_cells_name_ages_needs_and_what_decides() -> None:
    cells = cells_of("al", "US", "SA", "FR")
    assert str(cells["US"]) == "cut <25 platform, held code (audience share)"
    assert str(cells["SA"]) == "cut law"
    assert str(cells["FR"]) == "allowed; all ages: cut <18 platform"
    assert [(basis.name, state.name) for basis, state in cells["US"].adults.by_basis] == [
        ("CODE", "CUT"),
        ("PLATFORM", "CUT"),
    ]
    assert cells["US"].adults.needs == ("audience_share",)


def test_without_markets_all_that_have_rows_are_told_and_the_rest_last() -> None:
    assert {market: str(cell) for market, cell in cells_of("gm").items()} == {
        "ES": "cut law (apparent age)",
        "IT": "cut law",
        "*": "cut platform",
    }


def test_a_policy_is_led_by_the_check_that_may_cost_something() -> None:
    text = FIVE_RULES.read_text("utf-8")
    catalog, _ = read_catalog(text.replace("min_age: 18\n        markets:", "effect: info\n        markets:"))
    assert catalog is not None
    assert leading(catalog.policy_by_id["alcohol.product"]).key == "al"
    silent = text[: text.index("        min_age: 18\n        markets:\n          US")]
    silent += "        effect: info\n" + text[text.index("        fix: Target adults only") :]
    catalog, problems = read_catalog(silent)
    assert catalog is not None, problems
    assert leading(catalog.policy_by_id["alcohol.product"]).key == "am"


def test_what_only_warns_is_marked_and_changes_no_state() -> None:
    text = FIVE_RULES.read_text("utf-8").replace("IT: {effect: prohibited, basis: law}", "FR: {min_age: 18, mark: U}")
    catalog, _ = read_catalog(text)
    assert catalog is not None
    found = matrix_of(catalog, (catalog.policy_by_id["gambling.real_money"],), ("FR",), AS_OF)
    cell = found.lines[0].cells[0]
    assert (str(cell), cell.warns) == ("cut platform ?", ("platform",))
    assert isinstance(cell.adults, Yes) and cell.adults.state is State.CUT
