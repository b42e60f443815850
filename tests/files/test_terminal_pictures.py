"""Pixels on their way to a terminal: what it would draw is the picture that was sent."""

from __future__ import annotations

import base64
import random
import re
import zlib

from hypothesis import given, settings
from hypothesis import strategies as st

from modtui.files.terminal_pictures import CHUNK, LEVELS, kitty, sixel

NEAR = 255 // (LEVELS - 1) + 2
"How far a colour may be from the one that was sent: one step, and a rounding."


@st.composite
def pictures(draw: st.DrawFn) -> tuple[bytes, int, int]:
    width, height = draw(st.integers(1, 24)), draw(st.integers(1, 20))
    pixels = draw(st.binary(min_size=3, max_size=30))
    needed = width * height * 3
    return (pixels * (needed // len(pixels) + 1))[:needed], width, height


def of_kitty(text: str) -> tuple[dict[str, str], bytes]:
    """The keys of the first command, and the pixels of all."""
    commands = re.findall(r"\x1b_G([^;]*);([^\x1b]*)\x1b\\", text)
    assert "".join(f"\x1b_G{head};{data}\x1b\\" for head, data in commands) == text
    assert all(len(data) <= CHUNK for _, data in commands)
    keys = [dict(pair.split("=") for pair in head.split(",")) for head, _ in commands]
    assert [each["m"] for each in keys] == ["1"] * (len(keys) - 1) + ["0"]
    return keys[0], zlib.decompress(base64.b64decode("".join(data for _, data in commands)))


def of_sixel(text: str) -> tuple[int, int, dict[tuple[int, int], tuple[int, int, int]]]:
    """Width, height, and each pixel that a terminal would draw."""
    start = re.match(r'\x1bP0;1;0q"1;1;(\d+);(\d+)', text)
    assert start is not None and text.endswith("\x1b\\")
    colours: dict[str, tuple[int, int, int]] = {}
    drawn: dict[tuple[int, int], tuple[int, int, int]] = {}
    x = top = 0
    colour = ""
    for part in re.finditer(r"#(\d+)(?:;2;(\d+);(\d+);(\d+))?|!(\d+)([?-~])|([?-~])|(\$)|(-)", text[start.end() : -2]):
        number, red, green, blue, count, repeated, sign, again, following = part.groups()
        if red is not None:
            colours[number] = (int(red) * 255 // 100, int(green) * 255 // 100, int(blue) * 255 // 100)
        elif number is not None:
            colour = number
        elif again:
            x = 0
        elif following:
            x, top = 0, top + 6
        else:
            bits = ord(repeated or sign) - 63
            run = range(x, x + int(count or 1))
            drawn.update({(at, top + bit): colours[colour] for at in run for bit in range(6) if bits >> bit & 1})
            x = run.stop
    return int(start[1]), int(start[2]), drawn


@given(pictures())
def test_kitty_gets_every_pixel(picture: tuple[bytes, int, int]) -> None:
    pixels, width, height = picture
    keys, sent = of_kitty(kitty(pixels, width, height, 7, 3))
    assert sent == pixels and (keys["s"], keys["v"]) == (str(width), str(height))
    assert (keys["c"], keys["r"], keys["q"], keys["C"]) == ("7", "3", "2", "1"), "it answers nothing and moves nothing"


def test_a_large_picture_goes_to_kitty_in_pieces() -> None:
    pixels = random.Random(1).randbytes(120 * 90 * 3)
    assert kitty(pixels, 120, 90, 12, 5).count("\x1b_G") > 1 and of_kitty(kitty(pixels, 120, 90, 12, 5))[1] == pixels


@settings(deadline=None)  # the first call imports numpy
@given(pictures())
def test_sixel_draws_every_pixel_in_nearly_its_colour(picture: tuple[bytes, int, int]) -> None:
    pixels, width, height = picture
    wide, high, drawn = of_sixel(sixel(pixels, width, height))
    assert (wide, high) == (width, height)
    assert set(drawn) == {(x, y) for x in range(width) for y in range(height)}
    for (x, y), colour in drawn.items():
        at = (y * width + x) * 3
        assert all(abs(got - sent) <= NEAR for got, sent in zip(colour, pixels[at : at + 3], strict=True))


def test_one_colour_stays_one_colour_where_it_has_a_register() -> None:
    _, _, drawn = of_sixel(sixel(bytes((255, 0, 51)) * 64, 8, 8))
    assert set(drawn.values()) == {(255, 0, 51)}
