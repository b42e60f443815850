"""The viewer: the picture as large as the window, closer by keys, a video in scenes and frames, evidence marked."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from modtui.tui import actions
from modtui.tui.screens.picture import PictureScreen
from tests.media.made import animation, picture, video
from tests.media.media_story import MediaStory, media_desk, picture_ad
from tests.media.test_preview import has

RED, GREEN, BLUE = (220, 20, 20), (20, 220, 20), (20, 20, 220)
SPOKEN = {
    "creative": {
        "body": "Offer.",
        "transcript": [{"start_ms": 1000, "end_ms": 2000, "text": "Nobody pays today"}],
        "on_screen_text": [{"start_ms": 0, "end_ms": 900, "text": "Only now"}],
    }
}


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    (tmp_path / "red.png").write_bytes(picture("PNG", (400, 400), (200, 30, 30)))
    (tmp_path / "green.jpg").write_bytes(picture("JPEG", (400, 400), (30, 200, 30)))
    (tmp_path / "moving.gif").write_bytes(animation((RED, GREEN)))
    (tmp_path / "broken.png").write_bytes(picture()[:60])
    yield tmp_path


def viewer(desk: MediaStory) -> PictureScreen:
    screen = desk.app.screen
    assert isinstance(screen, PictureScreen)
    return screen


async def press(desk: MediaStory, *keys: actions.Action | str) -> None:
    for key in keys:
        await desk.press(key)
        await desk.drawn()


async def test_a_picture_fills_the_window_and_counts_as_opened(folder: Path) -> None:
    async with media_desk(folder, picture_ad("p1", "red.png")) as desk:
        await desk.drawn()
        small = desk.blocks()
        await press(desk, actions.PICTURE)
        assert desk.blocks() > 3 * small
        desk.shows("p1 · red.png · 400x400")
        await press(desk, "escape")
        desk.shows("▦ image red.png opened")
        desk.hides("unseen:")
        await desk.press(actions.ACCEPT)
        assert desk.session.decided[0][1]["unopened"] == []


async def test_what_was_not_opened_is_in_the_record(folder: Path) -> None:
    async with media_desk(folder, picture_ad("p1", "red.png", "green.jpg")) as desk:
        await desk.drawn()
        await press(desk, actions.PICTURE, "escape")
        desk.shows("unseen: image")
        await desk.press(actions.ACCEPT)
        assert desk.session.decided[0][1]["unopened"] == ["media.1"]


async def test_closer_and_along(folder: Path) -> None:
    async with media_desk(folder, picture_ad("p1", "red.png")) as desk:
        await press(desk, actions.PICTURE)
        assert has(desk.colours(), (0, 0, 255)) and has(desk.colours(), (200, 30, 30))
        await press(desk, "right")
        assert viewer(desk).port.crop == (0, 0, 10_000, 10_000)
        await press(desk, "+", "+", "+", "+")
        desk.shows("zoom 5.1")
        await press(desk, *["right", "down"] * 12)
        assert has(desk.colours(), (200, 30, 30)) and not has(desk.colours(), (0, 0, 255))
        await press(desk, *["left", "up"] * 30)
        assert has(desk.colours(), (0, 0, 255)) and not has(desk.colours(), (200, 30, 30))
        await press(desk, "-", "-", "-", "-")
        assert viewer(desk).port.crop == (0, 0, 10_000, 10_000)
        await press(desk, "-")
        desk.shows("all of it is shown")


async def test_a_carousel_page_by_page(folder: Path) -> None:
    async with media_desk(folder, picture_ad("p1", "red.png", "green.jpg", "broken.png")) as desk:
        await press(desk, actions.PICTURE)
        desk.shows("1 of 3")
        await press(desk, "tab")
        desk.shows("green.jpg · 2 of 3")
        assert has(desk.colours(), (30, 200, 30)) and not has(desk.colours(), (200, 30, 30))
        await press(desk, "tab")
        desk.shows("broken.png", "is damaged: image file is truncated")
        assert desk.blocks() == 0
        await press(desk, "tab")
        desk.shows("this is the last of the ad")
        await press(desk, "shift+tab", "i")
        desk.shows("red.png opened", "green.jpg opened", "broken.png not opened not shown")
        assert desk.screen.desk is not None and desk.screen.desk.unshowable == {"media.2"}


async def test_a_video_in_scenes_and_frames(folder: Path) -> None:
    video(folder / "v.mp4")
    async with media_desk(folder, picture_ad("p1", "v.mp4", **SPOKEN)) as desk:
        await press(desk, actions.PICTURE)
        shown = viewer(desk)
        desk.shows("v.mp4 · 160x96 · 0:03 · at 0:00", "▸0:00", "0:01", "0:02", "said and written", "Nobody pays today")
        assert [each.at_ms for each in shown.scenes] == [0, 1000, 2000]
        await press(desk, actions.PICTURE_SCENE)
        desk.shows("at 0:01", "▸0:01")
        await press(desk, actions.PICTURE_FRAME)
        assert shown.at_ms == 1100
        await press(desk, actions.PICTURE_FRAME_BEFORE, actions.PICTURE_FRAME_BEFORE)
        assert shown.at_ms == 900
        await press(desk, "home")
        assert shown.at_ms == 0


async def test_a_video_plays_its_scenes_with_what_is_said(folder: Path) -> None:
    video(folder / "v.mp4")
    async with media_desk(folder, picture_ad("p1", "v.mp4", **SPOKEN), size=(80, 24)) as desk:
        await press(desk, actions.PICTURE)
        desk.shows("▤ 0:00 Only now")
        shown, now = viewer(desk), [100.0]
        shown.clock = lambda: now[0]
        await press(desk, actions.PICTURE_PLAY)
        assert shown.plays_from == (100.0, 0)
        now[0] += 1.5
        shown.tick()
        await desk.drawn()
        desk.shows("♪ 0:01 Nobody pays today", "playing")
        desk.hides("Only now")
        assert shown.shown_ms == 1000
        now[0] += 9
        shown.tick()
        await desk.drawn()
        assert shown.plays_from is None and shown.at_ms == shown.duration_ms
        desk.hides("playing")


async def test_an_animation_moves_too(folder: Path) -> None:
    async with media_desk(folder, picture_ad("p1", "moving.gif")) as desk:
        await press(desk, actions.PICTURE)
        assert has(desk.colours(), RED)
        await press(desk, actions.PICTURE_FRAME)
        desk.shows("2 frames", "at 0:00.2")


async def test_a_still_does_not_play(folder: Path) -> None:
    async with media_desk(folder, picture_ad("p1", "red.png")) as desk:
        await press(desk, actions.PICTURE, actions.PICTURE_PLAY)
        desk.shows("this is a still picture")


# Evidence ---


async def test_a_box_is_evidence(folder: Path) -> None:
    async with media_desk(folder, picture_ad("p1", "red.png", creative={"body": "Lose 10 kg in 3 days."})) as desk:
        await desk.drawn()
        await desk.press("1")
        await press(desk, actions.PICTURE, "v")
        desk.shows("first corner")
        await press(desk, *["left"] * 6, *["up"] * 6, "v", *["right"] * 6, *["down"] * 12, "v")
        desk.shows("2 places of evidence for wl")
        box = viewer(desk).boxes()[0]
        assert box[0] < box[2] == 5000 and box[1] < 5000 < box[3]
        await press(desk, "escape", actions.WHY)
        desk.shows("seen in media 1", "% across", "seen in text 0-10 “Lose 10 kg”")
        await desk.press("escape", actions.REJECT)
        (finding,) = desk.session.decided[0][1]["findings"]
        assert {"component": "media.0", "box": list(box)} in finding["evidence"]


async def test_a_time_and_a_frame_are_evidence(folder: Path) -> None:
    video(folder / "v.mp4")
    async with media_desk(folder, picture_ad("p1", "v.mp4", creative={"body": "Lose 10 kg."})) as desk:
        await desk.drawn()
        await desk.press("1")
        await press(desk, actions.PICTURE, actions.PICTURE_SCENE, "v")
        desk.shows("from 0:01")
        await press(desk, actions.PICTURE_SCENE, "v")
        desk.shows("marked 0:01-0:02", "0:01 ●")
        await press(desk, "home", "v", "v")
        desk.shows("marked 0:01-0:02 0:00")
        await press(desk, "escape", actions.REJECT)
        (finding,) = desk.session.decided[0][1]["findings"]
        assert {"component": "media.0", "start_ms": 1000, "end_ms": 2000} in finding["evidence"]
        assert {"component": "media.0", "start_ms": 0, "end_ms": 0} in finding["evidence"]


async def test_evidence_needs_a_finding_and_can_be_left(folder: Path) -> None:
    async with media_desk(folder, picture_ad("p1", "red.png", creative={"body": "Lose 10 kg."})) as desk:
        await press(desk, actions.PICTURE, "v")
        desk.shows("answer a check yes first")
        await press(desk, "escape", "1", actions.PICTURE, "v", "left", "escape")
        desk.shows("nothing was marked")
        assert isinstance(desk.app.screen, PictureScreen)
        await press(desk, "v", "v", "v")
        desk.shows("a box has a width and a height")
        await press(desk, "escape")
        assert desk.app.screen is desk.screen


async def test_an_ad_without_media_has_nothing_to_open(folder: Path) -> None:
    async with media_desk(folder, picture_ad("p1")) as desk:
        await desk.press(actions.PICTURE)
        desk.shows("no picture, video or sound")


async def test_marks_stand_among_the_places_to_choose_from(folder: Path) -> None:
    async with media_desk(folder, picture_ad("p1", "red.png", creative={"body": "Lose 10 kg."})) as desk:
        await desk.drawn()
        await desk.press("1")
        await press(desk, actions.PICTURE, "v", *["left"] * 6, "v", *["right"] * 3, *["down"] * 6, "v", "escape")
        await desk.press(actions.EVIDENCE)
        desk.shows("● media 1", "% across", "● text 0-10 Lose 10 kg")


async def test_the_same_place_again_is_taken_out(folder: Path) -> None:
    video(folder / "v.mp4", seconds=1)
    async with media_desk(folder, picture_ad("p1", "v.mp4", creative={"body": "Lose 10 kg."})) as desk:
        await desk.press("1")
        await press(desk, actions.PICTURE, "v", "v")
        desk.shows("marked 0:00")
        await press(desk, "v", "v")
        desk.hides("marked")


async def test_hostile_names_and_lines_are_shown_as_text(folder: Path) -> None:
    name = "\x1b[2Jred\u202e\x9b31m.png"
    (folder / name).write_bytes((folder / "red.png").read_bytes())
    said = {"creative": {"body": "Offer.", "transcript": [{"start_ms": 0, "text": "\x1b]0;x\x07[bold]now\u202e"}]}}
    video(folder / "v.mp4", seconds=1)
    async with media_desk(folder, picture_ad("p1", name, "v.mp4", "\x1b[31mnone\n.png", **said)) as desk:
        for key in (actions.PICTURE, "tab", "tab"):
            await press(desk, key)
            shown = desk.text()
            assert not {"\x1b", "\x07", "\x9b", "\u202e"} & set(shown)
        desk.shows("is not in the folder of the queue file")


async def test_a_window_that_changes_its_size_is_drawn_anew(folder: Path) -> None:
    async with media_desk(folder, picture_ad("p1", "red.png")) as desk:
        await press(desk, actions.PICTURE)
        large = desk.blocks()
        await desk.pilot.resize_terminal(80, 24)
        await desk.drawn()
        assert 300 < desk.blocks() < large
