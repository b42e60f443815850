"""A program in a pseudo-terminal, seen as a person sees it: keys go in, a screen comes out, nothing sleeps.

The session is the far end of a link: with `delay` a key and its echo take that many seconds to go there and back.
"""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from heapq import heappop, heappush
from pathlib import Path
from types import TracebackType
from typing import Any, Final

import pyte

ROOT: Final = Path(__file__).parents[2]
_UNFINISHED: Final = re.compile(rb"\x1b(?:\[[0-?]*[ -/]*)?\Z")
_UNKNOWN_TO_PYTE: Final = re.compile(rb"\x1b\[[<>=][0-9;]*[a-z]|\x1b\[\?[0-9;]*\$p|\x1b\[16t|\x1b_[^\x1b]*\x1b\\")
_QUERIES: Final = re.compile(rb"\x1b\[6n|\x1b\[\?2026\$p|\x1b\[c|\x1b\[16t|\x1b_Gi=31,[^\x1b]*\x1b\\")
_REPLIES: Final = {b"\x1b[6n": b"\x1b[1;1R", b"\x1b[?2026$p": b"\x1b[?2026;2$y", b"\x1b[c": b"\x1b[?62;1;2c"}
"What a plain terminal answers; it says nothing to other questions."


class PtySession:
    """Runs a command in a terminal of `columns` x `rows`; use it as a context manager."""

    def __init__(
        self,
        command: Sequence[str],
        columns: int = 80,
        rows: int = 24,
        env: Mapping[str, str] | None = None,
        delay: float = 0.0,
        answers: bool = True,
        cwd: Path = ROOT,
        replies: Mapping[bytes, bytes] | None = None,
    ) -> None:
        self.delay = delay
        self.answers = answers
        self.replies = {**_REPLIES, **(replies or {})}
        self.raw = bytearray()
        "Every byte the program wrote that has arrived here."
        self.arrivals: list[tuple[float, int]] = []
        "When each piece arrived, with the length of `raw` after it."
        self._screen = pyte.Screen(columns, rows)
        self._stream = pyte.ByteStream(self._screen)
        self._unseen: list[bytes] = []
        "What arrived since the screen was looked at: emulating it costs more than drawing it, so it waits for a look."
        self._pending = b""
        self._changed = threading.Condition()
        self._due: list[tuple[float, int, Callable[[], None]]] = []
        self._order = 0
        self._is_closed = False
        self._master, self._slave = pty.openpty()
        self._wake_read, self._wake_write = os.pipe()
        self._set_size(columns, rows)
        self.cooked = termios.tcgetattr(self._slave)
        environment = {**os.environ, "TERM": "xterm-256color", "LC_ALL": "C.UTF-8", "COLORTERM": "truecolor"}
        for name in ("NO_COLOR", "COLUMNS", "LINES"):
            environment.pop(name, None)
        environment.update(env or {})
        self.process = subprocess.Popen(
            command,
            stdin=self._slave,
            stdout=self._slave,
            stderr=self._slave,
            env=environment,
            cwd=cwd,
            preexec_fn=lambda: (os.setsid(), fcntl.ioctl(0, termios.TIOCSCTTY, 0)),
        )
        self._thread = threading.Thread(target=self._drain, daemon=True)
        self._thread.start()

    # What a person does ---

    def send(self, keys: bytes | str, after: float = 0.0) -> None:
        """Type, `after` seconds from now; it reaches the program at once, half a round trip later."""
        data = keys.encode() if isinstance(keys, str) else keys
        self._later(lambda: self._write(data), after)

    def resize(self, columns: int, rows: int) -> None:
        with self._changed:
            self.screen.resize(rows, columns)  # what was drawn before is drawn on the old size
        self._set_size(columns, rows)
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGWINCH)

    def signal(self, number: int) -> None:
        self.process.send_signal(number)

    def hang_up(self) -> None:
        """The link breaks: the terminal is gone."""
        self._is_closed = True
        self._wake()
        self._thread.join()
        os.close(self._slave)
        os.close(self._master)
        self._master = self._slave = -1

    # What a person sees ---

    @property
    def screen(self) -> pyte.Screen:
        """The screen with all that has arrived drawn on it."""
        with self._changed:
            for data in self._unseen:
                try:
                    self._stream.feed(_UNKNOWN_TO_PYTE.sub(b"", data))
                except Exception:  # an emulator that hostile output breaks still leaves `raw`
                    self._stream = pyte.ByteStream(self._screen)
            self._unseen.clear()
            return self._screen

    @property
    def text(self) -> str:
        """The screen as lines of text."""
        with self._changed:
            return "\n".join(line.rstrip() for line in self.screen.display)

    def wait_for(self, pattern: str | Callable[[str], object], timeout: float = 20.0) -> str:
        """The screen, once it matches; AssertionError with the screen when it does not in time or the program ends."""
        matches = pattern if callable(pattern) else re.compile(pattern, re.MULTILINE).search
        deadline = time.monotonic() + timeout
        with self._changed:
            while True:
                seen = "\n".join(line.rstrip() for line in self.screen.display)
                if matches(seen):
                    return seen
                left = deadline - time.monotonic()
                if left <= 0 or (self.process.poll() is not None and not self._changed.wait(0.3)):
                    ended = self.process.poll()
                    raise AssertionError(f"never saw {pattern!r} (status {ended}) in:\n{seen}")
                self._changed.wait(min(left, 0.2))

    def wait_for_bytes(self, wanted: bytes, timeout: float = 20.0) -> None:
        """Until the program has written these bytes, whatever the screen makes of them."""
        deadline = time.monotonic() + timeout
        with self._changed:
            while wanted not in self.raw:
                assert time.monotonic() < deadline, f"never wrote {wanted!r}"
                self._changed.wait(0.2)

    def wait_quiet(self, quiet: float = 0.3, timeout: float = 20.0) -> None:
        """Until all that was to be typed is typed, and nothing has arrived for `quiet` seconds."""
        deadline = time.monotonic() + timeout
        with self._changed:
            while time.monotonic() < deadline:
                before = len(self.raw)
                self._changed.wait(quiet)
                if len(self.raw) == before and not self._due:
                    return
        raise AssertionError("the program never stopped writing")

    def wait_exit(self, timeout: float = 20.0) -> int:
        """The exit status; negative for a signal, as `subprocess` has it."""
        status = self.process.wait(timeout)
        if not self._is_closed:
            self.wait_quiet(0.05)
        return status

    @property
    def is_restored(self) -> bool:
        """Whether the terminal is as it was: settings, main screen, cursor, no mouse, no paste brackets."""
        modes = dict(re.findall(rb"\x1b\[\?(\d+)([hl])", bytes(self.raw)))
        is_off = all(modes.get(mode, b"l") == b"l" for mode in (b"1049", b"1000", b"1002", b"1003", b"1004", b"2004"))
        return is_off and modes.get(b"25", b"h") == b"h" and termios.tcgetattr(self._slave) == self.cooked

    def cpu_seconds(self) -> float:
        """Processor time the program has used so far."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    # The link ---

    def _later(self, function: Callable[[], None], after: float = 0.0) -> None:
        with self._changed:
            self._order += 1
            heappush(self._due, (time.monotonic() + after + self.delay / 2, self._order, function))
        self._wake()

    def _wake(self) -> None:
        os.write(self._wake_write, b"x")

    def _write(self, data: bytes) -> None:
        while data:
            data = data[os.write(self._master, data) :]

    def _drain(self) -> None:
        while not self._is_closed:
            now = time.monotonic()
            with self._changed:
                ready = []
                while self._due and self._due[0][0] <= now:
                    ready.append(heappop(self._due)[2])
                wait = max(0.0, self._due[0][0] - now) if self._due else None
            for function in ready:
                function()
            if ready:
                continue
            readable, _, _ = select.select([self._master, self._wake_read], [], [], wait)
            if self._wake_read in readable:
                os.read(self._wake_read, 4096)
            if self._master in readable and not self._take():
                return

    def _take(self) -> bool:
        try:
            data = os.read(self._master, 65536)
        except OSError:
            return False
        if self.delay:
            self._later(lambda: self._arrive(data))
        else:
            self._arrive(data)
        return bool(data)

    def _arrive(self, data: bytes) -> None:
        with self._changed:
            self.raw += data
            self.arrivals.append((time.monotonic(), len(self.raw)))
            data = self._pending + data
            cut = _UNFINISHED.search(data)
            self._pending = data[cut.start() :] if cut else b""
            data = data[: cut.start()] if cut else data
            self._unseen.append(data)
            self._changed.notify_all()
        if self.answers:
            for query in _QUERIES.findall(data):
                self._answer(query)

    def _answer(self, query: bytes) -> None:
        if query in self.replies:
            self.send(self.replies[query])

    def _set_size(self, columns: int, rows: int) -> None:
        fcntl.ioctl(self._slave, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def __enter__(self) -> PtySession:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGCONT)
            self.process.kill()
            self.process.wait()
        if not self._is_closed:
            self.hang_up()
        os.close(self._wake_read)
        os.close(self._wake_write)


def python(*arguments: str) -> list[str]:
    """A command line that runs this Python."""
    return [sys.executable, *arguments]


_CONTROL_FUNCTION: Final = re.compile(
    rb"\x1b\[(?P<private>[<=>?]*)(?P<numbers>[0-9;:]*)(?P<between>[ -/]*)(?P<final>[@-~])"
    rb"|(?P<string>\x1b[\]P_^X]|\xc2[\x90\x9d\x9e\x9f\x98])(?P<body>[^\x07\x1b]*)(?:\x07|\x1b\\|\xc2\x9c)?"
    rb"|\x1b(?P<escape>[ -/]*[0-~])|(?P<c1>\xc2[\x80-\x9f])|(?P<c0>[\x00-\x1f\x7f])"
    rb"|(?P<bidi>\xe2\x80[\x8b\x8e\x8f\xa8-\xae]|\xe2\x81[\xa0-\xaf]|\xef\xbb\xbf|\xd8\x9c)"
)


def control_functions(raw: bytes) -> set[str]:
    """The kinds of control function in a program's output: modes by number, colours and cursor moves by letter only."""
    return {_kind(match) for match in _CONTROL_FUNCTION.finditer(raw)}


def novel_control_functions(raw: bytes, allowed: Iterable[str]) -> set[str]:
    """The control functions of a run that another run, over harmless text, did not use."""
    return control_functions(raw) - set(allowed)


def _kind(match: re.Match[bytes]) -> str:
    groups: dict[str, Any] = match.groupdict()
    if groups["final"]:
        is_mode = groups["private"] or groups["final"] in b"hl"
        numbers = groups["numbers"] if is_mode else b""
        return "CSI " + b"".join((groups["private"], numbers, groups["between"], groups["final"])).decode("latin-1")
    if groups["string"]:
        return f"{groups['string']!r} {groups['body'][:8]!r}"
    return f"{match.lastgroup} {match[0]!r}"
