"""What the home screen and `modtui queues` show: queues, what is held, asked and answered, and the day's figures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from msgspec import Struct

from modtui.domain.events import Event
from modtui.services.clock import Clock, wall_clock
from modtui.store.conflicts import count_conflicts
from modtui.store.drill_cards import count_due as count_due_cards
from modtui.store.local_rows import get_setting
from modtui.store.questions import Question, count_retractions, questions_asked
from modtui.store.queues import (
    HeldItem,
    QueueCounts,
    count_due,
    escalated_routes,
    held_by,
    list_queues,
    queue_counts,
)
from modtui.store.remotes import count_unsynced
from modtui.store.standing import outcome_figures
from modtui.store.workspace import Workspace

READ_KEPT = 500


class QueueLine(Struct, frozen=True):
    """One queue and what waits in it."""

    name: str
    counts: QueueCounts
    due_soon: int
    "Waiting ads due within the hour, overdue ones among them; `store.queues.DUE_LIMIT` at most."


class Asked(Struct, frozen=True):
    """A question of mine: an ad I escalated."""

    event_id: str
    at: str
    source: str
    ad_id: str
    title: str
    route: str
    question: str
    answer: Event | None
    "The decision that answers it; None while it waits."
    is_news: bool
    "Answered, and I have not read it yet."


class Overview(Struct, frozen=True):
    """Everything home shows, as of one moment."""

    reviewer: str
    at_ms: int
    queues: tuple[QueueLine, ...]
    held: tuple[HeldItem, ...]
    routes: Mapping[str, int]
    "Route to the escalated ads that wait there."
    asked: tuple[Asked, ...]
    figures: Mapping[str, int]
    "Outcome to my standing decisions since midnight."
    undone: int
    "Decisions I took back since midnight."
    unsynced: int
    "Events no remote has acknowledged."
    conflicts: int = 0
    "Ads on which decisions stand against each other."
    drills_due: int = 0
    "Clauses that are due for a drill."

    @property
    def is_empty(self) -> bool:
        return not self.queues

    @property
    def decided_today(self) -> int:
        return sum(self.figures.values())


def read_overview(workspace: Workspace, reviewer: str, clock: Clock = wall_clock) -> Overview:
    """Read it all from counters and indexes; the cost does not grow with the queues."""
    now = clock()
    since = midnight_ms(now)
    with workspace.read() as connection:
        read = set(get_setting(connection, _read_setting(reviewer), ()))
        return Overview(
            reviewer,
            now,
            tuple(read_queues(workspace, clock)),
            tuple(held_by(connection, reviewer)),
            escalated_routes(connection),
            tuple(_asked(question, read) for question in questions_asked(connection, reviewer)),
            outcome_figures(connection, since, reviewer),
            count_retractions(connection, since, reviewer),
            count_unsynced(connection),
            count_conflicts(connection),
            count_due_cards(connection, reviewer, now),
        )


def read_queues(workspace: Workspace, clock: Clock = wall_clock) -> list[QueueLine]:
    """The queues in the order they were made."""
    now = clock()
    with workspace.read() as connection:
        return [
            QueueLine(queue.name, queue_counts(connection, queue.queue_no), count_due(connection, queue.queue_no, now))
            for queue in list_queues(connection)
        ]


def mark_answer_read(workspace: Workspace, reviewer: str, answer: Event) -> None:
    """Remember that the asker has seen an answer."""
    name = _read_setting(reviewer)
    with workspace.read() as connection:
        read: Sequence[str] = get_setting(connection, name, ())
    if answer.id not in read:
        workspace.writer.call(lambda tx: tx.set_setting(name, [*read, answer.id][-READ_KEPT:]))


def answer_words(answer: Event) -> str:
    """An answering decision in lines: who, when, what, and why."""
    body = answer.body
    lines = [f"{body.get('outcome', '')} by {answer.actor}, {local_time(answer.at)}"]
    for found in body.get("findings", ()):
        lines.append(f"yes to {found.get('check')}")
        lines += [f"   {clause['text']}" for clause in found.get("clauses", ()) if clause.get("text")]
    if body.get("override"):
        override = body["override"]
        lines.append(f"against the derivation: {override.get('reason')} {override.get('note') or ''}".rstrip())
    lines += [f"document: {document}" for document in body.get("documents", ())]
    if body.get("note"):
        lines += ["", str(body["note"])]
    return "\n".join(dict.fromkeys(lines) if "" not in lines else lines)


def midnight_ms(now_ms: int) -> int:
    """The start of the reviewer's day, by the clock on their wall."""
    now = datetime.fromtimestamp(now_ms / 1000).astimezone()
    return int(now.replace(hour=0, minute=0, second=0, microsecond=0).timestamp() * 1000)


def local_time(at: str) -> str:
    """A UTC time of the log by the clock on the wall: `22 Nov 14:05`; as it is when it cannot be read."""
    try:
        return f"{datetime.fromisoformat(at).astimezone():%-d %b %H:%M}"
    except (ValueError, OverflowError):
        return at


def from_now(delta_ms: int) -> str:
    """How far away a moment is, in one unit: `20 min`, `3 h`, `2 d`."""
    minutes = abs(delta_ms) // 60_000
    if minutes < 60:
        return f"{minutes} min"
    return f"{minutes // 60} h" if minutes < 48 * 60 else f"{minutes // 1440} d"


def _asked(question: Question, read: set[str]) -> Asked:
    event, answer = question.asked, question.answer
    escalations = event.body.get("escalation") or ()
    words = [str(each.get("question") or each.get("class") or "") for each in escalations]
    subject = event.subject
    return Asked(
        event.id,
        event.at,
        subject.source if subject else "",
        subject.ad_id if subject else "",
        question.title,
        str(event.body.get("route") or ""),
        "; ".join(word for word in words if word),
        answer,
        answer is not None and answer.id not in read,
    )


def _read_setting(reviewer: str) -> str:
    return f"answers-read.{reviewer}"
