"""Questions a reviewer has asked by escalating, with the decisions that answer them, and what was taken back."""

from __future__ import annotations

from msgspec import Struct

from modtui.domain.events import VERDICTS, Event
from modtui.store.event_log import EventLog, first_event_id
from modtui.store.sqlite import Connection

LOOK_BACK = 5_000
"The reviewer's newest events that are looked through: a week of full shifts."
_MARK = '"state":"escalated"'
"As it stands in the canonical JSON of an event; inside a text of it the quotes would be escaped."


class Question(Struct, frozen=True):
    """An escalation and what became of it."""

    asked: Event
    title: str
    answer: Event | None
    "The decision of whoever the ad was escalated to; None while it waits."


def questions_asked(connection: Connection, reviewer: str, limit: int = 50) -> list[Question]:
    """What a reviewer escalated and that waits or was answered, the newest first.

    Left out is what was taken back, and what waits no longer because the ad has other content now.
    """
    marks = ", ".join("?" * len(VERDICTS))
    rows = connection.execute(
        f"""SELECT e.id, e.ad_no FROM
              (SELECT event_no, id, ad_no, kind, document FROM events WHERE actor = ? ORDER BY event_no DESC LIMIT ?) e
            WHERE e.kind IN ({marks}) AND instr(e.document, ?) > 0""",
        (reviewer, LOOK_BACK, *VERDICTS, _MARK),
    )
    found: list[Question] = []
    for event_id, ad_no in rows.fetchall():
        question = _question(connection, event_id, ad_no)
        if question is not None:
            found.append(question)
        if len(found) == limit:
            break
    return found


def count_retractions(connection: Connection, since_ms: int, reviewer: str) -> int:
    """How many decisions a reviewer took back since a time."""
    count: int = connection.execute(
        """SELECT count(*) FROM events e INDEXED BY sqlite_autoindex_events_1
           WHERE e.id >= ? AND e.kind = 'retraction' AND e.actor = ? AND EXISTS (
               SELECT 1 FROM json_each(e.document, '$.supersedes') s JOIN events t ON t.id = s.value
               WHERE t.kind IN ('decision', 'adjudication'))""",
        (first_event_id(since_ms), reviewer),
    ).fetchone()[0]
    return count


def _question(connection: Connection, event_id: str, ad_no: int) -> Question | None:
    log = EventLog()
    asked = log.get(connection, event_id)
    if asked is None or asked.body.get("state") != "escalated":
        return None
    title = connection.execute("SELECT title FROM ads WHERE ad_no = ?", (ad_no,)).fetchone()[0]
    later = connection.execute(
        """SELECT e.id FROM supersessions s JOIN events e USING (event_no) WHERE s.target = ?
           AND NOT EXISTS (SELECT 1 FROM supersessions t WHERE t.target = e.id) ORDER BY event_no""",
        (event_id,),
    ).fetchall()
    events = [event for (found,) in later if (event := log.get(connection, found)) is not None]
    answer = next((event for event in events if event.body.get("answers_question") == event_id), None)
    if answer is not None:
        return Question(asked, title, answer)
    waits = connection.execute(
        "SELECT 1 FROM queue_items WHERE ad_no = ? AND verdict = ? AND state = 'escalated'", (ad_no, event_id)
    ).fetchone()
    return Question(asked, title, None) if waits else None
