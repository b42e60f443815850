"""Twins among real ads: as an exact comparison finds them, and pictures through what platforms do to them."""

from __future__ import annotations

import io
import json
import os
from pathlib import Path

import pytest

from modtui.domain.ad_json import ad_from_payload
from modtui.domain.compared import compared
from modtui.domain.picture_hash import cut_hashes, distance, picture_hash
from modtui.domain.shingles import likeness, shingles
from modtui.files.mapping_file import find_mapping
from modtui.files.pictures import draw_picture
from modtui.services.catalogs import load_rulebook
from modtui.services.importing import ImportOrder, run_import
from modtui.services.twin_pictures import VIEW
from modtui.services.twins import ALIKE_BITS, LIKE, TwinIndex
from modtui.store.items import VERSION_BITS
from modtui.store.version_feed import versions_after
from modtui.store.workspace import open_workspace
from tests.services.room import HOUSE, NOON

REPOSITORY = Path(__file__).parents[2]
REALDATA = Path(os.environ.get("MODTUI_REALDATA", REPOSITORY.parent / "shared" / "realdata"))
IRA = REALDATA / "ads" / "ira-facebook" / "fb_russia_ads_clean.csv"
SCREENSHOTS = REALDATA / "ads" / "bad-ads-screenshots" / "screenshots"
EVERY = 25


@pytest.mark.skipif(not IRA.exists(), reason="the collection of real ads is not here")
def test_twins_of_real_ads_are_those_of_an_exact_comparison(tmp_path: Path) -> None:
    mapping = find_mapping("ira-facebook", REPOSITORY / "data" / "mappings")
    with open_workspace(tmp_path / "w.db", NOON) as workspace:
        catalog = load_rulebook(HOUSE, workspace, NOON).catalog
        run_import(workspace, catalog, ImportOrder([IRA], "ira", mapping=mapping), clock=lambda: NOON)
        index = TwinIndex.open(workspace)
        while not index.catch_up(2000, with_pictures=False).is_complete:
            pass
        with workspace.read() as connection:
            rows = versions_after(connection, 0, 10_000)
        texts = {row.version_no >> VERSION_BITS: frozenset(shingles(compared(row.payload).text)) for row in rows}
        found, exact = set(), set()
        for row in rows[::EVERY]:
            ad_no = row.version_no >> VERSION_BITS
            twins = index.of(ad_from_payload(json.loads(row.payload)), ad_no, most=len(rows))
            found |= {(ad_no, twin.ad_no) for twin in twins}
            exact |= {
                (ad_no, other)
                for other, text in texts.items()
                if other != ad_no and not text.isdisjoint(texts[ad_no]) and likeness(texts[ad_no], text) >= LIKE
            }
        index.close()
    assert len(exact) > 100
    assert len(found & exact) >= 0.97 * len(exact)
    assert len(found & exact) >= 0.98 * len(found)


@pytest.mark.skipif(not SCREENSHOTS.is_dir(), reason="the collection of real ads is not here")
def test_pictures_of_real_ads_are_known_again_and_told_apart() -> None:
    image = pytest.importorskip("PIL.Image", reason="the extra `images` is not installed")

    def hashed(data: bytes, format_: str) -> int:
        cells = draw_picture(io.BytesIO(data), format_, VIEW).first
        found = picture_hash(cells.pixels, cells.columns, 2 * cells.rows)
        assert found is not None
        return found

    pairs = []
    for path in sorted(SCREENSHOTS.glob("*.webp"))[::4]:
        data = path.read_bytes()
        with image.open(io.BytesIO(data)) as shot:
            worse = io.BytesIO()
            half = shot.convert("RGB").resize((shot.width // 2, shot.height // 2))
            half.save(worse, "JPEG", quality=60)
        pairs.append((hashed(data, "WEBP"), hashed(worse.getvalue(), "JPEG")))
    cut = [(0.0, 0.03, 0.0, 0.02), (0.04, 0.0, 0.0, 0.0), (0.02, 0.02, 0.02, 0.02)]
    parts, whole = [], []
    for number, path in enumerate(sorted(SCREENSHOTS.glob("*.webp"))[::10]):
        left, top, right, bottom = cut[number % len(cut)]
        part = io.BytesIO()
        with image.open(path) as shot:
            wide, high = shot.size
            box = (round(left * wide), round(top * high), round((1 - right) * wide), round((1 - bottom) * high))
            shot.convert("RGB").crop(box).save(part, "JPEG", quality=60)
        parts.append(hashed(part.getvalue(), "JPEG"))
        cells = draw_picture(io.BytesIO(path.read_bytes()), "WEBP", VIEW).first
        whole.append(cut_hashes(cells.pixels, cells.columns, 2 * cells.rows))
    found = [
        min(distance(each, part) for each in hashes) <= ALIKE_BITS for hashes, part in zip(whole, parts, strict=True)
    ]
    assert sum(found) >= 0.9 * len(found)
    strangers = [distance(each, part) for n, hashes in enumerate(whole) for each in hashes for part in parts[:n]]
    assert min(strangers) > ALIKE_BITS
    again = [distance(first, second) <= ALIKE_BITS for first, second in pairs]
    others = [distance(first, second) for n, (first, _) in enumerate(pairs) for _, second in pairs[:n]]
    assert sum(again) >= 0.9 * len(again)
    assert min(others) > ALIKE_BITS
