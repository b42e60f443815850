"""What is to be said of a catalog as a whole, and of which of its entries: places in files are found later."""

from __future__ import annotations

from msgspec import Struct

from modtui.domain.clause_values import DEFAULT_MARKET, Clause
from modtui.domain.policies import Check


class Spot(Struct, frozen=True):
    """An entry of the catalog, as narrow as it is named."""

    policy_id: str
    check_id: str = ""
    market: str = ""
    "The key of a row, `*` for the check's own."
    row: int = 0
    "Which row of the market, from 0."
    key: str = ""
    "The key of the policy, check or row that is meant."
    briefing: str = ""
    "The briefing that adds the row; `row` then counts the rows it adds there."


class Note(Struct, frozen=True):
    """One thing to say. A mistake says that some rule can do nothing; a doubt, that somebody should look."""

    spot: Spot
    message: str
    is_mistake: bool = False


def rows_of(check: Check, market: str) -> tuple[Clause, ...]:
    """The rows of a check under one key, `*` for its own; those that briefings add come last."""
    return check.clauses if market == DEFAULT_MARKET else check.markets[market]


def spot_of(check: Check, market: str, index: int, key: str = "") -> Spot:
    """The row that stands at `index` among the check's rows of a market."""
    rows = rows_of(check, market)
    briefing = rows[index].briefing
    row = sum(each.briefing == briefing for each in rows[:index])
    return Spot(check.policy_id, check.id, market, row, key, briefing)
