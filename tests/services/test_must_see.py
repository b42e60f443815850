"""A queue that wants its main picture or video seen: before an approval, and only where it can be shown."""

from __future__ import annotations

import asyncio
from pathlib import Path

from modtui.domain.ad_json import ad_from_payload
from modtui.domain.rulings import Outcome
from modtui.services.must_see import main_medium, set_must_see
from tests.services.room import YES, ad, answer, at_hand, room_at

PICTURES = [{"path": "s.mp3", "kind": "audio"}, {"path": "1.png", "kind": "image"}, {"path": "2.png", "kind": "image"}]


def test_the_main_medium_is_the_first_that_is_seen() -> None:
    assert main_medium(ad_from_payload({"source": "q", **ad("a", media=PICTURES)})) == "media.1"
    assert main_medium(ad_from_payload({"source": "q", **ad("a", media=PICTURES[:1])})) == ""


def test_an_approval_waits_for_it_and_nothing_else_does(tmp_path: Path) -> None:
    async def story() -> None:
        with room_at(tmp_path) as room:
            room.bring(ad("a", "Lose 10 kg.", media=PICTURES), ad("b"))
            set_must_see(room.workspace, "q", True, room.clock)
            session = await room.sit()
            desk = at_hand(session).desk
            assert "seen first" in desk.plan().refusal
            assert "seen first" in desk.plan_for(Outcome.APPROVE).refusal
            answer(session, wl=YES)
            assert desk.plan().is_ready and desk.plan().outcome is Outcome.REJECT
            answer(session, wl=YES)
            desk.answer("weight.loss/promise", None)
            desk.opened.add("media.2")
            assert "seen first" in desk.plan().refusal
            desk.opened.add("media.1")
            assert "seen first" not in desk.plan().refusal
            following = session.following
            assert following is not None and "seen first" not in following.desk.plan().refusal
            await session.close()

    asyncio.run(story())


def test_what_cannot_be_shown_is_not_waited_for(tmp_path: Path) -> None:
    async def story() -> None:
        with room_at(tmp_path) as room:
            room.bring(ad("a", media=PICTURES))
            set_must_see(room.workspace, "q", True, room.clock)
            session = await room.sit()
            desk = at_hand(session).desk
            assert desk.plan().refusal
            desk.cannot_show("media.1")
            assert not desk.plan().refusal
            await session.decide()
            assert room.standing("a") == [("amina", "approve")]
            assert room.events("a")[-1].body["unopened"] == ["media.0", "media.1", "media.2"]
            await session.close()

    asyncio.run(story())


def test_other_queues_want_nothing(tmp_path: Path) -> None:
    async def story() -> None:
        with room_at(tmp_path) as room:
            room.bring(ad("a", media=PICTURES))
            room.bring(ad("b", media=PICTURES), queue="other")
            set_must_see(room.workspace, "other", True, room.clock)
            session = await room.sit()
            assert not at_hand(session).desk.plan().refusal
            await session.close()

    asyncio.run(story())
