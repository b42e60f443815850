"""What is asked of a picture or video, and the cells that come back: how screens and the decoding process talk."""

from __future__ import annotations

from typing import Any

from msgspec import Struct

from modtui.domain.exposure import SHARP

WHOLE = (0, 0, 10_000, 10_000)
"All of a picture, in 1/10,000."


class View(Struct, frozen=True):
    """What to show of a medium, and how large."""

    columns: int
    rows: int
    "Cells there are; each shows two pixels, one above the other."
    crop: tuple[int, int, int, int] = WHOLE
    "Left, top, right, bottom in 1/10,000 of the picture."
    care: str = SHARP
    what: str = "picture"
    "`picture`: a still, or the first frame of a video; `scenes`: a storyboard; `frame`: one moment of a video."
    at_ms: int = 0
    "The moment of a `frame`."
    step: int = 0
    "With a `frame`: 1 the next one after the moment, -1 the last one before it, 0 the one that is shown then."
    most: int = 12
    "With `scenes`: how many at most."


class Cells(Struct, frozen=True):
    """A drawn picture: RGB pixels, `columns` to a line, two lines of pixels to a line of cells."""

    columns: int
    rows: int
    pixels: bytes
    at_ms: int = 0


class Seen(Struct, frozen=True):
    """What a view came to."""

    kind: str
    "`picture`, `video` or `sound`."
    format: str
    size: tuple[int, int]
    "Width and height in pixels, turned upright."
    cells: tuple[Cells, ...]
    "One, or the scenes in their order."
    frames: int = 1
    "Of an animated picture."
    duration_ms: int = 0
    note: str = ""
    "What a person should know of the file, such as that not all of it could be read."

    @property
    def first(self) -> Cells:
        return self.cells[0]


def seen_as_parts(seen: Seen) -> tuple[dict[str, Any], bytes]:
    """A header of plain JSON data and the pixels behind it."""
    header = {name: getattr(seen, name) for name in Seen.__struct_fields__ if name != "cells"}
    header["cells"] = [(each.columns, each.rows, each.at_ms) for each in seen.cells]
    return header, b"".join(each.pixels for each in seen.cells)


def seen_of_parts(header: dict[str, Any], body: bytes) -> Seen:
    """The reverse. Raises ValueError when the two do not fit together."""
    cells: list[Cells] = []
    at = 0
    for columns, rows, at_ms in header["cells"]:
        length = columns * rows * 2 * 3
        cells.append(Cells(columns, rows, body[at : at + length], at_ms))
        at += length
    if at != len(body) or not cells:
        raise ValueError("cells and pixels do not fit together")
    return Seen(**{**header, "size": (int(header["size"][0]), int(header["size"][1])), "cells": tuple(cells)})
