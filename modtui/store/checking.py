"""Whether a workspace holds: its chain, its pages, its state against its events; and what is saved of a broken one."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

from msgspec import Struct, field

from modtui.store import attempts, items, ready, sqlite
from modtui.store.event_log import EventLog, Verified
from modtui.store.items import NEW_LANE
from modtui.store.sqlite import Connection
from modtui.store.team_events import verify_others
from modtui.store.workspace import LINKS_CHECKED_AT_OPENING

NETWORK_FILESYSTEMS = ("nfs", "nfs4", "cifs", "smb3", "smbfs", "fuse.sshfs", "9p", "afs", "ceph", "glusterfs", "lustre")


class WorkspaceReport(Struct, frozen=True):
    """What `modtui verify` found."""

    chain: Verified
    problems: tuple[str, ...]
    "What SQLite says of its own pages and indexes; empty when all is well."
    practice: Verified = field(default_factory=lambda: Verified(0))
    "The chain of attempts, which is apart from that of events."
    others: int = 0
    "Events that came from others; what does not hold of them is among the problems."

    @property
    def is_whole(self) -> bool:
        return self.chain.broken is None and self.practice.broken is None and not self.problems


def verify_workspace(connection: Connection) -> WorkspaceReport:
    """Walk the chains, whole, and every page. Takes some 10 s a gigabyte."""
    chain, practice, others = EventLog().verify(connection), attempts.LOG.verify(connection), 0
    try:
        others = connection.execute("SELECT count(*) FROM events WHERE event_no < 0").fetchone()[0]
        rows = connection.execute("PRAGMA integrity_check(20)").fetchall()
        problems = tuple(str(row[0]) for row in rows if row[0] != "ok")
    except sqlite.Error as error:
        problems = (str(error),)
    return WorkspaceReport(chain, (*problems, *verify_others(connection)), practice, others)


def problem_in_passing(connection: Connection, *, pages: bool) -> str | None:
    """What is wrong with the last events or, if asked for, with a page; None when nothing was found."""
    if (broken := EventLog().verify(connection, LINKS_CHECKED_AT_OPENING).broken) is not None:
        return f"event {broken.seq} does not hold: {broken.why}"
    if pages and (found := str(connection.execute("PRAGMA quick_check(1)").fetchone()[0])) != "ok":
        return " ".join(found.split())
    return None


def salvage(connection: Connection) -> Iterator[str]:
    """The events before the first break, oldest first, each a JSON line of the very bytes hashed and the hash."""
    count = EventLog().verify(connection).checked
    rows = connection.execute(
        "SELECT document, hash FROM events WHERE event_no >= 0 ORDER BY event_no LIMIT ?", (count,)
    )
    for document, digest in rows:
        yield f'{{"event":{document},"hash":"{digest}"}}'


def rebuild_state(connection: Connection) -> int:
    """Work the state of every item out again from the events alone; how many ads have events. Claims are kept."""
    connection.execute("DELETE FROM holds")
    connection.execute("DELETE FROM exclusions")
    connection.execute(
        f"""UPDATE queue_items SET state = 'new', route_no = NULL, verdict = NULL, outcome = NULL, barred = '',
            lane = {NEW_LANE} WHERE state <> 'new' OR barred <> '' OR verdict IS NOT NULL"""
    )
    connection.execute("UPDATE queue_items SET lane = 0 WHERE ad_no IN (SELECT ad_no FROM claims)")
    connection.execute("DELETE FROM queue_counts")
    connection.execute(
        """INSERT INTO queue_counts (queue_no, state, route_no, n)
           SELECT queue_no, 'new', 0, size FROM queues WHERE size > 0"""
    )
    connection.execute("DELETE FROM ready")
    connection.execute("UPDATE queues SET sorted = 0")
    ads = connection.execute("SELECT DISTINCT ad_no FROM events WHERE ad_no IS NOT NULL").fetchall()
    for (ad_no,) in ads:
        items.refresh(connection, ad_no, EventLog().of_ad(connection, ad_no), keep_mark=True)
    for queue_no in ready.unsorted_queues(connection):
        while ready.sort_run(connection, queue_no):
            pass
    return len(ads)


class WorkspaceFacts(Struct, frozen=True):
    """What `modtui doctor` says of the workspace."""

    path: str
    sqlite_version: str
    has_wal_reset_bug: bool
    journal_mode: str
    synchronous: str
    size_bytes: int
    free_bytes: int
    filesystem: str
    is_network_filesystem: bool
    open_to_others: tuple[str, ...]
    "Files and folders that others may read or write, with their modes."


def workspace_facts(connection: Connection, path: Path) -> WorkspaceFacts:
    """Look at the connection, the file, its folder and its disk."""
    facts = sqlite.facts(connection)
    room = os.statvfs(path.parent)
    filesystem = filesystem_of(path)
    return WorkspaceFacts(
        str(path),
        facts["sqlite_version"],
        facts["wal_reset_bug"] == "yes",
        facts["journal_mode"],
        facts["synchronous"],
        path.stat().st_size,
        room.f_bavail * room.f_frsize,
        filesystem,
        filesystem in NETWORK_FILESYSTEMS,
        tuple(_open_to_others(path)),
    )


def filesystem_of(path: Path, mounts: Path = Path("/proc/mounts")) -> str:
    """The type of the file system a path is on, or `unknown`."""
    try:
        lines = mounts.read_text("utf-8", "replace").splitlines()
    except OSError:
        return "unknown"
    best, name = -1, "unknown"
    place = str(path.resolve())
    for line in lines:
        fields = line.split(" ")
        if len(fields) < 3:
            continue
        mount = fields[1].encode().decode("unicode_escape", "replace").rstrip("/")
        if (place == mount or place.startswith(mount + "/")) and len(mount) >= best:
            best, name = len(mount), fields[2]
    return name


def _open_to_others(path: Path) -> Iterator[str]:
    beside = [path.with_name(path.name + suffix) for suffix in ("", "-wal", "-shm", "-turn", "-gate", "-backups")]
    for place in (path.parent, *beside):
        if place.exists():
            mode = stat.S_IMODE(place.stat().st_mode)
            if mode & 0o077:
                yield f"{place} ({mode:04o})"
