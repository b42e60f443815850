"""Looking at the media of ads: off the screens, from the folder of their queue, kept in memory and on disk by hash."""

from __future__ import annotations

import asyncio
import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

from msgspec import Struct

from modtui.domain.ads import Media
from modtui.files.media_cache import MediaCache
from modtui.files.media_files import Refused, opened_media
from modtui.files.media_process import MediaProcess, MissingExtra
from modtui.files.media_views import Seen, View
from modtui.services.media_folders import folders_of
from modtui.store.workspace import Workspace

KEPT = 96
"Views kept in memory."
CACHE_MB = 128


class Reason(Struct, frozen=True):
    """Why a medium is not shown, for a person; it never stands in the way of an outcome."""

    words: str
    is_missing_extra: bool = False
    "Whether the file may be fine, and a library to draw it is not installed."


Look = Seen | Reason


class MediaRoom:
    """Draws media in turn, on one thread of its own in front of the decoding process."""

    def __init__(
        self,
        folders: Callable[[str], Sequence[Path]],
        cache: MediaCache | None = None,
        process: MediaProcess | None = None,
    ) -> None:
        """`folders` gives those of a queue by its name; it is asked on the room's thread."""
        self._folders = folders
        self._cache = cache
        self._process = process or MediaProcess()
        self._thread = ThreadPoolExecutor(1, "modtui-media")
        self._known: OrderedDict[tuple[str, Media, View], Look] = OrderedDict()
        self._lock = threading.Lock()
        self._coming: dict[tuple[str, Media, View], Future[Look]] = {}
        self._is_closed = False

    def ready(self, queue: str, media: Media, view: View) -> Look | None:
        """What is known of a view without waiting."""
        with self._lock:
            return self._known.get((queue, media, view))

    async def look(self, queue: str, media: Media, view: View, *, afresh: bool = False) -> Look:
        """A view, drawn if need be; `afresh` opens the file anew, so that what changed on disk is seen."""
        known = None if afresh else self.ready(queue, media, view)
        return known if known is not None else await asyncio.wrap_future(self._ask(queue, media, view))

    def fetch(self, queue: str, media: Media, view: View) -> None:
        """Have a view drawn ahead, behind whatever is asked for now."""
        if self.ready(queue, media, view) is None:
            self._ask(queue, media, view)

    def close(self) -> None:
        """Stop drawing: what waits is dropped, what runs is ended. From the thread of the screens."""
        self._is_closed = True
        self._thread.shutdown(wait=False, cancel_futures=True)
        self._process.end_now()

    def _ask(self, queue: str, media: Media, view: View) -> Future[Look]:
        key = (queue, media, view)
        with self._lock:
            coming = self._coming.get(key)
            if coming is None and not self._is_closed:
                coming = self._coming[key] = self._thread.submit(self._draw, key)
        if coming is None:
            coming = Future()
            coming.set_result(Reason("is not drawn any more: the program is leaving"))
        return coming

    def _draw(self, key: tuple[str, Media, View]) -> Look:
        try:
            found = self._drawn(*key)
        except MissingExtra as reason:
            found = Reason(str(reason), is_missing_extra=True)
        except Refused as reason:
            found = Reason(str(reason))
        except Exception as error:  # such as no processes left: a picture is not worth an end of the program
            found = Reason(f"cannot be drawn: {type(error).__name__}")
        with self._lock:
            self._coming.pop(key, None)
            self._known[key] = found
            self._known.move_to_end(key)
            while len(self._known) > KEPT:
                self._known.popitem(last=False)
        return found

    def _drawn(self, queue: str, media: Media, view: View) -> Look:
        with opened_media(self._folders(queue), media.path, media.sha256) as file:
            kept = self._cache.find(file.sha256, view) if self._cache is not None else None
            if kept is not None:
                return kept
            seen = self._process.draw(file, view)
            if self._cache is not None:
                self._cache.keep(file.sha256, view, seen)
            return seen


def media_room(workspace: Workspace, cache_folder: Path | None = None, cache_mb: int = CACHE_MB) -> MediaRoom:
    """The room for a workspace, with the user's cache."""
    return MediaRoom(lambda queue: folders_of(workspace, queue), media_cache(cache_folder, cache_mb))


def media_cache(folder: Path | None = None, cache_mb: int = CACHE_MB) -> MediaCache:
    """The user's cache, of so many megabytes at most."""
    return MediaCache(folder or default_cache(), cache_mb << 20)


def default_cache() -> Path:
    from platformdirs import user_cache_path

    return user_cache_path("modtui") / "media"
