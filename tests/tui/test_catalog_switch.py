"""Another version of the catalog while ads are reviewed: on the screen, and in line mode."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TextIO, cast

import pytest

from modtui.cli.plain import PlainReviewer
from modtui.tui import actions
from modtui.tui.app import ModtuiApp
from modtui.tui.screens.review import ReviewScreen
from tests.services.room import ad
from tests.services.watched import NOTED, STRICTER, Watched, watched_at
from tests.tui.place_story import Places


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Watched]:
    with watched_at(tmp_path) as made:
        made.bring(*(ad(f"a{n}", "Fresh bread.") for n in range(5)))
        yield made


@asynccontextmanager
async def reviewing(room: Watched) -> AsyncIterator[Places]:
    app = ModtuiApp(room.session())
    async with app.run_test(size=(120, 40)) as pilot:
        story = Places(app, pilot)
        await story.settled()
        yield story


def version(story: Places) -> str:
    review = story.app.review
    assert review is not None and review.desk is not None
    return review.desk.case.catalog.version


def toasts(story: Places) -> list[str]:
    return [note.message for note in story.app._notifications]


async def test_the_next_ad_comes_under_the_new_version_and_a_toast_says_what_changed(room: Watched) -> None:
    async with reviewing(room) as story:
        room.edit(STRICTER)
        await story.press("j")
        assert (story.ad_id, version(story)) == ("a0", "2026.11.1")
        await story.press(actions.ACCEPT)
        assert (story.ad_id, version(story)) == ("a1", "2026.11.2")
        assert toasts(story)[-1].splitlines() == [
            "Catalog 2026.11.2 applies from this ad on (before: 2026.11.1).",
            "Changes: 1 tightened.",
            "alcohol.product/sells, everywhere else: allowed from age 18 -> allowed from age 21 (platform).",
        ]
        # The ad behind was laid out under the old version; it is shown under the new one.
        await story.press(actions.ACCEPT)
        assert (story.ad_id, version(story)) == ("a2", "2026.11.2")
        assert room.is_whole()


async def test_a_broken_file_is_told_of_and_the_review_goes_on(room: Watched) -> None:
    async with reviewing(room) as story:
        room.edit(("severity: high", "severty: high"))
        await story.press(actions.ACCEPT)
        assert (story.ad_id, version(story)) == ("a1", "2026.11.1")
        assert "rules.yaml:6:5" in toasts(story)[-1] and "[bold]" not in toasts(story)[-1]


async def test_words_alone_can_be_put_off(room: Watched) -> None:
    async with reviewing(room) as story:
        screen = story.app.screen
        assert isinstance(screen, ReviewScreen)
        room.edit(NOTED)
        screen.lay_out_ahead()  # as after each paint
        await story.settled()
        assert toasts(story)[-1].endswith("only words differ, it may be put off.")
        screen.do_put_off_catalog()
        await story.press(actions.ACCEPT)
        assert (story.ad_id, version(story)) == ("a1", "2026.11.1")


async def test_line_mode_writes_the_same_lines(room: Watched) -> None:
    edit, out = "edit the file\n", io.StringIO()

    def typed() -> Iterator[str]:
        for line in ("\n", edit, "\n", "Z\n", "q\n"):
            if line == edit:
                room.edit(STRICTER)
            else:
                yield line

    class Lines:
        """Lines typed one after the other; the file is edited before the second decision."""

        lines = typed()

        def readline(self) -> str:
            return next(self.lines)

    await PlainReviewer(room.session(), cast("TextIO", Lines()), out).run()
    said = out.getvalue()
    before, _, after = said.partition("AD a1")
    assert "CATALOG" not in before
    assert after.index("CATALOG Catalog 2026.11.2 applies from this ad on (before: 2026.11.1).") < after.index("AD a2")
    assert "        Changes: 1 tightened." in after
    assert "no change of the catalog is waiting" in after
