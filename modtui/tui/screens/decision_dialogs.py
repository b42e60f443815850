"""The dialogs that deciding opens: which check, reason, document, route; why held or given back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from modtui.domain.decisions import EscalationRequest
from modtui.domain.overrides import OVERRIDE_REASONS
from modtui.domain.policies import Answer, Check
from modtui.domain.rulings import Outcome
from modtui.services.desk import Desk
from modtui.services.reviewing import HOLD_MINUTES, HOLD_REASONS, SKIP_REASONS
from modtui.tui.screens.dialog import Choice, Option

REASONS = tuple(OVERRIDE_REASONS)
DOCUMENTS = (
    "Licence or approval for the product in the targeted market",
    "Proof of the claim made in the ad",
    "Right to use the name, picture or music",
    "Proof of who pays for the ad",
)
"What is asked for most; the last choice of the dialog is free text."


def which_check(desk: Desk) -> tuple[list[Check], Choice]:
    """What a rejection rests on: the checks, in the order of their choices."""
    rows = [row for row in desk.rows if row.is_prominent]
    options = [Option(str(row.digit or ""), row.check.ask, desk.letters(row.check.id)) for row in rows]
    return [row.check for row in rows], Choice("Reject: which check?", options, decides=True)


def which_reason(desk: Desk, wanted: Outcome) -> Choice:
    """Why an outcome other than the derived one: an index into `REASONS`."""
    title = f"{desk.words(wanted)} although the answers say {desk.words(desk.outcome)}. Why?"
    return Choice(title, _numbered(OVERRIDE_REASONS.values()), decides=True)


def which_document() -> Choice:
    """An index into `DOCUMENTS`, or the one after them for something else."""
    return Choice("Ask the advertiser for", _numbered([*DOCUMENTS, "Something else: write it"]), decides=True)


def which_route(desk: Desk, routes: Mapping[str, str]) -> tuple[list[EscalationRequest], Choice]:
    """Whom to ask: the requests, in the order of their choices, those the ruling offers first."""
    offered = {kind.route: kind.escalation_class for _, kind in desk.ruling.offered}
    ordered = dict(sorted(routes.items(), key=lambda route: route[0] not in offered))
    options = [Option(str(n), name, words) for n, (name, words) in enumerate(ordered.items(), start=1)]
    question = desk.note or _question(desk)
    title = f"Escalate to which route?  Question: {question}" if question else "Escalate to which route?"
    hint = "digit escalates · write the question first with c · esc back"
    requests = [EscalationRequest(route, question, offered.get(route, "")) for route in ordered]
    return requests, Choice(title, options, decides=True, hint=hint)


def _question(desk: Desk) -> str:
    """The questions left open by *unsure*, as the escalation's question."""
    known = desk.case.catalog.check_by_id
    return " ".join(known[check_id].ask for check_id, given in desk.answers.items() if given is Answer.UNSURE)


def why_hold() -> Choice:
    """An index into `HOLD_REASONS`."""
    options = [
        Option(str(n), reason, f"back in {time_words(HOLD_MINUTES[reason])}")
        for n, reason in enumerate(HOLD_REASONS, start=1)
    ]
    return Choice("Hold: why?", options, decides=True)


def why_skip() -> Choice:
    """An index into `SKIP_REASONS`."""
    return Choice("Skip: why?", _numbered(SKIP_REASONS), decides=True)


def _numbered(words: Iterable[str]) -> list[Option]:
    return [Option(str(digit), each) for digit, each in enumerate(words, start=1)]


def time_words(minutes: int) -> str:
    return f"{minutes // 60} h" if minutes % 60 == 0 else f"{minutes} min"
