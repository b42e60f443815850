"""Syncing behind the screens: a process of its own, started now and then, so that no key ever waits for a remote."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import IO

from modtui.errors import ModtuiError
from modtui.store.leases import has_leases, wants_work
from modtui.store.workspace import Workspace

NICE = 10
"Importing a program takes as much of the processor as a hundred keys do, so it is nice before it is one."
LEAVE_SECONDS = 1.5
"How long leaving waits for leases to be given back; what is not done by then goes on by itself."
FIRST_AFTER = 30.0
"Seconds before the first sync: start-up and the first ads have the machine to themselves."


class SyncBehind:
    """Syncs with the first remote every so many minutes, as long as there is one. Never two at a time."""

    def __init__(self, workspace: Workspace, minutes: float, first_after: float = FIRST_AFTER) -> None:
        self.workspace = workspace
        self._every, self._first_after = minutes * 60, first_after
        self._process: subprocess.Popen[bytes] | None = None
        self._said: IO[bytes] | None = None
        "What the last sync has to say against itself."
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._go_on, name="modtui-sync-behind", daemon=True)

    def start(self) -> None:
        if self._every > 0:
            self._thread.start()

    def stop(self) -> None:
        """Start no more. One that is under way is ended: the next one goes on from there."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join(1.0)
        process = self._process
        if process is not None and process.poll() is None:
            process.terminate()
            with suppress(subprocess.TimeoutExpired):
                process.wait(2.0)
                return
            process.kill()
            process.wait()

    def leave(self, wait: float = LEAVE_SECONDS) -> bool:
        """Have what is leased and not decided given back, by a process that outlives this one; whether it is done.

        Where the remote does not answer, the leases run out as they do when a laptop is lost.
        """
        if self._every <= 0 or self.workspace.is_read_only:
            return True
        with self.workspace.read() as connection:
            if not has_leases(connection):
                return True
        self._process = start_sync(self.workspace.path, is_leaving=True)
        with suppress(subprocess.TimeoutExpired):
            return self._process.wait(wait) == 0
        return False

    def sync_now(self) -> bool:
        """Start a sync if there is a remote and none is under way; whether one is under way now."""
        if self._process is not None and self._process.poll() is None:
            return True
        with self.workspace.read() as connection:
            if connection.execute("SELECT 1 FROM remotes LIMIT 1").fetchone() is None:
                return False
        from tempfile import TemporaryFile  # a slow import, behind the screens

        self._said = TemporaryFile()  # noqa: SIM115 - it is read when the process has ended
        self._process = start_sync(self.workspace.path, said=self._said)
        return True

    @property
    def problem(self) -> str:
        """Why the last sync failed, in its own words; nothing when it did not, was ended, or is going on."""
        if self._process is None or self._said is None or self._process.poll() != 1:
            return ""
        self._said.seek(0)
        return self._said.read(2_000).decode("utf-8", "replace").strip()

    def _go_on(self) -> None:
        pause = self._first_after
        with suppress(ModtuiError), self.workspace.read() as connection:
            pause = 0.0 if wants_work(connection) else pause
        while not self._stop.wait(pause):
            pause = self._every
            with suppress(ModtuiError, OSError):  # the workspace is busy or the machine is full: next time
                self.sync_now()


def start_sync(
    workspace: Path,
    remote: str | None = None,
    env: Mapping[str, str] | None = None,
    *,
    is_leaving: bool = False,
    said: IO[bytes] | None = None,
) -> subprocess.Popen[bytes]:
    """`modtui sync` in a process that takes what the processor has to spare, from its first instruction on.

    One that gives leases back on leaving is in a hurry instead, and outlives the terminal. What goes wrong is
    written to `said`.
    """
    named = [remote] if remote else []
    way = "--leaving" if is_leaving else "--behind"
    command = [sys.executable, "-m", "modtui", "--workspace", str(workspace), "sync", *named, way]
    # The arguments are a list: no shell reads the path.
    process = subprocess.Popen(  # noqa: S603
        command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=said or subprocess.DEVNULL,
        env={**os.environ, **(env or {})}, start_new_session=is_leaving,
    )  # fmt: skip
    if not is_leaving:
        with suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, process.pid, NICE)
    return process
