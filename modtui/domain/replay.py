"""Replay: what a past decision would come to under another version of the catalog, from the answers it holds.

One decision, its ad, and two catalogs give a verdict; no I/O, no clock. The ad is asked for only where a check that
changed could say something about it, and rulings are kept by what they follow from.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from msgspec import Struct

from modtui.domain.ads import Ad
from modtui.domain.asking import Asked, Asking
from modtui.domain.clause_values import State
from modtui.domain.clauses import rows_in_force
from modtui.domain.flips import CellNow, Flip, flips
from modtui.domain.past_cases import PastCase
from modtui.domain.past_decisions import PastDecision
from modtui.domain.policies import Answer
from modtui.domain.rulings import Outcome, Ruling, rule_case
from modtui.domain.touched import Touched

MOST_KEPT = 20_000
"Rulings, and rows that are gone, that are kept for decisions to come; then they are forgotten and begun anew."


class Verdict(Struct, frozen=True):
    """What would become of one decision."""

    was: str
    "The outcome that followed from the answers then."
    becomes: str
    "The outcome that follows from them now; the answers to reworded questions are taken as they were given."
    flips: tuple[Flip, ...] = ()
    escalates: tuple[str, ...] = ()
    "Checks that would escalate it and did not."
    escalates_no_more: tuple[str, ...] = ()
    asks: tuple[Asked, ...] = ()
    "What has to be answered before it can be told: lit checks first, then in catalog order."
    stale: tuple[tuple[str, str], ...] = ()
    "Check and market key of the rows it rested on that have changed, are gone, or hold no more where the ad goes."
    is_ruled: bool = False
    "Whether it had to be ruled anew; else nothing that changed could matter to it."

    @property
    def is_flipped(self) -> bool:
        return self.was != self.becomes or bool(self.flips or self.escalates or self.escalates_no_more)

    @property
    def is_concerned(self) -> bool:
        """Whether there is anything to say of it."""
        return bool(self.is_flipped or self.asks or self.stale)


class _Ruled(Struct, frozen=True):
    """What of a ruling is compared."""

    outcome: str
    cells: tuple[CellNow, ...]
    escalations: frozenset[str]
    is_settled: bool
    "Whether it is a rejection that no answer to a check asked anew could change."


class Replay:
    """Replays decisions made under one catalog under another. Keeps rulings, and so is meant for one run."""

    def __init__(self, touched: Touched) -> None:
        self.touched = touched
        self._rulings: dict[object, _Ruled] = {}
        self._gone: dict[object, tuple[str, ...]] = {}
        self._asking = Asking(touched)
        known = touched.new.check_by_id
        self._led_to = frozenset(check.id for check in known.values() if touched.depends_on_new(check))
        self._brings_escalation = any(known[check_id].escalation for check_id in self._led_to)

    def verdict(self, decision: PastDecision, load: Callable[[], Ad]) -> Verdict:
        """What would become of the decision. `load` gives the ad as it is stored, and may not be called at all."""
        touched = self.touched
        stale = tuple(dict.fromkeys(self._stale(decision)))
        if touched.is_same:
            return Verdict(decision.derived, decision.derived, stale=stale)
        past = PastCase(decision, load, touched)
        ruled = self._ruled(past) if self._may_rule_otherwise(past) else None
        asks = tuple(self._asking.of(past))
        if asks and self._is_settled(past, ruled):
            asks = ()
        if ruled is None:
            return Verdict(decision.derived, decision.derived, asks=asks, stale=stale)
        before = {each.check for each in decision.escalation if each.check and each.escalation_class}
        return Verdict(
            decision.derived,
            ruled.outcome,
            tuple(flips(decision.cells, ruled.cells)),
            tuple(sorted(ruled.escalations - before)),
            tuple(sorted(before - ruled.escalations)),
            asks,
            stale,
            is_ruled=True,
        )

    def _stale(self, decision: PastDecision) -> Iterator[tuple[str, str]]:
        """The rows it rested on that are not there any more, or do not hold any more in a market the ad goes to."""
        touched = self.touched
        for found in decision.findings:
            for clause in found.clauses:
                if clause.hash not in touched.clause_hashes:
                    yield found.check, clause.market
            if found.check in touched.reclaused:
                for market in dict.fromkeys(cell.market for cell in decision.cells):
                    yield from ((found.check, key) for key in self._no_more(found.check, market, decision.as_of))

    def _no_more(self, check_id: str, market: str, as_of: str) -> tuple[str, ...]:
        """The market keys of the rows that held in a market and do not any more."""
        key = (check_id, market, as_of)
        keys = self._gone.get(key)
        if keys is None:
            touched = self.touched
            before, now = touched.old.check_by_id.get(check_id), touched.new.check_by_id.get(check_id)
            held = rows_in_force(before, market, touched.old, as_of) if before else ()
            hold = rows_in_force(now, market, touched.new, touched.as_of or as_of) if now else ()
            still = {row.hash for row in hold}
            keys = tuple(row.market for row in held if row.hash not in still)
            _keep(self._gone, key, keys)
        return keys

    def _is_settled(self, past: PastCase, ruled: _Ruled | None) -> bool:
        """Whether it is rejected whatever is answered to the checks asked anew."""
        if self._brings_escalation or (ruled.outcome if ruled else past.decision.derived) != Outcome.REJECT:
            return False
        return (ruled or self._ruled(past)).is_settled

    # What it comes to ---

    def _may_rule_otherwise(self, past: PastCase) -> bool:
        """Whether something that changed was answered of this ad, by the reviewer or by its data, or is now."""
        touched, decision = self.touched, past.decision
        ruled = touched.ruled
        if touched.is_whole or not ruled:
            return touched.is_whole
        if decision.facts is None or self._matters(decision.answers) or self._matters(decision.facts):
            return True
        if any(found.check in ruled for found in decision.findings):
            return True
        return any(past.facts[check.id] for check in touched.refacted)

    def _matters(self, answers: Mapping[str, Answer]) -> bool:
        """Whether something that changed was answered so that the change could matter."""
        ruled, only_rows = self.touched.ruled, self.touched.only_rows
        return not ruled.isdisjoint(answers) and any(
            check_id in ruled and (answer is not Answer.NO or check_id not in only_rows)
            for check_id, answer in answers.items()
        )

    def _ruled(self, past: PastCase) -> _Ruled:
        facts = past.facts
        ad, decision = past.ad, past.decision
        given = (*decision.answers.items(), *facts.items())
        if any(answer is Answer.YES and check_id in self.touched.with_data_needs for check_id, answer in given):
            return self._compared(rule_case(past.under_new(), decision.answers))  # hangs on papers and texts
        audience = ad.audience
        key = (
            ad.markets, audience.min_age, audience.max_age, audience.placements, past.as_of,
            frozenset(decision.answers.items()), frozenset(facts.items()),
        )  # fmt: skip
        found = self._rulings.get(key)
        if found is None:
            found = self._compared(rule_case(past.under_new(), decision.answers))
            _keep(self._rulings, key, found)
        return found

    def _compared(self, ruling: Ruling) -> _Ruled:
        return _Ruled(
            ruling.outcome.value,
            tuple(
                (cell.market, cell.band, cell.state, cell.deciding.check_id if cell.deciding else "")
                for cell in ruling.cells
            ),
            frozenset(check_id for check_id, _ in ruling.escalations),
            ruling.outcome is Outcome.REJECT
            and all(
                any(
                    cause.state is State.CUT and not cause.clause.unless and cause.check_id not in self._led_to
                    for cause in cell.causes
                )
                for cell in ruling.cells
            ),
        )


def _keep(kept: dict[object, Any], key: object, value: object) -> None:
    if len(kept) >= MOST_KEPT:
        kept.clear()
    kept[key] = value
