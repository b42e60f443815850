"""Slices: filters of a queue, as conditions in SQL."""

from __future__ import annotations

from typing import Any

from msgspec import Struct
from msgspec.structs import fields

from modtui.store.search import match_expression


class Slice(Struct, frozen=True):
    """Which ads of a queue: all that is given must hold, and of a tuple any one."""

    states: tuple[str, ...] = ()
    outcomes: tuple[str, ...] = ()
    markets: tuple[str, ...] = ()
    "Codes as the ads state them; groups are expanded by whoever knows the catalog."
    advertiser: str | None = None
    industry: str | None = None
    "`food` covers `food.alcohol`."
    text: str | None = None
    "Words that must all occur."
    marks: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return any(getattr(self, field.name) for field in fields(self))

    def conditions(self, *, without_text: bool = False) -> tuple[list[str], list[Any]]:
        """SQL over `queue_items i` and `ads a`, and its parameters."""
        where: list[str] = []
        values: list[Any] = []
        for column, wanted in (("i.state", self.states), ("i.outcome", self.outcomes), ("i.mark", self.marks)):
            if wanted:
                where.append(f"{column} IN ({', '.join('?' * len(wanted))})")
                values += wanted
        if self.markets:
            where.append("(" + " OR ".join(["instr(a.markets, ?) > 0"] * len(self.markets)) + ")")
            values += [f" {market} " for market in self.markets]
        if self.advertiser is not None:
            where.append("a.advertiser = ?")
            values.append(self.advertiser)
        if self.industry is not None:
            where.append("substr(a.industry || '.', 1, length(?) + 1) = ? || '.'")
            values += [self.industry, self.industry]
        if self.text and not without_text:
            expression = match_expression(self.text)
            # The + keeps the planner from looking every hit up for every item: the hits are a set, made once a query.
            where.append("+a.ad_no IN (SELECT rowid FROM ad_search WHERE ad_search MATCH ?)" if expression else "0")
            values += [expression] if expression else []
        return where, values
