"""What the tests of the store share: a clock that stands still, ads, and the events of a reviewer."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from modtui.domain.events import Entry, Subject
from modtui.store.ad_rows import AdRow
from modtui.store.event_log import new_event_id
from modtui.store.items import Item
from modtui.store.times import utc_text
from modtui.store.workspace import Workspace, open_workspace

NOW_MS = 1_795_000_000_000
NOW = utc_text(NOW_MS)
MINUTE = 60_000


def at(minutes: int) -> str:
    return utc_text(NOW_MS + minutes * MINUTE)


def ad_row(ad_id: str, body: str = "A plain text.", context: str = "", **columns: Any) -> AdRow:
    """An ad whose content is its body, and whose context is the rest of the payload."""
    payload = json.dumps({"id": ad_id, "creative": {"body": body}, "extra": context})
    digest = hashlib.sha256(body.encode()).hexdigest()
    values: dict[str, Any] = {"source": "desk", "title": f"title of {ad_id}"} | columns
    return AdRow(id=ad_id, content_hash=digest, payload=payload, **values)


def open_desk(folder: Path, name: str = "w.modtui") -> Workspace:
    return open_workspace(folder / name, NOW_MS)


def fill(workspace: Workspace, *rows: AdRow, queue: str = "q") -> Any:
    workspace.writer.call(lambda tx: tx.create_queue(queue, NOW))
    return workspace.writer.call(lambda tx: tx.store_ads(queue, rows, NOW_MS))


def sit_down(workspace: Workspace, *reviewers: str) -> None:
    for reviewer in reviewers:
        workspace.writer.call(lambda tx, name=reviewer: tx.open_session(f"s-{name}", name, NOW))


def claim(
    workspace: Workspace, reviewer: str = "amina", queue: str | None = "q", now: str = NOW, **more: Any
) -> Item | None:
    return workspace.writer.call(
        lambda tx: tx.claim_next(queue, reviewer=reviewer, session=f"s-{reviewer}", now=now, **more)
    )


def entry(item: Item, kind: str = "decision", actor: str = "amina", **body: Any) -> Entry:
    if kind in ("decision", "adjudication"):
        body = {"state": "decided", "outcome": "approve"} | body
    supersedes = tuple(body.pop("supersedes", ()))
    return Entry(
        id=new_event_id(NOW_MS),
        kind=kind,
        actor=actor,
        at=NOW,
        body={"queue": item.queue} | body,
        subject=Subject(item.source, item.ad_id, item.content_hash),
        supersedes=supersedes,
    )


def append(workspace: Workspace, event: Entry) -> Any:
    return workspace.writer.call(lambda tx: tx.append_event(event, session=f"s-{event.actor}"))
