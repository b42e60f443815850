"""A decision as a row of a table: what a person wants to sort and filter by. JSONL carries the record whole."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from modtui.domain.events import Event

COLUMNS = (
    "event_id",
    "kind",
    "standing",
    "decided_at",
    "reviewer",
    "source",
    "ad_id",
    "content_hash",
    "queue",
    "outcome",
    "derived",
    "state",
    "as_of",
    "catalog_id",
    "catalog_version",
    "catalog_hash",
    "findings",
    "cut",
    "held",
    "limited",
    "documents",
    "override",
    "escalated_to",
    "note",
    "supersedes",
    "stream",
    "seq",
    "hash",
)


def decision_row(event: Event, is_standing: bool) -> tuple[object, ...]:
    """The columns of one decision, or of the retraction that took one back."""
    body: Mapping[str, Any] = event.body
    subject = event.subject
    catalog = body.get("catalog") or {}
    override = body.get("override") or {}
    return (
        event.id,
        event.kind,
        "yes" if is_standing else "no",
        event.at,
        event.actor,
        subject.source if subject else "",
        subject.ad_id if subject else "",
        subject.content_hash if subject else "",
        body.get("queue", ""),
        body.get("outcome", ""),
        body.get("derived", ""),
        body.get("state", ""),
        body.get("as_of", ""),
        catalog.get("id", ""),
        catalog.get("version", ""),
        event.catalog_hash,
        "; ".join(finding["check"] for finding in body.get("findings", ())),
        _cells(body, "cut"),
        _cells(body, "held"),
        _cells(body, "limited"),
        "; ".join(body.get("documents", ())),
        override.get("reason", ""),
        "; ".join(asked["route"] for asked in body.get("escalation") or ()),
        body.get("note", ""),
        "; ".join(event.supersedes),
        event.stream,
        event.seq,
        event.hash,
    )


def _cells(body: Mapping[str, Any], state: str) -> str:
    """The cells in one state, such as `FR 16-17; SA`."""
    named = (_cell_name(cell) for cell in body.get("cells", ()) if cell.get("state") == state)
    return "; ".join(named)


def _cell_name(cell: Mapping[str, Any]) -> str:
    youngest, oldest = cell.get("min_age") or 0, cell.get("max_age")
    if oldest is None:
        return f"{cell['market']} {youngest}+" if youngest else str(cell["market"])
    return f"{cell['market']} {youngest}-{oldest}"
