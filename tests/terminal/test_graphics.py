"""Pictures in a terminal's own pixels: found out before the start, drawn in the viewer, and gone when it is left."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path

import pytest

from modtui.files.terminal_pictures import KITTY_CLEAR, kitty, sixel
from modtui.tui.terminal.graphics import Graphics, graphics_of, questions
from tests.files.test_terminal_pictures import of_kitty, of_sixel
from tests.media.made import picture
from tests.terminal.pty_session import PtySession
from tests.terminal.real_app import House

KITTY_ASKED = b"\x1b_Gi=31,s=1,v=1,a=q,t=d,f=24;AAAA\x1b\\"
KITTY_SAYS = {KITTY_ASKED: b"\x1b_Gi=31;OK\x1b\\", b"\x1b[16t": b"\x1b[6;16;8t"}
SIXEL_SAYS = {b"\x1b[c": b"\x1b[?62;4;22c", b"\x1b[16t": b"\x1b[6;20;10t"}


@pytest.mark.parametrize(
    ("setting", "answer", "found"),
    [
        ("auto", b"\x1b_Gi=31;OK\x1b\\\x1b[6;16;8t\x1b[?62;4c", Graphics("kitty", (8, 16))),
        ("auto", b"\x1b[?62;4;22c", Graphics("sixel")),
        ("auto", b"\x1b[?64;1;2;6;9;15;22c", Graphics("blocks")),
        ("auto", b"\x1b[?1;2c\x1b_Gi=31;ENOTSUPPORTED\x1b\\", Graphics("blocks")),
        ("auto", b"", Graphics("blocks")),
        ("kitty", b"\x1b[6;0;0t", Graphics("kitty")),
        ("sixel", b"\x1b[6;20;9t", Graphics("sixel", (9, 20))),
        ("none", b"\x1b[?62;4c", Graphics("none")),
    ],
)
def test_what_follows_from_setting_and_answer(setting: str, answer: bytes, found: Graphics) -> None:
    assert graphics_of(setting, answer) == found


@pytest.mark.parametrize(
    ("setting", "environ", "is_asked"),
    [
        ("auto", {"TERM": "xterm-256color"}, True),
        ("auto", {"TERM": "linux"}, False),
        ("auto", {"TERM_PROGRAM": "Apple_Terminal"}, False),
        ("blocks", {"TERM": "xterm-kitty"}, False),
        ("none", {"TERM": "xterm-kitty"}, False),
    ],
)
def test_no_terminal_is_asked_that_would_print_the_question(
    setting: str, environ: Mapping[str, str], is_asked: bool
) -> None:
    assert bool(questions(setting, environ)) is is_asked
    assert KITTY_ASKED not in questions(setting, environ | {"TMUX": "/tmp/x"}), "it would not reach the terminal"


def picture_queue(folder: Path) -> Path:
    (folder / "blue.png").write_bytes(picture(size=(64, 48)))
    path = folder / "shown.jsonl"
    path.write_text(json.dumps({"id": "a", "creative": {"body": "Look."}, "media": [{"path": "blue.png"}]}) + "\n")
    return path


def opened(tmp_path: Path, replies: Mapping[bytes, bytes], *options: str) -> PtySession:
    house = House(tmp_path)
    queue = picture_queue(tmp_path)
    return house.run("review", str(queue), *options, replies=replies)


@pytest.mark.terminal
def test_kitty_draws_the_picture_and_takes_it_away(tmp_path: Path) -> None:
    with opened(tmp_path, KITTY_SAYS) as session:
        session.wait_for("Look")
        session.wait_quiet()
        session.send("i")
        session.wait_for_bytes(b"\x1b_Ga=T")
        session.wait_quiet()
        shown = re.search(rb"(?:\x1b_G[^\x1b]*\x1b\\)+(?=\x1b8)", bytes(session.raw))
        assert shown is not None
        keys, pixels = of_kitty(shown[0].decode())
        width, height = int(keys["s"]), int(keys["v"])
        assert len(pixels) == width * height * 3 and abs(width * 48 - height * 64) <= 64 * 2
        assert pixels[:3] == bytes((0, 0, 255)) and pixels[-3:] == bytes((200, 30, 30))
        session.send("\x1b")
        session.wait_for_bytes(KITTY_CLEAR.encode())
        session.wait_for("Look")


@pytest.mark.terminal
def test_sixel_draws_the_picture(tmp_path: Path) -> None:
    with opened(tmp_path, SIXEL_SAYS) as session:
        session.wait_for("Look")
        session.wait_quiet()
        session.send("i")
        session.wait_for_bytes(b"\x1bP0;1;0q")
        session.wait_quiet()
        shown = re.search(rb"\x1bP0;1;0q[^\x1b]*\x1b\\", bytes(session.raw))
        assert shown is not None
        width, height, drawn = of_sixel(shown[0].decode())
        assert len(drawn) == width * height and drawn[0, 0] == (0, 0, 255)


@pytest.mark.terminal
def test_a_terminal_that_says_nothing_gets_half_blocks_and_none_gets_nothing(tmp_path: Path) -> None:
    with opened(tmp_path, {}) as session:
        session.wait_for("Look")
        session.wait_quiet()
        session.send("i")
        session.wait_for("▀")
        assert b"\x1b_Ga=T" not in session.raw and b"\x1bP" not in session.raw
    with opened(tmp_path, KITTY_SAYS, "--graphics", "none") as session:
        session.wait_for("Look")
        session.wait_quiet()
        session.send("i")
        session.wait_for("not drawn in this session")
        assert b"\x1b_G" not in session.raw and "▀" not in session.text


@pytest.mark.terminal
def test_only_pictures_pass_the_filter_by() -> None:
    from modtui.tui.terminal.driver import _PICTURE

    for good in (kitty(b"\0\0\0", 1, 1, 1, 1), sixel(b"\0\0\0" * 12, 2, 6), KITTY_CLEAR):
        assert _PICTURE.fullmatch(good)
    for bad in ("\x1b]0;x\x07", "\x1b_Ga=T;\x1b[2J\x1b\\", "\x1bP0;1;0q\x1b[31m\x1b\\", "text", "\x1b_Xa\x1b\\", ""):
        assert not _PICTURE.fullmatch(bad)
