"""Our side of the decoding process: started when first needed, kept warm, ended when a file takes too long."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from pathlib import Path
from threading import Lock
from typing import Any

from msgspec.structs import asdict

from modtui.files.media_files import MediaFile, Refused
from modtui.files.media_views import Seen, View, seen_of_parts
from modtui.files.media_worker import LENGTH

WITHIN_S = 2.0
"Seconds a file may take."
START_WITHIN_S = 10.0
FILES_EACH = 500
"Views after which a fresh process takes over, so that nothing a decoder leaks adds up."
MOST_BODY = 64 << 20
_START = """
import sys
sys.path.insert(0, sys.argv[1])
from modtui.files.media_worker import serve
serve(int(sys.argv[2]))
"""
EXTRAS = {"PIL": ("images", "pictures"), "av": ("video", "videos")}
"Library to the extra that brings it, and what it is for."


class MissingExtra(Refused):
    """What would draw the file is not installed."""


class MediaProcess:
    """One decoding process. Calls take turns; each may block for as long as `WITHIN_S`, off the screens."""

    def __init__(self, within_s: float = WITHIN_S) -> None:
        self._within_s = within_s
        self._process: subprocess.Popen[bytes] | None = None
        self._link: socket.socket | None = None
        self._drawn = 0
        self._turn = Lock()

    def draw(self, file: MediaFile, view: View) -> Seen:
        """A view of an open file. Raises Refused, or MissingExtra where a library is not installed."""
        request = {"kind": file.kind, "format": file.format, "sha256": file.sha256, "view": asdict(view)}
        with self._turn:
            if self._drawn >= FILES_EACH:
                self._end()
            self.start()
            self._drawn += 1
            header, body = self._ask(request, file.fd)
        if "missing" in header:
            raise MissingExtra(missing_words(str(header["missing"])))
        if "refused" in header:
            raise Refused(str(header["refused"]))
        try:
            return seen_of_parts(header, body)
        except (KeyError, TypeError, ValueError, IndexError) as error:
            self.close()
            raise Refused("confused what reads it") from error

    @property
    def pid(self) -> int | None:
        """Of the process, while there is one."""
        return self._process.pid if self._process is not None else None

    def start(self) -> None:
        """Have the process ready; it takes a tenth of a second or two."""
        if self._process is not None and self._process.poll() is None:
            return
        self._end()
        ours, theirs = socket.socketpair()
        root = str(Path(__file__).resolve().parents[2])
        environment = {name: value for name, value in os.environ.items() if name in ("PATH", "LANG", "LC_ALL", "HOME")}
        with theirs:
            self._process = subprocess.Popen(  # noqa: S603  our own interpreter and code; no shell
                [sys.executable, "-P", "-c", _START, root, str(theirs.fileno())],
                stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                pass_fds=(theirs.fileno(),), env={**environment, "MALLOC_ARENA_MAX": "2"}, start_new_session=True,
            )  # fmt: skip
        self._link, self._drawn = ours, 0
        self._exchange({}, None, START_WITHIN_S)

    def close(self) -> None:
        with self._turn:
            self._end()

    def end_now(self) -> None:
        """End the process from another thread: a file that is being drawn is given up, and so is the room."""
        process = self._process
        if process is not None:
            process.kill()

    def _ask(self, request: dict[str, Any], fd: int) -> tuple[dict[str, Any], bytes]:
        try:
            return self._exchange(request, fd, self._within_s)
        except TimeoutError as error:
            self._end()
            raise Refused(f"took longer than {self._within_s:g} s") from error
        except (OSError, ValueError, EOFError) as error:
            self._end()
            raise Refused("made what reads it fail, or needs more memory than it may take") from error

    def _exchange(self, request: dict[str, Any], fd: int | None, within_s: float) -> tuple[dict[str, Any], bytes]:
        assert self._link is not None
        self._link.settimeout(within_s)
        data = json.dumps(request).encode()
        fds = [] if fd is None else [fd]
        sent = socket.send_fds(self._link, [LENGTH.pack(len(data)) + data], fds)
        self._link.sendall((LENGTH.pack(len(data)) + data)[sent:])
        header = json.loads(self._receive())
        return header, self._receive()

    def _receive(self) -> bytes:
        length = LENGTH.unpack(self._exactly(LENGTH.size))[0]
        if length > MOST_BODY:
            raise ValueError("an answer of no sensible length")
        return self._exactly(length)

    def _exactly(self, count: int) -> bytes:
        assert self._link is not None
        parts: list[bytes] = []
        while count:
            part = self._link.recv(min(count, 1 << 20))
            if not part:
                raise EOFError
            parts.append(part)
            count -= len(part)
        return b"".join(parts)

    def _end(self) -> None:
        if self._link is not None:
            self._link.close()
            self._link = None
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None


def missing_words(library: str) -> str:
    extra, what = EXTRAS.get(library.partition(".")[0], (library, "this file"))
    return f"{what} are drawn once the extra is installed: pip install 'modtui[{extra}]'"
