"""Events about the catalog rather than an ad's fate: which briefings somebody has read, which clauses were reported."""

from __future__ import annotations

import json
from collections.abc import Iterator

from modtui.domain.events import Event, event_from_document
from modtui.store.event_log import first_event_id
from modtui.store.sqlite import Connection

LOOK_BACK = 20_000
"Decisions of a reviewer that are searched for the catalog before: a month of them."

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


def last_catalog_before(connection: Connection, reviewer: str, digest: str) -> tuple[str, str] | None:
    """The hash of the catalog, other than this one, that the reviewer last decided under, and when that was."""
    row = connection.execute(
        """SELECT json_extract(document, '$.catalog_hash') AS known, json_extract(document, '$.at')
           FROM (SELECT document FROM events WHERE actor = ? AND kind IN ('decision', 'adjudication')
                 ORDER BY event_no DESC LIMIT ?)
           WHERE known IS NOT NULL AND known NOT IN ('', ?) LIMIT 1""",
        (reviewer, LOOK_BACK, digest),
    ).fetchone()
    return (row[0], row[1]) if row else None
