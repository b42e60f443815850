"""Ads by their numbers, as twins of another one are shown: their places, and the verdicts that stand on them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import NamedTuple

from modtui.store.sqlite import Connection


class TwinItem(NamedTuple):
    """One place of an ad in a queue, with the verdict that stands there on the content it has now."""

    ad_no: int
    source: str
    ad_id: str
    version: int
    "Which content it has now."
    title: str
    advertiser: str | None
    markets: str
    queue: str
    queue_no: int
    n: int
    state: str
    claim_session: str | None
    event_id: str | None
    reviewer: str | None
    at: str | None
    outcome: str | None
    checks: str
    "A JSON list of the ids of the checks found."
    event_state: str | None
    "What the verdict made of the ad, whatever has become of the place since."


# The verdict's document is taken apart by SQLite: it lets other threads run meanwhile, and it stays where it is.
_ITEMS = """
    SELECT a.ad_no, s.name, a.id, a.version, a.title, a.advertiser, a.markets,
           q.name, i.queue_no, i.n, i.state, c.session, e.id, e.actor, e.document ->> '$.at',
           e.document ->> '$.body.outcome',
           coalesce((SELECT json_group_array(f.value ->> '$.check')
                     FROM json_each(e.document, '$.body.findings') f), '[]'),
           e.document ->> '$.body.state'
    FROM json_each(?) wanted CROSS JOIN ads a ON a.ad_no = wanted.value
    JOIN sources s USING (source_no)
    JOIN queue_items i ON i.ad_no = a.ad_no
    JOIN queues q ON q.queue_no = i.queue_no
    LEFT JOIN claims c ON c.ad_no = a.ad_no
    LEFT JOIN events e ON e.id = i.verdict
    ORDER BY wanted.id, i.queue_no"""


def items_of(connection: Connection, ad_nos: Sequence[int]) -> list[TwinItem]:
    """The places of these ads, in the order of the numbers given; an ad that is in several queues has several."""
    return [TwinItem(*row) for row in connection.execute(_ITEMS, (json.dumps(list(ad_nos)),))]


def payload_of(connection: Connection, version_no: int) -> str:
    """The JSON of one content of an ad."""
    row = connection.execute("SELECT payload FROM ad_versions WHERE version_no = ?", (version_no,)).fetchone()
    return str(row[0]) if row else "{}"


def content_of(connection: Connection, version_no: int) -> str:
    """The hash of one content of an ad."""
    row = connection.execute(
        "SELECT lower(hex(content_hash)) FROM ad_versions WHERE version_no = ?", (version_no,)
    ).fetchone()
    return str(row[0]) if row else ""
