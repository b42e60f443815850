"""Drawn media on disk by their content's hash: small files under a size limit, the ones used longest ago going first.

Everything in it can be drawn again; whatever is damaged or cannot be written is as if it were not there.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import zlib
from contextlib import suppress
from pathlib import Path

from msgspec.structs import astuple

from modtui.files.media_views import Seen, View, seen_as_parts, seen_of_parts

COUNTED_EVERY = 64
"Files kept, after which the folder is counted anew: other processes keep files in it too."
SHAPE = 3
"Of what is stored and how it is drawn: another one finds nothing of the old."
LARGEST = 4 << 20


class MediaCache:
    """A folder of drawn views."""

    def __init__(self, folder: Path, most_bytes: int) -> None:
        self.folder = folder
        self.most_bytes = most_bytes
        self._held: int | None = None
        "Bytes in the folder, as far as this process knows."
        self._kept = 0

    def find(self, sha256: str, view: View) -> Seen | None:
        """The view of the content with that hash, if it was kept."""
        path = self._path(sha256, view)
        try:
            data = path.read_bytes()
            if hashlib.sha256(data[32:]).digest() != data[:32]:
                raise ValueError("damaged")
            rest = zlib.decompressobj().decompress(data[32:], LARGEST)
            header, _, body = rest.partition(b"\n")
            seen = seen_of_parts(json.loads(header), body)
        except OSError:
            return None
        except (ValueError, KeyError, TypeError, IndexError, zlib.error):
            with suppress(OSError):
                path.unlink()
            return None
        with suppress(OSError):
            os.utime(path)
        return seen

    def keep(self, sha256: str, view: View, seen: Seen) -> None:
        """Store a view, and drop the ones used longest ago when there is too much."""
        header, body = seen_as_parts(seen)
        whole = json.dumps(header).encode() + b"\n" + body
        if len(whole) > LARGEST or self.most_bytes <= 0:
            return
        data = zlib.compress(whole, 1)
        data = hashlib.sha256(data).digest() + data
        path = self._path(sha256, view)
        unfinished = path.with_name(f".{secrets.token_hex(8)}")
        try:
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            path.parent.mkdir(exist_ok=True, mode=0o700)
            with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                file.write(data)
            unfinished.replace(path)
        except OSError:
            with suppress(OSError):
                unfinished.unlink()
            return
        is_known = self._held is not None and self._kept % COUNTED_EVERY
        self._held = (self._held or 0) + len(data) if is_known else self.size()
        self._kept += 1
        if self._held > self.most_bytes:
            self._make_room()

    def count(self) -> int:
        """Views in the folder."""
        return len(self._all())

    def size(self) -> int:
        """Bytes in the folder."""
        return sum(size for _, size, _ in self._all())

    def forget(self) -> int:
        """Remove everything; how many bytes that were."""
        freed = 0
        for _, size, path in self._all():
            with suppress(OSError):
                path.unlink()
                freed += size
        self._held = None
        return freed

    def _path(self, sha256: str, view: View) -> Path:
        asked = json.dumps([SHAPE, sha256, *astuple(view)]).encode()
        name = hashlib.sha256(asked).hexdigest()
        return self.folder / name[:2] / name

    def _all(self) -> list[tuple[float, int, Path]]:
        """Time of last use, size and path of every file, in no order."""
        found: list[tuple[float, int, Path]] = []
        with suppress(OSError):
            for inner in os.scandir(self.folder):
                with suppress(OSError):
                    if len(inner.name) != 2 or not inner.is_dir(follow_symlinks=False):
                        continue
                    for entry in os.scandir(inner.path):
                        if entry.is_file(follow_symlinks=False):
                            stat = entry.stat(follow_symlinks=False)
                            found.append((stat.st_mtime, stat.st_size, Path(entry.path)))
        return found

    def _make_room(self) -> None:
        """Down to four fifths, so that not every file that is kept has another one go."""
        known = sorted(self._all())
        held = sum(size for _, size, _ in known)
        for _, size, path in known:
            if held <= self.most_bytes * 4 // 5:
                break
            with suppress(OSError):
                path.unlink()
            held -= size
        self._held = held
