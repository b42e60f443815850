"""The desk: one ad under review, with its answers so far, the checks in view, and what each key would do."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar, cast

from modtui.domain.cues import CueIndex, Hit
from modtui.domain.decisions import EscalationRequest, Judgement, decision_body, outcome_for
from modtui.domain.evidence import Evidence, evidence_of, is_within
from modtui.domain.exposure import SHARP
from modtui.domain.overrides import Override, edits_for, is_weighty
from modtui.domain.policies import Answer, Check
from modtui.domain.relevance import Worksheet, unanswered_before_approval, worksheet
from modtui.domain.rulings import Case, Outcome, Ruling, rule_case
from modtui.domain.signals import Signal
from modtui.services.check_rows import CheckRows, Row
from modtui.services.plans import Plan, outcome_words, plan_to, plan_to_accept

if TYPE_CHECKING:
    from modtui.domain.precedents import Offer, Taken

Made = TypeVar("Made")


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
        self._view(worksheet(case, index, signals))
        self._rule()

    # What is in view ---

    @cached_property
    def found(self) -> tuple[Signal, ...]:
        """What the ad hides or claims, in reading order: whoever has worked it out already sets it."""
        from modtui.domain.hidden_text import ad_signals

        return ad_signals(self.case.ad)

    @property
    def rows(self) -> list[Row]:
        """The checks in view, in their order."""
        return self.checks.rows

    def row(self, check_id: str) -> Row | None:
        return self.checks.row(check_id)

    def check_at(self, digit: int) -> Check | None:
        return self.checks.check_at(digit)

    def bring(self, check: Check) -> Row:
        """Put a check of the rest of the catalog in view, at the end, with the next free digit."""
        return self.checks.bring(check)

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
        return self._once("plan", (self.judgement, self.is_unseen), lambda: plan_to_accept(self))

    def plan_for(self, wanted: Outcome) -> Plan:
        """What `a` or `r` would do: the outcome by name, over the derivation if need be and then with a reason."""
        return plan_to(self, wanted)

    def override_for(self, wanted: Outcome, reason: str, note: str = "") -> Override:
        """The cell edits that make the ruling say the outcome throughout."""
        return Override(edits_for(self.ruling, wanted), reason, note)

    def words(self, outcome: Outcome) -> str:
        """The words for an outcome, with the letters of the checks it rests on."""
        return outcome_words(self, outcome)

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

    @property
    def is_touched(self) -> bool:
        return bool(self.answers or self.note or self.override or self.escalation or self.documents)

    # Within ---

    def _changed(self) -> None:
        self.override = None
        self.checks.follow(self.answers)
        self._rule()

    def _view(self, sheet: Worksheet) -> None:
        """Put the checks of a worksheet in view, with what facts on them ask below."""
        self.sheet = sheet
        self.checks = CheckRows(self.case, sheet)
        self.checks.follow(self.answers)

    def _rule(self) -> None:
        self.ruling = rule_case(self.case, self.answers)

    def _found_evidence(self, check_id: str) -> tuple[Evidence, ...]:
        """The check's own cue matches, else those of the children it was lit for, else the focused component."""
        row = self.row(check_id)
        hits = self.sheet.hits_on(check_id) or (row.hits if row else ())
        places = dict.fromkeys(place for hit in hits if (place := evidence_of(hit, self.case.ad)))
        return tuple(places) or ((Evidence(self.focused),) if self.focused else ())
