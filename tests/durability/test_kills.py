"""kill -9 in mid-session: no acknowledged decision is lost or doubled. Several sessions at once lose none either."""

from __future__ import annotations

from pathlib import Path

import pytest

from modtui.services.clock import wall_clock
from modtui.store.event_log import EventLog
from modtui.store.workspace import open_workspace
from tests.durability.evidence import event_ids, faults_of
from tests.durability.kills import faults_after_kills, reviewer
from tests.durability.kills_on_screen import faults_after_kills_on_screen
from tests.durability.reviewing import prepare, prepare_families

KILLS, KILLS_ON_SCREEN, KILLS_IN_GROUPS = 25, 5, 4
SESSIONS, DECISIONS = 4, 100


def test_killed_sessions_lose_nothing_acknowledged(tmp_path: Path) -> None:
    path = tmp_path / "w.db"
    prepare(path, 1_000)
    faults, told = faults_after_kills(path, KILLS, seed=3)
    assert faults == []
    assert len(told) > KILLS


def test_a_group_cut_short_leaves_whole_decisions(tmp_path: Path) -> None:
    path = tmp_path / "w.db"
    prepare_families(path, 15, 25)
    faults, told = faults_after_kills(path, KILLS_IN_GROUPS, seed=5, way="groups")
    assert faults == []
    assert len(told) > 10 * KILLS_IN_GROUPS


def test_a_decision_told_before_it_is_stored_is_found_out(tmp_path: Path) -> None:
    path = tmp_path / "w.db"
    prepare(path, 10)
    faults, _ = faults_after_kills(path, 1, seed=3, way="early")
    assert faults == ["lost: told-before-it-was-stored"]


@pytest.mark.terminal
def test_what_the_screen_told_survives_a_kill(tmp_path: Path) -> None:
    path = tmp_path / "w.db"
    prepare(path, 200)
    assert faults_after_kills_on_screen(path, KILLS_ON_SCREEN, seed=4) == []


def test_sessions_beside_each_other_lose_and_double_nothing(tmp_path: Path) -> None:
    path = tmp_path / "w.db"
    prepare(path, SESSIONS * DECISIONS + 2 * SESSIONS)
    sessions = [reviewer(path, f"reviewer-{number}", DECISIONS, "decide") for number in range(SESSIONS)]
    said = [session.communicate()[0].decode().split("\n") for session in sessions]
    assert all("done" in lines for lines in said)
    told = [event_id for lines in said for event_id in event_ids(lines)]
    assert len(told) == len(set(told)) == SESSIONS * DECISIONS
    assert faults_of(path, told) == []
    with open_workspace(path, wall_clock()) as workspace:
        events = [event for _, event in EventLog().read(workspace.reader, kinds=("decision",))]
    assert len({event.subject for event in events}) == SESSIONS * DECISIONS
