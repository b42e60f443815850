"""Where bundles lie: a directory, or through fsspec SFTP, S3, GCS and more. Files are only added."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Protocol

from modtui.errors import ModtuiError
from modtui.remotes.protocol import RemoteFault

CONNECT_SECONDS = 5
ANSWER_SECONDS = 30


class Files(Protocol):
    """A place of files known by their paths below it, with `/` between the parts."""

    def list(self, folder: str) -> Iterator[str]:
        """Paths of the files in a folder and the folders below it; nothing when there is no such folder."""

    def read(self, path: str, most: int) -> bytes | None:
        """What a file holds, at most so many bytes; None when it is not there."""

    def write(self, path: str, content: bytes) -> None:
        """Put a file in place, whole and durable, or raise. One of that name is there with the same content, or not."""


class Directory:
    """A directory of this machine, or one that is mounted here."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def list(self, folder: str) -> Iterator[str]:
        start = self._root / folder
        if not self._root.is_dir():
            raise RemoteFault("Remote not reachable", f"There is no folder {self._root}.", _LATER)
        for parent, folders, names in os.walk(start, onerror=_raise):
            folders[:] = sorted(name for name in folders if not name.startswith("."))
            for name in sorted(names):
                if not name.startswith("."):
                    yield (Path(parent) / name).relative_to(self._root).as_posix()

    def read(self, path: str, most: int) -> bytes | None:
        try:
            # A pipe or device in a shared folder must neither be waited for nor read.
            descriptor = os.open(self._root / path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW)
        except OSError as error:
            if error.errno in (errno.ENOENT, errno.ELOOP, errno.ENXIO):
                return None
            raise _fault(error, path) from error
        with os.fdopen(descriptor, "rb") as file:
            try:
                return file.read(most)
            except OSError as error:
                raise _fault(error, path) from error

    def write(self, path: str, content: bytes) -> None:
        target = self._root / path
        if not self._root.is_dir():
            raise RemoteFault("Remote not reachable", f"There is no folder {self._root}.", _LATER)
        temporary = target.with_name(f".{target.name}.{os.getpid()}.tmp")
        try:
            if not target.parent.is_dir():
                target.parent.mkdir(parents=True, exist_ok=True)
                _sync(target.parent.parent)
            with temporary.open("wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            temporary.replace(target)
            _sync(target.parent)
        except OSError as error:
            temporary.unlink(missing_ok=True)
            raise _fault(error, path) from error


class ObjectStore:
    """Any other place, through fsspec. Its credentials come from the environment or a profile, as its driver says."""

    def __init__(self, address: str) -> None:
        fsspec = _fsspec(address)
        try:
            self._system, self._root = fsspec.core.url_to_fs(address)
        except ImportError as error:
            raise ModtuiError(
                "A driver is missing", f"{address.split(':')[0]}: {error}.", "pip install 'modtui[object-store]'"
            ) from error
        except (ValueError, OSError) as error:
            raise _fault(error, address.split(":")[0]) from error

    def list(self, folder: str) -> Iterator[str]:
        start = f"{self._root.rstrip('/')}/{folder}"
        try:
            self._system.invalidate_cache()
            found: list[str] = self._system.find(start)
        except FileNotFoundError:
            return
        except Exception as error:  # each driver raises its own
            raise _fault(error, folder or self._root) from error
        cut = len(self._root.rstrip("/").lstrip("/")) + 1
        for path in sorted(found):
            if "/." not in f"/{path[cut:]}":  # as in a directory: what is being written, and what is somebody's own
                yield path.lstrip("/")[cut:]

    def read(self, path: str, most: int) -> bytes | None:
        try:
            with self._system.open(f"{self._root.rstrip('/')}/{path}", "rb") as file:
                return bytes(file.read(most))
        except FileNotFoundError:
            return None
        except Exception as error:
            raise _fault(error, path) from error

    def write(self, path: str, content: bytes) -> None:
        target = f"{self._root.rstrip('/')}/{path}"
        try:
            # Stores of objects put one there whole or not at all; elsewhere a name of its own is given up for it.
            if getattr(self._system, "protocol", "") in _WHOLE or "s3" in self._system.protocol:
                self._system.pipe_file(target, content)
                return
            folder, _, name = target.rpartition("/")
            self._system.makedirs(folder, exist_ok=True)
            temporary = f"{folder}/.{name}.{os.getpid()}.tmp"
            self._system.pipe_file(temporary, content)
            self._system.mv(temporary, target)
        except FileNotFoundError as error:
            raise ModtuiError(
                "No such place", f"There is no bucket or folder {self._root}.", "Make it first, or check the address."
            ) from error
        except Exception as error:
            raise _fault(error, path) from error


class OneFile:
    """A zip file that carries bundles by hand, from a machine without a network to one that has it. Names are looked up
    in it and never written anywhere else."""

    MOST_FILES = 200_000

    def __init__(self, path: Path, *, is_new: bool) -> None:
        import zipfile

        self._path = path
        self._temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp") if is_new else None
        try:
            self._zip = zipfile.ZipFile(self._temporary or path, "w" if is_new else "r")
            self._names = set(self._zip.namelist())
        except (OSError, zipfile.BadZipFile, NotImplementedError, ValueError) as error:
            words = getattr(error, "strerror", None) or str(error)
            raise ModtuiError(
                "Cannot open the file", f"{path}: {words}.", "Name a file that `modtui sync --to-file` wrote."
            ) from error
        if len(self._names) > self.MOST_FILES:
            raise ModtuiError("Cannot open the file", f"{path} holds too many files.", "Name another one.")

    def list(self, folder: str) -> Iterator[str]:
        yield from sorted(name for name in self._names if name.startswith(folder) and not name.endswith("/"))

    def read(self, path: str, most: int) -> bytes | None:
        import zipfile
        import zlib

        if path not in self._names:
            return None
        try:
            with self._zip.open(path) as file:
                return file.read(most)
        except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, NotImplementedError, OSError):
            return b""  # whoever reads it finds that it is not what its name says

    def write(self, path: str, content: bytes) -> None:
        self._zip.writestr(path, content)
        self._names.add(path)

    def finish(self) -> None:
        """Put what was written in its place, whole and durable."""
        self._zip.close()
        if self._temporary is None:
            return
        try:
            with self._temporary.open("rb") as file:
                os.fsync(file.fileno())
            self._temporary.replace(self._path)
            _sync(self._path.absolute().parent)
        except OSError as error:
            raise _fault(error, str(self._path)) from error

    def drop(self) -> None:
        """Close it, and leave nothing half-written."""
        self._zip.close()
        if self._temporary is not None:
            self._temporary.unlink(missing_ok=True)


_WHOLE = ("s3", "gs", "gcs", "abfs", "az", ("gs", "gcs"), ("s3", "s3a"), "memory")
_NO_CREDENTIALS = ("NoCredentialsError", "PartialCredentialsError", "ProfileNotFound", "DefaultCredentialsError")
"What the drivers of S3 and GCS raise, which are not imported here."
_LATER = "Check the network, the mount and the address. What you decided is safe here; sync again later."


def open_place(address: str) -> Files:
    """The place that an address names: `scheme://...` for fsspec, else the path of a directory."""
    if "://" in address and not address.startswith("file://"):
        return ObjectStore(address)
    return Directory(Path(address.removeprefix("file://")).expanduser())


def has_secret(address: str) -> bool:
    """Whether a password stands in the address: it would end up in the workspace."""
    from urllib.parse import urlsplit

    try:
        return bool(urlsplit(address).password)
    except ValueError:
        return False


def _fsspec(address: str) -> Any:
    try:
        import fsspec
        import fsspec.core
    except ImportError as error:
        raise ModtuiError(
            "Object stores need an extra",
            f"{address.split(':')[0]}:// is reached through fsspec, which is not installed.",
            "pip install 'modtui[object-store]'",
        ) from error
    fsspec.config.conf.setdefault("s3", {}).setdefault(
        # Whoever syncs tries again by itself; a driver that does so too would multiply the waits.
        "config_kwargs",
        {"connect_timeout": CONNECT_SECONDS, "read_timeout": ANSWER_SECONDS, "retries": {"total_max_attempts": 1}},
    )
    fsspec.config.conf.setdefault("sftp", {}).setdefault("timeout", CONNECT_SECONDS)
    return fsspec


def _raise(error: OSError) -> None:
    if not isinstance(error, FileNotFoundError):
        raise _fault(error, error.filename or "")


def _fault(error: Exception, path: str) -> ModtuiError:
    """A fault of the place in words. Of what a driver says only the kind is told: its words may hold credentials."""
    number = getattr(error, "errno", None)
    if number in (errno.ENOSPC, errno.EDQUOT):
        return RemoteFault("Disk full at the remote", f"There is no room for {path}.", "Make room there, sync again.")
    if type(error).__name__ in _NO_CREDENTIALS:
        return ModtuiError(
            "No credentials",
            f"The driver of {path} finds none it can use ({type(error).__name__}).",
            "Give it a profile or its variables, such as AWS_PROFILE (docs/sync.md). They never stand in the address.",
        )
    if isinstance(error, PermissionError):
        return ModtuiError("Not allowed there", f"{path} may not be read or written.", "Ask your lead for the right.")
    words = error.strerror if isinstance(error, OSError) and error.strerror else type(error).__name__
    return RemoteFault("Remote not reachable", f"{path}: {words}.", _LATER)


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
