"""The tables of a workspace hold streams as the simulated workspace does: forks, gaps and repeats in any order."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest

from modtui.store.checking import verify_workspace
from modtui.store.team_events import StreamShelf, take
from modtui.store.workspace import open_workspace
from tests.remotes.simulation import Team


def paths(shelf: Any) -> set[tuple[str, ...]]:
    """Every way as the hashes along it, whatever the ways are called."""
    rows = (shelf.rows(way, 0, 10_000) for way in shelf.all_ways())
    return {tuple(row.hash for row in found) for found in rows if found}


@pytest.mark.parametrize("seed", range(12))
def test_tables_and_simulation_agree(tmp_path: Path, seed: int) -> None:
    team = Team(seed)
    team.run()
    replica, rng = team.replicas[0], random.Random(seed)
    parts = []
    for way in replica.all_ways():
        rows = replica.rows(way, 0, 10_000)
        parts += [(way, rows[start : start + 2]) for start in range(0, len(rows), 2)]
    with open_workspace(tmp_path / "w.db", 0) as workspace:
        new = 0
        while parts:
            rng.shuffle(parts)
            waiting = []
            for way, rows in parts:
                taken = workspace.writer.call(lambda tx, w=way, r=rows: take(tx.connection, w, r))
                new += taken.new
                if taken.is_gap:
                    waiting.append((way, rows))
                elif rng.random() < 0.3:
                    again = workspace.writer.call(lambda tx, w=way, r=rows: take(tx.connection, w, r))
                    assert again.new == 0
            assert len(waiting) < len(parts), "what waits is never all"
            parts = waiting
        shelf = StreamShelf(workspace.reader)
        held = paths(replica)
        assert {hash_ for path in paths(shelf) for hash_ in path} == {hash_ for path in held for hash_ in path}
        leaves = {path for path in held if not any(path != other and other[: len(path)] == path for other in held)}
        assert leaves <= paths(shelf)
        assert new == len(replica.effects)
        assert verify_workspace(workspace.reader).is_whole
