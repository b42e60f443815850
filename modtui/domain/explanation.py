"""A ruling explains itself: what each answer does to it, and what its cells say in words a person can scan."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from msgspec import Struct

from modtui.domain.clause_values import Basis, State
from modtui.domain.grid import Band
from modtui.domain.policies import Answer
from modtui.domain.rulings import Answers, Case, Cell, Outcome, Ruling, rule_case

Look = tuple[State, tuple[str, ...], tuple[str, ...], Basis | None]
"What a cell shows: its state, the checks that decide it, their texts, and what the first rests on."


class Without(Struct, frozen=True):
    """What the ruling would be without one answer: *without al: approve_limited*."""

    check_id: str
    outcome: Outcome
    freed: tuple[tuple[str, Band], ...]
    "The cells that would be in another state."


class Patch(Struct, frozen=True):
    """Cells that fare alike, merged: some markets, some bands, one state, one set of deciding checks."""

    markets: tuple[str, ...]
    "Groups by name where every member is in here."
    bands: tuple[Band, ...]
    state: State
    check_ids: tuple[str, ...]
    texts: tuple[str, ...]
    basis: Basis | None = None
    "What the deciding row rests on; None where nothing was found."


def explain(case: Case, answers: Answers) -> tuple[Without, ...]:
    """For each answer that tells, what would change without it.

    Those are every yes and unsure, by the reviewer or a fact, as if the reviewer had said no; and every no by which the
    reviewer overrules a fact, as if it had not been given.
    """
    ruling = rule_case(case, answers)
    telling = (*ruling.findings, *ruling.unsure, *_exemptions(case, answers), *_overruled(case, answers))
    return tuple(_without(case, answers, ruling, check_id) for check_id in dict.fromkeys(telling))


def _exemptions(case: Case, answers: Answers) -> Iterator[str]:
    for check_id in case.catalog.exempted_by:
        check = case.catalog.check_by_id[check_id]
        if case.answer(check, answers) is Answer.YES and case.is_asked(check, answers):
            yield check_id


def _overruled(case: Case, answers: Answers) -> Iterator[str]:
    for check_id, answer in answers.items():
        check = case.catalog.check_by_id.get(check_id)
        if answer is Answer.NO and check and case.fact(check) is Answer.YES and case.is_asked(check, answers):
            yield check_id


def _without(case: Case, answers: Answers, ruling: Ruling, check_id: str) -> Without:
    rest = {other_id: answer for other_id, answer in answers.items() if other_id != check_id}
    other = rule_case(case, rest if answers.get(check_id) is Answer.NO else {**rest, check_id: Answer.NO})
    changed = (
        (mine.market, mine.band)
        for mine, theirs in zip(ruling.cells, other.cells, strict=True)
        if mine.state is not theirs.state
    )
    return Without(check_id, other.outcome, tuple(changed))


def patches(ruling: Ruling, groups: Mapping[str, tuple[str, ...]]) -> tuple[Patch, ...]:
    """The grid in few patches: ages merged, markets merged, groups named.

    Exceptions come first: the strongest states, and of one state what the fewest markets share.
    """
    by_look: dict[tuple[tuple[Band, ...], Look], list[str]] = {}
    for market in ruling.grid.markets:
        row = [cell for cell in ruling.cells if cell.market == market]
        for bands, cells in _runs(row):
            by_look.setdefault((bands, _look(cells[0])), []).append(market)
    found = sorted(by_look.items(), key=lambda item: (-item[0][1][0], len(item[1]), item[0][0]))
    return tuple(Patch(name_groups(markets, groups), bands, *look) for (bands, look), markets in found)


def _runs(row: list[Cell]) -> Iterator[tuple[tuple[Band, ...], list[Cell]]]:
    """Neighbouring cells of one market that look alike, with their ages joined to one band."""
    start = 0
    for index in range(1, len(row) + 1):
        if index == len(row) or _look(row[index]) != _look(row[start]):
            run = row[start:index]
            yield (Band(run[0].band.min_age, run[-1].band.max_age),), run
            start = index


def _look(cell: Cell) -> Look:
    deciding = tuple(dict.fromkeys(cause.check_id for cause in cell.causes if cause.state is cell.state))
    basis = cell.deciding.clause.basis if cell.deciding else None
    return (cell.state, deciding, cell.texts(cell.state), basis)


def name_groups(markets: Iterable[str], groups: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    """The markets with every complete group of three or more replaced by its name, larger groups first."""
    left = dict.fromkeys(markets)
    names: list[str] = []
    for name, members in sorted(groups.items(), key=lambda item: -len(item[1])):
        if len(members) >= 3 and all(member in left for member in members):
            names.append(name)
            for member in members:
                del left[member]
    return (*names, *left)
