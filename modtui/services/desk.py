"""The desk: one ad under review, with its answers so far, the checks in view, and what each key would do."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar, cast

from msgspec import Struct
from msgspec.structs import asdict, astuple

from modtui.domain.clause_values import State
from modtui.domain.cues import CueIndex, Hit
from modtui.domain.decisions import EscalationRequest, Judgement, decision_body, outcome_for
from modtui.domain.evidence import Evidence, evidence_of, is_within
from modtui.domain.exposure import SHARP
from modtui.domain.grid import Band
from modtui.domain.overrides import Override, edits_for, is_weighty
from modtui.domain.policies import Answer, Check
from modtui.domain.relevance import Worksheet, children, unanswered_before_approval, worksheet
from modtui.domain.rulings import Case, Outcome, Ruling, rule_case
from modtui.domain.signals import Signal

if TYPE_CHECKING:
    from modtui.domain.precedents import Offer, Taken

Made = TypeVar("Made")
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


class Plan(Struct, frozen=True):
    """What a deciding key would do now."""

    outcome: Outcome
    words: str
    "The same words in the same place, for instance `REJECT wl`."
    refusal: str = ""
    "Why the key does nothing, with what to do; empty when it decides."
    missing: tuple[Check, ...] = ()
    "Checks to answer first."
    needs_reason: bool = False
    "Whether it goes against the derivation and asks for one of the reasons of an override."
    needs_check: bool = False
    "Whether a check must be picked first: a rejection names what it rests on."

    @property
    def is_ready(self) -> bool:
        return not (self.refusal or self.needs_reason or self.needs_check)


class Desk:
    """One ad on the desk. Every change goes through a method, which rules anew; nothing here does I/O."""

    ruling: Ruling

    def __init__(self, case: Case, index: CueIndex, signals: tuple[Hit, ...] = ()) -> None:
        self.case = case
        self.index = index
        self.answers: dict[str, Answer] = {}
        self.evidence: dict[str, tuple[Evidence, ...]] = {}
        self.note = ""
        self.override: Override | None = None
        self.escalation: EscalationRequest | None = None
        self.documents: tuple[str, ...] = ()
        self.opened: set[str] = set()
        self.unshowable: set[str] = set()
        "Media that were looked at and cannot be shown: nothing waits for their being opened."
        self.must_see = ""
        "The component that the queue wants opened before an approval; empty where it does not ask."
        self.shown_as = SHARP
        "How clearly the reviewer has the texts shown: no part of a decision."
        self.offer: Offer | None = None
        "The precedent that was found, with what of it holds here; it is read after the ad is shown."
        self.taken: Taken | None = None
        "What was taken over from a precedent."
        self.objected_to: Outcome | None = None
        "The outcome that was said to go against the precedent before it was confirmed."
        self.group: Mapping[str, Any] | None = None
        "Of a decision made together with others: the group's id, and how many are in it."
        self._made: dict[str, tuple[Ruling, object, object]] = {}
        self.focused = ""
        "The component the reviewer has under the cursor: evidence for a yes without cue matches."
        self.sheet: Worksheet = worksheet(case, index, signals)
        self.rows = [Row(line.check, line.place, hits=line.hits) for line in self.sheet.lines]
        self._deal_digits()
        self._put_all_children()
        self._rule()

    # What is in view ---

    @cached_property
    def found(self) -> tuple[Signal, ...]:
        """What the ad hides or claims, in reading order: whoever has worked it out already sets it."""
        from modtui.domain.hidden_text import ad_signals

        return ad_signals(self.case.ad)

    def row(self, check_id: str) -> Row | None:
        return next((row for row in self.rows if row.check.id == check_id), None)

    def check_at(self, digit: int) -> Check | None:
        return next((row.check for row in self.rows if row.digit == digit), None)

    def answer_of(self, check: Check) -> Answer | None:
        return self.case.answer(check, self.answers)

    def is_by_fact(self, check: Check) -> bool:
        return check.id not in self.answers and self.case.fact(check) is not None

    def is_asleep(self, check: Check) -> bool:
        """Whether the check is not put any more because its parent's answer changed; its own answer is kept."""
        return not self.case.is_asked(check, self.answers)

    @property
    def unopened(self) -> tuple[str, ...]:
        """What could be opened and was not: media, and a captured page."""
        parts = [f"media.{number}" for number, _ in enumerate(self.case.ad.media)]
        if self.case.ad.landing_page.text:
            parts.append("page")
        return tuple(part for part in parts if part not in self.opened)

    @property
    def is_unseen(self) -> bool:
        """Whether the queue wants something opened that can be shown and was not opened."""
        return bool(self.must_see) and self.must_see not in self.opened | self.unshowable

    @contextmanager
    def as_if_opened(self, names: Iterable[str]) -> Iterator[None]:
        """For what is made ready before the ad is shown: as it stands once these are open."""
        opened = self.opened
        self.opened = opened | set(names)
        try:
            yield
        finally:
            self.opened = opened

    def cannot_show(self, component: str) -> None:
        """A medium was looked at and cannot be shown."""
        self.unshowable.add(component)
        self._made.pop("plan", None)  # it may have waited for it

    # Answering ---

    def answer(self, check_id: str, answer: Answer | None) -> None:
        """Set an answer, or None to open the check again. A yes takes the check's cue matches as evidence."""
        check = self.case.catalog.check_by_id[check_id]
        self.bring(check)
        if answer is None:
            self.answers.pop(check_id, None)
        else:
            self.answers[check_id] = answer
        if answer is Answer.YES:
            if check_id not in self.evidence:
                self.evidence[check_id] = self._found_evidence(check_id)
        else:
            self.evidence.pop(check_id, None)
        self._changed()

    def toggle(self, check_id: str) -> None:
        """What a digit does: yes, and again: open."""
        self.answer(check_id, None if self.answers.get(check_id) is Answer.YES else Answer.YES)

    def clear_lit(self) -> int:
        """Answer no to every lit check that is asked and open; returns how many that were."""
        lit = (row.check for row in self.rows if row.is_lit)
        open_lit = [check for check in lit if self.answer_of(check) is None and not self.is_asleep(check)]
        for check in open_lit:
            self.answers[check.id] = Answer.NO
        self._changed()
        return len(open_lit)

    def fill(self, answers: Mapping[str, Answer], evidence: Mapping[str, tuple[Evidence, ...]] | None = None) -> None:
        """Take over answers from another ad, a precedent or a draft. The ruling stays this ad's own.

        Evidence is taken over where it stands in this ad too.
        """
        known = self.case.catalog.check_by_id
        self.answers.update((check_id, answer) for check_id, answer in answers.items() if check_id in known)
        self._changed()
        for check_id, answer in self.answers.items():
            if self.row(check_id) is None:
                self.bring(known[check_id])
            if answer is not Answer.YES:
                self.evidence.pop(check_id, None)
            elif check_id not in self.evidence:
                offered = (evidence or {}).get(check_id, ())
                places = tuple(place for place in offered if is_within(place, self.case.ad))
                self.evidence[check_id] = places or self._found_evidence(check_id)

    def bring(self, check: Check) -> Row:
        """Put a check of the rest of the catalog in view, at the end, with the next free digit."""
        found = self.row(check.id)
        if found is None:
            found = Row(check, "called", self._free_digit(), self.sheet.hits_on(check.id))
            self.rows.append(found)
        elif not found.is_prominent:
            found.digit = self._free_digit()
        return found

    def set_evidence(self, check_id: str, evidence: Iterable[Evidence]) -> None:
        self.evidence[check_id] = tuple(evidence)

    def edit_cells(self, override: Override | None) -> None:
        self.override = override if override and override.edits else None

    def escalate(self, request: EscalationRequest | None) -> None:
        self.escalation = request

    # Deciding ---

    @property
    def judgement(self) -> Judgement:
        return Judgement(
            dict(self.answers), dict(self.evidence), self.note, self.override, self.escalation, self.documents,
            tuple(sorted(self.opened)), tuple(row.check.id for row in self.rows),
        )  # fmt: skip

    @property
    def outcome(self) -> Outcome:
        return outcome_for(self.ruling, self.judgement)

    def plan(self) -> Plan:
        """What `Enter` would do: accept the derived (or edited) outcome."""
        return self._once("plan", (self.judgement, self.is_unseen), self._planned)

    def _planned(self) -> Plan:
        outcome = self.outcome
        if not outcome.is_approving and not self._reviewer_raised_it():
            own_key = {Outcome.REJECT: "r", Outcome.REQUEST_INFO: "d"}.get(outcome, "e")
            return Plan(outcome, self.words(outcome), f"only facts say so: press {own_key} to confirm")
        return self._checked(Plan(outcome, self.words(outcome)))

    def plan_for(self, wanted: Outcome) -> Plan:
        """What `a` or `r` would do: the outcome by name, over the derivation if need be and then with a reason."""
        outcome = self.outcome
        is_ticked = self.override is not None or Answer.YES in self.answers.values()
        if wanted is Outcome.REJECT and outcome is not wanted and not is_ticked:
            return Plan(wanted, self.words(wanted), needs_check=True)
        agrees = outcome.is_approving if wanted is Outcome.APPROVE else outcome is wanted
        if agrees:
            return self._checked(Plan(outcome, self.words(outcome)))
        return self._checked(Plan(wanted, self.words(wanted), needs_reason=True))

    def override_for(self, wanted: Outcome, reason: str, note: str = "") -> Override:
        """The cell edits that make the ruling say the outcome throughout."""
        return Override(edits_for(self.ruling, wanted), reason, note)

    def words(self, outcome: Outcome) -> str:
        """The words for an outcome, with the letters of the checks it rests on."""
        causes = [cell.deciding for cell in self.ruling.cells if cell.deciding and cell.state > State.LABELLED]
        checks = dict.fromkeys(self.letters(cause.check_id) for cause in causes)
        name = {
            Outcome.APPROVE: "APPROVE",
            Outcome.APPROVE_LIMITED: "APPROVE LIMITED",
            Outcome.REJECT: "REJECT",
            Outcome.REQUEST_INFO: "ASK FOR DOCUMENT",
            Outcome.ESCALATE: "ESCALATE",
        }[outcome]
        if outcome is Outcome.ESCALATE:
            checks = dict.fromkeys(self.letters(check_id) for check_id in self.ruling.unsure)
        shown = list(checks)[:3] if outcome is not Outcome.APPROVE else []
        routes = dict.fromkeys(kind.route for _, kind in self.ruling.escalations)
        if self.escalation:
            routes[self.escalation.route] = None
        return " ".join((name, *shown, *(f"+ {route}" for route in routes)))

    def letters(self, check_id: str) -> str:
        """The short name of a check: its own two letters, or its parent's and the kind of need."""
        check = self.case.catalog.check_by_id[check_id]
        if check.need is None:
            return check.key
        return f"{self.case.catalog.check_by_id[check.when[0][0]].key}·{check.need.kind}"

    def missing_before_approval(self) -> tuple[Check, ...]:
        return unanswered_before_approval(self.case, self.sheet, self.answers)

    def decision_body(self) -> dict[str, Any]:
        """What a decision records. Asked for after a paint, it is ready when `Enter` comes."""
        judgement = self.judgement
        body = self._once("record", judgement, lambda: decision_body(self.case, self.sheet, self.ruling, judgement))
        return body | self._beside()

    @property
    def is_weighty(self) -> bool:
        """Whether an approval needs a second pair of eyes where approvals do."""
        return self._once("weighty", None, lambda: is_weighty(self.case, self.answers))

    def make_ready(self) -> None:
        """Work out what a decision would need while nobody waits."""
        self.decision_body()
        _ = self.is_weighty

    def _once(self, name: str, made_of: object, make: Callable[[], Made]) -> Made:
        """Something made of the ruling and of what else is named, kept while both stand."""
        known = self._made.get(name)
        if known is None or known[0] is not self.ruling or known[1] != made_of:
            known = self._made[name] = (self.ruling, made_of, make())
        return cast("Made", known[2])

    def _beside(self) -> dict[str, Any]:
        """What else a decision records: the precedent it took over or went against, and the group it belongs to."""
        record: dict[str, Any] = {}
        if self.taken is not None:
            record = {"event": self.taken.event_id, "answers": list(self.taken.still(self.answers))}
        found: dict[str, Any] = {"precedent": record} if record else {}
        if self.offer is not None and self.objected_to is self.outcome:
            found["against_precedent"] = self.offer.precedent.event_id
        return found | {"group": dict(self.group)} if self.group else found

    # Drafts ---

    def draft(self) -> dict[str, Any]:
        """What is kept of unfinished work, as plain JSON."""
        own = self.escalation
        edits = self.override and [[market, *astuple(band), state.name] for market, band, state in self.override.edits]
        return {
            "answers": {check_id: answer.value for check_id, answer in self.answers.items()},
            "evidence": {check_id: [place.as_json() for place in places] for check_id, places in self.evidence.items()},
            "note": self.note,
            "opened": sorted(self.opened),
            "documents": list(self.documents),
            "escalation": own and asdict(own),
            "override": self.override and {"edits": edits, "reason": self.override.reason, "note": self.override.note},
            **({"precedent": self.taken.as_json()} if self.taken else {}),
        }

    def restore(self, draft: Mapping[str, Any]) -> None:
        """Take up a draft, or the answers of a retracted decision, as far as the catalog still knows its checks."""
        evidence = {
            check_id: tuple(Evidence.from_json(place) for place in places)
            for check_id, places in (draft.get("evidence") or {}).items()
        }
        self.note = draft.get("note") or ""
        self.opened.update(draft.get("opened") or ())
        self.fill({check_id: Answer(value) for check_id, value in (draft.get("answers") or {}).items()}, evidence)
        self.documents = tuple(draft.get("documents") or ())
        if precedent := draft.get("precedent"):
            from modtui.domain.precedents import Taken  # few drafts hold one

            self.taken = Taken.from_json(precedent)
        if escalation := draft.get("escalation"):
            self.escalation = EscalationRequest(**escalation)
        if override := draft.get("override"):
            edits = ((market, Band(low, high), State[state]) for market, low, high, state in override["edits"])
            cells = {(cell.market, cell.band) for cell in self.ruling.cells}
            here = tuple((market, band, state) for market, band, state in edits if (market, band) in cells)
            self.edit_cells(Override(here, override["reason"], override["note"]))

    @property
    def is_touched(self) -> bool:
        return bool(self.answers or self.note or self.override or self.escalation or self.documents)

    # Within ---

    def _changed(self) -> None:
        self.override = None
        self._put_all_children()
        self._rule()

    def _put_all_children(self) -> None:
        """Put what the answers ask below each answered check, and what facts on those ask below them."""
        with_children = self.case.catalog.children_of
        for row in [row for row in self.rows if row.check.id in with_children]:
            if self.answer_of(row.check) is not None:
                self._put_children(row)

    def _put_children(self, parent: Row) -> None:
        place = self.rows.index(parent) + 1
        for child in children(self.case, parent.check, self.answers):
            row = self.row(child.id)
            if row is None:
                row = Row(child, "child", self._free_digit(), self.sheet.hits_on(child.id), parent.depth + 1)
                self.rows.insert(place, row)
                self._put_children(row)
            if row.depth > parent.depth and self.rows.index(row) >= place:
                place = self._end_of(row)

    def _end_of(self, row: Row) -> int:
        """The place after a row and all that stands below it."""
        place = self.rows.index(row) + 1
        while place < len(self.rows) and self.rows[place].depth > row.depth:
            place += 1
        return place

    def _rule(self) -> None:
        self.ruling = rule_case(self.case, self.answers)

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

    def _found_evidence(self, check_id: str) -> tuple[Evidence, ...]:
        """The check's own cue matches, else those of the children it was lit for, else the focused component."""
        row = self.row(check_id)
        hits = self.sheet.hits_on(check_id) or (row.hits if row else ())
        places = dict.fromkeys(place for hit in hits if (place := evidence_of(hit, self.case.ad)))
        return tuple(places) or ((Evidence(self.focused),) if self.focused else ())

    def _reviewer_raised_it(self) -> bool:
        """Whether the outcome rests on something the reviewer said, not on facts alone."""
        if self.override or self.escalation or self.documents or self.ruling.unsure:
            return True
        causes = {cause.check_id for cell in self.ruling.cells for cause in cell.causes}
        return any(self._rests_on_reviewer(check_id) for check_id in causes)

    def _rests_on_reviewer(self, check_id: str) -> bool:
        if check_id in self.answers:
            return True
        parents = self.case.catalog.check_by_id[check_id].when
        return any(self._rests_on_reviewer(parent_id) for parent_id, _ in parents)

    def _checked(self, plan: Plan) -> Plan:
        if self.override and self.override.problem:
            return Plan(plan.outcome, plan.words, self.override.problem)
        if plan.outcome.is_approving and self.is_unseen:
            return Plan(plan.outcome, plan.words, "this queue wants its picture or video seen first: i opens it")
        missing = self.missing_before_approval() if plan.outcome.is_approving else ()
        if not missing:
            return plan
        names = " ".join(str(row.digit or self.letters(check.id)) for check in missing if (row := self.row(check.id)))
        count = f"{len(missing)} required check{'s are' if len(missing) > 1 else ' is'} open"
        return Plan(plan.outcome, plan.words, f"{count}: {names} (n no, N no to all lit)", missing)
