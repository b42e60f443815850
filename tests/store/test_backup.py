"""Backups: whole copies made in use, the newest five kept, and the way back."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from modtui.store import sqlite
from modtui.store.backup import back_up, backup_folder, copy_to, list_backups, restore
from modtui.store.checking import verify_workspace
from modtui.store.errors import StorageFailed, WorkspaceDamaged, WorkspaceMissing
from modtui.store.event_log import EventLog
from modtui.store.workspace import Workspace
from tests.store.desk import NOW_MS, ad_row, append, claim, entry, fill, open_desk, sit_down


def test_a_backup_in_use_is_whole_and_five_are_kept(workspace: Workspace) -> None:
    fill(workspace, *(ad_row(f"a{i}") for i in range(40)))
    for i in range(7):
        append(workspace, entry(claim(workspace)))
        back_up(workspace.reader, workspace.path, NOW_MS + i)
    backups = list_backups(workspace.path)
    assert len(backups) == 5
    folder = backup_folder(workspace.path)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert sorted(file.name for file in folder.iterdir()) == sorted(backup.path.name for backup in backups)
    for number, backup in enumerate(backups):
        assert stat.S_IMODE(backup.path.stat().st_mode) == 0o600
        connection = sqlite.connect_read_only(backup.path)
        report = verify_workspace(connection)
        assert report.is_whole and report.chain.checked == 7 - number
        connection.close()


def test_restoring_goes_back_keeps_what_was_there_and_starts_a_stream(tmp_path: Path) -> None:
    with open_desk(tmp_path) as workspace:
        sit_down(workspace, "amina")
        fill(workspace, ad_row("a"), ad_row("b"))
        append(workspace, entry(claim(workspace)))
        stream = workspace.stream.stream
        kept = back_up(workspace.reader, workspace.path, NOW_MS)
        append(workspace, entry(claim(workspace)))
    aside = restore(tmp_path / "w.modtui", kept, NOW_MS)
    assert aside is not None
    with open_desk(tmp_path) as workspace:
        assert EventLog().count(workspace.reader) == 1
        assert workspace.stream.is_new and workspace.stream.stream != stream
        assert stat.S_IMODE(workspace.path.stat().st_mode) == 0o600
    with open_desk(tmp_path, aside.name) as before:
        assert EventLog().count(before.reader) == 2


def test_only_a_good_backup_is_restored(tmp_path: Path) -> None:
    path = tmp_path / "w.modtui"
    with open_desk(tmp_path) as workspace:
        fill(workspace, *(ad_row(f"a{i}") for i in range(200)))
        good = back_up(workspace.reader, path, NOW_MS)
    before = path.read_bytes()
    with pytest.raises(WorkspaceMissing):
        restore(path, tmp_path / "none", NOW_MS)
    damaged = tmp_path / "damaged.modtui"
    content = bytearray(good.read_bytes())
    content[20_000:40_000] = b"\xff" * 20_000
    damaged.write_bytes(content)
    with pytest.raises(WorkspaceDamaged):
        restore(path, damaged, NOW_MS)
    foreign = tmp_path / "foreign.db"
    connection = sqlite.connect_writer(foreign, create=True)
    connection.execute("CREATE TABLE t (a)")
    connection.close()
    with pytest.raises(WorkspaceDamaged):
        restore(path, foreign, NOW_MS)
    assert path.read_bytes() == before


def test_a_backup_that_cannot_be_written_leaves_nothing(workspace: Workspace, tmp_path: Path) -> None:
    target = tmp_path / "taken"
    target.mkdir()
    (target / "x").write_text("x")
    with pytest.raises(StorageFailed, match="taken"):
        copy_to(workspace.reader, target)
    assert [file.name for file in tmp_path.iterdir() if file.name.endswith(".tmp")] == []
