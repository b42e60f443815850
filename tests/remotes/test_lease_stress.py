"""Many clients on one queue, some of them killed: every ad decided, none handed to two at once."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.remotes.lease_stress import fill, stress
from tests.remotes.team_database import PASSWORD, TeamDatabase

IS_LONG = bool(os.environ.get("MODTUI_LONG"))


@pytest.mark.timeout(1_800 if IS_LONG else 120)
def test_every_ad_is_decided_once_whoever_disappears(
    team: TeamDatabase, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ads, clients, kills = (100_000, 32, 8) if IS_LONG else (600, 4, 1)
    monkeypatch.setenv("PGPASSWORD", PASSWORD)
    with team.connect("lena") as lead, team.owner() as owner:
        fill(lead, ads)
        found = stress(team.address("amina"), owner, tmp_path, ads, clients, kills, seconds=10 if IS_LONG else 1)
    print(found.words)
    assert (found.done, found.doubled, found.killed) == (ads, 0, kills), found.words
