"""Real screenshots of ads reviewed as a queue: seen in the viewer, decided, and what was seen in the record."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest

from modtui.services.catalogs import load_rulebook
from modtui.services.importing import ImportOrder, run_import
from modtui.services.media import media_room
from modtui.services.review_session import ReviewSession
from modtui.store.event_log import EventLog
from modtui.store.items import items_of_ad
from modtui.store.workspace import open_workspace
from modtui.tui import actions
from modtui.tui.app import ModtuiApp
from modtui.tui.screens.picture import PictureScreen
from tests.services.room import HOUSE, NOON

REALDATA = Path(os.environ.get("MODTUI_REALDATA", Path(__file__).parents[2].parent / "shared" / "realdata"))
ADS = REALDATA / "ads" / "bad-ads-screenshots"
COUNT = 4


@pytest.mark.skipif(not ADS.exists(), reason="no realdata here")
async def test_real_screenshots_are_reviewed_as_a_queue(tmp_path: Path) -> None:
    pytest.importorskip("PIL.Image", reason="the extra `images` is not installed")
    rows = json.loads((ADS / "ads_labels.json").read_text(encoding="utf-8"))[:COUNT]
    with (tmp_path / "shots.jsonl").open("w", encoding="utf-8") as queue:
        for row in rows:
            shutil.copy(ADS / "screenshots" / row["screenshot"], tmp_path)
            media = [{"path": row["screenshot"], "kind": "image"}]
            ad = {"id": str(row["id"]), "markets": ["FR"], "audience": {"min_age": 18}, "media": media}
            queue.write(json.dumps(ad) + "\n")
    with open_workspace(tmp_path / "w.db", NOON) as workspace:
        rulebook = load_rulebook(HOUSE, workspace, NOON)
        run_import(workspace, rulebook.catalog, ImportOrder([tmp_path / "shots.jsonl"], "shots"), clock=lambda: NOON)
        session = ReviewSession(workspace, rulebook, "shots", "amina", clock=lambda: NOON)
        app = ModtuiApp(session, media=lambda: media_room(workspace, tmp_path / "cache"))
        async with app.run_test(size=(120, 40)) as pilot:
            await pilot.pause()
            for number in range(COUNT):
                await pilot.press(app.keymap.key(actions.PICTURE))
                await pilot.pause()
                shown = app.screen
                assert isinstance(shown, PictureScreen)
                while shown.look is None:
                    await pilot.pause()
                assert shown.seen is not None and shown.seen.format == "WEBP"
                await pilot.press("escape", "N")
                await pilot.pause()
                # The last one is left undecided but for what was seen.
                if number < COUNT - 1:
                    assert app.review is not None
                    before = app.review.desk
                    await pilot.press(app.keymap.key(actions.ACCEPT))
                    while app.review.is_saving or app.review.desk is before:
                        await pilot.pause()
        for row in rows[: COUNT - 1]:
            item = items_of_ad(workspace.reader, "shots", str(row["id"]))[0]
            (event,) = EventLog().of_ad(workspace.reader, item.ad_no)
            assert event.body["outcome"] == "approve" and event.body["unopened"] == []
