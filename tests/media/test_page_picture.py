"""The captured picture of a landing page: drawn below its text, or the reason why not; never in the way."""

from __future__ import annotations

from pathlib import Path

import pytest

from modtui.tui import actions
from tests.media.made import picture
from tests.media.media_story import media_desk, picture_ad


@pytest.mark.parametrize(
    ("path", "words"), [("page.png", "320x320"), ("broken.png", "not shown"), ("gone.png", "not shown")]
)
async def test_the_captured_picture_or_the_reason_stands_below_the_text(tmp_path: Path, path: str, words: str) -> None:
    (tmp_path / "page.png").write_bytes(picture("PNG", (320, 320), (200, 30, 30)))
    (tmp_path / "broken.png").write_bytes(picture()[:60])
    page = {"url": "https://a.example", "text": "Bread, baked at six.", "media": path}
    async with media_desk(tmp_path, picture_ad("p1", landing_page=page, creative={"body": "Bread."})) as desk:
        await desk.press(actions.PAGE_BESIDE)
        await desk.app.workers.wait_for_complete()
        await desk.settled()
        desk.shows("Bread, baked at six.", f"▦ {path}  {words}")
        assert (desk.blocks() > 100) is (words == "320x320")
        await desk.press(actions.PAGE_BACK, actions.ACCEPT)
        assert desk.outcomes() == [("p1", "approve")]
