"""A program in a pseudo-terminal, timed: from exec to what it paints, and from a key to the last byte it writes."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import termios
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

import pyte

from benchmarks.measure import ROOT

SILENCE = 0.080
"Seconds without a byte that end an answer to a key."
_ANSWERS = {b"\x1b[6n": b"\x1b[1;1R", b"\x1b[?2026$p": b"\x1b[?2026;2$y", b"\x1b[c": b"\x1b[?62;1;2c"}
_QUERY = re.compile(rb"\x1b\[6n|\x1b\[\?2026\$p|\x1b\[c")
_LINES = re.compile(rb"\x1b\[([0-9]+);[0-9]+H")
_UNKNOWN_TO_PYTE = re.compile(rb"\x1b\[[<>=][0-9;]*[a-z]|\x1b\[\?[0-9;]*\$p")


@dataclass(frozen=True, slots=True)
class Reaction:
    """What a key brought: seconds from the key to the first and the last byte, and how many bytes."""

    first: float
    last: float
    size: int


class Terminal:
    """The far end of a pseudo-terminal that answers queries as a terminal does. Use as a context manager."""

    def __init__(
        self,
        command: Sequence[str],
        columns: int = 120,
        rows: int = 40,
        env: Mapping[str, str] | None = None,
        cwd: Path = ROOT,
        *,
        has_progress: bool = False,
    ) -> None:
        """With `has_progress`, what is written to the first line alone is progress, not an answer to a key."""
        self._has_progress = has_progress
        self.screen = pyte.Screen(columns, rows)
        self._stream = pyte.ByteStream(self.screen)
        self._unparsed = bytearray()
        self._master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        environment = {**os.environ, "TERM": "xterm-256color", "LC_ALL": "C.UTF-8", "COLORTERM": "truecolor"}
        environment.pop("NO_COLOR", None)
        environment.update(env or {})
        self.started = time.perf_counter()
        self.process = subprocess.Popen(
            command, stdin=slave, stdout=slave, stderr=slave, env=environment, cwd=cwd,
            preexec_fn=_take_terminal,
        )  # fmt: skip
        os.close(slave)

    @property
    def text(self) -> str:
        """The screen, as lines of text."""
        self._parse()
        return "\n".join(line.rstrip() for line in self.screen.display)

    def cells(self) -> list[list[list[Any]]]:
        """The screen as runs of cells that look alike: text, colours and attributes, line by line."""
        self._parse()
        lines = []
        for y in range(self.screen.lines):
            runs: list[list[Any]] = []
            for x in range(self.screen.columns):
                cell = self.screen.buffer[y][x]
                look = [cell.fg, cell.bg, cell.bold, cell.italics, cell.underscore, cell.reverse]
                if runs and runs[-1][1] == look:
                    runs[-1][0] += cell.data
                else:
                    runs.append([cell.data, look])
            lines.append(runs)
        return lines

    def wait_for(self, pattern: str, timeout: float = 60.0) -> float:
        """Seconds from exec until the screen matches; TimeoutError with the screen when it does not."""
        seen = re.compile(pattern, re.MULTILINE)
        deadline = time.perf_counter() + timeout
        while True:
            arrived = self._read(0.2)
            if arrived and seen.search(self.text):
                return arrived - self.started
            if time.perf_counter() > deadline or (self.process.poll() is not None and not arrived):
                raise TimeoutError(f"never saw {pattern!r} in:\n{self.text}")

    def settle(self, quiet: float = 0.4, timeout: float = 30.0) -> None:
        """Until nothing has arrived for so long."""
        deadline = time.perf_counter() + timeout
        while self._read(quiet):
            if time.perf_counter() > deadline:
                raise TimeoutError("the program never stops writing")

    def press(self, key: str) -> Reaction:
        """Type a key and take the time until it falls silent. No byte at all is a reaction of size 0."""
        while self._read(0.0):
            pass
        size, first, last = 0, 0.0, 0.0
        pressed = time.perf_counter()
        os.write(self._master, key.encode())
        while True:
            before = len(self._unparsed)
            arrived = self._read(max(0.0, (last + SILENCE if size else pressed + 2.0) - time.perf_counter()))
            if not arrived:
                return Reaction(first - pressed, last - pressed, size) if size else Reaction(0.0, 0.0, 0)
            if self._has_progress and set(_LINES.findall(self._unparsed[before:])) == {b"1"}:
                continue
            first, last = first or arrived, arrived
            size += len(self._unparsed) - before

    def _read(self, timeout: float) -> float:
        """Take what is there, waiting up to `timeout`; when it arrived, or 0 for nothing."""
        if not select.select([self._master], [], [], timeout)[0]:
            return 0.0
        try:
            data = os.read(self._master, 1 << 16)
        except OSError:
            return 0.0
        arrived = time.perf_counter()
        self._unparsed += data
        for query in _QUERY.findall(data):
            os.write(self._master, _ANSWERS[query])
        return arrived

    def _parse(self) -> None:
        data = bytes(self._unparsed)
        cut = re.search(rb"\x1b(?:\[[0-?]*[ -/]*)?\Z", data)
        end = cut.start() if cut else len(data)
        self._stream.feed(_UNKNOWN_TO_PYTE.sub(b"", data[:end]))
        del self._unparsed[:end]

    def resident_mib(self, mapped: tuple[str, ...]) -> tuple[float, float]:
        """What the program has resident now: without files mapped under such names, and of these."""
        own = files = 0
        name = ""
        for line in Path(f"/proc/{self.process.pid}/smaps").read_text().splitlines():
            first, *rest = line.split()
            if not first.endswith(":"):
                name = rest[4] if len(rest) > 4 else ""
            elif first == "Rss:":
                own, files = (own, files + int(rest[0])) if name.endswith(mapped) else (own + int(rest[0]), files)
        return own / 1024, files / 1024

    def peak_mib(self) -> float:
        """The most memory the program has had resident so far."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        found = re.search(r"VmHWM:\s+(\d+) kB", status)
        return int(found[1]) / 1024 if found else 0.0

    def end(self, keys: str = "", timeout: float = 5.0) -> None:
        """Let the program quit by its own keys, else end it."""
        for key in keys:
            os.write(self._master, key.encode())
            self._read(0.3)
        deadline = time.perf_counter() + timeout
        while self.process.poll() is None:
            self._read(0.05)
            if time.perf_counter() > deadline or not keys:
                self.process.send_signal(signal.SIGTERM)
                keys = "x"
            if time.perf_counter() > deadline + 3:
                self.process.kill()

    def __enter__(self) -> Terminal:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.process.poll() is None:
            self.process.terminate()
            deadline = time.perf_counter() + 3.0
            while self.process.poll() is None and time.perf_counter() < deadline:
                self._read(0.05)
            self.process.kill()
        self.process.wait()
        os.close(self._master)


def _take_terminal() -> None:
    os.setsid()
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)
