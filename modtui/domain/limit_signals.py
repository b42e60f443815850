"""Limits of the catalog that the ad's data falls short of: ages below a limit, numbers that stand nowhere."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from modtui.domain.cases import Case
from modtui.domain.cues import Hit, is_of_industry
from modtui.domain.policies import Check
from modtui.domain.signals import OF_LIMITS

MOST_MARKETS = 6
"Markets named in one signal."


def limit_hits(case: Case, hits: Iterable[Hit]) -> Iterator[Hit]:
    """For the checks that the ad points at, or that are of its industry: which of their limits its data does not meet.

    They point at the check whose row it is. What the ad leaves unsaid falls short of nothing.
    """
    catalog = case.catalog
    ids = dict.fromkeys(hit.check_id for hit in hits)
    if case.ad.industry:
        for policy in catalog.policies:
            if is_of_industry(policy.cues, case.ad.industry):
                ids |= dict.fromkeys(check.id for check in policy.checks[:1])
    for check_id in ids:
        check = catalog.check_by_id[check_id]
        if case.binds(check) and case.can_apply(check):
            yield from _ages(case, check)
            yield from _numbers(case, check)


def _ages(case: Case, check: Check) -> Iterator[Hit]:
    youngest = case.ad.audience.min_age
    if youngest is None:
        return
    markets: dict[int, list[str]] = {}
    for market in case.grid.markets:
        limits = [row.min_age for row in case.rows(check, market) if row.min_age is not None]
        if limits and max(limits) > youngest:
            markets.setdefault(max(limits), []).append(market)
    for limit, those in sorted(markets.items(), reverse=True):
        words = f"{OF_LIMITS['age_limit']}: {youngest}+, asked {limit}+"
        yield Hit(check.id, "signal", words, why=f"in {_named(those)}")


def _numbers(case: Case, check: Check) -> Iterator[Hit]:
    """A number that a row asks for and no text holds; media may still show it."""
    missing: dict[str, list[str]] = {}
    for market in case.grid.markets:
        for row in case.rows(check, market):
            for need in row.needs:
                if need.kind == "number" and need.number and not _stands(case, need.number, need.where):
                    missing.setdefault(need.number, []).append(market)
    for pattern, markets in missing.items():
        words = f"{OF_LIMITS['missing_number']}: {pattern}"
        yield Hit(check.id, "signal", words, why=f"asked in {_named(markets)}; no text holds it")


def _stands(case: Case, pattern: str, where: tuple[str, ...]) -> bool:
    compiled = case.catalog.compile_pattern(pattern)
    everywhere = not where or "text" in where
    return any(
        compiled.search(text)
        for component, text in case.ad.texts()
        if everywhere or component in where or component.partition(".")[0] in where
    )


def _named(markets: list[str]) -> str:
    more = f" and {len(markets) - MOST_MARKETS} more" if len(markets) > MOST_MARKETS else ""
    return " ".join(markets[:MOST_MARKETS]) + more
