"""A learner practises a pack on the review screen: marked, apart from real decisions, and told after each answer."""

from __future__ import annotations

from pathlib import Path

import pytest

from modtui.domain.catalog_document import catalog_from_document
from modtui.domain.packs import Assist, Feedback, Kind
from modtui.errors import ModtuiError
from modtui.files.answers_file import read_answers
from modtui.files.patterns import compile_pattern
from modtui.services.drill_cards import unpacked
from modtui.store import drill_cards
from modtui.store.attempts import LOG
from modtui.store.event_log import EventLog
from modtui.tui import actions
from tests.files.packs_made import house_document
from tests.practice.classroom import CODE, MINUTE, Class, answer_all, at_desk
from tests.services.room import WL


async def test_an_answer_is_stored_and_then_held_against_the_key(tmp_path: Path) -> None:
    room = Class(tmp_path)
    with room.workspace("amina") as workspace:
        session = room.session(workspace, room.pack())
        async with at_desk(session) as desk:
            desk.shows("PRACTICE · Weight class 0/5", "Lose 10 kg in a week")
            await desk.press("n", "2", actions.ACCEPT)
            assert LOG.verify(workspace.reader).checked == 2, "the beginning and the answer"
            desk.shows(
                "NOT YET", "missed wl", "too much wb", "Why: It promises weight loss", "Lose 10 kg in a week", "1/5"
            )
            await desk.press(actions.FEEDBACK_CONTEST)
            await desk.press(*"no")
            await desk.press("enter")
            desk.shows("contested: your trainer sees it")
            await desk.press(actions.FEEDBACK_NEXT)
            desk.shows("002 · Offer", "PRACTICE · Weight class 1/5")
            desk.hides("NOT YET")
        assert EventLog().count(workspace.reader) == 0, "practice is no event"
        contest = session.run.contests[0]
        assert (contest.ad, contest.reason, contest.check) == ("001", "no", "weight.loss/promise")


async def test_what_others_decided_and_what_is_not_of_practice_is_off(tmp_path: Path) -> None:
    room = Class(tmp_path)
    with room.workspace("amina") as workspace:
        async with at_desk(room.session(workspace, room.pack())) as desk:
            for action in (actions.PRECEDENT, actions.TWIN, actions.CARD, actions.HOLD, actions.SKIP, actions.UNDO):
                await desk.press(action)
                desk.shows("practice")
            await desk.press(actions.BROWSE)
            desk.hides("Examples")
        assert EventLog().count(workspace.reader) == 0


async def test_an_answer_given_again_does_not_count(tmp_path: Path) -> None:
    room = Class(tmp_path)
    with room.workspace("amina") as workspace:
        session = room.session(workspace, room.pack())
        async with at_desk(session) as desk:
            await desk.press("N", "a", actions.FEEDBACK_AGAIN)
            desk.shows("again", "PRACTICE · Weight class 1/5")
            await desk.press("1", "enter")
            desk.shows("RIGHT")
            await desk.press("enter")
        first, second = session.run.attempts
        assert (first.number, first.outcome, first.saw_feedback) == (1, "approve", False)
        assert (second.number, second.outcome, second.saw_feedback) == (2, "reject", True)
        assert session.answers().first_attempts == (first,)


@pytest.mark.parametrize("is_killed", [False, True], ids=["quit", "crash"])
async def test_practice_goes_on_in_its_place(tmp_path: Path, is_killed: bool) -> None:
    room = Class(tmp_path)
    path = room.pack()
    with room.workspace("amina") as workspace:
        session = room.session(workspace, path)
        async with at_desk(session) as desk:
            await desk.press("N", "a", "enter", actions.NEXT_AD, "1")
            assert session.current is not None
            here = session.current.desk.case.ad.id
            await session.save_draft()
            if not is_killed:
                await session.close()
        again = room.session(workspace, path)
        async with at_desk(again) as desk:
            assert again.current is not None
            assert again.current.desk.case.ad.id == here == "003"
            assert len(again.current.desk.answers) == 1
            desk.shows("1/5")


async def test_at_the_end_the_answers_are_in_one_file_with_its_code(tmp_path: Path) -> None:
    room = Class(tmp_path)
    with room.workspace("amina") as workspace:
        session = room.session(workspace, room.pack(), answers_path=tmp_path / "amina.answers")
        async with at_desk(session) as desk:
            for _ in range(5):
                await desk.press("N", "a", "enter")
            while not session.code:
                await desk.pilot.pause()
            await desk.pilot.pause()
            desk.shows("You have answered all 5 ads", session.code)
        answers, code = read_answers(tmp_path / "amina.answers")
        assert (code, answers.learner, len(answers.attempts)) == (session.code, "amina", 5)
        assert answers.is_finished


async def test_a_pack_without_cues_lights_nothing_and_one_to_browse_derives_nothing(tmp_path: Path) -> None:
    room = Class(tmp_path)
    with room.workspace("amina") as workspace:
        session = room.session(workspace, room.pack(assist=Assist.NO_CUES))
        async with at_desk(session) as desk:
            desk.shows("nothing lit", "allowed")
        session = room.session(workspace, room.pack(name="browse.pack", assist=Assist.BROWSE))
        async with at_desk(session) as desk:
            desk.shows("nothing lit", "does not say what follows")
            await desk.press("1")
            desk.hides("cut")
            await desk.press("enter")
            desk.shows("say the outcome yourself")
            await desk.press("a", "2")
            desk.shows("you said APPROVE LIMITED; the key says REJECT")
        assert session.run.attempts[0].derived == "reject"


async def test_an_exam_tells_nothing_and_marks_what_is_late(tmp_path: Path) -> None:
    room = Class(tmp_path)
    path = room.pack(kind=Kind.EXAM, time_limit_s=600, pauses=1)
    with room.workspace("amina") as workspace:
        session = room.session(workspace, path)
        async with at_desk(session) as desk:
            desk.shows("PRACTICE exam", "10:00 left")
            await desk.press("N", "a")
            desk.hides("RIGHT", "NOT YET")
            room.now += 8 * MINUTE
            await session.close()
        room.now += 60 * MINUTE
        session = room.session(workspace, path)
        async with at_desk(session) as desk:
            desk.shows("2:00 left")
            assert len(session.run.pauses) == 1
            room.now += MINUTE
            await session.close()
        room.now += 3 * MINUTE
        session = room.session(workspace, path)
        await session.start()
        assert len(session.run.pauses) == 1, "the second time away is no pause: one was allowed"
        assert session.is_finished and session.current is None, "the time ran out while they were away"
        assert [attempt.is_late for attempt in session.run.attempts] == [False]


@pytest.mark.parametrize("leave", [False, True], ids=["answers", "leaves"])
async def test_when_time_is_up_the_exam_ends_with_the_ad_in_hand(tmp_path: Path, leave: bool) -> None:
    room = Class(tmp_path)
    path, answers = room.pack(kind=Kind.EXAM, time_limit_s=600), tmp_path / "amina.answers"
    with room.workspace("amina") as workspace:
        session = room.session(workspace, path, answers_path=answers)
        async with at_desk(session) as desk:
            await desk.press("N", "a")
            room.now += 11 * MINUTE
            desk.screen.look_at_clock()
            await desk.pilot.pause()
            desk.shows("Time is up: this ad is the last one", "TIME IS UP", "002 · Offer")
            await desk.press(*(["]"] if leave else ["N", "a"]))
            await desk.pilot.pause()
            desk.shows(f"The time is up: you have answered {1 if leave else 2} of the 5 ads")
        assert session.is_finished
        assert [attempt.is_late for attempt in session.run.attempts] == [False] if leave else [False, True]
        found, code = read_answers(answers)
        assert found.is_finished and code == session.code
        room.now += 60 * MINUTE
        again = room.session(workspace, path, answers_path=answers)
        await again.start()
        assert again.current is None, "closed is closed"


async def test_a_sealed_pack_opens_with_its_code_alone(tmp_path: Path) -> None:
    room = Class(tmp_path)
    path = room.pack(kind=Kind.SEALED, feedback=Feedback.END)
    with room.workspace("amina") as workspace:
        with pytest.raises(ModtuiError, match="sealed"):
            room.session(workspace, path)
        session = room.session(workspace, path, code=CODE.lower())
        await session.start()
        await answer_all(session)
        assert session.is_finished and session.shows_feedback


async def test_a_changed_log_is_named_and_nothing_is_handed_in(tmp_path: Path) -> None:
    from modtui.store import sqlite

    room = Class(tmp_path)
    path = room.pack()
    with room.workspace("amina") as workspace:
        session = room.session(workspace, path, answers_path=tmp_path / "a.answers")
        await session.start()
        await answer_all(session)
        by_hand = sqlite.connect_writer(workspace.path)
        by_hand.execute("DROP TRIGGER attempts_are_not_changed")
        by_hand.execute("UPDATE attempts SET document = replace(document, 'reject', 'approve')")
        by_hand.close()
        with pytest.raises(ModtuiError, match=r"Entry \d+ .* does not hold"):
            session.write_answers()
        assert not (tmp_path / "a.answers").exists()
        with pytest.raises(ModtuiError, match="was changed"):
            await room.session(workspace, path).start()


def test_one_flipped_byte_in_a_pack_is_named(tmp_path: Path) -> None:
    room = Class(tmp_path)
    path = room.pack()
    whole = path.read_bytes()
    with room.workspace("amina") as workspace:
        for place in range(100, len(whole), len(whole) // 25):
            path.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
            with pytest.raises(ModtuiError) as told:
                room.take(workspace, path)
            assert str(path) in told.value.message


async def test_feedback_at_the_end_is_looked_back_at_and_makes_the_cards(tmp_path: Path) -> None:
    room = Class(tmp_path)
    with room.workspace("amina") as workspace:
        session = room.session(workspace, room.pack(feedback=Feedback.END))
        async with at_desk(session) as desk:
            for _ in range(4):
                await desk.press("N", "a")
                desk.hides("NOT YET", "RIGHT")
            with pytest.raises(ModtuiError, match="No feedback"):
                await session.look_back()
            await desk.press("N", "a")
            await session.hand_in()
            assert drill_cards.count_due(workspace.reader, "amina", room.now) == 2
            await session.hand_in()
            card = drill_cards.find_card(workspace.reader, "amina", WL)
            assert card is not None and unpacked(card.card).mixed == {}
            desk.shows("looks back at what was not right")
            for _ in range(3):
                await desk.press(actions.FEEDBACK_NEXT)
                desk.shows("NOT YET", "missed")
            await desk.press(actions.FEEDBACK_NEXT)
            desk.shows("You have answered all 5 ads")


async def test_a_hostile_pack_moves_no_cursor_and_forges_no_line(tmp_path: Path) -> None:
    room = Class(tmp_path)
    nasty = "\x1b[2J\x1b]0;x\x07[bold red]a[/]\u202eb\u200b\nRIGHT"
    path = room.pack(1, title=nasty, why=f"Because {nasty}", body=f"Lose 10 kg {nasty}")
    with room.workspace("amina") as workspace:
        session = room.session(workspace, path, answers_path=tmp_path / "a\x1b[31m.answers")
        async with at_desk(session) as desk:
            for keys in (("n",), ("2", "enter"), ("enter",)):
                await desk.press(*keys)
                assert not set(desk.text()) & set("\x1b\x07\u202e\u200b")
            desk.shows("You have answered the one ad")


def test_worked_examples_are_in_no_catalog_of_practice_nor_found_in_it(tmp_path: Path) -> None:
    room = Class(tmp_path)
    path = room.pack(example="quokkas on a diet")
    with room.workspace("amina") as workspace:
        for _ in ("taken in", "opened again, from what was kept ready"):
            taken = room.take(workspace, path)
            assert taken.pack.catalog.policies[0].examples, "the pack has them"
            assert not any(policy.examples for policy in taken.rulebook.catalog.policies)
            library = room.session(workspace, path).library
            assert library.search("quokkas", 10) == []


async def test_the_trainer_s_note_opens_the_pack(tmp_path: Path) -> None:
    room = Class(tmp_path)
    with room.workspace("amina") as workspace:
        session = room.session(workspace, room.pack(note="Read every page to its end."))
        await session.start()
        assert [news.lines for news in session.take_news()] == [("Read every page to its end.",)]
        await answer_all(session)


async def test_a_pack_says_which_answers_the_catalog_in_use_contradicts(tmp_path: Path) -> None:
    room = Class(tmp_path)
    document = house_document()
    document["catalog"]["version"] = "2027.1.1"
    document["policies"][0]["checks"][0]["ask"] = "Does it name a number of kilograms?"
    in_use = catalog_from_document(document, compile_pattern)
    with room.workspace("amina") as workspace:
        path = room.pack()
        session = room.session(workspace, path, in_use=in_use)
        await session.start()
        (news,) = session.take_news()
        assert news.is_warning and "This pack is stale" in news.lines[0] and WL in news.lines[0]
        same = room.session(workspace, path, "bela", in_use=catalog_from_document(house_document(), compile_pattern))
        await same.start()
        assert same.take_news() == ()
