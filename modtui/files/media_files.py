"""Media beside a queue file: opened without leaving its folder, told apart by content, held against its sha256."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from msgspec import Struct

PICTURE, VIDEO, SOUND = "picture", "video", "sound"
MOST_BYTES = {PICTURE: 64 << 20, VIDEO: 512 << 20, SOUND: 64 << 20}
"Larger files are not read."
HEAD_BYTES = 4096
CHUNK = 1 << 20
_FLAGS = os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK  # a named pipe would block for ever


class Refused(Exception):  # noqa: N818  named for what happened
    """A file is not shown; the words say why and what was met, for a person."""


class MediaFile(Struct, frozen=True):
    """A file that is open for reading. Its name was followed once; whoever reads it reads this file and no other."""

    fd: int
    kind: str
    "`picture`, `video` or `sound`, by what is in it."
    format: str
    "Such as `JPEG` or `mov`."
    sha256: str
    "Of its content, in hex."
    size: int


@contextmanager
def opened_media(folders: Sequence[Path], path: str, sha256: str | None = None) -> Iterator[MediaFile]:
    """Open a medium by its path relative to the folders of its queue. Raises Refused.

    A path that stands in several folders is taken where its sha256 is the one stated; with none stated, its copies
    must be alike.
    """
    fds: list[int] = []
    try:
        found: list[MediaFile] = []
        reasons: list[str] = []
        for folder in folders:
            try:
                fd = _open_within(folder, path)
                fds.append(fd)
                found.append(_examined(fd))
            except Refused as reason:
                reasons.append(str(reason))
        yield _chosen(found, reasons, sha256)
    finally:
        for fd in fds:
            os.close(fd)


def _chosen(found: Sequence[MediaFile], reasons: Sequence[str], sha256: str | None) -> MediaFile:
    if not found:
        said = [reason for reason in reasons if reason != NOT_THERE]
        raise Refused(said[0] if said else reasons[0] if reasons else "the queue came without a folder of files")
    if sha256:
        fitting = [each for each in found if each.sha256 == sha256.strip().lower()]
        if not fitting:
            raise Refused("is not the file the queue speaks of: its sha256 is another")
        return fitting[0]
    if len({each.sha256 for each in found}) > 1:
        raise Refused("stands in several folders of this queue with other content, and no sha256 says which is meant")
    return found[0]


NOT_THERE = "is not in the folder of the queue file"


def _open_within(folder: Path, path: str) -> int:
    """Walk from the folder to the file, part by part, through no link."""
    if "://" in path[:16]:
        raise Refused("is a web address: nothing is fetched")
    parts = [part for part in path.split("/") if part not in ("", ".")]
    if path.startswith(("/", "~")) or ".." in parts or "\0" in path:
        raise Refused("leads out of the folder of the queue file")
    if not parts:
        raise Refused("names no file")
    try:
        at = os.open(folder, os.O_RDONLY | os.O_CLOEXEC | os.O_DIRECTORY)
    except OSError as error:
        raise Refused(_why(error)) from error
    try:
        for part in parts[:-1]:
            inner = os.open(part, _FLAGS | os.O_DIRECTORY, dir_fd=at)
            os.close(at)
            at = inner
        return os.open(parts[-1], _FLAGS, dir_fd=at)
    except (OSError, ValueError) as error:
        if isinstance(error, OSError) and _is_link(parts, folder):
            raise Refused("is a link: links are not followed") from error
        raise Refused(_why(error)) from error
    finally:
        os.close(at)


def _is_link(parts: Sequence[str], folder: Path) -> bool:
    try:
        return any(folder.joinpath(*parts[:count]).is_symlink() for count in range(1, len(parts) + 1))
    except (OSError, ValueError):
        return False


def _why(error: Exception) -> str:
    if isinstance(error, FileNotFoundError | NotADirectoryError):
        return NOT_THERE
    if isinstance(error, OSError) and error.strerror:
        return f"cannot be opened: {error.strerror.lower()}"
    return "has a name no file can have"


def _examined(fd: int) -> MediaFile:
    """What the open file is. Raises Refused for what is no regular file, too large, or of a kind not shown here."""
    before = os.fstat(fd)
    if not stat.S_ISREG(before.st_mode):
        raise Refused("is a folder" if stat.S_ISDIR(before.st_mode) else "is a device or a pipe, no file")
    if not before.st_size:
        raise Refused("is empty")
    head = os.pread(fd, HEAD_BYTES, 0)
    kind, format_ = kind_of(head)
    if not kind:
        raise Refused(f"is no picture or video shown here: {_looks_like(head, format_)}")
    if before.st_size > MOST_BYTES[kind]:
        raise Refused(f"is too large: {before.st_size >> 20:,} MB, at most {MOST_BYTES[kind] >> 20} MB are read")
    digest = _digest(fd, before)
    return MediaFile(fd, kind, format_, digest, before.st_size)


_known_digests: dict[tuple[int, int, int, int], str] = {}
"Device, inode, size and time of change to the sha256 of files read lately."


def _digest(fd: int, before: os.stat_result) -> str:
    place = (before.st_dev, before.st_ino, before.st_size, before.st_mtime_ns)
    if place not in _known_digests:
        digest = hashlib.sha256()
        at = 0
        while chunk := os.pread(fd, CHUNK, at):
            digest.update(chunk)
            at += len(chunk)
        after = os.fstat(fd)
        if at != before.st_size or (after.st_size, after.st_mtime_ns) != (before.st_size, before.st_mtime_ns):
            raise Refused("changed while it was read: look again")
        if len(_known_digests) > 1000:
            _known_digests.clear()
        _known_digests[place] = digest.hexdigest()
    return _known_digests[place]


# Kinds by content ---

_BRANDS = {b"avif": (PICTURE, "AVIF"), b"avis": (PICTURE, "AVIF"), b"M4A ": (SOUND, "M4A"), b"M4B ": (SOUND, "M4A")}
_NOT_SHOWN_BRANDS = (b"heic", b"heix", b"hevc", b"heim", b"mif1", b"msf1")


def kind_of(head: bytes) -> tuple[str, str]:
    """Kind and format by the first bytes of a file; an empty kind for what is not shown, with a format if known."""
    for start, kind, format_ in _STARTS:
        if head.startswith(start):
            return kind, format_
    if head[:4] == b"RIFF":
        return {b"WEBP": (PICTURE, "WEBP"), b"WAVE": (SOUND, "WAV")}.get(head[8:12], ("", "RIFF"))
    if head[4:8] == b"ftyp":
        return _by_brand(head)
    if head[4:8] in (b"moov", b"mdat", b"wide", b"free", b"skip"):
        return VIDEO, "mov"
    if len(head) > 376 and head[0] == head[188] == head[376] == 0x47:
        return VIDEO, "mpegts"
    if head[:2] in (b"\xff\xfb", b"\xff\xf3", b"\xff\xf2", b"\xff\xf1", b"\xff\xf9"):
        return SOUND, "MP3"
    return "", ""


_STARTS = (
    (b"\xff\xd8\xff", PICTURE, "JPEG"),
    (b"\x89PNG\r\n\x1a\n", PICTURE, "PNG"),
    (b"GIF87a", PICTURE, "GIF"),
    (b"GIF89a", PICTURE, "GIF"),
    (b"\x1a\x45\xdf\xa3", VIDEO, "matroska"),
    (b"\x00\x00\x01\xba", VIDEO, "mpeg"),
    (b"\x00\x00\x01\xb3", VIDEO, "mpegvideo"),
    (b"ID3", SOUND, "MP3"),
    (b"OggS", SOUND, "OGG"),
    (b"fLaC", SOUND, "FLAC"),
    (b"%PDF", "", "a PDF"),
    (b"II*\0", "", "a TIFF"),
    (b"MM\0*", "", "a TIFF"),
    (b"BM", "", "a BMP"),
    (b"8BPS", "", "a Photoshop file"),
    (b"\0\0\1\0", "", "an icon"),
    (b"PK\3\4", "", "an archive"),
    (b"\xd0\xcf\x11\xe0", "", "an office file"),
    (b"<", "", "markup"),
    (b"\x7fELF", "", "a program"),
    (b"MZ", "", "a program"),
)


def _by_brand(head: bytes) -> tuple[str, str]:
    """MP4, MOV, AVIF and their kin share a box that names them: the main brand, then those they also are."""
    end = min(int.from_bytes(head[:4], "big"), len(head))
    brands = [head[8:12], *(head[at : at + 4] for at in range(16, end - 3, 4))]
    for brand in brands:
        if brand in _BRANDS:
            return _BRANDS[brand]
    return ("", "a HEIF picture") if brands[0] in _NOT_SHOWN_BRANDS else (VIDEO, "mov")


def _looks_like(head: bytes, format_: str) -> str:
    if format_:
        return f"it is {format_}"
    is_text = all(byte in b"\t\n\r\f" or 32 <= byte < 127 for byte in head[:256])
    return "it is text" if is_text else "nothing known begins like it"
