"""Which rows of a check hold in a market, and the state each puts a cell in."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from modtui.domain.ads import Ad
from modtui.domain.catalog import Catalog
from modtui.domain.clause_values import Clause, Effect, Mark, State
from modtui.domain.grid import Band
from modtui.domain.markets import country_of
from modtui.domain.policies import Check, Policy

MARKS_THE_AD = (Effect.QUALITY, Effect.INFO)
"Effects that say something of the ad and nothing of a cell."

Rows = tuple[Clause, ...]


class Cause(Struct, frozen=True):
    """One reason for the state of a cell: a check, the row in force, the state, and what would cure it."""

    check_id: str
    clause: Clause
    state: State
    text: str
    "The fix when cut, the document when held, the limit when limited, the mark when labelled."


def is_gone(policy: Policy, as_of: str) -> bool:
    return policy.sunset is not None and policy.sunset < as_of


def is_announced(policy: Policy, as_of: str) -> bool:
    """Whether the policy informs and does not bind yet."""
    return policy.effective is not None and as_of < policy.effective


def rows_in_force(check: Check, market: str, catalog: Catalog, as_of: str) -> Rows:
    """The rows of a check that hold in a market: country rows, else group rows, else the check's own (DESIGN 3.4).

    Rows of one rank join, and so do those of a part with its country's. A row that is not in force, or that nobody has
    verified, replaces nothing; nor does one that a briefing adds, which joins what holds.
    """
    policy = catalog.policy_of(check)
    if is_gone(policy, as_of) or is_announced(policy, as_of):
        return ()
    part_rows, *ranks = (binding(rows, as_of) for rows in _ranks(check, market, catalog))
    joined = binding(_briefed(check, market, catalog), as_of) if check.id in catalog.tightened else ()
    return (*part_rows, *next(filter(None, ranks), ()), *joined)


def _ranks(check: Check, market: str, catalog: Catalog) -> tuple[Rows, Rows, Rows, Rows]:
    """The policy's rows for a part of a country, for the country, for the groups it is in, and the check's own."""
    ranks = _all_ranks(check, market, catalog)
    if check.id not in catalog.tightened:
        return ranks
    part_rows, country_rows, group_rows, own = (tuple(row for row in rows if not row.briefing) for rows in ranks)
    return part_rows, country_rows, group_rows, own


def _briefed(check: Check, market: str, catalog: Catalog) -> Rows:
    """The rows that briefings add for a market, for its country, its groups, or everywhere."""
    return tuple(row for rows in _all_ranks(check, market, catalog) for row in rows if row.briefing)


def _all_ranks(check: Check, market: str, catalog: Catalog) -> tuple[Rows, Rows, Rows, Rows]:
    country = country_of(market)
    groups = catalog.groups_of.get(country, ())
    if market == country:
        part_rows: Rows = ()
    else:
        part_rows = check.markets.get(market, ())
        groups = tuple(dict.fromkeys((*groups, *catalog.groups_of.get(market, ()))))
    group_rows = tuple(row for group in groups for row in check.markets.get(group, ()))
    return part_rows, check.markets.get(country, ()), group_rows, check.clauses


def binding(rows: Rows, as_of: str) -> Rows:
    """The rows that are in force and that somebody has verified."""
    return tuple(row for row in rows if row.is_in_force(as_of) and row.mark is not Mark.UNVERIFIED)


def rows_that_inform(check: Check, market: str, catalog: Catalog, as_of: str) -> Iterator[Clause]:
    """Rows that say something of a market without binding: announced ones, and ones nobody has verified.

    Rows of a rank that is replaced there say nothing of the market, now or later.
    """
    policy = catalog.policy_of(check)
    if is_gone(policy, as_of):
        return
    is_early = is_announced(policy, as_of)
    if check.id in catalog.tightened:
        yield from _informing(_briefed(check, market, catalog), as_of, is_early)
    for rank, rows in enumerate(_ranks(check, market, catalog)):
        yield from _informing(rows, as_of, is_early)
        if rank and binding(rows, as_of):
            return


def _informing(rows: Rows, as_of: str, is_early: bool) -> Iterator[Clause]:
    for row in rows:
        if row.is_announced(as_of) or (row.is_in_force(as_of) and (is_early or row.mark is Mark.UNVERIFIED)):
            yield row


def causes_of(check: Check, clause: Clause, band: Band, ad: Ad) -> Iterator[Cause]:
    """What a yes to the check does to one cell by one row; needs are checks of their own and not counted here."""
    if not touches_cells(clause, ad):
        return
    on = f" on {', '.join(clause.placements)}" if clause.placements else ""
    fix = clause.fix or check.fix

    def forbid(state: State, text: str, limit: str) -> Cause:
        return _within_placements(Cause(check.id, clause, state, text), limit, ad)

    if clause.effect is Effect.PROHIBITED:
        yield forbid(State.CUT, fix, f"not{on}")
        return
    if clause.min_age is not None and band.min_age < clause.min_age:
        yield forbid(State.CUT, fix or f"Target {clause.min_age} and older.", f"{clause.min_age}+{on}")
    if clause.hours is not None:
        yield Cause(check.id, clause, State.LIMITED, f"{clause.hours}{on}")
    for label in clause.labels:
        yield Cause(check.id, clause, State.LABELLED, label)
    if clause.effect is Effect.LABEL and not (clause.labels or _needs(clause, "label")):
        yield Cause(check.id, clause, State.LABELLED, clause.note or fix)
    if clause.effect is Effect.CERTIFICATE and not _needs(clause, "certificate"):
        yield forbid(State.HELD, fix, f"not{on} without a document")
    if _restricts_in_general(clause):
        if clause.placements:
            yield forbid(State.CUT, fix, clause.note or f"not{on}")
        else:
            yield Cause(check.id, clause, State.LIMITED, clause.note or fix)


def need_cause(check: Check, clause: Clause, ad: Ad | None = None) -> Cause:
    """What a missing need does to every cell its row reaches."""
    assert check.need is not None
    cause = Cause(check.id, clause, check.need.missing, check.need.fix or check.fix)
    if ad is None or cause.state <= State.LIMITED:
        return cause
    return _within_placements(cause, f"not on {', '.join(clause.placements)}: {cause.text}", ad)


def touches_cells(clause: Clause, ad: Ad) -> bool:
    """Whether the row can put a cell of this ad in a state at all."""
    return clause.effect not in MARKS_THE_AD and not _misses_placements(clause, ad)


def _within_placements(cause: Cause, limit: str, ad: Ad) -> Cause:
    """The cause, or only a limit where its row speaks of some placements and the ad may run elsewhere."""
    scope = cause.clause.placements
    if not scope or _all_within(ad.audience.placements, scope):
        return cause
    return Cause(cause.check_id, cause.clause, State.LIMITED, limit)


def _needs(clause: Clause, kind: str) -> bool:
    return any(need.kind == kind for need in clause.needs)


def _restricts_in_general(clause: Clause) -> bool:
    """Whether the row limits without naming a condition that says how."""
    names_nothing = clause.min_age is None and clause.hours is None and not clause.needs and not clause.labels
    return names_nothing and (clause.effect is Effect.RESTRICTED or (clause.effect is None and bool(clause.placements)))


def _misses_placements(clause: Clause, ad: Ad) -> bool:
    placements = ad.audience.placements
    return bool(clause.placements and placements) and not set(clause.placements) & set(placements)


def _all_within(placements: tuple[str, ...], scope: tuple[str, ...]) -> bool:
    return bool(placements) and set(placements) <= set(scope)
