"""Media are opened within the folder of their queue only, and told apart by what is in them."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modtui.files.media_files import PICTURE, VIDEO, Refused, kind_of, opened_media

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 30


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "secret.png").write_bytes(PNG)
    queue = tmp_path / "queue"
    (queue / "media").mkdir(parents=True)
    (queue / "media" / "1.png").write_bytes(PNG)
    (queue / "media" / "text.jpg").write_text("just words")
    (queue / "media" / "empty.png").write_bytes(b"")
    (queue / "media" / "page.png").write_bytes(b"<html>")
    (queue / "media" / "sound.mp3").write_bytes(b"ID3" + b"\0" * 20)
    (queue / "media" / "named.gif").write_bytes(b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom")
    (queue / "media" / "link.png").symlink_to(tmp_path / "secret.png")
    (queue / "out").symlink_to(tmp_path)
    os.mkfifo(queue / "media" / "pipe.png")
    with (queue / "media" / "sparse.png").open("wb") as file:
        file.write(PNG)
        file.truncate(10 << 30)
    return queue


def test_a_file_of_the_folder_is_opened(folder: Path) -> None:
    with opened_media([folder], "./media//1.png") as file:
        assert (file.kind, file.format, file.size) == (PICTURE, "PNG", len(PNG))
        assert file.sha256 == hashlib.sha256(PNG).hexdigest()
        assert os.pread(file.fd, 4, 0) == PNG[:4]


def test_the_kind_is_that_of_the_content(folder: Path) -> None:
    with opened_media([folder], "media/named.gif") as file:
        assert (file.kind, file.format) == (VIDEO, "mov")


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("../secret.png", "leads out"),
        ("media/../../secret.png", "leads out"),
        ("/etc/passwd", "leads out"),
        ("~/x.png", "leads out"),
        ("out/secret.png", "is a link"),
        ("media/link.png", "is a link"),
        ("media/pipe.png", "is a device or a pipe"),
        ("media", "is a folder"),
        ("media/none.png", "is not in the folder"),
        ("media/1.png/x", "is not in the folder"),
        ("media/empty.png", "is empty"),
        ("media/text.jpg", "it is text"),
        ("media/page.png", "it is markup"),
        ("media/sparse.png", "is too large"),
        ("https://evil.example/1.png", "nothing is fetched"),
        ("", "names no file"),
        ("a\0b", "leads out"),
        ("x" * 5000, "cannot be opened"),
        ("\udcff.png", "is not in the folder"),
    ],
)
def test_what_is_not_opened_says_why(folder: Path, path: str, words: str) -> None:
    with pytest.raises(Refused, match=words), opened_media([folder], path):
        pass


def test_a_device_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="device or a pipe"), opened_media([Path("/dev")], "zero"):
        pass


def test_the_sha256_is_checked_when_it_is_given(folder: Path) -> None:
    digest = hashlib.sha256(PNG).hexdigest()
    with opened_media([folder], "media/1.png", digest.upper()) as file:
        assert file.sha256 == digest
    with pytest.raises(Refused, match="sha256"), opened_media([folder], "media/1.png", "0" * 64):
        pass


def test_a_file_that_changed_has_another_sha256(folder: Path) -> None:
    with opened_media([folder], "media/1.png") as before:
        first = before.sha256
    (folder / "media" / "1.png").write_bytes(PNG + b"more")
    with opened_media([folder], "media/1.png") as after:
        assert after.sha256 != first


def test_of_several_folders_only_one_may_be_meant(folder: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    (other / "media").mkdir(parents=True)
    (other / "media" / "1.png").write_bytes(PNG)
    with opened_media([other, folder], "media/1.png") as file:
        assert file.kind == PICTURE
    (other / "media" / "1.png").write_bytes(PNG + b"another")
    with pytest.raises(Refused, match="several folders"), opened_media([other, folder], "media/1.png"):
        pass
    with opened_media([other, folder], "media/1.png", hashlib.sha256(PNG).hexdigest()) as file:
        assert file.size == len(PNG)


def test_without_a_folder_there_is_a_reason() -> None:
    with pytest.raises(Refused, match="without a folder"), opened_media([], "media/1.png"):
        pass


@given(st.text(alphabet="./\\~a\0:é", max_size=12))
def test_no_path_leaves_the_folder(path: str) -> None:
    base = Path(__file__).parent / "no such folder"
    with pytest.raises(Refused), opened_media([base], path):
        pass


@given(st.binary(max_size=400))
def test_any_beginning_has_a_kind_or_none(head: bytes) -> None:
    assert kind_of(head)[0] in (PICTURE, VIDEO, "sound", "")
