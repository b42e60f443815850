"""The database of the team `eu`: tables and roles made by `remote init`, and logins that have one of the roles each."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import psycopg
from psycopg import sql

from modtui.remotes.postgres_schema import READ_ALL, create_tables, role_name
from modtui.remotes.protocol import PROTOCOL
from tests.remotes.postgres_server import Server

TEAM = "eu"
LOGINS = {"amina": "reviewer", "ben": "reviewer", "tess": "trainer", "lena": "lead"}
PASSWORD = "pw-canary-5d1f"
"What every login of the tests says; it must turn up nowhere."


@dataclass(frozen=True)
class TeamDatabase:
    """One database; `connect` as who."""

    server: Server
    name: str

    def address(self, user: str) -> str:
        return self.server.url(self.name, user)

    def connect(self, user: str) -> psycopg.Connection:
        return self.server.connect(self.name, user, PASSWORD)

    def owner(self) -> psycopg.Connection:
        return self.server.connect(self.name)

    def empty(self) -> None:
        """Make it as it was when it was new; emptying takes a tenth of the time that another database does."""
        with self.owner() as owner:
            for table in READ_ALL:
                if table != "facts":
                    owner.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier("modtui", table)))
            for name, value in (("team", TEAM), ("protocol", str(PROTOCOL))):
                owner.execute("UPDATE modtui.facts SET value = %s WHERE name = %s", (value, name))


@contextmanager
def team_template(server: Server) -> Iterator[str]:
    """A database to copy for each test."""
    with server.database() as name:
        with server.connect(name) as owner:
            create_tables(owner, TEAM)
            for login, role in LOGINS.items():
                owner.execute(
                    sql.SQL("CREATE ROLE {} LOGIN PASSWORD {}").format(sql.Identifier(login), sql.Literal(PASSWORD))
                )
                owner.execute(
                    sql.SQL("GRANT {} TO {}").format(sql.Identifier(role_name(TEAM, role)), sql.Identifier(login))
                )
        yield name
