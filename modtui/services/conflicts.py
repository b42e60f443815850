"""Conflicts: decisions that stand against each other on one ad, side by side, and what settles them."""

from __future__ import annotations

from collections.abc import Collection

from msgspec import Struct

from modtui import __version__
from modtui.domain.events import Entry, Event, Subject, standing_verdicts
from modtui.errors import ModtuiError
from modtui.services.clock import Clock, wall_clock
from modtui.store.conflicts import items_in_conflict, items_of_id
from modtui.store.event_log import EventLog, new_event_id
from modtui.store.items import Item, context_hash
from modtui.store.sqlite import Connection
from modtui.store.times import utc_text
from modtui.store.transaction import Transaction
from modtui.store.workspace import Workspace

WHO = ("others", "anyone")
"Who may settle a conflict: only somebody who is no party to it, or anyone."
OF_ITS_OWN = ("group", "late", "redo_of", "second_of")
"What a decision says of how it came about: it is not true of what follows it."
STILL_OPEN = ("waiting_document", "escalated")
"What a decision that is followed leaves to do. A second pair of eyes is not among it: that was this one."


class Conflict(Struct, frozen=True):
    """An ad in a queue with the decisions that stand on it, oldest first."""

    item: Item
    verdicts: tuple[Event, ...]

    @property
    def parties(self) -> tuple[str, ...]:
        return actors(self.verdicts)


def actors(verdicts: Collection[Event]) -> tuple[str, ...]:
    """Who gave verdicts, each once."""
    return tuple(dict.fromkeys(verdict.actor for verdict in verdicts))


def list_conflicts(workspace: Workspace, limit: int = -1) -> list[Conflict]:
    """Ads in conflict, in the order of their queues."""
    with workspace.read() as connection:
        return [Conflict(item, standing(connection, item)) for item in items_in_conflict(connection, limit)]


def find_conflict(workspace: Workspace, ad_id: str, queue: str | None = None) -> Conflict:
    """The conflict about an ad. Raises ModtuiError when there is none, or more than one."""
    with workspace.read() as connection:
        items = [item for item in items_of_id(connection, ad_id) if queue is None or item.queue == queue]
        found = [Conflict(item, standing(connection, item)) for item in items]
    if len(found) == 1:
        return found[0]
    if not found:
        raise ModtuiError("No such conflict", f"No conflict stands on the ad {ad_id!r}.", "`modtui conflicts`.")
    queues = ", ".join(each.item.queue for each in found)
    raise ModtuiError("Several conflicts", f"The ad {ad_id!r} has one in: {queues}.", "Name one with --queue.")


def standing(connection: Connection, item: Item) -> tuple[Event, ...]:
    """The verdicts that stand on what an item holds now."""
    events = [
        event
        for event in EventLog().of_ad(connection, item.ad_no)
        if event.subject is not None
        and event.subject.content_hash == item.content_hash
        and event.body.get("queue") == item.queue
    ]
    return tuple(event for event in standing_verdicts(events) if isinstance(event, Event))


def why_not_yours(parties: Collection[str], reviewer: str, who: str) -> str:
    """Why somebody may not settle what the parties disagree on; empty when they may."""
    if who == "others" and reviewer in parties:
        return f"{reviewer} decided this ad, and a conflict is settled by somebody else"
    return ""


def require_settler(parties: Collection[str], reviewer: str, who: str, note: str) -> None:
    """Raises ModtuiError for who may not settle a conflict, and for a settlement that gives no reason.

    Without parties there is nothing to settle.
    """
    if not parties:
        return
    reason = why_not_yours(parties, reviewer, who)
    if reason:
        raise ModtuiError(
            "Not yours to settle",
            f"{reason}.",
            "Take your own decision back, or ask another reviewer or your lead: the setting `adjudication`.",
        )
    if not note.strip():
        raise ModtuiError(
            "A reason is missing",
            "Who decided otherwise will read why this is right.",
            "Write it as a comment on the ad, or with --note.",
        )


def adjudicate(
    workspace: Workspace,
    conflict: Conflict,
    chosen: str,
    reviewer: str,
    note: str = "",
    *,
    who: str = "others",
    clock: Clock = wall_clock,
) -> Event:
    """Settle a conflict in favour of one of its decisions, named by its id or its number from 1.

    The event takes the place of all that stood, and says which it follows. Raises ModtuiError for a party to the
    conflict where only others may settle it, without a reason, and when something has changed since it was read.
    """
    verdict = _chosen(conflict, chosen)
    require_settler(conflict.parties, reviewer, who, note)
    now = clock()
    item, event_id = conflict.item, new_event_id(now)

    def settle(tx: Transaction) -> Event:
        now_standing = standing(tx.connection, item)
        if {each.id for each in now_standing} != {each.id for each in conflict.verdicts}:
            raise ModtuiError("The conflict has changed", "Another event came meanwhile.", "Look at it again.")
        entry = Entry(
            id=event_id,
            kind="adjudication",
            actor=reviewer,
            at=utc_text(now),
            body={
                **{name: value for name, value in verdict.body.items() if name not in OF_ITS_OWN},
                "queue": item.queue,
                "state": _state_after(verdict),
                "context": context_hash(item.payload),
                "follows": verdict.id,
                "note": note,
            },
            subject=Subject(item.source, item.ad_id, item.content_hash),
            supersedes=tuple(each.id for each in now_standing),
            catalog_hash=verdict.catalog_hash,
            tz=verdict.tz,
            app=__version__,
        )
        return tx.append_event(entry)

    return workspace.writer.call(settle)


def _state_after(verdict: Event) -> str:
    state = str(verdict.body.get("state", ""))
    return state if state in STILL_OPEN else "decided"


def _chosen(conflict: Conflict, chosen: str) -> Event:
    if chosen.isdecimal() and 1 <= int(chosen) <= len(conflict.verdicts):
        return conflict.verdicts[int(chosen) - 1]
    found = [verdict for verdict in conflict.verdicts if verdict.id == chosen]
    if found:
        return found[0]
    raise ModtuiError(
        "No such decision", f"{chosen!r} is none of the {len(conflict.verdicts)} decisions.", "Give its number or id."
    )
