"""Killed in the middle of practice: what was acknowledged is there, once, and practice goes on behind it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from modtui.store.attempts import LOG
from tests.practice.classroom import Class, answer_all

ROOT = Path(__file__).parents[2]
ADS = 40


@pytest.mark.parametrize("answers", [1, 9])
async def test_an_answer_whose_feedback_was_shown_survives_a_kill(tmp_path: Path, answers: int) -> None:
    room = Class(tmp_path)
    path = room.pack(ADS)
    command = [sys.executable, "-m", "tests.practice.answering", str(tmp_path)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as learner:
        assert learner.stdout is not None
        told = [learner.stdout.readline().strip() for _ in range(answers)]
        learner.kill()
        told += learner.stdout.read().split()
    with room.workspace("amina") as workspace:
        assert LOG.verify(workspace.reader).broken is None
        session = room.session(workspace, path)
        await session.start()
        stored = [attempt.ad for attempt in session.run.attempts]
        assert stored[: len(told)] == told and len(set(stored)) == len(stored)
        assert len(stored) <= len(told) + 1, "at most the one that was on its way"
        await answer_all(session)
        assert sorted(session.run.answered) == [f"{n:03}" for n in range(1, ADS + 1)]
        assert all(attempt.number == 1 for attempt in session.run.attempts)
