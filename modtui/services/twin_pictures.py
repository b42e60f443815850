"""Hashes of an ad's pictures and videos: drawn small by the decoding process, from the folders of its queues."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from modtui.domain.ads import Media
from modtui.domain.picture_hash import cut_hashes, picture_hash
from modtui.files.media_files import PICTURE, VIDEO, MediaFile, Refused, opened_media
from modtui.files.media_process import MediaProcess, MissingExtra
from modtui.files.media_views import View
from modtui.services.media_folders import folders_of
from modtui.store.items import version_number
from modtui.store.version_feed import queues_of
from modtui.store.workspace import Workspace

VIEW = View(64, 32)
"How a picture is drawn to be hashed."
FRAME, MOMENTS = View(32, 16, what="frame"), (0.05, 0.3, 0.55, 0.8)
"How frames of a video are drawn to be hashed as one picture, and at which shares of its length: two by two."
KEPT = 4096


class Hashes(Struct, frozen=True):
    """What a picture is known by."""

    whole: int
    cuts: tuple[int, ...] = ()
    "Of the same picture cut at its edges, and before it was; only where they were asked for."


class PictureHashes:
    """Draws pictures and hashes them; each content of a file once, as long as it is remembered."""

    def __init__(self, workspace: Workspace, process: MediaProcess | None = None, *, with_cuts: bool = False) -> None:
        self.workspace = workspace
        self._with_cuts = with_cuts
        self._process = process or MediaProcess()
        self._known: OrderedDict[str, Hashes | None] = OrderedDict()
        self._folders: dict[str, tuple[Path, ...]] = {}

    def of(self, ad_no: int, media: Sequence[Media]) -> tuple[Hashes, ...]:
        """The hashes of an ad's pictures; none where they cannot be drawn."""
        version_no = version_number(ad_no, 1)
        try:
            return self.of_versions({version_no: media}).get(version_no, ())
        except MissingExtra:
            return ()

    def of_versions(self, media: Mapping[int, Sequence[Media]]) -> dict[int, tuple[Hashes, ...]]:
        """The hashes of the pictures of each version that has any. Raises MissingExtra without what draws them."""
        with self.workspace.read() as connection:
            queues = queues_of(connection, list(media))
        found: dict[int, tuple[Hashes, ...]] = {}
        for version_no, each in media.items():
            folders = tuple(dict.fromkeys(self._folders_of(queues.get(version_no, ()))))
            hashes = tuple(dict.fromkeys(self._hashes(folders, each))) if folders else ()
            if hashes:
                found[version_no] = hashes
        return found

    def close(self) -> None:
        """End the decoding process."""
        self._process.close()

    def _folders_of(self, queues: Sequence[str]) -> Iterator[Path]:
        for queue in queues:
            if queue not in self._folders:
                self._folders[queue] = folders_of(self.workspace, queue)
            yield from self._folders[queue]

    def _hashes(self, folders: Sequence[Path], media: Sequence[Media]) -> Iterator[Hashes]:
        for each in media:
            try:
                found = self._hash(folders, each)
            except MissingExtra:
                raise
            except Refused:  # the preview says why; here it only has no twins
                continue
            if found is not None:
                yield found

    def _hash(self, folders: Sequence[Path], media: Media) -> Hashes | None:
        with opened_media(folders, media.path, media.sha256) as file:
            if file.kind not in (PICTURE, VIDEO):
                return None
            if file.sha256 not in self._known and file.kind == VIDEO:
                self._known[file.sha256] = self._of_film(file)
            elif file.sha256 not in self._known:
                cells = self._process.draw(file, VIEW).first
                drawn = (cells.pixels, cells.columns, 2 * cells.rows)
                whole = picture_hash(*drawn)
                cuts = cut_hashes(*drawn) if self._with_cuts and whole is not None else ()
                self._known[file.sha256] = Hashes(whole, cuts) if whole is not None else None
            while len(self._known) > KEPT:
                self._known.popitem(last=False)
            return self._known[file.sha256]

    def _of_film(self, file: MediaFile) -> Hashes | None:
        """A video by four of its frames in one: what several share, such as how they begin, makes them no twins."""
        try:
            length_ms = self._process.draw(file, FRAME).duration_ms
            frames = [self._process.draw(file, replace(FRAME, at_ms=round(length_ms * at))).first for at in MOMENTS]
        except MissingExtra:  # pictures go on; a video that nothing draws has no twins
            return None
        first = frames[0]
        if not length_ms or any((each.columns, each.rows) != (first.columns, first.rows) for each in frames):
            return None
        width, lines = 3 * first.columns, range(2 * first.rows)
        pixels = b"".join(
            one.pixels[line * width : (line + 1) * width] + other.pixels[line * width : (line + 1) * width]
            for one, other in (frames[:2], frames[2:])
            for line in lines
        )
        whole = picture_hash(pixels, 2 * first.columns, 4 * first.rows)
        return Hashes(whole) if whole is not None else None
