"""Keeping the tables of sketches up with the workspace: new ads, then contents that came later, then pictures.

Imports numpy: for commands and for the process behind the screens, not for the one that draws them.
"""

from __future__ import annotations

import fcntl
import os
from contextlib import suppress
from pathlib import Path

import numpy as np

from modtui.domain.compared import compared
from modtui.domain.minhash import BANDS
from modtui.domain.picture_hash import CHUNKS, as_digest, chunks
from modtui.errors import ModtuiError
from modtui.files.media_process import MissingExtra
from modtui.files.sketch_writer import SketchWriter
from modtui.files.sketches import Sketcher
from modtui.services.twin_pictures import PictureHashes
from modtui.services.twins import TwinProgress, pictures_path, stream_of, texts_path
from modtui.store.ads import count_ads
from modtui.store.items import VERSION_BITS
from modtui.store.version_feed import FedVersion, is_behind, last_later, later_versions, versions_after
from modtui.store.workspace import Workspace

AT_ONCE = 250
"Texts sketched together: few enough to stay in the processor's cache."
PICTURES_AT_ONCE = 20


class TwinSketching:
    """One process at a time sketches; which one, says a lock that ends with it."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self._stream = stream_of(workspace)
        self._turn: int | None = None
        self._sketcher = Sketcher()
        self._texts: SketchWriter | None = None
        self._pictures: SketchWriter | None = None
        self._hashes: PictureHashes | None = None
        self._can_draw = self._is_asked_for_pictures = True

    def catch_up(self, limit: int, *, with_pictures: bool) -> TwinProgress:
        """Sketch the next texts, or else the next pictures. Raises ModtuiError when the tables cannot be written."""
        try:
            if not self._has_turn():
                return self._progress(is_elsewhere=True)
            texts = self._texts = self._texts or self._opened(texts_path(self.workspace), BANDS)
            left = limit
            while left > 0 and (count := self._more_texts(texts, min(AT_ONCE, left))):
                left -= count
            self._is_asked_for_pictures = with_pictures and self._can_draw
            while (
                left > 0 and self._is_asked_for_pictures and (count := self._more_pictures(min(PICTURES_AT_ONCE, left)))
            ):
                left -= count
        except OSError as error:
            raise ModtuiError(
                "Twins cannot be kept",
                f"{texts_path(self.workspace)}: {error.strerror or error}.",
                "Check the rights of the folder and the room on the disk; everything else goes on without it.",
            ) from error
        return self._progress()

    def close(self) -> None:
        """Write what is kept to disk and give the turn back."""
        for writer in (self._texts, self._pictures):
            if writer is not None:
                with suppress(OSError):
                    writer.close()
        self._texts = self._pictures = None
        if self._hashes is not None:
            self._hashes.close()
            self._hashes = None
        if self._turn is not None:
            os.close(self._turn)
            self._turn = None

    def _has_turn(self) -> bool:
        if self._turn is None:
            path = self.workspace.path.with_name(self.workspace.path.name + "-sketcher")
            turn = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
            try:
                fcntl.flock(turn, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                os.close(turn)
                return False
            self._turn = turn
        return True

    def _opened(self, path: Path, bands: int) -> SketchWriter:
        writer = SketchWriter(path, bands, self._stream)
        if writer.is_new:
            # What came later up to now is met on the way through the ads.
            with self.workspace.read() as connection:
                writer.note(later=last_later(connection))
        return writer

    def _next(self, writer: SketchWriter, limit: int) -> tuple[list[FedVersion], int, int]:
        """The next versions to look at, and how far the workspace has been looked at then."""
        with self.workspace.read() as connection:
            rows = versions_after(connection, writer.head.mark, limit)
            if rows:
                return rows, rows[-1].version_no, writer.head.later
            rows, later = later_versions(connection, writer.head.later, limit)
            return rows, writer.head.mark, later

    def _more_texts(self, writer: SketchWriter, limit: int) -> int:
        rows, mark, later = self._next(writer, limit)
        if rows:
            sketches = self._sketcher.sketch([compared(row.payload).text for row in rows])
            versions = np.array([row.version_no for row in rows], np.uint64)
            some = sketches.has_words
            writer.add(sketches.keys[some], sketches.marks[some], sketches.digests[some], versions[some])
            writer.note(mark=mark, later=later)
        return len(rows)

    def _more_pictures(self, limit: int) -> int:
        """Hash the pictures of the next few versions; how many versions."""
        writer = self._pictures = self._pictures or self._opened(pictures_path(self.workspace), CHUNKS)
        self._hashes = self._hashes or PictureHashes(self.workspace)
        rows, mark, later = self._next(writer, limit)
        media = {row.version_no: found for row in rows if (found := compared(row.payload).media)}
        try:
            hashes = self._hashes.of_versions(media)
        except MissingExtra:
            self._can_draw = self._is_asked_for_pictures = False
            return 0
        pairs = [(version_no, each.whole) for version_no, found in hashes.items() for each in found]
        writer.add(
            np.array([chunks(each) for _, each in pairs], np.uint32).reshape(len(pairs), CHUNKS),
            np.frombuffer(b"".join(each.to_bytes(16) for _, each in pairs), np.uint8).reshape(len(pairs), 16),
            np.array([as_digest(each) for _, each in pairs], np.uint64).reshape(len(pairs), 2),
            np.array([version_no for version_no, _ in pairs], np.uint64),
        )
        writer.note(mark=mark, later=later)
        return len(rows)

    def _progress(self, *, is_elsewhere: bool = False) -> TwinProgress:
        with self.workspace.read() as connection:
            total = count_ads(connection)
            if self._texts is None:
                return TwinProgress(0, total, is_elsewhere=is_elsewhere)
            texts = self._texts.head
            pictures = self._pictures.head if self._pictures is not None else None
            is_complete = not is_behind(connection, texts.mark, texts.later) and (
                not self._is_asked_for_pictures
                or (pictures is not None and not is_behind(connection, pictures.mark, pictures.later))
            )
        looked_at = pictures.mark >> VERSION_BITS if pictures is not None else 0
        return TwinProgress(texts.mark >> VERSION_BITS, total, looked_at, is_complete, is_elsewhere)
