"""Briefings: dated notes to the reviewers, the ads they touch, and when one counts as another."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from modtui.domain.cases import Case
from modtui.domain.catalog import Catalog
from modtui.domain.markets import country_of
from modtui.domain.relevance import UNIVERSAL, Worksheet


class Briefing(Struct, frozen=True):
    """One entry of `briefings`."""

    id: str
    title: str
    text: str
    policies: tuple[str, ...] = ()
    markets: tuple[str, ...] = ()
    "Markets and groups."
    effective: str | None = None
    sunset: str | None = None
    must_read: bool = False
    tightens: tuple[str, ...] = ()
    "The checks to which it adds rows."
    hash: str = ""
    "First 16 hex digits of the SHA-256 of all it says: one that was rewritten is to be read again."

    def is_announced(self, as_of: str) -> bool:
        return self.effective is not None and as_of < self.effective


def briefings_of(catalog: Catalog, as_of: str) -> tuple[Briefing, ...]:
    """The briefings that hold on a day or will, those to be read by all means first."""
    found = (_briefing(each) for each in catalog.briefings if as_of <= (each.get("sunset") or as_of))
    return tuple(sorted(found, key=lambda each: (not each.must_read, each.is_announced(as_of))))


def _briefing(document: Mapping[str, Any]) -> Briefing:
    get = document.get
    text = json.dumps(document, sort_keys=True, ensure_ascii=False)
    return Briefing(
        document["id"],
        document["title"],
        document["text"],
        tuple(get("policies", ())),
        tuple(get("markets", ())),
        get("effective"),
        get("sunset"),
        bool(get("must_read")),
        tuple(get("rows", ())),
        hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16],
    )


def touching(case: Case, sheet: Worksheet) -> tuple[Briefing, ...]:
    """The briefings in force that speak of an ad: of a policy that is lit or its industry's, and a market it targets.

    One that names neither policies nor markets speaks of all ads, and marks none.
    """
    if not case.catalog.briefings:
        return ()
    near = {line.check.policy_id for line in sheet.lines if line.place != UNIVERSAL}
    targeted: set[str] = set()
    for market in case.grid.markets:
        country = country_of(market)
        groups = case.catalog.groups_of
        targeted.update((market, country), groups.get(market, ()), groups.get(country, ()))
    return tuple(
        each
        for each in briefings_of(case.catalog, case.as_of)
        if not each.is_announced(case.as_of)
        and (each.policies or each.markets)
        and (not each.policies or near & set(each.policies))
        and (not each.markets or targeted & set(each.markets))
    )
