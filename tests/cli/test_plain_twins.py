"""Twins, precedents and the advertiser's card read out, and answered line by line."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import pytest

from modtui.cli.plain import PlainReviewer
from tests.services.room import YES, Room, ad, room_at
from tests.services.test_precedents import SLIM, decide_as, slim


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    with room_at(tmp_path) as made:
        made.bring(slim("s0"), slim("s1", SLIM.replace("ten", "nine")), ad("bread"), slim("s2"))
        yield made


async def say(room: Room, *lines: str, reviewer: str = "amina") -> str:
    """What the reviewer hears for these lines."""
    out = io.StringIO()
    source = io.StringIO("".join(f"{line}\n" for line in lines))
    assert await PlainReviewer(room.session(reviewer), source, out).run() == 0
    return out.getvalue()


async def decided_before(room: Room, ad_id: str, **answers: object) -> None:
    ben = await room.sit("ben")
    await decide_as(ben, ad_id, **answers)  # type: ignore[arg-type]
    await ben.close()


async def test_past_outcomes_are_said_after_the_first_answer(room: Room) -> None:
    await decided_before(room, "s1", wl=YES)
    heard = await say(room, "T", "wln", "T")
    before, _, after = heard.partition("wl [no]")
    assert "AROUND 2 twins: 1 decided, 1 not" in before and "s1 (74 %): decided: answer first, or p" in before
    assert "reject" not in before.replace("1 of 1 rejected", "") and "s1 (74 %): reject wl by ben" in after


async def test_p_fills_in_and_takes_back_and_a_contradiction_is_warned_of_once(room: Room) -> None:
    await decided_before(room, "s1", wl=YES)
    heard = await say(room, "p", "p", "", "")
    assert "1 answer of s1, reject wl by ben, 2026-11-22 filled in\nEnter: REJECT wl" in heard
    assert "1 answer of the precedent taken back\nEnter: APPROVE" in heard
    assert "its twin s1, reject wl by ben, 2026-11-22: the same line again goes on" in heard
    (event,) = room.events("s0")
    assert event.body["outcome"] == "approve" and event.body["against_precedent"]


async def test_a_group_is_decided_after_it_was_shown(room: Room) -> None:
    heard = await say(room, "D yes", "D yes", "u")
    shown, _, done = heard.partition("D yes decides all 3")
    assert "s1: APPROVE (FR BE)" in shown and "s2: APPROVE (FR BE)" in shown
    assert "3 decided together; the last is s0: approve" in done and "and 2 decided with it" in done


async def test_answers_given_meanwhile_are_shown_again_before_they_decide(room: Room) -> None:
    heard = await say(room, "D", "wl", "D yes", "D yes", "D yes")
    assert "The answers have changed: D shows what they make of the twins now." in heard
    assert heard.index("s1: REJECT wl") > heard.index("have changed")
    assert room.item("s1").outcome == room.item("s0").outcome == "reject"


async def test_the_card_is_read_out_and_takes_a_note(room: Room) -> None:
    heard = await say(room, "A", "A Look at the page.")
    assert "Glow LLC: no ad of this advertiser has been decided" in heard
    assert "note by amina, 2026-11-22: Look at the page." in heard
    assert "AROUND note by amina, 2026-11-22: Look at the page." in await say(room)
