"""Import: time against a bare loop, memory against the number of ads, and the search index built behind it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from benchmarks.generate import queue_file
from benchmarks.measure import (
    REVIEWER,
    ROOT,
    Row,
    Setting,
    environment,
    in_turn,
    median,
    modtui,
    progress,
    python,
    run,
    verdict,
)
from modtui.services.briefings import reading_entry, unread_briefings
from modtui.services.catalogs import load_rulebook
from modtui.services.clock import wall_clock
from modtui.services.shipped import shipped
from modtui.store.times import utc_text
from modtui.store.transaction import Transaction
from modtui.store.workspace import open_workspace

MANY, FEW = 1_000_000, 10_000
GOAL, FLAT = 3.0, 1.2


@dataclass(frozen=True, slots=True)
class Imported:
    """A finished `modtui import`."""

    import_seconds: float
    "Until every row is stored and counted."
    index_seconds: float
    "From there until every ad can be found by its words."
    peak_mib: float
    rows: int
    stored: int


def import_once(setting: Setting, queue: Path, workspace: Path, *, anew: bool = True) -> Imported:
    """Import a file into a new workspace, or into one that is there."""
    if anew:
        remove(workspace)
    command = modtui("import", str(queue), "--queue", "bench", "--progress-json")
    env = {**os.environ, **environment(setting.folder, workspace)}
    started = time.perf_counter()
    done_at, counts = 0.0, {"rows": 0, "new": 0}
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=env, cwd=ROOT, text=True) as process:
        assert process.stdout is not None
        for line in process.stdout:
            if line.startswith('{"done"'):
                done_at, counts = time.perf_counter(), json.loads(line)["done"]
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode or not done_at:
        raise RuntimeError(f"modtui import ended with status {process.returncode}")
    ended = time.perf_counter()
    return Imported(done_at - started, ended - done_at, usage.ru_maxrss / 1024, counts["rows"], counts["new"])


def remove(workspace: Path) -> None:
    """Delete a workspace with everything beside it."""
    for path in workspace.parent.glob(workspace.name + "*"):
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()


def workspace_of(setting: Setting, count: int) -> Path:
    """A workspace holding that many ads in the queue `bench`, indexed, in the page cache; made when it is not there."""
    path = setting.folder / f"workspace-{count}.db"
    if not path.exists():
        progress(f"importing {count:,} ads")
        making = setting.folder / f"making-{os.getpid()}.db"
        import_once(setting, queue_file(setting.folder, count), making)
        making.replace(path)
        remove(making)
    read_briefings(path)
    subprocess.run(
        ["cat", str(path)], stdout=subprocess.DEVNULL, check=True
    )  # another process: reading it here would drop SQLite's locks
    return path


def read_briefings(path: Path) -> None:
    """Read what would open the shift, so that the first thing on screen is the first ad."""
    now = wall_clock()
    with open_workspace(path, now) as workspace:
        catalog = load_rulebook(shipped("policies.yaml"), workspace, now).catalog
        for each in unread_briefings(workspace, catalog, REVIEWER, utc_text(now)[:10]):
            entry = reading_entry(each, catalog, REVIEWER, now)
            workspace.writer.call(partial(Transaction.append_event, entry=entry))


def speed(setting: Setting) -> list[Row]:
    """Import of a million ads against a bare loop, in turn."""
    count = setting.ads(MANY)
    queue = queue_file(setting.folder, count)
    floor, ours = setting.folder / "floor.db", setting.folder / "import.db"
    imported: list[Imported] = []

    def bare() -> float:
        remove(floor)
        seconds = run(python("-m", "benchmarks.bare_import", str(queue), str(floor))).seconds
        remove(floor)
        return seconds

    def whole() -> float:
        imported.append(import_once(setting, queue, ours))
        return imported[-1].import_seconds

    found = in_turn(setting.rounds(3), bare=bare, modtui=whole)
    remove(ours)
    ratio = median(found["modtui"]) / median(found["bare"])
    index = median([each.index_seconds for each in imported])
    size = queue.stat().st_size / count
    return [
        Row(
            f"import {count:,} ads JSONL of {size:.0f} B / bare loop",
            f"<= {GOAL}x",
            f"{ratio:.2f}x ({median(found['modtui']):.1f} s / {median(found['bare']):.1f} s)",
            verdict(ratio, GOAL),
            found,
        ),
        Row(
            "search index behind it",
            "reported",
            f"{index:.1f} s",
            "reported",
            {"index_seconds": [each.index_seconds for each in imported]},
        ),
    ]


def memory(setting: Setting) -> list[Row]:
    """Peak memory of an import with few and with many ads."""
    rows = []
    workspace = setting.folder / "memory.db"
    many, few = setting.ads(MANY), FEW if not setting.is_quick else 2_000
    for kind in ("jsonl", "csv", "tsv"):
        peaks = {
            count: import_once(setting, queue_file(setting.folder, count, kind), workspace).peak_mib
            for count in (few, many)
        }
        remove(workspace)
        ratio = peaks[many] / peaks[few]
        rows.append(
            Row(
                f"peak memory of import, {kind.upper()}, {many:,} / {few:,} ads",
                f"<= {FLAT}x",
                f"{ratio:.2f}x ({peaks[many]:.0f} / {peaks[few]:.0f} MiB)",
                verdict(ratio, FLAT),
                {str(count): peak for count, peak in peaks.items()},
            )
        )
    return rows


BENCHMARKS: dict[str, Callable[[Setting], list[Row]]] = {"import": speed, "import-memory": memory}
