"""Videos: a storyboard of what differs, and single frames."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from modtui.files.media_files import VIDEO, Refused, opened_media
from modtui.files.media_process import MediaProcess
from modtui.files.media_views import Seen, View
from tests.media.made import video
from tests.media.test_pictures import near, pixel

COLOURS = ((220, 20, 20), (20, 220, 20), (20, 20, 220))


@pytest.fixture(scope="module")
def process() -> Iterator[MediaProcess]:
    one = MediaProcess(within_s=20.0)
    yield one
    one.close()


def drawn(process: MediaProcess, path: Path, view: View) -> Seen:
    with opened_media([path.parent], path.name) as file:
        assert file.kind == VIDEO
        return process.draw(file, view)


@pytest.mark.parametrize(("name", "gop"), [("key.mp4", 10), ("long.mp4", 300), ("key.mov", 10), ("key.mpg", 10)])
def test_a_storyboard_has_each_scene_once(process: MediaProcess, tmp_path: Path, name: str, gop: int) -> None:
    made = video(tmp_path / name, fps=25, gop=gop) if name.endswith("mpg") else video(tmp_path / name, gop=gop)
    seen = drawn(process, made, View(16, 6, what="scenes"))
    assert len(seen.cells) == 3
    for cells, colour in zip(seen.cells, COLOURS, strict=True):
        assert near(pixel(cells, 0.5, 0.5), colour, 60)
    assert [round(each.at_ms / 1000) for each in seen.cells] == [0, 1, 2]


def test_frames_are_stepped_through_one_by_one(process: MediaProcess, tmp_path: Path) -> None:
    made = video(tmp_path / "v.mp4")
    at, seen_at = 0, []
    for _ in range(12):
        at = drawn(process, made, View(16, 6, what="frame", at_ms=at, step=1)).first.at_ms
        seen_at.append(at)
    assert seen_at == [100 * number for number in range(1, 13)]
    back = drawn(process, made, View(16, 6, what="frame", at_ms=at, step=-1)).first.at_ms
    assert back == 1100


def test_a_moment_shows_the_frame_of_then(process: MediaProcess, tmp_path: Path) -> None:
    made = video(tmp_path / "v.mp4")
    seen = drawn(process, made, View(16, 6, what="frame", at_ms=1550))
    assert seen.first.at_ms == 1500
    assert near(pixel(seen.first, 0.5, 0.5), COLOURS[1], 60)
    assert drawn(process, made, View(16, 6, what="frame", at_ms=99_000)).first.at_ms == 2900
    assert 2900 <= seen.duration_ms <= 3100


def test_a_video_that_is_cut_off_is_shown_as_far_as_it_goes_or_refused(process: MediaProcess, tmp_path: Path) -> None:
    whole = video(tmp_path / "v.mpg", fps=25).read_bytes()
    (tmp_path / "cut.mpg").write_bytes(whole[: len(whole) // 2])
    assert drawn(process, tmp_path / "cut.mpg", View(16, 6, what="scenes")).cells
    mp4 = video(tmp_path / "v.mp4").read_bytes()
    (tmp_path / "cut.mp4").write_bytes(mp4[: len(mp4) // 2])
    with pytest.raises(Refused, match="damaged"):
        drawn(process, tmp_path / "cut.mp4", View(16, 6))


def test_a_playlist_in_disguise_opens_nothing(process: MediaProcess, tmp_path: Path) -> None:
    """FFmpeg would read a list of files or addresses if it were let to guess what the file is."""
    (tmp_path / "list.mp4").write_bytes(b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom#EXTM3U\nhttp://127.0.0.1:9/x.ts\n")
    with pytest.raises(Refused):
        drawn(process, tmp_path / "list.mp4", View(16, 6))
    (tmp_path / "list2.mp4").write_bytes(b"#EXTM3U\n#EXTINF:1,\n/etc/passwd\n")
    with pytest.raises(Refused, match="it is text"):
        drawn(process, tmp_path / "list2.mp4", View(16, 6))


def test_the_scenes_are_the_same_however_clearly_they_are_shown(process: MediaProcess, tmp_path: Path) -> None:
    made = video(tmp_path / "v.mp4")
    sharp = drawn(process, made, View(16, 6, what="scenes"))
    coarse = drawn(process, made, View(16, 6, what="scenes", care="coarse"))
    assert [each.at_ms for each in coarse.cells] == [each.at_ms for each in sharp.cells]
    for cells in coarse.cells:
        red, green, blue = pixel(cells, 0.5, 0.5)
        assert red == green == blue
