"""Files as they lie in a folder: one zstd frame of lines, whose first vouches for the others and may be signed."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection
from typing import Any, Protocol, TypeVar

import msgspec

SUFFIX = ".jsonl.zst"
MOST_BYTES = 64 << 20
"Of a file before it is compressed. Those written here stay far below."
MOST_FILE_BYTES = 32 << 20
LEVEL = 1
"Of the compression: events repeat their own keys so much that more effort buys a tenth, for twice the time."

Sign = Callable[[bytes], tuple[str, str]]
"From what is signed to the key and the signature, both in hex."


class BrokenBundle(ValueError):  # noqa: N818 - named for what happened
    """A file that is not taken; its words say why."""


class NewerFormat(BrokenBundle):
    """One that a newer modtui has written in another form."""


class Vouching(Protocol):
    """A first line: `sha256` is of the lines after it, `signature` over it with no signature in it, both in hex."""

    @property
    def sha256(self) -> str: ...
    @property
    def key(self) -> str: ...
    @property
    def signature(self) -> str: ...


M = TypeVar("M", bound=Vouching)


def pack(manifest: Vouching, lines: bytes, sign: Sign | None = None) -> bytes:
    """The content of a file. The same, unsigned, always gives the same."""
    import zstandard

    if sign is not None:
        manifest = _replaced(manifest, key=sign(b"")[0])
        key, signature = sign(_signed_part(manifest))
        manifest = _replaced(manifest, key=key, signature=signature)
    return zstandard.ZstdCompressor(level=LEVEL).compress(msgspec.json.encode(manifest) + b"\n" + lines)


def unpack(
    content: bytes, kind: type[M], version_key: str, known: int, trusted: Collection[str] = ()
) -> tuple[M, bytes]:
    """The first line and the lines it vouches for. Raises BrokenBundle with the reason.

    `version_key` names the number of the format in the first line, `known` is the newest known here. With trusted keys,
    in hex, what none of them has signed is refused.
    """
    first_line, _, lines = _decompress(content).partition(b"\n")
    try:
        version = msgspec.json.decode(first_line, type=dict[str, Any]).get(version_key)
        if isinstance(version, int) and version > known:
            raise NewerFormat(f"it is in format {version}, written by a newer modtui; this one knows {known}")
        manifest = msgspec.json.decode(first_line, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise BrokenBundle(f"its manifest cannot be read: {error}") from error
    if hashlib.sha256(lines).hexdigest() != manifest.sha256:
        raise BrokenBundle("its content is not what its manifest names")
    _check_signature(manifest, trusted)
    return manifest, lines


def file_digest(content: bytes) -> str:
    """What the name of a file says of its content."""
    return hashlib.sha256(content).hexdigest()[:24]


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


def _signed_part(manifest: Vouching) -> bytes:
    return msgspec.json.encode(_replaced(manifest, signature=""))


def _check_signature(manifest: Vouching, trusted: Collection[str]) -> None:
    """Refuse a signature that does not hold, and where keys are trusted, what is not signed with one of them."""
    if trusted and manifest.key not in trusted:
        raise BrokenBundle("it is signed with a key nobody here trusts" if manifest.key else "it is not signed")
    if not manifest.signature or not trusted:
        return
    from modtui.remotes.signing import holds

    if not holds(manifest.key, manifest.signature, _signed_part(manifest)):
        raise BrokenBundle("its signature does not hold")


def _replaced(manifest: Any, **fields: str) -> Any:
    return msgspec.structs.replace(manifest, **fields)
