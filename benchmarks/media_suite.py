"""Tries every awkward file in this process and the drawing process, and prints what came of it as JSON."""

from __future__ import annotations

import json
import re
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.media_files import fuzzed
from modtui.files.media_files import Refused, opened_media
from modtui.files.media_process import MediaProcess
from modtui.files.media_views import View

SEEDS = ("hopper.jpg", "hopper.png", "hopper.gif", "hopper.webp")
VIEWS = (View(60, 30), View(150, 40, (2500, 2500, 7500, 7500), what="frame"), View(20, 8, what="scenes"))
"As the preview, the viewer and the storyboard ask."


class Suite:
    """Tries files one after the other and remembers the slowest and the largest."""

    def __init__(self) -> None:
        self.process = MediaProcess()
        self.slowest = self.peak_mib = 0.0
        self.slowest_is = ""

    def __enter__(self) -> Suite:
        return self

    def __exit__(self, *_: object) -> None:
        self.process.close()

    def all_of(self, files: list[Path]) -> tuple[int, int, int]:
        """How many were shown, refused, and refused because the drawing process ended."""
        shown = refused = ended = 0
        for file in files:
            reason = self._try(file)
            shown += not reason
            refused += bool(reason)
            ended += "made what reads it fail" in reason or "took longer" in reason
        return shown, refused, ended

    def _try(self, file: Path) -> str:
        """Draw a file as the preview, the viewer and the storyboard do; the first reason why not, else nothing."""
        self.process.start()
        for view in VIEWS:
            began = time.perf_counter()
            try:
                with opened_media([file.parent], file.name) as opened:
                    self.process.draw(opened, view)
            except Refused as reason:
                return str(reason)
            finally:
                took = time.perf_counter() - began
                if took > self.slowest:
                    self.slowest, self.slowest_is = took, file.name
                self.peak_mib = max(self.peak_mib, _peak_mib(self.process.pid))
        return ""


def _peak_mib(pid: int | None) -> float:
    status = Path(f"/proc/{pid}/status")
    found = re.search(r"VmHWM:\s+(\d+)", status.read_text()) if pid and status.exists() else None
    return int(found[1]) / 1024 if found else 0.0


def main(real: Path, each: int) -> None:
    images = sorted(path for path in (real / "edge" / "images").iterdir() if path.name != "MANIFEST.tsv")
    videos = sorted((real / "edge" / "video").glob("*.mp4"))
    screenshots = sorted((real / "ads" / "bad-ads-screenshots" / "screenshots").iterdir())
    with tempfile.TemporaryDirectory() as made, Suite() as tried:
        damaged = list(fuzzed([*(path for path in images if path.name in SEEDS), *videos], Path(made), each))
        sets = {"Pillow's": images, "screenshots:": screenshots, "video:": videos, "a fuzzer's": damaged}
        found = {name: (len(files), *tried.all_of(files)) for name, files in sets.items()}
        result = {"sets": found, "slowest": tried.slowest, "slowest_is": tried.slowest_is, "peak_mib": tried.peak_mib}
        print(json.dumps(result))


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
