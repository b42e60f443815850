"""The file a pack is: a zip of plain members in a fixed form, sealed at its end, and read with every limit checked."""

from __future__ import annotations

import hashlib
import os
import re
import stat
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, NoReturn

from modtui.errors import ModtuiError

MANIFEST = "manifest.json"
MOST_MEMBERS = 10_000
MOST_BYTES = 500 << 20
MOST_TEXT_BYTES = 64 << 20
"Of a member that is read whole: everything but media."
MEDIA = re.compile(r"media/[0-9a-f]{64}(\.[a-z0-9]{1,8})?")
TEXTS = (MANIFEST, "ads.jsonl", "catalog.json", "key.json", "key.sealed", "commitments.json")
_SEAL = b"modtui pack sha256 "
_SEAL_BYTES = len(_SEAL) + 64
_CHUNK = 1 << 20
_EPOCH = (1980, 1, 1, 0, 0, 0)


def write_archive(path: Path, members: Mapping[str, bytes | Path]) -> str:
    """Write members, the manifest first and the rest by name; returns the hash of the file, which stands at its end.

    The same members give the same bytes: nothing is compressed, and no time, owner or tool is kept. A member may be a
    file, which is copied. Raises ModtuiError when the pack cannot be written or is too large to be opened again.
    """
    names = sorted(members, key=lambda name: (name != MANIFEST, name))
    if len(names) > MOST_MEMBERS:
        raise ModtuiError("The pack is too large", f"It would have {len(names):,} files.", "Choose fewer ads.")
    with whole_file(path) as out:
        with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED, allowZip64=False) as archive:
            archive.comment = _SEAL + b"0" * 64
            for name in names:
                content = members[name]
                with archive.open(_plain_entry(name), "w") as member:
                    for chunk in _chunks_of(content):
                        member.write(chunk)
                if out.tell() > MOST_BYTES:
                    limit = f"It would be larger than {MOST_BYTES >> 20} MB."
                    raise ModtuiError("The pack is too large", limit, "Choose fewer ads, or ads with less media.")
        out.seek(0)
        digest = _digest_before_seal(out)
        out.seek(-64, os.SEEK_END)
        out.write(digest.encode())
    return digest


def _plain_entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, _EPOCH)
    entry.create_system = 3
    entry.external_attr = (stat.S_IFREG | 0o600) << 16
    return entry


def _chunks_of(content: bytes | Path) -> Iterator[bytes]:
    if isinstance(content, bytes):
        yield content
        return
    with content.open("rb") as file:
        while chunk := file.read(_CHUNK):
            yield chunk


@contextmanager
def whole_file(path: Path) -> Iterator[IO[bytes]]:
    """A file that is whole or not there: written aside (0600), synced, then put in place."""
    aside = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        descriptor = os.open(aside, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        with os.fdopen(descriptor, "w+b") as out:
            yield out
            out.flush()
            os.fsync(out.fileno())
        aside.replace(path)
    except OSError as error:
        with suppress(OSError):
            aside.unlink()
        message = f"{path}: {error.strerror or error}."
        raise ModtuiError("Cannot write the file", message, "Name another file with -o.") from error
    except BaseException:
        with suppress(OSError):
            aside.unlink()
        raise


class Archive:
    """The members of a pack, each checked before anybody gets it. Raises ModtuiError for what no pack may hold."""

    def __init__(self, path: Path, *, whole: bool = True) -> None:
        """`whole` checks the file to its last byte; else a member is checked when it is read."""
        self.path = path
        self._zip, self.hash = self._opened(whole)
        self.entries = {entry.filename: entry for entry in self._zip.infolist()}

    def read(self, name: str, size: int | None = None, sha256: str | None = None) -> bytes:
        """The content of a member, held against the size and hash that the manifest states."""
        entry = self.entries.get(name)
        if entry is None:
            self.damaged(name, "is not there")
        if name in TEXTS and entry.file_size > MOST_TEXT_BYTES:
            self.refuse(f"{name} is larger than {MOST_TEXT_BYTES >> 20} MB.")
        if size is not None and entry.file_size != size:
            self.damaged(name, f"has {entry.file_size:,} bytes, and the manifest says {size:,}")
        try:
            with self._zip.open(entry) as member:
                content = member.read(entry.file_size + 1)
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError):
            self.damaged(name, "does not match its check sum")
        if sha256 is not None and hashlib.sha256(content).hexdigest() != sha256:
            self.damaged(name, "is not what the manifest says it is")
        return content

    def close(self) -> None:
        self._zip.close()

    def damaged(self, member: str, why: str) -> NoReturn:
        raise ModtuiError(
            "The pack is damaged or was changed", f"{self.path}: {member} {why}.", "Ask whoever made it for it again."
        )

    def refuse(self, why: str) -> NoReturn:
        raise ModtuiError("The pack is refused", f"{self.path}: {why}", "Packs are made by `modtui pack build`.")

    # Within ---

    def _opened(self, whole: bool) -> tuple[zipfile.ZipFile, str]:
        try:
            size = self.path.stat().st_size
            if size > MOST_BYTES + _CHUNK:
                self.refuse(f"it is larger than {MOST_BYTES >> 20} MB.")
            with self.path.open("rb") as file:
                stated, is_as_sealed = _sealed_hash(file, size), True
                if whole and stated is not None:
                    file.seek(0)
                    is_as_sealed = _digest_before_seal(file) == stated
            archive = zipfile.ZipFile(self.path)  # closed with the pack
        except OSError as error:
            message = f"{self.path}: {error.strerror or error}."
            raise ModtuiError("Cannot open the pack", message, "Look at the name of the file.") from error
        except (zipfile.BadZipFile, ValueError, NotImplementedError):
            self._no_archive()
        try:
            self._look_through(archive, size)
            if stated is None:
                self.damaged("the seal at the end of the file", "is broken: the file is cut off, changed, or no pack")
            if not is_as_sealed:
                self._find_damage(archive)
        except BaseException:
            archive.close()
            raise
        return archive, stated

    def _no_archive(self) -> NoReturn:
        with self.path.open("rb") as file:
            head = file.read(4)
        if head != b"PK\x03\x04":
            self.refuse("it is no pack.")
        self.damaged("the directory of the archive", "cannot be read")

    def _look_through(self, archive: zipfile.ZipFile, size: int) -> None:
        """Refuse what no pack holds, by the directory alone: nothing is unpacked."""
        entries = archive.infolist()
        if len(entries) > MOST_MEMBERS:
            self.refuse(f"it has {len(entries):,} members, more than {MOST_MEMBERS:,}.")
        seen: set[str] = set()
        for entry in entries:
            name = entry.orig_filename
            words = repr(name)[1:-1]
            if name.startswith(("/", "\\")) or ".." in re.split(r"[/\\]", name) or re.match(r"[A-Za-z]:", name):
                self.refuse(f"the member '{words}' would lie outside the pack.")
            kind = stat.S_IFMT(entry.external_attr >> 16)
            if kind not in (0, stat.S_IFREG):
                what = "a link" if kind == stat.S_IFLNK else "no plain file"
                self.refuse(f"the member '{words}' is {what}.")
            if name not in TEXTS and not MEDIA.fullmatch(name):
                self.refuse(f"the member '{words}' is none that a pack has.")
            if name in seen:
                self.refuse(f"the member '{words}' is there twice.")
            seen.add(name)
            if entry.compress_type != zipfile.ZIP_STORED or entry.file_size != entry.compress_size:
                self.refuse(
                    f"the member '{words}' is compressed, {entry.compress_size:,} bytes to {entry.file_size:,}: "
                    "packs are not, so that nothing in them can grow."
                )
            if entry.flag_bits & 1:
                self.refuse(f"the member '{words}' is encrypted.")
        unpacked = sum(entry.file_size for entry in entries)
        if unpacked > size:
            self.refuse(f"its members say that they hold {unpacked:,} bytes, and the file has {size:,}.")

    def _find_damage(self, archive: zipfile.ZipFile) -> NoReturn:
        """Say which member does not match, where one does not; else it is the directory."""
        for entry in archive.infolist():
            try:
                with archive.open(entry) as member:
                    while member.read(_CHUNK):
                        pass
            except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError):
                self.damaged(entry.filename, "does not match its check sum")
        self.damaged("the directory of the archive", "is not as it was written")


def _sealed_hash(file: IO[bytes], size: int) -> str | None:
    """The hash that stands at the end of the file, or None where no such thing stands there."""
    if size < _SEAL_BYTES:
        return None
    file.seek(size - _SEAL_BYTES)
    seal = file.read()
    digest = seal[len(_SEAL) :]
    is_seal = seal.startswith(_SEAL) and re.fullmatch(rb"[0-9a-f]{64}", digest)
    return digest.decode() if is_seal else None


def _digest_before_seal(file: IO[bytes]) -> str:
    """SHA-256, in hex, of all but the last 64 bytes of a file that is read from its beginning."""
    digest = hashlib.sha256()
    held = b""
    while chunk := file.read(_CHUNK):
        held += chunk
        digest.update(held[:-64])
        held = held[-64:]
    return digest.hexdigest()
