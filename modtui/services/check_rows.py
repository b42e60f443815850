"""The checks of an ad in view, in an order that never changes, with the digits that answer them."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from modtui.domain.cues import Hit
from modtui.domain.policies import Answer, Check
from modtui.domain.relevance import Worksheet, children
from modtui.domain.rulings import Case

MOST_DIGITS = 9
DIGITS_AT_PAINT = 5
"Digits dealt to checks that are not lit stop here, so that some are left for children."


class Row(Struct):
    """A check as the checklist shows it. Rows never change their order; children are put below their parent."""

    check: Check
    place: str
    "`lit`, `industry`, `universal`, `child`, or `called` (brought in by its letters or by search)."
    digit: int | None = None
    hits: tuple[Hit, ...] = ()
    depth: int = 0

    @property
    def is_lit(self) -> bool:
        """Whether something on the ad points at the check, children among them."""
        return bool(self.hits) or self.place == "lit"

    @property
    def is_prominent(self) -> bool:
        """Whether the row is shown in full; the rest is one dim line a policy."""
        return self.place in ("lit", "child", "called") or self.digit is not None


class CheckRows:
    """The rows of one ad, by its worksheet. Digits are dealt at once; what answers bring in takes the next free one."""

    def __init__(self, case: Case, sheet: Worksheet) -> None:
        self.case = case
        self.sheet = sheet
        self.rows = [Row(line.check, line.place, hits=line.hits) for line in sheet.lines]
        self._deal_digits()

    def row(self, check_id: str) -> Row | None:
        return next((row for row in self.rows if row.check.id == check_id), None)

    def check_at(self, digit: int) -> Check | None:
        return next((row.check for row in self.rows if row.digit == digit), None)

    def bring(self, check: Check) -> Row:
        """Put a check of the rest of the catalog in view, at the end, with the next free digit."""
        found = self.row(check.id)
        if found is None:
            found = Row(check, "called", self._free_digit(), self.sheet.hits_on(check.id))
            self.rows.append(found)
        elif not found.is_prominent:
            found.digit = self._free_digit()
        return found

    def follow(self, answers: Mapping[str, Answer]) -> None:
        """Put what the answers ask below each answered check, and what facts on those ask below them."""
        with_children = self.case.catalog.children_of
        for row in [row for row in self.rows if row.check.id in with_children]:
            if self.case.answer(row.check, answers) is not None:
                self._put_children(row, answers)

    def _put_children(self, parent: Row, answers: Mapping[str, Answer]) -> None:
        place = self.rows.index(parent) + 1
        for child in children(self.case, parent.check, answers):
            row = self.row(child.id)
            if row is None:
                row = Row(child, "child", self._free_digit(), self.sheet.hits_on(child.id), parent.depth + 1)
                self.rows.insert(place, row)
                self._put_children(row, answers)
            if row.depth > parent.depth and self.rows.index(row) >= place:
                place = self._end_of(row)

    def _end_of(self, row: Row) -> int:
        """The place after a row and all that stands below it."""
        place = self.rows.index(row) + 1
        while place < len(self.rows) and self.rows[place].depth > row.depth:
            place += 1
        return place

    def _deal_digits(self) -> None:
        """Lit checks first; then, while enough digits stay free for children, the industry's, the others of policies
        that are lit, and universal ones. Digits rise down the rows.
        """
        lit_policies = {row.check.policy_id for row in self.rows if row.place == "lit"}

        def rank(row: Row) -> int:
            return {"lit": 0, "industry": 1}.get(row.place, 2 if row.check.policy_id in lit_policies else 3)

        first = sorted(self.rows, key=rank)[:MOST_DIGITS]
        dealt = {row.check.id for n, row in enumerate(first) if row.place == "lit" or n < DIGITS_AT_PAINT}
        for digit, row in enumerate((row for row in self.rows if row.check.id in dealt), start=1):
            row.digit = digit

    def _free_digit(self) -> int | None:
        taken = {row.digit for row in self.rows}
        return next((digit for digit in range(1, MOST_DIGITS + 1) if digit not in taken), None)
