"""Pixels in the two ways terminals take them: the kitty graphics protocol, and sixel.

Kitty: https://sw.kovidgoyal.net/kitty/graphics-protocol. Sixel: DEC STD 070, chapter 9.
"""

from __future__ import annotations

import base64
import zlib
from collections.abc import Iterator

CHUNK = 4096
"Characters of data in one command, at most."
KITTY_CLEAR = "\x1b_Ga=d,d=A,q=2\x1b\\"
"Takes every picture off the screen, and its data out of the terminal."
LEVELS = 6
"Steps of each colour in a sixel picture: 216 colours, which every terminal has registers for."


def kitty(pixels: bytes, width: int, height: int, columns: int, rows: int) -> str:
    """RGB pixels as commands that show them, as large as so many cells, where the cursor stands; it does not move, and
    the terminal does not answer."""
    data = base64.standard_b64encode(zlib.compress(pixels, 1)).decode()
    parts = [data[at : at + CHUNK] for at in range(0, len(data), CHUNK)]
    commands: list[str] = []
    for number, part in enumerate(parts):
        more = f"q=2,m={int(number + 1 < len(parts))}"
        head = f"a=T,f=24,o=z,s={width},v={height},c={columns},r={rows},C=1,{more}" if not number else more
        commands.append(f"\x1b_G{head};{part}\x1b\\")
    return "".join(commands)


def sixel(pixels: bytes, width: int, height: int) -> str:
    """RGB pixels as one sixel picture, dithered to 216 colours."""
    import numpy

    image = numpy.frombuffer(pixels, numpy.uint8).reshape(height, width, 3)
    dither = _dither(height, width)[:, :, None]
    steps = numpy.minimum(image.astype(numpy.uint16) * (LEVELS - 1) + dither, 255 * (LEVELS - 1)) // 255
    colours = (steps[:, :, 0] * LEVELS + steps[:, :, 1]) * LEVELS + steps[:, :, 2]
    used = [int(each) for each in numpy.unique(colours)]
    registers = "".join(_register(number, colour) for number, colour in enumerate(used))
    bands = "-".join(_bands(colours, used))
    return f'\x1bP0;1;0q"1;1;{width};{height}{registers}{bands}\x1b\\'


def _dither(height: int, width: int):  # type: ignore[no-untyped-def]
    """Bayer's 4x4 thresholds between two steps, over the whole picture."""
    import numpy

    bayer = numpy.array([[0, 8, 2, 10], [12, 4, 14, 6], [3, 11, 1, 9], [15, 7, 13, 5]], numpy.uint16) * 255 // 16
    return numpy.tile(bayer, (height // 4 + 1, width // 4 + 1))[:height, :width]


def _register(number: int, colour: int) -> str:
    """A colour with its parts in percent."""
    parts = (colour // LEVELS**2, colour // LEVELS % LEVELS, colour % LEVELS)
    return f"#{number};2;" + ";".join(str(part * 100 // (LEVELS - 1)) for part in parts)


def _bands(colours, used: list[int]) -> Iterator[str]:  # type: ignore[no-untyped-def]
    """Six lines of pixels at a time: for each colour in them a row of signs, laid over one another."""
    import numpy

    number_of = {colour: number for number, colour in enumerate(used)}
    weights = numpy.array([1, 2, 4, 8, 16, 32], numpy.uint16)
    for top in range(0, len(colours), 6):
        band = colours[top : top + 6]
        rows = []
        for colour in numpy.unique(band):
            bits = ((band == colour) * weights[: len(band), None]).sum(axis=0) + 63
            rows.append(f"#{number_of[int(colour)]}" + _runs(bits.astype(numpy.uint8)))
        yield "$".join(rows)


def _runs(signs) -> str:  # type: ignore[no-untyped-def]
    """The signs of a row with repeats counted; blanks at its end are left out."""
    import numpy

    edges = numpy.flatnonzero(numpy.diff(signs)) + 1
    starts = [0, *edges.tolist()]
    ends = [*edges.tolist(), len(signs)]
    values = signs[starts].tolist()
    if values[-1] == 63:
        starts, ends, values = starts[:-1], ends[:-1], values[:-1]
    return "".join(
        f"!{end - start}{chr(value)}" if end - start > 3 else chr(value) * (end - start)
        for start, end, value in zip(starts, ends, values, strict=True)
    )
