"""Packs in a workspace: taken in once, kept beside it, opened with the catalog they go by and without its examples."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from modtui.domain.ad_json import ad_from_payload
from modtui.domain.ads import Ad
from modtui.domain.catalog_document import catalog_from_document
from modtui.domain.cues import CueTable
from modtui.domain.packs import Assist, Feedback, Key, Kind, PackAd, Settings
from modtui.errors import ModtuiError
from modtui.files.pack_archive import whole_file
from modtui.files.pack_file import Pack, open_pack
from modtui.files.patterns import compile_pattern
from modtui.services.catalogs import Rulebook
from modtui.services.media_folders import PACK, packs_folder
from modtui.services.ready_catalogs import SHAPE, packed_catalog, unpacked_catalog
from modtui.store import attempts
from modtui.store.attempts import PackRow
from modtui.store.workspace import Workspace

_NO_CUES = CueTable()


class PackSealed(ModtuiError):  # noqa: N818  named for what it is
    """The class code of a sealed pack was not given."""


class TakenPack(Struct, frozen=True):
    """A pack that is open and known to the workspace."""

    row: PackRow
    pack: Pack
    rulebook: Rulebook
    "Its catalog, with the cues that the pack's assist leaves, and without worked examples."

    @property
    def settings(self) -> Settings:
        return self.pack.manifest.settings

    @property
    def assist(self) -> Assist:
        return self.settings.assist

    @property
    def feedback(self) -> Feedback:
        """When the learner sees the key: never, where there is none."""
        return Feedback.NONE if self.settings.kind is Kind.EXAM else self.settings.feedback

    @property
    def keys(self) -> Mapping[str, Key]:
        return self.pack.keys or {}

    def ad(self, place: int) -> Ad:
        """The ad at a place, from 1, as a learner sees it."""
        return ad_from_payload(dict(self.pack.ads[place - 1].ad))

    def pack_ad(self, place: int) -> PackAd:
        return self.pack.ads[place - 1]

    def place_of(self, ad_id: str) -> int:
        return next(place for place, each in enumerate(self.pack.ads, 1) if each.id == ad_id)

    @property
    def media_queue(self) -> str:
        """What stands for a queue when its media are looked at."""
        return PACK + self.row.hash[:16]


def take_in(workspace: Workspace, path: Path, now: str, class_code: str = "") -> TakenPack:
    """Open a pack and, when it is new here, keep a copy of it. Raises ModtuiError with what is wrong with it.

    A pack that was taken in before, and is the same file since, is not read to its last byte again.
    """
    folder = packs_folder(workspace.path)
    pack = open_pack(path, whole=False)
    row, stamp = _known(workspace, pack.hash), _stamp(path)
    if row is None or row.stamp != stamp or not Path(row.path).exists():
        pack.close()
        pack = open_pack(path)
        row = _keep(workspace, pack, path, folder, now)
    return _taken(workspace, row, pack, class_code)


def open_known(workspace: Workspace, row: PackRow, class_code: str = "") -> TakenPack:
    """Open the workspace's copy of a pack. Raises ModtuiError when it is gone or was changed."""
    path = Path(row.path)
    if not path.exists():
        raise ModtuiError(
            "The pack is gone", f"{path} is not there.", "Practise it from its own file: `modtui practice PACK`."
        )
    pack = open_pack(path, whole=_stamp(path) != row.stamp)
    if pack.hash != row.hash:
        pack.close()
        raise ModtuiError(
            "The pack was changed", f"{path} is not what was taken in.", "Practise it from its own file again."
        )
    return _taken(workspace, row, pack, class_code)


def _taken(workspace: Workspace, row: PackRow, pack: Pack, class_code: str) -> TakenPack:
    try:
        if pack.kind is Kind.SEALED:
            if not class_code:
                raise PackSealed(
                    "The pack is sealed",
                    f"{pack.path} opens with the code your trainer gives the class.",
                    "Name it with --class-code, or in MODTUI_CLASS_CODE.",
                )
            pack.unseal(class_code)
        folder = packs_folder(workspace.path)
        if pack.media:
            pack.extract_media(folder / pack.hash[:16])  # what is there already stays
        rulebook = _rulebook(pack, folder / f"{pack.hash[:16]}.catalog")
    except BaseException:
        pack.close()
        raise
    return TakenPack(row, pack, rulebook)


def _known(workspace: Workspace, digest: str) -> PackRow | None:
    with workspace.read() as connection:
        return attempts.find_pack(connection, digest)


def _keep(workspace: Workspace, pack: Pack, path: Path, folder: Path, now: str) -> PackRow:
    """Copy a pack beside the workspace and write it into its list."""
    target = folder / f"{pack.hash[:16]}.pack"
    if path.absolute() != target.absolute():
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise ModtuiError("No place for the pack", f"{folder}: {error.strerror}.", "Make room there.") from error
        with path.open("rb") as source, whole_file(target) as out:
            shutil.copyfileobj(source, out)
        found = path.stat()
        os.utime(target, ns=(found.st_atime_ns, found.st_mtime_ns))
    head = pack.manifest
    row = PackRow(0, pack.hash, head.title, pack.kind.value, head.count, now, str(target), _stamp(path))
    workspace.writer.call(lambda tx: attempts.keep_pack(tx, row))
    kept = _known(workspace, pack.hash)
    assert kept is not None
    return kept


def _stamp(path: Path) -> str:
    try:
        found = path.stat()
    except OSError as error:
        message = f"{path}: {error.strerror or error}."
        raise ModtuiError("Cannot open the pack", message, "Look at the name of the file.") from error
    return f"{found.st_size} {found.st_mtime_ns}"


def _rulebook(pack: Pack, kept: Path) -> Rulebook:
    """The pack's catalog as practice uses it, made once and kept in the form a session works with."""
    mark = f"{SHAPE} {pack.manifest.catalog.snapshot}".encode()
    has_cues = pack.manifest.settings.assist is Assist.LIVE
    try:
        head, _, packed = kept.read_bytes().partition(b"\n")
        ready = unpacked_catalog(packed, pack.manifest.catalog.snapshot) if head == mark else None
    except (OSError, msgspec.DecodeError):
        ready = None
    if ready is None:
        whole = pack.catalog  # checks the document against the manifest
        document = {**pack.catalog_document, "policies": [_bare(each) for each in pack.catalog_document["policies"]]}
        catalog = catalog_from_document(document, compile_pattern, whole.hash)
        cues = CueTable.of(catalog)
        if kept.parent.exists():
            with whole_file(kept) as out:
                out.write(mark + b"\n" + packed_catalog(catalog, cues))
        ready = catalog, cues
    return Rulebook(ready[0], ready[1] if has_cues else _NO_CUES)


def _bare(policy: Mapping[str, Any]) -> dict[str, Any]:
    """A policy without its worked examples, which may be the ads of a pack with their answers."""
    return {name: value for name, value in policy.items() if name != "examples"}
