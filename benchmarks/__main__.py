"""`python -m benchmarks`: run all measurements, or those named, and print a table."""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path

from benchmarks.measure import ROOT, Row, Setting, load

MODULES = (
    "startup",
    "keys",
    "importing",
    "commits",
    "lists",
    "catalog_check",
    "catalog_size",
    "catalog_mutations",
    "relevance",
    "replay",
    "practice",
    "twins",
    "media",
    "media_keys",
    "postgres",
    "sync_keys",
    "sync",
    "soak",
)
OUT = ROOT / "benchmarks" / "out"


Benchmarks = dict[str, Callable[[Setting], list[Row]]]


def benchmarks() -> dict[str, Benchmarks]:
    """Every measurement by module and name, in the order they run."""
    return {name: import_module(f"benchmarks.{name}").BENCHMARKS for name in MODULES}


def choose(names: Sequence[str], known: dict[str, Benchmarks]) -> Benchmarks:
    """The measurements of these names, a module's name standing for all of it; all when none is named."""
    single = {name: run for module in known.values() for name, run in module.items()}
    if not names:
        return single
    chosen: Benchmarks = {}
    for name in names:
        chosen |= known[name] if name in known else {name: single[name]}
    return chosen


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit status 0 when every goal was met, else 1."""
    known = benchmarks()
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    names = [f"{module}: {', '.join(found)}" for module, found in known.items()]
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"all, or some of {'; '.join(names)}")
    parser.add_argument("--quick", action="store_true", help="few ads and rounds: does it run?")
    parser.add_argument("--folder", type=Path, help="where queues and workspaces are kept from run to run")
    chosen = parser.parse_args(arguments)
    try:
        wanted = choose(chosen.names, known)
    except KeyError as error:
        parser.error(f"no such benchmark: {error}")
    folder = chosen.folder or Path(tempfile.gettempdir()) / f"modtui-bench-{os.getuid()}"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    setting = Setting(folder, chosen.quick)
    rows: list[Row] = []
    print(f"{platform.machine()}, {os.cpu_count()} processors, Python {platform.python_version()}, load {load()}")
    for name, benchmark in wanted.items():
        print(f"{name} (load {load()})", file=sys.stderr, flush=True)
        found = _run(name, benchmark, setting)
        rows += found
        _write(name, found)
        print_table(found)
    return int(any(row.verdict in ("MISSED", "FAILED") for row in rows))


def _run(name: str, benchmark: Callable[[Setting], list[Row]], setting: Setting) -> list[Row]:
    try:
        return benchmark(setting)
    except Exception as error:  # one measurement that breaks does not stop the others
        traceback.print_exc()
        return [Row(name, "", f"{type(error).__name__}: {error}"[:200], "FAILED")]


def print_table(rows: Sequence[Row]) -> None:
    """One line a promise: the verdict, what, the goal, what was measured."""
    for row in rows:
        print(f"{row.verdict:9} {row.what:72.72} {row.goal:14} {row.measured}", flush=True)


def _write(name: str, rows: Sequence[Row]) -> None:
    OUT.mkdir(parents=True, exist_ok=True)
    stamp = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    document = {"benchmark": name, "at": stamp, "load": load(), "rows": [row.as_json() for row in rows]}
    (OUT / f"{name}.json").write_text(json.dumps(document, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
