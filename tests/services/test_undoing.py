"""Undo and redo: across sessions and restarts, refused and named where others build on it, and never doubled."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from modtui.domain.decisions import EscalationRequest
from tests.services.room import AL, MINUTE, NO, WB, WL, YES, Room, ad, answer, at_hand, ids, room_at


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    with room_at(tmp_path) as made:
        made.bring(*(ad(f"a{n}", "lose 10 kg with wine") for n in range(6)))
        yield made


async def test_undo_brings_the_ad_back_with_answers_evidence_and_note(room: Room) -> None:
    amina = await room.sit()
    answer(amina, wl=YES, wb=NO)
    at_hand(amina).desk.note = "a promise"
    at_hand(amina).desk.opened.add("media.0")
    evidence = dict(at_hand(amina).desk.evidence)
    await amina.decide()
    answer(amina, al=NO)
    change = await amina.undo()
    assert change.words == "undone: a0, reject" and change.moved
    desk = at_hand(amina).desk
    assert (desk.answers, desk.evidence, desk.note) == ({WL: YES, WB: NO}, evidence, "a promise")
    # The ad that was on the desk waits behind with its own answers; the one behind it was given back.
    assert ids(amina) == ("a0", "a1") and amina.following is not None
    assert amina.following.desk.answers == {AL: NO}
    assert room.claims() == {amina.id: ["a0", "a1"]}
    assert room.item("a0").state == "new" and room.standing("a0") == []
    await amina.decide()
    assert ids(amina) == ("a1", "a2") and at_hand(amina).desk.answers == {AL: NO}


async def test_undo_goes_back_one_act_after_another_and_redo_forward(room: Room) -> None:
    amina = await room.sit()
    await amina.decide()
    await amina.hold("break", 60)
    await amina.skip("broken ad")
    answer(amina, wl=YES)
    await amina.decide()
    said = [(await amina.undo()).words for _ in range(4)]
    assert said == ["undone: a3, reject", "undone: a2, skip", "undone: a1, hold", "undone: a0, approve"]
    assert (await amina.undo()).words == "nothing to undo"
    assert [room.item(f"a{n}").state for n in range(4)] == ["new"] * 4
    assert ids(amina) == ("a0", "a1")
    said = [(await amina.redo()).words for _ in range(4)]
    assert said == ["redone: a0, approve", "redone: a1, hold", "redone: a2, skip", "redone: a3, reject"]
    assert (await amina.redo()).words == "nothing to redo"
    assert [room.item(f"a{n}").state for n in range(4)] == ["decided", "held", "new", "decided"]
    assert room.standing("a3") == [("amina", "reject")] and ids(amina) == ("a4", "a5")
    assert (await amina.undo()).words == "undone: a3, reject"


async def test_undo_and_redo_survive_leaving_and_a_new_start(room: Room) -> None:
    amina = await room.sit()
    answer(amina, wl=YES)
    await amina.decide()
    await amina.decide()
    await amina.close()
    later = await room.sit()
    await later.undo()
    await later.undo()
    assert ids(later) == ("a0", "a1") and at_hand(later).desk.answers == {WL: YES}
    await later.close()
    last = await room.sit()
    assert ids(last) == ("a0", "a1") and at_hand(last).desk.answers == {WL: YES}
    await last.redo()
    assert ids(last) == ("a1", "a2") and room.standing("a0") == [("amina", "reject")]
    await last.redo()
    assert room.standing("a1") == [("amina", "approve")]
    decisions = [event for event in room.events("a0") if event.kind == "decision"]
    assert decisions[1].id != decisions[0].id
    assert decisions[1].body["redo_of"] == room.events("a0")[1].id
    assert decisions[1].body["answers"] == decisions[0].body["answers"]


async def test_this_session_comes_first_and_nobody_elses_is_undone(room: Room) -> None:
    early, late = await room.sit("amina"), await room.sit("amina")
    ben = await room.sit("ben")
    await late.decide()
    await ben.decide()
    await early.decide()
    assert "a2" in (await late.undo()).words
    assert "a0" in (await late.undo()).words
    assert (await late.undo()).words == "nothing to undo"
    assert room.standing("a4") == [("ben", "approve")]


async def test_a_hold_of_an_earlier_session_is_not_undone(room: Room) -> None:
    amina = await room.sit()
    await amina.hold("break", 60)
    await amina.close()
    again = await room.sit()
    assert (await again.undo()).words == "nothing to undo"


async def test_a_new_decision_clears_redo(room: Room) -> None:
    amina = await room.sit()
    await amina.decide()
    await amina.undo()
    await amina.next_ad()
    await amina.decide()
    assert (await amina.redo()).words == "nothing to redo"


async def test_redo_of_an_ad_that_changed_or_was_decided_again_does_nothing(room: Room) -> None:
    amina = await room.sit()
    await amina.decide()
    await amina.undo()
    room.bring(ad("a0", "other text"))
    assert (await amina.redo()).words == "not redone: a0 has changed since"
    room.bring(ad("a0", "lose 10 kg with wine"))
    await amina.close()
    ben = await room.sit("ben")
    again = await room.sit("amina")
    assert (await again.redo()).words == "not redone: another session has a0 now"
    await ben.decide()
    assert "a decision by ben" in (await again.redo()).words
    assert room.standing("a0") == [("ben", "approve")]


async def test_answers_are_not_taken_onto_other_content(room: Room) -> None:
    amina = await room.sit()
    answer(amina, wl=YES)
    await amina.decide()
    room.bring(ad("a0", "bread"))
    change = await amina.undo()
    assert change.words == "undone: a0, reject; it has other content now"
    assert ids(amina)[0] == "a0" and not at_hand(amina).desk.is_touched
    assert room.standing("a0") == []


async def test_what_another_builds_on_is_named_and_left_and_the_next_undo_goes_past_it(room: Room) -> None:
    amina = await room.sit("amina", second_review="all")
    await amina.decide()
    await amina.decide()
    ben = await room.sit("ben", second_review="all")
    await ben.open_ad("q", "a1")
    answer(ben, wl=YES)
    await ben.decide()
    await ben.close()
    change = await amina.undo()
    assert "a1" in change.words and "a decision by ben" in change.words and not change.moved
    assert room.standing("a1") == [("amina", "approve"), ("ben", "reject")]
    assert (await amina.undo()).words == "undone: a0, approve"
    # A new act makes it the newest again; then the one that is built on is named anew.
    await amina.decide()
    assert (await amina.undo()).words == "undone: a0, approve"


async def test_a_decision_that_another_has_replaced_is_named_not_silently_passed(room: Room) -> None:
    amina = await room.sit("amina")
    await amina.decide()
    await amina.decide()
    await (ben := await room.sit("ben")).open_ad("q", "a1")
    answer(ben, wl=YES)
    await ben.decide()
    assert room.standing("a1") == [("ben", "reject")]
    assert "not undone: approve of a1" in (await amina.undo()).words
    assert room.standing("a0") == [("amina", "approve")]


async def test_undoing_a_second_thought_puts_the_first_decision_in_force_again(room: Room) -> None:
    amina = await room.sit()
    await amina.decide()
    await amina.open_ad("q", "a0")
    answer(amina, wl=YES)
    await amina.decide()
    assert room.standing("a0") == [("amina", "reject")]
    await amina.undo()
    assert room.standing("a0") == [("amina", "approve")] and room.item("a0").state == "decided"
    await amina.redo()
    assert room.standing("a0") == [("amina", "reject")]
    await amina.undo()
    await amina.undo()
    assert room.standing("a0") == [] and room.item("a0").state == "new"


async def test_undoing_an_answer_asks_the_question_again(room: Room) -> None:
    amina = await room.sit("amina")
    at_hand(amina).desk.escalate(EscalationRequest("legal", "May they?"))
    await amina.decide()
    legal = await room.sit("lea", queue=None, route="legal")
    await legal.decide()
    assert room.item("a0").state == "decided"
    await legal.undo()
    assert room.item("a0").state == "escalated" and room.item("a0").route == "legal"
    assert at_hand(legal).question == "May they?"
    await legal.redo()
    assert room.standing("a0") == [("lea", "approve")]


async def test_an_undone_ad_that_another_session_took_stays_there(room: Room) -> None:
    amina = await room.sit("amina")
    await amina.decide()
    ben = await room.sit("ben")
    await ben.open_ad("q", "a0")
    change = await amina.undo()
    assert "another session has the ad now" in change.words and not change.moved
    assert ids(amina) == ("a1", "a2")
    assert room.standing("a0") == []


async def test_a_redo_is_not_late_because_the_first_was(room: Room) -> None:
    amina = await room.sit("amina")
    room.now += 31 * MINUTE
    await amina.decide()
    assert room.events("a0")[-1].body["late"] is True
    await amina.undo()
    await amina.redo()
    assert "late" not in room.events("a0")[-1].body
