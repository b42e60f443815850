"""Text for a terminal whose locale is not UTF-8: lines and signs in ASCII, everything at its width."""

from __future__ import annotations

from typing import Final

from rich.cells import cell_len

_ASCII: Final = str.maketrans(
    {
        **dict.fromkeys("─━═╌┄", "-"), **dict.fromkeys("│┃║╎┆▏▕▎", "|"),
        **dict.fromkeys("┌┐└┘├┤┬┴┼╭╮╰╯┏┓┗┛╔╗╚╝╠╣╦╩╬", "+"),
        **dict.fromkeys("▸▶→›", ">"), **dict.fromkeys("◂◀←‹", "<"),
        **dict.fromkeys("▲↑", "^"), **dict.fromkeys("▼↓", "v"),
        **dict.fromkeys("█▓▒░▄▀▌▐▦■", "#"), **dict.fromkeys("•·●○", "*"), "✓": "+", "✗": "x", "…": "~",
        "⟦": "<", "⟧": ">",
        "×": "x", "–": "-", "—": "-", "“": '"', "”": '"', "„": '"', "‘": "'", "’": "'", "⏎": "/", "⇥": ">", "␍": "/",
        "≠": "#", "♪": "~", "␛": "?",
    }
)  # fmt: skip


def plain(text: str, encoding: str) -> str:
    """The text in characters that `encoding` has, each run as wide as before."""
    if text.isascii():
        return text
    text = text.translate(_ASCII)
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return "".join(_encodable(character, encoding) for character in text)
    return text


def _encodable(character: str, encoding: str) -> str:
    try:
        character.encode(encoding)
    except UnicodeEncodeError:
        return "?" * cell_len(character)
    return character
