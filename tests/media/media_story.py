"""A review session over ads with media, in the words of a reviewer."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from rich.segment import Segment

from modtui.domain.ads import Ad
from modtui.files.media_cache import MediaCache
from modtui.files.media_process import MediaProcess
from modtui.services.exposure import CareBook
from modtui.services.media import MediaRoom
from modtui.tui import keymap as keymaps
from modtui.tui.app import ModtuiApp
from modtui.tui.half_blocks import UPPER_HALF
from tests.tui.desk_story import Story, ad, catalog
from tests.tui.list_session import ListSession


class MediaStory(Story):
    """Waits for what is drawn, and knows what stands on the screen in half blocks."""

    async def drawn(self) -> None:
        """Wait until nothing is being drawn any more."""
        for _ in range(400):
            await self.pilot.pause()
            tasks = [each.task for each in self.screen._previews.values() if each.task is not None]
            tasks += [task for task in (getattr(self.app.screen, "drawing", None),) if task is not None]
            waiting = [task for task in tasks if not task.done()]
            if not waiting:
                break
            for task in waiting:
                await task
        await self.pilot.pause()

    def blocks(self) -> int:
        """Cells of pictures on the screen."""
        return sum(segment.text.count(UPPER_HALF) for segment in self.segments())

    def colours(self) -> set[tuple[int, int, int]]:
        """The colours of those cells."""
        found = set()
        for segment in self.segments():
            if UPPER_HALF in segment.text and segment.style and segment.style.color and segment.style.color.triplet:
                found.add(tuple(segment.style.color.triplet))
        return found

    def segments(self) -> list[Segment]:
        width, height = self.app.screen.size
        strips = self.app.screen._compositor.render_strips()[:height]
        return [segment for strip in strips for segment in strip.crop(0, width)]


def picture_ad(ad_id: str, *paths: str, **payload: Any) -> Ad:
    media = [{"path": path, "kind": "video" if path.endswith(("mp4", "mpg")) else "image"} for path in paths]
    return ad(ad_id, **({"creative": {"body": f"Offer {ad_id}."}, "media": media} | payload))


@asynccontextmanager
async def media_desk(
    folder: Path,
    *ads: Ad,
    size: tuple[int, int] = (120, 40),
    process: MediaProcess | None = None,
    care: Callable[[], CareBook] | None = None,
    **session: Any,
) -> AsyncIterator[MediaStory]:
    """An app on the first of the ads, whose media lie in the folder."""
    with_ads = ListSession(ads, catalog(), **session)
    room = MediaRoom(lambda _: [folder], MediaCache(folder / "cache", 1 << 20), process or MediaProcess(20.0))
    app = ModtuiApp(with_ads, keymap=keymaps.DEFAULT, media=lambda: room, care=care)
    async with app.run_test(size=size) as pilot:
        story = MediaStory(app, pilot, with_ads)
        await pilot.pause()
        await pilot.pause()
        yield story


def names(ads: Sequence[Ad]) -> list[str]:
    return [each.id for each in ads]
