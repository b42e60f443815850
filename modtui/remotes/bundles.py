"""Bundles: immutable files of events that follow each other, named for what they hold, checked before anything is used.

A bundle is one zstd frame of JSON lines: a manifest, then each event as the very text that was hashed. Its name tells
the place in the stream, the hashes at both sides, and the hash of the file:
`<first>-<last>-<hash before>-<hash of the last>-<sha256 of the file>.jsonl.zst`.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Collection, Sequence

import msgspec
from msgspec import Struct

from modtui.domain.streams import Row, fault_in, read_row

FORMAT = 1
SUFFIX = ".jsonl.zst"
MOST_BYTES = 64 << 20
"Of a bundle before it is compressed. Those written here stay far below."
MOST_FILE_BYTES = 32 << 20
LEVEL = 1
"Of the compression: events repeat their own keys so much that more effort buys a tenth, for twice the time."
_NAME = re.compile(r"(\d{10})-(\d{10})-([0-9a-f]{12})-([0-9a-f]{12})-([0-9a-f]{24})\.jsonl\.zst")


class Label(Struct, frozen=True):
    """What the name of a bundle says."""

    first: int
    last: int
    prev: str
    "Twelve digits of the hash before its first event."
    head: str
    "Twelve digits of the hash of its last."
    digest: str


class Manifest(Struct, frozen=True):
    """The first line of a bundle."""

    bundle: int
    stream: str
    first: int
    last: int
    prev: str
    head: str
    sha256: str
    "Of the lines after this one."
    key: str = ""
    "The Ed25519 key it is signed with, in hex, or nothing."
    signature: str = ""
    "Over this manifest with no signature in it."


class BrokenBundle(ValueError):  # noqa: N818 - named for what happened
    """A bundle that is not taken; its words say why."""


Sign = Callable[[bytes], tuple[str, str]]
"From what is signed to the key and the signature, both in hex."


def write_bundle(stream: str, rows: Sequence[Row], sign: Sign | None = None) -> tuple[str, bytes]:
    """The name and content of a bundle. The same events, unsigned, always give the same."""
    import zstandard

    lines = "".join(row.document + "\n" for row in rows).encode("utf-8")
    first, last = rows[0], rows[-1]
    digest = hashlib.sha256(lines).hexdigest()
    manifest = Manifest(FORMAT, stream, first.seq, last.seq, first.prev, last.hash, digest)
    if sign is not None:
        manifest = msgspec.structs.replace(manifest, key=sign(b"")[0])
        key, signature = sign(_signed_part(manifest))
        manifest = msgspec.structs.replace(manifest, key=key, signature=signature)
    content = zstandard.ZstdCompressor(level=LEVEL).compress(msgspec.json.encode(manifest) + b"\n" + lines)
    name = f"{first.seq:010d}-{last.seq:010d}-{first.prev[:12]}-{last.hash[:12]}-{_file_digest(content)}{SUFFIX}"
    return name, content


def read_label(name: str) -> Label | None:
    """What a file name says; None for a file that is no bundle."""
    found = _NAME.fullmatch(name)
    return Label(int(found[1]), int(found[2]), found[3], found[4], found[5]) if found else None


def read_bundle(name: str, stream: str, content: bytes, trusted: Collection[str] = ()) -> tuple[Row, ...]:
    """The events of a bundle, every hash in it checked. Raises BrokenBundle with the reason, and takes nothing then.

    With trusted keys, in hex, a bundle that none of them has signed is refused too.
    """
    label = read_label(name)
    if label is None:
        raise BrokenBundle("its name is not that of a bundle")
    if _file_digest(content) != label.digest:
        raise BrokenBundle("its content is not what its name says: cut off, altered, or under another's name")
    manifest, rows = unpack(content, trusted)
    if manifest.stream != stream:
        raise BrokenBundle("it belongs to another stream than the folder it lies in")
    if (label.first, label.last, label.prev, label.head) != (
        manifest.first, manifest.last, manifest.prev[:12], manifest.head[:12],
    ):  # fmt: skip
        raise BrokenBundle("its name tells another place in the stream than its content")
    return rows


def unpack(content: bytes, trusted: Collection[str] = ()) -> tuple[Manifest, tuple[Row, ...]]:
    """The manifest and the events of a bundle, checked against each other. Raises BrokenBundle."""
    first_line, _, lines = _decompress(content).partition(b"\n")
    try:
        manifest = msgspec.json.decode(first_line, type=Manifest)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise BrokenBundle(f"its manifest cannot be read: {error}") from error
    if manifest.bundle > FORMAT:
        raise BrokenBundle(f"it is in format {manifest.bundle}, written by a newer modtui; this one knows {FORMAT}")
    if hashlib.sha256(lines).hexdigest() != manifest.sha256:
        raise BrokenBundle("its events are not those its manifest names")
    _check_signature(manifest, trusted)
    rows = _rows(lines)
    ends = (rows[0].seq, rows[0].prev, rows[-1].seq, rows[-1].hash) if rows else ()
    if ends != (manifest.first, manifest.prev, manifest.last, manifest.head):
        raise BrokenBundle("its manifest names other events than it holds")
    if fault := fault_in(manifest.stream, rows):
        raise BrokenBundle(fault)
    return manifest, rows


def _rows(lines: bytes) -> tuple[Row, ...]:
    try:
        return tuple(read_row(line)[0] for line in lines.decode("utf-8").split("\n")[:-1])
    except (ValueError, RecursionError) as error:
        raise BrokenBundle(f"one of its lines is {error}") from error


def _decompress(content: bytes) -> bytes:
    import zstandard

    if len(content) > MOST_FILE_BYTES:
        raise BrokenBundle("it is larger than any bundle")
    try:
        with zstandard.ZstdDecompressor(max_window_size=1 << 27).stream_reader(content) as reader:
            plain = reader.read(MOST_BYTES + 1)
    except zstandard.ZstdError as error:
        raise BrokenBundle(f"it cannot be decompressed: {error}") from error
    if len(plain) > MOST_BYTES:
        raise BrokenBundle("it holds more than any bundle")
    return bytes(plain)


def _file_digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:24]


def _signed_part(manifest: Manifest) -> bytes:
    return msgspec.json.encode(msgspec.structs.replace(manifest, signature=""))


def _check_signature(manifest: Manifest, trusted: Collection[str]) -> None:
    """Refuse a signature that does not hold, and where keys are trusted, what is not signed with one of them."""
    if trusted and manifest.key not in trusted:
        raise BrokenBundle("it is signed with a key nobody here trusts" if manifest.key else "it is not signed")
    if not manifest.signature or not trusted:
        return
    from modtui.remotes.signing import holds

    if not holds(manifest.key, manifest.signature, _signed_part(manifest)):
        raise BrokenBundle("its signature does not hold")
