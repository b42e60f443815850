"""The workspace file: who may read it, what is refused, how an older one comes up to date, what a copy does."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
from pathlib import Path

import pytest

from modtui.domain.events import FIRST_PREV
from modtui.store import sqlite
from modtui.store.backup import list_backups
from modtui.store.checking import filesystem_of, workspace_facts
from modtui.store.errors import WorkspaceDamaged, WorkspaceMissing, WorkspaceReadOnly, WorkspaceTooNew
from modtui.store.event_log import EventLog
from modtui.store.migrations import migrate
from modtui.store.workspace import SCHEMA_VERSION, Workspace, open_workspace
from tests.store.desk import NOW, NOW_MS, ad_row, append, claim, entry, fill, open_desk, sit_down


def test_files_are_for_their_owner_alone(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "folder"
    with open_desk(folder) as workspace:
        fill(workspace, ad_row("a"))
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        files = {file.name: stat.S_IMODE(file.stat().st_mode) for file in folder.iterdir()}
        assert {"w.modtui", "w.modtui-wal", "w.modtui-shm"} <= set(files)
        assert set(files.values()) == {0o600}
        assert workspace_facts(workspace.reader, workspace.path).open_to_others == ()
        workspace.path.chmod(0o644)
        assert workspace_facts(workspace.reader, workspace.path).open_to_others == (f"{workspace.path} (0644)",)


def test_a_newer_workspace_is_refused_and_left_alone(tmp_path: Path) -> None:
    open_desk(tmp_path).close()
    path = tmp_path / "w.modtui"
    connection = sqlite.connect_writer(path)
    connection.execute(f"PRAGMA user_version={SCHEMA_VERSION + 1}")
    connection.close()
    before = path.read_bytes()
    with pytest.raises(WorkspaceTooNew) as refusal:
        open_desk(tmp_path)
    assert "newer modtui" in refusal.value.message and "Update" in refusal.value.hint
    assert path.read_bytes() == before


def test_an_older_workspace_is_copied_and_migrated(tmp_path: Path) -> None:
    path = tmp_path / "w.modtui"
    connection = sqlite.connect_writer(path, create=True)
    migrate(connection, 1, stop_before="m002_search")
    connection.execute("INSERT INTO queues (name, created_at) VALUES ('old', ?)", (NOW,))
    connection.close()
    with open_desk(tmp_path) as workspace:
        assert workspace.reader.execute("PRAGMA user_version").fetchone()[0] == SCHEMA_VERSION
        assert workspace.reader.execute("SELECT name FROM queues").fetchall() == [("old",)]
        assert workspace.reader.execute("SELECT count(*) FROM ad_search").fetchone()[0] == 0
    (copy,) = list_backups(path)
    assert stat.S_IMODE(copy.path.stat().st_mode) == 0o600
    old = sqlite.connect_read_only(copy.path)
    assert old.execute("PRAGMA user_version").fetchone()[0] == 1
    assert old.execute("SELECT name FROM queues").fetchall() == [("old",)]
    old.close()


def test_files_that_are_no_workspace_are_refused(tmp_path: Path) -> None:
    text = tmp_path / "text"
    text.write_text("this is no database, but a text of some length\n" * 30)
    with pytest.raises(WorkspaceDamaged):
        open_workspace(text, NOW_MS)
    other = tmp_path / "other.db"
    connection = sqlite.connect_writer(other, create=True)
    connection.execute("CREATE TABLE notes (a)")
    connection.close()
    with pytest.raises(WorkspaceDamaged, match="not one of modtui's"):
        open_workspace(other, NOW_MS)
    with pytest.raises(WorkspaceMissing):
        open_workspace(tmp_path, NOW_MS)
    with pytest.raises(WorkspaceMissing):
        open_workspace(tmp_path / "none", NOW_MS, create=False)
    with pytest.raises(WorkspaceMissing):
        open_workspace(text / "below", NOW_MS)


def test_a_copy_writes_a_stream_of_its_own(tmp_path: Path) -> None:
    with open_desk(tmp_path) as workspace:
        sit_down(workspace, "amina")
        fill(workspace, ad_row("a"), ad_row("b"))
        first = append(workspace, entry(claim(workspace)))
        stream = workspace.stream.stream
    with open_desk(tmp_path) as again:
        assert (again.stream.stream, again.stream.is_new) == (stream, False)
    shutil.copy(tmp_path / "w.modtui", tmp_path / "copy.modtui")
    with open_desk(tmp_path, "copy.modtui") as copy:
        assert copy.stream.is_new and copy.stream.stream != stream
        sit_down(copy, "ben")
        event = append(copy, entry(claim(copy, "ben"), actor="ben"))
        assert (event.stream, event.seq, event.prev) == (copy.stream.stream, 1, FIRST_PREV)
        assert EventLog().verify(copy.reader).checked == 2
        parent = copy.reader.execute("SELECT parent, parent_hash FROM streams ORDER BY stream_no DESC").fetchone()
        assert parent == (stream, first.hash)
    with open_desk(tmp_path, "copy.modtui") as copy_again:
        assert not copy_again.stream.is_new


def test_two_openings_share_one_stream(tmp_path: Path) -> None:
    with open_desk(tmp_path) as one, open_desk(tmp_path) as two:
        assert one.stream.stream == two.stream.stream
        sit_down(one, "amina")
        sit_down(two, "ben")
        fill(one, ad_row("a"), ad_row("b"))
        assert append(one, entry(claim(one))).seq == 1
        assert append(two, entry(claim(two, "ben"), actor="ben")).seq == 2
        assert EventLog().verify(one.reader).broken is None


def damage_event(path: Path, number: int) -> None:
    connection = sqlite.connect_writer(path)
    connection.execute("DROP TRIGGER events_are_not_changed")
    connection.execute(
        "UPDATE events SET document = replace(document, 'approve', 'approvE') WHERE event_no & 255 = ?", (number,)
    )
    connection.close()


def test_a_damaged_workspace_may_be_read_only(tmp_path: Path) -> None:
    with open_desk(tmp_path) as workspace:
        sit_down(workspace, "amina")
        fill(workspace, *(ad_row(f"a{i}") for i in range(4)))
        for _ in range(4):
            append(workspace, entry(claim(workspace)))
    damage_event(tmp_path / "w.modtui", 3)
    with open_desk(tmp_path) as workspace:
        assert workspace.is_read_only and workspace.damage is not None and workspace.damage.seq == 3
        assert workspace.reader.execute("SELECT count(*) FROM ads").fetchone()[0] == 4
        with pytest.raises(WorkspaceReadOnly, match="Event 3"):
            workspace.writer.call(lambda tx: tx.set_setting("a", 1))


def test_a_workspace_on_a_read_only_disk_may_be_read(tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=8m", "none", str(disk)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("needs the right to mount a disk")
    try:
        with open_desk(disk) as workspace:
            fill(workspace, ad_row("a"))
        subprocess.run(["mount", "-o", "remount,ro", disk], check=True)
        with open_desk(disk) as workspace:
            assert workspace.is_read_only and workspace.damage is None
            assert workspace.reader.execute("SELECT id FROM ads").fetchall() == [("a",)]
            with pytest.raises(WorkspaceReadOnly, match="not written"):
                workspace.writer.call(lambda tx: tx.set_setting("a", 1))
        with pytest.raises(WorkspaceReadOnly):
            open_desk(disk, "another.modtui")
    finally:
        subprocess.run(["umount", "-l", disk], check=True)


def test_the_file_system_is_named(tmp_path: Path) -> None:
    mounts = tmp_path / "mounts"
    mounts.write_text("/dev/a / ext4 rw 0 0\nserver:/x /net nfs4 rw 0 0\nb /net/my\\040disk xfs rw 0 0\nshort\n")
    assert filesystem_of(Path("/net/a/w"), mounts) == "nfs4"
    assert filesystem_of(Path("/net/my disk/w"), mounts) == "xfs"
    assert filesystem_of(Path("/network/w"), mounts) == "ext4"
    assert filesystem_of(Path("/x"), tmp_path / "none") == "unknown"


def test_a_second_close_does_no_harm(workspace: Workspace) -> None:
    workspace.close()
    workspace.close()
    with open_desk(workspace.path.parent) as again:
        assert again.damage is None and not again.is_read_only
