"""Sound is shown, never played: its length, its codec, how loud it is, and that it was opened."""

from __future__ import annotations

import math
import wave
from array import array
from collections.abc import Iterator
from pathlib import Path

import pytest

from modtui.files.media_files import SOUND, Refused, opened_media
from modtui.files.media_process import MediaProcess
from modtui.files.media_views import Seen, View
from modtui.files.sounds import GROUND, HERE, WAVE
from modtui.tui import actions
from tests.media.media_story import media_desk, picture_ad

pytest.importorskip("av", reason="the extra `video` is not installed")
pytest.importorskip("PIL.Image", reason="the extra `images` is not installed")
RATE = 8000
SPOKEN = {
    "creative": {
        "body": "Listen.",
        "transcript": [{"start_ms": 0, "end_ms": 2000, "text": "Nothing."}, {"start_ms": 2000, "text": "Loud words."}],
    }
}


def sound(path: Path, seconds: int = 4) -> Path:
    """A WAV that is silent for its first half, and a loud tone from there on."""
    half = seconds * RATE // 2
    loud = array("h", [0] * half + [round(30_000 * math.sin(at)) for at in range(half)])
    with wave.open(str(path), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(RATE)
        out.writeframes(loud.tobytes())
    return path


@pytest.fixture(scope="module")
def process() -> Iterator[MediaProcess]:
    one = MediaProcess(within_s=20.0)
    yield one
    one.close()


def drawn(process: MediaProcess, path: Path, view: View) -> Seen:
    with opened_media([path.parent], path.name) as file:
        assert file.kind == SOUND
        return process.draw(file, view)


def column(seen: Seen, share: float) -> set[bytes]:
    """The colours of a column."""
    cells = seen.first
    at = int(share * cells.columns) * 3
    width = cells.columns * 3
    return {cells.pixels[line * width + at : line * width + at + 3] for line in range(cells.rows * 2)}


def test_loud_and_silent_parts_are_seen_with_length_and_codec(process: MediaProcess, tmp_path: Path) -> None:
    seen = drawn(process, sound(tmp_path / "a.wav"), View(40, 10))
    assert (seen.kind, seen.duration_ms) == ("sound", 4000)
    assert "pcm_s16le, 8 kHz, never played" in seen.note
    assert WAVE in column(seen, 0.9) and column(seen, 0.2) == {GROUND}
    here = drawn(process, tmp_path / "a.wav", View(40, 10, what="frame", at_ms=1000))
    assert column(here, 0.26) == {HERE} and here.first.at_ms == 1000
    scenes = drawn(process, tmp_path / "a.wav", View(8, 4, what="scenes"))
    assert [each.at_ms for each in scenes.cells] == [0, 1000, 2000, 3000]


def test_a_damaged_sound_has_a_reason(process: MediaProcess, tmp_path: Path) -> None:
    (tmp_path / "bad.mp3").write_bytes(b"ID3" + bytes(range(256)) * 20)
    with pytest.raises(Refused):
        drawn(process, tmp_path / "bad.mp3", View(40, 10))


async def test_an_ad_with_a_sound_is_opened_by_looking_at_it(tmp_path: Path) -> None:
    sound(tmp_path / "spot.wav")
    ad = picture_ad("p1", **SPOKEN, media=[{"path": "spot.wav", "kind": "audio"}])
    async with media_desk(tmp_path, ad) as desk:
        await desk.drawn()
        await desk.press(actions.PICTURE)
        await desk.drawn()
        desk.shows("0:04", "sound, pcm_s16le", "Loud words.")
        desk.hides("960x240")
        assert "media.0" in desk.screen.desk.opened
        await desk.press(actions.PICTURE_SCENE, actions.PICTURE_SCENE)
        await desk.drawn()
        desk.shows("at 0:02")
        await desk.press("escape")
        desk.hides("unseen: media")


async def test_a_queue_that_must_be_seen_is_not_stuck_on_a_sound_nobody_called_one(tmp_path: Path) -> None:
    sound(tmp_path / "spot.wav")
    (tmp_path / "bad.wav").write_bytes(b"RIFF\0\0\0\0WAVEnothing")
    for name in ("spot.wav", "bad.wav"):
        ad = picture_ad("p1", **SPOKEN, media=[{"path": name, "kind": "video"}])
        async with media_desk(tmp_path, ad) as desk:
            desk.screen.desk.must_see = "media.0"
            await desk.press(actions.PICTURE)
            await desk.drawn()
            await desk.press("escape", actions.ACCEPT)
            assert desk.outcomes() == [("p1", "approve")], name
