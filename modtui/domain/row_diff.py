"""What is different in the rows of a check: by market, row held against row, and where a group has other members."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from msgspec import Struct
from msgspec.structs import replace

from modtui.domain.catalog import Catalog
from modtui.domain.changes import ARROW, Change, Direction, changed
from modtui.domain.clause_values import DEFAULT_MARKET, Clause
from modtui.domain.clauses import rows_in_force
from modtui.domain.markets import country_of
from modtui.domain.policies import Check, Policy
from modtui.domain.row_speech import said, said_rows, source
from modtui.domain.row_strength import compare

Rows = tuple[Clause, ...]

FIRST_DAY, LAST_DAY = "0000-00-00", "9999-12-31"
_NO_WORD = re.compile(r"[\W_]+")
_MEANS: Mapping[str, tuple[str, ...]] = {
    "effect": ("effect",),
    "age": ("min_age",),
    "need": ("needs",),
    "label": ("labels",),
    "placement": ("placements",),
    "hours": ("hours",),
    "exemption": ("unless",),
    "basis": ("basis", "briefing"),
    "mark": ("mark",),
    "dates": ("effective", "sunset"),
}
"Kind of change to the fields of a row that say what it means."
_WORDS = (("ref", "ref"), ("note", "note"), ("fix", "fix"), ("owner", "owner"), ("owner", "review_by"))
"Kind of editorial change, and the field."


class TwoChecks(Struct, frozen=True):
    """One check in two catalogs."""

    old: Check
    new: Check
    before: Catalog
    after: Catalog

    def changed(self, market: str, kind: str, words: str, direction: Direction = Direction.CHANGED) -> Change:
        new = self.new
        return changed(new.policy_id, kind, words, check_id=new.id, market=market, direction=direction)

    @property
    def days(self) -> tuple[str, ...]:
        """Days between which nothing about the rows changes by itself: from each on, other rows may hold."""
        days = {FIRST_DAY, LAST_DAY}
        for check, catalog in ((self.old, self.before), (self.new, self.after)):
            dated: tuple[Policy | Clause, ...] = (catalog.policy_of(check), *every_row(check))
            for each in dated:
                days.update((each.effective or FIRST_DAY, f"{each.sunset}~" if each.sunset else LAST_DAY))
        return tuple(sorted(days))

    def direction(self, markets: Iterable[str]) -> Direction:
        """Whether a yes costs more than before in these markets, on any day."""
        days = self.days
        return compare((self.held(market, day), self.holds(market, day)) for market in markets for day in days)

    def held(self, market: str, day: str) -> Rows:
        return rows_in_force(self.old, market, self.before, day)

    def holds(self, market: str, day: str) -> Rows:
        return rows_in_force(self.new, market, self.after, day)


def row_changes(old: Check, new: Check, before: Catalog, after: Catalog) -> Iterator[Change]:
    """Every difference in the rows of a check that both catalogs have."""
    both = TwoChecks(old, new, before, after)
    for market in dict.fromkeys((DEFAULT_MARKET, *new.markets, *old.markets)):
        was, now = own_rows(old, market), own_rows(new, market)
        if was != now:
            yield from _key_changes(both, market, was, now)
    yield from _regrouped(both)


def own_rows(check: Check, market: str) -> Rows:
    """The rows that stand under a key of a check."""
    return check.clauses if market == DEFAULT_MARKET else check.markets.get(market, ())


def every_row(check: Check) -> Rows:
    return (*check.clauses, *(row for rows in check.markets.values() for row in rows))


def same_words(one: str, other: str) -> bool:
    """Whether two texts differ in case and punctuation at most."""
    return _NO_WORD.sub(" ", one.casefold()).strip() == _NO_WORD.sub(" ", other.casefold()).strip()


def from_to(before: str, after: str) -> str:
    return f"{before} {ARROW} {after}"


# Rows under one key ---


def _key_changes(both: TwoChecks, market: str, was: Rows, now: Rows) -> Iterator[Change]:
    pairs, gone, come = _paired(was, now)
    for one, other in pairs:
        yield from _reworded(both, market, one, other)
    differing = [(one, other) for one, other in pairs if meaning(one) != meaning(other)]
    if not (differing or gone or come):
        return
    members = both.after.market_groups.get(market) or both.before.market_groups.get(market) or (market,)
    direction = both.direction(members)
    if not was or not now:
        yield both.changed(market, "market", _coming_or_going(both, market, was, now), direction)
        return
    for one, other in differing:
        yield both.changed(market, _kind(one, other), _otherwise(one, other), direction)
    for row in come:
        yield both.changed(market, "row", f"also {said(row)} ({source(row)})", direction)
    for row in gone:
        yield both.changed(market, "row", f"no longer {said(row)} ({source(row)})", direction)


def meaning(row: Clause) -> Clause:
    """The row without words nobody decides by, and without who looks after it."""
    needs = tuple(replace(need, ask="", fix="") for need in row.needs)
    return replace(row, needs=needs, hash="", ref="", note="", fix="", owner="", review_by=None)


def _paired(was: Rows, now: Rows) -> tuple[list[tuple[Clause, Clause]], list[Clause], list[Clause]]:
    """Rows that mean the same or stand for one another, then those that are gone, and those that are new."""
    gone, come = list(was), list(now)
    pairs: list[tuple[Clause, Clause]] = []

    def pair(one: Clause, other: Clause) -> None:
        gone.remove(one)
        come.remove(other)
        pairs.append((one, other))

    for one in was:
        twin = next((other for other in come if meaning(one) == meaning(other)), None)
        if twin is not None:
            pair(one, twin)
    while gone and come:
        nearest = max(((one, other) for one in gone for other in come), key=lambda each: _likeness(*each))
        if nearest[0].basis is not nearest[1].basis and not len(gone) == len(come) == 1:
            break
        pair(*nearest)
    return pairs, gone, come


def _likeness(one: Clause, other: Clause) -> tuple[bool, int]:
    return one.basis is other.basis, sum(_alike(one, other, fields) for fields in _MEANS.values())


def _alike(one: Clause, other: Clause, fields: Iterable[str]) -> bool:
    one, other = meaning(one), meaning(other)
    return all(getattr(one, field) == getattr(other, field) for field in fields)


def _kind(one: Clause, other: Clause) -> str:
    kinds = [kind for kind, fields in _MEANS.items() if not _alike(one, other, fields)]
    return kinds[0] if len(kinds) == 1 or kinds[0] == "effect" else "row"


def _otherwise(one: Clause, other: Clause) -> str:
    """Two rows that stand for one another; where they are said alike, the needs that differ by their names."""
    before, after = said(one), said(other)
    if source(one) != source(other):
        return from_to(f"{before} ({source(one)})", f"{after} ({source(other)})")
    if before != after:
        return f"{from_to(before, after)} ({source(other)})"
    names = [", ".join(need.id for need in row.needs) for row in (one, other)]
    return f"{after}: its answers are kept under another name, {from_to(*names)}"


def _coming_or_going(both: TwoChecks, market: str, was: Rows, now: Rows) -> str:
    """Rows for a market that had none, or that has none left, beside what held or holds there otherwise."""
    if market == DEFAULT_MARKET:
        return from_to(said_rows(was), said_rows(now))
    if now:
        aside, words = _otherwise_there(both.old, market, both.before)
        return from_to(f"{words}{aside and f', {aside}'}", said_rows(now))
    aside, words = _otherwise_there(both.new, market, both.after)
    return from_to(said_rows(was), f"{aside and f'{aside}: '}{words}")


def _otherwise_there(check: Check, market: str, catalog: Catalog) -> tuple[str, str]:
    """What holds for a key without rows: from where, and the rows in words."""
    country = country_of(market)
    if market != country and own_rows(check, country):
        return f"as in {country}", said_rows(own_rows(check, country))
    groups = [group for group in catalog.groups_of.get(country, ()) if check.markets.get(group)]
    if groups and market not in catalog.market_groups:
        rows = tuple(row for group in groups for row in check.markets[group])
        return f"as in {' and '.join(groups)}", said_rows(rows)
    return ("as everywhere else" if check.clauses else ""), said_rows(check.clauses)


def _reworded(both: TwoChecks, market: str, one: Clause, other: Clause) -> Iterator[Change]:
    """What differs in the words of two rows that stand for one another."""
    for kind, field in _WORDS:
        before, after = getattr(one, field) or "", getattr(other, field) or ""
        if before != after:
            yield both.changed(market, kind, f"{field.replace('_', ' ')} {from_to(quoted(before), quoted(after))}")
    if meaning(one) != meaning(other):
        return
    for before_need, after_need in zip(one.needs, other.needs, strict=True):
        if before_need.ask != after_need.ask:
            kind = "wording" if same_words(before_need.ask, after_need.ask) else "question"
            yield both.changed(market, kind, f"asks {from_to(quoted(before_need.ask), quoted(after_need.ask))}")
        if before_need.fix != after_need.fix:
            yield both.changed(market, "fix", f"fix {from_to(quoted(before_need.fix), quoted(after_need.fix))}")


def quoted(text: str) -> str:
    return f"“{' '.join(text.split())}”" if text else "none"


# Groups with other members ---


def _regrouped(both: TwoChecks) -> Iterator[Change]:
    """What other members of groups change for countries whose own rows leave it to them."""
    moved: dict[str, None] = {}
    for group in both.new.markets:
        if group in both.old.markets and group in both.after.market_groups and group in both.before.market_groups:
            was, now = both.before.market_groups[group], both.after.market_groups[group]
            moved |= dict.fromkeys(market for market in (*now, *was) if (market in was) != (market in now))
    for market in moved:
        if _meanings(own_rows(both.old, market)) != _meanings(own_rows(both.new, market)):
            continue  # told with its own rows
        for day in (both.after.effective or LAST_DAY, *both.days):
            before, after = both.held(market, day), both.holds(market, day)
            if _meanings(before) != _meanings(after):
                words = from_to(said_rows(before), said_rows(after))
                yield both.changed(market, "row", words, both.direction((market,)))
                break


def _meanings(rows: Rows) -> list[Clause]:
    return [meaning(row) for row in rows]
