"""Small packs and answers for tests, made of plain data."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import orjson

from modtui.domain.attempts import Answers, Attempt, Contest
from modtui.domain.catalog_document import document_hash
from modtui.domain.packs import PACK_SCHEMA, CatalogMark, Key, Kind, Manifest, PackAd, Rationale, Settings, commitment
from modtui.domain.policies import Answer
from modtui.files.pack_file import write_pack
from modtui.files.policy_file import read_catalog_document

HOUSE = Path(__file__).parents[1] / "services" / "house.yaml"
CODE = "K7QF-2WMP-9RTA"


def house_document() -> dict[str, Any]:
    document = read_catalog_document(HOUSE).document
    assert document is not None
    return orjson.loads(orjson.dumps(document))


def some_ads(count: int = 4) -> list[PackAd]:
    return [
        PackAd(f"{n:03}", "2026-11-20", {"source": "pack", "id": f"{n:03}", "creative": {"body": f"Body {n}"}})
        for n in range(1, count + 1)
    ]


def some_keys(ads: list[PackAd], check: str = "made.up/check") -> dict[str, Key]:
    return {
        ad.id: Key("reject", {check: Answer.YES}, Rationale("Because it says so."), (check,), check)
        if number % 2
        else Key("approve", {}, Rationale("Nothing is wrong with it."))
        for number, ad in enumerate(ads)
    }


def made_pack(
    path: Path, kind: Kind = Kind.OPEN, *, keys: dict[str, Key] | None = None, **more: Any
) -> dict[str, bytes]:
    """Write a pack of some ads; returns the secrets of its commitments."""
    ads, document = some_ads(), house_document()
    keys = keys or some_keys(ads)
    mark = CatalogMark("house", "1", "0" * 64, document_hash(document))
    manifest = Manifest(PACK_SCHEMA, "Some ads", len(ads), mark, Settings(kind), ())
    secrets = {ad.id: hashlib.sha256(f"secret {ad.id}".encode()).digest() for ad in ads}
    commitments = {ad.id: commitment(secrets[ad.id], ad.id, keys[ad.id]) for ad in ads}
    write_pack(path, manifest, ads, document, keys=keys, class_code=CODE, commitments=commitments, **more)
    return secrets


def some_answers(pack: str = "a" * 64, learner: str = "amina") -> Answers:
    attempts = (
        Attempt("001", 1, "approve", "approve", active_ms=4000),
        Attempt("002", 1, "reject", "reject", {"made.up/check": Answer.YES}, active_ms=9000, confidence="sure"),
        Attempt("001", 2, "reject", "reject", {"made.up/check": Answer.YES}, active_ms=900, saw_feedback=True),
    )
    contests = (Contest("002", "It is a joke, and says so. “Ha”", "2026-11-23T04:00:00.000Z"),)
    return Answers(pack, "b" * 64, learner, "2026-11-23T03:00:00.000Z", "2026-11-23T04:00:00.000Z",
                   attempts=attempts, contests=contests)  # fmt: skip
