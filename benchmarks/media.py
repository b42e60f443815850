"""Drawing media: a photo and a storyboard beside the ways they are made elsewhere, and every awkward file there is."""

from __future__ import annotations

import json
import os
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.measure import (
    ABSENT,
    MET,
    MISSED,
    REPORTED,
    ROOT,
    Row,
    Setting,
    in_turn,
    median,
    progress,
    python,
    run,
    verdict,
)  # fmt: skip
from benchmarks.media_files import clip, photo

ROUNDS = 15
COLUMNS, LINES, SCENES = 60, 30, 8
FUZZED_EACH = 25


def photos(setting: Setting) -> list[Row]:
    """A 1080x1920 JPEG drawn in cells, beside decoding all of it."""
    from PIL import Image

    from modtui.files.media_views import View
    from modtui.files.pictures import draw_picture

    path = photo(setting.folder / "photo.jpg", quality=80)
    view = View(COLUMNS, LINES)

    def whole() -> float:
        began = time.perf_counter()
        with Image.open(path) as image:
            image.load()
        return time.perf_counter() - began

    def cells() -> float:
        began = time.perf_counter()
        with path.open("rb") as file:
            draw_picture(file, "JPEG", view)
        return time.perf_counter() - began

    def least() -> float:
        """What the decoder takes for the least it can give: an eighth, all of its entropy code read."""
        began = time.perf_counter()
        with Image.open(path) as image:
            image.draft(None, (1, 1))
            image.load()
        return time.perf_counter() - began

    with drawing() as look:
        found = in_turn(setting.rounds(ROUNDS), whole=whole, cells=cells, least=least, trip=lambda: look(path, view))
    ratio = median(found["cells"]) / median(found["whole"])
    words = " / ".join(f"{median(found[name]) * 1000:.1f}" for name in ("cells", "whole"))
    floor = median(found["cells"]) / median(found["least"])
    words = f"{ratio:.2f}x ({words} ms, {path.stat().st_size >> 10} KiB)"
    return [
        Row("1080x1920 JPEG to cells / full decode", "<= 0.25x", words, verdict(ratio, 0.25)),
        Row("the same / the least the decoder can do", REPORTED, f"{floor:.2f}x", REPORTED),
        Row("the same by way of the drawing process", REPORTED, f"{median(found['trip']) * 1000:.1f} ms", REPORTED),
    ]  # fmt: skip


def storyboards(setting: Setting) -> list[Row]:
    """Eight scenes of a 15 s clip, by the drawing process and by the ffmpeg command line."""
    from modtui.files.media_views import View

    path = setting.folder / "clip.mp4"
    if not path.exists():
        progress("encoding a clip")
        clip(path)
    view = View(COLUMNS // 4, LINES, what="scenes", most=SCENES)
    ffmpeg = shutil.which("ffmpeg")
    own: list[float] = []
    with drawing() as look:

        def scenes() -> float:
            before = time.process_time()
            try:
                return look(path, view)
            finally:
                own.append(time.process_time() - before)

        def command(*options: str) -> Callable[[], float]:
            if ffmpeg is None:
                return lambda: 1e9
            out = ["-frames:v", str(SCENES), "-f", "rawvideo", "-y", "/dev/null"]
            return lambda: (
                run([ffmpeg, "-v", "error", *options[:-1], "-i", str(path), "-vf", options[-1], *out]).seconds
            )

        programs = {"scenes": scenes} | ({} if ffmpeg is None else {
            "ffmpeg": command(f"fps={SCENES}/15,scale=-2:{LINES * 2}"),
            "keyed": command("-skip_frame", "nokey", f"scale=-2:{LINES * 2}"),
        })  # fmt: skip
        found = in_turn(setting.rounds(ROUNDS), **programs)
    ours = median(found["scenes"])
    name = "8-scene storyboard of a 15 s clip / the ffmpeg command line"
    rows = [Row(name, "<= 0.5x", f"ffmpeg is not installed; ours {ours * 1000:.0f} ms", ABSENT)]
    if ffmpeg is not None:
        ratio = ours / median(found["ffmpeg"])
        words = f"{ratio:.2f}x ({ours * 1000:.0f} / {median(found['ffmpeg']) * 1000:.0f} ms)"
        rows = [Row(name, "<= 0.5x", words, verdict(ratio, 0.5))]
        keyed = median(found["keyed"])
        words = f"{ours / keyed:.2f}x ({keyed * 1000:.0f} ms)"
        rows.append(Row("the same / ffmpeg asked for key frames only", REPORTED, words, REPORTED))
    spent = max(own) / ours
    words = f"{spent:.2f}x ({max(own) * 1000:.1f} ms)"
    return [*rows, Row("processor time of it in the program itself / its time", "<= 0.1x", words, verdict(spent, 0.1))]


def suite(setting: Setting) -> list[Row]:
    """Every awkward file: shown, or refused with a reason, within time and memory, in a process of its own."""
    real = Path(os.environ.get("MODTUI_REALDATA", ROOT.parent / "shared" / "realdata"))
    if not real.is_dir():
        return [Row("awkward files shown or refused", "all", "no such files here", ABSENT)]
    progress("every awkward file")
    each = FUZZED_EACH if not setting.is_quick else 3
    done = run(python("-m", "benchmarks.media_suite", str(real), str(each)))
    found = json.loads(done.out)
    rows = []
    for name, (count, shown, refused, ended) in found["sets"].items():
        words = f"{shown} shown, {refused} refused with a reason, {ended} of these by ending the drawing process"
        verdict_ = MET if shown + refused == count else MISSED
        rows.append(Row(f"{name} {count} files: shown or refused", "all", words, verdict_))
    slowest, peak = found["slowest"], found["peak_mib"]
    return [
        *rows,
        Row("the slowest of them", "<= 2 s", f"{slowest:.2f} s ({found['slowest_is']})", verdict(slowest, 2.0)),
        Row("peak memory of the drawing process", "<= 300 MiB", f"{peak:.0f} MiB", verdict(peak, 300)),
        Row(
            "peak memory of the process that asks",
            "<= 300 MiB",
            f"{done.peak_mib:.0f} MiB",
            verdict(done.peak_mib, 300),
        ),
    ]


@contextmanager
def drawing() -> Iterator[Callable[[Path, object], float]]:
    """A drawing process that is warm: seconds a view takes, from the open file to the cells."""
    from modtui.files.media_files import opened_media
    from modtui.files.media_process import MediaProcess
    from modtui.files.media_views import View

    process = MediaProcess(20.0)

    def look(path: Path, view: object) -> float:
        assert isinstance(view, View)
        began = time.perf_counter()
        with opened_media([path.parent], path.name) as file:
            process.draw(file, view)
        return time.perf_counter() - began

    try:
        process.start()
        yield look
    finally:
        process.close()


BENCHMARKS: dict[str, Callable[[Setting], list[Row]]] = {
    "media-photo": photos,
    "media-storyboard": storyboards,
    "media-suite": suite,
}
