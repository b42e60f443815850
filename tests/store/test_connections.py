"""Durability is set on every connection, by the rule for the linked SQLite."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from modtui.store import sqlite
from modtui.store.workspace import Workspace


@pytest.mark.parametrize(
    ("version", "has_bug"),
    [
        ("3.6.23", False),
        ("3.7.0", True),
        ("3.40.1", True),
        ("3.44.5", True),
        ("3.44.6", False),
        ("3.45.0", True),
        ("3.50.6", True),
        ("3.50.7", False),
        ("3.51.2", True),
        ("3.51.3", False),
        ("3.53.4", False),
        ("4.0", False),
    ],
)
def test_wal_is_used_only_where_it_loses_nothing(version: str, has_bug: bool) -> None:
    assert sqlite.has_wal_reset_bug(version) is has_bug
    assert sqlite.journal_rule(version) == (("DELETE", "EXTRA") if has_bug else ("WAL", "FULL"))


def durability(connection: sqlite.Connection) -> tuple[str, str]:
    facts = sqlite.facts(connection)
    return facts["journal_mode"].upper(), facts["synchronous"]


def test_every_connection_of_a_workspace_is_durable(workspace: Workspace) -> None:
    rule = sqlite.journal_rule(sqlite.SQLITE_VERSION)
    assert workspace.writer.call(lambda tx: durability(tx.connection)) == rule
    assert durability(workspace.reader) == rule
    of_another_thread: list[tuple[str, str]] = []
    thread = threading.Thread(target=lambda: of_another_thread.append(durability(workspace.reader)))
    thread.start()
    thread.join()
    assert of_another_thread == [rule]


def test_only_the_writer_writes_and_makes_checkpoints(workspace: Workspace) -> None:
    reader = workspace.reader
    assert reader.execute("PRAGMA wal_autocheckpoint").fetchone()[0] == 0
    with pytest.raises(sqlite.Error):
        reader.execute("INSERT INTO settings (name, value) VALUES ('a', '1')")
    assert workspace.writer.call(lambda tx: tx.connection.execute("PRAGMA wal_autocheckpoint").fetchone()[0]) == 0


def test_rules_that_keep_a_file_from_harm_are_on(workspace: Workspace) -> None:
    for name, wanted in (("foreign_keys", 1), ("trusted_schema", 0), ("cell_size_check", 1), ("mmap_size", 0)):
        assert workspace.reader.execute(f"PRAGMA {name}").fetchone()[0] == wanted, name


def test_all_tables_are_strict(workspace: Workspace) -> None:
    tables = workspace.reader.execute("PRAGMA table_list").fetchall()
    own = [
        row
        for row in tables
        if row[0] == "main" and row[2] == "table" and not row[1].startswith(("sqlite_", "_sqlite"))
    ]
    assert [row[1] for row in own if not row[5]] == []
    assert {"ads", "ad_versions", "queues", "queue_items", "events", "catalogs", "drafts"} <= {row[1] for row in own}


def test_the_driver_is_imported_in_one_module_only() -> None:
    package = Path(sqlite.__file__).parents[1]
    found = [
        path.relative_to(package).as_posix()
        for path in package.rglob("*.py")
        if any(
            line.startswith(("import pysqlite3", "from pysqlite3", "import sqlite3", "from sqlite3"))
            for line in path.read_text("utf-8").splitlines()
        )
    ]
    assert found == ["store/sqlite.py"]
