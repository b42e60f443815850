"""Sketching behind the screens: a process of its own that is started whenever there is something to do."""

from __future__ import annotations

import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path

from modtui.errors import ModtuiError
from modtui.store.workspace import Workspace

# What knows of sketches is imported at the first look: a review's start need not wait for it.

LOOK_EVERY = 3.0
"Seconds between looks, and before the first: start-up has the processor to itself. Two looks must find the same."


class TwinsBehind:
    """Looks now and then whether the tables are behind the workspace, and has them brought up to date.

    One look takes some hundredths of a millisecond. A process that came to its end without getting there, such as one
    that may not write beside the workspace, is not started again before there is more to do.
    """

    def __init__(self, workspace: Workspace, every: float = LOOK_EVERY) -> None:
        self.workspace = workspace
        self._every = every
        self._tried: tuple[int, int] | None = None
        self._seen: tuple[int, int] | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._look_on, name="modtui-twins-behind", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """End the process; what is sketched stays, and the next one goes on from there."""
        self._stop.set()
        self._thread.join(1.0)
        process = self._process
        if process is not None and process.poll() is None:
            process.terminate()
            with suppress(subprocess.TimeoutExpired):
                process.wait(2.0)
                return
            process.kill()
            process.wait()

    def look(self) -> bool:
        """Start a process if there is something to do and none is at it; whether one is at it now."""
        if self._process is not None and self._process.poll() is None:
            return True
        from modtui.store.version_feed import how_far

        with self.workspace.read() as connection:
            now = how_far(connection)
        if now == self._tried or not is_much_behind(self.workspace):
            return False
        self._tried = now
        self._process = start_sketching(self.workspace.path)
        return True

    def look_when_quiet(self) -> bool:
        """The same, but not while an import goes on: what a table being filled writes would hold up decisions too."""
        from modtui.store.version_feed import how_far

        with self.workspace.read() as connection:
            now = how_far(connection)
        is_quiet = now == self._seen
        self._seen = now
        return is_quiet and self.look()

    def _look_on(self) -> None:
        while not self._stop.wait(self._every):
            with suppress(ModtuiError, OSError):  # a busy disk is looked at again; no process, no twins by sketch
                self.look_when_quiet()


def is_much_behind(workspace: Workspace, *, fewest: int = 1, with_pictures: bool = True) -> bool:
    """Whether at least so many contents are not sketched yet."""
    from modtui.domain.minhash import BANDS
    from modtui.domain.picture_hash import CHUNKS
    from modtui.files.sketch_table import Head, Unfit, read_head_of
    from modtui.services.twins import pictures_path, stream_of, texts_path
    from modtui.store.version_feed import is_behind

    tables = [(texts_path(workspace), BANDS)] + ([(pictures_path(workspace), CHUNKS)] if with_pictures else [])
    for path, bands in tables:
        try:
            head = read_head_of(path, bands, stream_of(workspace))
        except Unfit:
            head = Head(bands, 1, 1)
        with workspace.read() as connection:
            if is_behind(connection, head.mark, head.later, fewest):
                return True
    return False


def start_sketching(workspace: Path, *options: str) -> subprocess.Popen[bytes]:
    """Bring the tables of a workspace up to date, in a process of its own, behind everything else."""
    command = [sys.executable, "-m", "modtui", "--workspace", str(workspace), "twins", "--behind", *options]
    # The arguments are a list: no shell reads the path.
    return subprocess.Popen(  # noqa: S603
        command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )


def sketch_after_import(workspace: Workspace) -> subprocess.Popen[bytes] | None:
    """Start sketching texts when so many are waiting that a lookup would miss some; the rest is the next session's."""
    from modtui.services.twins import NOT_YET_SKETCHED

    is_much = is_much_behind(workspace, fewest=NOT_YET_SKETCHED + 1, with_pictures=False)
    return start_sketching(workspace.path, "--texts") if is_much else None
