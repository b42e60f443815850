"""What changed in the catalog since a reviewer last worked under another one, for the policy browser."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct
from msgspec.structs import asdict

from modtui.domain.catalog import Catalog
from modtui.domain.policies import Check, Policy
from modtui.services.catalogs import rulebook_with_hash
from modtui.store.owner_events import last_catalog_before
from modtui.store.workspace import Workspace

CHECK_WORDS = {
    "severity": "severity", "clauses": "rows", "markets": "market rows", "facts": "what the data answer",
    "when": "when it is asked", "required": "whether it must be answered", "cues": "cues", "escalation": "escalation",
    "fix": "fix",
}  # fmt: skip
POLICY_WORDS = {
    "title": "title", "family": "family", "severity": "severity", "principle": "principle", "basis": "basis",
    "guidance": "guidance", "cues": "cues", "examples": "examples", "reply": "replies", "on_partial": "on a part",
    "effective": "start", "sunset": "end", "sources": "sources",
}  # fmt: skip


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
    lines = tuple(differences(before.catalog, catalog))
    known = {*catalog.policy_by_id, *catalog.check_by_id}
    version, day = before.catalog.version, found[1][:10]
    ids = frozenset(id_ for id_, _ in lines) & known
    count = f"{len(ids)} policies and checks changed" if ids else "nothing changed that is still here"
    return Changes(f"{count} since {version}, under which you last decided on {day}", version, ids, lines)


def differences(old: Catalog, new: Catalog) -> Iterator[tuple[str, str]]:
    """Id of each policy and check that differs, and in words how, in the order of the new catalog."""
    for policy in new.policies:
        was = old.policy_by_id.get(policy.id)
        if was is None:
            yield policy.id, "new policy"
            continue
        if words := _changed(was, policy, POLICY_WORDS):
            yield policy.id, words
        gone = [check.key for check in was.checks if check.need is None and check.id not in new.check_by_id]
        if gone:
            yield policy.id, f"gone: {' '.join(gone)}"
        for check in policy.checks:
            if check.need is None:
                yield from _of_check(old.check_by_id.get(check.id), check)


def _of_check(was: Check | None, check: Check) -> Iterator[tuple[str, str]]:
    if was is None:
        yield check.id, "new check"
        return
    if was.ask != check.ask:
        yield check.id, f"asked before: {was.ask}"
    if words := _changed(was, check, CHECK_WORDS):
        yield check.id, words


def _changed(was: Policy | Check, now: Policy | Check, names: dict[str, str]) -> str:
    before, after = asdict(was), asdict(now)
    words = [word for name, word in names.items() if before[name] != after[name]]
    return f"changed: {', '.join(words)}" if words else ""
