"""The decoding process: takes an open file and a view over a socket, hands back cells or a reason, and holds no more
memory than it is allowed. It is started, and ended when a file takes too long, by `media_process`.
"""

from __future__ import annotations

import json
import os
import resource
import socket
import struct
from contextlib import suppress
from typing import Any

from modtui.files.media_files import PICTURE, SOUND, Refused
from modtui.files.media_views import Seen, View, seen_as_parts

LENGTH = struct.Struct("!I")
LONGEST_REQUEST = 4096
MOST_MEMORY = 256 << 20
"Bytes of its own that the process may hold."
NICE = 5
"Behind the screens: keys are not kept waiting by a picture."


def serve(fileno: int) -> None:
    """Answer requests until the other side hangs up."""
    _limit_itself()
    decoder = Decoder()
    with socket.socket(fileno=fileno) as link:
        while (asked := receive_request(link)) is not None:
            request, fd = asked
            header, body = decoder.answer(request, fd)
            data = json.dumps(header).encode()
            link.sendall(LENGTH.pack(len(data)) + data + LENGTH.pack(len(body)) + body)


def receive_request(link: socket.socket) -> tuple[dict[str, Any], int | None] | None:
    """A request and the file that came with it; None once the other side has hung up."""
    data, fds, _, _ = socket.recv_fds(link, LONGEST_REQUEST, 1)
    if not data:
        return None
    while len(data) < LENGTH.size or len(data) < LENGTH.size + LENGTH.unpack(data[: LENGTH.size])[0]:
        more = link.recv(LONGEST_REQUEST)
        if not more:
            return None
        data += more
    return json.loads(data[LENGTH.size :]), fds[0] if fds else None


class Decoder:
    """Draws views, and keeps the video that was looked at last open: the next frame of it is near."""

    def __init__(self) -> None:
        self._video: Any = None
        self._video_is = ""

    def answer(self, request: dict[str, Any], fd: int | None) -> tuple[dict[str, Any], bytes]:
        """A header with what was seen, or with the reason why nothing is; and the pixels."""
        try:
            if fd is None:
                return {"ready": True}, b""
            file = os.fdopen(fd, "rb")
            given = dict(request["view"])
            view = View(**{**given, "crop": tuple(given["crop"])})
            return seen_as_parts(self._draw(file, request, view))
        except Refused as reason:
            return {"refused": str(reason)}, b""
        except ImportError as error:
            return {"missing": error.name or "a library"}, b""
        except MemoryError:
            return {"refused": "needs more memory than it may take"}, b""
        except Exception as error:  # whatever a hostile file does to a decoder, it is that file's reason
            return {"refused": f"cannot be read: {type(error).__name__}"}, b""

    def _draw(self, file: Any, request: dict[str, Any], view: View) -> Seen:
        if request["kind"] == PICTURE:
            from modtui.files.pictures import draw_picture

            with file:
                return draw_picture(file, request["format"], view)
        if request["kind"] == SOUND:
            from modtui.files.sounds import draw_sound

            with file:
                return draw_sound(file, request["format"], view)
        if self._video is None or self._video_is != request["sha256"]:
            from modtui.files.videos import Video

            self._forget_video()
            self._video = Video(file, request["format"])
            self._video_is = request["sha256"]
        else:
            file.close()
        try:
            seen: Seen = self._video.draw(view)
        except Refused:
            self._forget_video()
            raise
        return seen

    def _forget_video(self) -> None:
        if self._video is not None:
            with suppress(Exception):
                self._video.close()
            self._video = None


def _limit_itself() -> None:
    """Less memory, no files written, no core dump, and behind everybody else in line."""
    with suppress(OSError):
        os.nice(NICE)
    limits = [
        (resource.RLIMIT_DATA, MOST_MEMORY), (resource.RLIMIT_AS, MOST_MEMORY * 4), (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, 0), (resource.RLIMIT_NOFILE, 64),
    ]  # fmt: skip
    for what, most in limits:
        with suppress(OSError, ValueError):
            resource.setrlimit(what, (most, most))
