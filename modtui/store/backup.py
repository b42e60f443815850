"""Copies of a workspace that are whole, made while it is in use, and the way back from one."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from msgspec import Struct

from modtui.store import sqlite
from modtui.store.errors import StorageFailed, WorkspaceDamaged, WorkspaceMissing, WorkspaceTooNew
from modtui.store.lock import WriterTurn
from modtui.store.schema import APPLICATION_ID
from modtui.store.sqlite import Connection
from modtui.store.times import utc_text

KEPT = 5


class Backup(Struct, frozen=True):
    """A copy beside the workspace."""

    path: Path
    size: int
    made_at: str
    "UTC time, from its name."


def backup_folder(workspace: Path) -> Path:
    return workspace.with_name(workspace.name + "-backups")


def list_backups(workspace: Path) -> list[Backup]:
    """The copies there are, newest first."""
    folder = backup_folder(workspace)
    if not folder.is_dir():
        return []
    files = sorted(folder.glob("*.modtui"), reverse=True)
    return [Backup(file, file.stat().st_size, file.name.split("_")[0]) for file in files]


def back_up(connection: Connection, workspace: Path, now_ms: int, label: str = "") -> Path:
    """Copy the workspace into its folder of backups and keep the newest five. The name says when.

    A copy that does not hold is thrown away, so that it drives out no good one; raises WorkspaceDamaged.
    """
    folder = backup_folder(workspace)
    folder.mkdir(mode=0o700, exist_ok=True)
    stamp = utc_text(now_ms).replace(":", "").replace("-", "")
    target = folder / f"{stamp}_{label or 'backup'}.modtui"
    copy_to(connection, target, checked=not label)
    for old in list_backups(workspace)[KEPT:]:
        old.path.unlink(missing_ok=True)
    return target


def copy_to(connection: Connection, target: Path, *, checked: bool = False) -> None:
    """Write a whole copy of a database to a path, all of it or nothing; with `checked` one that holds, or nothing."""
    temporary = target.with_name(f".{target.name}.{os.getpid()}.tmp")
    mask = os.umask(0o077)
    try:
        copy = sqlite.connect_copy(temporary)
        try:
            connection.backup(copy, pages=4_000)
            if checked and (problem := _problem_of(copy)) is not None:
                raise WorkspaceDamaged(
                    "Workspace is damaged",
                    f"A copy of it does not hold: {problem}. It was thrown away, earlier ones are kept.",
                    "`modtui verify` says more, `modtui restore` goes back; `backup -o FILE` copies it as it is.",
                )
        finally:
            copy.close()
        _sync(temporary)
        temporary.replace(target)
        _sync(target.parent)
    except WorkspaceDamaged:
        temporary.unlink(missing_ok=True)
        raise
    except (sqlite.Error, OSError) as error:
        temporary.unlink(missing_ok=True)
        raise StorageFailed(
            "Backup failed", f"{target}: {error}.", "Check the room on the disk, or name another place."
        ) from error
    finally:
        os.umask(mask)


def restore(workspace: Path, backup: Path, now_ms: int) -> Path | None:
    """Put a backup in the place of the workspace, all of it or nothing; where the file that was there is kept.

    The restored workspace starts a new stream when it is opened. Must not be called while this process has it open.
    """
    check_backup(backup)
    workspace.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    turn = WriterTurn(workspace)
    turn.acquire()
    try:
        temporary = workspace.with_name(f".{workspace.name}.restore.tmp")
        source = sqlite.connect_read_only(backup)
        try:
            copy_to(source, temporary)
        finally:
            source.close()
        kept = _put_aside(workspace, now_ms)
        temporary.replace(workspace)
        _sync(workspace.parent)
        return kept
    finally:
        turn.release()
        turn.close()


def _put_aside(workspace: Path, now_ms: int) -> Path | None:
    """Move the file there was, with its log, under a name that says so. Nothing is deleted."""
    if not workspace.exists():
        return None
    stamp = utc_text(now_ms).replace(":", "").replace("-", "")
    kept = workspace.with_name(f"{workspace.name}.replaced-{stamp}")
    for suffix in ("-wal", "-shm", "-journal"):
        beside = workspace.with_name(workspace.name + suffix)
        with suppress(FileNotFoundError):
            beside.replace(kept.with_name(kept.name + suffix))
    workspace.replace(kept)
    return kept


def check_backup(backup: Path) -> None:
    """Raises WorkspaceMissing, WorkspaceDamaged or WorkspaceTooNew for what must not be put back."""
    from modtui.store.workspace import SCHEMA_VERSION

    if not backup.is_file():
        raise WorkspaceMissing(
            "No such backup", f"There is no file {backup}.", "`modtui restore` without a file lists them."
        )
    try:
        connection = sqlite.connect_read_only(backup)
        try:
            application = connection.execute("PRAGMA application_id").fetchone()[0]
            version = connection.execute("PRAGMA user_version").fetchone()[0]
            problem = _problem_of(connection)
        finally:
            connection.close()
    except sqlite.Error as error:
        raise WorkspaceDamaged("Not a backup", f"{backup}: {error}.", "Choose another one.") from error
    if application != APPLICATION_ID:
        raise WorkspaceDamaged("Not a backup", f"{backup} is not a workspace of modtui's.", "Choose another one.")
    if version > SCHEMA_VERSION:
        raise WorkspaceTooNew("Backup is too new", f"{backup} was written by a newer modtui.", "Update modtui.")
    if problem is not None:
        raise WorkspaceDamaged("Backup is damaged", f"{backup}: {problem}.", "Choose another one.")


def _problem_of(connection: Connection) -> str | None:
    """What SQLite finds wrong with a file; None when it holds."""
    try:
        found = str(connection.execute("PRAGMA quick_check(1)").fetchone()[0])
    except sqlite.Error as error:
        return str(error)
    return None if found == "ok" else " ".join(found.split())


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
