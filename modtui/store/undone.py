"""What has been taken back, and what a redo would make again."""

from __future__ import annotations

import json

from modtui.domain.events import Event, event_from_document
from modtui.store.event_log import EventLog
from modtui.store.sqlite import Connection

LOOK_BACK = 1_000
"Events searched for a retraction to redo."


def is_superseded(connection: Connection, event_id: str) -> bool:
    """Whether some event takes this one back or takes its place."""
    row = connection.execute("SELECT 1 FROM supersessions WHERE target = ? LIMIT 1", (event_id,)).fetchone()
    return row is not None


def newest_undone(connection: Connection, reviewer: str) -> tuple[Event, Event] | None:
    """The retraction that redo answers, and the verdict it took back; None once the reviewer has decided anew.

    A redo is a decision that names the retraction in `redo_of`; each one met uses up the retraction before it.
    """
    rows = connection.execute(
        """SELECT document, hash FROM (SELECT event_no, document, hash, actor, kind FROM events ORDER BY event_no DESC
           LIMIT ?) WHERE actor = ? AND kind IN ('decision', 'retraction') ORDER BY event_no DESC""",
        (LOOK_BACK, reviewer),
    ).fetchall()
    redone = 0
    for document, digest in rows:
        event = event_from_document(json.loads(document), digest)
        if event.kind == "decision":
            if "redo_of" not in event.body:
                return None
            redone += 1
        elif redone:
            redone -= 1
        else:
            taken_back = EventLog().get(connection, event.supersedes[0])
            return (event, taken_back) if taken_back else None
    return None
