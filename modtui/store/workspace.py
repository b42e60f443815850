"""The workspace file: made, opened, checked and closed; its one writer and its readers."""

from __future__ import annotations

import os
import secrets
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from msgspec import Struct

from modtui.store import sqlite
from modtui.store.claims import forget_all
from modtui.store.errors import WorkspaceDamaged, WorkspaceMissing, WorkspaceReadOnly, WorkspaceTooNew
from modtui.store.event_log import Break, EventLog
from modtui.store.lock import WriterTurn
from modtui.store.schema import APPLICATION_ID
from modtui.store.sqlite import Connection
from modtui.store.times import utc_text
from modtui.store.writer import Writer

SCHEMA_VERSION = 11
LINKS_CHECKED_AT_OPENING = 1_000


class Stream(Struct, frozen=True):
    """The incarnation of a workspace that writes now."""

    stream_no: int
    stream: str
    is_new: bool
    "Whether it began at this opening: a new workspace, or one that was copied or restored."


class Workspace:
    """An open workspace. Reads go through `reader` or `read()`, writes through `writer`."""

    def __init__(self, path: Path, stream: Stream, writer: Writer, damage: Break | None, *, is_read_only: bool) -> None:
        self.path = path
        self.stream = stream
        self.writer = writer
        self.damage = damage
        "The event at which the chain breaks, when it does; the workspace is then read-only."
        self.is_read_only = is_read_only
        self._local = threading.local()
        self._readers: list[Connection] = []
        self._readers_lock = threading.Lock()

    @property
    def reader(self) -> Connection:
        """This thread's reading connection. Its errors are SQLite's; `read()` puts them into words."""
        connection = getattr(self._local, "connection", None)
        if connection is None:
            open_ = sqlite.connect_read_only if self.is_read_only else sqlite.connect_reader
            with sqlite.translated(self.path):
                connection = open_(self.path)
            self._local.connection = connection
            with self._readers_lock:
                self._readers.append(connection)
        return connection

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """This thread's reading connection, with its errors turned into words. After one, the next call opens anew."""
        connection = self.reader
        try:
            with sqlite.translated(self.path):
                yield connection
        except Exception as error:
            if isinstance(error.__cause__, sqlite.Error):
                self._local.connection = None
                with self._readers_lock, suppress(sqlite.Error, ValueError):
                    self._readers.remove(connection)
                    connection.close()
            raise

    def close(self) -> None:
        """Finish what is being written, then close every connection. The last one out brings the log into the file."""
        self.writer.close()
        with self._readers_lock:
            for connection in self._readers:
                with suppress(sqlite.Error):
                    connection.close()
            self._readers.clear()
        self._local = threading.local()

    def __enter__(self) -> Workspace:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def open_workspace(
    path: Path, now_ms: int, *, create: bool = True, on_copy: Callable[[int], None] | None = None
) -> Workspace:
    """Open a workspace, make it when it is not there, and bring an older one up to date after a copy.

    `on_copy` is told the bytes to be copied before that begins: a large workspace takes a while.
    Raises WorkspaceMissing, WorkspaceTooNew, WorkspaceDamaged, WorkspaceReadOnly or StorageFailed. A workspace whose
    last events do not hold, or which cannot be written, is opened to be read only.
    """
    path = path.absolute()
    _check_place(path, create=create)
    with sqlite.translated(path):
        if path.exists() and not (os.access(path, os.W_OK) and os.access(path.parent, os.W_OK)):
            return _open_read_only(path, None)
        return _open_writable(path, now_ms, on_copy)


def open_to_read(path: Path) -> Workspace:
    """Open a workspace that another process keeps up to date, without taking a turn from it."""
    path = path.absolute()
    _check_place(path, create=False)
    with sqlite.translated(path):
        return _open_read_only(path, None)


def _check_place(path: Path, *, create: bool) -> None:
    if path.exists() and not path.is_file():
        raise WorkspaceMissing("Not a workspace", f"{path} is not a file.", "Name a file with --workspace.")
    if path.exists():
        return
    if not create:
        raise WorkspaceMissing("No workspace", f"There is no workspace at {path}.", "`modtui import FILE` makes one.")
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise WorkspaceMissing(
            "No place for the workspace", f"{path.parent}: {error.strerror}.", "Name another one with --workspace."
        ) from error


def _open_writable(path: Path, now_ms: int, on_copy: Callable[[int], None] | None) -> Workspace:
    is_there = path.exists() and path.stat().st_size > 0
    if is_there:
        _check_header(path)
    turn = WriterTurn(path)
    turn.acquire()
    try:
        connection = _connect_privately(path)
        try:
            _bring_up_to_date(connection, path, now_ms, on_copy)
            damage = EventLog().verify(connection, LINKS_CHECKED_AT_OPENING).broken
            if damage is None:
                stream = _stream(connection, path, now_ms)
        finally:
            connection.close()
    finally:
        turn.release()
        turn.close()
    if damage is not None:
        return _open_read_only(path, damage)
    writer = Writer(path)
    writer.stream_no = stream.stream_no
    return Workspace(path, stream, writer, None, is_read_only=False)


def _connect_privately(path: Path) -> Connection:
    """Connect with a mask that keeps the file, and SQLite's own beside it, to their owner."""
    mask = os.umask(0o077)
    try:
        return sqlite.connect_writer(path, create=True)
    finally:
        os.umask(mask)


def _check_header(path: Path) -> None:
    """Refuse, before anything is written, a file that is no workspace of ours or of a newer modtui."""
    try:
        application, version, tables = _header(sqlite.connect_read_only(path))
    except sqlite.Error as error:
        if not sqlite.may_need_rollback(error):
            raise
        # Whoever wrote last died in mid-transaction and left a journal; undoing it is SQLite's, and takes writing.
        application, version, tables = _header(sqlite.connect_reader(path))
    if application != APPLICATION_ID and tables:
        raise WorkspaceDamaged(
            "Not a workspace",
            f"{path} is an SQLite file, but not one of modtui's.",
            "Name another one with --workspace.",
        )
    if version > SCHEMA_VERSION:
        raise WorkspaceTooNew(
            "Workspace is too new",
            f"{path} was written by a newer modtui (tables of version {version}; this program knows {SCHEMA_VERSION}).",
            "Update modtui. The file was not touched.",
        )


def _header(connection: Connection) -> tuple[int, int, int]:
    """The application id, the version and the number of tables; closes the connection."""
    try:
        asked = ("PRAGMA application_id", "PRAGMA user_version", "SELECT count(*) FROM sqlite_schema")
        application, version, tables = (int(connection.execute(question).fetchone()[0]) for question in asked)
        return application, version, tables
    finally:
        connection.close()


def _bring_up_to_date(connection: Connection, path: Path, now_ms: int, on_copy: Callable[[int], None] | None) -> None:
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    if version == SCHEMA_VERSION:
        return
    if version > 0:
        from modtui.store.backup import back_up

        if on_copy is not None:
            on_copy(path.stat().st_size)
        back_up(connection, path, now_ms, label=f"before-v{SCHEMA_VERSION}")
    # Costs 90 ms, which only a new or an older workspace pays.
    from modtui.store.migrations import migrate

    migrate(connection, SCHEMA_VERSION)


def _identity(path: Path) -> str:
    """What a copy of the file does not share: its inode, and the file system's own number."""
    return f"{path.stat().st_ino}@{os.statvfs(path).f_fsid}"


def _stream(connection: Connection, path: Path, now_ms: int) -> Stream:
    """The stream to write to: the newest, or a new one when this file is not the one that wrote it."""
    identity = _identity(path)
    row = connection.execute(
        "SELECT stream_no, stream, identity FROM streams ORDER BY stream_no DESC LIMIT 1"
    ).fetchone()
    if row is not None and row[2] == identity:
        return Stream(row[0], row[1], is_new=False)
    parent, head = (row[1], EventLog().head(connection, row[0])[1]) if row else (None, None)
    name = secrets.token_hex(16)
    connection.execute("BEGIN IMMEDIATE")
    if row is not None:
        forget_all(connection)
    stream_no = connection.execute(
        """INSERT INTO streams (stream, identity, started_at, parent, parent_hash) VALUES (?, ?, ?, ?, ?)
           RETURNING stream_no""",
        (name, identity, utc_text(now_ms), parent, head),
    ).fetchone()[0]
    connection.execute("COMMIT")
    return Stream(stream_no, name, is_new=True)


def _open_read_only(path: Path, damage: Break | None) -> Workspace:
    _check_header(path)
    if damage is not None:
        refusal = WorkspaceReadOnly(
            "Workspace is damaged",
            f"Event {damage.seq} of {path} does not hold: {damage.why}. It is opened to be read only.",
            "`modtui verify` saves the events before it, `modtui restore` goes back to a backup.",
        )
    else:
        refusal = WorkspaceReadOnly(
            "Workspace cannot be written",
            f"{path} may be read, but not written.",
            "Check the rights of the file and that the disk is not mounted read-only.",
        )
    connection = sqlite.connect_read_only(path)
    try:
        row = connection.execute("SELECT stream_no, stream FROM streams ORDER BY stream_no DESC LIMIT 1").fetchone()
    finally:
        connection.close()
    stream = Stream(row[0], row[1], is_new=False) if row else Stream(0, "", is_new=False)
    return Workspace(path, stream, Writer(path, refusal), damage, is_read_only=True)
