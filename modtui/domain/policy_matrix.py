"""Policies by markets: the strongest that a yes does there, to an ad for adults and to one for all ages."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence

from msgspec import Struct

from modtui.domain.ads import Ad, Audience
from modtui.domain.catalog import Catalog
from modtui.domain.clause_values import DEFAULT_MARKET, Basis, Clause, Mark, State
from modtui.domain.clauses import Cause, causes_of, need_cause, rows_in_force, rows_that_inform, touches_cells
from modtui.domain.grid import Band, bands_of
from modtui.domain.policies import Check, Policy
from modtui.domain.row_strength import demands

ADULT = 18
"The youngest that an ad for adults is aimed at."


class Part(Struct, frozen=True):
    """A state, and what the row that decides it rests on."""

    state: State
    basis: Basis | None = None
    "None where nothing decides: allowed without a rule that says so."
    below: int | None = None
    "Only for those younger than this."
    without: tuple[str, ...] = ()
    "The kinds of needs whose lack alone does it; empty where something else does it too."

    def __str__(self) -> str:
        ages = f" <{self.below}" if self.below is not None else ""
        basis = f" {self.basis.name.lower()}" if self.basis is not None else ""
        without = f" ({', '.join(kind.replace('_', ' ') for kind in self.without)})" if self.without else ""
        return f"{self.state.name.lower()}{ages}{basis}{without}"


class Yes(Struct, frozen=True):
    """What a yes means in one market for one audience, every need taken as missing."""

    parts: tuple[Part, ...]
    "The strongest state; then, where that holds for the young only, the state of the oldest."
    by_basis: tuple[tuple[Basis, State], ...] = ()
    "The strongest state by each basis that does anything, the weightiest first."
    needs: tuple[str, ...] = ()
    "Kinds of what would have to be there."

    @property
    def state(self) -> State:
        return self.parts[0].state

    def __str__(self) -> str:
        return ", ".join(map(str, self.parts))


class Cell(Struct, frozen=True):
    """One policy, or check, in one market."""

    adults: Yes
    everyone: Yes
    warns: tuple[str, ...] = ()
    "What rows there that do not bind rest on: announced ones, and ones nobody has verified."

    def __str__(self) -> str:
        """`held platform (certificate); all ages: cut <18 platform ?`: a question mark where something warns."""
        doubt = " ?" if self.warns else ""
        if self.adults.parts == self.everyone.parts:
            return f"{self.adults}{doubt}"
        extra = self.everyone.parts
        if extra[1:] == self.adults.parts:
            extra = extra[:1]
        return f"{self.adults}; all ages: {', '.join(map(str, extra))}{doubt}"


class Line(Struct, frozen=True):
    """A policy by the check that leads it, or one check."""

    policy: Policy
    check: Check
    cells: tuple[Cell, ...]


class Matrix(Struct, frozen=True):
    """Lines of cells, one for each market."""

    version: str
    as_of: str
    markets: tuple[str, ...]
    "`*` last, for everywhere else."
    lines: tuple[Line, ...]


def matrix_of(
    catalog: Catalog, policies: Sequence[Policy], markets: Sequence[str], as_of: str, *, with_checks: bool = False
) -> Matrix:
    """The matrix of some policies; of all markets that their rows speak of where none is named."""
    checks = [check for policy in policies for check in (_told(policy) if with_checks else (leading(policy),))]
    columns = tuple(markets) or (*_spoken_of(checks, catalog), DEFAULT_MARKET)
    lines = (
        Line(catalog.policy_of(check), check, tuple(_cell(check, market, catalog, as_of) for market in columns))
        for check in checks
    )
    return Matrix(catalog.version, as_of, columns, tuple(lines))


def leading(policy: Policy) -> Check:
    """The first check of a policy of which a yes may cost something: what it is about, not a question leading there."""
    told = _told(policy)
    return next((check for check in told if check.escalation or demands(_binding(check))), told[0])


def _binding(check: Check) -> Iterator[Clause]:
    rows = (check.clauses, *check.markets.values())
    return (row for each in rows for row in each if row.mark is not Mark.UNVERIFIED)


def _told(policy: Policy) -> tuple[Check, ...]:
    asked = tuple(check for check in policy.checks if check.need is None)
    return tuple(check for check in asked if not check.is_exemption) or asked


def _spoken_of(checks: Iterable[Check], catalog: Catalog) -> tuple[str, ...]:
    keys = {market for check in checks for market in check.markets}
    members = {member for key in keys for member in catalog.market_groups.get(key, (key,))}
    return tuple(sorted(members))


def _cell(check: Check, market: str, catalog: Catalog, as_of: str) -> Cell:
    rows = rows_in_force(check, market, catalog, as_of)
    warns = dict.fromkeys(row.basis.name.lower() for row in rows_that_inform(check, market, catalog, as_of))
    adults, everyone = (_yes(check, rows, catalog, min_age) for min_age in (ADULT, None))
    return Cell(adults, everyone, tuple(warns))


def _yes(check: Check, rows: Collection[Clause], catalog: Catalog, min_age: int | None) -> Yes:
    ad = Ad("", "", audience=Audience(min_age=min_age))
    bands = bands_of(ad.audience, [row.min_age for row in rows if row.min_age is not None])
    found = [[cause for row in rows for cause in _causes(check, row, band, ad, catalog)] for band in bands]
    states = [max((cause.state for cause in causes), default=State.ALLOWED) for causes in found]
    oldest = _part(found[-1], catalog)
    parts = (oldest,)
    if states[0] > oldest.state:
        place = next(place for place, state in enumerate(states) if state < states[0])
        young = _part(found[place - 1], catalog, bands[place].min_age)
        parts = (young, *((oldest,) if oldest.state is not State.ALLOWED else ()))
    every = [cause for causes in found for cause in causes]
    bases = sorted({cause.clause.basis for cause in every})
    by_basis = tuple((basis, max(cause.state for cause in every if cause.clause.basis is basis)) for basis in bases)
    needs = dict.fromkeys(need.kind for row in rows if touches_cells(row, ad) for need in row.needs)
    return Yes(parts, by_basis, tuple(needs))


def _causes(check: Check, row: Clause, band: Band, ad: Ad, catalog: Catalog) -> Iterator[Cause]:
    yield from causes_of(check, row, band, ad)
    if touches_cells(row, ad):
        yield from (need_cause(catalog.check_by_id[need.id], row, ad) for need in row.needs)


def _part(causes: Sequence[Cause], catalog: Catalog, below: int | None = None) -> Part:
    """The strongest cause, and of equal ones that with the weightiest basis."""
    if not causes:
        return Part(State.ALLOWED)
    state, basis = max((cause.state, -cause.clause.basis) for cause in causes)
    needs = [catalog.check_by_id[cause.check_id].need for cause in causes if cause.state is state]
    without = dict.fromkeys(need.kind for need in needs if need is not None)
    return Part(state, Basis(-basis), below, () if None in needs else tuple(without))
