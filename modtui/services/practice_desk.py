"""The desk in practice: as in review, or without cues, or without the outcome that follows from the answers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from modtui.domain.attempts import Attempt
from modtui.domain.counted_findings import counted_findings, deciding_check
from modtui.domain.cues import CueIndex
from modtui.domain.decisions import EscalationRequest
from modtui.domain.hidden_cues import hidden_hits
from modtui.domain.packs import Assist
from modtui.domain.plain_sheet import plain_sheet
from modtui.domain.rulings import Case, Outcome
from modtui.services.desk import Desk
from modtui.services.plans import Plan

STATED = "stated"
"The reason of an outcome that a learner said without having been shown what follows from the answers."
CHOOSE = "say the outcome yourself: a approve, r reject, d document, e escalate"


class PracticeDesk(Desk):
    """One ad of a pack."""

    def __init__(self, case: Case, index: CueIndex, assist: Assist) -> None:
        self.assist = assist
        self.stated: Outcome | None = None
        "The outcome the learner said, where none is derived for them."
        super().__init__(case, index, hidden_hits(index, case.ad) if assist is Assist.LIVE else ())
        if assist is not Assist.LIVE:
            self._view(plain_sheet(case))
            self._rule()

    @property
    def hides_outcome(self) -> bool:
        return self.assist is Assist.BROWSE

    @property
    def outcome(self) -> Outcome:
        if self.hides_outcome:
            return self.stated or Outcome.APPROVE
        return super().outcome

    def plan(self) -> Plan:
        return Plan(self.outcome, "", CHOOSE) if self.hides_outcome else super().plan()

    def escalate(self, request: EscalationRequest | None) -> None:
        super().escalate(request)
        if self.hides_outcome and request is not None:
            self.stated = Outcome.ESCALATE

    def words(self, outcome: Outcome) -> str:
        """Without the checks that the outcome rests on, where that would tell."""
        return outcome.value.upper().replace("_", " ") if self.hides_outcome else super().words(outcome)

    def attempt(self, ad: str, number: int, shown_at: str, answered_at: str, active_ms: int) -> Attempt:
        """What the learner said of the ad, as it stands now."""
        answers = dict(self.answers)
        return Attempt(
            ad=ad,
            number=number,
            outcome=self.outcome.value,
            derived=self.ruling.outcome.value,
            answers=answers,
            evidence={check_id: places for check_id, places in self.evidence.items() if places},
            findings=counted_findings(self.ruling, answers),
            first=deciding_check(self.ruling, answers),
            override=self._own_reason(),
            escalation=self.escalation.route if self.escalation else "",
            documents=self.documents,
            note=self.note,
            shown_at=shown_at,
            answered_at=answered_at,
            active_ms=active_ms,
        )

    def _own_reason(self) -> Mapping[str, Any] | None:
        """Why the outcome is not the derived one; where none is derived for the learner, because they said so."""
        if self.hides_outcome and self.outcome is not self.ruling.outcome:
            return {"reason": STATED, "note": "", "edits": []}
        found: Mapping[str, Any] | None = self.decision_body()["override"]
        return found
