"""A save that waits is called back by Escape; another program holds the workspace, by a real lock."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from threading import Event

import pytest

from modtui.store import sqlite
from modtui.tui import actions
from modtui.tui.app import ModtuiApp
from tests.services.room import YES, Room, ad, room_at
from tests.tui.place_story import Places

SLIM = "Lose 10 kg in ten days."


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    with room_at(tmp_path) as made:
        made.bring(ad("a0", SLIM), ad("a1"), ad("a2"))
        yield made


class Desk(Places):
    """The app at a real session."""

    async def press_only(self, *keys: actions.Action) -> None:
        """Press keys, and wait for no verb they start."""
        for key in keys:
            await self.pilot.press(self.app.keymap.key(key))
            await self.pilot.pause()

    async def waits_with(self, words: str) -> None:
        """Wait until the screen says so."""
        while words not in " ".join(self.text().split()):
            await self.pilot.pause()

    @property
    def is_saving(self) -> bool:
        assert self.app.review is not None
        return self.app.review.is_saving


@asynccontextmanager
async def reviewing(room: Room) -> AsyncIterator[Desk]:
    app = ModtuiApp(room.session())
    async with app.run_test(size=(80, 24)) as pilot:
        story = Desk(app, pilot)
        await story.settled()
        yield story


@contextmanager
def locked(room: Room) -> Iterator[None]:
    """As long as another program writes to the file."""
    foreign = sqlite.connect_writer(room.workspace.path)
    foreign.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        foreign.execute("ROLLBACK")
        foreign.close()


def drain(room: Room) -> None:
    """Wait until the writer has done all that was given to it."""
    room.workspace.writer.call(lambda tx: None)


async def test_escape_calls_a_waiting_decision_back_and_all_is_as_it_was(room: Room) -> None:
    async with reviewing(room) as story:
        await story.press("1", actions.NOTE)
        await story.write("seen before")
        with locked(room):
            await story.press_only(actions.ACCEPT)
            await story.waits_with("saving … esc calls it back")
            await story.press(actions.BACK_PANE)
            story.shows("called back: nothing was stored", "REJECT")
            review = story.app.review
            assert not story.is_saving and story.ad_id == "a0" and review is not None and review.desk is not None
            assert YES in review.desk.answers.values() and review.desk.note == "seen before"
        drain(room)
        assert room.events("a0") == []
        await story.press(actions.ACCEPT)
        assert story.ad_id == "a1" and room.standing("a0") == [("amina", "reject")]
        assert room.is_whole()


async def test_hold_and_undo_are_called_back_too(room: Room) -> None:
    async with reviewing(room) as story:
        await story.press("1", actions.ACCEPT)
        with locked(room):
            await story.press_only(actions.UNDO)
            await story.waits_with("esc calls it back")
            await story.press(actions.BACK_PANE)
            assert story.ad_id == "a1"
            await story.press_only(actions.HOLD)
            await story.pilot.press("1")
            await story.waits_with("esc calls it back")
            await story.press(actions.BACK_PANE)
            assert story.ad_id == "a1"
        drain(room)
        assert room.standing("a0") == [("amina", "reject")] and room.item("a1").state == "new"
        await story.press(actions.UNDO)
        assert story.ad_id == "a0" and room.standing("a0") == []


async def test_a_decision_behind_a_waiting_draft_is_called_back_with_it(room: Room) -> None:
    async with reviewing(room) as story:
        review = story.app.review
        assert review is not None
        await story.press("1")
        with locked(room):
            review._save_draft()
            await story.pilot.pause()
            await story.press_only(actions.ACCEPT)
            await story.waits_with("esc calls it back")
            await story.press(actions.BACK_PANE)
            story.shows("called back: nothing was stored")
            assert story.ad_id == "a0" and not story.is_saving
        drain(room)
        assert room.events("a0") == [] and room.draft("a0") is None
        await story.press(actions.ACCEPT)
        assert room.standing("a0") == [("amina", "reject")]


async def test_what_is_being_written_cannot_be_called_back_and_undo_is_named(room: Room) -> None:
    may_commit = Event()

    def at_statement(sql: str) -> None:
        if sql == "COMMIT":
            may_commit.wait(60)

    async with reviewing(room) as story:
        await story.press("1")
        may_commit.set()
        room.workspace.writer.call(lambda tx: tx.connection.set_trace_callback(at_statement))
        may_commit.clear()
        await story.press_only(actions.ACCEPT)
        await story.waits_with("esc calls it back")
        await story.press_only(actions.BACK_PANE)
        story.shows("it is being written and cannot be called back; u undoes it then")
        assert story.is_saving
        may_commit.set()
        await story.settled()
        assert story.ad_id == "a1" and room.standing("a0") == [("amina", "reject")]
        await story.press(actions.UNDO)
        assert story.ad_id == "a0" and room.standing("a0") == []
