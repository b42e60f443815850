"""The remotes of a workspace: where they are, how far each has our streams, and how far we have theirs."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from modtui.store.event_log import EventLog
from modtui.store.sqlite import Connection


class RemoteRow(Struct, frozen=True):
    """A remote as the workspace remembers it. The address holds no secret."""

    name: str
    address: str
    team: str
    incarnation: str
    added_at: str
    synced_at: str | None


class Quarantined(Struct, frozen=True):
    """Something a remote has that was not taken."""

    remote: str
    name: str
    why: str
    seen_at: str


_COLUMNS = "name, address, team, incarnation, added_at, synced_at"


def list_remotes(connection: Connection) -> list[RemoteRow]:
    """The remotes in the order they were added; the first is the one synced with when none is named."""
    return [RemoteRow(*row) for row in connection.execute(f"SELECT {_COLUMNS} FROM remotes ORDER BY added_at, name")]


def find_remote(connection: Connection, name: str) -> RemoteRow | None:
    row = connection.execute(f"SELECT {_COLUMNS} FROM remotes WHERE name = ?", (name,)).fetchone()
    return RemoteRow(*row) if row else None


def keep_remote(connection: Connection, name: str, address: str, team: str, now: str) -> None:
    """Add a remote, or give it another address; what was known of the old one is forgotten then."""
    before = find_remote(connection, name)
    if before is not None and (before.address, before.team) != (address, team):
        forget_marks(connection, name)
    connection.execute(
        """INSERT INTO remotes (name, address, team, added_at) VALUES (?, ?, ?, ?)
           ON CONFLICT (name) DO UPDATE SET address = excluded.address, team = excluded.team""",
        (name, address, team, now),
    )


def remove_remote(connection: Connection, name: str) -> bool:
    forget_marks(connection, name)
    connection.execute("DELETE FROM quarantine WHERE remote = ?", (name,))
    return bool(connection.execute("DELETE FROM remotes WHERE name = ?", (name,)).rowcount)


def forget_marks(connection: Connection, name: str) -> None:
    """Know nothing of how far a remote is: the next sync asks for everything, and counts nothing twice."""
    connection.execute("DELETE FROM remote_marks WHERE remote = ?", (name,))
    connection.execute("DELETE FROM remote_ends WHERE remote = ?", (name,))


def set_incarnation(connection: Connection, name: str, incarnation: str) -> None:
    connection.execute("UPDATE remotes SET incarnation = ? WHERE name = ?", (incarnation, name))


def marks(connection: Connection, name: str) -> dict[str, str]:
    return dict(connection.execute("SELECT key, value FROM remote_marks WHERE remote = ?", (name,)))


def set_mark(connection: Connection, name: str, mark: tuple[str, str]) -> None:
    connection.execute(
        """INSERT INTO remote_marks (remote, key, value) VALUES (?, ?, ?)
           ON CONFLICT (remote, key) DO UPDATE SET value = excluded.value""",
        (name, *mark),
    )


def set_end(connection: Connection, name: str, way: str, seq: int) -> None:
    """Note how far the remote says it has a way. It may be less than it was."""
    connection.execute(
        """INSERT INTO remote_ends (remote, way, seq) VALUES (?, ?, ?)
           ON CONFLICT (remote, way) DO UPDATE SET seq = excluded.seq""",
        (name, way, seq),
    )


def end_of(connection: Connection, name: str, way: str) -> int:
    row = connection.execute("SELECT seq FROM remote_ends WHERE remote = ? AND way = ?", (name, way)).fetchone()
    return int(row[0]) if row else 0


def finish(connection: Connection, name: str, refused: Sequence[tuple[str, str]], now: str) -> None:
    """Note the end of a sync, and what was not taken in it, in place of what was not taken before."""
    connection.execute("UPDATE remotes SET synced_at = ? WHERE name = ?", (now, name))
    connection.execute("DELETE FROM quarantine WHERE remote = ?", (name,))
    connection.executemany(
        "INSERT OR REPLACE INTO quarantine (remote, name, why, seen_at) VALUES (?, ?, ?, ?)",
        [(name, each, why, now) for each, why in refused],
    )


def quarantined(connection: Connection) -> list[Quarantined]:
    rows = connection.execute("SELECT remote, name, why, seen_at FROM quarantine ORDER BY remote, name")
    return [Quarantined(*row) for row in rows]


def count_unsynced(connection: Connection) -> int:
    """Own events that the first remote has not acknowledged; all of them when there is none. From the streams' ends."""
    first = connection.execute("SELECT name FROM remotes ORDER BY added_at, name LIMIT 1").fetchone()
    streams = connection.execute("SELECT stream_no, stream FROM streams WHERE stream_no > 0").fetchall()
    log = EventLog()
    ends = ((log.head(connection, number)[0], way) for number, way in streams)
    return sum(max(0, end - (end_of(connection, first[0], way) if first else 0)) for end, way in ends)
