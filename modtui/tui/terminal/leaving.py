"""How a session ends when it is told to: finish what is being saved, give the terminal back, exit 128 + signal."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import termios
import threading
from collections.abc import Awaitable, Callable
from typing import Any, Final

from modtui.tui.terminal.signal_wakeup import wake_at_signals

SIGNALS: Final = (signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT)
FINISH_WITHIN: Final = 2.0
"Seconds for the running commit, the place and the draft."
GONE_WITHIN: Final = 2.8
"Seconds after which the process ends by force: the terminal may be gone, the loop stuck."
_RESTORE: Final = (
    b"\x1b[?2004l\x1b[?1000l\x1b[?1002l\x1b[?1006l\x1b[?1015l\x1b[?1004l\x1b[<u\x1b[?2026l\x1b[?1049l\x1b[?25h\x1b[?7h"
)


class Departure:
    """Watches for signals and a lost terminal, and sees to it that the process ends once, orderly, in time."""

    def __init__(self, leave: Callable[[int], Awaitable[None]]) -> None:
        self._leave = leave
        self._loop: asyncio.AbstractEventLoop | None = None
        self._attributes = terminal_attributes()
        self._task: asyncio.Task[None] | None = None
        self._watchdog: threading.Timer | None = None

    def watch(self, loop: asyncio.AbstractEventLoop) -> None:
        """Handle the signals from now on; the handlers run even while the loop is stuck."""
        self._loop = loop
        wake_at_signals(loop)
        for number in SIGNALS:
            signal.signal(number, self._signalled)

    @property
    def is_leaving(self) -> bool:
        return self._watchdog is not None

    def _signalled(self, number: int, _frame: object) -> None:
        self._guard_time(number)
        self.call(lambda: self.begin(number))

    def lost_terminal(self) -> None:
        """The terminal hung up; from any thread. Same as SIGHUP."""
        self._guard_time(signal.SIGHUP)
        self.call(lambda: self.begin(int(signal.SIGHUP)))

    def call(self, function: Callable[[], object]) -> None:
        """Run a function on the app's loop; from any thread."""
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(function)

    def begin(self, number: int) -> None:
        """Start leaving; later signals change nothing."""
        if self._task is None:
            self._guard_time(number)
            self._task = asyncio.ensure_future(self._leave(128 + number))

    def _guard_time(self, number: int) -> None:
        if self._watchdog is None:
            self._watchdog = threading.Timer(GONE_WITHIN, end_by_force, (128 + number, self._attributes))
            self._watchdog.daemon = True
            self._watchdog.start()


def terminal_attributes() -> list[Any] | None:
    """The settings of the terminal as they are now, to be given back."""
    try:
        return termios.tcgetattr(0)
    except (termios.error, OSError):
        return None


def end_by_force(status: int, attributes: list[Any] | None) -> None:
    """Give the terminal back with the simplest means and end the process at once."""
    try:
        os.set_blocking(sys.__stderr__.fileno() if sys.__stderr__ else 2, False)
        os.write(2, _RESTORE)
        if attributes is not None:
            termios.tcsetattr(0, termios.TCSANOW, attributes)
    except (OSError, ValueError, termios.error):
        pass  # the terminal is gone, which is why we are here
    os._exit(status)
