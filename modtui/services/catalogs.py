"""The policy catalog of a session: read once, kept in the workspace by content, warm from there."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson
from msgspec import Struct

from modtui.domain.catalog import Catalog
from modtui.domain.catalog_document import catalog_from_document
from modtui.domain.cues import CueIndex, CueTable
from modtui.errors import ModtuiError
from modtui.files.patterns import compile_pattern
from modtui.services.ready_catalogs import keep_ready, ready_catalog
from modtui.store import catalogs as store
from modtui.store.local_rows import get_setting
from modtui.store.times import utc_text
from modtui.store.transaction import Transaction
from modtui.store.workspace import Workspace

if TYPE_CHECKING:
    from modtui.domain.touched import Touched

READER_VERSION = "1"
"Raised when the reader makes another document of the same file, so that nothing stale is taken for warm."


TEAM_CATALOG = "team-catalog"
"The setting that names, by its hash, the catalog the team's remote has published."


class Rulebook(Struct, frozen=True, dict=True):
    """A catalog with its cues arranged for searching."""

    catalog: Catalog
    cues: CueTable | None = None
    "The catalog's cues where they were kept arranged."

    @cached_property
    def index(self) -> CueIndex:
        return CueIndex(self.cues or CueTable.of(self.catalog), self.catalog.compile_pattern)

    @cached_property
    def _since(self) -> dict[str, Touched | None]:
        return {}

    def since(self, digest: str, workspace: Workspace) -> Touched | None:
        """What is different from the catalog with that hash. None when it is this one, or is not known here."""
        if not digest or digest == self.catalog.hash:
            return None
        if digest not in self._since:
            from modtui.domain.touched import Touched

            old = rulebook_with_hash(digest, workspace)
            self._since[digest] = Touched(old.catalog, self.catalog) if old else None
        return self._since[digest]


def load_rulebook(path: Path, workspace: Workspace, now_ms: int) -> Rulebook:
    """The catalog at a path. Raises ModtuiError with every mistake in it, and where."""
    name = _name(path)
    with workspace.read() as connection:
        known = get_setting(connection, name)
        ready = ready_catalog(connection, known) if known else None
    if ready is not None:
        return Rulebook(*ready)
    rulebook = rulebook_with_hash(known, workspace) if known else None
    if rulebook is None:
        return _read_and_keep(path, name, workspace, now_ms)
    return _kept_ready(rulebook.catalog, workspace)


def load_team_rulebook(workspace: Workspace) -> Rulebook | None:
    """The catalog that came from the team's remote with the last sync, or None when none has."""
    with workspace.read() as connection:
        known = get_setting(connection, TEAM_CATALOG)
        ready = ready_catalog(connection, known) if known else None
    if ready is not None:
        return Rulebook(*ready)
    rulebook = rulebook_with_hash(known, workspace) if known else None
    return None if rulebook is None else _kept_ready(rulebook.catalog, workspace)


def rulebook_with_hash(digest: str, workspace: Workspace) -> Rulebook | None:
    """The catalog a decision was made under, or None when this workspace never used it."""
    with workspace.read() as connection:
        stored = store.find_catalog(connection, digest)
    if stored is None:
        return None
    return Rulebook(catalog_from_document(orjson.loads(stored.document), compile_pattern, stored.hash))


def catalog_at(path: Path) -> Catalog:
    """The catalog at a path, kept nowhere. Raises ModtuiError with every mistake in it, and where."""
    return catalog_from_document(document_at(path), compile_pattern)


def _read_and_keep(path: Path, name: str, workspace: Workspace, now_ms: int) -> Rulebook:
    read = document_at(path)
    catalog = catalog_from_document(read, compile_pattern)
    if not workspace.is_read_only:
        # A file that was changed while it was read is kept by its content alone: its name would stand for another.
        is_same = _name(path) == name
        document = orjson.dumps(read).decode()
        now = utc_text(now_ms)

        def keep(tx: Transaction) -> None:
            tx.store_catalog(catalog.hash, catalog.id, catalog.version, document, now)
            if is_same:
                tx.set_setting(name, catalog.hash)

        workspace.writer.call(keep)
    return _kept_ready(catalog, workspace)


def document_at(path: Path) -> Mapping[str, Any]:
    """The document of the catalog at a path. Raises ModtuiError with every mistake in it, and where."""
    # PyYAML costs 30 ms, which only a catalog that changed has to pay.
    from modtui.files.policy_file import read_catalog_document

    reading = read_catalog_document(path, path.name)
    if reading.problems or reading.document is None:
        lines = "\n".join(str(problem) for problem in reading.problems[:20])
        more = f"\n... and {len(reading.problems) - 20} more" if len(reading.problems) > 20 else ""
        hint = f"Mend the file; `modtui policies check {path}` shows every mistake."
        raise ModtuiError("The policy catalog has mistakes", lines + more, hint)
    return reading.document


def _kept_ready(catalog: Catalog, workspace: Workspace) -> Rulebook:
    cues = CueTable.of(catalog)
    if not workspace.is_read_only:
        workspace.writer.call(lambda tx: keep_ready(tx, catalog, cues))
    return Rulebook(catalog, cues)


def _name(path: Path) -> str:
    """Under what the workspace remembers which catalog the file at a path holds."""
    return f"catalog-file {READER_VERSION} {_digest(path)}"


def _digest(path: Path) -> str:
    """SHA-256 over the bytes of the file, or of every .yaml file of the folder with its name."""
    try:
        files = sorted((*path.glob("*.yaml"), *path.glob("*.yml"))) if path.is_dir() else [path]
        digest = hashlib.sha256()
        for file in files:
            digest.update(file.name.encode("utf-8", "surrogateescape") + b"\0")
            digest.update(file.read_bytes() if file.is_file() else b"")
    except OSError as error:
        raise ModtuiError(
            "Cannot read the policies", f"{path}: {error.strerror}.", "Name the catalog with --policies."
        ) from error
    return digest.hexdigest()
