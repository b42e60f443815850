"""Checking the whole shipped catalog with all its examples, against a bare C-loader parse of the same file."""

from __future__ import annotations

import time
from collections.abc import Callable

import yaml

from benchmarks.measure import ROOT, Row, Setting, in_turn, verdict
from modtui.services.policy_checking import check_catalog

GOAL = 6.0
ROUNDS = 20


def check(setting: Setting) -> list[Row]:
    """The best of some rounds, in processor time, all in one process that has everything imported."""
    path = ROOT / "policies.yaml"
    text = path.read_bytes()

    def parse_events() -> None:
        loader = yaml.CSafeLoader(text)
        while loader.get_event() is not None:
            pass

    found = in_turn(
        setting.rounds(ROUNDS),
        load=_timed(lambda: yaml.load(text, yaml.CSafeLoader)),
        events=_timed(parse_events),
        check=_timed(lambda: check_catalog(path, "2026-11-20")),
    )
    load, events, whole = (min(found[name]) for name in ("load", "events", "check"))
    ratio = whole / load
    figures = {
        "check_ms": whole * 1000,
        "load_ms": load * 1000,
        "events_ms": events * 1000,
        "to_events": whole / events,
    }
    measured = f"{ratio:.1f}x ({whole * 1000:.0f} ms to {load * 1000:.0f}; {whole / events:.1f}x of parse events alone)"
    return [
        Row(
            "check the catalog, run its examples / C loader", f"<= {GOAL:.0f}x", measured, verdict(ratio, GOAL), figures
        )
    ]


def _timed(work: Callable[[], object]) -> Callable[[], float]:
    def timed() -> float:
        started = time.process_time()
        work()
        return time.process_time() - started

    return timed


BENCHMARKS = {"catalog-check": check}
