"""Decisions that were made together: which they are, found without going through the log."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

from modtui.domain.events import VERDICTS, Event, event_from_document
from modtui.store.sqlite import Connection


def group_id(event: Event) -> str:
    """The id of the group an event was made in; empty when it was made alone."""
    group = event.body.get("group") or {}
    return str(group.get("id", "")) if isinstance(group, dict) else ""


def standing_of_group(connection: Connection, reviewer: str, group: str) -> Iterator[Event]:
    """The verdicts of a group that nobody took back or replaced, the newest first.

    A group's id is made before its events, so that none of them stands in the log before an event with a lesser id.
    """
    rows = connection.execute(
        f"""SELECT document, hash, id FROM events e WHERE actor = ? AND kind IN ({", ".join("?" * len(VERDICTS))})
            AND NOT EXISTS (SELECT 1 FROM supersessions s WHERE s.target = e.id) ORDER BY event_no DESC""",
        (reviewer, *VERDICTS),
    )
    for document, digest, event_id in rows:
        if event_id < group:
            return
        event = event_from_document(json.loads(document), digest)
        if group_id(event) == group:
            yield event


def undone_of_group(connection: Connection, reviewer: str, group: str) -> list[tuple[Event, Event]]:
    """The verdicts of a group that were taken back together and not done again, each behind its retraction, in order.

    What was taken back alone is not among them.
    """
    rows = connection.execute(
        "SELECT document, hash, id FROM events WHERE actor = ? ORDER BY event_no DESC", (reviewer,)
    )
    redone: set[str] = set()
    retractions: dict[str, Event] = {}
    found: list[tuple[Event, Event]] = []
    for document, digest, event_id in rows:
        if event_id < group:
            break
        event = event_from_document(json.loads(document), digest)
        if event.kind == "retraction" and group_id(event) == group:
            retractions.update(dict.fromkeys(event.supersedes, event))
        redone.add(str(event.body.get("redo_of", "")))
        retraction = retractions.get(event.id)
        if retraction is not None and retraction.id not in redone:
            found.append((retraction, event))
    return found[::-1]


def barred_from(connection: Connection, reviewer: str, ad_nos: Sequence[int]) -> set[int]:
    """Those of the ads that a reviewer skipped or judged already, and does not get again."""
    rows = connection.execute(
        """SELECT i.ad_no FROM json_each(?) wanted CROSS JOIN queue_items i ON i.ad_no = wanted.value
           LEFT JOIN exclusions x ON x.queue_no = i.queue_no AND x.n = i.n AND x.reviewer = ?
           WHERE i.barred = ? OR x.reviewer IS NOT NULL""",
        (json.dumps(list(ad_nos)), reviewer, reviewer),
    )
    return {row[0] for row in rows}
