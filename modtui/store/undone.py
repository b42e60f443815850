"""What a reviewer did last and may take back, and what a redo would make again."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence

from modtui.domain.events import VERDICTS, Event, event_from_document
from modtui.store.event_log import EventLog
from modtui.store.sqlite import Connection

LOOK_BACK = 1_000
"Events searched for a retraction to redo."
ACTS = (*VERDICTS, "hold", "skip")
"What a reviewer does with an ad."


def is_superseded(connection: Connection, event_id: str) -> bool:
    """Whether some event takes this one back or takes its place."""
    row = connection.execute("SELECT 1 FROM supersessions WHERE target = ? LIMIT 1", (event_id,)).fetchone()
    return row is not None


def newest_act(
    connection: Connection,
    reviewer: str,
    session: str | None = None,
    kinds: Sequence[str] = ACTS,
    passed_over: Collection[str] = (),
) -> Event | None:
    """The reviewer's newest event of these kinds that neither they replaced nor anybody retracted.

    One whose place another reviewer's event has taken is among them: it cannot be taken back, and its author should
    hear why. `passed_over` are ids of events to leave out; with `session` only what was done in that one counts.
    """
    of_session = "" if session is None else "AND l.session = ?"
    row = connection.execute(
        f"""SELECT e.id FROM events e LEFT JOIN event_locals l USING (event_no)
            WHERE e.actor = ? AND e.kind IN ({", ".join("?" * len(kinds))}) {of_session}
            AND e.id NOT IN ({", ".join("?" * len(passed_over))})
            AND NOT EXISTS (SELECT 1 FROM supersessions s JOIN events r USING (event_no)
                            WHERE s.target = e.id AND (r.actor = e.actor OR r.kind = 'retraction'))
            ORDER BY e.event_no DESC LIMIT 1""",
        (reviewer, *kinds, *(() if session is None else (session,)), *passed_over),
    ).fetchone()
    return EventLog().get(connection, row[0]) if row else None


def newest_undone(connection: Connection, reviewer: str) -> tuple[Event, Event] | None:
    """The retraction that redo answers, and what it took back; None once the reviewer has done something anew.

    A redo is an event that names the retraction in `redo_of`; each one met uses up the retraction before it.
    """
    rows = connection.execute(
        f"""SELECT document, hash FROM (SELECT event_no, document, hash, actor, kind FROM events ORDER BY event_no DESC
            LIMIT ?) WHERE actor = ? AND kind IN ('retraction', {", ".join("?" * len(ACTS))}) ORDER BY event_no DESC""",
        (LOOK_BACK, reviewer, *ACTS),
    ).fetchall()
    redone = 0
    for document, digest in rows:
        event = event_from_document(json.loads(document), digest)
        if event.kind != "retraction":
            if "redo_of" not in event.body:
                return None
            redone += 1
            continue
        taken_back = EventLog().get(connection, event.supersedes[0])
        if taken_back is not None and taken_back.kind not in ACTS:
            continue  # a report of a clause, which redo has nothing to do with
        if redone:
            redone -= 1
        else:
            return (event, taken_back) if taken_back else None
    return None


def kinds_taken_back(connection: Connection, event: Event) -> frozenset[str]:
    """The kinds of what an event takes back, as far as that is here."""
    marks = ",".join("?" * len(event.supersedes))
    rows = connection.execute(f"SELECT DISTINCT kind FROM events WHERE id IN ({marks})", event.supersedes)
    return frozenset(kind for (kind,) in rows)
