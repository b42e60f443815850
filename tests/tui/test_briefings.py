"""Briefings: unread ones open the shift, ads they touch carry a mark, and that one was read is kept."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Iterator
from pathlib import Path

import pytest

from modtui.cli.plain import PlainReviewer
from modtui.domain.catalog import Catalog
from modtui.files.policy_file import read_catalog
from modtui.services.briefings import unread_briefings
from modtui.services.catalogs import Rulebook
from modtui.store.owner_events import briefings_read
from modtui.tui import actions
from tests.services.shift import CATALOG, Shift, plain_ad, shift_at
from tests.tui.place_story import places_of

BRIEFINGS = """
briefings:
  - id: fairs
    title: The wine fairs begin
    text: |
      Look at who is shown.
      Ask for the licence.
    policies: [alcohol.product]
    markets: [EEA]
    sunset: 2026-12-31
    must_read: yes
    rows:
      alcohol.product/sells:
        FR: {min_age: 21, ref: House rule for the fairs}
  - id: canteen
    title: "[bold]Canteen\\u202e"
    text: "Closed [@click=app.quit]on[/] Friday\\u200b"
  - {id: old, title: Long ago, text: Gone., sunset: 2026-01-01}
  - {id: spring, title: Spring, text: Later., markets: [FR], effective: 2027-03-01}
"""
WINE = plain_ad("wine-1", markets=["FR"], industry="food.alcohol", creative={"body": "A whisky."})
WINE_US = plain_ad("wine-2", markets=["US"], industry="food.alcohol", creative={"body": "A whisky."})


def catalog_with(briefings: str) -> Catalog:
    text = CATALOG.read_text(encoding="utf-8").rpartition("briefings:")[0] + briefings
    catalog, problems = read_catalog(text.encode(), "story.yaml")
    assert catalog is not None and not problems, [str(problem) for problem in problems]
    return catalog


@pytest.fixture
def shift(tmp_path: Path) -> Iterator[Shift]:
    with shift_at(tmp_path) as made:
        made.rulebook = Rulebook(catalog_with(BRIEFINGS))
        made.bring("eu-weekly", [WINE, WINE_US, plain_ad("bread")])
        yield made


def unread(shift: Shift, reviewer: str = "amina") -> list[str]:
    found = unread_briefings(shift.workspace, shift.rulebook.catalog, reviewer, "2026-11-22")
    return [each.id for each in found]


async def test_unread_briefings_open_the_shift_and_reading_one_is_kept(shift: Shift) -> None:
    async with places_of(shift) as story:
        assert story.place == "Briefings"
        story.shows("Briefing 1 of 3 · unread", "The wine fairs begin", "must be read · until 2026-12-31")
        story.shows("tightens", "Ask for the licence.", "I have read it")
        await story.press("enter")
        story.shows("Briefing 2 of 3 · unread", "[bold]Canteen⟦RLO⟧", "Closed [@click=app.quit]on[/] Friday⟦ZWSP⟧")
        await story.press("enter", "enter")
        assert story.place == "HomeScreen"
    with shift.workspace.read() as connection:
        read = list(briefings_read(connection, "amina"))
    assert [event.body["briefing"] for event in read] == ["fairs", "canteen", "spring"]
    assert unread(shift) == [] and unread(shift, "noor") == ["fairs", "canteen", "spring"]
    async with places_of(shift) as story:
        assert story.place == "HomeScreen"


async def test_what_must_be_read_blocks_nothing_and_is_shown_until_it_was(shift: Shift) -> None:
    async with places_of(shift) as story:
        await story.press("escape")
        assert story.place == "HomeScreen"
        await story.press(actions.HOME_OPEN)
        story.shows("The wine fairs begin")
        await story.press("escape")
        story.shows("1 to read: b")
        assert story.place == "ReviewScreen" and story.ad_id == "wine-1"
        await story.press(actions.BRIEFINGS, "enter")
        story.shows("Briefing 2 of 3 · unread")
        await story.press("escape")
        story.hides("to read: b")
        assert unread(shift) == ["canteen", "spring"]


async def test_a_window_too_small_hides_a_briefing_until_it_has_grown(shift: Shift) -> None:
    async with places_of(shift, size=(50, 10)) as story:
        assert story.place == "TooSmall"
        await story.press("enter", "escape")
        await story.pilot.resize_terminal(80, 24)
        await story.settled()
        assert story.place == "Briefings"
        story.shows("Briefing 1 of 3 · unread")
        await story.pilot.resize_terminal(40, 24)
        await story.settled()
        assert story.place == "TooSmall"
        await story.pilot.resize_terminal(120, 40)
        await story.settled()
        await story.press("escape")
        assert story.place == "HomeScreen"
    assert len(unread(shift)) == 3


async def test_an_ad_that_a_briefing_touches_carries_its_mark_and_its_rows(shift: Shift) -> None:
    async with places_of(shift, size=(120, 40)) as story:
        await story.press("escape", actions.HOME_OPEN, "escape")
        assert story.ad_id == "wine-1"
        story.shows("briefing: The wine fairs begin (b)", "FR: 21+ until 2026-12-31", "briefing fairs)")
        await story.press(actions.NEXT_AD)
        assert story.ad_id == "wine-2"
        story.hides("briefing: The wine fairs", "21+ (platform")
        await story.press(actions.NEXT_AD)
        story.hides("briefing:")


async def test_a_briefing_that_was_rewritten_is_unread_again(shift: Shift) -> None:
    async with places_of(shift) as story:
        await story.press("enter", "enter", "enter")
    assert unread(shift) == []
    shift.rulebook = Rulebook(catalog_with(BRIEFINGS.replace("Ask for the licence.", "Ask twice.")))
    assert unread(shift) == ["fairs"]


async def test_briefings_are_read_again_from_anywhere(shift: Shift) -> None:
    async with places_of(shift) as story:
        await story.press("enter", "enter", "enter", actions.BROWSE, actions.BRIEFINGS)
        story.shows("Briefing 1 of 3 · read", "⏎ next")
        await story.press("]", "]", "]", "[", "j", "escape")
        assert story.place == "PolicyBrowser"


async def test_a_catalog_without_briefings_says_so(tmp_path: Path) -> None:
    with shift_at(tmp_path) as bare:
        bare.bring("eu-weekly", [plain_ad("a")])
        async with places_of(bare) as story:
            assert story.place == "HomeScreen"
            await story.press(actions.BRIEFINGS)
            story.shows("no briefings in this catalog")
            await story.press(actions.HOME_OPEN, actions.BRIEFINGS)
            story.shows("no briefings in this catalog")


def test_line_mode_says_them_first_and_keeps_what_was_read(shift: Shift) -> None:
    out = io.StringIO()
    session = shift.bench().session("eu-weekly")
    asyncio.run(PlainReviewer(session, io.StringIO("b 1\nb 9\nb\nq\n"), out).run())
    said = out.getvalue()
    assert said.index("BRIEFING 1, unread, must be read: The wine fairs begin") < said.index("AD wine-1")
    assert "(briefing: The wine fairs begin (b))" in said
    assert "read: The wine fairs begin; 2 unread" in said and "Which one?" in said
    assert "BRIEFING, read: The wine fairs begin" in said and "\x1b" not in said
    assert unread(shift) == ["canteen", "spring"]
