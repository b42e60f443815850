"""A case: one ad under one catalog on one day, with what its answers cannot change worked out once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from modtui.domain.ads import Ad
from modtui.domain.catalog import Catalog
from modtui.domain.clause_values import Clause, Mark
from modtui.domain.clauses import (
    MARKS_THE_AD,
    Cause,
    binding,
    causes_of,
    is_announced,
    is_gone,
    need_cause,
    rows_in_force,
    rows_that_inform,
    touches_cells,
)
from modtui.domain.grid import Grid, grid_of
from modtui.domain.need_facts import check_fact, need_is_missing
from modtui.domain.policies import Answer, Check

Answers = Mapping[str, Answer]
"Check id to the reviewer's answer; an open check is absent."

Remarked = tuple[tuple[Clause, tuple[str, ...]], ...]
"Rows that say something without touching a cell, each with the targeted markets it speaks of."

Weighed = tuple[tuple[int, int, int, int], Cause]
"A cause behind what it is sorted by."

Reach = tuple[Clause, tuple[tuple[Weighed, ...], ...]]
"A row, and the causes it gives in each band of the grid."


class Case:
    """An ad under a catalog on a day, with what does not change while its checks are answered, worked out once."""

    def __init__(self, ad: Ad, catalog: Catalog, as_of: str, facts: Mapping[str, Answer | None] | None = None) -> None:
        """`as_of` is an ISO date. `facts` is what is known of them already, by check."""
        self.ad = ad
        self.catalog = catalog
        self.as_of = as_of
        self.grid: Grid = grid_of(ad, catalog)
        dated = catalog.dated_policies
        self._gone = frozenset(policy.id for policy in dated if is_gone(policy, as_of))
        self._announced = frozenset(policy.id for policy in dated if is_announced(policy, as_of))
        self._facts: dict[str, Answer | None] = dict(facts) if facts else {}
        self._rows: dict[tuple[str, str], tuple[Clause, ...]] = {}
        self._need_rows: dict[str, dict[str, Clause]] = {}
        self._reach: dict[tuple[str, str], tuple[Reach, ...]] = {}
        self._remarks: dict[str, Remarked] = {}
        self._applies: dict[str, bool] = {}
        self._yes_by_fact: tuple[Check, ...] | None = None

    # What no answer changes ---

    def binds(self, check: Check) -> bool:
        """Whether its policy is in force: announced ones only inform."""
        return check.policy_id not in self._gone and check.policy_id not in self._announced

    def rows(self, check: Check, market: str) -> tuple[Clause, ...]:
        key = (check.id, market)
        rows = self._rows.get(key)
        if rows is None:
            rows = self._rows[key] = rows_in_force(check, market, self.catalog, self.as_of)
        return rows

    def reach(self, check: Check, market: str) -> tuple[Reach, ...]:
        """What a yes does in a market, row by row and band by band; rows that do nothing there are left out."""
        key = (check.id, market)
        found = self._reach.get(key)
        if found is None:
            reached = ((row, self._causes(check, row)) for row in self.rows(check, market))
            found = self._reach[key] = tuple((row, causes) for row, causes in reached if any(causes))
        return found

    def _causes(self, check: Check, row: Clause) -> tuple[tuple[Weighed, ...], ...]:
        return tuple(
            tuple(weighed(check, cause) for cause in causes_of(check, row, band, self.ad)) for band in self.grid.bands
        )

    def remarked(self, check: Check) -> Remarked:
        """What a yes says without touching a cell: quality and info rows, announced ones, ones nobody has verified."""
        found = self._remarks.get(check.id)
        if found is None:
            found = self._remarks[check.id] = self._find_remarked(check) if self._may_remark(check) else ()
        return found

    def _may_remark(self, check: Check) -> bool:
        return check.policy_id in self._announced or any(
            row.effect in MARKS_THE_AD or row.mark is Mark.UNVERIFIED or row.is_announced(self.as_of)
            for row in (*check.clauses, *(row for rows in check.markets.values() for row in rows))
        )

    def _find_remarked(self, check: Check) -> Remarked:
        markets_of: dict[Clause, list[str]] = {}
        for market in self.grid.markets:
            marking = (row for row in self.rows(check, market) if row.effect in MARKS_THE_AD)
            informing = rows_that_inform(check, market, self.catalog, self.as_of)
            for row in dict.fromkeys((*marking, *informing)):
                markets_of.setdefault(row, []).append(market)
        return tuple((row, tuple(markets)) for row, markets in markets_of.items())

    def need_rows(self, check: Check) -> Mapping[str, Clause]:
        """Targeted market to the row in force there that asks for a need."""
        found = self._need_rows.get(check.id)
        if found is None:
            parent = self.catalog.check_by_id[check.when[0][0]]
            found = self._need_rows[check.id] = {
                market: row
                for market in self.grid.markets
                for row in self.rows(parent, market)
                if touches_cells(row, self.ad) and any(need.id == check.id for need in row.needs)
            }
        return found

    def need_markets(self, check: Check) -> tuple[str, ...]:
        """The targeted markets in which the row that asks for a need is in force."""
        return tuple(self.need_rows(check))

    def fact(self, check: Check) -> Answer | None:
        """What the ad's data answers, or None."""
        if check.facts is None and check.need is None:
            return None
        if check.id not in self._facts:
            markets = self.need_markets(check) if check.need else self.grid.markets
            self._facts[check.id] = check_fact(check, self.ad, self.catalog, markets, self.as_of)
        return self._facts[check.id]

    @property
    def yes_by_fact(self) -> tuple[Check, ...]:
        """The checks that the ad's data answers yes, whether they are asked or not; without needs, and without those
        that mean nothing in any targeted market."""
        if self._yes_by_fact is None:
            facted = (check for check in self.catalog.checks_with_facts if self.fact(check) is Answer.YES)
            self._yes_by_fact = tuple(check for check in facted if self.can_apply(check))
        return self._yes_by_fact

    def can_apply(self, check: Check) -> bool:
        """Whether a yes, or what it leads on to, could mean anything in a market the ad targets."""
        found = self._applies.get(check.id)
        if found is None:
            found = self._applies[check.id] = check.policy_id not in self._gone and (
                self._reaches_a_market(check) or self._leads_on(check)
            )
        return found

    def _reaches_a_market(self, check: Check) -> bool:
        if check.need is not None:
            return bool(self.need_rows(check))
        if check.is_exemption:
            exempted = self.catalog.exempted_by.get(check.id, ())
            rows = (row for each in exempted for market in self.grid.markets for row in self.rows(each, market))
            return any(check.id in row.unless for row in rows)
        if self.binds(check) and binding(check.clauses, self.as_of):
            return True  # the check's own rows hold wherever nothing replaces them
        return any(
            self.rows(check, market) or any(rows_that_inform(check, market, self.catalog, self.as_of))
            for market in self.grid.markets
        )

    def _leads_on(self, check: Check) -> bool:
        """Whether a check leads to one that can apply. One without rows or children is a trigger, and can."""
        children = self.catalog.children_of.get(check.id, ())
        if any(self.can_apply(child) for child in children):
            return True
        has_rows = bool(check.clauses or check.markets)
        return check.escalation is not None or not (has_rows or children or check.is_exemption)

    # What the answers decide ---

    def answer(self, check: Check, answers: Answers) -> Answer | None:
        """The real answer: the reviewer's, or else the fact's."""
        return answers.get(check.id) or self.fact(check)

    def is_asked(self, check: Check, answers: Answers) -> bool:
        """Whether the check is put at all: its policy is not gone, every `when` is met by a real answer, and, for a
        need, some targeted market asks for it."""
        if check.policy_id in self._gone:
            return False
        for parent_id, wanted in check.when:
            parent = self.catalog.check_by_id[parent_id]
            if self.answer(parent, answers) is not wanted or not self.is_asked(parent, answers):
                return False
        if check.need is None:
            return True
        return any(not row_is_exempt(row, self, answers) for row in self.need_rows(check).values())

    def need_causes(self, check: Check, answers: Answers, market: str) -> Iterator[Cause]:
        """What a missing need does in one market. A fact tells markets apart; a reviewer's yes means all of them."""
        need, row = check.need, self.need_rows(check).get(market)
        assert need is not None
        if row is None or row_is_exempt(row, self, answers):
            return
        by_fact = check.id not in answers
        compile_pattern, groups_of = self.catalog.compile_pattern, self.catalog.groups_of
        if by_fact and not need_is_missing(need, market, self.ad, compile_pattern, self.as_of, groups_of):
            return
        yield need_cause(check, row, self.ad)


def weighed(check: Check, cause: Cause) -> Weighed:
    """Sorts the deciding cause first: by state, severity, basis (law, code, platform), then catalog order."""
    return (-cause.state, -check.severity, cause.clause.basis, check.order), cause


def row_is_exempt(row: Clause, case: Case, answers: Answers) -> bool:
    """Whether an exemption the row allows is answered yes."""
    for check_id in row.unless:
        check = case.catalog.check_by_id[check_id]
        if case.answer(check, answers) is Answer.YES and case.binds(check) and case.is_asked(check, answers):
            return True
    return False
