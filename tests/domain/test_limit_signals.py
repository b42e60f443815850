"""Limits of the catalog that the ad's data falls short of point at the check whose row they are."""

from __future__ import annotations

from functools import cache

import pytest

from modtui.domain.ad_json import ad_from_payload
from modtui.domain.catalog import Catalog
from modtui.domain.cues import CueIndex
from modtui.domain.relevance import worksheet
from modtui.domain.rulings import Case
from modtui.files.policy_file import read_catalog

CATALOG = r"""
schema: modtui/policies/1
catalog: {id: limits, version: 2026.11.1, effective: 2026-01-01, title: Limits}
policies:
  - id: alcohol.product
    title: Drinks
    family: goods
    axis: industry
    severity: medium
    principle: Drinks reach grown-ups.
    cues: {industries: [food.alcohol], words: [wine]}
    checks:
      - {id: alcohol.product/sells, key: al, ask: Does it sell drinks?, min_age: 18, ref: r, fix: f,
         markets: {US: {min_age: 21, ref: r}}}
  - id: health.device
    title: Devices
    family: health
    axis: industry
    severity: medium
    principle: Devices are registered.
    cues: {words: [thermometer]}
    checks:
      - {id: health.device/sells, key: hd, ask: Is it a device?,
         markets: {MY: {needs: {number: {pattern: 'KKLIU\s?\d{4}/\d{4}', in: [text]}}, ref: r, fix: f}}}
"""


@cache
def catalog() -> Catalog:
    found, problems = read_catalog(CATALOG.encode(), "limits.yaml")
    assert found is not None, [str(problem) for problem in problems]
    return found


def pointers(**payload: object) -> list[tuple[str, str, str]]:
    ad = ad_from_payload({"source": "s", "id": "1", **payload})
    case = Case(ad, catalog(), "2026-11-28")
    sheet = worksheet(case, CueIndex.of(catalog()))
    return [(hit.check_id.partition("/")[0], hit.text, hit.why) for hit in sheet.hits if hit.kind == "signal"]


def test_ages_below_the_limit_of_each_market() -> None:
    found = pointers(creative={"body": "Red wine"}, markets=["FR", "US"], audience={"min_age": 16})
    assert found == [
        ("alcohol.product", "ages below the limit: 16+, asked 21+", "in US"),
        ("alcohol.product", "ages below the limit: 16+, asked 18+", "in FR"),
    ]


def test_the_industry_is_enough_to_point() -> None:
    assert pointers(creative={"body": "Cheers"}, markets=["FR"], industry="food.alcohol", audience={"min_age": 13})


@pytest.mark.parametrize("audience", [{}, {"min_age": 18}, {"min_age": 21}])
def test_what_is_not_stated_or_old_enough_falls_short_of_nothing(audience: dict[str, int]) -> None:
    assert not pointers(creative={"body": "Red wine"}, markets=["FR"], audience=audience)


def test_an_ad_that_nothing_connects_with_the_rule_is_quiet() -> None:
    assert not pointers(creative={"body": "Bread"}, markets=["US", "MY"], audience={"min_age": 13})


def test_a_number_that_no_text_holds() -> None:
    body = "A thermometer for home"
    missing = pointers(creative={"body": body}, markets=["MY"], media=[{"path": "a.jpg", "kind": "image"}])
    assert [(check, why) for check, _, why in missing] == [("health.device", "asked in MY; no text holds it")]
    assert not pointers(creative={"body": f"{body} KKLIU 1234/2026"}, markets=["MY"])
    assert not pointers(creative={"body": body}, markets=["FR"])
