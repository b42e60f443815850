"""Which rows of a check hold in a market, and the state each puts a cell in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from modtui.domain.ads import Ad
from modtui.domain.grid import Band
from modtui.domain.markets import country_of
from modtui.domain.policies import Catalog, Check, Clause, Effect, Mark, State

MARKS_THE_AD = (Effect.QUALITY, Effect.INFO)
"Effects that say something of the ad and nothing of a cell."


@dataclass(frozen=True, slots=True)
class Cause:
    """One reason for the state of a cell: a check, the row in force, the state, and what would cure it."""

    check_id: str
    clause: Clause
    state: State
    text: str
    "The fix when cut, the document when held, the limit when limited, the mark when labelled."


def rows_in_force(check: Check, market: str, catalog: Catalog, as_of: str) -> tuple[Clause, ...]:
    """The rows of a check that hold in a market: country rows, else group rows, else the check's own (DESIGN 3.4).

    Rows of one rank join, and so do those of a part with its country's. A row that is not in force, or that nobody has
    verified, replaces nothing.
    """
    country = country_of(market)
    part_rows = _binding(check.markets.get(market, ()), as_of) if market != country else ()
    country_rows = _binding(check.markets.get(country, ()), as_of)
    if not country_rows:
        groups = catalog.groups_of.get(country, ())
        in_groups = tuple(row for group in groups for row in check.markets.get(group, ()))
        country_rows = _binding(in_groups, as_of) or _binding(check.clauses, as_of)
    return (*part_rows, *country_rows)


def _binding(rows: tuple[Clause, ...], as_of: str) -> tuple[Clause, ...]:
    return tuple(row for row in rows if row.is_in_force(as_of) and row.mark is not Mark.UNVERIFIED)


def rows_that_inform(check: Check, market: str, catalog: Catalog, as_of: str) -> Iterator[Clause]:
    """Rows that say something of a market without binding: announced ones, and ones nobody has verified."""
    keys = (market, country_of(market), *catalog.groups_of.get(country_of(market), ()))
    rows = [*check.clauses, *(row for key in dict.fromkeys(keys) for row in check.markets.get(key, ()))]
    for row in rows:
        if row.is_announced(as_of) or (row.mark is Mark.UNVERIFIED and row.is_in_force(as_of)):
            yield row


def causes_of(check: Check, clause: Clause, band: Band, ad: Ad) -> Iterator[Cause]:
    """What a yes to the check does to one cell by one row; needs are checks of their own and not counted here."""
    if clause.effect in MARKS_THE_AD or _misses_placements(clause, ad):
        return
    scoped = bool(clause.placements) and not _all_within(ad.audience.placements, clause.placements)
    on = f" on {', '.join(clause.placements)}" if clause.placements else ""
    fix = clause.fix or check.fix

    def cut(text: str, limit: str) -> Cause:
        return Cause(check.id, clause, State.LIMITED, limit) if scoped else Cause(check.id, clause, State.CUT, text)

    if clause.effect is Effect.PROHIBITED:
        yield cut(fix, f"not{on}")
        return
    if clause.min_age is not None and band.min_age < clause.min_age:
        yield cut(fix or f"Target {clause.min_age} and older.", f"{clause.min_age}+{on}")
    if clause.hours is not None:
        yield Cause(check.id, clause, State.LIMITED, f"{clause.hours}{on}")
    for label in clause.labels:
        yield Cause(check.id, clause, State.LABELLED, label)
    if clause.effect is Effect.LABEL and not clause.labels:
        yield Cause(check.id, clause, State.LABELLED, clause.note or fix)
    if clause.effect is Effect.CERTIFICATE and not any(need.kind == "certificate" for need in clause.needs):
        yield Cause(check.id, clause, State.HELD, fix)
    if _restricts_in_general(clause):
        yield Cause(check.id, clause, State.LIMITED, clause.note or (f"not{on}" if on else fix))


def need_cause(check: Check, clause: Clause) -> Cause:
    """What a missing need does to every cell its row reaches."""
    assert check.need is not None
    return Cause(check.id, clause, check.need.missing, check.need.fix or check.fix)


def _restricts_in_general(clause: Clause) -> bool:
    """Whether the row limits without naming a condition that says how."""
    names_nothing = clause.min_age is None and clause.hours is None and not clause.needs and not clause.labels
    return names_nothing and (clause.effect is Effect.RESTRICTED or (clause.effect is None and bool(clause.placements)))


def _misses_placements(clause: Clause, ad: Ad) -> bool:
    placements = ad.audience.placements
    return bool(clause.placements and placements) and not set(clause.placements) & set(placements)


def _all_within(placements: tuple[str, ...], scope: tuple[str, ...]) -> bool:
    return bool(placements) and set(placements) <= set(scope)
