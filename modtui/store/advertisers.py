"""What the workspace knows of an advertiser: decided ads, notes, hosts its ads lead to and who else leads there."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from modtui.domain.events import Event, event_from_document
from modtui.store.items import VERSION_BITS
from modtui.store.sqlite import Connection

LONGEST_HOST = 253
MOST_SHARERS = 200
"Advertisers looked at for a host: more share it than anybody reads."


class DecidedAd(NamedTuple):
    """A decided ad of an advertiser, at one of its places."""

    ad_no: int
    source: str
    ad_id: str
    title: str
    queue: str
    state: str
    event_id: str
    reviewer: str
    at: str
    outcome: str
    checks: str
    "A JSON list of the ids of the checks found."


class SharedHost(NamedTuple):
    """A host that ads of an advertiser lead to, and the others whose ads lead there."""

    host: str
    others: tuple[str, ...]


_DECIDED = """
    SELECT a.ad_no, s.name, a.id, a.title, q.name, i.state, e.id, e.actor, e.document ->> '$.at',
           coalesce(i.outcome, ''),
           coalesce((SELECT json_group_array(f.value ->> '$.check')
                     FROM json_each(e.document, '$.body.findings') f), '[]')
    FROM (SELECT ad_no FROM advertiser_verdicts WHERE advertiser = ? ORDER BY ad_no DESC LIMIT ?) v
    CROSS JOIN queue_items i ON i.ad_no = v.ad_no
    JOIN ads a ON a.ad_no = v.ad_no JOIN sources s USING (source_no) JOIN queues q ON q.queue_no = i.queue_no
    JOIN events e ON e.id = i.verdict"""


def decided_ads(connection: Connection, advertiser: str, limit: int) -> list[DecidedAd]:
    """What stands on the newest `limit` ads of an advertiser that were ever decided, in no order."""
    return [DecidedAd(*row) for row in connection.execute(_DECIDED, (advertiser, limit))]


def notes_on(connection: Connection, advertiser: str) -> Iterator[Event]:
    """The notes about an advertiser that nobody took back, the newest first."""
    rows = connection.execute(
        """SELECT document, hash FROM events e WHERE kind = 'note' AND document ->> '$.body.advertiser' = ?
           AND NOT EXISTS (SELECT 1 FROM supersessions s WHERE s.target = e.id) ORDER BY e.id DESC""",
        (advertiser,),
    )
    for document, digest in rows:
        yield event_from_document(json.loads(document), digest)


def hosts_of(connection: Connection, advertiser: str, limit: int) -> list[SharedHost]:
    """Hosts that ads of an advertiser lead to, those it shares with others first."""
    rows = connection.execute(
        "SELECT host FROM advertiser_hosts WHERE advertiser = ? ORDER BY host LIMIT ?", (advertiser, limit)
    ).fetchall()
    found = [SharedHost(host, _others(connection, host, advertiser)) for (host,) in rows]
    return sorted(found, key=lambda each: (not each.others, each.host))


def _others(connection: Connection, host: str, advertiser: str) -> tuple[str, ...]:
    rows = connection.execute(
        "SELECT advertiser FROM advertiser_hosts WHERE host = ? AND advertiser <> ? LIMIT ?",
        (host, advertiser, MOST_SHARERS),
    )
    return tuple(row[0] for row in rows)


def remember_hosts(connection: Connection, ad_nos: Sequence[int]) -> None:
    """Keep which hosts these ads lead to, as they are now. A host stays with who once led there."""
    rows = connection.execute(
        f"""SELECT v.payload ->> '$.landing_page.url', a.advertiser, a.ad_no
            FROM json_each(?) wanted CROSS JOIN ads a ON a.ad_no = wanted.value
            JOIN ad_versions v ON v.version_no = (a.ad_no << {VERSION_BITS}) | a.version
            WHERE a.advertiser IS NOT NULL AND json_type(v.payload, '$.landing_page.url') = 'text'""",
        (json.dumps(list(ad_nos)),),
    )
    known = {(host_of(url), advertiser): ad_no for url, advertiser, ad_no in rows}
    connection.executemany(
        "INSERT OR IGNORE INTO advertiser_hosts (host, advertiser, ad_no) VALUES (?, ?, ?)",
        [(host, advertiser, ad_no) for (host, advertiser), ad_no in sorted(known.items()) if host],
    )


def host_of(url: str) -> str:
    """The host of a URL in small letters without `www.`; empty where there is none."""
    from modtui.domain.links import parsed  # many patterns, and indexing is no part of a start

    link = parsed(f"https:{url}" if url.startswith("//") else url)
    host = link.host.casefold().rstrip(".").removeprefix("www.")
    is_name = all(letter.isalnum() or letter in "-._" for letter in host)
    return host if is_name and len(host) <= LONGEST_HOST else ""
