"""Laying an ad on the desk: the ad, its checks, what stands on it, and the reviewer's own unfinished work."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from msgspec import Struct, field
from msgspec.structs import replace

from modtui.domain.ad_json import ad_from_payload
from modtui.domain.ads import Ad
from modtui.domain.catalog import Catalog
from modtui.domain.events import Entry, Event, standing_verdicts
from modtui.domain.hidden_cues import hidden_hits
from modtui.domain.hidden_text import ad_signals
from modtui.domain.policies import Answer
from modtui.domain.rulings import Case
from modtui.services.active_time import ActiveTime
from modtui.services.catalogs import Rulebook
from modtui.services.clock import today
from modtui.services.conflicts import actors, standing
from modtui.services.desk import Desk
from modtui.services.drafts import draft_body, take_up
from modtui.services.must_see import must_see
from modtui.services.reviewing import OnDesk, Previous
from modtui.services.verdicts import Task, draft_of
from modtui.services.versions import previous_of, verdict_words
from modtui.store.ads import advertiser_history, versions_of
from modtui.store.event_log import EventLog
from modtui.store.items import Item
from modtui.store.local_rows import Draft, find_draft
from modtui.store.queues import get_queue
from modtui.store.sqlite import Connection
from modtui.store.worklists import AGAIN
from modtui.store.workspace import Workspace

MARKS = {
    "new_version": "new version",
    "returned": "earlier content is back",
    "woken": "document arrived",
    "conflict": "conflict",
}
HISTORY_ADS = 100
"The advertiser's newest decided ads that are summed up."


class Place(Struct):
    """An ad taken from the queue, with its desk once it is laid."""

    item: Item
    laid: OnDesk | None = None
    task: Task | None = None
    time: ActiveTime = field(default_factory=ActiveTime)
    tries: list[Entry] = field(default_factory=list)
    "The decisions tried and not known to be on disk, each with other content; the last is the newest."
    kept: Mapping[str, Any] = field(default_factory=dict)
    "The draft as it was laid or last saved: what differs from it is to be saved."
    asked_anew: tuple[str, ...] = ()
    "Ids of the checks whose answers were left behind, because the catalog has changed since they were given."
    has_draft: bool = False
    "Whether the workspace keeps a draft of this content."


class Laying(Struct, frozen=True):
    """Lays ads for one reviewer under one catalog."""

    workspace: Workspace
    rulebook: Rulebook
    reviewer: str
    route: str | None

    def lay(self, place: Place, now_ms: int) -> OnDesk:
        """Everything about an ad, worked out once."""
        item, place.asked_anew = place.item, ()
        with self.workspace.read() as connection:
            ad = ad_from_payload(json.loads(item.payload))
            task = place.task = self._task(connection, item, ad)
            # A second reviewer judges the ad alone: no flags, no history, nothing others said of it.
            ad = replace(
                ad, markets=ad.markets or task.default_markets, flags=() if task.is_second_review else ad.flags
            )
            case = Case(ad, self.rulebook.catalog, today(now_ms))
            found = ad_signals(ad)
            desk = Desk(case, self.rulebook.index, hidden_hits(self.rulebook.index, ad, found))
            desk.found = found
            desk.must_see = must_see(connection, item.queue, ad)
            draft = find_draft(connection, item.ad_no, self.reviewer)
            previous, history = self._before(connection, task, case)
        if task.is_own and task.verdict and not task.is_woken:
            take_up(desk, self._carried(place, draft_of(task.verdict.body, ad), task.verdict.catalog_hash))
        place.has_draft = draft is not None and draft.content_hash == item.content_hash
        if draft is not None and place.has_draft:
            take_up(desk, self._carried(place, draft.body, str(draft.body.get("catalog", ""))))
        elif draft is not None:
            history = (*_draft_lines(draft, case.catalog), *history)
        if place.asked_anew:
            history = (_anew_line(place.asked_anew, case.catalog), *history)
        place.kept = draft_body(desk)
        question = _question(task.verdict.body) if task.state == "escalated" and task.verdict else ""
        shown = replace(item, outcome=None, verdict=None) if task.is_second_review else item
        return OnDesk(desk, shown, previous, history, _mark(task, desk), question, task.is_second_review, task.parties)

    def _carried(self, place: Place, body: Mapping[str, Any], digest: str) -> Mapping[str, Any]:
        """A draft without the answers to questions that the catalog has changed since; the place remembers which."""
        touched = self.rulebook.since(digest, self.workspace)
        if touched is None:
            return body
        given = {check_id: Answer(answer) for check_id, answer in (body.get("answers") or {}).items()}
        answers, place.asked_anew = touched.carried_over(given)
        return {**body, "answers": answers}

    def _task(self, connection: Connection, item: Item, ad: Ad) -> Task:
        verdict = EventLog().get(connection, item.verdict) if item.verdict else None
        markets: tuple[str, ...] = ()
        if not ad.markets:
            markets = tuple(get_queue(connection, item.queue).settings.get("markets") or ())
            if not markets and _is_again(item) and (last := _newest_on(EventLog().of_ad(connection, item.ad_no), item)):
                markets = tuple(last.body.get("default_markets") or ())
        parties = actors(standing(connection, item)) if item.mark == "conflict" else ()
        return Task(item, self.reviewer, verdict, self.route, markets, parties)

    def _before(self, connection: Connection, task: Task, case: Case) -> tuple[Previous | None, tuple[str, ...]]:
        """What was decided of this ad before, and lines about it and its advertiser."""
        if task.is_second_review:
            return None, ()
        item, previous = task.item, None
        lines: list[str] = []
        if item.versions > 1 or task.verdict or _is_again(item):
            events = EventLog().of_ad(connection, item.ad_no)
            if task.verdict and not (task.is_own and not task.is_woken):
                previous = verdict_words(task.verdict, case.ad)
            elif _is_again(item) and (last := _newest_on(events, item)):
                previous = verdict_words(last, case.ad)
            elif item.versions > 1:
                payloads = {version.content_hash: version.payload for version in versions_of(connection, item.ad_no)}
                previous = previous_of(case, events, item.content_hash, payloads)
            lines += _standing_lines(events, item, case.catalog)
        name = case.ad.advertiser.name
        if name:
            lines += _advertiser_lines(connection, name, case.catalog)
        return previous, tuple(lines)


def _mark(task: Task, desk: Desk) -> str:
    return " · ".join((*_marks(task), *_briefings(desk)))


def _briefings(desk: Desk) -> Iterator[str]:
    """The briefings that speak of the ad."""
    if desk.case.catalog.briefings:
        from modtui.domain.briefings import touching  # a catalog without them starts without it

        yield from (f"briefing: {each.title} (b)" for each in touching(desk.case, desk.sheet))


def _marks(task: Task) -> list[str]:
    marks = ["back from hold"] if task.item.state == "held" else []
    if task.is_second_review:
        return [*marks, "second review"]
    marks += [MARKS[task.item.mark]] if task.item.mark in MARKS else []
    marks += [task.item.mark] if task.item.mark and _is_again(task.item) else []
    if task.verdict and task.state in ("decided", "waiting_document", "second_review"):
        words = {"decided": "decided", "waiting_document": "waits for a document", "second_review": "waits for another"}
        marks.append(f"{words[task.state]}: {task.verdict.body.get('outcome')} by {task.verdict.actor}")
    return marks


def _is_again(item: Item) -> bool:
    """Whether the ad is in a worklist, to be looked at again."""
    return item.mark is not None and item.mark.startswith(AGAIN)


def _newest_on(events: Iterable[Event], item: Item) -> Event | None:
    """The newest standing verdict on the content the ad has now, in whichever queue."""
    standing = (event for event in standing_verdicts(events) if isinstance(event, Event) and event.subject)
    own = [event for event in standing if event.subject and event.subject.content_hash == item.content_hash]
    return own[-1] if own else None


def _standing_lines(events: Iterable[Event], item: Item, catalog: Catalog) -> Iterator[str]:
    """A line a verdict that stands on the content the ad has now, the newest first."""
    standing = [
        event
        for event in standing_verdicts(events)
        if isinstance(event, Event) and event.subject and event.subject.content_hash == item.content_hash
    ]
    for event in reversed(standing):
        letters = " ".join(_letters(event.body, catalog))
        note = f": {event.body['note']}" if event.body.get("note") else ""
        outcome = str(event.body.get("outcome", "")).replace("_", " ")
        yield f"this ad: {' '.join(part for part in (outcome, letters) if part)} by {event.actor}{note}"


def _advertiser_lines(connection: Connection, name: str, catalog: Catalog) -> Iterator[str]:
    """Such as `advertiser: 3 of 41 rejected, last wl`."""
    found = advertiser_history(connection, name, HISTORY_ADS)
    if not found.decided:
        return
    many = "+" if found.decided >= HISTORY_ADS else ""
    words = f"advertiser: {found.outcomes.get('reject', 0)} of {found.decided}{many} rejected"
    last = EventLog().get(connection, found.last_verdict) if found.last_verdict else None
    letters = _letters(last.body, catalog) if last else []
    yield f"{words}, last {' '.join(letters)}" if letters else words


def _letters(body: Mapping[str, Any], catalog: Catalog) -> list[str]:
    """The two letters of each check found, or its id where the catalog knows it no more."""
    known = catalog.check_by_id
    ids = (str(found["check"]) for found in body.get("findings", ()))
    return list(dict.fromkeys(known[each].key if each in known and known[each].key else each for each in ids))


def _anew_line(check_ids: Iterable[str], catalog: Catalog) -> str:
    """What of the answers given under another catalog was left behind."""
    known = catalog.check_by_id
    letters = (known[each].key if each in known and known[each].key else each for each in check_ids)
    return f"the catalog has changed: asked anew {' '.join(letters)}"


def _draft_lines(draft: Draft, catalog: Catalog) -> Iterator[str]:
    """What the reviewer had begun to say of other content of the ad. It is shown, and never taken."""
    known = catalog.check_by_id
    answers = (draft.body.get("answers") or {}).items()
    said = [f"{known[check_id].key if check_id in known else check_id} {answer}" for check_id, answer in answers]
    if draft.body.get("note"):
        said.append(f"note: {draft.body['note']}")
    yield f"your unfinished work of {draft.saved_at[:16]} on other content: {', '.join(said) or 'nothing said'}"


def _question(body: Mapping[str, Any]) -> str:
    asked = body.get("escalation") or ()
    questions = [str(each.get("question") or each.get("class") or "") for each in asked]
    return "; ".join(question for question in questions if question)
