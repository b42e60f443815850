"""Videos drawn in cells: a storyboard of scenes with their times, and single frames.

Runs in the decoding process (`media_worker`): only there is PyAV imported. The container is the one the content shows
and the codec one of a short list, so that no file can have FFmpeg read another file or an address.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from itertools import islice
from typing import IO, Any

from msgspec.structs import replace

from modtui.domain.exposure import SHARP
from modtui.files.media_files import VIDEO, Refused
from modtui.files.media_views import Cells, Seen, View
from modtui.files.pictures import careful, fitted, to_cells
from modtui.files.scenes import choose_scenes

CODECS = {
    "h264", "hevc", "vp8", "vp9", "libvpx", "libvpx-vp9", "av1", "libdav1d", "mpeg4", "mpeg1video", "mpeg2video",
    "h263", "mjpeg", "prores", "theora",
}  # fmt: skip
MOST_PIXELS = 4096 * 2304
LOOK_FOR_S = 1.2
"Seconds a storyboard is looked for; what was found by then is shown."
FEW_KEY_FRAMES = 4
"With fewer, frames in between are looked at as well."
MOST_FRAMES = 1200
"Frames decoded in between."


class Video:
    """An open video. Frames that follow each other are decoded once."""

    def __init__(self, file: IO[bytes], format_: str) -> None:
        """Raises Refused for what cannot be read."""
        import av

        av.logging.set_level(None)
        self.format = format_
        try:
            self._container = av.open(file, format=format_, mode="r", timeout=2.0)
            streams = self._container.streams.video
            if not streams:
                raise Refused("has no picture in it")
            self._stream = streams[0]
            codec = self._stream.codec_context
            if codec is None or codec.name not in CODECS:
                raise Refused(f"is coded as {codec.name if codec else 'nothing known'}, which is not read here")
            if codec.width * codec.height > MOST_PIXELS:
                raise Refused(f"is {codec.width}x{codec.height}: larger than {MOST_PIXELS / 1e6:.0f} million pixels")
            codec.thread_type = "AUTO"
            codec.thread_count = 2
        except (av.FFmpegError, OSError, ValueError, MemoryError) as error:
            raise Refused(f"is damaged: {_plain(error)}") from error
        self._ahead: Iterator[Any] | None = None
        self._last_ms = -1

    def close(self) -> None:
        self._container.close()

    @property
    def duration_ms(self) -> int:
        if self._stream.duration and self._stream.time_base:
            return max(0, round(float(self._stream.duration * self._stream.time_base) * 1000))
        return max(0, round((self._container.duration or 0) / 1000))

    def draw(self, view: View) -> Seen:
        """One view. Raises Refused."""
        import av

        try:
            return self._scenes(view) if view.what == "scenes" else self._frame(view)
        except (av.FFmpegError, OSError, ValueError, EOFError, MemoryError) as error:
            self._ahead = None
            raise Refused(f"is damaged: {_plain(error)}") from error

    # Frames ---

    def _frame(self, view: View) -> Seen:
        at_ms = view.at_ms if view.what == "frame" else 0
        frame = self._before(at_ms) if view.step < 0 else self._at(at_ms, view.step > 0)
        if frame is None:
            raise Refused("has no frame that can be read")
        return self._seen([self._cells(frame, view)], frame)

    def _at(self, at_ms: int, is_next: bool) -> Any:
        """The frame that is shown at a moment, or the first one after it; the last there is behind the end."""
        if not (is_next and self._ahead is not None and self._last_ms == at_ms):
            self._seek(at_ms)
        last = None
        for frame in self._frames():
            when = self._ms(frame)
            if when > at_ms:
                if is_next or last is None:
                    last = frame
                break
            last = frame
        else:
            self._ahead = None
        if last is not None:
            # One frame is read too far unless the next one was wanted.
            self._last_ms = self._ms(last) if is_next else -1
        return last

    def _before(self, at_ms: int) -> Any:
        """The last frame before a moment, else the first there is."""
        return self._at(max(0, at_ms - 1), False)

    def _seek(self, at_ms: int) -> None:
        self._stream.codec_context.skip_frame = "DEFAULT"
        self._container.seek(self._stamp(at_ms), stream=self._stream, backward=True)
        self._ahead = None

    def _frames(self) -> Iterator[Any]:
        if self._ahead is None:
            self._ahead = iter(self._container.decode(self._stream))
        return self._ahead

    def _stamp(self, at_ms: int) -> int:
        base = self._stream.time_base
        return round(at_ms / 1000 / float(base)) + (self._stream.start_time or 0) if base else 0

    def _ms(self, frame: Any) -> int:
        if frame.pts is None or frame.time_base is None:
            return 0
        return max(0, round(float((frame.pts - (self._stream.start_time or 0)) * frame.time_base) * 1000))

    # Scenes ---

    def _scenes(self, view: View) -> Seen:
        """Key frames, spread over a long video; of one with few of them, frames in between too."""
        until = time.monotonic() + LOOK_FOR_S
        sharply = replace(view, care=SHARP)  # which frames differ does not depend on how clearly they are shown
        found: dict[int, Cells] = {}
        note, frame = "", None
        try:
            for frame in self._key_frames(view.most, until):
                cells = self._cells(frame, sharply)
                found[cells.at_ms] = cells
            if len(found) < FEW_KEY_FRAMES:
                for frame in self._in_between(view.most, until):
                    cells = self._cells(frame, sharply)
                    found[cells.at_ms] = cells
        except Exception as error:
            if not found:
                raise
            note = f"damaged behind {max(found) // 1000} s: {_plain(error)}"
        finally:
            self._ahead = None
            self._stream.codec_context.skip_frame = "DEFAULT"
        if not found or frame is None:
            raise Refused("has no frame that can be read")
        if time.monotonic() > until:
            note = note or "not all of it was looked at: step through it"
        in_order = [found[when] for when in sorted(found)]
        return self._seen([careful(each, view) for each in choose_scenes(in_order, view.most)], frame, note)

    def _key_frames(self, most: int, until: float) -> Iterator[Any]:
        """The key frames from the start, and of a long video those before evenly spread moments."""
        self._stream.codec_context.skip_frame = "NONKEY"
        long = self.duration_ms > 60_000
        self._container.seek(self._stream.start_time or 0, stream=self._stream, backward=True)
        if not long:
            for frame in self._container.decode(self._stream):
                yield frame
                if time.monotonic() > until:
                    return
            return
        for number in range(most * 2):
            self._container.seek(
                self._stamp(self.duration_ms * number // (most * 2)), stream=self._stream, backward=True
            )
            yield from islice(self._container.decode(self._stream), 1)
            if time.monotonic() > until:
                return

    def _in_between(self, most: int, until: float) -> Iterator[Any]:
        self._stream.codec_context.skip_frame = "DEFAULT"
        self._container.seek(self._stream.start_time or 0, stream=self._stream, backward=True)
        apart = max(200, self.duration_ms // (most * 2)) if self.duration_ms else 500
        wanted = 0
        for number, frame in enumerate(self._container.decode(self._stream)):
            when = self._ms(frame)
            if when >= wanted:
                wanted = when + apart
                yield frame
            if number > MOST_FRAMES or time.monotonic() > until:
                return

    # Drawing ---

    def _cells(self, frame: Any, view: View) -> Cells:
        from PIL import Image

        turn = self._turn(frame)
        size = self._size(frame, turn)
        columns, rows = fitted(size, view)
        left, top, right, bottom = view.crop
        wide = min(size[0], max(2, round(columns * 10_000 / max(1, right - left))))
        high = min(size[1], max(2, round(rows * 2 * 10_000 / max(1, bottom - top))))
        wide, high = (high, wide) if turn in (90, 270) else (wide, high)
        small = frame.reformat(width=wide, height=high, format="rgb24", interpolation="AREA")
        plane = small.planes[0]
        image = Image.frombuffer("RGB", (wide, high), bytes(plane), "raw", "RGB", plane.line_size, 1)
        if turn:
            how = {90: Image.Transpose.ROTATE_90, 180: Image.Transpose.ROTATE_180, 270: Image.Transpose.ROTATE_270}
            image = image.transpose(how[turn])
        return to_cells(image, view, columns, rows, self._ms(frame))

    def _seen(self, cells: list[Cells], frame: Any, note: str = "") -> Seen:
        size = self._size(frame, self._turn(frame))
        return Seen(VIDEO, self.format, size, tuple(cells), 1, self.duration_ms, note)

    def _size(self, frame: Any, turn: int) -> tuple[int, int]:
        """Width and height as they are seen: square pixels, upright."""
        aspect = self._stream.sample_aspect_ratio
        wide = max(1, round(frame.width * float(aspect))) if aspect and 0.1 < aspect < 10 else frame.width
        return (frame.height, wide) if turn in (90, 270) else (wide, frame.height)

    def _turn(self, frame: Any) -> int:
        """Degrees, counted against the clock, by which the frame is turned to stand upright."""
        turn = round(float(getattr(frame, "rotation", 0) or 0)) % 360
        return turn if turn in (90, 180, 270) else 0


def _plain(error: BaseException) -> str:
    words = getattr(error, "strerror", None) or str(error) or type(error).__name__
    return str(words).splitlines()[0][:120]
