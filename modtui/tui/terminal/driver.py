"""Textual's Linux driver with four differences: output passes an allowlist, input keeps its read boundaries, a new size
is read where it is used, a lost terminal ends the session.

It overrides protected parts of Textual 8.2 on purpose and in this module only: `_file` (to see when bytes are written),
`run_input_thread` and the parser it makes (to know which keys came in one read), `_get_terminal_size`. `tests/terminal`
holds it to that.
"""

from __future__ import annotations

import asyncio
import os
import re
import selectors
import signal
import time
from codecs import getincrementaldecoder
from collections.abc import Callable
from typing import TYPE_CHECKING, Final, Protocol, TextIO, cast

from textual import events, messages
from textual._ansi_sequences import SYNC_END, SYNC_START
from textual._xterm_parser import XTermParser
from textual.drivers.linux_driver import LinuxDriver
from textual.geometry import Size
from textual.message import Message

from modtui.tui.terminal.input_guard import InputRead
from modtui.tui.terminal.output_filter import filtered
from modtui.tui.terminal.replies import ReplyFilter

if TYPE_CHECKING:
    from textual.app import App

_PICTURE: Final = re.compile(
    r"(?:\x1b_G[a-zA-Z0-9=,]*(?:;[A-Za-z0-9+/=]*)?\x1b\\)+"  # kitty: numbers, and data in Base64
    r"|\x1bP0;1;0q[\x21-\x7e]*\x1b\\"  # sixel: printable signs, `$` and `-` among them
)
MODIFIER_KEYS: Final = frozenset(
    f"{side}_{name}" for side in ("left", "right") for name in ("shift", "control", "alt", "super", "hyper", "meta")
) | {"iso_level3_shift", "iso_level5_shift", "caps_lock", "num_lock", "scroll_lock"}
"Reported as keys by terminals with the kitty protocol; nobody means them by themselves."


class TerminalOwner(Protocol):
    """What the driver needs of the app it draws for."""

    def driven_by(self, driver: SafeDriver) -> None:
        """The driver introduces itself."""

    def note_read(self, read: InputRead, keys: tuple[events.Key, ...]) -> None:
        """A read was made; its keys follow as events. Called on the reading thread."""

    def terminal_lost(self) -> None:
        """The terminal hung up. Called on any thread."""

    def terminal_resumed(self) -> None:
        """The process runs again after a stop that left the terminal in other hands."""

    @property
    def can_synchronize(self) -> bool:
        """Whether the terminal was found, before the start, to hold back unfinished frames."""


class TtyFile:
    """The terminal as a file to write to, that counts what was written and outlives a hang-up."""

    def __init__(self, file: TextIO, on_lost: Callable[[], None]) -> None:
        self._file = file
        self._on_lost = on_lost
        self._waiting: list[tuple[int, Callable[[float], None]]] = []
        self._queued = 0
        self._written = 0
        self._is_lost = False
        self._narrow = (file.encoding or "ascii").lower().replace("-", "").replace("_", "") not in ("utf8", "utf8sig")

    def fileno(self) -> int:
        return self._file.fileno()

    def isatty(self) -> bool:
        return self._file.isatty()

    def queued(self) -> None:
        """One more piece is on its way to `write`; called by the thread that draws."""
        self._queued += 1

    def when_written(self, callback: Callable[[float], None]) -> None:
        """Call back with the time when all pieces queued so far have been written; on the writing thread."""
        self._waiting.append((self._queued, callback))

    def write(self, text: str) -> None:
        """Write a piece; on the writing thread."""
        self._written += 1
        if self._is_lost:
            return
        try:
            self._file.write(self._encodable(text) if self._narrow else text)
        except (OSError, ValueError):
            self._lose()

    def flush(self) -> None:
        if not self._is_lost:
            try:
                self._file.flush()
            except (OSError, ValueError):
                self._lose()
        written_at = time.monotonic()
        while self._waiting and self._waiting[0][0] <= self._written and not self._is_lost:
            self._waiting.pop(0)[1](written_at)

    def _encodable(self, text: str) -> str:
        """For a locale without Unicode: ASCII lines and marks, `?` for what it has no letter for, widths kept."""
        from modtui.tui.terminal.plain_glyphs import plain

        return plain(text, self._file.encoding or "ascii")

    def _lose(self) -> None:
        self._is_lost = True
        self._on_lost()


class SafeDriver(LinuxDriver):
    """The only driver the screens run on."""

    def __init__(
        self, app: App[object], *, debug: bool = False, mouse: bool = True, size: tuple[int, int] | None = None
    ) -> None:
        super().__init__(app, debug=debug, mouse=mouse, size=size)
        self._owner = cast("TerminalOwner", app)
        self._tty = TtyFile(cast("TextIO", self._file), self._owner.terminal_lost)
        self._file = self._tty  # type: ignore[assignment]
        self._reads = 0
        self._is_suspended = False
        self._frame: list[str] | None = None
        self._owner.driven_by(self)

    # Output ---

    def write(self, data: str) -> None:
        safe = filtered(data)
        if safe == SYNC_START and self._frame is None:
            self._frame = []
        if self._frame is not None:
            self._frame.append(safe)
            if safe != SYNC_END:
                return
            # One piece a frame: each costs a change of threads and back while somebody waits for the picture.
            safe, self._frame = "".join(self._frame), None
        if safe:
            self._tty.queued()
            super().write(safe)

    def write_picture(self, data: str, column: int, row: int) -> None:
        """Draw pixels with their upper left corner in a cell, counted from 0; `data` is of `files.terminal_pictures`.

        It passes the filter by: what is no picture is refused with ValueError. The cursor comes back to its place.
        """
        if not _PICTURE.fullmatch(data):
            raise ValueError("no picture in one of the ways terminals take them")
        self._tty.queued()
        super().write(f"\x1b7\x1b[{row + 1};{column + 1}H{data}\x1b8")

    def when_written(self, callback: Callable[[float], None]) -> None:
        """Call back, on the writing thread, with the monotonic time when everything drawn so far is on the terminal."""
        self._tty.when_written(callback)
        self._tty.queued()
        super().write("")

    def start_application_mode(self) -> None:
        super().start_application_mode()  # type: ignore[no-untyped-call]
        loop = asyncio.get_running_loop()
        signal.signal(signal.SIGWINCH, lambda _number, _frame: loop.call_soon_threadsafe(self._take_size))
        # Textual's question about this is not asked (`output_filter`); the answer was got before the start.
        if self._owner.can_synchronize:
            self.process_message(messages.TerminalSupportsSynchronizedOutput())

    def _take_size(self) -> None:
        """Tell the app the size the window has now.

        Textual reads it in the signal's handler; one handler may interrupt another, and the older size came last.
        """
        size = Size(*self._get_terminal_size())
        self.send_message(events.Resize(size, size))

    def suspend_application_mode(self) -> None:
        self._is_suspended = True
        super().suspend_application_mode()

    def resume_application_mode(self) -> None:
        """Take the terminal again, unless it was never let go: SIGSTOP cannot be seen coming."""
        if self._is_suspended:
            self._is_suspended = False
            super().resume_application_mode()
        else:
            self._owner.terminal_resumed()

    # Input ---

    def send_message(self, message: Message) -> None:
        """Hand a message to the app without a task for each, as one read may bring many."""
        self._app.post_message(message)

    def run_input_thread(self) -> None:
        """Read until told to stop; each read is handed on whole, tagged with when it was made."""
        try:
            self._read_until_exit()
        except OSError:
            self._owner.terminal_lost()

    def _read_until_exit(self) -> None:
        parser = XTermParser(False)
        decode = getincrementaldecoder("utf-8")("replace").decode
        replies = ReplyFilter()
        with selectors.SelectSelector() as selector:
            selector.register(self.fileno, selectors.EVENT_READ)
            while not self.exit_event.is_set():
                if not selector.select(0.1):
                    self._hand_on(list(parser.tick()), 0, False, time.monotonic())
                    continue
                data = os.read(self.fileno, 4096)
                read_at = time.monotonic()
                if not data:
                    self._owner.terminal_lost()
                    return
                text, answers, is_open = replies.feed(decode(data), read_at)
                is_open = is_open or "\ufffd" in text  # bytes that are no text: whatever came with them decides nothing
                self._hand_on(list(parser.feed(text)) if text else [], answers, is_open, read_at)

    def _hand_on(self, received: list[Message], answers: int, is_open: bool, read_at: float) -> None:
        inputs = [message for message in received if not _is_modifier(message)]
        if not inputs and not answers:
            return
        keys = tuple(message for message in inputs if isinstance(message, events.Key))
        self._reads += 1
        names = tuple(key.key for key in keys)
        self._owner.note_read(InputRead(self._reads, read_at, names, answers, len(inputs) - len(keys), is_open), keys)
        for message in inputs:
            self.process_message(message)


def _is_modifier(message: Message) -> bool:
    return isinstance(message, events.Key) and message.key in MODIFIER_KEYS
