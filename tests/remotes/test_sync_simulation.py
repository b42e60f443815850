"""The protocol under every fault there is: by default a few hundred schedules, with MODTUI_LONG=1 ten thousand."""

from __future__ import annotations

import os

import pytest

from tests.remotes.planted_bugs import BUGS, found_by
from tests.remotes.simulation import run_seed

LONG = os.environ.get("MODTUI_LONG") == "1"
SEEDS = 10_000 if LONG else 200
AT_ONCE = 50


@pytest.mark.parametrize("first", range(0, SEEDS, AT_ONCE))
def test_every_event_arrives_once_and_all_agree(first: int) -> None:
    for seed in range(first, first + AT_ONCE):
        run_seed(seed)


def test_there_are_enough_planted_bugs() -> None:
    assert len(BUGS) >= 15


@pytest.mark.parametrize("name", sorted(BUGS))
def test_a_planted_bug_is_found(name: str) -> None:
    assert found_by(name) is not None, f"{name} lives through 300 seeds"
