"""The catalog in the form a session works with, kept as it is: making it from its document takes five times as long."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
from msgspec import Struct

from modtui.domain.catalog import Catalog
from modtui.domain.cues import CueTable
from modtui.domain.policies import Policy
from modtui.files.patterns import compile_pattern
from modtui.store.catalogs import find_ready
from modtui.store.sqlite import Connection
from modtui.store.transaction import Transaction

SHAPE = 5
"Raised whenever a value the catalog is made of, or what is read into it, changes: what was kept is then made anew."


class _Ready(Struct, frozen=True, array_like=True):
    """What of a catalog is plain data, and its cues."""

    id: str
    version: str
    title: str
    effective: str | None
    market_groups: Mapping[str, tuple[str, ...]]
    routes: Mapping[str, str]
    policies: tuple[Policy, ...]
    briefings: tuple[Mapping[str, Any], ...]
    cues: CueTable


def ready_catalog(connection: Connection, digest: str) -> tuple[Catalog, CueTable] | None:
    """A catalog by the hash of its document, with its cues arranged; None when it has to be built."""
    text = find_ready(connection, digest, SHAPE)
    if text is None:
        return None
    try:
        return unpacked_catalog(text, digest)
    except msgspec.DecodeError:  # kept by a modtui of another make
        return None


def unpacked_catalog(packed: bytes | str, digest: str) -> tuple[Catalog, CueTable]:
    """A catalog and its cues from what `packed_catalog` made of them. Raises msgspec.DecodeError."""
    kept = msgspec.json.decode(packed, type=_Ready)
    catalog = Catalog(
        kept.id, kept.version, kept.title, kept.effective, kept.market_groups, kept.routes, kept.policies,
        kept.briefings, digest, compile_pattern,
    )  # fmt: skip
    return catalog, kept.cues


def packed_catalog(catalog: Catalog, cues: CueTable) -> bytes:
    """A catalog with its cues as plain JSON of this SHAPE."""
    kept = _Ready(
        catalog.id, catalog.version, catalog.title, catalog.effective, catalog.market_groups, catalog.routes,
        catalog.policies, catalog.briefings, cues,
    )  # fmt: skip
    return msgspec.json.encode(kept)


def keep_ready(tx: Transaction, catalog: Catalog, cues: CueTable) -> None:
    """Keep the form of the catalog in use. The one before it goes."""
    tx.keep_ready_catalog(catalog.hash, SHAPE, packed_catalog(catalog, cues).decode())
