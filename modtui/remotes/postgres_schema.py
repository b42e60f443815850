"""The tables of a team's database, who may do what with them, and `modtui remote init`, which makes both.

The SQL keeps to what the wire-compatible distributed engines have too (docs/postgres.md): text keys made by the client
instead of sequences, no triggers, no functions of our own, no temporary tables, no grants by column.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from typing import TYPE_CHECKING

from modtui.errors import ModtuiError
from modtui.remotes.protocol import PROTOCOL

if TYPE_CHECKING:
    from psycopg import Connection

TEAM_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")
ROLES = ("reviewer", "trainer", "lead")

TABLES = (
    "CREATE SCHEMA IF NOT EXISTS modtui",
    "CREATE TABLE IF NOT EXISTS modtui.facts (name text PRIMARY KEY, value text NOT NULL)",
    # What people decided. Rows are added and never changed; nobody but the owner of the tables could.
    """CREATE TABLE IF NOT EXISTS modtui.streams (
        stream text PRIMARY KEY, opened_at timestamptz NOT NULL DEFAULT clock_timestamp(),
        opened_by text NOT NULL DEFAULT session_user)""",
    """CREATE TABLE IF NOT EXISTS modtui.events (
        stream text NOT NULL, seq bigint NOT NULL CHECK (seq > 0), id text NOT NULL, hash text NOT NULL,
        document text NOT NULL CHECK (length(document) < 4000000),
        received_at timestamptz NOT NULL DEFAULT clock_timestamp(), PRIMARY KEY (stream, seq))""",
    # What the lead publishes.
    """CREATE TABLE IF NOT EXISTS modtui.catalogs (
        hash text PRIMARY KEY, id text NOT NULL, version text NOT NULL, document text NOT NULL,
        published_at timestamptz NOT NULL DEFAULT clock_timestamp(), published_by text NOT NULL)""",
    """CREATE TABLE IF NOT EXISTS modtui.queues (
        name text PRIMARY KEY, settings text NOT NULL,
        published_at timestamptz NOT NULL DEFAULT clock_timestamp(), published_by text NOT NULL)""",
    """CREATE TABLE IF NOT EXISTS modtui.ads (
        item text PRIMARY KEY, queue text NOT NULL, source text NOT NULL, ad_id text NOT NULL,
        content_hash text NOT NULL, payload text NOT NULL)""",
    """CREATE TABLE IF NOT EXISTS modtui.people (
        name text PRIMARY KEY, login text NOT NULL, markets text[] NOT NULL, languages text[] NOT NULL,
        families text[] NOT NULL, skills text[] NOT NULL, cap integer NOT NULL CHECK (cap >= 0))""",
    # Who works on what. A piece of work is one review of one ad: an ad under double review has two.
    """CREATE TABLE IF NOT EXISTS modtui.work (
        item text NOT NULL, slot integer NOT NULL, queue text NOT NULL,
        order_key bigint NOT NULL, place bigint NOT NULL,
        markets text[] NOT NULL, languages text[] NOT NULL, families text[] NOT NULL, skills text[] NOT NULL,
        is_blind boolean NOT NULL, state text NOT NULL DEFAULT 'open', token bigint NOT NULL DEFAULT 0,
        holder text, leased_until timestamptz, closed_by text, closed_at timestamptz, PRIMARY KEY (item, slot))""",
    """CREATE INDEX IF NOT EXISTS work_open ON modtui.work (queue, order_key, place, item, slot)
        WHERE state = 'open'""",
    "CREATE INDEX IF NOT EXISTS work_leased ON modtui.work (leased_until) WHERE state = 'leased'",
    "CREATE INDEX IF NOT EXISTS work_held ON modtui.work (holder) WHERE state = 'leased'",
    """CREATE TABLE IF NOT EXISTS modtui.passes (
        item text NOT NULL, reviewer text NOT NULL, reason text NOT NULL,
        at timestamptz NOT NULL DEFAULT clock_timestamp(), PRIMARY KEY (item, reviewer))""",
    """CREATE TABLE IF NOT EXISTS modtui.late (
        item text NOT NULL, slot integer NOT NULL, event_id text NOT NULL, token bigint NOT NULL,
        reviewer text NOT NULL, at timestamptz NOT NULL DEFAULT clock_timestamp(),
        PRIMARY KEY (event_id, item, slot))""",
    """CREATE TABLE IF NOT EXISTS modtui.seats (
        reviewer text PRIMARY KEY, seen_at timestamptz NOT NULL DEFAULT clock_timestamp())""",
)
READ_ALL = (
    "facts",
    "streams",
    "events",
    "catalogs",
    "queues",
    "ads",
    "people",
    "work",
    "passes",
    "late",
    "seats",
)
ADD_EVENTS = ("streams", "events")
GRANTS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "reviewer": {"SELECT": READ_ALL, "INSERT": (*ADD_EVENTS, "passes", "late", "seats"), "UPDATE": ("work", "seats")},
    "trainer": {"SELECT": READ_ALL, "INSERT": ADD_EVENTS},
    "lead": {
        "SELECT": READ_ALL,
        "INSERT": (*ADD_EVENTS, "passes", "late", "seats", "catalogs", "queues", "ads", "people", "work"),
        "UPDATE": ("work", "seats", "queues", "ads", "people"),
        "DELETE": ("people",),
    },
}
"Role to right to tables. Nobody's role changes or removes an event or a catalog."


def role_name(team: str, role: str) -> str:
    """The database role that members of a team with this part are granted."""
    return f"modtui_{team}_{role}"


def create_tables(connection: Connection, team: str) -> list[str]:
    """Make what is missing of the tables and roles, and grant the rights; the names of the roles.

    Repeating it is harmless. Raises ModtuiError when the database holds another team's tables or newer ones.
    """
    if not TEAM_NAME.fullmatch(team):
        raise ModtuiError(
            "Not a name for a team", f"{team!r} has other signs than a-z, 0-9 and _, or too many.", "Try `eu_ads`."
        )
    found = read_facts(connection)
    check_facts(found, team)
    for statement in TABLES:
        connection.execute(statement)
    for name, value in (("team", team), ("protocol", str(PROTOCOL)), ("incarnation", secrets.token_hex(16))):
        connection.execute(
            "INSERT INTO modtui.facts (name, value) VALUES (%s, %s) ON CONFLICT DO NOTHING", (name, value)
        )
    _create_roles(connection, team)
    return [role_name(team, role) for role in ROLES]


def read_facts(connection: Connection) -> dict[str, str]:
    """What the database says of itself; empty when it has no tables of ours."""
    there = connection.execute(
        "SELECT 1 FROM information_schema.tables WHERE table_schema = 'modtui' AND table_name = 'facts'"
    ).fetchone()
    if there is None:
        return {}
    return dict(connection.execute("SELECT name, value FROM modtui.facts").fetchall())


def check_facts(facts: Mapping[str, str], team: str | None = None) -> None:
    """Refuse tables that a newer modtui has made, and those of another team."""
    protocol = facts.get("protocol", "")
    if protocol.isdigit() and int(protocol) > PROTOCOL:
        raise ModtuiError(
            "Remote is too new",
            f"The team's database speaks version {protocol} of the protocol; this program knows {PROTOCOL}.",
            "Update modtui. Nothing was sent, and nothing here is lost.",
        )
    if team is not None and facts.get("team", team) != team:
        raise ModtuiError(
            "Another team's remote",
            f"The database belongs to the team {facts['team']!r}, not to {team!r}.",
            "Name your own database, or ask your lead for its address.",
        )


def _create_roles(connection: Connection, team: str) -> None:
    from psycopg import sql

    connection.execute("REVOKE ALL ON SCHEMA modtui FROM PUBLIC")
    for role in ROLES:
        name = role_name(team, role)
        if connection.execute("SELECT 1 FROM pg_catalog.pg_roles WHERE rolname = %s", (name,)).fetchone() is None:
            connection.execute(sql.SQL("CREATE ROLE {} NOLOGIN").format(sql.Identifier(name)))
        member = sql.Identifier(name)
        connection.execute(sql.SQL("GRANT USAGE ON SCHEMA modtui TO {}").format(member))
        for right, tables in GRANTS[role].items():
            names = sql.SQL(", ").join(sql.Identifier("modtui", table) for table in tables)
            connection.execute(sql.SQL("GRANT {} ON {} TO {}").format(sql.SQL(right), names, member))
