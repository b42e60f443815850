"""The media of ads are drawn off the screens, kept by hash, and never stand in the way."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from modtui.domain.ads import Media
from modtui.files.media_cache import MediaCache
from modtui.files.media_files import MediaFile
from modtui.files.media_process import MediaProcess, MissingExtra, missing_words
from modtui.files.media_views import Cells, Seen, View
from modtui.services.clock import wall_clock
from modtui.services.media import MediaRoom, Reason
from modtui.services.media_folders import folder_setting, folders_of
from modtui.store.workspace import open_workspace
from tests.media.made import picture

VIEW = View(20, 8)
SEEN = Seen("picture", "PNG", (4, 4), (Cells(2, 1, b"abcdefghijkl"),))


@pytest.fixture
def room(tmp_path: Path) -> Iterator[MediaRoom]:
    (tmp_path / "media").mkdir()
    (tmp_path / "media" / "1.png").write_bytes(picture())
    (tmp_path / "media" / "bad.png").write_bytes(picture()[:40])
    one = MediaRoom(
        lambda queue: [tmp_path] if queue == "q" else [], MediaCache(tmp_path / "cache", 1 << 20), MediaProcess(20.0)
    )
    yield one
    one.close()


def test_a_medium_is_drawn_and_known_from_then_on(room: MediaRoom) -> None:
    async def story() -> None:
        media = Media("media/1.png")
        assert room.ready("q", media, VIEW) is None
        seen = await room.look("q", media, VIEW)
        assert isinstance(seen, Seen) and seen.size == (64, 48)
        assert room.ready("q", media, VIEW) is seen

    asyncio.run(story())


@pytest.mark.parametrize("path", ["media/none.png", "media/bad.png", "../x.png", "media", ""])
def test_what_cannot_be_shown_gives_its_reason(room: MediaRoom, path: str) -> None:
    found = asyncio.run(room.look("q", Media(path), VIEW))
    assert isinstance(found, Reason) and found.words and not found.is_missing_extra


def test_the_files_of_another_queue_are_not_found(room: MediaRoom) -> None:
    assert isinstance(asyncio.run(room.look("other", Media("media/1.png"), VIEW)), Reason)


def test_what_is_fetched_ahead_waits_to_be_shown(room: MediaRoom) -> None:
    async def story() -> None:
        ahead, now = Media("media/1.png"), Media("media/bad.png")
        room.fetch("q", ahead, VIEW)
        await room.look("q", now, VIEW)
        assert isinstance(room.ready("q", ahead, VIEW), Seen)

    asyncio.run(story())


def test_a_file_that_changed_is_seen_anew(room: MediaRoom, tmp_path: Path) -> None:
    async def story() -> None:
        media = Media("media/1.png")
        await room.look("q", media, VIEW)
        (tmp_path / "media" / "1.png").write_bytes(picture(size=(100, 10)))
        seen = await room.look("q", media, VIEW, afresh=True)
        assert isinstance(seen, Seen) and seen.size == (100, 10)

    asyncio.run(story())


def test_a_closed_room_says_so(room: MediaRoom) -> None:
    room.close()
    assert isinstance(asyncio.run(room.look("q", Media("media/1.png"), VIEW)), Reason)


class Bare(MediaProcess):
    """A process without the libraries."""

    def draw(self, file: MediaFile, view: View) -> Seen:
        raise MissingExtra(missing_words("av"))


def test_without_the_extra_a_line_says_what_is_missing(tmp_path: Path) -> None:
    (tmp_path / "1.png").write_bytes(picture())
    room = MediaRoom(lambda queue: [tmp_path], None, Bare())
    found = asyncio.run(room.look("q", Media("1.png"), VIEW))
    room.close()
    assert isinstance(found, Reason) and found.is_missing_extra
    assert "modtui[video]" in found.words


# The cache on disk ---


def test_the_cache_gives_back_what_was_kept_and_nothing_else(tmp_path: Path) -> None:
    cache = MediaCache(tmp_path / "cache", 1 << 20)
    cache.keep("a" * 64, VIEW, SEEN)
    assert cache.find("a" * 64, VIEW) == SEEN
    assert cache.find("b" * 64, VIEW) is None
    assert cache.find("a" * 64, View(20, 9)) is None
    assert (tmp_path / "cache").stat().st_mode & 0o077 == 0
    assert cache.forget() > 0 and cache.find("a" * 64, VIEW) is None and cache.size() == 0


def test_a_damaged_entry_is_as_if_it_were_not_there(tmp_path: Path) -> None:
    cache = MediaCache(tmp_path / "cache", 1 << 20)
    cache.keep("a" * 64, VIEW, SEEN)
    (path,) = [each for each in (tmp_path / "cache").rglob("*") if each.is_file()]
    for data in (b"", b"x", path.read_bytes()[:-1], bytes(200)):
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(data)
        assert cache.find("a" * 64, VIEW) is None
        assert not path.exists()


def test_the_cache_stays_below_its_limit(tmp_path: Path) -> None:
    cache = MediaCache(tmp_path / "cache", 20_000)
    for number in range(80):
        noise = bytes((number * 31 + at * 17) % 251 for at in range(1200))
        cache.keep(f"{number:064}", VIEW, Seen("picture", "PNG", (4, 4), (Cells(20, 10, noise),)))
        assert cache.size() <= 20_000
    assert cache.find(f"{79:064}", VIEW) is not None
    assert cache.find(f"{0:064}", VIEW) is None


def test_a_cache_that_cannot_be_written_is_no_fault(tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file in the way")
    cache = MediaCache(tmp_path / "cache", 1 << 20)
    cache.keep("a" * 64, VIEW, SEEN)
    assert cache.find("a" * 64, VIEW) is None


# The folders of a queue ---


def test_a_queue_remembers_the_folders_of_its_files(tmp_path: Path) -> None:
    with open_workspace(tmp_path / "w.db", wall_clock()) as workspace:
        for number, folder in enumerate(("one", "two")):
            setting = folder_setting([tmp_path / folder / "q.jsonl", "-"], f"2026-11-2{number}T00:00:00Z")
            workspace.writer.call(lambda tx, setting=setting: tx.create_queue("q", "2026-11-22T00:00:00Z", setting))
        assert folders_of(workspace, "q") == (tmp_path / "two", tmp_path / "one")
        assert folders_of(workspace, "none") == ()
    assert folder_setting(["-"], "now") == {}
    assert folder_setting([b"/x\xff/q.jsonl".decode(errors="surrogateescape")], "now") == {}
