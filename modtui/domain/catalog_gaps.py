"""What a catalog leaves open: replies nobody wrote, checks no example tries, rows that nobody looked at in time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator

from modtui.domain.catalog import Catalog
from modtui.domain.catalog_notes import Note, Spot, spot_of
from modtui.domain.clause_values import DEFAULT_MARKET
from modtui.domain.policies import Policy


def gaps(catalog: Catalog, tried: Collection[str], as_of: str) -> Iterator[Note]:
    """Every gap, in catalog order.

    `tried` are the checks that come out yes in some example, and `as_of` is the day (ISO date) by which rows are due.
    """
    languages = usual_languages(catalog)
    for policy in catalog.policies:
        yield from _replies(policy, languages)
        yield from _untried(policy, tried)
        yield from _overdue(policy, as_of)


def usual_languages(catalog: Catalog) -> tuple[str, ...]:
    """The languages in which more than half of the policies with replies have one."""
    replying = [policy for policy in catalog.policies if policy.reply]
    found = Counter(language for policy in replying for language in policy.reply)
    return tuple(language for language, number in found.items() if number * 2 > len(replying))


def _replies(policy: Policy, languages: tuple[str, ...]) -> Iterator[Note]:
    missing = [language for language in languages if language not in policy.reply]
    if not policy.reply:
        yield Note(Spot(policy.id, key="id"), "holds no reply to the advertiser")
    elif missing:
        yield Note(Spot(policy.id, key="reply"), f"no reply in {', '.join(missing)}")


def _untried(policy: Policy, tried: Collection[str]) -> Iterator[Note]:
    if not policy.examples:
        yield Note(Spot(policy.id, key="id"), "holds no example")
        return
    for check in policy.checks:
        if check.need is None and check.id not in tried:
            yield Note(Spot(policy.id, check.id, key="id"), "untested: in no example does it come out yes")


def _overdue(policy: Policy, as_of: str) -> Iterator[Note]:
    """The policy once, for all rows that are due with it, and each row that names a day of its own."""
    if policy.review_by and policy.review_by < as_of:
        message = f"overdue: was to be looked at by {policy.review_by}{_whose(policy.owner)}"
        yield Note(Spot(policy.id, key="review_by"), message)
    for check in policy.checks:
        for market, rows in {DEFAULT_MARKET: check.clauses, **check.markets}.items():
            for index, row in enumerate(rows):
                if row.review_by and row.review_by < as_of:
                    message = f"overdue: was to be looked at by {row.review_by}{_whose(policy.owner_of(row))}"
                    yield Note(spot_of(check, market, index, "review_by"), message)


def _whose(owner: str) -> str:
    return f" ({owner})" if owner else ""
