"""Pictures drawn in cells: upright, in proportion, with care, and within limits."""

from __future__ import annotations

import io
import os
import re
from pathlib import Path

import pytest

from modtui.domain.exposure import LEVELS
from modtui.files.media_files import Refused, opened_media
from modtui.files.media_process import MediaProcess
from modtui.files.media_views import Cells, Seen, View, seen_as_parts, seen_of_parts
from modtui.files.pictures import draw_picture
from modtui.files.scenes import choose_scenes, difference
from tests.media.made import animation, huge_png, picture, pillow

REALDATA = Path(os.environ.get("MODTUI_REALDATA", Path(__file__).parents[2].parent / "shared" / "realdata"))
BLUE, RED = (0, 0, 255), (200, 30, 30)


def pixel(cells: Cells, x: float, y: float) -> tuple[int, int, int]:
    """The pixel at a part of the width and height."""
    at = (int(y * cells.rows * 2) * cells.columns + int(x * cells.columns)) * 3
    red, green, blue = cells.pixels[at : at + 3]
    return red, green, blue


def near(one: tuple[int, int, int], other: tuple[int, int, int], by: int = 40) -> bool:
    return all(abs(a - b) <= by for a, b in zip(one, other, strict=True))


def drawn(data: bytes, format_: str, view: View) -> Seen:
    return draw_picture(io.BytesIO(data), format_, view)


@pytest.mark.parametrize("format_", ["PNG", "JPEG", "WEBP", "GIF"])
def test_a_picture_keeps_its_colours_and_proportions(format_: str) -> None:
    seen = drawn(picture(format_, (640, 320)), format_, View(60, 30))
    assert seen.size == (640, 320)
    assert (seen.first.columns, seen.first.rows) == (60, 15)
    assert near(pixel(seen.first, 0.1, 0.1), BLUE) and near(pixel(seen.first, 0.9, 0.9), RED)


def test_a_part_is_shown_as_large_as_there_is_room() -> None:
    seen = drawn(picture("PNG", (640, 320)), "PNG", View(60, 30, crop=(0, 0, 5000, 5000)))
    assert all(near(pixel(seen.first, x, y), BLUE) for x in (0.1, 0.9) for y in (0.1, 0.9))
    assert seen.first.columns == 60


def test_a_turned_photo_stands_upright() -> None:
    image = pillow.open(io.BytesIO(picture("JPEG", (80, 40))))
    exif = image.getexif()
    exif[0x0112] = 6
    out = io.BytesIO()
    image.save(out, "JPEG", exif=exif, quality=95)
    seen = drawn(out.getvalue(), "JPEG", View(40, 40))
    assert seen.size == (40, 80)
    assert near(pixel(seen.first, 0.9, 0.1), BLUE, 60) and near(pixel(seen.first, 0.1, 0.9), RED, 60)


def test_what_is_transparent_shows_white() -> None:
    out = io.BytesIO()
    pillow.new("RGBA", (20, 20), (255, 0, 0, 0)).save(out, "PNG")
    assert pixel(drawn(out.getvalue(), "PNG", View(10, 5)).first, 0.5, 0.5) == (255, 255, 255)


def test_care_shows_less_the_lower_it_is() -> None:
    data = picture("PNG", (64, 64))
    by_level = {care: drawn(data, "PNG", View(32, 16, care=care)).first for care in LEVELS}
    for care in LEVELS[:-1]:
        red, green, blue = pixel(by_level[care], 0.9, 0.9)
        assert red == green == blue, care
    assert near(pixel(by_level["sharp"], 0.9, 0.9), RED)
    details = [len({by_level[care].pixels[at : at + 3] for at in range(0, 32 * 32 * 3, 3)}) for care in LEVELS]
    assert details[0] <= details[1]


def test_frames_of_an_animation_are_scenes_with_times() -> None:
    data = animation(((255, 0, 0), (255, 0, 0), (0, 255, 0), (0, 0, 255)))
    seen = drawn(data, "GIF", View(16, 8, what="scenes"))
    wanted = ((255, 0, 0), (0, 255, 0), (0, 0, 255))
    assert all(near(pixel(each, 0.5, 0.5), colour) for each, colour in zip(seen.cells, wanted, strict=True))
    assert [each.at_ms for each in seen.cells] == [0, 400, 600]
    later = drawn(data, "GIF", View(16, 8, what="frame", at_ms=0, step=1))
    assert later.first.at_ms > 0


def test_a_picture_that_is_too_large_is_refused_before_it_is_decoded() -> None:
    with pytest.raises(Refused, match="million pixels"):
        drawn(huge_png(20_000, 20_000), "PNG", View(10, 5))


def test_a_damaged_picture_says_so() -> None:
    whole = picture("PNG", (200, 200))
    with pytest.raises(Refused, match="damaged"):
        drawn(whole[:60], "PNG", View(10, 5))
    with pytest.raises(Refused, match="damaged"):
        drawn(b"\xff\xd8\xff" + b"x" * 100, "JPEG", View(10, 5))


def test_a_large_jpeg_is_decoded_at_a_fraction() -> None:
    """The smaller decode is what makes it quick; the benchmark holds the time."""
    image = pillow.open(io.BytesIO(picture("JPEG", (1080, 1920))))
    image.draft(None, (60, 60))
    assert image.size[0] <= 1080 // 4
    assert drawn(picture("JPEG", (1080, 1920)), "JPEG", View(34, 30)).size == (1080, 1920)


def test_scenes_are_those_that_differ() -> None:
    frames = [Cells(2, 1, bytes([value]) * 12, number) for number, value in enumerate((0, 0, 100, 101, 200, 0))]
    assert [each.at_ms for each in choose_scenes(frames, 10)] == [0, 2, 4, 5]
    assert [each.at_ms for each in choose_scenes(frames, 2)] == [0, 5]
    assert difference(frames[0], frames[2]) == 100


def test_what_travels_between_the_processes_comes_back_the_same() -> None:
    seen = Seen("video", "mov", (640, 360), (Cells(2, 1, b"a" * 12, 5), Cells(1, 1, b"b" * 6, 9)), 1, 4000, "note")
    assert seen_of_parts(*seen_as_parts(seen)) == seen
    with pytest.raises(ValueError, match="fit together"):
        seen_of_parts(seen_as_parts(seen)[0], b"short")


# The process ---


def test_the_process_draws_refuses_and_goes_on(tmp_path: Path) -> None:
    (tmp_path / "good.png").write_bytes(picture())
    (tmp_path / "bad.png").write_bytes(picture()[:50])
    process = MediaProcess()
    try:
        for _ in range(2):
            with opened_media([tmp_path], "bad.png") as file, pytest.raises(Refused, match="damaged"):
                process.draw(file, View(10, 5))
            with opened_media([tmp_path], "good.png") as file:
                assert process.draw(file, View(10, 5)).size == (64, 48)
    finally:
        process.close()


def test_a_file_that_takes_too_long_ends_the_process_and_not_the_work(tmp_path: Path) -> None:
    (tmp_path / "slow.png").write_bytes(huge_png(6_000, 6_000))
    (tmp_path / "good.png").write_bytes(picture())
    process = MediaProcess(within_s=0.001)
    try:
        with opened_media([tmp_path], "slow.png") as file, pytest.raises(Refused, match="took longer"):
            process.draw(file, View(10, 5))
        process._within_s = 20.0
        with opened_media([tmp_path], "good.png") as file:
            assert process.draw(file, View(10, 5)).size == (64, 48)
    finally:
        process.close()


@pytest.mark.skipif(not REALDATA.exists(), reason="no realdata here")
def test_every_awkward_file_is_shown_or_refused_with_a_reason() -> None:
    process = MediaProcess(within_s=20.0)
    shown = refused = peak = 0
    try:
        for folder in ("edge/images", "edge/video", "ads/bad-ads-screenshots/screenshots"):
            for path in sorted((REALDATA / folder).iterdir()):
                for view in (View(60, 15), View(20, 6, what="scenes"), View(40, 10, what="frame", at_ms=500, step=1)):
                    try:
                        with opened_media([REALDATA], str(path.relative_to(REALDATA))) as file:
                            assert process.draw(file, view).cells
                            shown += 1
                    except Refused as reason:
                        assert len(str(reason)) > 8
                        refused += 1
                    peak = max(peak, peak_kib(process))
    finally:
        process.close()
    assert shown > 3 * 240
    assert refused < 3 * 40
    assert peak < 300 * 1024


def peak_kib(process: MediaProcess) -> int:
    """The most memory the process at work has had so far; 0 while none is."""
    status = Path(f"/proc/{process.pid}/status") if process.pid is not None else None
    found = re.search(r"VmHWM:\s+(\d+)", status.read_text()) if status and status.exists() else None
    return int(found[1]) if found else 0


@pytest.mark.parametrize("format_", ["PNG", "JPEG", "WEBP", "GIF"])
def test_flipped_and_cut_files_are_shown_or_refused(format_: str, tmp_path: Path) -> None:
    whole = bytearray(picture(format_, (120, 90)))
    process = MediaProcess(within_s=20.0)
    try:
        for number in range(60):
            data = bytearray(whole)
            at = (number * 7919) % len(data)
            data[at] ^= 1 << (number % 8)
            (tmp_path / "f").write_bytes(bytes(data[: len(data) - number] if number % 3 == 0 else data))
            try:
                with opened_media([tmp_path], "f") as file:
                    assert process.draw(file, View(30, 10)).cells
            except Refused as reason:
                assert str(reason)
    finally:
        process.close()
