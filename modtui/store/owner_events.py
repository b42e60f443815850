"""Events about the catalog rather than an ad's fate: which briefings somebody has read, which clauses were reported."""

from __future__ import annotations

import json
from collections.abc import Iterator

from modtui.domain.events import Event, event_from_document
from modtui.store.event_log import first_event_id
from modtui.store.sqlite import Connection

# The kinds stand in the statements as words, because only then does SQLite use the indexes that hold nothing else.


def clause_reports(connection: Connection, since_ms: int | None = None) -> Iterator[Event]:
    """The reports of clauses, in the order of the log, those that were taken back among them."""
    rows = connection.execute(
        "SELECT document, hash FROM events WHERE kind = 'clause_report' AND id >= ? ORDER BY event_no",
        ("" if since_ms is None else first_event_id(since_ms),),
    )
    for document, digest in rows:
        yield event_from_document(json.loads(document), digest)


def briefings_read(connection: Connection, reviewer: str) -> Iterator[Event]:
    """What a reviewer has read, in the order of the log."""
    rows = connection.execute(
        "SELECT document, hash FROM events WHERE kind = 'briefing_read' AND actor = ? ORDER BY event_no", (reviewer,)
    )
    for document, digest in rows:
        yield event_from_document(json.loads(document), digest)
