"""A class from the pack to the score: three learners at three workspaces, and every way of cheating that we know of."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from msgspec.structs import replace

from modtui.domain.attempts import Answers
from modtui.domain.packs import Kind
from modtui.errors import ModtuiError
from modtui.files.answers_file import read_answers, write_answers
from modtui.files.pack_file import open_pack
from modtui.services.class_report import class_page
from modtui.services.pack_scoring import Scored, keys_for, score
from modtui.store import sqlite
from modtui.store.event_log import EventLog
from modtui.tui import actions
from tests.practice.classroom import MINUTE, Class, answer_all, at_desk

ADS = 25


async def sit_the_exam(room: Class, path: Path, learner: str, right: list[bool]) -> tuple[Path, str]:
    """One learner at their own workspace, with a break in the middle: the file that goes home, and its code."""
    home = room.folder / f"{learner}.answers"
    with room.workspace(learner) as workspace:
        session = room.session(workspace, path, learner, answers_path=home)
        async with at_desk(session) as desk:
            await desk.press("N", "a", actions.QUIT)
        session = room.session(workspace, path, learner, answers_path=home)
        await session.start()
        await answer_all(session, right)
        code = await session.hand_in()
        assert EventLog().count(workspace.reader) == 0
    return home, code


@pytest.fixture
def room(tmp_path: Path) -> Class:
    return Class(tmp_path)


def scored(
    room: Class,
    path: Path,
    *files: Path,
    codes: dict[str, str] | None = None,
    starts: dict[str, str] | None = None,
) -> Scored:
    pack = open_pack(path)
    key_file = room.built.key_file if room.built else None
    return score(pack, keys_for(pack, key_file), files, codes=codes, starts=starts)


async def test_three_learners_sit_one_exam_and_the_trainer_scores_it(room: Class) -> None:
    path = room.pack(ADS, Kind.EXAM, pass_at=20)
    homes, codes = {}, {}
    for learner, right in (("amina", [True]), ("bela", [True, False]), ("chidi", [False])):
        homes[learner], codes[learner] = await sit_the_exam(room, path, learner, right)
    result = scored(room, path, *homes.values(), codes=codes)
    assert result.refused == ()
    cards = {card.learner: card for card in result.cards}
    assert cards["amina"].right.hits > cards["bela"].right.hits > cards["chidi"].right.hits
    assert cards["amina"].passed and not cards["chidi"].passed
    assert all(not card.doubts and card.answered == ADS for card in cards.values())
    assert [sheet.code for sheet in result.sheets] == [codes[sheet.learner] for sheet in result.sheets]


async def test_practice_contests_and_second_answers_come_home_and_count_for_nothing(room: Class) -> None:
    path = room.pack()
    with room.workspace("amina") as workspace:
        session = room.session(workspace, path, answers_path=room.folder / "amina.answers")
        async with at_desk(session) as desk:
            await desk.press(
                "N", "a", actions.FEEDBACK_CONTEST, *"joke", "enter", actions.FEEDBACK_AGAIN, "1", "enter", "enter"
            )
        await session.start()
        await answer_all(session)
        session.write_answers()
    result = scored(room, path, room.folder / "amina.answers")
    assert [contest.reason for _, contest in result.contests] == ["joke"]
    assert (result.cards[0].right.hits, result.cards[0].answered) == (4, 5)
    assert (result.sheets[0].again.hits, result.sheets[0].again.of) == (1, 1)


async def cheated(room: Class) -> tuple[Path, Path, str, Answers]:
    path = room.pack(kind=Kind.EXAM)
    home, code = await sit_the_exam(room, path, "amina", [False])
    return path, home, code, read_answers(home)[0]


async def test_an_edited_file_of_answers_is_refused_with_the_line(room: Class) -> None:
    path, home, _, _ = await cheated(room)
    lines = home.read_text().splitlines(keepends=True)
    home.write_text("".join([*lines[:2], lines[2].replace("approve", "reject"), *lines[3:]]))
    assert "line 3" in scored(room, path, home).refused[0][1]


async def test_every_flipped_byte_of_the_answers_is_refused(room: Class) -> None:
    path, home, _, _ = await cheated(room)
    whole = home.read_bytes()
    for place in range(0, len(whole), max(1, len(whole) // 40)):
        home.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        assert scored(room, path, home).refused, f"byte {place}"


async def test_a_file_written_anew_has_another_code_than_was_told(room: Class) -> None:
    path, home, code, answers = await cheated(room)
    better = tuple(replace(each, outcome="reject", derived="reject") for each in answers.attempts)
    write_answers(home, replace(answers, attempts=better))
    card = scored(room, path, home, codes={"amina": code}).cards[0]
    assert any("short code" in doubt for doubt in card.doubts)
    assert any("lead to" in doubt for doubt in card.doubts), "outcomes are worked out again from the answers"
    assert card.right.hits == scored(room, path, home).cards[0].right.hits < 5


async def test_an_answer_left_out_or_another_s_file_is_seen(room: Class) -> None:
    path, home, code, answers = await cheated(room)
    write_answers(home, replace(answers, attempts=answers.attempts[1:]))
    assert scored(room, path, home, codes={"amina": code}).cards[0].doubts
    copied = room.folder / "bela.answers"
    write_answers(home, answers)
    write_answers(copied, replace(answers, learner="bela"))
    result = scored(room, path, home, copied)
    assert all(any("one was made of the other" in doubt for doubt in card.doubts) for card in result.cards)


async def test_answers_to_another_pack_are_refused(room: Class) -> None:
    _, home, _, _ = await cheated(room)
    other = room.pack(10, Kind.EXAM, "other.pack")
    assert "another pack" in scored(room, other, home).refused[0][1]


@pytest.mark.parametrize("statement", [
    "UPDATE attempts SET document = replace(document, '\"outcome\":\"approve\"', '\"outcome\":\"reject\"')",
    "DELETE FROM attempts WHERE kind = 'attempt' AND event_no = (SELECT min(event_no) + 2 FROM attempts)",
    "UPDATE attempts SET kind = 'drill' WHERE kind = 'attempt'",
])  # fmt: skip
async def test_an_edited_log_hands_nothing_in(room: Class, statement: str) -> None:
    path, home, _, _ = await cheated(room)
    home.unlink()
    with room.workspace("amina") as workspace:
        by_hand = sqlite.connect_writer(workspace.path)
        for trigger in ("attempts_are_not_changed", "attempts_are_not_deleted"):
            by_hand.execute(f"DROP TRIGGER {trigger}")
        by_hand.execute(statement)
        by_hand.close()
        session = room.session(workspace, path, "amina", answers_path=home)
        with pytest.raises(ModtuiError, match="was changed") as told:
            await session.start()
        assert "Entry" in told.value.message
        with pytest.raises(ModtuiError, match="was changed"):
            session.write_answers()
    assert not home.exists()


async def test_a_workspace_copied_before_the_exam_begins_a_stream_of_its_own(room: Class) -> None:
    """Trying the exam in a copy of the workspace first: the second file is another one, and only one was told of."""
    path = room.pack(kind=Kind.EXAM)
    first, code = await sit_the_exam(room, path, "amina", [False])
    shutil.copy(room.folder / "amina.db", room.folder / "again.db")
    with room.workspace("again") as workspace:
        session = room.session(workspace, path, "amina", answers_path=room.folder / "again.answers")
        await session.start()
        assert session.current is None, "what was answered stays answered in the copy"
    result = scored(room, path, first, codes={"amina": code})
    assert not result.cards[0].doubts


async def test_an_exam_begun_again_in_another_workspace_is_seen(room: Class) -> None:
    """By the start code that was told, whichever file comes home; and by the files where both do."""
    path = room.pack(kind=Kind.EXAM)
    with room.workspace("amina") as workspace:
        session = room.session(workspace, path, "amina", answers_path=room.folder / "amina.answers")
        await session.start()
        start = session.take_news()[-1].lines[0].split()[2].rstrip(".")
        await answer_all(session, [False])
        part = room.folder / "part.answers"
        write_answers(part, replace(session.answers(), finished_at="", attempts=session.answers().attempts[:2]))
        session.write_answers()
    assert not scored(room, path, part, room.folder / "amina.answers", starts={"amina": start}).cards[0].doubts, (
        "what was handed in before the end is an earlier state of the same"
    )
    room.now += MINUTE
    with room.workspace("again") as workspace:
        session = room.session(workspace, path, "amina", answers_path=room.folder / "again.answers")
        await session.start()
        await answer_all(session)
        session.write_answers()
    alone = scored(room, path, room.folder / "again.answers", starts={"amina": start}).cards[0]
    assert any("begun again since" in doubt for doubt in alone.doubts)
    both = scored(room, path, room.folder / "again.answers", room.folder / "amina.answers")
    assert both.cards[0].right.hits < 5, "the one begun first counts"
    assert any("begun twice: a second file, again.answers" in doubt for doubt in both.cards[0].doubts)
    assert any("another workspace, start code" in doubt for doubt in both.cards[0].doubts)
    assert class_page(both).count(start) == 1


async def test_a_changed_copy_of_the_pack_is_refused_when_practice_goes_on(room: Class) -> None:
    path = room.pack(kind=Kind.EXAM)
    with room.workspace("amina") as workspace:
        taken = room.take(workspace, path)
        kept = Path(taken.row.path)
        taken.pack.close()
        whole = kept.read_bytes()
        at = whole.index(b"Lose 10 kg")
        kept.write_bytes(whole[:at] + b"Gain" + whole[at + 4 :])
        from modtui.services.practice_packs import open_known

        with pytest.raises(ModtuiError, match=r"ads\.jsonl|changed") as told:
            open_known(workspace, taken.row)
        assert str(kept) in told.value.message


def test_the_log_of_an_exam_holds_no_word_of_the_key(room: Class) -> None:
    path = room.pack(kind=Kind.EXAM)
    assert room.built is not None and room.built.key_file is not None
    why = [key["rationale"]["why"] for key in json.loads(room.built.key_file.read_text())["keys"].values()]
    whole = path.read_bytes()
    assert not any(words.encode() in whole for words in why)


async def test_verify_names_the_entry_of_practice_that_was_changed(room: Class) -> None:
    from click.testing import CliRunner

    from modtui.cli.root import cli

    await cheated(room)
    workspace = str(room.folder / "amina.db")
    assert "events hold" in CliRunner().invoke(cli, ["--workspace", workspace, "verify"]).output
    by_hand = sqlite.connect_writer(Path(workspace))
    by_hand.execute("DROP TRIGGER attempts_are_not_changed")
    by_hand.execute("UPDATE attempts SET document = replace(document, 'approve', 'reject')")
    by_hand.close()
    said = CliRunner().invoke(cli, ["--workspace", workspace, "verify"])
    assert "of the log of practice" in said.output and "events hold" not in said.output
