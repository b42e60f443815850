"""Sound as something to look at: how long it is, how it is coded, and how loud at each moment. It is never played.

Runs in the decoding process (`media_worker`): only there is PyAV imported.
"""

from __future__ import annotations

import time
from array import array
from itertools import pairwise
from math import isnan
from typing import IO, Any

from modtui.domain.exposure import SHARP
from modtui.files.media_files import SOUND, Refused
from modtui.files.media_views import Cells, Seen, View
from modtui.files.pictures import careful, fitted

CONTAINERS = {"MP3": "mp3", "OGG": "ogg", "FLAC": "flac", "WAV": "wav", "M4A": "mov"}
CODECS = ("mp3", "mp3float", "vorbis", "libvorbis", "opus", "libopus", "flac", "aac", "alac", "pcm_")
"Codecs, or how their names begin."
LOOK_FOR_S = 1.2
"Seconds that loudness is looked for; behind that it is not known."
SIZE = (960, 240)
"What a drawing of a sound is as large as, in pixels."
GROUND, WAVE, HERE = bytes((24, 26, 30)), bytes((110, 170, 220)), bytes((240, 200, 80))


def draw_sound(file: IO[bytes], format_: str, view: View) -> Seen:
    """One view of a sound: its loudness from left to right, the moment of a `frame` marked. Raises Refused."""
    try:
        import av
    except ImportError as error:
        # Not a medium that somebody else with the extra has to open: there is no picture to be seen in it.
        raise Refused("is sound, which is never played; how long it is needs the extra 'video'") from error
    av.logging.set_level(None)
    try:
        with av.open(file, format=CONTAINERS[format_], mode="r", timeout=2.0) as container:
            if not container.streams.audio:
                raise Refused("has no sound in it")
            stream = container.streams.audio[0]
            codec = stream.codec_context.name
            if not codec.startswith(CODECS):
                raise Refused(f"is sound coded as {codec}, which is not read here")
            duration_ms = _duration_ms(container, stream)
            loud, end_ms, note = _loudness(container, stream, duration_ms)
            words = f"sound, {codec}, {stream.codec_context.sample_rate / 1000:g} kHz, never played"
    except (av.FFmpegError, OSError, ValueError, MemoryError) as error:
        raise Refused(f"is damaged: {str(error).splitlines()[0][:120]}") from error
    duration_ms = duration_ms or end_ms
    cells = tuple(careful(each, view) if view.care != SHARP else each for each in _cells(loud, duration_ms, view))
    return Seen(SOUND, format_, SIZE, cells, 1, duration_ms, f"{words}, {note}" if note else words)


def _duration_ms(container: Any, stream: Any) -> int:
    if stream.duration and stream.time_base:
        return max(0, round(float(stream.duration * stream.time_base) * 1000))
    return max(0, round((container.duration or 0) / 1000))


def _loudness(container: Any, stream: Any, duration_ms: int) -> tuple[list[float], int, str]:
    """The loudest of each part, from 0 to 1, when the last of it ends, and what could not be read."""
    loud = [0.0] * SIZE[0]
    until, end_ms, note = time.monotonic() + LOOK_FOR_S, 0, ""
    heard: list[tuple[int, float]] = []
    try:
        for frame in container.decode(stream):
            at_ms = round(float((frame.pts or 0) * frame.time_base) * 1000) if frame.time_base else end_ms
            end_ms = max(end_ms, at_ms + round(frame.samples / max(1, frame.sample_rate) * 1000))
            heard.append((at_ms, _peak(frame)))
            if time.monotonic() > until:
                note = f"looked at up to {end_ms // 1000} s"
                break
    except Exception as error:  # what was heard before stands
        if not heard:
            raise Refused(f"is damaged: {type(error).__name__}") from error
        note = f"damaged behind {end_ms // 1000} s"
    whole = max(1, duration_ms or end_ms)
    for (at_ms, peak), (next_ms, _) in zip(heard, [*heard[1:], (end_ms, 0.0)], strict=True):
        first = max(0, min(SIZE[0] - 1, at_ms * SIZE[0] // whole))
        for part in range(first, max(first + 1, min(SIZE[0], next_ms * SIZE[0] // whole))):
            loud[part] = max(loud[part], peak)
    return loud, end_ms, note


def _peak(frame: Any) -> float:
    """The loudest of some samples of a frame, from 0 to 1."""
    form = frame.format
    code = {"u8": "B", "s16": "h", "s32": "i", "flt": "f", "dbl": "d"}.get(form.name.removesuffix("p"))
    if code is None:
        return 0.0
    wide = form.bytes * (1 if form.is_planar else len(frame.layout.channels))
    samples = array(code, bytes(frame.planes[0])[: frame.samples * wide])[::8]
    if code == "B":
        return max((abs(each - 128) / 128 for each in samples), default=0.0)
    full = {"h": 1 << 15, "i": 1 << 31}.get(code, 1)
    return min(1.0, max((abs(each) / full for each in samples if not isnan(each)), default=0.0))


def _cells(loud: list[float], duration_ms: int, view: View) -> list[Cells]:
    if view.what == "scenes":
        parts = max(1, min(view.most, duration_ms // 1000))
        wide = 10_000 // parts
        times = [duration_ms * part // parts for part in range(parts)]
        return [_drawn(loud, view, (part * wide, (part + 1) * wide), None, times[part]) for part in range(parts)]
    at_ms = min(max(0, view.at_ms + 1000 * view.step), max(0, duration_ms - 1)) if view.what == "frame" else 0
    here = at_ms * 10_000 // duration_ms if duration_ms and view.what == "frame" else None
    return [_drawn(loud, view, (view.crop[0], view.crop[2]), here, at_ms)]


def _drawn(loud: list[float], view: View, window: tuple[int, int], here: int | None, at_ms: int) -> Cells:
    """Bars from the middle up and down, a column a part of the window, which is in 1/10,000 of the length."""
    columns, rows = fitted(SIZE, View(view.columns, view.rows))
    high, (first, last) = rows * 2, window
    edges = [first + (last - first) * number // columns for number in range(columns + 1)]
    bars = []
    for left, right in pairwise(edges):
        some = loud[left * len(loud) // 10_000 : max(left * len(loud) // 10_000 + 1, right * len(loud) // 10_000)]
        is_here = here is not None and left <= here < max(right, left + 1)
        bars.append((round(max(some, default=0.0) * high / 2), is_here))
    lines = []
    for line in range(high):
        reach = abs(line + 0.5 - high / 2)
        lines.append(b"".join(HERE if is_here else WAVE if reach <= bar else GROUND for bar, is_here in bars))
    return Cells(columns, rows, b"".join(lines), at_ms)
