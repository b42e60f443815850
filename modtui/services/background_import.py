"""An import that goes on in a process of its own while its first ads are reviewed."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from modtui.domain.plurals import number_of
from modtui.errors import ModtuiError

FIRST_ADS_WITHIN = 30.0
"Seconds to wait for the first batch of a file before the screens open without it."


class BackgroundImport:
    """Runs `modtui import` beside this process and keeps what it last said."""

    def __init__(self, path: str, queue: str, workspace: Path, options: Sequence[str] = ()) -> None:
        command = [
            sys.executable, "-m", "modtui", "--workspace", str(workspace),
            "import", path, "--queue", queue, "--progress-json", *options,
        ]  # fmt: skip
        self.rows: int | None = 0
        "Rows read so far; None once it is done."
        self.report: dict[str, int] | None = None
        self._rejects: str | None = None
        self._errors: list[str] = []
        self._begun = threading.Event()
        # The arguments are a list: no shell reads the path.
        self._process = subprocess.Popen(  # noqa: S603
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        self._threads = [
            threading.Thread(target=self._listen, name="import-progress", daemon=True),
            threading.Thread(target=self._read_errors, name="import-errors", daemon=True),
        ]
        for thread in self._threads:
            thread.start()

    def wait_for_first_ads(self) -> None:
        """Return once some ads are stored or the file is at its end. Raises ModtuiError when the import failed."""
        self._begun.wait(FIRST_ADS_WITHIN)
        if self._process.poll() not in (None, 0):
            self._threads[0].join(5.0)
            said = "\n".join(self._errors) or "The import ended without a word."
            title, _, rest = said.partition("\n")
            raise ModtuiError(title, rest, "")

    def stop(self) -> None:
        """End the import; what is stored stays, and importing the file again goes on from there."""
        if self._process.poll() is None:
            self._process.terminate()
        try:
            self._process.wait(2.0)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        for thread in self._threads:
            thread.join(1.0)

    @property
    def words(self) -> str:
        """How it stands, for a status line."""
        if self.report is not None:
            rejected = self.report.get("rejected", 0)
            rows = number_of(self.report.get("rows", 0), "row")
            kept = f", kept with the reasons in {Path(self._rejects).name}" if self._rejects else ""
            return f"imported {rows}" + (f", {rejected:,} rejected{kept}" if rejected else "")
        if self.rows is not None:
            return f"importing {number_of(self.rows, 'row')}"
        return f"import failed: {self._errors[0]}" if self._errors else "import failed"

    def _listen(self) -> None:
        assert self._process.stdout is not None
        try:
            for line in self._process.stdout:
                said: dict[str, Any] = json.loads(line)
                if "done" in said:
                    self._rejects = said.get("rejects")
                    self.report = said["done"]
                else:
                    self.rows = int(said["rows"])
                if said.get("stored") or self.report is not None:
                    self._begun.set()
        finally:
            # The last words come before the end is told, so that whoever asks finds the reason.
            self._threads[1].join(5.0)
            self._process.wait()
            self.rows = None
            self._begun.set()

    def _read_errors(self) -> None:
        assert self._process.stderr is not None
        for line in self._process.stderr:
            if len(self._errors) < 50:
                self._errors.append(line.rstrip("\n"))
