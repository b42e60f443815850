"""Practice line by line: the same answers, feedback, contest, second try and exam as on the screen."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from modtui.cli.plain_practice import PlainPractice
from modtui.domain.packs import Assist, Kind
from modtui.files.answers_file import read_answers
from modtui.services.practising import PracticeSession
from modtui.store.event_log import EventLog
from tests.cli.command import Command
from tests.practice.classroom import MINUTE, Class
from tests.services.room import WL


async def type_in(session: PracticeSession, *lines: str) -> str:
    """Type lines, then q; what was written."""
    out = io.StringIO()
    await PlainPractice(session, io.StringIO("\n".join([*lines, "q"]) + "\n"), out).run()
    return out.getvalue()


async def test_an_answer_its_feedback_a_contest_and_a_second_try(tmp_path: Path) -> None:
    room = Class(tmp_path)
    answers = tmp_path / "amina.answers"
    with room.workspace("amina") as workspace:
        session = room.session(workspace, room.pack(), answers_path=answers)
        said = await type_in(session, "X early", "wln", "wb", "", "X", "X the promise is quoted", "U", "wl", "", "")
        assert "PRACTICE 0/5" in said and "AD 001 from" in said and "Lose 10 kg in a week" in said
        assert "Answer the ad first" in said
        assert "✗ NOT YET: REJECT, as in the key, but for other reasons." in said
        assert "MISSED wl " in said and "TOO MUCH wb " in said and "WHY It promises weight loss" in said
        assert "NOT DONE. Not contested" in said and "001 contested: your trainer sees it" in said
        assert "✓ RIGHT: REJECT, as in the key." in said
        assert "AD 002 from" in said
        assert EventLog().count(workspace.reader) == 0, "practice is no event"
        assert [attempt.number for attempt in session.run.attempts] == [1, 2]
        assert session.run.contests[0].check == WL


async def test_it_goes_on_where_it_was_left_and_ends_with_a_file(tmp_path: Path) -> None:
    room = Class(tmp_path)
    path, answers = room.pack(), tmp_path / "amina.answers"
    with room.workspace("amina") as workspace:
        await type_in(room.session(workspace, path), "N r", "1 r", "", "]", "c later")
        session = room.session(workspace, path, answers_path=answers)
        said = await type_in(session, "N a", "", "[", "wl wb r", "", "wb r", "", "N a", "", "C", "", "")
        assert "You have answered all 5 ads" in said
        assert f"Their code, to tell your trainer: {read_answers(answers)[1]}" in said
        assert "amina: 5 of 5 ads" in said, "the report card"
        assert "more to look at" in said or "nothing to look back at" in said


async def test_a_pack_without_derived_outcomes_asks_for_them(tmp_path: Path) -> None:
    room = Class(tmp_path)
    with room.workspace("amina") as workspace:
        session = room.session(workspace, room.pack(assist=Assist.BROWSE))
        said = await type_in(session, "", "w", "r", "wl", "a", "3", "a", "2", "", "a", "1", "", "wb r")
        assert "Enter: " not in said.split("Enter: next ad")[0]
        assert "Name the check it fails first" in said and "Nothing answered." in said
        assert [attempt.outcome for attempt in session.run.attempts] == ["approve_limited", "approve", "reject"]
        assert session.run.attempts[0].derived == "reject"


async def test_an_exam_says_nothing_and_closes_when_its_time_is_up(tmp_path: Path) -> None:
    room = Class(tmp_path)
    answers = tmp_path / "amina.answers"
    with room.workspace("amina") as workspace:
        path = room.pack(kind=Kind.EXAM, time_limit_s=600)
        session = room.session(workspace, path, answers_path=answers)

        class Slowly(io.StringIO):
            """Types each line five minutes after the last."""

            def readline(self, *_: int) -> str:  # type: ignore[override]
                room.now += 5 * MINUTE
                return super().readline()

        out = io.StringIO()
        await PlainPractice(session, Slowly("N a\nC\nwl r\nN a\nq\n"), out).run()
        said = out.getvalue()
        assert "TIME 10:00 left" in said and "PRACTICE exam" in said
        assert "RIGHT" not in said and "MISSED" not in said and "WHY" not in said
        assert "Your trainer has the report card" in said
        assert "The time is up: you have answered 2 of the 5 ads" in said
        assert [attempt.is_late for attempt in session.run.attempts] == [False, True]
        assert read_answers(answers)[0].is_finished


def test_the_command_practises_and_drills_plainly(modtui: Command, tmp_path: Path) -> None:
    pack = Class(tmp_path).pack()
    file = tmp_path / "amina.answers"
    typed = "".join("N a\n\n" for _ in range(5)) + "q\n"
    done = modtui.good("practice", pack, "--plain", "--answers", file, stdin=typed)
    assert f"Answers: {file} (finished)" in done.stderr
    drill = modtui.good("drill", "--plain", stdin="?\nN a\nU\n\nq\n").stdout
    assert "PRACTICE 0/4" in drill and "look back" in drill and "WHY " in drill
    assert "NOT DONE. Not in a drill" in drill and "PRACTICE 1/4" in drill
    again = modtui.good("practice", pack, "--plain", "--answers", file, stdin="h 1\nq\n").stdout
    assert again.count("You have answered all 5 ads") == 2


@pytest.mark.parametrize("word", ["u", "h 1", "s 1", "p", "T", "D", "A"])
async def test_what_belongs_to_real_work_is_off(tmp_path: Path, word: str) -> None:
    room = Class(tmp_path)
    with room.workspace("amina") as workspace:
        said = await type_in(room.session(workspace, room.pack()), word)
        assert "NOT DONE. " in said
