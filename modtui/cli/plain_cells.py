"""Cells, line by line: what each market and age range may have, set against the derivation, with a reason."""

from __future__ import annotations

from collections.abc import Callable
from typing import TextIO

from modtui.cli.plain_lines import number_in, numbers_in
from modtui.domain.clause_values import State
from modtui.domain.overrides import OVERRIDE_REASONS, Override
from modtui.domain.plurals import number_of
from modtui.services.desk import Desk

HELP = "  m  m 2-4 cut      markets and ages; set some, or all: allow, limit, hold, cut, derived"
STATES = {"allow": State.ALLOWED, "limit": State.LIMITED, "hold": State.HELD, "cut": State.CUT}
AS_DERIVED = "derived"


class PlainCells:
    """Edits cells, and asks why where the reviewer goes against the ruling."""

    def __init__(self, source: TextIO, write: Callable[[str], None]) -> None:
        self.source = source
        self.write = write

    def edit(self, desk: Desk, rest: str) -> bool:
        """List the cells, or set some of them; whether that changed anything."""
        if not rest.strip():
            self._say(desk)
            return False
        places, _, word = rest.strip().rpartition(" ")
        cells = desk.ruling.cells
        numbers = range(1, len(cells) + 1) if places.strip() == "all" else numbers_in(places, len(cells))
        if not numbers or word not in (*STATES, AS_DERIVED):
            words = " | ".join((*STATES, AS_DERIVED))
            self.write(f"Which, and what? m 2-4 cut, or m all allow: {words}. m lists 1 to {len(cells)}.")
            return False
        edits = {(market, band): state for market, band, state in desk.override.edits} if desk.override else {}
        for number in numbers:
            cell = cells[number - 1]
            edits[cell.market, cell.band] = STATES.get(word, cell.state)
        derived = {(cell.market, cell.band): cell.state for cell in cells}
        kept = tuple((*key, state) for key, state in edits.items() if derived.get(key) is not state)
        if not kept:
            desk.edit_cells(None)
            self.write("cells as derived")
            return True
        override = self.reason_for(
            "Against the derivation: why?", lambda why, note: Override(kept, why, note or desk.note)
        )
        if override is None:
            return False
        desk.edit_cells(override)
        self.write(f"{number_of(len(kept), 'cell')} edited")
        return True

    def reason_for(self, question: str, make: Callable[[str, str], Override]) -> Override | None:
        """Ask for one of the reasons, with a note behind its number; None, and said so, when none is given."""
        self.write(question)
        for place, words in enumerate(OVERRIDE_REASONS.values(), start=1):
            self.write(f"  {place} {words}")
        typed, _, note = self.source.readline().strip().partition(" ")
        number = number_in(typed, len(OVERRIDE_REASONS))
        if number is None:
            self.write("Nothing decided.")
            return None
        override = make(list(OVERRIDE_REASONS)[number - 1], note)
        if override.problem:
            self.write(f"Nothing decided: {override.problem}, for instance: {number} agreed with counsel")
            return None
        return override

    def _say(self, desk: Desk) -> None:
        edits = {(market, band): state for market, band, state in desk.override.edits} if desk.override else {}
        for number, cell in enumerate(desk.ruling.cells, start=1):
            why = f" {desk.letters(cell.deciding.check_id)}" if cell.deciding else ""
            edited = edits.get((cell.market, cell.band))
            change = f", set to {edited.name.lower()}" if edited is not None else ""
            self.write(f"{number:3} {cell.market} {cell.band}: {cell.state.name.lower()}{why}{change}")
