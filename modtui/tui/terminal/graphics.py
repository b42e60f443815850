"""Whether the terminal draws pixels: asked once, before the app starts, together with the round trip."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from msgspec import Struct

_ATTRIBUTES: Final = b"\x1b[c"
_CELL: Final = b"\x1b[16t"
_KITTY: Final = b"\x1b_Gi=31,s=1,v=1,a=q,t=d,f=24;AAAA\x1b\\"
_HAS_KITTY: Final = re.compile(rb"\x1b_Gi=31;OK\x1b\\")
_HAS_SIXEL: Final = re.compile(rb"\x1b\[\?\d+(?:;\d+)*;4(?:;\d+)*c")
_CELL_SIZE: Final = re.compile(rb"\x1b\[6;(\d{1,3});(\d{1,3})t")
_PRINT_QUESTIONS: Final = ("Apple_Terminal",)
"Terminals that show what they do not understand."


class Graphics(Struct, frozen=True):
    """How pictures reach this terminal."""

    kind: str = "blocks"
    "`blocks`, `kitty`, `sixel` or `none`."
    cell: tuple[int, int] = (10, 20)
    "Width and height of a cell in pixels; taken to be this where the terminal does not say."

    @property
    def has_pixels(self) -> bool:
        return self.kind in ("kitty", "sixel")


def questions(setting: str, environ: Mapping[str, str]) -> bytes:
    """What to ask the terminal for a setting; nothing of one that would print the questions or pass them on."""
    if setting in ("blocks", "none") or environ.get("TERM_PROGRAM") in _PRINT_QUESTIONS:
        return b""
    if environ.get("TERM", "").startswith(("linux", "screen", "dumb", "vt")):
        return b""
    return (_KITTY if setting != "sixel" and "TMUX" not in environ else b"") + _CELL + _ATTRIBUTES


def graphics_of(setting: str, answer: bytes) -> Graphics:
    """What follows from the setting and from what the terminal has answered, in whatever order."""
    found = _CELL_SIZE.search(answer)
    cell = (int(found[2]), int(found[1])) if found and int(found[1]) and int(found[2]) else Graphics().cell
    if setting != "auto":
        return Graphics(setting, cell)
    if _HAS_KITTY.search(answer):
        return Graphics("kitty", cell)
    return Graphics("sixel" if _HAS_SIXEL.search(answer) else "blocks", cell)
