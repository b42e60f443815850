"""A reviewer at a queue: each ad comes once, nothing claimed is forgotten, a decision is stored once whatever fails."""

from __future__ import annotations

import asyncio
import random
import resource
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from modtui.domain.clause_values import State
from modtui.domain.overrides import Override
from modtui.errors import ModtuiError
from modtui.store.event_log import EventLog
from tests.services.room import AL, MINUTE, NO, WL, YES, Room, ad, answer, at_hand, ids, room_at

ROOT = Path(__file__).parents[2]


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    with room_at(tmp_path) as made:
        yield made


# Coming and going ---


async def test_the_ad_behind_is_always_there_and_every_ad_comes_once(room: Room) -> None:
    room.bring(*(ad(f"a{n}") for n in range(5)))
    session = await room.sit()
    came = []
    while (current := ids(session))[0] is not None:
        came.append(current[0])
        assert (current[1] is not None) == (len(came) < 5)
        assert len(room.claims()[session.id]) == (2 if current[1] else 1)
        await session.decide()
    assert came == ["a0", "a1", "a2", "a3", "a4"]
    await session.close()
    assert room.claims() == {}
    assert all(len(room.standing(each)) == 1 for each in came)


async def test_an_import_behind_fills_the_places_and_goes_on_filling_them(room: Room) -> None:
    room.bring(ad("a0"))
    session = await room.sit()
    assert ids(session) == ("a0", None)
    room.bring(ad("a0"), ad("a1"), ad("a2"), ad("a3"))
    await session.decide()
    assert ids(session) == ("a1", "a2")
    await session.decide()
    assert ids(session) == ("a2", "a3")
    await session.decide()
    await session.decide()
    assert ids(session) == (None, None)
    assert not await session.look_again()
    room.bring(ad("a4"))
    assert await session.look_again()
    assert ids(session) == ("a4", None)


@pytest.mark.parametrize("fills", [True, False])
async def test_the_ad_behind_may_be_brought_in_once_the_next_is_shown_or_not_at_all(room: Room, fills: bool) -> None:
    room.bring(*(ad(f"a{n}") for n in range(5)))
    session = await room.sit(fills_later=True)
    came = []
    while (current := ids(session)[0]) is not None:
        came.append(current)
        change = await session.decide()
        assert change.event_id is not None and room.standing(current) == [("amina", "approve")]
        assert ids(session)[1] is None
        assert session.progress.decided == len(came)
        if fills:
            await session.fill()
            assert session.progress.decided == len(came)
        assert sorted(room.claims().get(session.id, [])) == sorted(each for each in ids(session) if each)
    assert came == ["a0", "a1", "a2", "a3", "a4"]


async def test_ads_brought_in_later_are_never_another_session_s(room: Room) -> None:
    room.bring(*(ad(f"a{n}") for n in range(12)))
    amina, ben = await room.sit("amina", fills_later=True), await room.sit("ben", fills_later=True)
    came: list[str | None] = []
    while amina.current or ben.current:
        on_desks = [ids(session)[0] for session in (amina, ben) if session.current]
        came += on_desks
        assert len(set(on_desks)) == len(on_desks)
        await asyncio.gather(*(session.decide() for session in (amina, ben) if session.current))
        await asyncio.gather(ben.fill(), amina.fill(), amina.fill())
        held = [each for claimed in room.claims().values() for each in claimed]
        assert len(set(held)) == len(held) <= 4
    assert sorted(came, key=str) == sorted((f"a{n}" for n in range(12)), key=str)


async def test_looking_again_while_a_decision_is_stored_loses_no_ad(room: Room) -> None:
    room.bring(ad("a0"))
    session = await room.sit()
    room.bring(*(ad(f"a{n}") for n in range(1, 6)))
    for _ in range(6):
        await asyncio.gather(session.look_again(), session.decide(), session.look_again(), session.save_draft())
        assert sorted(room.claims().get(session.id, [])) == sorted(each for each in ids(session) if each)
    assert ids(session) == (None, None)
    assert [len(room.standing(f"a{n}")) for n in range(6)] == [1] * 6


async def test_two_sessions_never_have_the_same_ad_and_a_closed_one_frees_all(room: Room) -> None:
    room.bring(*(ad(f"a{n}") for n in range(4)))
    amina, ben = await room.sit("amina"), await room.sit("ben")
    assert (ids(amina), ids(ben)) == (("a0", "a1"), ("a2", "a3"))
    with pytest.raises(ModtuiError, match="Another session"):
        await ben.open_ad("q", "a0")
    assert ids(ben) == ("a2", "a3")
    await amina.close()
    await amina.close()
    assert list(room.claims()) == [ben.id]
    await ben.open_ad("q", "a0")
    assert ids(ben) == ("a0", "a2")
    assert room.claims() == {ben.id: ["a0", "a2"]}


async def test_next_ad_gives_back_and_the_way_back_is_open(room: Room) -> None:
    room.bring(*(ad(f"a{n}") for n in range(4)))
    amina = await room.sit()
    answer(amina, wl=YES)
    assert (await amina.next_ad()).moved
    assert ids(amina) == ("a1", "a2")
    assert room.claims() == {amina.id: ["a1", "a2"]}
    await amina.next_ad()
    assert ids(amina) == ("a2", "a3")
    assert (await amina.previous_ad()).moved and (await amina.previous_ad()).moved
    assert ids(amina)[0] == "a0"
    assert at_hand(amina).desk.answers == {WL: YES}
    assert not (await amina.previous_ad()).moved
    for _ in range(4):
        await amina.decide()
    assert ids(amina) == (None, None)


async def test_what_was_left_comes_again_when_nothing_else_waits(room: Room) -> None:
    room.bring(ad("a0"), ad("a1"), ad("a2"))
    amina = await room.sit()
    await amina.next_ad()
    await amina.decide()
    assert ids(amina) == ("a2", "a0")
    await amina.decide()
    await amina.decide()
    assert ids(amina) == (None, None)


async def test_what_was_left_may_go_to_another(room: Room) -> None:
    room.bring(*(ad(f"a{n}") for n in range(4)))
    amina = await room.sit("amina")
    await amina.next_ad()
    ben = await room.sit("ben")
    assert ids(ben) == ("a0", "a3")
    change = await amina.previous_ad()
    assert not change.moved and "another session" in change.words
    assert ids(amina) == ("a1", "a2")


async def test_the_last_ad_stays(room: Room) -> None:
    room.bring(ad("a0"))
    amina = await room.sit()
    answer(amina, wl=YES)
    change = await amina.next_ad()
    assert not change.moved and ids(amina) == ("a0", None)
    assert at_hand(amina).desk.answers == {WL: YES}


async def test_an_empty_queue_says_so(room: Room) -> None:
    room.bring(ad("a0"))
    amina = await room.sit()
    await amina.decide()
    for verb in (amina.decide, amina.next_ad, lambda: amina.skip("other"), lambda: amina.hold("break", 5)):
        with pytest.raises(ModtuiError, match="The queue is empty"):
            await verb()
    await amina.save_draft()
    await amina.close()


async def test_a_walk_at_random_never_leaks_a_claim(room: Room) -> None:
    chance = random.Random(7)
    room.bring(*(ad(f"a{n}") for n in range(12)))
    sessions = [await room.sit("amina"), await room.sit("ben")]
    for step in range(150):
        session = chance.choice(sessions)
        verbs = [session.undo, session.redo, session.next_ad, session.previous_ad, session.look_again]
        if session.current is not None:
            verbs += [session.decide, session.decide, lambda s=session: s.skip("other")]
            verbs += [lambda s=session: s.hold("break", 1), lambda s=session, n=step: s.open_ad("q", f"a{n % 12}")]
        try:
            await chance.choice(verbs)()
        except ModtuiError as error:
            assert error.title in ("The ad is taken", "No ad on the desk", "Already decided")
        room.now += 10_000
        held = room.claims()
        for each in sessions:
            assert sorted(held.get(each.id, [])) == sorted(one for one in ids(each) if one), step
    for session in sessions:
        await session.close()
    assert room.claims() == {}
    assert room.is_whole()


async def test_claims_are_renewed_by_keys_and_by_verbs(room: Room) -> None:
    room.bring(*(ad(f"a{n}") for n in range(6)))
    amina = await room.sit("amina")
    room.now += 20 * MINUTE
    amina.touch(1.0)
    room.now += 20 * MINUTE
    ben = await room.sit("ben")
    assert ids(ben) == ("a2", "a3")
    change = await amina.decide()
    assert change.event_id
    assert "late" not in room.events("a0")[0].body


async def test_a_decision_on_a_lapsed_claim_is_kept_and_marked_late(room: Room) -> None:
    room.bring(ad("a0"), ad("a1"))
    amina = await room.sit("amina")
    room.now += 31 * MINUTE
    ben = await room.sit("ben")
    assert ids(ben) == ("a0", "a1")
    answer(ben, wl=YES)
    await ben.decide()
    answer(amina, wl=NO)
    await amina.decide()
    assert room.standing("a0") == [("ben", "reject"), ("amina", "approve")]
    assert [event.body.get("late") for event in room.events("a0")] == [None, True]
    assert room.item("a0").mark == "conflict"
    # The ad that was loaded behind is ben's now: it is not shown to amina.
    assert ids(amina) == (None, None)
    assert ids(ben) == ("a1", None)


async def test_an_ad_behind_that_changed_is_shown_as_it_is_now(room: Room) -> None:
    room.bring(ad("a0"), ad("a1", "old text"))
    amina = await room.sit()
    assert amina.following is not None
    room.bring(ad("a1", "new text"))
    await amina.decide()
    assert at_hand(amina).desk.case.ad.creative.body == "new text"
    await amina.decide()
    assert room.item("a1").state == "decided"


async def test_hold_comes_back_before_it_is_due_and_skip_never_does(room: Room) -> None:
    room.bring(ad("a0", due_at="2026-11-22T13:00:00Z"), ad("a1"), ad("a2"))
    amina = await room.sit()
    answer(amina, wl=YES)
    assert "12:30" in (await amina.hold("need more time", 600)).words
    await amina.skip("broken ad")
    assert ids(amina) == ("a2", None)
    room.now += 29 * MINUTE
    assert await amina.look_again() and ids(amina) == ("a2", None)
    room.now += MINUTE
    await amina.look_again()
    assert ids(amina) == ("a2", "a0")
    await amina.decide()
    assert at_hand(amina).mark == "back from hold"
    assert at_hand(amina).desk.answers == {WL: YES}
    await amina.decide()
    assert ids(amina) == (None, None)
    ben = await room.sit("ben")
    assert ids(ben) == ("a1", None)


async def test_a_hold_beyond_midnight_says_the_day(room: Room) -> None:
    room.bring(ad("a0"))
    amina = await room.sit()
    assert "a0 held until 2026-11-23 12:00 UTC" in (await amina.hold("break", 24 * 60)).words


async def test_a_decided_ad_cannot_be_held(room: Room) -> None:
    room.bring(ad("a0"))
    amina = await room.sit()
    await amina.decide()
    await amina.open_ad("q", "a0")
    assert at_hand(amina).mark == "decided: approve by amina"
    with pytest.raises(ModtuiError, match="waits for nobody"):
        await amina.hold("break", 5)


async def test_all_queues_in_turn_when_none_is_named(room: Room) -> None:
    room.bring(ad("a0"), queue="one")
    room.bring(ad("b0"), queue="two")
    amina = await room.sit(queue=None)
    assert ids(amina) == ("a0", "b0")


# What fails ---


def test_no_room_on_the_disk_then_room_again_stores_once(tmp_path: Path) -> None:
    """In a process of its own, because the limit holds for all its files."""
    out = subprocess.run(
        [sys.executable, "-m", "tests.services.test_review_session", "no-room", str(tmp_path)],
        capture_output=True,
        text=True,
        timeout=60,
        cwd=ROOT,
    )
    assert out.returncode == 0, out.stderr
    assert out.stdout.split() == ["failed", "desk-untouched", "failed", "stored", "once", "reject"]


async def no_room(folder: Path) -> None:
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    with room_at(folder) as room:
        room.bring(ad("a0"), ad("a1"))
        amina = await room.sit()
        answer(amina, al=NO)
        at_hand(amina).desk.note = "x" * 20_000
        before = ids(amina), dict(at_hand(amina).desk.answers)
        _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
        wal = room.workspace.path.with_name(room.workspace.path.name + "-wal")
        resource.setrlimit(resource.RLIMIT_FSIZE, (wal.stat().st_size + 5_000, hard))
        for _ in range(2):
            try:
                await amina.decide()
            except ModtuiError:
                print("failed")
            if (ids(amina), dict(at_hand(amina).desk.answers)) == before:
                print("desk-untouched")
            # The reviewer thinks again between the tries.
            answer(amina, wl=YES)
            at_hand(amina).desk.note = "y" * 20_000
        resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
        await amina.decide()
        if room.claims() == {amina.id: ["a1"]} and ids(amina) == ("a1", None):
            print("stored")
        stored = room.events("a0")
        print("once" if len(stored) == 1 else len(stored), stored[0].body["outcome"])
        await amina.close()


class OutcomeUnknown:
    """A writer whose next commits are on disk but answer as if nobody knew."""

    def __init__(self, room: Room, times: int = 1) -> None:
        self.writer, self.times = room.workspace.writer, times
        self.in_turn = self.writer._in_turn

    def __enter__(self) -> None:
        from modtui.store.errors import StorageUncertain

        def in_turn(run: object) -> object:
            result = self.in_turn(run)  # type: ignore[arg-type]
            if self.times:
                self.times -= 1
                raise StorageUncertain("Not saved", "It may not be saved.", "Try again.")
            return result

        self.writer._in_turn = in_turn  # type: ignore[assignment]

    def __exit__(self, *_: object) -> None:
        self.writer._in_turn = self.in_turn  # type: ignore[method-assign]


async def test_a_commit_of_unknown_outcome_tried_again_is_stored_once(room: Room) -> None:
    room.bring(*(ad(f"a{n}") for n in range(6)))
    amina = await room.sit()
    with OutcomeUnknown(room, 2):
        for _ in range(2):
            with pytest.raises(ModtuiError):
                await amina.decide()
            assert ids(amina) == ("a0", "a1")
        await amina.decide()
    assert len(room.events("a0")) == 1 and "late" not in room.events("a0")[0].body
    assert ids(amina) == ("a1", "a2")
    assert room.claims() == {amina.id: ["a1", "a2"]}


async def test_other_answers_after_an_unknown_outcome_take_the_place_of_the_first(room: Room) -> None:
    room.bring(*(ad(f"a{n}") for n in range(4)))
    amina = await room.sit()
    with OutcomeUnknown(room), pytest.raises(ModtuiError):
        await amina.decide()
    answer(amina, wl=YES)
    with OutcomeUnknown(room), pytest.raises(ModtuiError):
        await amina.decide()
    at_hand(amina).desk.note = "and say why"
    await amina.decide()
    assert room.standing("a0") == [("amina", "reject")]
    assert room.events("a0")[-1].body["note"] == "and say why"
    assert "late" not in room.events("a0")[-1].body
    assert room.item("a0").state == "decided" and room.item("a0").mark is None
    undone = await amina.undo()
    assert undone.words.startswith("undone: a0, reject")
    assert room.claims() == {amina.id: ["a0", "a1"]}


@pytest.mark.parametrize("verb", ["hold", "skip", "undo", "redo", "next_ad"])
async def test_every_verb_may_be_tried_again(room: Room, verb: str) -> None:
    room.bring(*(ad(f"a{n}") for n in range(5)))
    amina = await room.sit()
    await amina.decide()
    await amina.decide()
    if verb == "redo":
        await amina.undo()
        await amina.undo()
    count = EventLog().count(room.workspace.reader)
    before = ids(amina)
    do = {"hold": lambda: amina.hold("break", 5), "skip": lambda: amina.skip("other")}.get(verb, getattr(amina, verb))
    with OutcomeUnknown(room), pytest.raises(ModtuiError):
        await do()
    assert ids(amina) == before
    await do()
    assert EventLog().count(room.workspace.reader) == count + (verb != "next_ad")
    assert sorted(room.claims()[amina.id]) == sorted(each for each in ids(amina) if each)
    expected = {
        "hold": ("a3", "a4"), "skip": ("a3", "a4"), "undo": ("a1", "a2"), "redo": ("a1", "a2"), "next_ad": ("a3", "a4"),
    }  # fmt: skip
    assert ids(amina) == expected[verb]


async def test_a_session_that_could_not_close_can_be_closed_again(room: Room) -> None:
    room.bring(ad("a0"), ad("a1"))
    amina = await room.sit()
    with OutcomeUnknown(room), pytest.raises(ModtuiError):
        await amina.close()
    await amina.close()
    assert room.claims() == {}


async def test_answers_given_while_a_decision_is_stored_are_not_in_it(room: Room) -> None:
    room.bring(ad("a0"), ad("a1"))
    amina = await room.sit()
    deciding = asyncio.create_task(amina.decide())
    await asyncio.sleep(0)
    at_hand(amina).desk.answer(WL, YES) if ids(amina)[0] == "a0" else None
    await deciding
    assert room.standing("a0") == [("amina", "approve")]


# Drafts ---


async def test_a_draft_is_kept_on_leaving_and_comes_back_whole(room: Room) -> None:
    room.bring(ad("a0", "lose 10 kg with wine"), ad("a1"))
    amina = await room.sit()
    desk = at_hand(amina).desk
    answer(amina, wl=YES, al=YES)
    evidence = dict(desk.evidence)
    desk.note = "ask about the licence"
    desk.opened.add("page")
    cell = desk.ruling.cells[0]
    desk.edit_cells(Override(((cell.market, cell.band, State.ALLOWED),), "context"))
    await amina.close()
    again = await room.sit()
    back = at_hand(again).desk
    assert back.answers == {WL: YES, AL: YES} and back.evidence == evidence
    assert back.note == "ask about the licence" and back.override == desk.override
    assert evidence[WL][0].quote == "lose 10 kg"
    ben = await room.sit("ben")
    assert ids(ben) == (None, None)
    await again.close()
    assert not at_hand(await room.sit("ben")).desk.is_touched


async def test_answers_taken_back_leave_no_draft(room: Room) -> None:
    room.bring(ad("a0"), ad("a1"))
    amina = await room.sit()
    answer(amina, wl=YES)
    await amina.save_draft()
    assert room.draft("a0") is not None
    at_hand(amina).desk.answer(WL, None)
    await amina.save_draft()
    assert room.draft("a0") is None
    await amina.close()
    assert not at_hand(await room.sit()).desk.is_touched


async def test_a_draft_is_written_only_when_it_changed(room: Room) -> None:
    room.bring(ad("a0"), ad("a1"))
    amina = await room.sit()
    answer(amina, wl=YES)
    await amina.save_draft()
    kept = room.draft("a0")
    room.now += 1_000
    await amina.save_draft()
    assert room.draft("a0") == kept
    answer(amina, wb=NO)
    await amina.save_draft()
    assert room.draft("a0") != kept


async def test_a_draft_that_was_not_saved_is_saved_by_the_next_try(room: Room) -> None:
    from modtui.store.errors import StorageFailed

    room.bring(ad("a0"), ad("a1"))
    amina = await room.sit()
    answer(amina, wl=YES)
    writer = room.workspace.writer
    in_turn = writer._in_turn

    def fails(run: object) -> object:
        raise StorageFailed("Not saved", "The disk is full.", "Make room.")

    writer._in_turn = fails  # type: ignore[assignment]
    with pytest.raises(ModtuiError):
        await amina.save_draft()
    writer._in_turn = in_turn  # type: ignore[method-assign]
    await amina.save_draft()
    kept = room.draft("a0")
    assert kept is not None and kept.body["answers"] == {WL: "yes"}


async def test_a_decided_ad_has_no_draft_even_when_a_timer_saves_late(room: Room) -> None:
    room.bring(ad("a0"), ad("a1"))
    amina = await room.sit()
    answer(amina, wl=YES)
    await asyncio.gather(amina.decide(), amina.save_draft())
    assert room.draft("a0") is None and room.draft("a1") is None


async def test_a_draft_about_other_content_is_shown_and_never_taken(room: Room) -> None:
    room.bring(ad("a0", "lose 10 kg"), ad("a1"))
    amina = await room.sit()
    answer(amina, wl=YES)
    at_hand(amina).desk.note = "look at \x1b[31mthis"
    await amina.close()
    room.bring(ad("a0", "bread"))
    again = await room.sit()
    on_desk = at_hand(again)
    assert not on_desk.desk.is_touched
    assert any("wl yes" in line and "other content" in line for line in on_desk.history)
    await again.close()
    assert room.draft("a0") is not None


async def test_killed_in_the_middle_the_saved_answers_are_back(tmp_path: Path) -> None:
    child = subprocess.Popen(
        [sys.executable, "-m", "tests.services.test_review_session", "type-and-wait", str(tmp_path)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )
    assert child.stdout is not None and child.stdout.readline() == "kept\n"
    child.kill()
    child.wait()
    child.stdout.close()
    with room_at(tmp_path) as room:
        amina = await room.sit()
        assert ids(amina) == ("a0", "a1")
        assert at_hand(amina).desk.answers == {WL: YES} and at_hand(amina).desk.note == "half a thou"


async def type_and_wait(folder: Path) -> None:
    with room_at(folder) as room:
        room.bring(ad("a0"), ad("a1"))
        amina = await room.sit()
        answer(amina, wl=YES)
        at_hand(amina).desk.note = "half a thou"
        await amina.save_draft()
        print("kept", flush=True)
        sys.stdin.read()


# The last ad's answers ---


async def test_repeat_takes_the_answers_and_the_ruling_stays_this_ads_own(room: Room) -> None:
    room.bring(ad("a0", "wine", markets=["SA"]), ad("a1", "wine", markets=["BE"]))
    amina = await room.sit()
    assert amina.repeat_last() == 0
    answer(amina, al=YES)
    await amina.decide()
    assert amina.repeat_last() == 1
    await amina.decide()
    assert room.standing("a0") == [("amina", "reject")] and room.standing("a1") == [("amina", "approve")]


async def test_the_advertisers_record_is_there(room: Room) -> None:
    room.bring(*(ad(f"a{n}") for n in range(4)), ad("other", advertiser={"name": "Baker"}))
    amina = await room.sit()
    assert at_hand(amina).history == ()
    answer(amina, wl=YES)
    await amina.decide()
    await amina.decide()
    answer(amina, wb=YES, wl=YES)
    await amina.decide()
    assert at_hand(amina).history == ("advertiser: 2 of 3 rejected, last wl wb",)
    await amina.decide()
    assert at_hand(amina).history == ()


# Many processes ---


def test_three_processes_review_one_queue_to_the_end(tmp_path: Path) -> None:
    with room_at(tmp_path) as room:
        room.bring(*(ad(f"a{n}") for n in range(300)))
        command = [sys.executable, "-m", "tests.services.test_review_session", "review-all", str(tmp_path)]
        children = [subprocess.Popen([*command, name], cwd=ROOT) for name in ("amina", "ben", "chen")]
        assert [child.wait(120) for child in children] == [0, 0, 0]
        decided = Counter(
            event.subject.ad_id for _, event in EventLog().read(room.workspace.reader) if event.subject is not None
        )
        assert decided == {f"a{n}": 1 for n in range(300)}
        assert room.is_whole() and room.claims() == {}
        assert all(room.item(ad_id).state == "decided" for ad_id in decided)


async def review_all(folder: Path, name: str) -> None:
    with room_at(folder) as room:
        session = await room.sit(name)
        while session.current is not None:
            if session.following is not None:
                session.following.desk.plan()
            await session.decide()
        await session.close()


if __name__ == "__main__":
    tasks = {"no-room": no_room, "type-and-wait": type_and_wait, "review-all": review_all}
    asyncio.run(tasks[sys.argv[1]](Path(sys.argv[2]), *sys.argv[3:]))
