"""The rows that were refused, kept with their reasons, so that nothing is lost and they can be mended and imported."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path
from types import TracebackType

import orjson

from modtui.errors import ModtuiError
from modtui.files.rows import Problem


class RejectsFile:
    """JSON lines of `{file, line, reason, raw}`, readable by its owner alone.

    Written under a temporary name and put in place when it is closed, so that a file of that name is always whole;
    without any problem there is no file. `raw` is text, or `raw_base64` where the bytes are no UTF-8.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.count = 0
        self._partial = path.with_name(f".{path.name}.{os.getpid()}.part")
        self._descriptor: int | None = None

    def __enter__(self) -> RejectsFile:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def write(self, problem: Problem) -> None:
        """Adds one row. Raises `ModtuiError` when the file cannot be written."""
        record: dict[str, str | int] = {
            "file": _encodable(problem.file), "line": problem.line, "reason": _encodable(problem.reason),
        }  # fmt: skip
        record.update(_raw_of(problem.raw))
        try:
            if self._descriptor is None:
                self._descriptor = os.open(self._partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
            _write_all(self._descriptor, orjson.dumps(record) + b"\n")
        except OSError as error:
            self._fail(error)
        self.count += 1

    def close(self) -> None:
        """Puts the file in place. Raises `ModtuiError` when it cannot."""
        if self._descriptor is None:
            return
        descriptor, self._descriptor = self._descriptor, None
        try:
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
            self._partial.replace(self.path)
            folder = os.open(self.path.parent, os.O_RDONLY | os.O_DIRECTORY)
            try:
                os.fsync(folder)
            finally:
                os.close(folder)
        except OSError as error:
            self._fail(error)

    def _fail(self, error: OSError) -> None:
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None
        with contextlib.suppress(OSError):
            self._partial.unlink()
        raise ModtuiError(
            "Cannot keep the rejected rows", f"{self.path}: {error.strerror}", "Name another place with --rejects."
        ) from None


def _write_all(descriptor: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(descriptor, view) :]


def _raw_of(raw: bytes | str) -> dict[str, str]:
    if isinstance(raw, str):
        return {"raw": _encodable(raw)}
    try:
        return {"raw": raw.decode()}
    except UnicodeDecodeError:
        import base64

        return {"raw_base64": base64.b64encode(raw).decode("ascii")}


def _encodable(text: str) -> str:
    return text.encode("utf-8", "backslashreplace").decode()
