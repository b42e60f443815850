"""What people decided, as immutable events in a hash chain, and what the events of one ad add up to."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from msgspec import Struct, field

EVENT_FORMAT = 1
FIRST_PREV = "0" * 64
"What stands for the hash before the first event of a stream."
KINDS = (
    "decision", "retraction", "hold", "release", "skip", "note", "clause_report",
    "briefing_read", "adjudication", "appeal", "checkpoint", "key",
)  # fmt: skip
VERDICTS = ("decision", "adjudication")
"The kinds that say what becomes of an ad."
STATES = ("new", "waiting_document", "second_review", "escalated", "held", "decided")
"What a queue item can be. *In review* is a claim on it, whatever its state."
AFTER_VERDICT = ("waiting_document", "second_review", "escalated", "decided")


class Subject(Struct, frozen=True):
    """The ad version an event speaks of."""

    source: str
    ad_id: str
    content_hash: str


class Entry(Struct, frozen=True):
    """An event before it has a place in the log. Its id is made before the first try to store it, and kept."""

    id: str
    "UUIDv7."
    kind: str
    actor: str
    at: str
    "UTC, ISO 8601 with milliseconds and Z, by the wall clock. It never orders anything."
    body: Mapping[str, Any] = field(default_factory=dict)
    "Plain JSON without floats. A verdict names `queue`, `state` (AFTER_VERDICT), `outcome` and, if escalated, `route`."
    subject: Subject | None = None
    supersedes: tuple[str, ...] = ()
    "Ids of the events this one takes the place of, or takes back."
    catalog_hash: str = ""
    tz: str = ""
    app: str = ""


class Event(Entry, frozen=True):
    """An event in the log: the entry with its place in the stream and its hash."""

    v: int = EVENT_FORMAT
    stream: str = ""
    "The incarnation of a workspace that wrote it."
    seq: int = 0
    "From 1, without gaps."
    prev: str = FIRST_PREV
    "The hash of the event before it in the stream."
    hash: str = ""


_LEAVES = frozenset((str, int, bool, type(None)))


class BrokenChainError(ValueError):
    """The event at `position` in what was walked (from 0) does not follow from the ones before it."""

    def __init__(self, position: int, stream: str, seq: int, why: str) -> None:
        super().__init__(f"event {seq} of stream {stream}: {why}")
        self.position, self.stream, self.seq, self.why = position, stream, seq, why


def canonical_json(value: Any) -> str:
    """The one way to write a value: sorted keys, no spaces, UTF-8 text. Floats and lone surrogates raise ValueError."""
    _refuse_floats(value)
    text = json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    text.encode("utf-8")  # UnicodeEncodeError is a ValueError
    return text


def _refuse_floats(value: Any) -> None:
    waiting = [value]
    while waiting:
        each = waiting.pop()
        if type(each) in _LEAVES:
            continue
        if isinstance(each, float):
            raise ValueError("an event holds no floats: they are not the same everywhere")
        if isinstance(each, dict | Mapping):
            if not all(isinstance(key, str) for key in each):
                raise ValueError("the keys of an event are texts")
            waiting += each.values()
        elif isinstance(each, list | tuple):
            waiting += each


def entry_document(entry: Entry) -> dict[str, Any]:
    """What the entry says, as plain JSON: all of an event but its place and hash."""
    subject = entry.subject
    return {
        "id": entry.id,
        "kind": entry.kind,
        "actor": entry.actor,
        "at": entry.at,
        "tz": entry.tz,
        "app": entry.app,
        "catalog_hash": entry.catalog_hash,
        "subject": subject and {"source": subject.source, "ad_id": subject.ad_id, "content_hash": subject.content_hash},
        "supersedes": list(entry.supersedes),
        "body": entry.body,
    }


def event_document(event: Event) -> dict[str, Any]:
    """All of the event but its hash, as plain JSON."""
    place = {"v": event.v, "stream": event.stream, "seq": event.seq, "prev": event.prev}
    return place | entry_document(event)


def document_hash(document: str) -> str:
    """SHA-256, in hex, of the canonical JSON of an event."""
    return hashlib.sha256(document.encode("utf-8")).hexdigest()


def event_hash(event: Event) -> str:
    return document_hash(canonical_json(event_document(event)))


def seal(entry: Entry, stream: str, seq: int, prev: str, kinds: Collection[str] = KINDS) -> tuple[Event, str]:
    """Give an entry its place: the event and its canonical JSON. Raises ValueError for an unknown kind or a float."""
    if entry.kind not in kinds:
        raise ValueError(f"unknown kind of event: {entry.kind!r}")
    place = {"v": EVENT_FORMAT, "stream": stream, "seq": seq, "prev": prev}
    document = canonical_json(place | entry_document(entry))
    return event_from_document(json.loads(document), document_hash(document)), document


def event_from_document(document: Mapping[str, Any], digest: str) -> Event:
    """Build an event from its plain JSON. Unknown fields are left to the stored bytes. Raises KeyError, TypeError."""
    subject = document["subject"]
    return Event(
        id=document["id"],
        kind=document["kind"],
        actor=document["actor"],
        at=document["at"],
        body=document["body"],
        subject=subject and Subject(subject["source"], subject["ad_id"], subject["content_hash"]),
        supersedes=tuple(document["supersedes"]),
        catalog_hash=document["catalog_hash"],
        tz=document["tz"],
        app=document["app"],
        v=document["v"],
        stream=document["stream"],
        seq=document["seq"],
        prev=document["prev"],
        hash=digest,
    )


def verify_chain(events: Iterable[Event]) -> int:
    """Walk events in order, streams mixed or not, and return how many hold.

    Raises BrokenChainError at the first that does not. A stream met in the middle is believed for what lies before.
    """
    heads: dict[str, tuple[int, str]] = {}
    count = 0
    for event in events:
        seq, prev = heads.get(event.stream, (event.seq - 1, event.prev))
        if event.seq != seq + 1:
            raise BrokenChainError(count, event.stream, event.seq, f"expected number {seq + 1}")
        if event.prev != prev or (event.seq == 1 and event.prev != FIRST_PREV):
            raise BrokenChainError(count, event.stream, event.seq, "does not name the event before it")
        if event_hash(event) != event.hash:
            raise BrokenChainError(count, event.stream, event.seq, "its content does not match its hash")
        heads[event.stream] = (event.seq, event.hash)
        count += 1
    return count


def withdrawn(events: Sequence[Entry]) -> set[str]:
    """The ids that events retract or take the place of. What a retracted event had replaced stands again."""
    retracted = {target for event in events if event.kind == "retraction" for target in event.supersedes}
    replaced = {target for event in events if event.id not in retracted for target in event.supersedes}
    return retracted | replaced


def standing_verdicts(events: Iterable[Entry]) -> tuple[Entry, ...]:
    """The verdicts among the events of one ad that nothing has retracted or superseded, in order."""
    events = tuple(events)
    gone = withdrawn(events)
    return tuple(event for event in events if event.kind in VERDICTS and event.id not in gone)


class ItemStatus(Struct, frozen=True):
    """What the events of an ad make of its item in one queue."""

    state: str = "new"
    verdict_id: str | None = None
    "The newest standing verdict on this content."
    outcome: str | None = None
    route: str | None = None
    "To whom it is escalated, held or not."
    holder: str | None = None
    wake_at: str | None = None
    "When a held item comes back."
    barred: tuple[str, ...] = ()
    "Who does not get it again: those who skipped it, and those who already gave a verdict under second review."
    is_conflict: bool = False
    "Several verdicts stand beside each other with different outcomes, and none waits for another any more."


def item_status(events: Sequence[Entry], queue: str, content_hash: str, context: str = "") -> ItemStatus:
    """Fold the events of one ad, in order, into the status of its item in a queue, for the content it has now.

    `context` is the hash of the ad's whole payload: an item that waits for a document is new again when the verdict
    names another one. Events on other content or of other queues change nothing.
    """
    gone = withdrawn(events)
    own = [
        event
        for event in events
        if event.id not in gone
        and event.subject is not None
        and event.subject.content_hash == content_hash
        and event.body.get("queue") == queue
    ]
    verdicts = standing_verdicts(own)
    skippers = _skippers(own)
    hold = _standing_hold(own)
    if not verdicts:
        if hold is not None:
            return ItemStatus("held", holder=hold.actor, wake_at=hold.body.get("until"), barred=skippers)
        return ItemStatus(barred=skippers)
    last = verdicts[-1]
    state = _state_after(verdicts)
    outcome = last.body.get("outcome")
    seen = last.body.get("context", context)
    if state == "waiting_document" and seen != context:
        if hold is not None and hold.body.get("context") == context:
            return ItemStatus("held", last.id, outcome, None, hold.actor, hold.body.get("until"), skippers)
        return ItemStatus(verdict_id=last.id, outcome=outcome, barred=skippers)
    reviewers = tuple(v.actor for v in verdicts) if state == "second_review" else ()
    barred = tuple(dict.fromkeys((*skippers, *reviewers)))
    route = last.body.get("route") if state == "escalated" else None
    if hold is not None and state != "decided":
        return ItemStatus("held", last.id, outcome, route, hold.actor, hold.body.get("until"), barred)
    return ItemStatus(
        state,
        last.id,
        outcome,
        route=route,
        barred=barred,
        is_conflict=_is_conflict(verdicts),
    )


def _state_after(verdicts: Sequence[Entry]) -> str:
    """What the last of the standing verdicts leaves; not waiting for another reviewer when another has spoken.

    Two who judged one ad without knowing of each other may both have left it to a second pair of eyes: they are it.
    """
    state = str(verdicts[-1].body.get("state", "decided"))
    if state == "second_review" and len({verdict.actor for verdict in verdicts}) > 1:
        return "decided"
    return state


def _is_conflict(verdicts: Sequence[Entry]) -> bool:
    """Whether verdicts that stand beside each other say different things, the last being one that closes the ad.

    One that waited for a document says nothing against what was decided once it was there.
    """
    last = verdicts[-1].body
    if _state_after(verdicts) not in ("decided", "waiting_document"):
        return False
    beside = (
        v.body
        for v in verdicts
        if v.body.get("state") != "waiting_document" or v.body.get("context") == last.get("context")
    )
    return len({body.get("outcome") for body in beside}) > 1


def _skippers(events: Sequence[Entry]) -> tuple[str, ...]:
    """Who skipped the ad since the last verdict, in order, each once."""
    names: dict[str, None] = {}
    for event in events:
        if event.kind == "skip":
            names[event.actor] = None
        elif event.kind in VERDICTS:
            names.clear()
    return tuple(names)


def _standing_hold(events: Sequence[Entry]) -> Entry | None:
    """The last hold that no release, skip or verdict has ended."""
    hold: Entry | None = None
    for event in events:
        if event.kind == "hold":
            hold = event
        elif event.kind in ("release", "skip", *VERDICTS):
            hold = None
    return hold
