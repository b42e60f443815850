"""What the deciding keys would do to the ad on a desk: the outcome, its words, and what stands in the way."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from modtui.domain.clause_values import State
from modtui.domain.policies import Answer, Check
from modtui.domain.rulings import Outcome

if TYPE_CHECKING:
    from modtui.services.desk import Desk


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


def plan_to_accept(desk: Desk) -> Plan:
    """What `Enter` would do: accept the derived (or edited) outcome."""
    outcome = desk.outcome
    if not outcome.is_approving and not _reviewer_raised_it(desk):
        own_key = {Outcome.REJECT: "r", Outcome.REQUEST_INFO: "d"}.get(outcome, "e")
        return Plan(outcome, desk.words(outcome), f"only facts say so: press {own_key} to confirm")
    return _checked(desk, Plan(outcome, desk.words(outcome)))


def plan_to(desk: Desk, wanted: Outcome) -> Plan:
    """What `a` or `r` would do: the outcome by name, over the derivation if need be and then with a reason."""
    outcome = desk.outcome
    is_ticked = desk.override is not None or Answer.YES in desk.answers.values()
    if wanted is Outcome.REJECT and outcome is not wanted and not is_ticked:
        return Plan(wanted, desk.words(wanted), needs_check=True)
    agrees = outcome.is_approving if wanted is Outcome.APPROVE else outcome is wanted
    if agrees:
        return _checked(desk, Plan(outcome, desk.words(outcome)))
    return _checked(desk, Plan(wanted, desk.words(wanted), needs_reason=True))


def outcome_words(desk: Desk, outcome: Outcome) -> str:
    """The words for an outcome, with the letters of the checks it rests on."""
    causes = [cell.deciding for cell in desk.ruling.cells if cell.deciding and cell.state > State.LABELLED]
    checks = dict.fromkeys(desk.letters(cause.check_id) for cause in causes)
    name = {
        Outcome.APPROVE: "APPROVE",
        Outcome.APPROVE_LIMITED: "APPROVE LIMITED",
        Outcome.REJECT: "REJECT",
        Outcome.REQUEST_INFO: "ASK FOR DOCUMENT",
        Outcome.ESCALATE: "ESCALATE",
    }[outcome]
    if outcome is Outcome.ESCALATE:
        checks = dict.fromkeys(desk.letters(check_id) for check_id in desk.ruling.unsure)
    shown = list(checks)[:3] if outcome is not Outcome.APPROVE else []
    routes = dict.fromkeys(kind.route for _, kind in desk.ruling.escalations)
    if desk.escalation:
        routes[desk.escalation.route] = None
    return " ".join((name, *shown, *(f"+ {route}" for route in routes)))


def _reviewer_raised_it(desk: Desk) -> bool:
    """Whether the outcome rests on something the reviewer said, not on facts alone."""
    if desk.override or desk.escalation or desk.documents or desk.ruling.unsure:
        return True
    causes = {cause.check_id for cell in desk.ruling.cells for cause in cell.causes}
    return any(_rests_on_reviewer(desk, check_id) for check_id in causes)


def _rests_on_reviewer(desk: Desk, check_id: str) -> bool:
    if check_id in desk.answers:
        return True
    parents = desk.case.catalog.check_by_id[check_id].when
    return any(_rests_on_reviewer(desk, parent_id) for parent_id, _ in parents)


def _checked(desk: Desk, plan: Plan) -> Plan:
    """The plan, or what refuses it: a reason without its note, what was not seen, what must be answered first."""
    if desk.override and desk.override.problem:
        return Plan(plan.outcome, plan.words, desk.override.problem)
    if plan.outcome.is_approving and desk.is_unseen:
        return Plan(plan.outcome, plan.words, "this queue wants its picture or video seen first: i opens it")
    missing = desk.missing_before_approval() if plan.outcome.is_approving else ()
    if not missing:
        return plan
    names = " ".join(str(row.digit or desk.letters(check.id)) for check in missing if (row := desk.row(check.id)))
    count = f"{len(missing)} required check{'s are' if len(missing) > 1 else ' is'} open"
    return Plan(plan.outcome, plan.words, f"{count}: {names} (n no, N no to all lit)", missing)
