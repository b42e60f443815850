"""Ten ads with known answers under the house rules, chosen as a pack."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from modtui.domain.ad_json import ad_from_payload, normal_payload
from modtui.domain.catalog_document import catalog_from_document
from modtui.domain.gold import Gold
from modtui.domain.pack_choice import Choice, Order
from modtui.domain.policies import Answer
from modtui.files.patterns import compile_pattern
from modtui.services.catalogs import document_at
from modtui.services.pack_building import plan_choice

EXAM_HOUSE = Path(__file__).with_name("house.yaml")
PROMISE = "weight.loss/promise"


@cache
def house_choice() -> tuple[Choice, Mapping[str, Any]]:
    """Six ads that promise weight loss and four that only speak of it, and the house's document."""
    document = document_at(EXAM_HOUSE)
    catalog = catalog_from_document(document, compile_pattern)
    gold = []
    for number in range(10):
        is_clean = number >= 6
        body = f"How I did not lose 10 kg, part {number}" if is_clean else f"Lose 10 kg with our {number} day tea"
        raw = {"id": f"a{number}", "markets": ["FR"], "audience": {"min_age": 18}, "creative": {"body": body}}
        ad = ad_from_payload(normal_payload(raw, source="test", known_groups=()))
        answers = {PROMISE: Answer.NO if is_clean else Answer.YES}
        why = "It tells a story and sells nothing." if is_clean else "A tea does not do that."
        gold.append(Gold(f"line {number}", f"a{number}", ad, "2026-11-20", answers, why=why))
    return plan_choice(gold, catalog, Order(10)), document
