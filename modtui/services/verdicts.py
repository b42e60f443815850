"""From a desk to the event that records its decision, and back from the event to a desk."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from modtui import __version__
from modtui.domain.decisions import outcome_for
from modtui.domain.events import Entry, Subject
from modtui.domain.overrides import needs_second_review
from modtui.domain.policies import State
from modtui.domain.rulings import Outcome
from modtui.services.desk import Desk
from modtui.store.items import Item, context_hash


@dataclass(frozen=True, slots=True)
class Signature:
    """Who decides, when and where: what an event holds besides what was decided."""

    event_id: str
    reviewer: str
    at: str
    tz: str
    second_review: str


def decision_entry(desk: Desk, item: Item, signature: Signature, *, is_late: bool = False) -> Entry:
    """The `decision` event of a desk."""
    body = desk.decision_body()
    state, route = _what_becomes(desk, item, signature)
    body |= {"queue": item.queue, "state": state, "context": context_hash(item.payload)}
    if route:
        body["route"] = route
    if is_late:
        body["late"] = True
    if item.state == "escalated" and item.verdict:
        body["answers_question"] = item.verdict
    return Entry(
        id=signature.event_id,
        kind="decision",
        actor=signature.reviewer,
        at=signature.at,
        body=body,
        subject=Subject(item.source, item.ad_id, item.content_hash),
        supersedes=_supersedes(item),
        catalog_hash=desk.case.catalog.hash,
        tz=signature.tz,
        app=__version__,
    )


def _what_becomes(desk: Desk, item: Item, signature: Signature) -> tuple[str, str | None]:
    """The state of the item after the decision, and the route it is escalated to."""
    judgement = desk.judgement
    outcome = outcome_for(desk.ruling, judgement)
    routes = [kind.route for _, kind in desk.ruling.escalations]
    if judgement.escalation:
        routes.insert(0, judgement.escalation.route)
    if routes or outcome is Outcome.ESCALATE:
        return "escalated", (routes[0] if routes else _question_route(desk))
    is_second = item.state == "second_review"
    if not is_second and needs_second_review(signature.second_review, desk.case, judgement.answers, outcome):
        return "second_review", None
    if outcome is Outcome.REQUEST_INFO or _waits_for_document(desk):
        return "waiting_document", None
    return "decided", None


def _question_route(desk: Desk) -> str:
    """Where a question nobody addressed goes: the route of the unsure check, or the catalog's first."""
    for check_id in desk.ruling.unsure:
        escalation = desk.case.catalog.check_by_id[check_id].escalation
        if escalation:
            return escalation.route
    return next(iter(desk.case.catalog.routes), "lead")


def _waits_for_document(desk: Desk) -> bool:
    return desk.override is None and any(cell.state is State.HELD for cell in desk.ruling.cells)


def _supersedes(item: Item) -> tuple[str, ...]:
    """A verdict on the same content is superseded, except the first of two under second review, which stays beside."""
    return (item.verdict,) if item.verdict and item.state != "second_review" else ()


def draft_of(body: Mapping[str, Any]) -> dict[str, Any]:
    """What a decision's body says as a draft, so that an undone ad comes back with answers, evidence and note."""
    evidence = {found["check"]: found["evidence"] for found in body.get("findings", ()) if found.get("evidence")}
    return {"answers": dict(body.get("answers", {})), "evidence": evidence, "note": body.get("note", ""), "opened": []}
