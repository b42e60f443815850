"""Replay: what a past decision would come to under another version of the catalog, from the answers it holds.

One decision, its ad, and two catalogs give a verdict; no I/O, no clock. The ad is asked for only where a check that
changed could say something about it, and rulings are kept by what they follow from.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from msgspec import Struct

from modtui.domain.ads import Ad
from modtui.domain.catalog import Catalog
from modtui.domain.clause_values import State
from modtui.domain.clauses import rows_in_force
from modtui.domain.cues import ad_hits, is_of_industry, lit_root, may_hit
from modtui.domain.flips import CellNow, Flip, flips
from modtui.domain.hidden_cues import hidden_hits
from modtui.domain.need_facts import check_fact
from modtui.domain.past_decisions import PastDecision, ad_then
from modtui.domain.policies import Answer, Check
from modtui.domain.rulings import Case, Outcome, Ruling, rule_case
from modtui.domain.touched import Touched, applying_anywhere

MOST_KEPT = 20_000
"Rulings, and lists of checks, that are kept for decisions to come; then they are forgotten and begun anew."


class Asked(Struct, frozen=True):
    """A check that nobody has answered for this ad in the words it has now."""

    check_id: str
    is_lit: bool = False
    "Whether something on the ad points at it."


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
        self._applying: dict[str, frozenset[str]] = {}
        known = touched.new.check_by_id
        self._led_to = frozenset(check.id for check in known.values() if touched.depends_on_new(check))
        self._brings_escalation = any(known[check_id].escalation for check_id in self._led_to)

    def verdict(self, decision: PastDecision, load: Callable[[], Ad]) -> Verdict:
        """What would become of the decision. `load` gives the ad as it is stored, and may not be called at all."""
        touched = self.touched
        stale = tuple(dict.fromkeys(self._stale(decision)))
        if touched.is_same:
            return Verdict(decision.derived, decision.derived, stale=stale)
        past = _Past(decision, load, touched.as_of or decision.as_of)
        ruled = self._ruled(past) if self._may_rule_otherwise(past) else None
        asks = tuple(self._asks(past))
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

    def _is_settled(self, past: _Past, ruled: _Ruled | None) -> bool:
        """Whether it is rejected whatever is answered to the checks asked anew."""
        if self._brings_escalation or (ruled.outcome if ruled else past.decision.derived) != Outcome.REJECT:
            return False
        return (ruled or self._ruled(past)).is_settled

    # What it comes to ---

    def _may_rule_otherwise(self, past: _Past) -> bool:
        """Whether something that changed was answered of this ad, by the reviewer or by its data, or is now."""
        touched, decision = self.touched, past.decision
        ruled = touched.ruled
        if touched.is_whole or not ruled:
            return touched.is_whole
        if decision.facts is None or not ruled.isdisjoint(decision.facts) or not ruled.isdisjoint(decision.answers):
            return True
        if any(found.check in ruled for found in decision.findings):
            return True
        return any(check_fact(check, past.ad, touched.new, (), past.as_of) for check in touched.refacted)

    def _ruled(self, past: _Past) -> _Ruled:
        facts = self._facts(past)
        ad, decision = past.ad, past.decision
        given = (*decision.answers.items(), *facts.items())
        if any(answer is Answer.YES and check_id in self.touched.with_data_needs for check_id, answer in given):
            return self._compared(rule_case(self._case(past, facts), decision.answers))  # hangs on papers and texts
        audience = ad.audience
        key = (
            ad.markets, audience.min_age, audience.max_age, audience.placements, past.as_of,
            frozenset(decision.answers.items()), frozenset(facts.items()),
        )  # fmt: skip
        found = self._rulings.get(key)
        if found is None:
            found = self._compared(rule_case(self._case(past, facts), decision.answers))
            _keep(self._rulings, key, found)
        return found

    def _facts(self, past: _Past) -> dict[str, Answer | None]:
        """What the ad's data answers to the checks of the new catalog: what it did, and anew where they changed."""
        then, touched = past.decision.facts, self.touched
        return {
            check.id: check_fact(check, past.ad, touched.new, (), past.as_of)
            if then is None or check.id in touched.refacted_ids
            else then.get(check.id)
            for check in touched.new.checks_with_facts
        }

    def _case(self, past: _Past, facts: Mapping[str, Answer | None]) -> Case:
        return Case(past.ad, self.touched.new, past.as_of, facts)

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

    # What has to be asked ---

    def _asks(self, past: _Past) -> Iterator[Asked]:
        """The checks asked anew that the new catalog shows for this ad and its data does not answer: lit ones first."""
        touched = self.touched
        roots = [check for check in touched.new_roots if self._applies(check.id, past)]
        children = [
            check for check in touched.new_children if self._may_be_asked(check, past) and self._applies(check.id, past)
        ]
        if not (roots or children):
            return
        lit = self._lit(past).union(check.id for check in roots if self._fact(check, past) is Answer.YES)
        shown = [check for check in roots if self._is_shown(check, past, lit)]
        if children:
            case = self._case(past, self._facts(past))
            answers = past.decision.answers
            asked = (check for check in children if case.is_asked(check, answers))
            shown += [check for check in asked if check.id in answers or case.fact(check) is None]
        shown.sort(key=lambda check: (check.id not in lit, check.order))
        yield from (Asked(check.id, check.id in lit) for check in shown)

    def _is_shown(self, check: Check, past: _Past, lit: frozenset[str]) -> bool:
        """Whether a check that needs no parent stands beside the ad, and waits for an answer."""
        new, industry = self.touched.new, past.ad.industry
        policy = new.policy_of(check)
        if check.id in past.decision.answers:
            return True  # whatever the data says: a reviewer has had a word to say there
        is_here = (
            check.id in lit
            or policy.is_universal
            or is_of_industry(policy.cues, industry)
            or is_of_industry(check.cues, industry)
        )
        return is_here and self._fact(check, past) is None

    def _fact(self, check: Check, past: _Past) -> Answer | None:
        """What the ad's data answers to a check that needs no parent."""
        return check_fact(check, past.ad, self.touched.new, (), past.as_of) if check.facts else None

    def _may_be_asked(self, check: Check, past: _Past) -> bool:
        """Whether the answers, or data that may answer otherwise now, can have a child asked at all."""
        answers, facts = past.decision.answers, past.decision.facts
        if facts is None:
            return True
        return all(
            (answers.get(parent_id) or facts.get(parent_id)) is wanted or parent_id in self.touched.ruled
            for parent_id, wanted in check.when
        )

    def _applies(self, check_id: str, past: _Past) -> bool:
        """Whether a yes could mean anything where the ad goes."""
        anywhere = self._applying.get(past.as_of)
        if anywhere is None:
            anywhere = self._applying[past.as_of] = applying_anywhere(self.touched.new, past.as_of)
        return check_id in anywhere or past.scope(self.touched.new).can_apply(self.touched.new.check_by_id[check_id])

    def _lit(self, past: _Past) -> frozenset[str]:
        """The checks that something on the ad points at, those among them that stand for a child of theirs."""
        index, new = self.touched.cues, self.touched.new
        if index is None:
            return frozenset()
        hidden = hidden_hits(index, past.ad)
        found = ad_hits(index, past.ad, hidden) if hidden or may_hit(index, past.ad) else ()
        hits = [check_id for check_id in {hit.check_id for hit in found} if self._applies(check_id, past)]
        return frozenset((*hits, *(lit_root(new.check_by_id[check_id], new).id for check_id in hits)))


class _Past:
    """A decision and the ad as it was then, read when something asks for it."""

    def __init__(self, decision: PastDecision, load: Callable[[], Ad], as_of: str) -> None:
        self.decision, self.as_of = decision, as_of
        self._load = load
        self._ad: Ad | None = None
        self._scope: Case | None = None

    @property
    def ad(self) -> Ad:
        if self._ad is None:
            self._ad = ad_then(self._load(), self.decision)
        return self._ad

    def scope(self, catalog: Catalog) -> Case:
        """The case by which it is told which checks apply: no fact has a say in that."""
        if self._scope is None:
            self._scope = Case(self.ad, catalog, self.as_of)
        return self._scope


def _keep(kept: dict[object, Any], key: object, value: object) -> None:
    if len(kept) >= MOST_KEPT:
        kept.clear()
    kept[key] = value
