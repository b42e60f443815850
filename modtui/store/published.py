"""What leads have published, as the files it came in: kept to be passed on, and to tell what is newest."""

from __future__ import annotations

from msgspec import Struct

from modtui.store.sqlite import Connection


class PublishedRow(Struct, frozen=True):
    """A publication as it is kept."""

    name: str
    team: str
    number: int
    kind: str
    subject: str
    content: bytes


_COLUMNS = "name, team, number, kind, subject, content"


def keep_published(connection: Connection, row: PublishedRow, now: str, *, is_applied: bool) -> None:
    """Keep a publication. The name stands for the content, so one that is here stays, or is mended."""
    connection.execute(
        """INSERT INTO published (name, team, number, kind, subject, content, is_applied, kept_at)
           VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (name) DO UPDATE SET content = excluded.content
           WHERE content IS NOT excluded.content""",
        (row.name, row.team, row.number, row.kind, row.subject, row.content, int(is_applied), now),
    )


def published_names(connection: Connection, team: str) -> list[str]:
    """The names of what is of that team or of none, in the order it was published."""
    rows = connection.execute("SELECT name FROM published WHERE team IN (?, '') ORDER BY number, name", (team,))
    return [name for (name,) in rows]


def find_published(connection: Connection, name: str) -> PublishedRow | None:
    row = connection.execute(f"SELECT {_COLUMNS} FROM published WHERE name = ?", (name,)).fetchone()
    return PublishedRow(*row) if row else None


def highest_number(connection: Connection) -> int:
    """Of all that is known here; 0 when nothing is."""
    return int(connection.execute("SELECT coalesce(max(number), 0) FROM published").fetchone()[0])


def newest_of(connection: Connection, kind: str, team: str) -> str | None:
    """The name of what was published last of one kind, whatever it is on."""
    row = connection.execute(
        "SELECT name FROM published WHERE kind = ? AND team IN (?, '') ORDER BY number DESC, name DESC LIMIT 1",
        (kind, team),
    ).fetchone()
    return row[0] if row else None


def names_on(connection: Connection, kind: str, subject: str) -> list[str]:
    """What was published on something, in order."""
    rows = connection.execute(
        "SELECT name FROM published WHERE kind = ? AND subject = ? ORDER BY number, name", (kind, subject)
    )
    return [name for (name,) in rows]


def applied_after(connection: Connection, kind: str, subject: str, place: tuple[int, str]) -> list[str]:
    """What was published on something after a number and name, and is in use."""
    rows = connection.execute(
        """SELECT name FROM published WHERE kind = ? AND subject = ? AND (number, name) > (?, ?) AND is_applied
           ORDER BY number, name""",
        (kind, subject, *place),
    )
    return [name for (name,) in rows]


def names_to_apply(connection: Connection, kind: str) -> list[str]:
    """What was not applied yet, in order."""
    rows = connection.execute(
        "SELECT name FROM published WHERE NOT is_applied AND kind = ? ORDER BY number, name", (kind,)
    )
    return [name for (name,) in rows]


def note_applied(connection: Connection, name: str) -> None:
    connection.execute("UPDATE published SET is_applied = 1 WHERE name = ?", (name,))
