"""Reading briefings: which are unread, and the event that says one was read."""

from __future__ import annotations

from modtui import __version__
from modtui.domain.briefings import Briefing, briefings_of
from modtui.domain.catalog import Catalog
from modtui.domain.events import Entry
from modtui.store.event_log import new_event_id
from modtui.store.owner_events import briefings_read
from modtui.store.times import utc_text
from modtui.store.workspace import Workspace


def unread_briefings(workspace: Workspace, catalog: Catalog, reviewer: str, as_of: str) -> tuple[Briefing, ...]:
    """The briefings that hold or will, and that the reviewer has not read as they stand now."""
    if not catalog.briefings:
        return ()
    with workspace.read() as connection:
        read = {(event.body.get("briefing"), event.body.get("hash")) for event in briefings_read(connection, reviewer)}
    return tuple(each for each in briefings_of(catalog, as_of) if (each.id, each.hash) not in read)


def reading_entry(briefing: Briefing, catalog: Catalog, reviewer: str, now_ms: int) -> Entry:
    """The event that a briefing was read, with the hash of what it said."""
    return Entry(
        id=new_event_id(now_ms),
        kind="briefing_read",
        actor=reviewer,
        at=utc_text(now_ms),
        body={"briefing": briefing.id, "hash": briefing.hash, "catalog_version": catalog.version},
        catalog_hash=catalog.hash,
        app=__version__,
    )
