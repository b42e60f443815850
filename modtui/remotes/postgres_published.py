"""What the lead of a team publishes: catalogs, queues with their work, and what is known of the reviewers."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from modtui.remotes.board import PublishedCatalog, PublishedCounts, WorkAd, item_key
from modtui.remotes.postgres_connection import transact

if TYPE_CHECKING:
    from psycopg import Connection

LONGEST_LEASE_DAYS = 15
"Nobody can ask for one as long (`remote lease --hours`)."


class Person(Struct, frozen=True):
    """A reviewer as the lead knows them. What is empty restricts nothing, but for skills."""

    name: str
    login: str
    markets: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    families: tuple[str, ...] = ()
    skills: tuple[str, ...] = ()
    cap: int = 200
    "Ads they may have at a time."


class PostgresBoard:
    """Implements `board.Board` over a connection."""

    hands_out = True

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    def newest_hash(self) -> str | None:
        return newest_catalog_hash(self.connection)

    def newest_catalog(self) -> PublishedCatalog | None:
        return newest_catalog(self.connection)

    def publish_catalog(self, digest: str, catalog_id: str, version: str, document: str, by: str) -> bool:
        return publish_catalog(self.connection, digest, catalog_id, version, document, by)

    def publish_queue(self, name: str, settings: Mapping[str, Any], by: str) -> None:
        publish_queue(self.connection, name, settings, by)

    def publish_ads(self, queue: str, ads: Sequence[WorkAd]) -> PublishedCounts:
        return publish_ads(self.connection, queue, ads)


def publish_catalog(connection: Connection, digest: str, catalog_id: str, version: str, document: str, by: str) -> bool:
    """Make a catalog the team's newest; whether it is new there. What stands under a hash is never replaced."""

    def run(within: Connection) -> bool:
        return (
            within.execute(
                """INSERT INTO modtui.catalogs (hash, id, version, document, published_by) VALUES (%s, %s, %s, %s, %s)
                   ON CONFLICT (hash) DO NOTHING""",
                (digest, catalog_id, version, document, by),
            ).rowcount
            == 1
        )

    return transact(connection, run)


def newest_catalog(connection: Connection) -> PublishedCatalog | None:
    """The catalog that was published last."""
    row = connection.execute(
        """SELECT hash, id, version, document, published_at::text, published_by FROM modtui.catalogs
           ORDER BY published_at DESC, hash LIMIT 1"""
    ).fetchone()
    return PublishedCatalog(*row) if row else None


def newest_catalog_hash(connection: Connection) -> str | None:
    row = connection.execute("SELECT hash FROM modtui.catalogs ORDER BY published_at DESC, hash LIMIT 1").fetchone()
    return row[0] if row else None


def publish_queue(connection: Connection, name: str, settings: Mapping[str, Any], by: str) -> None:
    """Make a queue, or give it other settings. Work that stands there as no lease or decision left it is opened."""

    def run(within: Connection) -> None:
        within.execute(
            """INSERT INTO modtui.queues (name, settings, published_by) VALUES (%s, %s, %s)
               ON CONFLICT (name) DO UPDATE SET settings = excluded.settings""",
            (name, json.dumps(dict(settings), ensure_ascii=False, sort_keys=True), by),
        )
        within.execute(_REPAIR, {"queue": name, "days": LONGEST_LEASE_DAYS})

    transact(connection, run)


# Reviewers must be able to write this table to lease, so one of them can spoil it: done by nothing, leased for ever.
_REPAIR = """UPDATE modtui.work AS w SET state = 'open', holder = NULL, token = token + 1, leased_until = NULL,
    closed_by = NULL, closed_at = NULL
    WHERE w.queue = %(queue)s AND (
        w.state NOT IN ('open', 'leased', 'done')
        OR w.state = 'leased'
            AND coalesce(w.leased_until, 'infinity') > clock_timestamp() + %(days)s * interval '1 day'
        OR w.state = 'done' AND NOT EXISTS (SELECT 1 FROM modtui.events e WHERE e.id = w.closed_by))"""


def queue_settings(connection: Connection) -> dict[str, Mapping[str, Any]]:
    """All published queues with their settings, by name."""
    rows = connection.execute("SELECT name, settings FROM modtui.queues ORDER BY name").fetchall()
    return {name: json.loads(settings) for name, settings in rows}


def publish_ads(connection: Connection, queue: str, ads: Sequence[WorkAd]) -> PublishedCounts:
    """Put a batch of ads into a queue. Repeating it changes nothing; other content reopens the ad for review.

    An ad that is leased while its content changes is opened too: what is decided on the old content comes late.
    """
    given = _columns(queue, ads)

    def run(within: Connection) -> PublishedCounts:
        known: dict[str, str] = dict(
            within.execute(
                "SELECT item, content_hash FROM modtui.ads WHERE item = ANY(%s)",
                (given["items"],),
            ).fetchall()
        )
        changed = [
            item
            for item, digest in zip(given["items"], given["digests"], strict=True)
            if known.get(item, digest) != digest
        ]
        within.execute(
            """INSERT INTO modtui.ads (item, queue, source, ad_id, content_hash, payload)
               SELECT g.item, %(queue)s::text, g.source, g.ad_id, g.content_hash, g.payload
               FROM unnest(%(items)b::text[], %(sources)b::text[], %(ids)b::text[], %(digests)b::text[],
                   %(payloads)b::text[]) AS g (item, source, ad_id, content_hash, payload)
               ON CONFLICT (item) DO UPDATE SET content_hash = excluded.content_hash, payload = excluded.payload""",
            given,
        )
        within.execute(
            """INSERT INTO modtui.work
                   (item, slot, queue, order_key, place, markets, languages, families, skills, is_blind)
               SELECT g.item, s.slot, %(queue)s::text, g.order_key, g.place,
                   string_to_array(g.markets, ','), string_to_array(g.languages, ','),
                   string_to_array(g.families, ','), string_to_array(g.skills, ','), g.is_double
               FROM unnest(%(items)b::text[], %(keys)b::bigint[], %(places)b::bigint[], %(markets)b::text[],
                   %(languages)b::text[],
                   %(families)b::text[], %(skills)b::text[], %(doubles)b::boolean[])
                   AS g (item, order_key, place, markets, languages, families, skills, is_double)
               JOIN (VALUES (1), (2)) AS s (slot) ON s.slot = 1 OR g.is_double
               ON CONFLICT (item, slot) DO UPDATE SET order_key = excluded.order_key, markets = excluded.markets,
                   languages = excluded.languages, families = excluded.families, skills = excluded.skills""",
            given,
        )
        if changed:
            within.execute(
                """UPDATE modtui.work SET state = 'open', holder = NULL, token = token + 1, closed_by = NULL,
                   closed_at = NULL WHERE item = ANY(%s)""",
                (changed,),
            )
        new = len(set(given["items"]) - set(known))
        return PublishedCounts(new, len(changed), len(given["items"]) - new - len(changed))

    return transact(connection, run)


def _columns(queue: str, ads: Sequence[WorkAd]) -> dict[str, Any]:
    """The batch by columns. Of one ad given twice the last counts. Postgres keeps no NUL in a text."""
    by_item = {item_key(queue, ad.source, ad.ad_id): ad for ad in ads}
    rows = list(by_item.values())
    return {
        "queue": queue,
        "items": list(by_item),
        "sources": [ad.source for ad in rows],
        "ids": [ad.ad_id for ad in rows],
        "digests": [ad.content_hash for ad in rows],
        "payloads": [ad.payload for ad in rows],
        "keys": [ad.order_key for ad in rows],
        "places": [ad.place for ad in rows],
        "markets": [_joined(ad.markets) for ad in rows],
        "languages": [_joined(ad.languages) for ad in rows],
        "families": [_joined(ad.families) for ad in rows],
        "skills": [_joined(ad.skills) for ad in rows],
        "doubles": [ad.is_double for ad in rows],
    }


def _joined(names: Sequence[str]) -> str:
    """For `string_to_array`, of which an empty text is an empty array; a comma is in no code, family or skill."""
    return ",".join(name.replace(",", " ") for name in names)


def enlist(connection: Connection, person: Person) -> None:
    """Say what a reviewer may be given, in place of what was said before."""

    def run(within: Connection) -> None:
        within.execute(
            """INSERT INTO modtui.people (name, login, markets, languages, families, skills, cap)
               VALUES (%s, %s, %s, %s, %s, %s, %s) ON CONFLICT (name) DO UPDATE SET login = excluded.login,
               markets = excluded.markets, languages = excluded.languages, families = excluded.families,
               skills = excluded.skills, cap = excluded.cap""",
            (
                person.name, person.login, list(person.markets), list(person.languages), list(person.families),
                list(person.skills), person.cap,
            ),
        )  # fmt: skip

    transact(connection, run)


def strike(connection: Connection, name: str) -> bool:
    """Forget what was said of a reviewer; whether anything was."""
    return transact(
        connection, lambda within: within.execute("DELETE FROM modtui.people WHERE name = %s", (name,)).rowcount == 1
    )


def people(connection: Connection) -> list[Person]:
    rows = connection.execute(
        "SELECT name, login, markets, languages, families, skills, cap FROM modtui.people ORDER BY name"
    ).fetchall()
    return [Person(row[0], row[1], tuple(row[2]), tuple(row[3]), tuple(row[4]), tuple(row[5]), row[6]) for row in rows]
