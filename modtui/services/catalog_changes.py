"""What changed in the catalog since a reviewer last worked under another one, for the policy browser."""

from __future__ import annotations

from msgspec import Struct

from modtui.domain.catalog import Catalog
from modtui.domain.catalog_diff import Change, diff
from modtui.domain.plurals import number_of
from modtui.services.catalogs import rulebook_with_hash
from modtui.store.owner_events import last_catalog_before
from modtui.store.workspace import Workspace


class Changes(Struct, frozen=True):
    """What is new since then."""

    words: str
    "For the person: since when, and how much."
    version: str = ""
    ids: frozenset[str] = frozenset()
    "Policies and checks of the catalog in use."
    lines: tuple[tuple[str, str], ...] = ()
    "Id of a policy or check, and what changed there."


def changes_since_last_worked(workspace: Workspace, catalog: Catalog, reviewer: str) -> Changes:
    """The catalog in use held against the last other one that the reviewer decided under."""
    with workspace.read() as connection:
        found = last_catalog_before(connection, reviewer, catalog.hash)
    before = rulebook_with_hash(found[0], workspace) if found else None
    if found is None or before is None:
        return Changes("you have not worked under another version of the catalog here")
    lines = tuple(_spoken(change) for change in diff(before.catalog, catalog).changes if change.policy_id)
    known = {*catalog.policy_by_id, *catalog.check_by_id}
    version, day = before.catalog.version, found[1][:10]
    ids = frozenset(id_ for id_, _ in lines) & known
    changed = number_of(len(ids), "policy or check", "policies and checks")
    count = f"{changed} changed" if ids else "nothing changed that is still here"
    return Changes(f"{count} since {version}, under which you last decided on {day}", version, ids, lines)


def _spoken(change: Change) -> tuple[str, str]:
    """A change with the policy or check it stands at; its market where it has one."""
    where = "" if change.market in (None, "*") else f"{change.market}: "
    return change.check_id or change.policy_id, where + change.words
