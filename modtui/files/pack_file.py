"""A pack: written from its ads, catalog and key, opened with everything in it checked."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

import msgspec
import orjson
from msgspec import Struct

from modtui.domain.ad_json import AdProblem, normal_payload
from modtui.domain.catalog import Catalog
from modtui.domain.catalog_document import SCHEMA, catalog_from_document, document_hash
from modtui.domain.packs import PACK_SCHEMA, Key, Kind, Manifest, Member, PackAd
from modtui.domain.plurals import number_of
from modtui.files.pack_archive import MANIFEST, MEDIA, Archive, write_archive
from modtui.files.pack_crypto import seal, unseal

ADS, CATALOG, KEY, SEALED_KEY, COMMITMENTS = (
    "ads.jsonl",
    "catalog.json",
    "key.json",
    "key.sealed",
    "commitments.json",
)
SOURCE = "pack"
"The source of the ads of a pack."
_AD_ID = re.compile(r"[0-9A-Za-z_-]{1,32}")
_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
Keys = Mapping[str, Key]
"The right answers, by the ad's id in the pack."
_T = TypeVar("_T")


class _SealedKeys(Struct, frozen=True):
    """What is encrypted: the key, and which manifest it belongs to."""

    manifest: str
    keys: dict[str, Key]


class Pack:
    """A pack that was opened. Ads and catalog are there; media are read when they are asked for."""

    def __init__(self, archive: Archive) -> None:
        self._archive = archive
        self.path = archive.path
        self.hash = archive.hash
        "SHA-256 of the file: this very pack, with the commitments and secrets of this build."
        raw = archive.read(MANIFEST)
        self.manifest_hash = hashlib.sha256(raw).hexdigest()
        "The same for every build from the same input."
        self.manifest = self._decoded(raw, Manifest, MANIFEST)
        if self.manifest.schema != PACK_SCHEMA:
            archive.refuse(f"it is written as '{self.manifest.schema}', and this version reads '{PACK_SCHEMA}'.")
        self._members = {member.name: member for member in self.manifest.members}
        self._check_names()
        self.catalog_document: Mapping[str, Any] = self._decoded(self._read(CATALOG), dict[str, Any], CATALOG)
        self.ads = self._read_ads()
        self.keys: Keys | None = self._open_key() if self.kind is Kind.OPEN else None
        "None while the key is closed: of a sealed pack without its code, and of an exam."
        self.commitments: Mapping[str, str] = self._read_commitments() if self.kind is Kind.EXAM else {}
        "What binds the trainer to the key of an exam, by ad."

    @property
    def kind(self) -> Kind:
        return self.manifest.settings.kind

    @cached_property
    def catalog(self) -> Catalog:
        """The catalog the pack goes by."""
        from modtui.files.patterns import compile_pattern

        try:
            if self.catalog_document.get("schema", SCHEMA) != SCHEMA:
                self._archive.refuse("its catalog is written in another form.")
            if document_hash(self.catalog_document) != self.manifest.catalog.snapshot:
                self._archive.damaged(CATALOG, "is not the catalog the manifest names")
            return catalog_from_document(self.catalog_document, compile_pattern, self.manifest.catalog.snapshot)
        except (LookupError, TypeError, ValueError, AttributeError, RecursionError) as error:
            return self._archive.refuse(f"its catalog cannot be read ({type(error).__name__}).")

    @cached_property
    def ad_by_id(self) -> Mapping[str, PackAd]:
        return {ad.id: ad for ad in self.ads}

    @property
    def media(self) -> tuple[str, ...]:
        """The names of the pictures, videos and papers in the pack, as the ads name them."""
        return tuple(name for name in self._members if MEDIA.fullmatch(name))

    def read_media(self, name: str) -> bytes:
        """A medium, checked. Raises ModtuiError when it was changed."""
        return self._read(name)

    def extract_media(self, folder: Path) -> None:
        """Write the media below a folder, under the names by which the ads call them; what is there already stays."""
        for name in self.media:
            target = folder / name
            if target.exists() and target.stat().st_size == self._members[name].size:
                continue
            target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            aside = target.with_name(f"{target.name}.{os.getpid()}.part")
            aside.write_bytes(self._read(name))
            aside.replace(target)

    def unseal(self, class_code: str) -> None:
        """Open the key of a sealed pack. Raises WrongCode."""
        try:
            plain = unseal(self._archive.read(SEALED_KEY), class_code)
        except ValueError as error:
            self._archive.damaged(SEALED_KEY, f"is no sealed key: {error}")
        sealed = self._decoded(plain, _SealedKeys, SEALED_KEY)
        if sealed.manifest != self.manifest_hash:
            self._archive.damaged(SEALED_KEY, "belongs to another pack")
        self.keys = self._complete(sealed.keys, SEALED_KEY)

    def close(self) -> None:
        self._archive.close()

    # Within ---

    def _read(self, name: str) -> bytes:
        member = self._members.get(name)
        if member is None:
            self._archive.damaged(name, "is not in the manifest")
        return self._archive.read(name, member.size, member.sha256)

    def _check_names(self) -> None:
        """Refuse a pack that has another set of members than its kind and manifest say."""
        own = {Kind.OPEN: KEY, Kind.SEALED: SEALED_KEY, Kind.EXAM: COMMITMENTS}[self.kind]
        expected = {MANIFEST, own, *self._members}
        for name in sorted(expected ^ self._archive.entries.keys()):
            why = "is not in the manifest" if name in self._archive.entries else "is not there"
            self._archive.damaged(name, why)
        if KEY in self._members and self.kind is not Kind.OPEN:
            self._archive.damaged(KEY, "has no place in a pack of this kind")

    def _read_ads(self) -> tuple[PackAd, ...]:
        ads: list[PackAd] = []
        groups = self.catalog_document.get("market_groups") or {}
        for number, line in enumerate(self._read(ADS).splitlines(), 1):
            where = f"{ADS} line {number}"
            ad = self._decoded(line, PackAd, where)
            if not _AD_ID.fullmatch(ad.id) or not _DATE.fullmatch(ad.as_of) or ad.ad.get("id") != ad.id:
                self._archive.refuse(f"{where}: its number or its day is not in the form a pack has it in.")
            try:
                payload = normal_payload(ad.ad, source=SOURCE, known_groups=groups)
            except AdProblem as problem:
                self._archive.refuse(f"{where}: {problem.path} {problem.reason}")
            if payload != ad.ad:
                self._archive.refuse(f"{where}: the ad is not in the form a pack has it in.")
            for name in media_names(ad.ad):
                if name not in self._members:
                    self._archive.refuse(f"{where}: its medium {name} is not in the pack.")
            ads.append(ad)
        if len({ad.id for ad in ads}) != self.manifest.count or len(ads) != self.manifest.count:
            self._archive.damaged(
                ADS, f"has {number_of(len(ads), 'ad')}, and the manifest says {self.manifest.count:,}"
            )
        return tuple(ads)

    def _open_key(self) -> Keys:
        return self._complete(self._decoded(self._read(KEY), dict[str, Key], KEY), KEY)

    def _read_commitments(self) -> Mapping[str, str]:
        return self._complete(self._decoded(self._archive.read(COMMITMENTS), dict[str, str], COMMITMENTS), COMMITMENTS)

    def _complete(self, by_ad: Mapping[str, _T], name: str) -> Mapping[str, _T]:
        if by_ad.keys() != {ad.id for ad in self.ads}:
            self._archive.damaged(name, "does not speak of the same ads as the pack")
        return by_ad

    def _decoded(self, raw: bytes, kind: type[_T], where: str) -> _T:
        try:
            return msgspec.json.decode(raw, type=kind)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            return self._archive.refuse(f"{where}: {error}")


def open_pack(path: Path, class_code: str | None = None, *, whole: bool = True) -> Pack:
    """Open a pack, and its key where the class code is given. Raises ModtuiError with what is wrong, and where.

    `whole` reads the file to its last byte; a pack that was opened before need not be, and its media are checked when
    they are shown. Without its code a sealed pack opens with no key.
    """
    archive = Archive(path, whole=whole)
    try:
        pack = Pack(archive)
        if class_code and pack.kind is Kind.SEALED:
            pack.unseal(class_code)
    except BaseException:
        archive.close()
        raise
    return pack


def write_pack(
    path: Path,
    manifest: Manifest,
    ads: Sequence[PackAd],
    catalog_document: Mapping[str, Any],
    *,
    media: Mapping[str, bytes | Path] | None = None,
    keys: Keys | None = None,
    class_code: str = "",
    commitments: Mapping[str, str] | None = None,
) -> tuple[str, str]:
    """Write a pack; returns the hash of the file and that of its manifest, whose `members` are filled in here.

    Of `keys` and `commitments` those are given that its kind has; a sealed pack needs a class code.
    """
    lines = [orjson.dumps(msgspec.to_builtins(ad), option=orjson.OPT_SORT_KEYS) + b"\n" for ad in ads]
    vouched: dict[str, bytes | Path] = {
        ADS: b"".join(lines),
        CATALOG: orjson.dumps(catalog_document, option=orjson.OPT_SORT_KEYS),
        **(media or {}),
    }
    kind = manifest.settings.kind
    if kind is Kind.OPEN:
        vouched[KEY] = _json(keys)
    members = tuple(_member(name, content) for name, content in sorted(vouched.items()))
    head = _json(msgspec.structs.replace(manifest, members=members))
    digest = hashlib.sha256(head).hexdigest()
    rest: dict[str, bytes] = {MANIFEST: head}
    if kind is Kind.SEALED:
        rest[SEALED_KEY] = seal(_json(_SealedKeys(digest, dict(keys or {}))), class_code)
    elif kind is Kind.EXAM:
        rest[COMMITMENTS] = _json(commitments)
    return write_archive(path, {**vouched, **rest}), digest


def media_names(payload: Mapping[str, Any]) -> list[str]:
    """The members an ad's payload names: pictures, videos, papers, and the picture of its landing page."""
    papers = (payload.get("advertiser") or {}).get("certificates") or ()
    page = (payload.get("landing_page") or {}).get("media")
    named = [*(each["path"] for each in payload.get("media") or ()), *(paper.get("media") for paper in papers), page]
    return [name for name in named if name]


def _json(value: Any) -> bytes:
    return orjson.dumps(msgspec.to_builtins(value), option=orjson.OPT_SORT_KEYS)


def _member(name: str, content: bytes | Path) -> Member:
    if isinstance(content, bytes):
        return Member(name, len(content), hashlib.sha256(content).hexdigest())
    with content.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256")
    return Member(name, content.stat().st_size, digest.hexdigest())
