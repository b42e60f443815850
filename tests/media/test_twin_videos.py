"""Twins by video: the same one coded anew, and another that begins alike."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from modtui.domain.ad_json import ad_from_payload
from modtui.services.twins import TwinIndex
from tests.services.room import Room, room_at

av = pytest.importorskip("av", reason="the extra `video` is not installed")
pillow = pytest.importorskip("PIL.Image", reason="the extra `images` is not installed")


def film(path: Path, *seeds: int, size: tuple[int, int] = (192, 112), quality: int = 400_000) -> None:
    """A second of coloured patches for each seed."""
    with av.open(str(path), "w") as out:
        stream = out.add_stream("mpeg4", rate=10)
        stream.width, stream.height, stream.pix_fmt, stream.bit_rate = *size, "yuv420p", quality
        for seed in seeds:
            rng = random.Random(seed)
            small = pillow.new("RGB", (6, 6))
            small.putdata([tuple(rng.randrange(256) for _ in range(3)) for _ in range(36)])
            frame = av.VideoFrame.from_image(small.resize(size, pillow.Resampling.BICUBIC))
            for _ in range(10):
                frame.pts = None
                for packet in stream.encode(frame):
                    out.mux(packet)
        for packet in stream.encode():
            out.mux(packet)


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    with room_at(tmp_path) as made:
        film(made.folder / "a.mp4", 1, 2, 3, 4)
        film(made.folder / "again.mov", 1, 2, 3, 4, size=(128, 80), quality=90_000)
        film(made.folder / "begins-alike.mp4", 1, 7, 8, 9)
        (made.folder / "cut.mp4").write_bytes((made.folder / "a.mp4").read_bytes()[:200])
        names = ("a.mp4", "again.mov", "begins-alike.mp4", "cut.mp4")
        made.bring(
            *(
                {
                    "id": name,
                    "creative": {"body": word},
                    "markets": ["FR"],
                    "media": [{"path": name, "kind": "video"}],
                }
                for name, word in zip(names, ("Bread.", "Cakes.", "Shoes.", "Hats."), strict=True)
            )
        )
        yield made


def test_a_video_coded_anew_is_a_twin_and_one_that_begins_alike_is_not(room: Room) -> None:
    index = TwinIndex.open(room.workspace)
    while not index.catch_up(100).is_complete:
        pass
    assert twins(room, index, "a.mp4") == {"again.mov"}
    assert twins(room, index, "again.mov") == {"a.mp4"}
    assert twins(room, index, "begins-alike.mp4") == twins(room, index, "cut.mp4") == set()
    index.close()


def twins(room: Room, index: TwinIndex, ad_id: str) -> set[str]:
    item = room.item(ad_id)
    return {twin.ad_id for twin in index.of(ad_from_payload(json.loads(item.payload)), item.ad_no)}
