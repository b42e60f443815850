"""Looking after a workspace: verify, back up, restore, and what a doctor says of everything around it."""

from __future__ import annotations

import os
import shutil
import stat
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

from msgspec import Struct

from modtui.errors import ModtuiError
from modtui.services.clock import Clock, wall_clock
from modtui.store import backup as copies
from modtui.store import checking, sqlite
from modtui.store.workspace import Workspace, open_to_read

SECONDS_A_DAY = 86_400
LARGEST_IN_PASSING = 256 << 20
"Bytes; copying that much takes about a second."
GOOD, CARE, BAD = "good", "care", "bad"


class Finding(Struct, frozen=True):
    """One thing a doctor looked at."""

    state: str
    "`good`, `care` (works, but look) or `bad`."
    what: str
    words: str
    hint: str = ""


def verify(workspace: Workspace) -> checking.WorkspaceReport:
    """Walk every chain of events, and every page of the file."""
    with workspace.read() as connection:
        return checking.verify_workspace(connection)


def salvage(workspace: Workspace, out: TextIO) -> int:
    """Write every event before the first that does not hold, as JSON lines; returns how many."""
    count = 0
    with workspace.read() as connection:
        for line in checking.salvage(connection):
            out.write(line + "\n")
            count += 1
    return count


def back_up(workspace: Workspace, target: Path | None = None, clock: Clock = wall_clock) -> Path:
    """Copy the workspace while it is in use: to a path, or among its own backups."""
    with workspace.read() as connection:
        if target is None:
            return copies.back_up(connection, workspace.path, clock())
        if target.exists():
            raise ModtuiError("File is there already", f"{target} exists.", "Name another file, or move that one away.")
        copies.copy_to(connection, target)
        return target


def back_up_when_due(workspace: Workspace, clock: Clock = wall_clock) -> Path | None:
    """Make a copy when the newest is older than a day, unless the workspace is too large to copy in passing."""
    if workspace.is_read_only or workspace.path.stat().st_size > LARGEST_IN_PASSING:
        return None
    made = copies.list_backups(workspace.path)
    age = clock() / 1000 - made[0].path.stat().st_mtime if made else SECONDS_A_DAY
    return back_up(workspace, clock=clock) if age >= SECONDS_A_DAY else None


def backups_of(workspace: Path) -> list[copies.Backup]:
    """The copies there are, newest first."""
    return copies.list_backups(workspace)


def check_backup(backup: Path) -> None:
    """Raises ModtuiError for a file that is no backup, is damaged, or is of a newer modtui."""
    copies.check_backup(backup)


def restore(workspace: Path, backup: Path, clock: Clock = wall_clock) -> Path | None:
    """Put a backup in the workspace's place; where the file that was there is kept, if there was one."""
    return copies.restore(workspace, backup, clock())


def examine(workspace: Path, catalog: Path | None = None) -> Iterator[Finding]:
    """Everything a doctor can say without changing anything."""
    yield _sqlite()
    yield from _workspace(workspace)
    yield from _terminal()
    if catalog is not None:
        yield _catalog(catalog)


def _sqlite() -> Finding:
    version = sqlite.SQLITE_VERSION
    journal, synchronous = sqlite.journal_rule(version)
    words = f"SQLite {version}, journal {journal}, synchronous {synchronous}"
    if sqlite.has_wal_reset_bug(version):
        hint = "Slower, and safe. Update pysqlite3 for one without the WAL-reset bug."
        return Finding(CARE, "database", words, hint)
    return Finding(GOOD, "database", words)


def _workspace(path: Path) -> Iterator[Finding]:
    if not path.exists():
        yield Finding(CARE, "workspace", f"{path} is not there yet", "`modtui import FILE` makes it.")
        return
    mode = stat.S_IMODE(path.stat().st_mode)
    if mode & 0o077:
        yield Finding(CARE, "rights", f"{path} can be read by others ({mode:o})", f"chmod 600 '{path}'")
    if not os.access(path, os.W_OK):
        yield Finding(BAD, "rights", f"{path} cannot be written", "Check its rights and the disk.")
    free = shutil.disk_usage(path.parent).free
    state = GOOD if free > 1 << 30 else CARE if free > 100 << 20 else BAD
    hint = "" if state == GOOD else "Free some space, or move the workspace to another disk."
    yield Finding(state, "disk", f"{free / (1 << 30):.1f} GiB free beside the workspace", hint)
    yield _content(path)
    kind = checking.filesystem_of(path)
    if kind in checking.NETWORK_FILESYSTEMS:
        hint = "Locks over a network are not to be trusted: keep the workspace on a local disk and sync."
        yield Finding(BAD, "file system", f"{path} lies on {kind}", hint)
    yield _backups(path)


def _backups(path: Path) -> Finding:
    """How many there are, and whether any is made without being asked for."""
    made = copies.list_backups(path)
    words = f"{len(made)} kept" + (f", newest {made[0].made_at}" if made else "")
    if path.stat().st_size > LARGEST_IN_PASSING:
        words += f"; over {LARGEST_IN_PASSING >> 20} MiB, none is made by itself"
        return Finding(CARE, "backups", words, "`modtui backup` makes one; run it each day.")
    return Finding(GOOD if made else CARE, "backups", words, "" if made else "`modtui backup` makes one.")


def _content(path: Path) -> Finding:
    """Whether the file can be opened, its last events hold, and, where that is quick to tell, its pages."""
    try:
        with open_to_read(path) as workspace, workspace.read() as connection:
            problem = checking.problem_in_passing(connection, pages=path.stat().st_size <= LARGEST_IN_PASSING)
    except ModtuiError as error:
        return Finding(BAD, "workspace", f"{error.title}: {error.message}", error.hint)
    if problem is not None:
        hint = "`modtui verify` says where and saves what holds; `modtui restore` goes back to a backup."
        return Finding(BAD, "workspace", f"{path} is damaged: {problem}", hint)
    return Finding(GOOD, "workspace", f"{path} can be read, and its last events hold")


def _terminal() -> Iterator[Finding]:
    term = os.environ.get("TERM", "")
    if not sys.stdin.isatty():
        yield Finding(CARE, "terminal", "standard input is no terminal", "The screens need one; --plain does not.")
    elif term in ("", "dumb"):
        yield Finding(BAD, "terminal", f"TERM is '{term}'", "Set TERM, or use `modtui review --plain`.")
    else:
        size = shutil.get_terminal_size()
        fits = size.columns >= 80 and size.lines >= 24
        words = f"{term}, {size.columns}x{size.lines}"
        yield Finding(GOOD if fits else CARE, "terminal", words, "" if fits else "80x24 or more shows it all.")
    encoding = (sys.stdout.encoding or "").lower().replace("-", "")
    if encoding != "utf8":
        yield Finding(
            CARE, "locale", f"{sys.stdout.encoding} is not UTF-8", "Signs are drawn in ASCII. Set LANG=C.UTF-8."
        )


def _catalog(path: Path) -> Finding:
    from modtui.files.policy_file import read_catalog

    catalog, problems = read_catalog(path)
    if catalog is None:
        return Finding(BAD, "catalog", f"{len(problems)} mistakes in {path}", f"modtui policies check {path}")
    return Finding(GOOD, "catalog", f"{catalog.id} {catalog.version}: {len(catalog.policies)} policies")
