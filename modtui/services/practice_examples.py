"""A pack of the catalog's own worked examples: something to practise and drill with before a trainer hands out any."""

from __future__ import annotations

import hashlib
from pathlib import Path

from modtui.domain.catalog_document import catalog_from_document
from modtui.domain.pack_choice import Order
from modtui.domain.packs import Assist, Feedback, Kind, Settings
from modtui.files.patterns import compile_pattern
from modtui.services.catalogs import document_at
from modtui.services.gold_sources import gold_of_examples
from modtui.services.media_folders import packs_folder
from modtui.services.pack_building import Plan, build_pack, plain_document, plan_choice
from modtui.services.practice_packs import TakenPack, take_in
from modtui.store.workspace import Workspace

SIZE = 50
TITLE = "Examples of the catalog"


def examples_pack(workspace: Workspace, policies: Path, now: str) -> TakenPack:
    """Take in the examples of the catalog at a path as an open pack; built once for each version of the file."""
    return take_in(workspace, examples_file(workspace, policies, now[:10]), now)


def examples_file(workspace: Workspace, policies: Path, today: str) -> Path:
    """The pack of the examples, built when it is not there. The same catalog gives the same pack."""
    digest = hashlib.sha256()
    for file in sorted((*policies.glob("*.yaml"), *policies.glob("*.yml"))) if policies.is_dir() else [policies]:
        digest.update(file.read_bytes())
    folder = packs_folder(workspace.path)
    path = folder / f"examples-{digest.hexdigest()[:16]}.pack"
    if not path.exists():
        document = plain_document(document_at(policies))
        catalog = catalog_from_document(document, compile_pattern)
        choice = plan_choice(gold_of_examples(catalog, today), catalog, Order(SIZE))
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        build_pack(path, choice, document, Plan(TITLE, Settings(Kind.OPEN, Feedback.EACH, Assist.LIVE)))
    return path
