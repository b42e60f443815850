"""A briefing may tighten a rule and never loosen it: its rows join what holds."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from modtui.domain.ad_json import ad_from_payload
from modtui.domain.catalog import Catalog
from modtui.domain.catalog_document import catalog_from_document
from modtui.domain.clause_values import State
from modtui.domain.policies import Answer
from modtui.domain.rulings import Case, Ruling, rule_case
from modtui.files.patterns import compile_pattern
from modtui.files.policy_file import read_catalog_document
from tests.domain.test_ruling_laws import at_age

FILE = Path(__file__).parents[1] / "files" / "five_rules.yaml"
DAY = "2026-11-22"
ROWS: tuple[dict[str, Any], ...] = (
    {},
    {"min_age": 21},
    {"min_age": 16},
    {"effect": "prohibited", "basis": "law"},
    {"effect": "prohibited", "mark": "U"},
    {"effect": "info"},
    {"effect": "restricted", "note": "Only at night."},
    {"labels": ["Ad"]},
    {"min_age": 30, "effective": "2027-01-01"},
    {"effect": "prohibited", "sunset": "2026-01-01"},
    {"needs": [{"kind": "certificate", "certificate": "licence", "id": "brief-certificate"}]},
)
KEYS = ("*", "EEA", "GCC", "FR", "SA", "US", "US-NY", "GB")


@cache
def document() -> str:
    found = read_catalog_document(FILE).document
    assert found is not None
    return json.dumps(found)


def tightened_by(rows: dict[str, dict[str, list[dict[str, Any]]]]) -> Catalog:
    whole = json.loads(document())
    for by_market in rows.values():
        for key, found in by_market.items():
            by_market[key] = [{**row, "briefing": "b", "hash": f"{number}"} for number, row in enumerate(found)]
    whole["briefings"] = [{"id": "b", "title": "B", "text": "", "rows": rows}]
    return catalog_from_document(whole, compile_pattern)


def plain() -> Catalog:
    return catalog_from_document(json.loads(document()), compile_pattern)


def states(ruling: Ruling) -> dict[tuple[str, int], State]:
    return {
        (market, age): at_age(ruling, market, age).state for market in ruling.grid.markets for age in (15, 17, 19, 40)
    }


CHECKS = [check.id for check in plain().checks if check.need is None and not check.is_exemption]


@settings(max_examples=150, deadline=None)
@given(
    rows=st.dictionaries(
        st.sampled_from(CHECKS),
        st.dictionaries(st.sampled_from(KEYS), st.lists(st.sampled_from(ROWS), min_size=1, max_size=2), max_size=2),
        min_size=1,
        max_size=3,
    ),
    markets=st.lists(st.sampled_from(("FR", "SA", "US", "GB", "NO", "ES", "IT")), min_size=1, max_size=3, unique=True),
    answers=st.dictionaries(st.sampled_from(CHECKS), st.sampled_from((Answer.YES, Answer.NO))),
)
def test_no_cell_is_freer_with_a_briefing_than_without(
    rows: dict[str, dict[str, list[dict[str, Any]]]], markets: list[str], answers: dict[str, Answer]
) -> None:
    ad = ad_from_payload({"source": "x", "id": "a", "markets": markets, "creative": {"body": "Hello"}})
    before = states(rule_case(Case(ad, plain(), DAY), answers))
    after = states(rule_case(Case(ad, tightened_by(rows), DAY), answers))
    shared = before.keys() & after.keys()
    assert shared and all(after[place] >= before[place] for place in shared)


def test_a_briefing_joins_the_row_of_a_country_it_does_not_replace() -> None:
    ad = ad_from_payload({"source": "x", "id": "a", "markets": ["SA", "US"], "creative": {"body": "Hello"}})
    answers = {"alcohol.product/sells": Answer.YES}
    looser = tightened_by({"alcohol.product/sells": {"SA": [{"min_age": 18}], "US": [{"effect": "prohibited"}]}})
    ruling = rule_case(Case(ad, looser, DAY), answers)
    assert {cell.market: cell.state for cell in ruling.cells} == {"SA": State.CUT, "US": State.CUT}
    us = next(cell for cell in ruling.cells if cell.market == "US" and cell.band.min_age >= 25)
    assert [cause.clause.briefing for cause in us.causes if cause.state is State.CUT] == ["b"]


def test_it_holds_from_its_day_and_is_gone_after_its_last() -> None:
    ad = ad_from_payload({"source": "x", "id": "a", "markets": ["FR"], "creative": {"body": "Hello"}})
    row = {"effect": "prohibited", "effective": "2026-12-01", "sunset": "2026-12-31"}
    catalog = tightened_by({"alcohol.product/sells": {"FR": [row]}})
    found = {
        day: max(
            cell.state
            for cell in rule_case(Case(ad, catalog, day), {"alcohol.product/sells": Answer.YES}).cells
            if cell.band.min_age >= 18
        )
        for day in ("2026-11-22", "2026-12-15", "2027-01-01")
    }
    assert found == {"2026-11-22": State.ALLOWED, "2026-12-15": State.CUT, "2027-01-01": State.ALLOWED}
    early = rule_case(Case(ad, catalog, "2026-11-22"), {"alcohol.product/sells": Answer.YES})
    assert any(remark.clause.briefing == "b" for remark in early.remarks)
