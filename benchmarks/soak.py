"""The long forms of tests/durability: hundreds of kills, thousands of power cuts, with a control that must fail."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks.measure import Row, Setting, progress
from modtui.store import sqlite
from tests.durability.kills import faults_after_kills
from tests.durability.kills_on_screen import faults_after_kills_on_screen
from tests.durability.reviewing import prepare
from tests.durability.test_power_cuts import faults_after_cuts, recorded

KILLS, KILLS_ON_SCREEN, IMAGES = 400, 100, 3_000
PER_WORKSPACE = 25
"Kills before a new workspace is begun, so that looking at the whole of it stays short."


def kills(setting: Setting) -> list[Row]:
    """kill -9 in mid-session, through the services and through a terminal."""
    rows = []
    for what, usual, ads, kill in (
        ("a session killed", KILLS, 2_000, faults_after_kills),
        ("the program killed on a terminal", KILLS_ON_SCREEN, 400, faults_after_kills_on_screen),
    ):
        wanted = max(10, usual // 20) if setting.is_quick else usual
        done, told = 0, 0
        faults: list[str] = []
        while done < wanted and not faults:
            with tempfile.TemporaryDirectory(dir=setting.folder) as folder:
                path = Path(folder) / "w.db"
                prepare(path, ads)
                some = min(PER_WORKSPACE, wanted - done)
                found = kill(path, some, seed=done)
                faults, acknowledged = found if isinstance(found, tuple) else (found, ())
                told += len(acknowledged)
                done += some
                progress(f"{what} {done} times")
        counted = f"{told} acknowledged" if told else "against what each screen told"
        measured = f"{done} kills, {counted}, " + (f"faults: {faults[:3]}" if faults else "0 lost, 0 doubled")
        rows.append(Row(f"{what} {wanted} times", "0 lost or doubled", measured, "MISSED" if faults else "met"))
    return rows


def power_cuts(setting: Setting) -> list[Row]:
    """Simulated power cuts over the product's writes; the same without a sync at each commit must lose something."""
    images = 200 if setting.is_quick else IMAGES
    rows = []
    for what, level in (("WAL/FULL", "FULL"), ("control, WAL/NORMAL", "NORMAL")):
        rule, started = sqlite.journal_rule, time.perf_counter()
        try:
            sqlite.journal_rule = lambda _, level=level: ("WAL", level)  # type: ignore[misc]
            with tempfile.TemporaryDirectory(dir=setting.folder) as folder:
                log = recorded(Path(folder), ads=60, decisions=40)
                found = faults_after_cuts(log, Path(folder), images, seed=7)
        finally:
            sqlite.journal_rule = rule
        lost = sum(any(fault.startswith("lost") for fault in faults) for _, faults in found)
        corrupt = len(found) - lost
        is_met = not found if level == "FULL" else lost > 0
        goal = "0 lost, 0 bad" if level == "FULL" else "must fail"
        measured = f"{lost} lost, {corrupt} damaged of {images} ({time.perf_counter() - started:.0f} s)"
        rows.append(Row(f"{images} simulated power cuts, {what}", goal, measured, "met" if is_met else "MISSED"))
    return rows


BENCHMARKS: dict[str, Callable[[Setting], list[Row]]] = {"kills": kills, "power-cuts": power_cuts}
