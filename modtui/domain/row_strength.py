"""Which of two sets of rows asks more of an ad, where that can be told from the rows alone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec import Struct

from modtui.domain.changes import Direction
from modtui.domain.clause_values import Clause, Effect, Need, State

_ALL_AGES = 1_000
_Figures = tuple[tuple[str, object], ...]


class Demand(Struct, frozen=True):
    """One thing that a row does to cells: a state, what for, and how far it reaches."""

    state: State
    kind: str
    "`cut` for what is forbidden outright, else what would have to be there, or what is limited."
    exact: _Figures = ()
    "What must be the same for two demands of a kind to be held against each other."
    strict: tuple[int, ...] = ()
    "Figures of which more is stricter."
    below: int = _ALL_AGES
    "The age below which it reaches."
    placements: frozenset[str] = frozenset()
    "Empty for all."
    unless: frozenset[str] = frozenset()

    def covers(self, other: Demand) -> bool:
        """Whether an ad that meets this one cannot fail the other, nor stand better by it."""
        return (
            self.below >= other.below
            and (not self.placements or (bool(other.placements) and self.placements >= other.placements))
            and self.unless <= other.unless
            and self.state >= other.state
            and (
                self.kind == "cut"
                or (
                    self.kind == other.kind
                    and self.exact == other.exact
                    and all(mine >= its for mine, its in zip(self.strict, other.strict, strict=True))
                )
            )
        )


def demands(rows: Iterable[Clause]) -> tuple[Demand, ...]:
    """All that rows in force do to cells."""
    return tuple(demand for row in rows for demand in _of_row(row))


def compare(pairs: Iterable[tuple[Iterable[Clause], Iterable[Clause]]]) -> Direction:
    """Whether in no pair the rows after ask less than those before and in some more, or the other way about.

    `CHANGED` where some ask more and some less, where it cannot be told, and where all ask the same.
    """
    is_no_less = is_no_more = True
    for before, after in pairs:
        was, now = demands(before), demands(after)
        is_no_less = is_no_less and _cover(now, was)
        is_no_more = is_no_more and _cover(was, now)
    if is_no_less == is_no_more:
        return Direction.CHANGED
    return Direction.TIGHTENED if is_no_less else Direction.LOOSENED


def _cover(these: tuple[Demand, ...], those: tuple[Demand, ...]) -> bool:
    return all(any(each.covers(other) for each in these) for other in those)


def _of_row(row: Clause) -> Iterator[Demand]:
    if row.effect in (Effect.QUALITY, Effect.INFO):
        return

    def demand(
        state: State, kind: str, exact: _Figures = (), strict: tuple[int, ...] = (), below: int = _ALL_AGES
    ) -> Demand:
        return Demand(state, kind, exact, strict, below, frozenset(row.placements), frozenset(row.unless))

    if row.effect is Effect.PROHIBITED:
        yield demand(State.CUT, "cut")
        return
    if row.min_age is not None:
        yield demand(State.CUT, "cut", below=row.min_age)
    for need in row.needs:
        exact, strict = _figures(need)
        yield demand(need.missing, need.kind, exact, strict)
    for label in row.labels:
        yield demand(State.LABELLED, "mark", (("label", label),))
    if row.effect is Effect.LABEL and not (row.labels or any(need.kind == "label" for need in row.needs)):
        yield demand(State.LABELLED, "mark")
    if row.hours is not None:
        yield demand(State.LIMITED, "hours", (("hours", str(row.hours)),))
    if row.effect is Effect.CERTIFICATE and not any(need.kind == "certificate" for need in row.needs):
        yield demand(State.HELD, "certificate")
    names_nothing = row.min_age is None and row.hours is None and not row.needs and not row.labels
    if names_nothing and (row.effect is Effect.RESTRICTED or (row.effect is None and row.placements)):
        yield demand(State.CUT if row.placements else State.LIMITED, "restricted")


def _figures(need: Need) -> tuple[_Figures, tuple[int, ...]]:
    """What of a need is the same or another, and what of it is more or less."""
    exact: _Figures = (
        ("certificate", need.certificate), ("number", need.number), ("where", need.where), ("text", need.text),
        ("language", need.language), ("ages", need.ages), ("by", need.by),
    )  # fmt: skip
    shares = (need.at_least_per_mille or 0, need.min_area_per_mille or 0, need.age or 0)
    return exact, (int(need.holder), int(need.domain), *shares, int(need.required))
