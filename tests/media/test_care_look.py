"""Care on the screens: sensitive ads start less clearly, one key shows more, and nothing of it is in a decision."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from modtui.domain.exposure import BLURRED, COARSE, GREY, HINT_ADS, Care
from modtui.services.exposure import CareBook
from modtui.store.workspace import Workspace, open_workspace
from modtui.tui import actions
from tests.media.made import picture
from tests.media.media_story import MediaStory, media_desk, picture_ad
from tests.services.room import NOON

HEALTH = {"creative": {"headline": "Slim", "body": "Lose 10 kg in 3 days."}}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "red.png").write_bytes(picture("PNG", (320, 320), (200, 30, 30)))
    return tmp_path


@pytest.fixture
def book(tmp_path: Path) -> Iterator[CareBook]:
    with open_workspace(tmp_path / "w.db", NOON) as workspace:
        yield kept(workspace, Care({"health": COARSE}, ("health",)))


def kept(workspace: Workspace, care: Care) -> CareBook:
    book = CareBook(workspace, "amina", lambda: NOON)
    book.choose(care)
    return book


def is_grey(desk: MediaStory) -> bool:
    return all(max(each) - min(each) < 6 for each in desk.colours())


async def step(desk: MediaStory) -> None:
    await desk.press(actions.REVEAL)
    await desk.drawn()


async def test_a_sensitive_ad_is_shown_step_by_step(folder: Path, book: CareBook) -> None:
    async with media_desk(folder, picture_ad("p1", "red.png", **HEALTH), care=lambda: book) as desk:
        await desk.drawn()
        assert desk.blocks() > 100 and is_grey(desk)
        few = len(desk.colours())
        await step(desk)
        desk.shows("shown blurred")
        assert is_grey(desk) and len(desk.colours()) > few
        await step(desk)
        desk.shows("shown grey")
        assert is_grey(desk)
        await step(desk)
        desk.shows("shown sharp")
        assert not is_grey(desk)
        await step(desk)
        desk.shows("everything is shown as it is")


async def test_its_text_is_masked_in_the_same_steps(folder: Path, book: CareBook) -> None:
    async with media_desk(folder, picture_ad("p1", "red.png", **HEALTH), care=lambda: book) as desk:
        await desk.drawn()
        desk.shows("···· ·· ·· ·· · ····.", "“···· ·· ··”")
        desk.hides("Lose 10 kg", "Slim")
        await step(desk)
        desk.shows("L··· 1· k· i· 3 d···.")
        await step(desk)
        desk.shows("···· ·· ·· in 3 days.", "Slim")
        await step(desk)
        desk.shows("Lose 10 kg in 3 days.", "“Lose 10 kg”")


async def test_other_ads_are_as_they_are(folder: Path, book: CareBook) -> None:
    async with media_desk(folder, picture_ad("p1", "red.png"), care=lambda: book) as desk:
        await desk.drawn()
        assert not is_grey(desk)
        desk.shows("Offer p1.")


async def test_the_viewer_starts_as_the_ad_does_and_goes_on_from_there(folder: Path, book: CareBook) -> None:
    async with media_desk(folder, picture_ad("p1", "red.png", **HEALTH), care=lambda: book) as desk:
        await desk.press(actions.PICTURE)
        await desk.drawn()
        desk.shows("coarse, clearer: z")
        assert is_grey(desk)
        for _ in range(3):
            await desk.press(actions.PICTURE_REVEAL)
            await desk.drawn()
        assert not is_grey(desk)
        desk.hides("clearer:")
        await desk.press("escape")
        await desk.drawn()
        desk.shows("Lose 10 kg in 3 days.")
        assert not is_grey(desk)


async def test_care_is_no_part_of_a_decision(folder: Path, book: CareBook) -> None:
    record = []
    for care in (None, lambda: book):
        async with media_desk(folder, picture_ad("p1", "red.png", **HEALTH), care=care) as desk:
            await desk.drawn()
            await desk.press("1", actions.REJECT)
            record.append(desk.session.decided[0][1])
    assert record[0] == record[1]
    assert record[0]["findings"][0]["evidence"][0]["quote"] == "Lose 10 kg"


async def test_the_next_ad_comes_as_it_is_to_be_shown(folder: Path, book: CareBook) -> None:
    async with media_desk(
        folder, picture_ad("p1", "red.png"), picture_ad("p2", "red.png", **HEALTH), care=lambda: book
    ) as desk:  # fmt: skip
        await desk.drawn()
        desk.screen.lay_out_ahead()
        await desk.drawn()
        await desk.press(actions.ACCEPT)
        assert desk.ad_id == "p2" and desk.blocks() > 100 and is_grey(desk)
        desk.hides("Lose 10 kg")


async def test_what_was_revealed_stays_so_when_the_ad_comes_back(folder: Path, book: CareBook) -> None:
    ads = [picture_ad("p1", "red.png", **HEALTH), picture_ad("p2", "red.png")]
    async with media_desk(folder, *ads, care=lambda: book) as desk:
        await desk.drawn()
        for _ in range(3):
            await step(desk)
        await desk.press("1", actions.REJECT, actions.UNDO)
        await desk.drawn()
        assert desk.ad_id == "p1" and not is_grey(desk)


async def test_a_break_is_hinted_at_between_two_ads(folder: Path, book: CareBook) -> None:
    book.choose(Care({"health": BLURRED}))
    for _ in range(HINT_ADS - 1):
        book.left({"health"}, 1000)
    ads = [picture_ad(f"p{number}", "red.png", **HEALTH) for number in range(3)]
    async with media_desk(folder, *ads, care=lambda: book) as desk:
        await desk.drawn()
        await desk.press("1")
        desk.hides("time for a break?")
        await desk.press(actions.REJECT)
        desk.shows("p0 reject wl", f"{HINT_ADS} sensitive ads, 0 min today: time for a break?")
        await desk.press("1", actions.REJECT)
        desk.hides("time for a break?")
        assert book.today.ads == HINT_ADS + 1


async def test_grey_for_all_is_one_choice(folder: Path, book: CareBook) -> None:
    book.choose(Care({"*": GREY}))
    async with media_desk(folder, picture_ad("p1", "red.png"), care=lambda: book) as desk:
        await desk.drawn()
        assert desk.blocks() > 100 and is_grey(desk)
