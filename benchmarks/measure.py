"""What every measurement shares: runs of programs with their time and peak memory, quantiles, and rows of the table."""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
MET, MISSED, REPORTED, ABSENT = "met", "MISSED", "reported", "absent"
"Verdicts: a goal reached or not, a figure without a goal, a peer or a part that is not installed."


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table: a promise, its goal, and what was found."""

    what: str
    goal: str
    measured: str
    verdict: str
    figures: Mapping[str, Any] = field(default_factory=dict)
    "The numbers behind it, for the JSON file."

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Setting:
    """How a benchmark is to run."""

    folder: Path
    "Where queues and workspaces are kept from run to run."
    is_quick: bool
    "Fewer ads and rounds: shows that it runs, not what the goals ask for."

    def rounds(self, usual: int) -> int:
        return max(3, usual // 4) if self.is_quick else usual

    def ads(self, usual: int) -> int:
        return min(usual, 20_000) if self.is_quick else usual


@dataclass(frozen=True, slots=True)
class Run:
    """A finished program."""

    seconds: float
    cpu_seconds: float
    peak_mib: float
    out: str
    status: int


def run(command: Sequence[str], *, env: Mapping[str, str] | None = None, check: bool = True) -> Run:
    """Run a program to its end. The peak is its own resident memory, not that of its children."""
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        started = time.perf_counter()
        process = subprocess.Popen(command, stdout=out, stderr=err, env={**os.environ, **(env or {})}, cwd=ROOT)
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        err.seek(0)
        if check and process.returncode:
            raise RuntimeError(f"{' '.join(command)}: status {process.returncode}\n{err.read().decode()[-2000:]}")
        cpu = usage.ru_utime + usage.ru_stime
        return Run(seconds, cpu, usage.ru_maxrss / 1024, out.read().decode("utf-8", "replace"), process.returncode)


def python(*arguments: str) -> list[str]:
    return [sys.executable, *arguments]


def modtui(*arguments: str) -> list[str]:
    """The command as it is installed, next to this Python."""
    return [str(Path(sys.executable).with_name("modtui")), *arguments]


REVIEWER = "bench"


def environment(folder: Path, workspace: Path) -> dict[str, str]:
    """Settings that do not depend on who runs the benchmark."""
    config = folder / "config.toml"
    config.touch()
    return {"MODTUI_WORKSPACE": str(workspace), "MODTUI_REVIEWER": REVIEWER, "MODTUI_CONFIG": str(config)}


def in_turn(rounds: int, **programs: Callable[[], float]) -> dict[str, list[float]]:
    """Run each program once a round, so that what else the machine does falls on all alike."""
    found: dict[str, list[float]] = {name: [] for name in programs}
    for _ in range(rounds):
        for name, program in programs.items():
            found[name].append(program())
    return found


def median(values: Sequence[float]) -> float:
    return statistics.median(values)


def quantile(values: Sequence[float], part: float) -> float:
    """The value that `part` of them do not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(part * len(ordered)))]


def verdict(value: float, at_most: float) -> str:
    return MET if value <= at_most else MISSED


def load() -> str:
    """The load of the machine now, for those who read the figures."""
    return " ".join(f"{value:.2f}" for value in os.getloadavg())


def raise_file_limit() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard) if soft < hard else (soft, hard))


def progress(text: str) -> None:
    """Say on stderr what is being measured."""
    print(f"  .. {text}", file=sys.stderr, flush=True)
