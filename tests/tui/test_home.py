"""The home screen: where a shift begins, what is mine, and the way into every queue and route."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from modtui.tui import actions
from tests.hostile.corpus import hostile_texts
from tests.services.shift import Shift, answer_with_rejection, plain_ad, run_apart, shift_at
from tests.tui.place_story import places_of


@pytest.fixture
def shift(tmp_path: Path) -> Iterator[Shift]:
    with shift_at(tmp_path) as made:
        yield made


async def test_an_empty_workspace_says_what_to_do(shift: Shift) -> None:
    async with places_of(shift) as story:
        story.shows("There are no ads here yet.", "modtui import FILE", "modtui demo")
        await story.press(actions.HOME_OPEN)
        story.shows("nothing to open yet")
        await story.press(actions.HOME_LIST)
        story.shows("no ads to list yet")


async def test_queues_are_shown_with_what_waits_and_enter_reviews_one(shift: Shift) -> None:
    shift.bring("eu-weekly", [plain_ad("a", due_at="2026-11-22T12:30:00Z"), plain_ad("b")])
    shift.bring("uk", [plain_ad("c")])
    async with places_of(shift) as story:
        assert story.line("eu-weekly").split() == ["▸", "eu-weekly", "2", "1", *"–––––"]
        story.shows("3 waiting", "1 due < 1 h", "0 decided")
        await story.press(actions.HOME_DOWN, actions.HOME_OPEN)
        assert (story.place, story.ad_id) == ("ReviewScreen", "c")


async def test_going_home_gives_the_ads_back_and_counts_what_was_done(shift: Shift) -> None:
    shift.bring("eu-weekly", [plain_ad("a"), plain_ad("b"), plain_ad("c")])
    async with places_of(shift, size=(120, 40)) as story:
        await story.press(actions.HOME_OPEN, actions.APPROVE, actions.APPROVE, actions.UNDO, actions.GO, "h")
        assert story.place == "HomeScreen"
        assert story.line("eu-weekly").split() == ["▸", "eu-weekly", "2", *"––––––", "1"]
        story.shows("Today 1 decided: 1 approve", "1 undone", "↑3 to sync")
        await story.press(actions.HOME_OPEN)
        assert story.ad_id == "b"


async def test_from_the_review_that_was_opened_first_one_goes_home_and_back(shift: Shift) -> None:
    shift.bring("eu-weekly", [plain_ad("a"), plain_ad("b"), plain_ad("c")])
    async with places_of(shift, queue="eu-weekly") as story:
        assert (story.place, story.ad_id) == ("ReviewScreen", "a")
        await story.press(actions.APPROVE, actions.GO, "h")
        assert story.place == "HomeScreen" and story.app.review is None
        story.shows("Today 1 decided: 1 approve")
        await story.press(actions.HOME_OPEN)
        assert (story.place, story.ad_id) == ("ReviewScreen", "b")
        await story.press(actions.HELP, "escape", actions.GO, "l")
        assert story.place == "AdListScreen"


async def test_what_i_hold_is_opened_from_home(shift: Shift) -> None:
    shift.bring("eu-weekly", [plain_ad("a"), plain_ad("b")])
    async with places_of(shift) as story:
        await story.press(actions.HOME_OPEN, actions.HOLD, "3", actions.GO, "h")
        story.shows("Held by me", "back in 30 min")
        await story.press(actions.HOME_LAST, actions.HOME_OPEN)
        assert story.ad_id == "a"


async def test_an_escalation_is_answered_by_its_route_and_the_asker_reads_the_answer(shift: Shift) -> None:
    shift.bring("eu-weekly", [plain_ad("a"), plain_ad("b")])
    shift.escalate(shift.bench().session("eu-weekly"), "legal", "Is bread a bet?")
    async with places_of(shift) as story:
        story.shows(
            "Escalations waiting for an answer, by route",
            "legal 1",
            "My questions",
            "waits at legal",
            "Is bread a bet?",
        )
        await story.press(actions.HOME_LAST, actions.HOME_OPEN)
        story.shows("a waits at legal since")
    async with places_of(shift, reviewer="counsel") as story:
        story.hides("My questions")
        await story.press(actions.HOME_LAST, actions.HOME_OPEN)
        assert story.ad_id == "a"
        story.shows("Is bread a bet?")

    run_apart(answer_with_rejection(shift.bench("counsel").session(route="legal"), "It is a bet."))
    async with places_of(shift) as story:
        story.shows("NEW reject by counsel")
        story.hides("Escalations waiting")
        await story.press(actions.HOME_LAST, actions.HOME_OPEN)
        story.shows("Is bread a bet?", "reject by counsel", "gambling.real_money/offers", "It is a bet.")
        await story.press("escape", actions.HOME_REFRESH)
        story.shows("reject by counsel")
        story.hides("NEW")


async def test_what_others_import_appears(shift: Shift) -> None:
    async with places_of(shift) as story:
        await asyncio.to_thread(shift.bring, "eu-weekly", [plain_ad("a")])
        await story.press(actions.HOME_REFRESH)
        assert story.line("▸").split()[:3] == ["▸", "eu-weekly", "1"]


async def test_the_mouse_points_and_opens(shift: Shift) -> None:
    shift.bring("eu-weekly", [plain_ad("a")])
    shift.bring("uk", [plain_ad("c")])
    async with places_of(shift) as story:
        row = story.text().splitlines().index(story.line("  uk"))
        await story.pilot.click(offset=(5, row))
        await story.settled()
        assert story.line("uk").startswith("▸")
        await story.pilot.click(offset=(5, row))
        await story.settled()
        assert story.ad_id == "c"


async def test_many_lines_scroll_and_the_cursor_passes_headings(shift: Shift) -> None:
    for number in range(30):
        shift.bring(f"queue-{number:02}", [plain_ad(f"ad-{number}")])
    shift.escalate(shift.bench().session("queue-00"), "legal", "?")
    async with places_of(shift) as story:
        await story.press(*[actions.HOME_DOWN] * 30)
        assert story.line("▸").split() == ["▸", "legal", "1"]
        await story.press(actions.HOME_FIRST)
        assert story.line("▸").split()[1] == "queue-00"


async def test_help_and_palette_are_there(shift: Shift) -> None:
    shift.bring("eu-weekly", [plain_ad("a")])
    async with places_of(shift) as story:
        await story.press(actions.HELP)
        story.shows(actions.HOME_LIST.help)
        await story.press("escape", actions.PALETTE)
        await story.write("list the ads")
        assert story.place == "AdListScreen"


async def test_hostile_names_are_revealed_everywhere(shift: Shift) -> None:
    texts = [text for _, _, text in hostile_texts()][:12]
    for number, text in enumerate(texts):
        ad = plain_ad(f"ad-{number}{text}"[:180], advertiser={"name": text}, creative={"headline": text, "body": text})
        shift.bring(f"q{number}", [ad])
    shift.escalate(shift.bench().session("q0"), "legal", texts[0] + "\x1b[31m")
    async with places_of(shift, size=(120, 40)) as story:
        assert not any(character in story.text() for character in "\x1b\x07\x9b\u202e\u200b")
        await story.press(actions.HOME_LAST, actions.HOME_OPEN)
        assert not any(character in story.text() for character in "\x1b\x07\x9b\u202e\u200b")


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 60)])
async def test_every_line_fits_its_window(shift: Shift, size: tuple[int, int]) -> None:
    shift.bring("a-queue-with-quite-a-long-name-that-goes-on-and-on", [plain_ad("広告" * 30), plain_ad("b")])
    shift.escalate(shift.bench().session("a-queue-with-quite-a-long-name-that-goes-on-and-on"), "legal", "広告" * 50)
    async with places_of(shift, size=size) as story:
        from rich.cells import cell_len

        assert all(cell_len(line) <= size[0] for line in story.text().splitlines())
        story.shows("decided", "open", "keys")
