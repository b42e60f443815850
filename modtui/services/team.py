"""The team a workspace belongs to: its database, checked before anything is sent or taken."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from modtui.remotes.postgres import no_tables
from modtui.remotes.postgres_connection import connect
from modtui.remotes.postgres_schema import check_facts, read_facts
from modtui.store.local_rows import get_setting
from modtui.store.workspace import Workspace

if TYPE_CHECKING:
    from psycopg import Connection

TEAM = "team"
"The setting that names the team this workspace has worked with."


@contextmanager
def opened_team(address: str, workspace: Workspace | None = None) -> Iterator[tuple[str, Connection]]:
    """The team's name, and a connection to its database, whose tables are neither too new nor another team's.

    The first team a workspace meets is the one it stays with: decisions never go to another's database by a slip.
    """
    with connect(address) as connection:
        facts = read_facts(connection)
        if not facts:
            raise no_tables()
        known = None
        if workspace is not None:
            with workspace.read() as reading:
                known = get_setting(reading, TEAM)
        check_facts(facts, known)
        if workspace is not None and known is None:
            workspace.writer.call(lambda tx: tx.set_setting(TEAM, facts["team"]))
        yield facts["team"], connection
