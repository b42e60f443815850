"""Twins by picture, drawn beside each other: the same picture, one with its edges cut, and another one, in words."""

from __future__ import annotations

import io
import json
import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from modtui.domain.ad_json import ad_from_payload
from modtui.domain.exposure import COARSE, Care
from modtui.files.media_cache import MediaCache
from modtui.files.media_process import MediaProcess
from modtui.services.exposure import CareBook
from modtui.services.media import MediaRoom
from modtui.services.twins import TwinIndex
from modtui.tui import actions
from modtui.tui.app import ModtuiApp
from modtui.tui.half_blocks import UPPER_HALF
from tests.services.room import Room, room_at
from tests.services.test_precedents import SLIM, slim
from tests.tui.test_twins import Desk

pillow = pytest.importorskip("PIL.Image", reason="the extra `images` is not installed")


def patches(seed: int, cut: int = 0) -> bytes:
    """A picture of coloured patches, so many pixels of 400 cut away at its left."""
    rng = random.Random(seed)
    small = pillow.new("RGB", (8, 8))
    small.putdata([tuple(rng.randrange(256) for _ in range(3)) for _ in range(64)])
    large, out = small.resize((400, 400), pillow.Resampling.BICUBIC), io.BytesIO()
    large.crop((cut, 0, 400, 400)).save(out, "PNG")
    return out.getvalue()


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    with room_at(tmp_path) as made:
        for name, content in {"a": patches(1), "cut": patches(1, 24), "other": patches(2)}.items():
            (made.folder / f"{name}.png").write_bytes(content)
        made.bring(shown("s0", "a"), shown("s1", "a"), shown("s2", "cut"), shown("s3", "other"), slim("s4"))
        yield made


def shown(ad_id: str, name: str) -> dict[str, object]:
    nine = SLIM.replace("ten", f"{ad_id} nine")
    return slim(ad_id, nine, media=[{"path": f"{name}.png", "kind": "image"}])


def media_room(room: Room) -> MediaRoom:
    return MediaRoom(lambda _: [room.folder], MediaCache(room.folder / "cache", 1 << 20), MediaProcess(20.0))


async def test_pictures_of_twins_stand_side_by_side_with_what_differs_in_words(room: Room) -> None:
    media = media_room(room)
    app = ModtuiApp(room.session("amina"), media=lambda: media)
    async with app.run_test(size=(120, 48)) as pilot:
        desk = Desk(app, pilot)
        await desk.settled()
        await desk.press(actions.TWIN)
        assert blocks(desk) > 200
        found = {}
        for _ in range(4):
            await desk.settled()
            twin = desk.app.screen.twin.item.ad_id  # type: ignore[attr-defined]
            found[twin] = next(line for line in desk.text().splitlines() if "▦" in line)
            await desk.press(actions.TWINS_DOWN)
        assert "the same picture, 0 of 128 bits differ" in found["s1"]
        assert "the same, its edges cut" in found["s2"]
        assert "another picture" in found["s3"]
        assert "no picture" in found["s4"]
        await app.finish_up()


async def test_they_are_shown_with_care(room: Room) -> None:
    media, book = media_room(room), CareBook(room.workspace, "amina")
    book.choose(Care({"*": COARSE}))
    app = ModtuiApp(room.session("amina"), media=lambda: media, care=lambda: book)
    async with app.run_test(size=(120, 48)) as pilot:
        desk = Desk(app, pilot)
        await desk.settled()
        await desk.press(actions.TWIN)
        assert blocks(desk) > 200 and all(is_grey(each) for each in colours(desk))
        for _ in range(3):
            await desk.press(actions.TWINS_REVEAL)
        assert not all(is_grey(each) for each in colours(desk))
        await app.finish_up()


def test_a_cut_picture_is_found_from_either_side(room: Room) -> None:
    room.bring(
        {"id": "p1", "creative": {"body": "Bread."}, "markets": ["FR"], "media": [{"path": "a.png", "kind": "image"}]},
        {
            "id": "p2",
            "creative": {"body": "Cakes."},
            "markets": ["FR"],
            "media": [{"path": "cut.png", "kind": "image"}],
        },
    )
    index = TwinIndex.open(room.workspace)
    while not index.catch_up(100).is_complete:
        pass
    for ad_id in ("p1", "p2"):
        found = twins_of(room, index, ad_id)
        assert {"s0", "s1", "s2"} <= found and "s3" not in found
    index.close()


def twins_of(room: Room, index: TwinIndex, ad_id: str) -> set[str]:
    item = room.item(ad_id)
    return {twin.ad_id for twin in index.of(ad_from_payload(json.loads(item.payload)), item.ad_no)}


def blocks(desk: Desk) -> int:
    return desk.text().count(UPPER_HALF)


def colours(desk: Desk) -> set[tuple[int, int, int]]:
    screen = desk.app.screen
    width, height = screen.size
    strips = [strip.crop(0, width) for strip in screen._compositor.render_strips()[:height]]
    styles = [part.style for strip in strips for part in strip if UPPER_HALF in part.text]
    return {tuple(style.color.triplet) for style in styles if style and style.color and style.color.triplet}


def is_grey(colour: tuple[int, int, int]) -> bool:
    return max(colour) - min(colour) < 6
