"""The catalog a team works by: fetched from its remote, kept, and used by whoever names no other."""

from __future__ import annotations

import orjson

from modtui.domain.catalog import Catalog
from modtui.domain.catalog_document import catalog_from_document
from modtui.errors import ModtuiError
from modtui.files.patterns import compile_pattern
from modtui.remotes.board import Board, PublishedCatalog
from modtui.services.catalogs import TEAM_CATALOG
from modtui.services.clock import Clock, wall_clock
from modtui.store.catalogs import find_catalog
from modtui.store.local_rows import get_setting
from modtui.store.times import utc_text
from modtui.store.transaction import Transaction
from modtui.store.workspace import Workspace


def take_catalog(workspace: Workspace, board: Board, clock: Clock = wall_clock) -> str | None:
    """Fetch the team's newest catalog if it is another than the one in use here: its version, or None.

    Raises ModtuiError when what is there is no catalog this program can read; the one in use stays.
    """
    newest = board.newest_hash()
    with workspace.read() as reading:
        in_use = get_setting(reading, TEAM_CATALOG)
        is_known = newest is not None and find_catalog(reading, newest) is not None
    if newest is None or newest == in_use:
        return None
    found = board.newest_catalog()
    if found is None:
        return None
    read_catalog(found)

    def keep(tx: Transaction) -> None:
        if not is_known:
            tx.store_catalog(found.hash, found.id, found.version, found.document, utc_text(clock()))
        tx.set_setting(TEAM_CATALOG, found.hash)

    workspace.writer.call(keep)
    return found.version


def read_catalog(found: PublishedCatalog) -> Catalog:
    """A published catalog, made of its document. Raises ModtuiError for one that is altered or not known here."""
    try:
        catalog = catalog_from_document(orjson.loads(found.document), compile_pattern)
    except (LookupError, TypeError, ValueError, AttributeError, RecursionError) as error:
        raise ModtuiError(
            "Catalog cannot be read",
            f"The team's catalog {found.version} is not one this program knows: {error}.",
            "Update modtui, or ask your lead. The catalog before it stays in use here.",
        ) from error
    if (catalog.hash, catalog.id, catalog.version) != (found.hash, found.id, found.version):
        raise ModtuiError(
            "Catalog was altered",
            f"The team's catalog {found.version} is not what its hash says.",
            "Ask your lead to publish it again. The catalog before it stays in use here.",
        )
    return catalog
