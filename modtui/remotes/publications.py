"""Publications: immutable files of what a lead puts before a team. Of two on one thing the higher number holds.

A publication is a file like a bundle: a manifest, then what is published. A catalog is a line that names it and a line
that is its document; ads of a queue are a line about the queue and a line an ad. Its name is
`<number>-<kind>-<sha256 of the file>.jsonl.zst`. Numbers go up with each publication by whoever has seen those before;
where two leads took the same number, the name decides, for everybody alike. No clock is asked.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Sequence

import msgspec
from msgspec import Struct

from modtui.remotes import packing
from modtui.remotes.board import PublishedCatalog
from modtui.remotes.packing import SUFFIX, BrokenBundle, Sign, file_digest

FORMAT = 1
CATALOG, ADS = "catalog", "ads"
HIGHEST = 999_999_999
"No publication has a higher number: a slip or a prank must not end the counting."
_NAME = re.compile(r"(\d{10})-([a-z]{1,20})-([0-9a-f]{24})\.jsonl\.zst")


class Heading(Struct, frozen=True):
    """The first line of a publication."""

    published: int
    team: str
    number: int
    kind: str
    "`catalog` or `ads`; one that is not known here is carried along and not used."
    subject: str
    "The catalog's id, or the name of the queue."
    by: str
    sha256: str
    "Of the lines after this one."
    key: str = ""
    signature: str = ""


class Publication(Struct, frozen=True):
    """A file that is whole: its name, what its first line says, and its bytes."""

    name: str
    team: str
    number: int
    kind: str
    subject: str
    by: str
    content: bytes
    lines: bytes
    "What is published: all but the first line."


class QueueLine(Struct, frozen=True):
    """What is said of a queue before its ads."""

    source: str
    "The name its ads are known under."
    groups: tuple[str, ...] = ()
    "Market groups that its ads target."
    markets: tuple[str, ...] = ()
    "The queue's default where an ad states none."
    must_see: bool = False


class _CatalogLine(Struct, frozen=True):
    hash: str
    id: str
    version: str


def is_publication(name: str) -> bool:
    """Whether a file is called like one."""
    return _NAME.fullmatch(name) is not None


def write_publication(
    team: str, number: int, kind: str, subject: str, by: str, lines: bytes, sign: Sign | None = None
) -> Publication:
    """Lines as a publication. The same, unsigned, always gives the same."""
    digest = hashlib.sha256(lines).hexdigest()
    content = packing.pack(Heading(FORMAT, team, number, kind, subject, by, digest), lines, sign)
    name = f"{number:010d}-{kind}-{file_digest(content)}{SUFFIX}"
    return Publication(name, team, number, kind, subject, by, content, lines)


def read_publication(name: str, content: bytes, team: str = "", trusted: Collection[str] = ()) -> Publication:
    """A publication that is whole, and this team's. Raises BrokenBundle with the reason."""
    label = _NAME.fullmatch(name)
    if label is None:
        raise BrokenBundle("its name is not that of a publication")
    if file_digest(content) != label[3]:
        raise BrokenBundle("its content is not what its name says: cut off, altered, or under another's name")
    head, lines = packing.unpack(content, Heading, "published", FORMAT, trusted)
    if (head.number, head.kind) != (int(label[1]), label[2]):
        raise BrokenBundle("its name tells another number or kind than its content")
    if not 0 < head.number <= HIGHEST:
        raise BrokenBundle(f"its number {head.number} is none that is counted up to")
    if any("\0" in text for text in (head.team, head.subject, head.by)):
        raise BrokenBundle("a name in it holds a NUL")
    if team and head.team and head.team != team:
        raise BrokenBundle(f"it is of the team {head.team!r}, not of {team!r}")
    return Publication(name, head.team, head.number, head.kind, head.subject, head.by, content, lines)


def catalog_lines(digest: str, catalog_id: str, version: str, document: str) -> bytes:
    return msgspec.json.encode(_CatalogLine(digest, catalog_id, version)) + b"\n" + document.encode() + b"\n"


def catalog_in(publication: Publication) -> PublishedCatalog:
    """The catalog that is published, its document not yet looked at. Raises BrokenBundle."""
    first, _, document = publication.lines.partition(b"\n")
    try:
        line = msgspec.json.decode(first, type=_CatalogLine)
        text = document.decode()
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise BrokenBundle(f"what it says of its catalog cannot be read: {error}") from error
    return PublishedCatalog(line.hash, line.id, line.version, text, "", publication.by)


def ad_lines(queue: QueueLine, payloads: Sequence[str]) -> bytes:
    return msgspec.json.encode(queue) + b"\n" + "".join(payload + "\n" for payload in payloads).encode()


def ads_in(publication: Publication) -> tuple[QueueLine, bytes]:
    """What is said of the queue, and its ads as lines of a queue file, not yet looked at. Raises BrokenBundle."""
    first, _, lines = publication.lines.partition(b"\n")
    try:
        return msgspec.json.decode(first, type=QueueLine), lines
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise BrokenBundle(f"what it says of its queue cannot be read: {error}") from error
