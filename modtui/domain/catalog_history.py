"""Ids and keys that mean something else than in an earlier version: none may be given to another meaning."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from difflib import SequenceMatcher
from typing import Any

from msgspec import Struct

from modtui.domain.catalog import Catalog
from modtui.domain.catalog_notes import Note, Spot

UNLIKE = 0.4
"Questions less alike than this, of 1, ask something else; a reworded one keeps more of its words."


class _Was(Struct, frozen=True):
    """What an id meant when it was last there."""

    version: str
    key: str
    ask: str


def reused(catalog: Catalog, earlier: Iterable[Mapping[str, Any]]) -> Iterator[Note]:
    """What an id or key of the catalog meant before. `earlier` are documents, the oldest first."""
    was: dict[str, _Was] = {}
    held: dict[str, tuple[str, str]] = {}
    gone_in: dict[str, str] = {}
    for document in earlier:
        version = document["catalog"]["version"]
        checks = {check["id"]: check for policy in document["policies"] for check in policy["checks"]}
        gone_in |= {check_id: version for check_id in was if check_id not in checks and check_id not in gone_in}
        for check_id, check in checks.items():
            was[check_id] = _Was(version, check.get("key", ""), check["ask"])
            held[check.get("key", "")] = (check_id, version)
            gone_in.pop(check_id, None)
    for check in catalog.checks:
        if check.need is not None:
            continue
        before = was.get(check.id)
        holder, version = held.get(check.key, (check.id, ""))
        spot = Spot(check.policy_id, check.id, key="key")
        if holder != check.id:
            message = f"key '{check.key}' meant '{holder}' in version {version}: a key is never given to another check"
            yield Note(spot, message, is_mistake=True)
        if before is None:
            continue
        if before.key != check.key:
            message = f"had the key '{before.key}' in version {before.version}: a check keeps its key"
            yield Note(spot, message, is_mistake=True)
        if before.ask != check.ask and not _alike(before.ask, check.ask):
            given_up = check.id in gone_in
            message = f"asked “{before.ask}” in version {before.version}"
            message += ", and was given up since: ids are never reused" if given_up else ": is it still the same check?"
            yield Note(Spot(check.policy_id, check.id, key="ask"), message, is_mistake=given_up)


def _alike(one: str, other: str) -> bool:
    return SequenceMatcher(None, one.casefold().split(), other.casefold().split()).ratio() >= UNLIKE
