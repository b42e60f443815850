"""Publishing where there is no server: into the workspace, from where a sync carries it to folders and files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from hashlib import blake2b
from typing import Any

import orjson
from msgspec import Struct, field
from msgspec.structs import replace

from modtui.domain.markets import normal_market
from modtui.files.ad_hash import content_hash
from modtui.remotes.board import PublishedCatalog, PublishedCounts, WorkAd
from modtui.remotes.packing import BrokenBundle, Sign
from modtui.remotes.publications import (
    ADS,
    CATALOG,
    HIGHEST,
    Publication,
    QueueLine,
    ad_lines,
    ads_in,
    catalog_in,
    catalog_lines,
    read_publication,
    write_publication,
)
from modtui.services.clock import Clock, wall_clock
from modtui.services.must_see import MUST_SEE
from modtui.store import published as store
from modtui.store.times import utc_text
from modtui.store.transaction import Transaction
from modtui.store.workspace import Workspace

DIGEST = 12
PART_BYTES = 4 << 20
"Of ads in one publication, before they are compressed."


class FolderBoard:
    """Implements `board.Board` in a workspace: what is published stands there at once, numbered after all it knows."""

    hands_out = False

    def __init__(self, workspace: Workspace, team: str, sign: Sign | None = None, clock: Clock = wall_clock) -> None:
        self._workspace, self._team, self._sign, self._clock = workspace, team, sign, clock
        self._queue = _Queue("")

    def newest_hash(self) -> str | None:
        newest = self.newest_catalog()
        return None if newest is None else newest.hash

    def newest_catalog(self) -> PublishedCatalog | None:
        with self._workspace.read() as reading:
            name = store.newest_of(reading, CATALOG, self._team)
        found = kept_publication(self._workspace, name) if name else None
        return None if found is None else catalog_in(found)

    def publish_catalog(self, digest: str, catalog_id: str, version: str, document: str, by: str) -> bool:
        if self.newest_hash() == digest:
            return False
        self._put(CATALOG, catalog_id, by, catalog_lines(digest, catalog_id, version, document))
        return True

    def publish_queue(self, name: str, settings: Mapping[str, Any], by: str) -> None:
        known = _known_queue(self._workspace, name)
        markets = tuple(str(each) for each in settings.get("markets") or ())
        line = QueueLine("", (), markets, bool(settings.get(MUST_SEE)))
        if known.line != line or not known.is_there:
            self._put(ADS, name, by, ad_lines(line, ()))
        self._queue = _Queue(name, by, line, known.ads, is_there=True)

    def publish_ads(self, queue: str, ads: Sequence[WorkAd]) -> PublishedCounts:
        known, changed = self._queue.ads, list[WorkAd]()
        new = new_versions = 0
        for ad in ads:
            key, now = _key(ad.source, ad.ad_id), _said(ad.content_hash, _line_of(ad).encode())
            before = known.get(key)
            if before == now:
                continue
            new += before is None
            new_versions += before is not None and before[:DIGEST] != now[:DIGEST]
            known[key] = now
            changed.append(ad)
        for part in _parts(changed):
            self._put(ADS, queue, self._queue.by, ad_lines(self._line(part), [_line_of(ad) for ad in part]))
        return PublishedCounts(new, new_versions, len(ads) - new - new_versions)

    def _line(self, part: Sequence[WorkAd]) -> QueueLine:
        groups = {market for ad in part for market in ad.markets if normal_market(market) != market}
        return replace(self._queue.line, source=part[0].source, groups=tuple(sorted(groups)))

    def _put(self, kind: str, subject: str, by: str, lines: bytes) -> None:
        """Keep a publication. What it says is in this workspace already, so it counts as applied."""

        def keep(tx: Transaction) -> None:
            number = store.highest_number(tx.connection) + 1
            made = write_publication(self._team, min(number, HIGHEST), kind, subject, by, lines, self._sign)
            store.keep_published(tx.connection, row_of(made), utc_text(self._clock()), is_applied=True)

        self._workspace.writer.call(keep, background=True)


class _Queue(Struct):
    """What was published of a queue."""

    name: str
    by: str = ""
    line: QueueLine = QueueLine("")
    ads: dict[bytes, bytes] = field(default_factory=dict)
    "By `_key` what `_said` of it last. Digests, because a queue may have a million ads."
    is_there: bool = False


def _known_queue(workspace: Workspace, name: str) -> _Queue:
    """What the publications that are kept here say of a queue, the last word on each ad."""
    known = _Queue(name)
    with workspace.read() as reading:
        names = store.names_on(reading, ADS, name)
    for each in names:
        found = kept_publication(workspace, each)
        if found is None:
            continue
        line, ads = ads_in(found)
        known.line, known.is_there = replace(line, source="", groups=()), True
        for ad in ads.split(b"\n"):
            if payload := _payload(ad):
                known.ads[_key(line.source, str(payload["id"]))] = _said(content_hash(payload), ad)
    return known


def _payload(line: bytes) -> dict[str, Any] | None:
    """The ad of a line; None for one that is none, which no import has taken either."""
    try:
        payload = orjson.loads(line)
    except ValueError:
        return None
    return payload if isinstance(payload, dict) and "id" in payload else None


def _parts(ads: Sequence[WorkAd]) -> Iterator[list[WorkAd]]:
    """Ads of one source, and not too much text at a time."""
    part: list[WorkAd] = []
    size = 0
    for ad in sorted(ads, key=lambda each: each.source):
        if part and (part[0].source != ad.source or size + len(ad.payload) > PART_BYTES):
            yield part
            part, size = [], 0
        part.append(ad)
        size += len(ad.payload)
    if part:
        yield part


def _line_of(ad: WorkAd) -> str:
    """The ad as a line of a queue file, without its source, which stands at the head of all: that is read quicker."""
    first = f'{{"source":{orjson.dumps(ad.source).decode()},'
    return "{" + ad.payload.removeprefix(first) if ad.payload.startswith(first) else ad.payload


def _key(source: str, ad_id: str) -> bytes:
    return _digest(f"{source}\0{ad_id}".encode())


def _said(content: str, line: bytes) -> bytes:
    """The content of an ad, and the whole of it: its context may change under a content."""
    return _digest(content.encode()) + _digest(line)


def _digest(said: bytes) -> bytes:
    return blake2b(said, digest_size=DIGEST).digest()


def row_of(publication: Publication) -> store.PublishedRow:
    """A publication as a workspace keeps it."""
    return store.PublishedRow(
        publication.name, publication.team, publication.number, publication.kind, publication.subject,
        publication.content,
    )  # fmt: skip


def kept_publication(workspace: Workspace, name: str) -> Publication | None:
    """A publication that is kept; None for one that was damaged here, which `sync --all` brings again."""
    with workspace.read() as reading:
        row = store.find_published(reading, name)
    try:
        return None if row is None else read_publication(row.name, row.content)
    except BrokenBundle:
        return None
