"""The second pair of eyes: blind, never the first reviewer's own, agreeing or in conflict."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from modtui.errors import ModtuiError
from modtui.services.listing import find_ads
from modtui.services.review_session import ReviewSession
from modtui.services.slices_saved import Filter
from tests.services.room import MP, NO, NOON, UNSURE, YES, Room, ad, answer, at_hand, ids, room_at

DAY = 24 * 3_600_000


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    with room_at(tmp_path) as made:
        made.bring(
            ad("a0", "A pill.", flags=[{"source": "model", "label": "weight"}]), ad("a1"), ad("a2"), ad("a3"),
        )  # fmt: skip
        yield made


async def approve_over_critical(room: Room, **options: str) -> ReviewSession:
    """The first reviewer approves, limited to adults, over a critical yes."""
    amina = await room.sit("amina", **options)
    answer(amina, mp=YES, wl=NO)
    at_hand(amina).desk.note = "secret reasons"
    await amina.decide()
    return amina


async def test_an_approval_over_a_critical_yes_waits_and_a_rejection_does_not(room: Room) -> None:
    amina = await approve_over_critical(room)
    assert room.item("a0").state == "second_review"
    answer(amina, tl=YES, wl=YES)
    await amina.decide()
    assert room.item("a1").state == "escalated"
    answer(amina, wl=YES)
    await amina.decide()
    assert room.item("a2").state == "decided"


@pytest.mark.parametrize(("mode", "state"), [("off", "decided"), ("approvals", "decided"), ("all", "second_review")])
async def test_which_decisions_wait_is_a_setting(room: Room, mode: str, state: str) -> None:
    amina = await room.sit("amina", second_review=mode)
    answer(amina, wl=YES)
    await amina.decide()
    assert room.item("a0").state == state


async def test_off_means_off(room: Room) -> None:
    await approve_over_critical(room, second_review="off")
    assert room.item("a0").state == "decided"


async def test_unsure_of_something_critical_waits_once_it_is_overruled(room: Room) -> None:
    amina = await room.sit("amina")
    desk = at_hand(amina).desk
    answer(amina, mp=UNSURE, wl=NO)
    from modtui.domain.rulings import Outcome

    desk.edit_cells(desk.override_for(Outcome.APPROVE, "exemption"))
    await amina.decide()
    assert room.item("a0").state == "second_review"


async def test_the_second_reviewer_sees_nothing_of_the_first(room: Room) -> None:
    await approve_over_critical(room)
    ben = await room.sit("ben")
    await ben.open_ad("q", "a0")
    on_desk = at_hand(ben)
    assert on_desk.mark == "second review"
    assert (on_desk.previous, on_desk.history, on_desk.question) == (None, (), "")
    assert not on_desk.desk.is_touched and on_desk.desk.evidence == {}
    assert on_desk.desk.case.ad.flags == () and not on_desk.desk.sheet.lit
    assert ben.offer_previous() == 0
    assert "secret" not in repr(on_desk) and "approve" not in on_desk.mark
    assert on_desk.item.outcome is None and on_desk.item.verdict is None
    row = next(each for each in find_ads(room.workspace, Filter()) if each.ad_id == "a0")
    assert row.state == "second_review" and row.outcome is None


async def test_nor_after_an_earlier_version_a_hold_or_a_draft_of_the_first(room: Room) -> None:
    amina = await approve_over_critical(room, second_review="all")
    room.bring(ad("a0", "Another pill."))
    await amina.close()
    amina = await room.sit("amina", second_review="all")
    assert ids(amina)[0] == "a0"
    await amina.decide()
    await amina.open_ad("q", "a0")
    answer(amina, wl=YES)
    await amina.close()
    ben = await room.sit("ben", second_review="all")
    await ben.open_ad("q", "a0")
    await ben.hold("break", 10)
    room.now += 11 * 60_000
    await ben.close()
    ben = await room.sit("ben", second_review="all")
    on_desk = at_hand(ben)
    assert on_desk.mark == "back from hold · second review"
    assert (on_desk.previous, on_desk.history) == (None, ()) and not on_desk.desk.is_touched
    await ben.decide()
    assert room.item("a0").state == "decided"
    assert room.standing("a0")[-2:] == [("amina", "approve"), ("ben", "approve")]


async def test_the_first_reviewer_never_gets_it(room: Room) -> None:
    amina = await approve_over_critical(room)
    came = []
    while amina.current is not None:
        came.append(ids(amina)[0])
        await amina.decide()
    assert came == ["a1", "a2", "a3"]
    ben = await room.sit("ben")
    assert ids(ben) == ("a0", None)


async def test_the_first_reviewer_who_opens_it_confirms_nothing(room: Room) -> None:
    amina = await approve_over_critical(room)
    await amina.open_ad("q", "a0")
    on_desk = at_hand(amina)
    assert on_desk.mark == "waits for another: approve by amina"
    assert on_desk.desk.answers[MP] is YES and on_desk.desk.note == "secret reasons"
    await amina.decide()
    assert room.item("a0").state == "second_review"
    assert room.standing("a0") == [("amina", "approve")]


async def test_an_abandoned_hold_does_not_give_it_to_the_first(room: Room) -> None:
    await (await approve_over_critical(room)).close()
    ben = await room.sit("ben")
    await ben.open_ad("q", "a0")
    await ben.hold("break", 10)
    await ben.close()
    room.now = NOON + 2 * DAY
    amina = await room.sit("amina")
    while amina.current is not None:
        assert ids(amina)[0] != "a0"
        await amina.decide()
    await amina.close()
    chen = await room.sit("chen")
    assert ids(chen)[0] == "a0" and at_hand(chen).mark == "back from hold · second review"


async def test_agreeing_decides_and_both_are_kept(room: Room) -> None:
    await approve_over_critical(room)
    ben = await room.sit("ben")
    await ben.open_ad("q", "a0")
    answer(ben, mp=YES, wl=NO)
    await ben.decide()
    item = room.item("a0")
    assert (item.state, item.mark) == ("decided", None)
    assert room.standing("a0") == [("amina", "approve"), ("ben", "approve")]
    first, second = room.events("a0")
    assert second.body["second_of"] == first.id and second.supersedes == ()


async def test_differing_is_a_conflict_that_shows_and_a_third_look_settles_it(room: Room) -> None:
    await approve_over_critical(room)
    ben = await room.sit("ben")
    await ben.open_ad("q", "a0")
    answer(ben, wl=YES)
    await ben.decide()
    item = room.item("a0")
    assert (item.state, item.mark) == ("decided", "conflict")
    assert room.standing("a0") == [("amina", "approve"), ("ben", "reject")]
    lead = await room.sit("lead")
    await lead.open_ad("q", "a0")
    on_desk = at_hand(lead)
    assert on_desk.mark.startswith("conflict")
    assert [line for line in on_desk.history if line.startswith("this ad")] == [
        "this ad: reject wl by ben",
        "this ad: approve mp by amina: secret reasons",
    ]
    answer(lead, wl=YES)
    with pytest.raises(ModtuiError, match="A reason is missing"):
        await lead.decide()
    on_desk.desk.note = "the picture promises it"
    await lead.decide()
    assert room.standing("a0") == [("lead", "reject")]
    assert room.item("a0").mark is None
    settled = room.events("a0")[-1]
    assert (settled.kind, settled.body["note"]) == ("adjudication", "the picture promises it")
    assert settled.supersedes == tuple(event.id for event in room.events("a0")[:2])
    await lead.undo()
    assert room.item("a0").mark == "conflict" and at_hand(lead).desk.note == "the picture promises it"
    await lead.redo()
    assert room.item("a0").mark is None


@pytest.mark.parametrize(("who", "is_refused"), [("others", True), ("anyone", False)])
async def test_a_party_settles_a_conflict_only_where_the_setting_says_so(
    room: Room, who: str, is_refused: bool
) -> None:
    await approve_over_critical(room)
    ben = await room.sit("ben", adjudication=who)
    await ben.open_ad("q", "a0")
    answer(ben, wl=YES)
    await ben.decide()
    await ben.open_ad("q", "a0")
    at_hand(ben).desk.note = "I was right"
    if is_refused:
        with pytest.raises(ModtuiError, match="Not yours to settle: ben decided this ad"):
            await ben.decide()
    else:
        await ben.decide()
    assert (room.item("a0").mark == "conflict") is is_refused
    await ben.close()


async def test_undoing_the_second_asks_for_a_second_again_and_redo_gives_it(room: Room) -> None:
    await approve_over_critical(room)
    ben = await room.sit("ben")
    await ben.open_ad("q", "a0")
    answer(ben, mp=YES)
    await ben.decide()
    await ben.undo()
    assert room.item("a0").state == "second_review"
    assert at_hand(ben).mark == "second review" and at_hand(ben).desk.answers == {MP: YES}
    await ben.redo()
    assert room.item("a0").state == "decided"
    assert room.standing("a0") == [("amina", "approve"), ("ben", "approve")]


async def test_a_second_review_of_what_was_taken_back_meanwhile_needs_a_second_itself(room: Room) -> None:
    amina = await approve_over_critical(room)
    ben = await room.sit("ben")
    await ben.open_ad("q", "a0")
    answer(ben, mp=YES)
    assert at_hand(ben).mark == "second review"
    await amina.undo()
    await ben.decide()
    assert room.item("a0").state == "second_review"
    assert room.standing("a0") == [("ben", "approve")]
    chen = await room.sit("chen")
    await chen.open_ad("q", "a0")
    assert at_hand(chen).mark == "second review"


async def test_a_redo_cannot_confirm_what_stands_no_more(room: Room) -> None:
    amina = await approve_over_critical(room)
    ben = await room.sit("ben")
    await ben.open_ad("q", "a0")
    answer(ben, mp=YES)
    await ben.decide()
    await ben.undo()
    await ben.close()
    await amina.undo()
    await amina.close()
    ben = await room.sit("ben")
    assert "does not stand any more" in (await ben.redo()).words
    assert room.standing("a0") == []
