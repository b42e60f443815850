"""The decisions in force, page by page, for those who go through all of them."""

from __future__ import annotations

from typing import NamedTuple

from modtui.domain.events import VERDICTS
from modtui.store.event_log import first_event_id
from modtui.store.items import VERSION_BITS
from modtui.store.sqlite import Connection

_KINDS = ", ".join(f"'{kind}'" for kind in VERDICTS)
_STANDS = "NOT EXISTS (SELECT 1 FROM supersessions s WHERE s.target = {}.id)"
_NEWEST = f"""NOT EXISTS (
    SELECT 1 FROM events l WHERE l.ad_no = e.ad_no AND l.id > e.id AND l.kind IN ({_KINDS})
    AND {_STANDS.format("l")}
    AND l.document ->> '$.subject.content_hash' = e.document ->> '$.subject.content_hash')"""


class PastRow(NamedTuple):
    """A decision as it is stored, and whose it is."""

    event_no: int
    event_id: str
    document: str
    ad_no: int
    versions: int
    "How many contents the ad has had."
    current: bytes
    "The hash of the content it has now."
    source: str
    ad_id: str
    advertiser: str | None


def decisions_in_force(connection: Connection, after: int, limit: int, since_ms: int | None = None) -> list[PastRow]:
    """The newest standing verdict on each content of an ad, in whichever queue, in the order of the log.

    Those behind the number `after`, at most `limit`, and made since that time. Of two that stand beside each other,
    as a second review does beside the first, the later one is in force, by their ids: numbers differ from one workspace
    of a team to the other.
    """
    rows = connection.execute(
        f"""SELECT e.event_no, e.id, e.document, a.ad_no, a.versions, v.content_hash, s.name, a.id, a.advertiser
            FROM events e JOIN ads a ON a.ad_no = e.ad_no JOIN sources s USING (source_no)
            JOIN ad_versions v ON v.version_no = (a.ad_no << {VERSION_BITS}) | a.version
            WHERE e.event_no > ? AND e.kind IN ({_KINDS}) AND e.id >= ? AND {_STANDS.format("e")} AND {_NEWEST}
            ORDER BY e.event_no LIMIT ?""",
        (after, "" if since_ms is None else first_event_id(since_ms), limit),
    )
    return [PastRow(*row) for row in rows]


def count_verdicts(connection: Connection, since_ms: int | None = None) -> int:
    """How many verdicts there are, whether they stand or not: no fewer than `decisions_in_force` gives."""
    row = connection.execute(
        f"SELECT count(*) FROM events WHERE kind IN ({_KINDS}) AND id >= ?",
        ("" if since_ms is None else first_event_id(since_ms),),
    ).fetchone()
    return int(row[0])


def payload_with(connection: Connection, ad_no: int, versions: int, content_hash: str) -> str | None:
    """The payload of the version of an ad that has this content."""
    found = version_with(connection, ad_no, versions, content_hash)
    return found[0] if found else None


def version_with(connection: Connection, ad_no: int, versions: int, content_hash: str) -> tuple[str, int] | None:
    """The payload of the version of an ad that has this content, and when it was imported, in ms since 1970."""
    row = connection.execute(
        "SELECT payload, imported_ms FROM ad_versions WHERE version_no BETWEEN ? AND ? AND content_hash = ?",
        ((ad_no << VERSION_BITS) | 1, (ad_no << VERSION_BITS) | versions, bytes.fromhex(content_hash)),
    ).fetchone()
    return (row[0], row[1]) if row else None


def first_verdict_at(connection: Connection, ad_no: int) -> str:
    """When an ad was decided first, UTC; empty if it never was."""
    row = connection.execute(
        f"SELECT document ->> '$.at' FROM events WHERE ad_no = ? AND kind IN ({_KINDS}) ORDER BY event_no LIMIT 1",
        (ad_no,),
    ).fetchone()
    return row[0] if row else ""
