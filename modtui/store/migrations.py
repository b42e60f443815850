"""Brings a workspace file to the tables of this version. Imported only when needed: sqlite_utils costs 90 ms."""

from __future__ import annotations

from collections.abc import Iterable

from sqlite_utils import Database
from sqlite_utils.migrations import Migrations

from modtui.store import schema
from modtui.store.advertisers import remember_hosts
from modtui.store.sqlite import Connection

workspace = Migrations("modtui")
_ADS_AT_ONCE = 10_000


@workspace()
def m001_core(db: Database) -> None:
    """Ads, queues, events and local rows."""
    _execute(db, schema.CORE)


@workspace()
def m002_search(db: Database) -> None:
    """The full-text index over the ads."""
    _execute(db, schema.SEARCH)


@workspace()
def m003_owner_events(db: Database) -> None:
    """Ways to the few events about the catalog."""
    _execute(db, schema.OWNER_EVENTS)


@workspace()
def m004_advertisers(db: Database) -> None:
    """Notes about advertisers, and the hosts their ads lead to; of ads that are there already as well."""
    _execute(db, schema.ADVERTISERS)
    last = db.execute("SELECT coalesce(max(ad_no), 0) FROM ads").fetchone()[0]
    for first in range(1, last + 1, _ADS_AT_ONCE):
        remember_hosts(db.conn, range(first, min(first + _ADS_AT_ONCE, last + 1)))


@workspace()
def m005_later_versions(db: Database) -> None:
    """Contents that came to known ads, in the order they came."""
    _execute(db, schema.LATER_VERSIONS)


@workspace()
def m006_leases(db: Database) -> None:
    """The ads a remote has given this workspace."""
    _execute(db, schema.LEASES)


@workspace()
def m007_practice(db: Database) -> None:
    """The log of attempts, packs, and what practice keeps beside them."""
    _execute(db, schema.PRACTICE)


@workspace()
def m008_team(db: Database) -> None:
    """Remotes, how far they are, and what waits of others' events."""
    _execute(db, schema.TEAM)


@workspace()
def m009_exported(db: Database) -> None:
    """Which decisions have left in which form."""
    _execute(db, schema.EXPORTED)


@workspace()
def m010_published(db: Database) -> None:
    """What leads have published to folders and carried files."""
    _execute(db, schema.PUBLISHED)


@workspace()
def m011_gone(db: Database) -> None:
    """Find the ads whose leases are gone by their queues."""
    _execute(db, schema.GONE)


def _execute(db: Database, statements: Iterable[str]) -> None:
    for statement in statements:
        db.execute(statement)


def migrate(connection: Connection, version: int, stop_before: str | None = None) -> None:
    """Apply what is missing, each step in a transaction, and write `version` into the file."""
    # First of all, so that a file whose making was cut short is known for ours and finished the next time.
    connection.execute(f"PRAGMA application_id={schema.APPLICATION_ID}")
    workspace.apply(Database(connection), stop_before=stop_before)
    connection.execute(f"PRAGMA user_version={version:d}")
