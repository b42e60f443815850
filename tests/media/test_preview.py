"""The preview in the ad pane: drawn behind, there with the next ad, and never in the way."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from modtui.tui import actions
from modtui.tui.half_blocks import UPPER_HALF
from tests.media.made import animation, picture, video
from tests.media.media_story import media_desk, picture_ad
from tests.media.test_pictures import near


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "red.png").write_bytes(picture("PNG", (320, 320), (200, 30, 30)))
    (tmp_path / "green.jpg").write_bytes(picture("JPEG", (320, 320), (30, 200, 30)))
    (tmp_path / "moving.gif").write_bytes(animation(((255, 0, 0), (0, 255, 0))))
    (tmp_path / "broken.png").write_bytes(picture()[:60])
    return tmp_path


def has(colours: set[tuple[int, int, int]], wanted: tuple[int, int, int]) -> bool:
    return any(near(each, wanted, 50) for each in colours)


async def test_a_picture_is_shown_beside_its_ad(folder: Path) -> None:
    async with media_desk(folder, picture_ad("p1", "red.png")) as desk:
        await desk.drawn()
        assert desk.blocks() > 100
        assert has(desk.colours(), (200, 30, 30)) and has(desk.colours(), (0, 0, 255))
        desk.shows("red.png not opened 320x320")


async def test_a_preview_is_no_opening(folder: Path) -> None:
    async with media_desk(folder, picture_ad("p1", "red.png")) as desk:
        await desk.drawn()
        assert desk.screen.desk is not None
        assert desk.screen.desk.unopened == ("media.0",)
        desk.shows("unseen: image")


async def test_the_next_ad_s_picture_is_drawn_ahead_and_follows_at_once(folder: Path) -> None:
    async with media_desk(folder, picture_ad("p1", "red.png"), picture_ad("p2", "green.jpg")) as desk:
        await desk.drawn()
        desk.screen.lay_out_ahead()
        await desk.drawn()
        assert not has(desk.colours(), (30, 200, 30))
        await desk.press(actions.ACCEPT)
        assert desk.ad_id == "p2"
        assert has(desk.colours(), (30, 200, 30)) and not has(desk.colours(), (200, 30, 30))


async def test_a_next_ad_laid_out_anew_while_its_picture_is_drawn_still_comes_with_it(folder: Path) -> None:
    async with media_desk(folder, picture_ad("p1", "red.png"), picture_ad("p2", "green.jpg")) as desk:
        await desk.drawn()
        desk.screen.ahead = None
        desk.screen._previews.clear()
        desk.screen.lay_out_ahead()
        (preview,) = desk.screen._previews.values()
        while not preview.looks:
            await asyncio.sleep(0)
        assert preview.task is not None and not preview.task.done()
        desk.screen.ahead = None
        desk.screen.lay_out_ahead()
        await preview.task
        assert desk.screen.ahead is not None
        assert any(UPPER_HALF in strip.text for strip in desk.screen.ahead.ad.strips)


async def test_a_carousel_stands_side_by_side(folder: Path) -> None:
    async with media_desk(folder, picture_ad("p1", "red.png", "green.jpg")) as desk:
        await desk.drawn()
        assert has(desk.colours(), (200, 30, 30)) and has(desk.colours(), (30, 200, 30))


async def test_what_cannot_be_shown_says_why_and_takes_no_room(folder: Path) -> None:
    async with media_desk(folder, picture_ad("p1", "broken.png", "none.png")) as desk:
        await desk.drawn()
        desk.shows("not shown: is", "damaged: image file is truncated", "in the folder of the queue file")
        assert desk.blocks() == 0
        await desk.press(actions.ACCEPT)
        assert desk.outcomes() == [("p1", "approve")]


async def test_moving_pictures_are_scenes(folder: Path) -> None:
    video(folder / "v.mp4")
    async with media_desk(folder, picture_ad("p1", "v.mp4")) as desk:
        await desk.drawn()
        assert all(has(desk.colours(), each) for each in ((220, 20, 20), (20, 220, 20), (20, 20, 220)))
        desk.shows("0:03")


async def test_a_small_window_keeps_its_lines_for_text(folder: Path) -> None:
    async with media_desk(folder, picture_ad("p1", "red.png"), size=(80, 24)) as desk:
        await desk.drawn()
        assert desk.blocks() == 0
        desk.shows("red.png", "320x320")


async def test_without_what_draws_there_is_only_the_line(folder: Path) -> None:
    from tests.tui.desk_story import desk_with

    async with desk_with(picture_ad("p1", "red.png")) as desk:
        desk.shows("▦ image red.png not opened")
