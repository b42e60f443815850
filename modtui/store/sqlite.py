"""The one door to SQLite: connections with durability set on each, and errors turned into words."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pysqlite3

from modtui.errors import ModtuiError
from modtui.store.errors import StorageBusy, StorageFailed, WorkspaceDamaged, WorkspaceReadOnly

Connection = Any
"A `pysqlite3.Connection`: the driver ships no types."
Error = pysqlite3.Error
IntegrityError = pysqlite3.IntegrityError
ProgrammingErrors = (pysqlite3.ProgrammingError, pysqlite3.InterfaceError, pysqlite3.IntegrityError)
"Errors of the caller, which no retry and no disk can mend."
SQLITE_VERSION: str = pysqlite3.sqlite_version
BUSY_TIMEOUT_MS = 5_000
CACHE_KIB = 16_384


def has_wal_reset_bug(version: str) -> bool:
    """Whether a SQLite of this version can lose a commit when two connections write in WAL mode.

    Fixed in 3.51.3 and in the branches 3.50.7 and 3.44.6 (SQLite, "Write-Ahead Logging", *The WAL-Reset Bug*).
    """
    numbers = tuple(int(part) for part in version.split(".")[:3])
    numbers += (0,) * (3 - len(numbers))
    if numbers < (3, 7, 0) or numbers >= (3, 51, 3):
        return False
    return not (numbers[:2] == (3, 50) and numbers[2] >= 7) and not (numbers[:2] == (3, 44) and numbers[2] >= 6)


def journal_rule(version: str) -> tuple[str, str]:
    """The journal mode and the `synchronous` level that lose nothing with this version of SQLite."""
    return ("DELETE", "EXTRA") if has_wal_reset_bug(version) else ("WAL", "FULL")


def connect_writer(path: Path, *, create: bool = False) -> Connection:
    """Open the connection that writes. It makes its own checkpoints; no commit starts one by itself."""
    journal, synchronous = journal_rule(SQLITE_VERSION)
    connection = _open(path, "rwc" if create else "rw")
    try:
        if connection.execute(f"PRAGMA journal_mode={journal}").fetchone()[0].upper() != journal:
            raise StorageFailed(
                "Journal mode refused",
                f"{path} cannot use the journal mode {journal} that keeps decisions safe.",
                "Keep the workspace on a local disk; `modtui doctor` shows where it is.",
            )
        _set_rules(connection, synchronous)
    except BaseException:
        connection.close()
        raise
    return connection


def connect_reader(path: Path) -> Connection:
    """Open a connection that only reads. It may be handed from thread to thread, one at a time."""
    connection = _open(path, "rw")
    try:
        _set_rules(connection, journal_rule(SQLITE_VERSION)[1])
        connection.execute("PRAGMA query_only=ON")
    except BaseException:
        connection.close()
        raise
    return connection


def connect_read_only(path: Path) -> Connection:
    """Open a file that must not be written at all, such as one on a read-only disk."""
    has_log = path.with_name(path.name + "-wal").exists()
    # Without the right to make SQLite's shared memory beside it, a file is only readable if it is said not to change.
    is_frozen = not has_log and not os.access(path.parent, os.W_OK)
    connection = _open(path, "ro&immutable=1" if is_frozen else "ro")
    connection.execute("PRAGMA trusted_schema=OFF")
    connection.execute("PRAGMA query_only=ON")
    return connection


def connect_copy(path: Path) -> Connection:
    """Open a file to copy a database into; it is synced by whoever copies."""
    connection = _open(path, "rwc")
    connection.execute("PRAGMA journal_mode=OFF")
    connection.execute("PRAGMA synchronous=OFF")
    return connection


def _open(path: Path, mode: str) -> Connection:
    # as_uri quotes ?, # and % in the path, which would otherwise be read as parameters.
    return pysqlite3.connect(
        f"{path.absolute().as_uri()}?mode={mode}",
        uri=True,
        isolation_level=None,
        timeout=BUSY_TIMEOUT_MS / 1000,
        check_same_thread=False,
        cached_statements=256,
    )


def _set_rules(connection: Connection, synchronous: str) -> None:
    for rule in (
        f"synchronous={synchronous}",
        "fullfsync=ON",
        "wal_autocheckpoint=0",
        "foreign_keys=ON",
        "trusted_schema=OFF",
        "cell_size_check=ON",
        "mmap_size=0",
        f"cache_size=-{CACHE_KIB}",
    ):
        connection.execute(f"PRAGMA {rule}")


def data_version(connection: Connection) -> int:
    """A number that changes when another connection has committed."""
    return int(connection.execute("PRAGMA data_version").fetchone()[0])


def may_need_rollback(error: BaseException) -> bool:
    """Whether a read-only connection may have met a transaction to be undone before anything can be read."""
    return str(getattr(error, "sqlite_errorname", "")).startswith("SQLITE_READONLY")


def translate(error: BaseException, path: Path) -> ModtuiError:
    """The words for a SQLite error on the workspace at `path`."""
    code, text = str(getattr(error, "sqlite_errorname", "") or ""), str(error)
    number = error.errno if isinstance(error, OSError) else None
    if code.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
        return StorageBusy(
            "Workspace is busy",
            f"Another program kept {path} for more than {BUSY_TIMEOUT_MS // 1000} seconds. Nothing was saved.",
            "Close the other program or wait, then try again.",
        )
    if code.startswith("SQLITE_FULL") or number in (errno.ENOSPC, errno.EDQUOT):
        return StorageFailed(
            "Disk is full",
            f"There is no room left beside {path}. Nothing was saved.",
            "Free some space, then try again.",
        )
    unwritable = ("SQLITE_READONLY", "SQLITE_CANTOPEN", "SQLITE_PERM", "SQLITE_AUTH")
    if code.startswith(unwritable) or number in (errno.EACCES, errno.EPERM, errno.EROFS):
        return WorkspaceReadOnly(
            "Workspace cannot be written",
            f"{path}: {text}.",
            "Check the rights of the file and of its folder, and that the disk is not mounted read-only.",
        )
    if code.startswith(("SQLITE_CORRUPT", "SQLITE_NOTADB")):
        return WorkspaceDamaged(
            "Workspace is damaged", f"{path}: {text}.", "`modtui restore` goes back to a backup and keeps this file."
        )
    return StorageFailed(
        "Workspace could not be saved" if code.startswith("SQLITE_IOERR") else "Workspace failed",
        f"{path}: {text} ({code or type(error).__name__}).",
        "Check the disk with `modtui doctor`, then try again.",
    )


@contextmanager
def translated(path: Path) -> Iterator[None]:
    """Turn SQLite errors inside the block into errors with words. Programming errors pass as they are."""
    try:
        yield
    except ProgrammingErrors:
        raise
    except (pysqlite3.Error, OSError) as error:
        raise translate(error, path) from error


def facts(connection: Connection) -> dict[str, str]:
    """The journal mode, synchronous level and linked version of a connection."""
    levels = {0: "OFF", 1: "NORMAL", 2: "FULL", 3: "EXTRA"}
    return {
        "sqlite_version": SQLITE_VERSION,
        "wal_reset_bug": "yes" if has_wal_reset_bug(SQLITE_VERSION) else "no",
        "journal_mode": connection.execute("PRAGMA journal_mode").fetchone()[0],
        "synchronous": levels[connection.execute("PRAGMA synchronous").fetchone()[0]],
    }
