"""Twins, precedents and the advertiser's card on the screen: told as a reviewer meets them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from modtui.domain.rulings import Outcome
from modtui.services.review_session import ReviewSession
from modtui.tui import actions
from modtui.tui.app import ModtuiApp
from tests.services.room import MP, NO, WL, YES, Room, ad, answer, at_hand, room_at
from tests.services.test_precedents import SLIM, slim
from tests.tui.place_story import Places


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    with room_at(tmp_path) as made:
        made.bring(
            slim("s0"), slim("s1", SLIM.replace("ten", "nine")), slim("s2", advertiser={"name": "Rival"}), ad("bread"),
            slim("s3", markets=["IT"]),
        )  # fmt: skip
        yield made


async def decided_before(room: Room, *ads: str, reviewer: str = "ben", outcome: str = "", **answers: object) -> None:
    """What somebody decided earlier."""
    session = await room.sit(reviewer)
    for ad_id in ads:
        await session.open_ad("q", ad_id)
        answer(session, **answers)  # type: ignore[arg-type]
        desk = at_hand(session).desk
        if outcome:
            desk.edit_cells(desk.override_for(Outcome(outcome), "context"))
        await session.decide()
    await session.close()


class Desk(Places):
    """The app at a real session; waits for what is read behind it as well."""

    async def settled(self) -> None:
        await super().settled()
        review = self.app.review
        while review is not None:
            tasks = [known.task for known in review._known.values() if known.task is not None and not known.task.done()]
            if not tasks:
                break
            for task in tasks:
                await task
            await super().settled()
        await super().settled()

    @property
    def title(self) -> str:
        """The frame line of the ad."""
        return next(line for line in self.text().splitlines() if f" {self.ad_id} " in line)


@asynccontextmanager
async def reviewing(
    room: Room, ad_id: str, size: tuple[int, int] = (80, 24), reviewer: str = "amina"
) -> AsyncIterator[tuple[Desk, ReviewSession]]:
    session = room.session(reviewer)
    app = ModtuiApp(session)
    async with app.run_test(size=size) as pilot:
        desk = Desk(app, pilot)
        await desk.settled()
        review = app.review
        assert review is not None
        if desk.ad_id != ad_id:
            review.carry_out(lambda: session.open_ad("q", ad_id), writes=False)
        await desk.settled()
        yield desk, session
        await app.finish_up()


async def test_only_the_count_shows_until_the_reviewer_has_answered(room: Room) -> None:
    await decided_before(room, "s1", "s2", wl=YES)
    async with reviewing(room, "s0", (160, 48)) as (desk, _):
        assert desk.title.count("3 twins") == 1 and "reject" not in desk.title
        desk.shows("3 twins: 2 decided, 1 not")
        desk.hides("reject wl by ben")
        await desk.press(actions.TWIN)
        desk.shows("twins of s0", "decided", "after your first answer")
        desk.hides("reject")
        await desk.press(actions.TWINS_BACK, "n")
        assert "3 twins: 2 reject wl" in desk.title
        desk.shows("s2 (copy): reject wl by ben,", "s1 (", "1 not decided")
        await desk.press("n")
        assert "2 reject wl" in desk.title


async def test_p_fills_in_the_newest_precedent_and_again_takes_it_back(room: Room) -> None:
    await decided_before(room, "s1", wl=YES, wb=NO)
    async with reviewing(room, "s0") as (desk, _):
        await desk.press(actions.PRECEDENT)
        desk.shows("2 answers of s1, reject wl by ben, 2026-11-22 filled in", "REJECT wl")
        assert "1 reject wl" in desk.title
        await desk.press(actions.PRECEDENT)
        desk.shows("2 answers of the precedent taken back", "APPROVE")
        await desk.press(actions.PRECEDENT, actions.ACCEPT)
    (event,) = room.events("s0")
    assert event.body["outcome"] == "reject" and len(event.body["precedent"]["answers"]) == 2


async def test_p_says_why_there_is_nothing_to_fill_in(room: Room) -> None:
    async with reviewing(room, "s0") as (desk, session):
        await desk.press(actions.PRECEDENT)
        desk.shows("no twin of this ad has been decided")
        review = desk.app.review
        assert review is not None
        review.carry_out(lambda: session.open_ad("q", "bread"), writes=False)
        await desk.settled()
        await desk.press(actions.TWIN)
        desk.shows("this ad has no twins")


async def test_against_the_precedent_the_first_enter_warns_and_the_second_goes_on(room: Room) -> None:
    await decided_before(room, "s1", wl=YES)
    async with reviewing(room, "s0") as (desk, _):
        await desk.press(actions.ACCEPT)
        assert room.item("s0").outcome is None
        desk.shows("its twin s1, reject wl by ben, 2026-11-22: the same key again goes on")
        await desk.press(actions.ACCEPT)
    (event,) = room.events("s0")
    assert (event.body["outcome"], event.body["against_precedent"]) == ("approve", room.events("s1")[0].id)


async def test_in_line_with_the_precedent_nothing_is_said(room: Room) -> None:
    await decided_before(room, "s1", wl=YES)
    async with reviewing(room, "s0") as (desk, _):
        desk.app.review.desk.answer(WL, YES)  # type: ignore[union-attr]
        await desk.press(actions.ACCEPT)
    assert room.item("s0").outcome == "reject" and "against_precedent" not in room.events("s0")[0].body


async def test_a_warning_before_an_override_stands_once_too(room: Room) -> None:
    await decided_before(room, "s1", wl=NO)
    async with reviewing(room, "s0") as (desk, _):
        await desk.press(actions.PRECEDENT, actions.REJECT)
        desk.shows("Reject: which check?")
        await desk.press("enter")
        desk.shows("its twin s1, approve by ben")
        assert room.item("s0").outcome is None
        await desk.press(actions.REJECT)
    assert room.item("s0").outcome == "reject"


@pytest.mark.parametrize("size", [(80, 24), (160, 48)])
async def test_twins_stand_side_by_side_with_the_differences_marked(room: Room, size: tuple[int, int]) -> None:
    await decided_before(room, "s1", wl=YES)
    async with reviewing(room, "s0", size) as (desk, _):
        await desk.press("n", actions.TWIN)
        desk.shows("twins of s0", "1 reject wl", "▸ s1", "reject wl", "not decided")
        marked = {
            view: [
                part.text
                for strip in desk.app.screen.query_one(view)._content  # type: ignore[attr-defined]
                for part in strip
                if part.style is not None and part.style.underline
            ]
            for view in ("#here", "#there")
        }
        assert marked == {"#here": ["ten"], "#there": ["nine"]}
        await desk.press("j")
        desk.shows("Rival", "the same in both")


async def test_a_twin_is_opened_from_the_list_and_this_ad_waits_behind_it(room: Room) -> None:
    async with reviewing(room, "s0") as (desk, _):
        await desk.press(actions.TWIN, "j")
        name = desk.app.screen.twin.item.ad_id  # type: ignore[attr-defined]
        await desk.press(actions.TWINS_OPEN)
        assert desk.ad_id == name


async def test_a_group_is_decided_after_its_members_were_shown(room: Room) -> None:
    await decided_before(room, "s1", reviewer="ben", wl=NO)
    async with reviewing(room, "s0") as (desk, _):
        review = desk.app.review
        assert review is not None and review.desk is not None
        review.desk.answer(WL, YES)
        await desk.press(actions.TWIN, actions.TWINS_GROUP)
        desk.shows("Decide 3 ads together", "3 REJECT wl", "s2: REJECT wl", "Left out: 1", "s1: decided by ben")
        assert room.item("s0").outcome is None and room.item("s2").outcome is None
        await desk.press("escape")
        desk.shows("twins of s0")
        assert room.item("s2").outcome is None
        await desk.press(actions.TWINS_GROUP, "enter")
        desk.shows("3 decided together, 1 left out")
        assert [room.item(each).outcome for each in ("s0", "s1", "s2", "s3")] == [
            "reject", "approve", "reject", "reject",
        ]  # fmt: skip
        assert desk.ad_id == "bread"
        assert room.events("s0")[0].body["against_precedent"] == room.events("s1")[0].id
        await desk.press(actions.UNDO)
        desk.shows("and 2 decided with it")
        assert [room.item(each).outcome for each in ("s0", "s2", "s3")] == [None] * 3 and desk.ad_id == "s0"


async def test_right_to_left_twins_are_stacked_so_that_their_text_ends_its_row(room: Room) -> None:
    arabic = "شاي يخفف الوزن في عشرة أيام بلا رياضة ولا حمية اطلبه اليوم من متجرنا بسعر خاص"
    room.bring(slim("r0", arabic), slim("r1", arabic.replace("عشرة", "تسعة")))
    async with reviewing(room, "r0", (120, 40)) as (desk, _):
        await desk.press(actions.TWIN)
        lines = [line for line in desk.text().splitlines() if "شاي" in line]
        assert len(lines) == 2 and desk.app.screen.has_class("-stacked")


async def test_what_the_reviewer_has_masked_is_masked_among_the_twins(room: Room) -> None:
    async with reviewing(room, "s0", (120, 40)) as (desk, _):
        review = desk.app.review
        assert review is not None and review.desk is not None
        review.desk.shown_as = "coarse"
        await desk.press(actions.TWIN)
        desk.hides("Lose the belly", "Slim tea")


async def test_an_ad_that_is_not_ready_decides_no_group(room: Room) -> None:
    room.bring(slim("lit", flags=[{"source": "model", "label": "weight"}]))
    async with reviewing(room, "lit") as (desk, _):
        await desk.press(actions.TWIN, actions.TWINS_GROUP)
        desk.shows("Not ready: 1 required check is open")


async def test_a_note_on_the_advertiser_comes_up_with_its_next_ad(room: Room) -> None:
    await decided_before(room, "s1", "bread", wl=YES)
    async with reviewing(room, "s0", (120, 40)) as (desk, _):
        await desk.press(actions.CARD)
        desk.shows("Glow LLC", "2 of 2 rejected, last wl on 2026-11-22", "found: wl 2", "no notes", "Rival: s2")
        await desk.press(actions.CARD_NOTE, *"Watch the page.".replace(" ", "_"), "enter")
        desk.shows("noted", "notes: 1", "Watch_the_page.", "2026-11-22 amina, at s0")
        await desk.press(actions.CARD_BACK)
        assert "1 note" in desk.title
    async with reviewing(room, "s3", (120, 40), "ben") as (desk, _):
        desk.shows("1 note", "note by amina, 2026-11-22: Watch_the_page.")
        await desk.press(actions.CARD, actions.CARD_UNNOTE)
        desk.shows("no note here is yours")
    async with reviewing(room, "s3", (120, 40)) as (desk, _):
        await desk.press(actions.CARD, actions.CARD_UNNOTE)
        desk.shows("taken back", "no notes")
        await desk.press(actions.CARD_BACK)
        desk.hides("Watch_the_page.")
    async with reviewing(room, "s2") as (desk, _):
        assert "note" not in desk.title


async def test_a_second_reviewer_meets_none_of_it(room: Room) -> None:
    await decided_before(room, "s1", wl=YES)
    await decided_before(room, "s0", mp=YES, wl=NO)
    assert room.item("s0").state == "second_review" and MP in room.events("s0")[0].body["answers"]
    async with reviewing(room, "s0", (120, 40)) as (desk, _):
        assert "twin" not in desk.text()
        for action in (actions.PRECEDENT, actions.TWIN, actions.CARD):
            await desk.press(action)
            desk.shows("judged alone")
        await desk.press(actions.ACCEPT)
        assert room.item("s0").outcome == "approve"
    async with reviewing(room, "s2", (120, 40)) as (desk, _):
        await desk.press("n")
        assert "3 twins: 1 reject wl · 1 approve" in desk.title or "1 approve · 1 reject wl" in desk.title


async def test_hostile_twins_advertisers_and_notes_are_text(room: Room) -> None:
    bad = "\x1b]0;x\x07[bold]\u202eon[/] @click"
    who = {"name": f"Evil {bad}"}
    room.bring(
        slim("h0", f"{SLIM} {bad}", advertiser=who), slim("h1", f"{SLIM} {bad} \u200b", advertiser={"name": f"B {bad}"})
    )
    await decided_before(room, "h1", wl=YES)
    async with reviewing(room, "h0", (120, 40)) as (desk, session):
        assert session.precedents is not None
        await session.precedents.notes.write(who["name"], bad, None)
        await desk.press("n", actions.TWIN)
        assert not {"\x1b", "\x07", "\u202e", "\u200b"} & set(desk.text())
        await desk.press(actions.TWINS_GROUP)
        assert not {"\x1b", "\x07", "\u202e", "\u200b"} & set(desk.text())
        await desk.press("escape", actions.TWINS_BACK, actions.CARD)
        desk.shows("Evil", "[bold]⟦RLO⟧on[/] @click")
        assert not {"\x1b", "\x07", "\u202e", "\u200b"} & set(desk.text())
