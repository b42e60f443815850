"""Override by cells, and when a second pair of eyes is due (DESIGN 3.7, 3.8)."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from modtui.domain.clause_values import State
from modtui.domain.grid import Band
from modtui.domain.policies import Answer, Severity
from modtui.domain.rulings import Answers, Case, Outcome, Ruling, outcome_of

OVERRIDE_REASONS: Mapping[str, str] = {
    "rule-misfit": "The rule does not fit this ad",
    "context": "Context or satire",
    "exemption": "Exemption on file",
    "market-rule": "The market rule is wrong",
    "briefing": "A briefing says otherwise",
    "other": "Other (say it in a note)",
}
"The few reasons for an override, in the order of their digits."

CellEdits = Mapping[tuple[str, Band], State]


class Override(Struct, frozen=True):
    """Cells a reviewer set against the derivation, and why."""

    edits: tuple[tuple[str, Band, State], ...]
    reason: str
    note: str = ""

    @property
    def problem(self) -> str:
        """What the override lacks, in words; empty when it has a reason, and a note where the reason is *other*."""
        if self.reason not in OVERRIDE_REASONS:
            return "an override needs one of its reasons"
        return "say in a note why" if self.reason == "other" and not self.note.strip() else ""


def edited_states(ruling: Ruling, override: Override | None) -> tuple[State, ...]:
    """The states of all cells after the override."""
    if override is None:
        return ruling.states
    edits = {(market, band): state for market, band, state in override.edits}
    return tuple(edits.get((cell.market, cell.band), cell.state) for cell in ruling.cells)


def final_outcome(ruling: Ruling, override: Override | None) -> Outcome:
    """The outcome that follows from the edited cells; without an edit, the derived one."""
    return outcome_of(edited_states(ruling, override)) if override and override.edits else ruling.outcome


def edits_for(ruling: Ruling, outcome: Outcome) -> tuple[tuple[str, Band, State], ...]:
    """The edits that make a ruling say *approve* or *reject* throughout, for the keys that force one.

    Where the cells say so already and the outcome does not (an *unsure* holds it up), each is confirmed as it is.
    """
    if outcome is Outcome.APPROVE:
        forced = tuple(State.ALLOWED if state > State.LABELLED else state for state in ruling.states)
    elif outcome is Outcome.REJECT:
        forced = (State.CUT,) * len(ruling.cells)
    else:
        return ()
    cells = tuple(zip(ruling.cells, forced, strict=True))
    edits = tuple((cell.market, cell.band, state) for cell, state in cells if cell.state is not state)
    if edits or ruling.outcome is outcome:
        return edits
    return tuple((cell.market, cell.band, state) for cell, state in cells)


SECOND_REVIEW_MODES = ("approvals", "all", "off")


def needs_second_review(mode: str, outcome: Outcome, *, is_weighty: bool) -> bool:
    """Whether another reviewer must confirm before the decision is in force.

    With `approvals`, a rejection is in force at once; an approval that is weighty waits.
    """
    if mode == "off" or outcome is Outcome.ESCALATE:
        return False
    return mode == "all" or (outcome.is_approving and is_weighty)


def is_weighty(case: Case, answers: Answers) -> bool:
    """Whether an approval would pass over a critical yes, fact or unsure, or rest on a document."""
    return any(
        case.is_asked(check, answers)
        for check in case.catalog.weighty_checks
        if (check.severity is Severity.CRITICAL and _was_raised(case, answers, check.id))
        or (check.need is not None and check.need.kind == "certificate" and case.answer(check, answers) is Answer.NO)
    )


def _was_raised(case: Case, answers: Answers, check_id: str) -> bool:
    raised = (Answer.YES, Answer.UNSURE)
    return answers.get(check_id) in raised or case.fact(case.catalog.check_by_id[check_id]) in raised
