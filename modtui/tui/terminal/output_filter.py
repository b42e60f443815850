"""The second line of defence on the way out: only text and the control functions that the screens need reach the tty.

The first line is `modtui.domain.text.reveal`; what gets past it by mistake ends here. The allowlist is Textual's own
vocabulary: colours and attributes, placing the cursor, and the modes it sets. Everything else is shown as `␛` or
`�` and does nothing; the queries Textual asks are dropped, because an answer is typed input, and so are the shapes it
gives the mouse pointer.
"""

from __future__ import annotations

import re
from typing import Final

MODES: Final = ("1000", "1002", "1004", "1006", "1015", "1016", "1049", "2004", "2026", "2048", "25", "7")
"""Modes that may be set and reset: mouse buttons and drags (1000, 1002) and their encodings, focus, alternate screen,
bracketed paste, synchronized output, in-band resize, cursor, line wrap. 1003 becomes 1002: reports of mere movement
would be input beside an honest key, and a burden on a slow link."""

_ALLOWED: Final = (
    rf"\[(?:[0-9;:]*m|[0-9;]*H|\?(?:{'|'.join(MODES)})[hl]"
    r"|>25u|<u)"  # the kitty keyboard protocol, on and off
)
_DROPPED: Final = r"\[\?(?:2026|2048)\$p|\]22;[a-z-]*\x07"
_CONTROLS: Final = r"\x00-\x09\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff"
_SAFE: Final = re.compile(rf"[^{_CONTROLS}]*+(?:\x1b(?:\[[0-9;:]*+[mH]|{_ALLOWED})[^{_CONTROLS}]*+)*+")
_UNSAFE: Final = re.compile(
    rf"\x1b(?!{_ALLOWED})(?:(?P<dropped>{_DROPPED})|\[\?1003(?P<motion>[hl]))?|(?!\x1b)[{_CONTROLS}]"
)


def filtered(data: str) -> str:
    """The data without anything but text and allowed control functions."""
    return data if _SAFE.fullmatch(data) else _UNSAFE.sub(_replacement, data)


def _replacement(match: re.Match[str]) -> str:
    if match["motion"]:
        return f"\x1b[?1002{match['motion']}"
    if match["dropped"] or match[0] == "\x07":
        return ""
    return "␛" if match[0] == "\x1b" else "\ufffd"
