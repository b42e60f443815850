"""From a desk to the event that records its decision, stored once whatever is tried, and back to a draft."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from msgspec import Struct
from msgspec.structs import asdict, replace

from modtui import __version__
from modtui.domain.ads import Ad
from modtui.domain.clause_values import State
from modtui.domain.decisions import outcome_for
from modtui.domain.events import Entry, Event, Subject, standing_verdicts
from modtui.domain.overrides import needs_second_review
from modtui.domain.rulings import Outcome
from modtui.services.desk import Desk
from modtui.store.claims import claim_of
from modtui.store.event_log import EventLog
from modtui.store.items import Item, context_hash
from modtui.store.transaction import Transaction
from modtui.store.undone import is_superseded


class Task(Struct, frozen=True):
    """Why an ad is on a reviewer's desk: what was decided of this content, and what that leaves to do."""

    item: Item
    reviewer: str
    verdict: Event | None = None
    "The newest standing verdict on the content the ad has now."
    route: str | None = None
    "The route whose questions the session answers."
    default_markets: tuple[str, ...] = ()
    "The queue's, where the ad states none: a replay of the decision needs them."
    parties: tuple[str, ...] = ()
    "Who decided it, where their decisions stand against each other: what is decided now settles that."

    @property
    def state(self) -> str:
        """The item's state; of a held one, the state from which it was held."""
        if self.item.state != "held":
            return self.item.state
        left = str(self.verdict.body.get("state", "decided")) if self.verdict else "new"
        return "new" if left == "waiting_document" and self._context_changed else left

    @property
    def is_own(self) -> bool:
        return self.verdict is not None and self.verdict.actor == self.reviewer

    @property
    def is_second_review(self) -> bool:
        """Whether another reviewer's decision waits for this one, who must not see it."""
        return self.state == "second_review" and self.verdict is not None and not self.is_own

    @property
    def is_woken(self) -> bool:
        """Whether a document or another change of context has brought a decided ad back."""
        return self.state == "new" and self.verdict is not None

    @property
    def is_answer(self) -> bool:
        """Whether a decision answers the question put by an escalation: not when the asker only thinks again."""
        return self.state == "escalated" and self.verdict is not None and (self.route is not None or not self.is_own)

    @property
    def answered_routes(self) -> tuple[str, ...]:
        """The routes that have had their say, this one among them."""
        if not self.is_answer or self.verdict is None:
            return ()
        body = self.verdict.body
        return tuple(dict.fromkeys((*body.get("answered_routes", ()), str(body.get("route", "")))))

    @property
    def _context_changed(self) -> bool:
        now = context_hash(self.item.payload)
        return self.verdict is not None and self.verdict.body.get("context", now) != now

    def replaces(self, events: Iterable[Event]) -> tuple[str, ...]:
        """The standing verdicts that a decision takes the place of: those its reviewer knew of, oldest first.

        Of two under second review the first stays beside the second, and so does what others decided meanwhile.
        """
        if self.verdict is None or self.is_second_review:
            return ()
        standing = [
            event.id
            for event in standing_verdicts(events)
            if event.subject is not None
            and event.subject.content_hash == self.item.content_hash
            and event.body.get("queue") == self.item.queue
        ]
        return tuple(standing[: standing.index(self.verdict.id) + 1]) if self.verdict.id in standing else ()


class Signature(Struct, frozen=True):
    """Who decides, when and where: what an event holds besides what was decided."""

    event_id: str
    reviewer: str
    at: str
    tz: str
    second_review: str


def decision_entry(desk: Desk, task: Task, signature: Signature) -> Entry:
    """The event of a desk, but for what only the log can tell: what it takes the place of, and lateness.

    A `decision`, or an `adjudication` where it settles what others disagree on.
    """
    item = task.item
    state, route = _what_becomes(desk, task, signature)
    body = desk.decision_body() | {"queue": item.queue, "state": state, "context": context_hash(item.payload)}
    if route:
        body["route"] = route
    if task.is_answer and task.verdict is not None:
        body |= {"answers_question": task.verdict.id, "answered_routes": list(task.answered_routes)}
    if task.is_second_review and task.verdict is not None:
        body["second_of"] = task.verdict.id
    if task.default_markets:
        body["default_markets"] = list(task.default_markets)
    body |= _context_seen(desk.case.ad)
    return Entry(
        id=signature.event_id,
        kind="adjudication" if task.parties else "decision",
        actor=signature.reviewer,
        at=signature.at,
        body=body,
        subject=Subject(item.source, item.ad_id, item.content_hash),
        catalog_hash=desk.case.catalog.hash,
        tz=signature.tz,
        app=__version__,
    )


def _context_seen(ad: Ad) -> dict[str, Any]:
    """What the ruling rested on besides the content: a later import may put other papers and dates in their place."""
    seen: dict[str, Any] = {}
    papers = ad.advertiser.certificates
    if papers is not None:
        seen["on_file"] = [{name: value for name, value in asdict(each).items() if value} for each in papers]
    if schedule := {n: d for n, d in (("start", ad.schedule_start), ("end", ad.schedule_end)) if d}:
        seen["schedule"] = schedule
    if ad.food_score is not None:
        seen["food_score"] = ad.food_score
    return seen


def store_decision(
    tx: Transaction, tries: Sequence[Entry], task: Task, session: str, active_ms: int, alone: Entry | None = None
) -> Event:
    """Store the last of the tries, once: a commit of unknown outcome may have stored it, or one with other answers.

    `alone` is what is stored of a second review when the decision it was to confirm has been taken back meanwhile.
    """
    entry, log = tries[-1], EventLog()
    stored = next((event for tried in reversed(tries) if (event := log.get(tx.connection, tried.id))), None)
    if stored is not None and stored.id == entry.id:
        return tx.append_event(stored)
    if stored is not None:
        return tx.append_event(replace(entry, supersedes=(stored.id,)), session=session, active_ms=active_ms)
    if alone is not None and task.verdict is not None and is_superseded(tx.connection, task.verdict.id):
        entry = replace(alone, id=entry.id, at=entry.at)
    events = log.of_ad(tx.connection, task.item.ad_no) if task.verdict else []
    body = entry.body
    claim = claim_of(tx.connection, task.item.ad_no)
    if claim is None or claim.session != session or claim.until <= entry.at:
        body = {**body, "late": True}
    entry = replace(entry, body=body, supersedes=task.replaces(events))
    return tx.append_event(entry, session=session, active_ms=active_ms)


def _what_becomes(desk: Desk, task: Task, signature: Signature) -> tuple[str, str | None]:
    """The state of the item after the decision, and the route it is escalated to."""
    judgement = desk.judgement
    outcome = outcome_for(desk.ruling, judgement)
    # What a class of case asks of a route, that route answers once.
    answered = task.answered_routes
    routes = [kind.route for _, kind in desk.ruling.escalations if kind.route not in answered]
    if judgement.escalation:
        routes.insert(0, judgement.escalation.route)
    if routes or outcome is Outcome.ESCALATE:
        return "escalated", (routes[0] if routes else _question_route(desk))
    mode, is_first = signature.second_review, not (task.is_second_review or task.parties)
    if is_first and needs_second_review(mode, outcome, is_weighty=desk.is_weighty):
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


def draft_of(body: Mapping[str, Any], ad: Ad) -> dict[str, Any]:
    """What a decision's body says as a draft, so that an undone ad comes back with answers, evidence and note.

    What was opened comes back too. An override, an escalation or a document asked for is not brought back: it is what
    the reviewer took back.
    """
    evidence = {found["check"]: found["evidence"] for found in body.get("findings", ()) if found.get("evidence")}
    parts = [f"media.{number}" for number, _ in enumerate(ad.media)]
    if ad.landing_page.text:
        parts.append("page")
    unopened = body.get("unopened", parts)
    taken, answers = body.get("precedent"), dict(body.get("answers", {}))
    given = {check_id: answers[check_id] for check_id in (taken or {}).get("answers", ()) if check_id in answers}
    return {
        **({"precedent": {"event": taken["event"], "given": given}} if taken else {}),
        "answers": answers,
        "evidence": evidence,
        "note": body.get("note", ""),
        "opened": [part for part in parts if part not in unopened],
    }
