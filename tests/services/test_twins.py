"""Twins of an ad: found by text and picture, behind any import, whatever became of the file beside the workspace."""

from __future__ import annotations

import io
import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from modtui.domain.ad_json import ad_from_payload
from modtui.services import twins
from modtui.services.twins import Twin, TwinIndex, TwinProgress
from modtui.store.items import VERSION_BITS
from tests.services.room import Room, ad, room_at

SLIM = "Lose the belly with our tea, no diet and no sport, in ten days or your money back. Order today."
PACKED = "Every morning from six: fresh bread, rolls and cakes from the oven round the corner, baked by hand."


def body(ad_id: str, text: str, **payload: Any) -> dict[str, Any]:
    return ad(ad_id, creative={"headline": "Offer", "body": text}, **payload)


def filler(count: int, first: int = 0) -> list[dict[str, Any]]:
    """Ads that have nothing in common."""
    rng = random.Random(first)
    return [body(f"f{n}", " ".join(str(rng.random()) for _ in range(12))) for n in range(first, first + count)]


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    with room_at(tmp_path) as made:
        yield made


class Desk:
    """Asks for twins by id."""

    def __init__(self, room: Room) -> None:
        self.room = room
        self.index = TwinIndex.open(room.workspace)

    def of(self, ad_id: str, most: int = 200) -> dict[str, Twin]:
        item = self.room.item(ad_id)
        found = self.index.of(ad_from_payload(json.loads(item.payload)), item.ad_no, most)
        assert len({twin.ad_no for twin in found}) == len(found)
        return {twin.ad_id: twin for twin in found}

    def catch_up(self) -> TwinProgress:
        while not (progress := self.index.catch_up(170)).is_complete:
            assert not progress.is_elsewhere
        return progress


@pytest.fixture
def desk(room: Room) -> Iterator[Desk]:
    made = Desk(room)
    yield made
    made.index.close()


def test_an_ad_knows_its_twins_once_sketched_and_before(room: Room, desk: Desk) -> None:
    room.bring(
        body("a", SLIM), body("copy", SLIM.upper()), body("near", SLIM.replace("ten", "nine")), body("bread", PACKED),
        body("page", PACKED, landing_page={"url": "https://x.example", "text": SLIM}),
        body("hidden", SLIM.replace("sport", "sp\u043ert").replace("money", "mon\u200bey")),
    )  # fmt: skip
    for _ in ("not yet sketched", "sketched"):
        found = desk.of("a")
        assert list(found) == ["hidden", "copy", "near"]
        assert [twin.text_likeness for twin in found.values()][:2] == [1, 1]
        assert twins.LIKE < (found["near"].text_likeness or 0) < 1
        assert found["near"].source == "q"
        assert found["near"].version_no == found["near"].ad_no << VERSION_BITS | 1
        assert list(desk.of("bread")) == ["page"]
        assert desk.catch_up() == TwinProgress(6, 6, 6, is_complete=True)


def test_the_tables_follow_imports_and_new_versions(room: Room, desk: Desk) -> None:
    room.bring(body("a", SLIM), *filler(400))
    desk.catch_up()
    room.bring(body("b", SLIM), *filler(300, 400), body("f7", SLIM))
    assert set(desk.of("a")) == {"b", "f7"}  # a new ad and a new version, neither of them sketched
    desk.catch_up()
    assert set(desk.of("a")) == {"b", "f7"}
    assert desk.of("a")["f7"].version_no & 0xFFFFF == 2
    room.bring(body("a", PACKED), body("c", PACKED))
    assert set(desk.of("a")) == {"c"}
    assert set(desk.of("b")) == {"a", "f7"}  # as it was: its decisions stay with that content
    desk.catch_up()
    assert set(desk.of("b")) == {"a", "f7"}


def test_a_giant_family_gives_its_newest_and_no_more(room: Room, desk: Desk) -> None:
    room.bring(*(body(f"s{n}", SLIM) for n in range(300)), *(body(f"t{n}", f"{SLIM} {n}") for n in range(300)))
    desk.catch_up()
    found = desk.of("s0", most=50)
    assert list(found) == [f"s{n}" for n in range(299, 249, -1)]
    assert all(twin.text_likeness == 1 for twin in found.values())
    assert len(desk.of("t5", most=500)) == 500


def test_the_file_is_made_again_when_it_is_gone_broken_or_of_another_workspace(room: Room, desk: Desk) -> None:
    room.bring(body("a", SLIM), *filler(250), body("b", SLIM))
    path = twins.texts_path(room.workspace)
    for harm in ("gone", "broken", "other"):
        desk.catch_up()
        assert set(desk.of("a")) == {"b"}
        desk.index.close()
        data = path.read_bytes()
        path.unlink()
        if harm == "broken":
            path.write_bytes(data[:5000])
        elif harm == "other":
            path.write_bytes(data.replace(twins.stream_of(room.workspace), b"other workspace!"))
        desk.index = TwinIndex.open(room.workspace)
        assert desk.of("a") == {}
    desk.catch_up()
    assert set(desk.of("a")) == {"b"}


def test_what_a_damaged_file_says_is_held_against_the_workspace(room: Room, desk: Desk) -> None:
    room.bring(body("a", SLIM), *filler(300), body("b", SLIM))
    desk.catch_up()
    desk.index.close()
    path = twins.texts_path(room.workspace)
    data = bytearray(path.read_bytes())
    data[len(data) - 16 * 1024 :] = random.Random(1).randbytes(16 * 1024)  # which versions have a content
    path.write_bytes(data)
    desk.index = TwinIndex.open(room.workspace)
    assert desk.of("a") == {}


def test_two_at_once_do_not_sketch_twice(room: Room, desk: Desk) -> None:
    room.bring(*filler(300))
    other = TwinIndex.open(room.workspace)
    assert other.catch_up(100).done == 100
    assert desk.index.catch_up(100).is_elsewhere
    other.close()
    assert desk.catch_up().done == 300


def test_an_ad_without_words_or_with_awkward_ones_has_no_twins_and_no_trouble(room: Room, desk: Desk) -> None:
    def unworded(ad_id: str, text: str) -> dict[str, Any]:
        return ad(ad_id, creative={"body": text})

    empty = {"creative": {"format": "image"}, "media": [{"path": "gone.png"}]}
    room.bring(ad("e1") | empty, ad("e2") | empty, unworded("odd", "\u202e \ufffd \u200d"), unworded("sign", "!!!"))
    for _ in range(2):
        assert [desk.of(each) for each in ("e1", "odd", "sign")] == [{}, {}, {}]
        desk.catch_up()


def test_pictures_find_each_other_across_size_and_format(room: Room, desk: Desk) -> None:
    image = pytest.importorskip("PIL.Image", reason="the extra `images` is not installed")

    def save(name: str, seed: int, size: tuple[int, int] = (320, 240), **how: Any) -> str:
        rng = random.Random(seed)
        small = image.new("RGB", (8, 8))
        small.putdata([tuple(rng.randrange(256) for _ in range(3)) for _ in range(64)])
        out = io.BytesIO()
        small.resize(size, image.Resampling.BICUBIC).save(out, name.rpartition(".")[2].upper(), **how)
        (room.folder / name).write_bytes(out.getvalue())
        return name

    def shown(ad_id: str, text: str, *names: str) -> dict[str, Any]:
        return body(ad_id, text, media=[{"path": name, "kind": "image"} for name in names])

    room.bring(
        shown("a", SLIM, save("a.png", 1)), shown("b", PACKED, save("b.webp", 1, (160, 120), quality=30)),
        shown("c", PACKED, save("other.png", 2)), shown("d", SLIM, "gone.png"),
        shown("e", "Two pictures.", "other.png", save("e.jpeg", 1, (200, 150))),
    )  # fmt: skip
    assert desk.catch_up().pictures == 5
    found = desk.of("a")
    assert set(found) == {"b", "d", "e"}
    assert (found["d"].text_likeness, found["d"].picture_distance) == (1, None)
    assert found["b"].text_likeness is None
    assert 0 <= (found["b"].picture_distance or 0) <= twins.ALIKE_BITS
    assert set(desk.of("c")) == {"b", "e"}


def test_sketching_goes_on_where_it_ended(room: Room, desk: Desk) -> None:
    room.bring(body("a", SLIM), *filler(220), body("b", SLIM))
    assert desk.index.catch_up(100) == TwinProgress(100, 222)
    desk.index.close()
    assert desk.index.catch_up(50) == TwinProgress(150, 222)
    desk.catch_up()
    desk.index.close()
    assert desk.index.catch_up(10_000).is_complete  # opened again, nothing is done twice
    assert desk.index.catch_up(10_000).done == 222
