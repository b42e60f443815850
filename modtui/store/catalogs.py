"""Policy catalogs: every version that was ever used, by the hash of its document."""

from __future__ import annotations

from msgspec import Struct

from modtui.store.sqlite import Connection


class StoredCatalog(Struct, frozen=True):
    """A catalog's document and when it was first used here."""

    hash: str
    id: str
    version: str
    added_at: str
    document: str


def store_catalog(connection: Connection, digest: str, catalog_id: str, version: str, document: str, now: str) -> bool:
    """Keep a catalog; whether it is new here. What is stored under a hash is never replaced."""
    cursor = connection.execute(
        "INSERT INTO catalogs (hash, id, version, added_at, document) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
        (digest, catalog_id, version, now, document),
    )
    return bool(cursor.rowcount == 1)


def find_catalog(connection: Connection, digest: str) -> StoredCatalog | None:
    row = connection.execute(
        "SELECT hash, id, version, added_at, document FROM catalogs WHERE hash = ?", (digest,)
    ).fetchone()
    return StoredCatalog(*row) if row else None


def newest_in_force(connection: Connection, catalog_id: str, day: str) -> str | None:
    """The hash of the catalog of that id that came into use last among those in effect on a day (ISO date)."""
    row = connection.execute(
        """SELECT hash FROM catalogs WHERE id = ? AND coalesce(document ->> '$.catalog.effective', '') <= ?
           ORDER BY rowid DESC LIMIT 1""",
        (catalog_id, day),
    ).fetchone()
    return row[0] if row else None


def keep_ready(connection: Connection, digest: str, shape: int, text: str) -> None:
    """Keep a catalog's form ready for use, a JSON text, in place of the one before it. It can always be made again."""
    connection.execute("DELETE FROM settings WHERE name >= 'catalog-ready ' AND name < 'catalog-ready!'")
    connection.execute("INSERT INTO settings (name, value) VALUES (?, ?)", (_ready_name(digest, shape), text))


def find_ready(connection: Connection, digest: str, shape: int) -> str | None:
    row = connection.execute("SELECT value FROM settings WHERE name = ?", (_ready_name(digest, shape),)).fetchone()
    return row[0] if row else None


def _ready_name(digest: str, shape: int) -> str:
    return f"catalog-ready {shape} {digest}"


def list_catalogs(connection: Connection) -> list[tuple[str, str, str, str]]:
    """Hash, id, version and time of each catalog, the first used first."""
    return connection.execute("SELECT hash, id, version, added_at FROM catalogs ORDER BY rowid").fetchall()  # type: ignore[no-any-return]
