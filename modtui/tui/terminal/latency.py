"""The round trip to the terminal, measured once before the app starts; afterwards nothing asks the terminal anything.

The question is sent first thing and the answer collected while slow imports run, so that measuring costs no wait.
"""

from __future__ import annotations

import os
import re
import select
import termios
import threading
import time
from typing import Any, Final

from msgspec import Struct

from modtui.tui.terminal.graphics import Graphics, graphics_of, questions

ANSWER_WITHIN: Final = 0.3
"Seconds to wait; a terminal slower than this is taken to be this slow."
_WHERE: Final = b"\x1b[6n"
_SYNCHRONIZED: Final = b"\x1b[?2026$p"
_POSITION: Final = re.compile(rb"\x1b\[\d+;\d+R")
_SUPPORTED: Final = re.compile(rb"\x1b\[\?2026;[1-4]\$y")


class Link(Struct, frozen=True):
    """What is known of the way to the terminal."""

    round_trip: float = 0.0
    "Seconds."
    is_measured: bool = False
    can_synchronize: bool = False
    "Whether the terminal holds back a frame until it is whole (mode 2026)."
    graphics: Graphics = Graphics()


class LatencyProbe:
    """Asks where the cursor is and times the answer. What was typed before the answer is thrown away with it."""

    def __init__(self, input_fd: int = 0, output_fd: int = 2, graphics: str = "blocks") -> None:
        """`graphics` is the setting: `auto` asks what the terminal can draw."""
        self._input_fd = input_fd
        self._output_fd = output_fd
        self._attributes: list[Any] | None = None
        self._graphics = graphics
        self._thread: threading.Thread | None = None
        self._link = Link(graphics=graphics_of(graphics, b""))

    def start(self) -> None:
        """Send the question; does nothing where there is no terminal to ask."""
        if not (os.isatty(self._input_fd) and os.isatty(self._output_fd)):
            return
        self._attributes = termios.tcgetattr(self._input_fd)
        quiet = termios.tcgetattr(self._input_fd)
        quiet[3] &= ~(termios.ECHO | termios.ICANON)
        quiet[6][termios.VMIN] = 1
        termios.tcsetattr(self._input_fd, termios.TCSANOW, quiet)
        asks_sync = os.environ.get("TERM_PROGRAM") != "Apple_Terminal"  # which prints the question
        # The place of the cursor last: whoever answers it has answered what it knows of the rest.
        asked = questions(self._graphics, os.environ)
        os.write(self._output_fd, (_SYNCHRONIZED if asks_sync else b"") + asked + _WHERE)
        self._thread = threading.Thread(target=self._listen, args=(time.monotonic(),), name="latency", daemon=True)
        self._thread.start()

    def finish(self) -> Link:
        """Wait for the answer, put the terminal back as it was, and say what was learned."""
        if self._thread is None or self._attributes is None:
            return self._link
        self._thread.join()
        termios.tcsetattr(self._input_fd, termios.TCSANOW, self._attributes)
        return self._link

    def _listen(self, asked_at: float) -> None:
        answer = b""
        deadline = asked_at + ANSWER_WITHIN
        while (left := deadline - time.monotonic()) > 0:
            if not select.select([self._input_fd], [], [], left)[0]:
                break
            answered_at = time.monotonic()
            try:
                chunk = os.read(self._input_fd, 4096)
            except OSError:
                break
            if not chunk:
                break
            answer += chunk
            if _POSITION.search(answer):
                can_synchronize = _SUPPORTED.search(answer) is not None
                graphics = graphics_of(self._graphics, answer)
                self._link = Link(answered_at - asked_at, True, can_synchronize, graphics)
                return
        self._link = Link(ANSWER_WITHIN, graphics=graphics_of(self._graphics, b""))


def given_link(latency_ms: int | None, graphics: str) -> Link:
    """The way to a terminal that is not asked anything."""
    return Link((latency_ms or 0) / 1000, graphics=graphics_of("blocks" if graphics == "auto" else graphics, b""))


def measure_link(latency: float | None = None) -> Link:
    """The round trip as given in seconds (`--latency`), else measured now, in at most `ANSWER_WITHIN`."""
    if latency is not None:
        return Link(latency)
    probe = LatencyProbe()
    probe.start()
    return probe.finish()
