"""Undo and redo: a retraction takes back the newest decision that stands, a new decision makes it again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modtui.domain.events import Entry, Event
from modtui.services.reviewing import Change
from modtui.store.event_log import new_event_id
from modtui.store.items import Item, items_of_ad
from modtui.store.standing import events_building_on, newest_standing
from modtui.store.transaction import Transaction
from modtui.store.undone import newest_undone

if TYPE_CHECKING:
    from modtui.services.review_session import ReviewSession


async def undo_last(session: ReviewSession) -> tuple[Change, tuple[Item, Event] | None]:
    """Retract the reviewer's newest standing decision and claim its ad: both, or None when no ad came back."""
    with session.workspace.read() as connection:
        event = newest_standing(connection, session.reviewer, session.id)
        event = event or newest_standing(connection, session.reviewer)
        if event is None or event.subject is None:
            return Change("nothing to undo", moved=False), None
        above = next(iter(events_building_on(connection, event.id)), None)
    if above is not None:
        return Change(f"not undone: {_named(above)} builds on it", moved=False), None
    entry = _entry(session, "retraction", event, supersedes=(event.id,), body={"queue": event.body.get("queue")})

    def run(tx: Transaction) -> Item | None:
        tx.append_event(entry, session=session.id)
        return _claim_ad(tx, session, event)

    item = await session.write(run)
    words = f"undone: {event.subject.ad_id} was {event.body.get('outcome')}"
    if item is None:
        return Change(f"{words}; another session has the ad now", entry.id, moved=False), None
    return Change(words, entry.id), (item, event)


async def redo_last(session: ReviewSession) -> tuple[Change, int | None]:
    """Make the decision again that the newest retraction took back, if its ad is still the same; the ad's number."""
    with session.workspace.read() as connection:
        found = newest_undone(connection, session.reviewer)
        if found is None:
            return Change("nothing to redo", moved=False), None
        retraction, event = found
        assert event.subject is not None
        items = items_of_ad(connection, event.subject.source, event.subject.ad_id)
    item = next((item for item in items if item.queue == event.body.get("queue")), None)
    if item is None or item.content_hash != event.subject.content_hash:
        return Change(f"not redone: {event.subject.ad_id} has changed since", moved=False), None
    if item.verdict is not None and item.verdict not in event.supersedes:
        return Change(f"not redone: {event.subject.ad_id} was decided again", moved=False), None
    body = {**event.body, "redo_of": retraction.id}
    supersedes = (item.verdict,) if item.verdict else ()
    entry = _entry(session, "decision", event, supersedes=supersedes, body=body)
    await session.write(lambda tx: tx.append_event(entry, session=session.id))
    return Change(f"redone: {event.subject.ad_id} {event.body.get('outcome')}", entry.id), item.ad_no


def _entry(
    session: ReviewSession, kind: str, event: Event, *, supersedes: tuple[str, ...], body: dict[str, object]
) -> Entry:
    return Entry(
        new_event_id(session.clock()), kind, session.reviewer, session.now(), body, event.subject, supersedes,
        event.catalog_hash, event.tz, event.app,
    )  # fmt: skip


def _claim_ad(tx: Transaction, session: ReviewSession, event: Event) -> Item | None:
    assert event.subject is not None
    items = items_of_ad(tx.connection, event.subject.source, event.subject.ad_id)
    place = next((item for item in items if item.queue == event.body.get("queue")), None)
    if place is None:
        return None
    return tx.claim_item(place.queue, place.n, reviewer=session.reviewer, session=session.id, now=session.now())


def _named(event: Event) -> str:
    return f"a {event.kind} by {event.actor} at {event.at[:16]}"
