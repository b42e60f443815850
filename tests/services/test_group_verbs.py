"""Deciding twins together: each its own ruling and event, undone alone or with the rest, and never half."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from modtui.domain.decisions import EscalationRequest
from modtui.errors import ModtuiError
from modtui.services import group_verbs
from modtui.services.group_verbs import Group
from modtui.services.review_session import ReviewSession
from tests.services.room import LICENCE, NO, WL, YES, Room, ad, answer, at_hand, ids, room_at
from tests.services.test_precedents import around, decide_as, slim


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    with room_at(tmp_path) as made:
        made.bring(
            slim("s0", markets=["BE"]), slim("s1", markets=["IT"]), slim("s2", markets=["SA", "BE"]), ad("bread"),
            slim("s3", markets=["SA"]),
        )  # fmt: skip
        yield made


async def planned(session: ReviewSession, ad_id: str = "s0", **answers: object) -> Group:
    await session.open_ad("q", ad_id)
    answer(session, **answers)  # type: ignore[arg-type]
    return await session.plan_group((await around(session)).twins)


def outcomes(room: Room) -> dict[str, str | None]:
    return {ad_id: room.item(ad_id).outcome for ad_id in ("s0", "s1", "s2", "s3", "bread")}


NONE = {"s0": None, "s1": None, "s2": None, "s3": None, "bread": None}


async def test_each_member_is_decided_by_the_shared_answers_in_its_own_markets(room: Room) -> None:
    amina = await room.sit()
    group = await planned(amina, al=YES, wl=NO)
    assert {member.item.ad_id: member.words for member in group.members} == {
        "s1": "APPROVE", "s2": "APPROVE LIMITED al", "s3": "REJECT al",
    }  # fmt: skip
    assert outcomes(room) == NONE and group.size == 4 and group.left_out == []
    told: list[tuple[int, int]] = []
    change = await amina.decide_group(group, lambda done, of: told.append((done, of)))
    assert change.words.startswith("4 decided together; the last is s0") and told == [(3, 4)]
    assert outcomes(room) == NONE | {
        "s0": "approve", "s1": "approve", "s2": "approve_limited", "s3": "reject"
    }  # fmt: skip
    events = [event for ad_id in ("s0", "s1", "s2", "s3") for event in room.events(ad_id)]
    assert len(events) == 4 and {event.body["group"]["id"] for event in events} == {group.id}
    assert all(event.body["group"]["of"] == 4 and "late" not in event.body for event in events)
    assert [event.subject.ad_id for event in sorted(events, key=lambda event: event.seq) if event.subject][-1] == "s0"
    assert ids(amina)[0] == "bread" and room.claims() == {amina.id: ["bread"]} and room.is_whole()


async def test_a_members_papers_are_its_own(room: Room) -> None:
    licensed = {"name": "Glow LLC", "certificates": [LICENCE]}
    room.bring(slim("s1", markets=["FR"], advertiser=licensed), slim("s2", markets=["FR"]))
    amina = await room.sit()
    group = await planned(amina, al=YES, wl=NO)
    assert {member.item.ad_id: member.words for member in group.members} == {"s1": "APPROVE", "s3": "REJECT al"}
    (left,) = group.left_out
    assert left.ad_id == "s2" and "required check is open" in left.why


async def test_who_is_left_out_is_named_with_the_reason(room: Room) -> None:
    room.bring(*(slim(f"t{n}") for n in range(6)))
    ben = await room.sit("ben")
    await decide_as(ben, "t0", wl=YES)
    await ben.open_ad("q", "t1")
    await ben.hold("break", 10)
    amina = await room.sit()
    await amina.open_ad("q", "t2")
    await amina.skip("other")
    await amina.open_ad("q", "t3")
    answer(amina, wl=YES)
    await amina.save_draft()
    await ben.open_ad("q", "bread")
    await ben.open_ad("q", "t4")
    group = await planned(amina, wl=YES)
    assert {each.ad_id: each.why for each in group.left_out} == {
        "t0": "decided by ben",
        "t1": "held",
        "t2": "you gave it back before",
        "t3": "you have unfinished work on it",
        "t4": "another reviewer has it now",
    }
    assert {member.item.ad_id for member in group.members} >= {"s1", "s2", "s3"}


async def test_what_must_be_answered_on_a_member_first_leaves_it_out(room: Room) -> None:
    room.bring(slim("lit", flags=[{"source": "model", "label": "weight"}]))
    amina = await room.sit()
    group = await planned(amina, al=NO)
    (left,) = group.left_out
    assert left.ad_id == "lit" and "required check is open" in left.why
    assert "lit" not in {member.item.ad_id for member in group.members}


async def test_what_is_of_one_ad_is_not_shared(room: Room) -> None:
    amina = await room.sit()
    await amina.open_ad("q", "s0")
    twins = (await around(amina)).twins
    at_hand(amina).desk.escalate(EscalationRequest("legal", "May they?"))
    with pytest.raises(ModtuiError, match="Not shared with twins"):
        await amina.plan_group(twins)


async def test_whoever_takes_or_changes_a_member_meanwhile_leaves_it_out(room: Room) -> None:
    room.bring(ad("x"), queue="elsewhere")
    amina, ben = await room.sit(), await room.sit("ben", "elsewhere")
    group = await planned(amina, wl=YES)
    await ben.open_ad("q", "s3")
    room.bring(slim("s2", markets=["IT"]))
    change = await amina.decide_group(group)
    assert {each.ad_id: each.why for each in group.left_out} == {
        "s2": "it has changed meanwhile", "s3": "another reviewer has it now",
    }  # fmt: skip
    assert change.words.startswith("2 decided together, 2 left out")
    assert outcomes(room) == NONE | {"s0": "reject", "s1": "reject"}


async def test_undo_takes_the_group_back_together(room: Room) -> None:
    amina = await room.sit()
    await decide_as(amina, "bread")
    await amina.decide_group(await planned(amina, wl=YES))
    change = await amina.undo()
    assert change.words == "undone: s0, reject, and 3 decided with it"
    assert outcomes(room) == NONE | {"bread": "approve"}
    assert ids(amina)[0] == "s0" and at_hand(amina).desk.answers == {WL: YES}
    assert room.draft("s1") is None and room.is_whole()
    assert (await amina.undo()).words.startswith("undone: bread")


async def test_one_of_the_group_is_taken_back_alone_when_it_is_open(room: Room) -> None:
    amina = await room.sit()
    await amina.decide_group(await planned(amina, wl=YES))
    await amina.open_ad("q", "s2")
    await amina.undo()
    assert outcomes(room) == NONE | {"s0": "reject", "s1": "reject", "s3": "reject"}
    assert ids(amina)[0] == "s2" and at_hand(amina).desk.answers == {WL: YES}
    answer(amina, wl=NO)
    await amina.decide()
    assert outcomes(room)["s2"] == "approve"
    await amina.undo()
    assert (await amina.undo()).words == "undone: s0, reject, and 2 decided with it"
    assert outcomes(room) == NONE


async def test_what_others_built_on_stays_and_is_named(room: Room) -> None:
    amina = await room.sit()
    await amina.decide_group(await planned(amina, wl=YES))
    ben = await room.sit("ben")
    await ben.open_ad("q", "s1")
    answer(ben, wl=NO)
    await ben.decide()
    await amina.undo()
    assert outcomes(room) == NONE | {"s1": "approve"}


async def test_redo_does_the_group_again_but_for_what_has_changed(room: Room) -> None:
    amina = await room.sit()
    await amina.decide_group(await planned(amina, wl=YES))
    await amina.undo()
    room.bring(slim("s3", "Something else altogether, with no tea in it and no belly."))
    change = await amina.redo()
    assert change.words == "redone: s0, reject, and 2 decided with it; not s3: they have changed"
    assert outcomes(room) == NONE | {"s0": "reject", "s1": "reject", "s2": "reject"}
    assert (await amina.undo()).words == "undone: s0, reject, and 2 decided with it"
    assert (await amina.redo()).words.startswith("redone: s0, reject, and 2 decided with it")
    assert (await amina.redo()).words.startswith("not redone") and outcomes(room)["s3"] is None


async def test_redo_of_one_taken_back_alone_does_that_one_again(room: Room) -> None:
    amina = await room.sit()
    await amina.decide_group(await planned(amina, wl=YES))
    await amina.open_ad("q", "s2")
    await amina.undo()
    assert (await amina.redo()).words == "redone: s2, reject"
    assert all(len(room.events(ad_id)) == 1 for ad_id in ("s0", "s1", "s3"))


async def test_a_group_that_broke_off_goes_on_where_it_stopped(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(group_verbs, "AT_ONCE", 1)
    amina = await room.sit()
    group = await planned(amina, wl=YES)

    def stop(done: int, of: int) -> None:
        if done == 2:
            raise ModtuiError("The cable is out")

    with pytest.raises(ModtuiError, match="cable"):
        await amina.decide_group(group, stop)
    assert sorted(filter(None, outcomes(room).values())) == ["reject", "reject"] and ids(amina)[0] == "s0"
    await amina.decide_group(group)
    assert outcomes(room) == NONE | dict.fromkeys(("s0", "s1", "s2", "s3"), "reject")
    assert all(len(room.events(ad_id)) == 1 for ad_id in ("s0", "s1", "s2", "s3")) and room.is_whole()


async def test_a_group_left_half_by_a_kill_is_undone_whole(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(group_verbs, "AT_ONCE", 1)
    amina = await room.sit()
    group = await planned(amina, wl=YES)

    def stop(done: int, of: int) -> None:
        if done == 2:
            raise ModtuiError("Killed")

    with pytest.raises(ModtuiError):
        await amina.decide_group(group, stop)
    await amina.close()
    amina = await room.sit()
    assert (await amina.undo()).words.endswith("and 1 decided with it")
    assert outcomes(room) == NONE
