"""The list screen: any number of ads, found by words and filters, opened, reviewed along, and come back from."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from modtui.services.listing import PAGE_ROWS
from modtui.services.slices_saved import read_filter, save_slice
from modtui.tui import actions
from modtui.tui.screens.ad_list import AdListScreen
from tests.hostile.corpus import hostile_texts
from tests.services.shift import CATALOG, Shift, plain_ad, shift_at
from tests.terminal.pty_session import PtySession, control_functions, novel_control_functions, python
from tests.tui.place_story import Places, places_of

MANY = PAGE_ROWS * 4 + 7


@pytest.fixture
def shift(tmp_path: Path) -> Iterator[Shift]:
    with shift_at(tmp_path) as made:
        made.bring("eu", [plain_ad(f"ad-{n:04}", markets=["FR"] if n % 10 else ["SA"]) for n in range(MANY)])
        yield made


def cursor(story: Places) -> str:
    """The id under the cursor."""
    return story.line("▸").split()[1]


async def test_a_queue_is_listed_with_the_place_of_the_cursor(shift: Shift) -> None:
    async with places_of(shift) as story:
        await story.press(actions.HOME_LIST)
        assert story.place == "AdListScreen"
        story.shows("id state due markets advertiser title", "1 of 519", "▸ ad-0000 new SA Bakery")


async def test_the_cursor_goes_anywhere_and_pages_follow(shift: Shift) -> None:
    async with places_of(shift) as story:
        await story.press(actions.HOME_LIST, actions.LIST_LAST)
        assert cursor(story) == "ad-0518"
        story.shows("519 of 519")
        await story.press(actions.LIST_PAGE_UP, actions.LIST_UP)
        assert cursor(story) == "ad-0497"
        await story.press(actions.LIST_FIRST, actions.LIST_PAGE_DOWN, actions.LIST_DOWN)
        assert cursor(story) == "ad-0021"
        await story.press(actions.LIST_FIRST, actions.LIST_UP)
        assert cursor(story) == "ad-0000"


async def test_a_move_repaints_its_two_lines_only(shift: Shift) -> None:
    async with places_of(shift) as story:
        await story.press(actions.HOME_LIST)
        screen = story.app.screen
        assert isinstance(screen, AdListScreen)
        painted = list(screen.rows._shown)
        await story.press(actions.LIST_DOWN)
        changed = [n for n, strip in enumerate(screen.rows._shown) if strip != painted[n]]
        assert changed == [0, 1, 2]  # the frame says the place


async def test_words_and_filters_narrow_and_escape_shows_all_again(shift: Shift) -> None:
    async with places_of(shift) as story:
        await story.press(actions.HOME_LIST, actions.LIST_SEARCH)
        await story.write("offer market:GCC")
        story.shows("eu · market:GCC offer", "1 of 52")
        await story.press(actions.LIST_LAST)
        assert cursor(story) == "ad-0510"
        await story.press(actions.LIST_BACK)
        story.shows("1 of 519")
        await story.press(actions.LIST_BACK)
        assert story.place == "HomeScreen"


async def test_a_wrong_filter_is_named_and_changes_nothing(shift: Shift) -> None:
    async with places_of(shift) as story:
        await story.press(actions.HOME_LIST, actions.LIST_SEARCH)
        await story.write("state:nwe")
        story.shows("No such state", "state:new", "1 of 519")


async def test_nothing_found_is_said(shift: Shift) -> None:
    async with places_of(shift) as story:
        await story.press(actions.HOME_LIST, actions.LIST_SEARCH)
        await story.write("whisky")
        story.shows("No ad matches.", "none")
        await story.press(actions.LIST_OPEN)
        story.shows("there is no ad here to open")
        await story.press(actions.LIST_REVIEW, actions.LIST_DOWN, actions.LIST_LAST, actions.LIST_PAGE_UP)
        assert story.place == "AdListScreen"


async def test_an_index_that_is_not_complete_is_said(tmp_path: Path) -> None:
    with shift_at(tmp_path) as shift:
        shift.bring("eu", [plain_ad("a"), plain_ad("b")], indexed=False)
        async with places_of(shift) as story:
            await story.press(actions.HOME_LIST, actions.LIST_SEARCH)
            await story.write("bread")
            story.shows("search index: 0 of 2 ads so far", "No ad matches.")
            shift.bring("eu", [plain_ad("a"), plain_ad("b")])
            await story.press(actions.LIST_REFRESH)
            story.shows("1 of 2")
            story.hides("search index")


async def test_the_filter_is_put_together_by_digits(shift: Shift) -> None:
    shift.decide(shift.bench().session("eu"), 3)
    async with places_of(shift) as story:
        await story.press(actions.HOME_LIST, actions.LIST_FILTER, "2", "6", "enter", "4")
        await story.write("sa")
        story.shows("state decided", "market SA")
        await story.press("enter")
        story.shows("eu · state:decided market:SA", "1 of 1", "approve")
        await story.press(actions.LIST_FILTER, "0", "1")
        await story.write("all")
        await story.press("enter")
        story.shows("all queues", "1 of 519")


async def test_a_filter_is_kept_under_a_name_taken_and_forgotten(shift: Shift) -> None:
    save_slice(shift.workspace, "gulf", "eu", read_filter("market:GCC"))
    async with places_of(shift) as story:
        await story.press(actions.HOME_LIST, actions.LIST_SLICES, "1")
        story.shows("eu · market:GCC", "1 of 52")
        await story.press(actions.LIST_SEARCH)
        await story.write("state:new")
        await story.press(actions.LIST_SLICES, "+")
        await story.write("fresh")
        story.shows("kept as fresh")
        await story.press(actions.LIST_SLICES)
        story.shows("fresh eu: ", "gulf eu: ")
        await story.press("-", "2")
        story.shows("gulf is forgotten")
        await story.press(actions.LIST_SLICES)
        story.hides("gulf eu")


async def test_an_ad_is_opened_and_its_neighbours_are_the_list_s(shift: Shift) -> None:
    async with places_of(shift) as story:
        await story.press(actions.HOME_LIST, actions.LIST_SEARCH)
        await story.write("market:SA")
        await story.press(actions.LIST_DOWN, actions.LIST_OPEN)
        assert story.ad_id == "ad-0010"
        await story.press(actions.NEXT_AD, actions.NEXT_AD)
        assert story.ad_id == "ad-0030"
        await story.press(actions.PREVIOUS_AD, actions.APPROVE)
        assert story.ad_id == "ad-0030"
        await story.press(actions.GO, "l")
        assert cursor(story) == "ad-0030"
        assert story.line("ad-0020").split()[1] == "approve"


async def test_what_is_listed_is_reviewed_as_a_queue(shift: Shift) -> None:
    async with places_of(shift) as story:
        await story.press(actions.HOME_LIST, actions.LIST_SEARCH)
        await story.write("market:SA state:new")
        await story.press(actions.LIST_REVIEW, actions.APPROVE, actions.APPROVE)
        assert story.ad_id == "ad-0020"


async def test_an_ad_of_another_session_is_not_opened(shift: Shift) -> None:
    other = shift.bench("bo").session("eu")
    await other.start()
    async with places_of(shift) as story:
        await story.press(actions.HOME_LIST)
        assert story.line("ad-0000").split()[2:4] == ["in", "review"]
        await story.press(actions.LIST_OPEN)
        assert story.place == "AdListScreen"
        story.shows("The ad is taken")
        await story.press(actions.LIST_DOWN, actions.LIST_DOWN, actions.LIST_OPEN)
        assert story.ad_id == "ad-0002"
    await other.close()


async def test_going_to_the_list_from_a_review_shows_its_queue(shift: Shift) -> None:
    shift.bring("uk", [plain_ad("only")])
    async with places_of(shift) as story:
        await story.press(actions.HOME_DOWN, actions.HOME_OPEN, actions.GO, "l")
        story.shows("uk", "1 of 1", "▸ only")


async def test_the_mouse_points_opens_and_scrolls(shift: Shift) -> None:
    async with places_of(shift) as story:
        await story.press(actions.HOME_LIST)
        row = story.text().splitlines().index(story.line("ad-0005"))
        await story.pilot.click(offset=(10, row))
        await story.settled()
        assert cursor(story) == "ad-0005"
        await story.pilot.click(offset=(10, row))
        await story.settled()
        assert story.ad_id == "ad-0005"


async def test_hostile_rows_are_revealed_in_list_and_dialogs(tmp_path: Path) -> None:
    with shift_at(tmp_path) as shift:
        texts = [text for _, _, text in hostile_texts()]
        ads = [
            plain_ad(
                f"h-{n}",
                advertiser={"name": text or "-"},
                industry=text[:50] or None,
                creative={"headline": text or "-"},
            )
            for n, text in enumerate(texts)
        ]
        shift.bring("hostile", ads)
        save_slice(shift.workspace, "s", "hostile", read_filter('advertiser:"\x1b[31m[red]x[/]"'))
        async with places_of(shift, size=(160, 48)) as story:
            await story.press(actions.HOME_LIST)
            while True:
                assert not set(story.text()) & set("\x1b\x07\x9b\u202e\u2066\u200b\u2028")
                before = cursor(story)
                await story.press(actions.LIST_PAGE_DOWN)
                if cursor(story) == before:
                    break
            await story.press(actions.LIST_SLICES)
            assert "\x1b" not in story.text()
            await story.press("1", actions.LIST_FILTER)
            assert "\x1b" not in story.text()


def bytes_of_a_tour(shift: Shift) -> bytes:
    """What home, the list, a search, the filter and an opened ad send to a terminal."""
    env = {
        "MODTUI_WORKSPACE": str(shift.workspace.path),
        "MODTUI_POLICIES": str(CATALOG),
        "MODTUI_REVIEWER": "amina",
        "MODTUI_LATENCY_MS": "0",
        "XDG_CONFIG_HOME": str(shift.folder),
    }
    with PtySession(python("-m", "modtui"), columns=120, rows=40, env=env) as session:
        session.wait_for("Queues")
        for keys, seen in (("/", "1 of"), ("f", "Show only"), ("\x1b", "f filter"), ("\x1b[F", "▲"), ("\x1b[5~", "▼")):
            session.send(keys)
            session.wait_for(seen)
            session.wait_quiet(0.1)
        session.send("\r")
        session.wait_for("accept")
        session.wait_quiet(0.3)
        session.send("q")
        assert session.wait_exit() == 0
        return bytes(session.raw)


def test_hostile_ads_send_a_terminal_nothing_that_plain_ones_do_not(tmp_path: Path) -> None:
    texts = [text or "-" for _, _, text in hostile_texts()]
    (tmp_path / "plain").mkdir()
    (tmp_path / "hostile").mkdir()
    tours = []
    for name, words in (("plain", ["plain words, خسارة, 👍🏽"] * 200), ("hostile", texts)):
        with shift_at(tmp_path / name) as shift:
            ads = [
                plain_ad(f"h{n}{text}"[:150], advertiser={"name": text}, creative={"headline": text, "body": text})
                for n, text in enumerate(words)
            ]
            shift.bring("q", ads)
            shift.escalate(shift.bench().session("q"), "legal", words[0])
            tours.append(bytes_of_a_tour(shift))
    novel = novel_control_functions(tours[1], control_functions(tours[0]))
    assert {each for each in novel if "\\xe2\\x80\\x8d" not in each} == set()  # joiners shape emoji and words


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 60)])
async def test_every_row_fits_its_window(tmp_path: Path, size: tuple[int, int]) -> None:
    from rich.cells import cell_len

    with shift_at(tmp_path) as shift:
        wide = {"name": "株式会社" * 20}
        markets = ["FR", "DE", "SA", "US-NY", "GB", "ES", "IT"]
        ads = [
            plain_ad("広告" * 20 + str(n), advertiser=wide, markets=markets, creative={"headline": "新" * 99})
            for n in range(60)
        ]
        shift.bring("eu", ads)
        async with places_of(shift, size=size) as story:
            await story.press(actions.HOME_LIST)
            assert all(cell_len(line) <= size[0] for line in story.text().splitlines())
            story.shows("+")
