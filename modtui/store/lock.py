"""Turns between the sessions of one workspace: a lock on a side file around each writing transaction."""

from __future__ import annotations

import fcntl
import os
import socket
import threading
from pathlib import Path

from modtui.store.errors import StorageBusy

TURN_SECONDS = 5.0


class WriterTurn:
    """The right to write, held by one process at a time.

    Two bytesized locks make a turnstile: whoever waits for the turn holds the gate, so that a process which has just
    written queues up behind it instead of taking the turn back. The database file itself is never opened here: closing
    any descriptor of it would drop SQLite's own locks. Used by one thread.
    """

    def __init__(self, path: Path) -> None:
        self._turn = _open(path.with_name(path.name + "-turn"))
        self._gate = _open(path.with_name(path.name + "-gate"))
        self._who = f"{os.getpid()} {socket.gethostname()}\n".encode()
        self._waiter: _Waiter | None = None
        self._written = False

    def acquire(self, timeout: float = TURN_SECONDS) -> None:
        """Take the turn. Raises StorageBusy, naming the holder, after `timeout` seconds."""
        if self._waiter is None and _try(self._gate):
            if _try(self._turn):
                _free(self._gate)
                self._sign()
                return
            _free(self._gate)
        # flock knows no time limit, so a thread of its own waits in the line and may be waited for again.
        if self._waiter is None:
            self._waiter = _Waiter(self._turn, self._gate)
        if not self._waiter.done.wait(timeout):
            holder = self.holder()
            raise StorageBusy(
                "Workspace is busy",
                f"Another modtui ({holder}) has been writing for more than {timeout:g} seconds. Nothing was saved.",
                "Wait for it or end it, then try again.",
            )
        self._waiter = None
        self._sign()

    def release(self) -> None:
        _free(self._turn)

    def is_wanted(self) -> bool:
        """Whether another waits for the turn this one has."""
        if not _try(self._gate):
            return True
        _free(self._gate)
        return False

    def holder(self) -> str:
        """Process id and host of the one who wrote last, such as `4711 desk3`."""
        return os.pread(self._turn, 300, 0).decode("utf-8", "replace").split("\n")[0] or "unknown"

    def close(self) -> None:
        waiter, self._waiter = self._waiter, None
        if waiter is not None and not waiter.done.is_set():
            waiter.abandon()
            return
        os.close(self._turn)
        os.close(self._gate)

    def _sign(self) -> None:
        # Another process may have signed since; the name is for people, so it is neither synced nor cut to length.
        try:
            os.pwrite(self._turn, self._who, 0)
        except OSError:
            return


class _Waiter:
    """A thread that waits in line for the turn."""

    def __init__(self, turn: int, gate: int) -> None:
        self.done = threading.Event()
        self._turn, self._gate = turn, gate
        self._abandoned = False
        threading.Thread(target=self._wait, name="modtui-turn", daemon=True).start()

    def abandon(self) -> None:
        self._abandoned = True

    def _wait(self) -> None:
        fcntl.flock(self._gate, fcntl.LOCK_EX)
        fcntl.flock(self._turn, fcntl.LOCK_EX)
        _free(self._gate)
        self.done.set()
        if self._abandoned:
            os.close(self._turn)
            os.close(self._gate)


def _open(path: Path) -> int:
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)


def _try(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _free(descriptor: int) -> None:
    fcntl.flock(descriptor, fcntl.LOCK_UN)
