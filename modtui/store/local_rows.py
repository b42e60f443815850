"""Rows that never leave the workspace: drafts, settings, marks, and how long a decision took."""

from __future__ import annotations

import json
from typing import Any

from msgspec import Struct

from modtui.store.sqlite import Connection


class Draft(Struct, frozen=True):
    """What a reviewer had answered and typed on an ad that is not decided yet."""

    ad_no: int
    content_hash: str
    "The content it was written about; on another one it is shown, never taken."
    saved_at: str
    body: dict[str, Any]


def save_draft(connection: Connection, ad_no: int, reviewer: str, content_hash: str, body: Any, now: str) -> None:
    connection.execute(
        """INSERT INTO drafts (ad_no, reviewer, content_hash, saved_at, body) VALUES (?, ?, ?, ?, ?)
           ON CONFLICT (ad_no, reviewer) DO UPDATE SET content_hash = excluded.content_hash,
           saved_at = excluded.saved_at, body = excluded.body""",
        (ad_no, reviewer, content_hash, now, json.dumps(body, ensure_ascii=False)),
    )


def find_draft(connection: Connection, ad_no: int, reviewer: str) -> Draft | None:
    row = connection.execute(
        "SELECT ad_no, content_hash, saved_at, body FROM drafts WHERE ad_no = ? AND reviewer = ?", (ad_no, reviewer)
    ).fetchone()
    return Draft(row[0], row[1], row[2], json.loads(row[3])) if row else None


def delete_draft(connection: Connection, ad_no: int, reviewer: str) -> None:
    connection.execute("DELETE FROM drafts WHERE ad_no = ? AND reviewer = ?", (ad_no, reviewer))


def set_setting(connection: Connection, name: str, value: Any) -> None:
    """Keep a JSON value under a name; None forgets it."""
    if value is None:
        connection.execute("DELETE FROM settings WHERE name = ?", (name,))
        return
    connection.execute(
        "INSERT INTO settings (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        (name, json.dumps(value, ensure_ascii=False)),
    )


def get_setting(connection: Connection, name: str, default: Any = None) -> Any:
    row = connection.execute("SELECT value FROM settings WHERE name = ?", (name,)).fetchone()
    return json.loads(row[0]) if row else default


def settings_named(connection: Connection, prefix: str) -> dict[str, Any]:
    """All settings whose names begin with the prefix, by name; such as `slice.eu-weekly.`."""
    rows = connection.execute(
        "SELECT name, value FROM settings WHERE substr(name, 1, ?) = ? ORDER BY name", (len(prefix), prefix)
    )
    return {name: json.loads(value) for name, value in rows}


def set_mark(connection: Connection, name: str, value: int) -> None:
    """Remember how far something got, such as the number of the last event exported."""
    connection.execute(
        "INSERT INTO marks (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        (name, value),
    )


def get_mark(connection: Connection, name: str) -> int:
    """How far something got; 0 when it never began."""
    row = connection.execute("SELECT value FROM marks WHERE name = ?", (name,)).fetchone()
    return int(row[0]) if row else 0


def add_event_locals(connection: Connection, event_no: int, session: str | None, active_ms: int | None) -> None:
    connection.execute(
        "INSERT INTO event_locals (event_no, session, active_ms) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
        (event_no, session, active_ms),
    )


def active_ms(connection: Connection, event_id: str) -> int | None:
    """The active time behind an event, if it was counted."""
    row = connection.execute(
        "SELECT l.active_ms FROM events e JOIN event_locals l USING (event_no) WHERE e.id = ?", (event_id,)
    ).fetchone()
    return row[0] if row else None
