"""Power cuts over the product's own writes: what was acknowledged is there afterwards, and nothing is damaged."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Sequence
from pathlib import Path

import pytest

from modtui.store import sqlite
from tests.durability.evidence import event_ids, faults_of
from tests.durability.power_cuts import image_after
from tests.durability.reviewing import open_with_rules, prepare, review
from tests.durability.watched_disk import Op, watched_disk

IMAGES = 100


def recorded(folder: Path, ads: int = 40, decisions: int = 24) -> list[Op]:
    """The log of a workspace's life: made, filled, reviewed, closed."""
    path = folder / "w.db"
    with watched_disk() as disk:
        prepare(path, ads)
        workspace, rulebook = open_with_rules(path)
        with workspace:
            asyncio.run(review(workspace, rulebook, "amina", decisions, disk.tell))
        return disk.log


def faults_after_cuts(log: Sequence[Op], folder: Path, images: int, seed: int = 1) -> list[tuple[int, list[str]]]:
    """Cut at random moments; for each cut after which something is missing, where it was and what is wrong."""
    rng = random.Random(seed)
    found = []
    for number in range(images):
        cut = rng.randrange(len(log) + 1)
        image = image_after(log, cut, rng)
        place = folder / f"cut-{number}"
        place.mkdir()
        image.put(place)
        faults = faults_of(place / "w.db", event_ids(image.told))
        if faults:
            found.append((cut, faults))
        for path in place.iterdir():
            if path.is_file():
                path.unlink()
    return found


def test_nothing_acknowledged_is_lost(tmp_path: Path) -> None:
    log = recorded(tmp_path)
    assert sum(op.kind == "told" for op in log) >= 30
    assert {op.kind for op in log} >= {"write", "sync", "told"}
    assert faults_after_cuts(log, tmp_path, IMAGES) == []


def test_a_workspace_whose_making_was_cut_short_opens(tmp_path: Path) -> None:
    log = recorded(tmp_path, ads=1, decisions=0)
    rng = random.Random(2)
    for cut in range(min(len(log), 110)):
        place = tmp_path / f"cut-{cut}"
        place.mkdir()
        image_after(log, cut, rng).put(place)
        assert faults_of(place / "w.db", []) == []


def test_a_log_that_is_not_synced_at_each_commit_is_found_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite, "journal_rule", lambda _: ("WAL", "NORMAL"))
    log = recorded(tmp_path)
    faults = faults_after_cuts(log, tmp_path, IMAGES)
    assert any(fault.startswith("lost") for _, found in faults for fault in found)
