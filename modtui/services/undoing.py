"""Undo and redo: a retraction takes back what a reviewer did last, a new event does it again."""

from __future__ import annotations

import json
from collections.abc import Collection
from typing import Any

from msgspec import Struct

from modtui.domain.ad_json import ad_from_payload
from modtui.domain.events import VERDICTS, Entry, Event
from modtui.services.verdicts import draft_of
from modtui.store.claims import claim_of
from modtui.store.event_log import EventLog
from modtui.store.items import Item, items_of_ad
from modtui.store.local_rows import find_draft
from modtui.store.sqlite import Connection
from modtui.store.standing import events_building_on
from modtui.store.transaction import Transaction
from modtui.store.undone import is_superseded, newest_act, newest_undone


class Hand(Struct, frozen=True):
    """Whose undo or redo it is, and the event it makes: the same id on every try, so that none is doubled."""

    reviewer: str
    session: str
    event_id: str
    at: str
    catalog_hash: str = ""
    "The catalog in use: what was decided under another one is not done again as it was."


class Undone(Struct, frozen=True):
    """What an undo or a redo did."""

    words: str
    event: Event | None = None
    "What was taken back, or is done again; None when nothing was."
    item: Item | None = None
    "The ad, when it is this session's now."
    above: str | None = None
    "Id of the event that could not be taken back, because another builds on it."


def act_to_undo(connection: Connection, reviewer: str, session: str, passed_over: Collection[str] = ()) -> Event | None:
    """What undo takes back: what the reviewer did last in this session, or else the verdict of theirs before it."""
    return newest_act(connection, reviewer, session, passed_over=passed_over) or newest_act(
        connection, reviewer, kinds=VERDICTS, passed_over=passed_over
    )


def undo_last(tx: Transaction, hand: Hand, passed_over: Collection[str] = (), this: Event | None = None) -> Undone:
    """Retract what the reviewer did last, in this session first, and claim its ad, with a draft of what was decided.

    A hold or a skip is taken back in the session that made it. If another event builds on what was done last, undo
    names it and does nothing. `this` is what to take back instead of the last.
    """
    connection = tx.connection
    stored = EventLog().get(connection, hand.event_id)
    if stored is not None:
        event = EventLog().get(connection, stored.supersedes[0])
        tx.append_event(stored)
    else:
        event = this or act_to_undo(connection, hand.reviewer, hand.session, passed_over)
    if event is None or event.subject is None:
        return Undone("nothing to undo")
    if stored is None:
        above = next(iter(events_building_on(connection, event.id)), None)
        if above is not None:
            words = f"not undone: {_act(event)} of {event.subject.ad_id}, {_named(above)} builds on it"
            return Undone(f"{words}; again goes to what was before", above=event.id)
        body = {"queue": event.body.get("queue")}
        tx.append_event(_entry(hand, "retraction", event, (event.id,), body), session=hand.session)
    return _brought_back(tx, hand, event)


def _brought_back(tx: Transaction, hand: Hand, event: Event) -> Undone:
    """Claim the ad of what was taken back, and keep what was decided as its draft: a crash loses no answers."""
    assert event.subject is not None
    words = f"undone: {event.subject.ad_id}, {_act(event)}"
    place = _item_of(tx, event)
    if place is None:
        return Undone(words, event)
    if place.content_hash != event.subject.content_hash:
        words += "; it has other content now"
    elif event.kind in VERDICTS and find_draft(tx.connection, place.ad_no, hand.reviewer) is None:
        draft = draft_of(event.body, ad_from_payload(json.loads(place.payload))) | {"catalog": event.catalog_hash}
        tx.save_draft(place.ad_no, hand.reviewer, place.content_hash, draft, hand.at)
    item = tx.claim_item(place.queue, place.n, reviewer=hand.reviewer, session=hand.session, now=hand.at)
    return Undone(words if item else f"{words}; another session has the ad now", event, item)


def redo_last(tx: Transaction, hand: Hand) -> Undone:
    """Do again what the newest retraction took back, as long as the ad and what stands on it are as they were."""
    connection = tx.connection
    stored = EventLog().get(connection, hand.event_id)
    if stored is not None and stored.subject is not None:
        tx.append_event(stored)
        return Undone(f"redone: {stored.subject.ad_id}, {_act(stored)}", stored, _item_of(tx, stored))
    found = newest_undone(connection, hand.reviewer)
    if found is None or found[1].subject is None:
        return Undone("nothing to redo")
    return do_again(tx, hand, *found)


def do_again(tx: Transaction, hand: Hand, retraction: Event, event: Event) -> Undone:
    """Do again what a retraction took back, as long as the ad and what stands on it are as they were."""
    connection, subject = tx.connection, event.subject
    if subject is None:
        return Undone("nothing to redo")
    item, ad_id = _item_of(tx, event), subject.ad_id
    if event.kind in VERDICTS and hand.catalog_hash not in ("", event.catalog_hash):
        version = (event.body.get("catalog") or {}).get("version", "another version")
        return Undone(f"not redone: {ad_id} was decided under catalog {version}; decide it anew")
    if item is None or item.content_hash != subject.content_hash:
        return Undone(f"not redone: {ad_id} has changed since")
    claim = claim_of(connection, item.ad_no)
    if claim is not None and claim.session != hand.session:
        return Undone(f"not redone: another session has {ad_id} now")
    above = next((each for each in events_building_on(connection, event.id) if each.kind != "retraction"), None)
    if above is not None:
        return Undone(f"not redone: {ad_id}, {_named(above)} came after it")
    second_of = event.body.get("second_of")
    if second_of and is_superseded(connection, str(second_of)):
        return Undone(f"not redone: {ad_id}, the decision it confirmed does not stand any more")
    body = {name: value for name, value in event.body.items() if name != "late"} | {"redo_of": retraction.id}
    supersedes = tuple(each for each in event.supersedes if not is_superseded(connection, each))
    tx.append_event(_entry(hand, event.kind, event, supersedes, body), session=hand.session)
    return Undone(f"redone: {ad_id}, {_act(event)}", event, item)


def _entry(hand: Hand, kind: str, event: Event, supersedes: tuple[str, ...], body: dict[str, Any]) -> Entry:
    return Entry(
        hand.event_id, kind, hand.reviewer, hand.at, body, event.subject, supersedes,
        event.catalog_hash, event.tz, event.app,
    )  # fmt: skip


def _item_of(tx: Transaction, event: Event) -> Item | None:
    """The place of the event's ad in the event's queue."""
    assert event.subject is not None
    items = items_of_ad(tx.connection, event.subject.source, event.subject.ad_id)
    return next((item for item in items if item.queue == event.body.get("queue")), None)


def _act(event: Event) -> str:
    """What was done, in a word or two."""
    return str(event.body.get("outcome", "")).replace("_", " ") if event.kind in VERDICTS else event.kind


def _named(event: Event) -> str:
    return f"a {event.kind} by {event.actor} at {event.at[:16]}"
