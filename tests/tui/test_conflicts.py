"""Conflicts on the screen: seen from home, the list and the review, settled with a reason, taken back again."""

from __future__ import annotations

import os
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from rich.cells import cell_len

from modtui.services.conflicts import adjudicate, find_conflict
from modtui.services.review_session import ReviewSession
from modtui.services.workbench import Workbench
from modtui.tui import actions
from modtui.tui.app import ModtuiApp
from modtui.tui.screens.ad_list import AdListScreen
from modtui.tui.screens.home import HomeScreen
from tests.hostile.corpus import hostile_texts
from tests.services.room import MINUTE, NO, YES, Room, ad, answer, at_hand, room_at
from tests.tui.desk_story import GOLDEN
from tests.tui.place_story import Places

SLIM = "Perdez 10 kg en 10 jours !"


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    with room_at(tmp_path) as made:
        made.bring(ad("a0", SLIM), ad("a1", SLIM), ad("bread"))
        yield made


async def disagree(room: Room, ad_id: str, *others: str, note: str = "it says so") -> None:
    """Each has the ad until the claim lapses, and then decides: amina rejects it, ben approves it, and so on."""
    sessions = []
    for reviewer in ("amina", "ben", *others):
        session = await room.sit(reviewer)
        await session.open_ad("q", ad_id)
        sessions.append(session)
        room.now += 31 * MINUTE
    for place, session in enumerate(sessions):
        answer(session, wl=NO if place % 2 else YES)
        at_hand(session).desk.note = note if place == 0 else ""
        await session.decide()
        await session.close()
    assert room.item(ad_id).mark == "conflict"


@asynccontextmanager
async def at_home(
    room: Room, reviewer: str = "carl", size: tuple[int, int] = (80, 24), who: str = "others", queue: str | None = None
) -> AsyncIterator[Places]:
    bench = Workbench(room.workspace, room.rulebook, reviewer, adjudication=who, clock=room.clock)
    session = None
    if queue is not None:
        session = ReviewSession(room.workspace, room.rulebook, queue, reviewer, adjudication=who, clock=room.clock)
    app = ModtuiApp(
        session, places={"home": lambda: HomeScreen(bench), "list": lambda: AdListScreen(bench, None)}
    )  # fmt: skip
    async with app.run_test(size=size) as pilot:
        story = Places(app, pilot)
        await story.settled()
        yield story
        await app.finish_up()


async def test_a_conflict_is_seen_from_home_and_settled_with_a_reason(room: Room) -> None:
    await disagree(room, "a0")
    async with at_home(room) as story:
        story.shows("Decisions that stand against each other to be settled 1")
        await story.press(actions.CONFLICTS)
        assert story.place == "ConflictScreen"
        story.shows(
            "1 of 1", "Offer a0", SLIM, "▸ 1 reject · amina", "2 approve · ben", "“it says so”", "≠ wl", "yes", "no"
        )
        await story.press(actions.CONFLICT_RIGHT)
        story.shows("▸ 2 approve · ben")
        await story.press(actions.CONFLICT_TAKE)
        story.shows("Why approve, as ben decided?")
        await story.press("enter")
        story.shows("not settled: it needs a reason")
        assert room.item("a0").mark == "conflict"
        await story.press(actions.CONFLICT_TAKE)
        await story.write("quoted in jest")
        story.shows("a0 settled: approve, as ben decided", "No decisions stand against each other")
        assert (room.item("a0").mark, room.standing("a0")) == (None, [("carl", "approve")])
        assert room.events("a0")[-1].body["note"] == "quoted in jest"
        await story.press(actions.CONFLICT_UNDO)
        story.shows("undone: a0 is in conflict again", "▸ 1 reject · amina")
        assert room.item("a0").mark == "conflict"
        await story.press(actions.CONFLICT_BACK)
        assert story.place == "HomeScreen"
        story.shows("Decisions that stand against each other to be settled 1")


async def test_who_decided_the_ad_may_look_and_not_settle(room: Room) -> None:
    await disagree(room, "a0")
    async with at_home(room, "ben") as story:
        await story.press(actions.CONFLICTS)
        story.shows("ben decided this ad, and a conflict is settled by somebody else; you can look")
        await story.press(actions.CONFLICT_TAKE)
        assert story.place == "ConflictScreen"
        await story.press(actions.CONFLICT_REVIEW)
        story.shows("settled by somebody else")
    async with at_home(room, "ben", who="anyone") as story:
        await story.press(actions.CONFLICTS, actions.CONFLICT_TAKE)
        await story.write("on second thoughts")
        assert room.standing("a0") == [("ben", "reject")]


async def test_the_adjudicator_decides_it_otherwise_on_the_review_screen(room: Room) -> None:
    await disagree(room, "a0")
    async with at_home(room) as story:
        await story.press(actions.CONFLICTS, actions.CONFLICT_REVIEW)
        assert (story.place, story.ad_id) == ("ReviewScreen", "a0")
        story.shows("conflict")
        await story.press(actions.APPROVE)
        story.shows("amina, ben decided otherwise. Why is this right?")
        await story.press("escape")
        assert room.item("a0").mark == "conflict"
        await story.press(actions.APPROVE, "enter")
        story.shows("not settled: it needs a reason")
        await story.press(actions.APPROVE)
        await story.write("a quotation")
        assert room.item("a0").mark is None
        settled = room.events("a0")[-1]
        assert (settled.kind, settled.actor, settled.body["note"]) == ("adjudication", "carl", "a quotation")
        await story.press(actions.UNDO)
        assert room.item("a0").mark == "conflict"


async def test_from_the_list_and_from_the_review_it_is_the_ad_in_front(room: Room) -> None:
    await disagree(room, "a1")
    async with at_home(room, size=(120, 40)) as story:
        await story.press(actions.HOME_LIST)
        assert "conflict" in story.line("a1")
        await story.press(actions.LIST_DOWN, actions.CONFLICTS)
        story.shows("Offer a1", "▸ 1 reject · amina", "2 approve · ben")
        story.hides("1 of 1")
        await story.press(actions.CONFLICT_NEXT)
        story.shows("there is no other conflict here")
        await story.press(actions.CONFLICTS, actions.LIST_OPEN)
        assert (story.place, story.ad_id) == ("ReviewScreen", "a1")
        await story.press(actions.CONFLICTS)
        assert story.place == "ConflictScreen"
        await story.press(actions.CONFLICT_TAKE)
        await story.write("they promise it")
        assert (story.place, story.ad_id) == ("ReviewScreen", "a1")
        assert room.standing("a1") == [("carl", "reject")]
        story.hides("conflict")
        await story.press(actions.CONFLICTS)
        story.shows("no decisions stand against each other on this ad")


async def test_one_conflict_after_the_other_and_one_that_another_settles_meanwhile(room: Room) -> None:
    await disagree(room, "a0")
    await disagree(room, "a1")
    async with at_home(room) as story:
        await story.press(actions.HOME_LAST, actions.HOME_OPEN)
        story.shows("1 of 2", "Offer a0")
        await story.press(actions.CONFLICT_NEXT)
        story.shows("2 of 2", "Offer a1")
        await story.press(actions.CONFLICT_PREVIOUS, actions.CONFLICT_PREVIOUS)
        story.shows("this is the first conflict")
        conflict = find_conflict(room.workspace, "a0")
        adjudicate(room.workspace, conflict, "2", "dora", "a quotation", clock=room.clock)
        await story.press(actions.CONFLICT_TAKE)
        await story.write("they promise it")
        story.shows("NOT SETTLED. The conflict has changed")
        assert room.standing("a0") == [("dora", "approve")]
        await story.press(actions.CONFLICT_BACK)
        assert story.place == "HomeScreen"


async def test_three_decisions_side_by_side_as_far_as_the_window_goes(room: Room) -> None:
    await disagree(room, "a0", "dora")
    async with at_home(room) as story:
        await story.press(actions.CONFLICTS)
        story.shows("▸ 1 reject · amina", "2 approve · ben", "1 more →")
        story.hides("3 reject · dora")
        await story.press(actions.CONFLICT_RIGHT, actions.CONFLICT_RIGHT)
        story.shows("2 approve · ben", "▸ 3 reject · dora")
        await story.press(actions.CONFLICT_RIGHT, actions.CONFLICT_PANE, actions.CONFLICT_DOWN)
        story.shows("▸ 3 reject · dora")
    async with at_home(room, size=(160, 48)) as story:
        await story.press(actions.CONFLICTS)
        story.shows("1 reject · amina", "2 approve · ben")


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (160, 48)])
async def test_what_is_written_in_decisions_cannot_do_anything(room: Room, size: tuple[int, int]) -> None:
    texts = [text for _, _, text in hostile_texts()][:12]
    room.bring(ad("hostile", SLIM, advertiser={"name": texts[1]}), queue="q")
    await disagree(room, "hostile", note="".join(texts) + "\x1b[31m")
    async with at_home(room, size=size, reviewer="car\x1b]0;l") as story:
        await story.press(actions.CONFLICTS)
        shown = story.text()
        assert not any(character in shown for character in "\x1b\x07\x9b\u202e\u200b")
        assert all(cell_len(line) <= size[0] for line in shown.splitlines())
        await story.press(actions.CONFLICT_TAKE)
        assert not any(character in story.text() for character in "\x1b\x07\x9b\u202e\u200b")


async def test_without_a_conflict_it_says_so(room: Room) -> None:
    async with at_home(room) as story:
        story.hides("stand against each other")
        await story.press(actions.CONFLICTS)
        story.shows("No decisions stand against each other.")
        await story.press(actions.CONFLICT_TAKE, actions.CONFLICT_NEXT, actions.CONFLICT_REVEAL, actions.CONFLICTS)
        assert story.place == "HomeScreen"


async def test_the_screen_reads_as_its_golden(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    await disagree(room, "a0")
    async with at_home(room) as story:
        await story.press(actions.CONFLICTS)
        shown = story.text()
    golden = GOLDEN / "conflict_80x24.txt"
    if os.environ.get("MODTUI_WRITE_GOLDENS"):
        golden.write_text(shown, encoding="utf-8")
    expected = golden.read_text(encoding="utf-8") if golden.exists() else ""
    assert shown.splitlines() == expected.splitlines()
