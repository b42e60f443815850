"""Characters without a shape: ones that split words or smuggle text, and bidi controls that turn it around."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from modtui.domain.lookalikes import SHAPES, script_words
from modtui.domain.signals import Signal
from modtui.domain.text import HiddenCharacter, hidden_characters

_OVERRIDES: Final = frozenset(("LRO", "RLO"))
_TO_THE_LEFT: Final = frozenset(("RLE", "RLI", "RLM", "ALM"))
_RIGHT_TO_LEFT: Final = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")


def mark_signals(text: str, component: str) -> Iterator[Signal]:
    """The signals of a text's hidden characters."""
    hidden = hidden_characters(text)
    if hidden:
        yield from _invisible(text, component, hidden)
        yield from _bidi(text, component, hidden)


def visible(text: str) -> Iterator[tuple[int, str]]:
    """The characters that have a shape, each with its place."""
    place = 0
    for hidden in hidden_characters(text):
        yield from enumerate(text[place : hidden.start], place)
        place = hidden.start + hidden.count
    yield from enumerate(text[place:], place)


def _invisible(text: str, component: str, found: tuple[HiddenCharacter, ...]) -> Iterator[Signal]:
    """Characters without a shape inside a word of Latin, Cyrillic or Greek letters or digits; tags; control functions.

    Not: ZWSP between words of Thai or Khmer, soft hyphens that leave syllables, byte order marks, bidi controls.
    """
    done = 0  # one signal a word
    for hidden in found:
        if hidden.start < done:
            continue
        if hidden.name in _OVERRIDES | _TO_THE_LEFT or hidden.name == "combining":
            continue
        end = hidden.start + hidden.count
        is_function = hidden.name in ("ESC", "BEL", "BS", "DEL") or "U+0080" <= hidden.name <= "U+009F"
        is_smuggled = hidden.name.startswith("U+E00") or (hidden.name[:2] == "VS" and hidden.count > 3)
        if is_function or is_smuggled or _splits_word(text, hidden.start, end, hidden.name):
            word_start, word_end = _word_around(text, hidden.start, end)
            done = word_end
            plain = _without_hidden(text[word_start:word_end])
            count = f" ×{hidden.count}" if hidden.count > 1 else ""
            yield Signal("invisible", component, word_start, word_end, f"hidden {hidden.name}{count}", plain)


def _splits_word(text: str, start: int, end: int, name: str) -> bool:
    if not start or end >= len(text):
        return False
    if not all(map(_is_of_a_word, (text[start - 1], text[end]))):
        return False
    if name != "SHY":
        return True
    before = re.search(r"\w*\Z", text[:start])
    after = re.match(r"\w*", text[end:])
    return min(len(before[0]) if before else 0, len(after[0]) if after else 0) < 2


def _is_of_a_word(character: str) -> bool:
    """Whether hidden characters have no business beside it: digits, and letters of scripts that neither join letters
    nor leave out spaces."""
    if character.isascii() or not character.isalpha():
        return character.isalnum()
    return SHAPES[ord(character)] == "e" or script_words(character) in ("Latin", "Cyrillic", "Greek")


def _word_around(text: str, start: int, end: int) -> tuple[int, int]:
    while start and not text[start - 1].isspace():
        start -= 1
    while end < len(text) and not text[end].isspace():
        end += 1
    return start, end


def _without_hidden(text: str) -> str:
    return "".join(character for _, character in visible(text))


def _bidi(text: str, component: str, found: tuple[HiddenCharacter, ...]) -> Iterator[Signal]:
    """Overrides anywhere; what turns text to the left only where no right-to-left letter needs it.

    Not: controls that turn left-to-right text to the right, which copying from a web page leaves behind.
    """
    needs_them = _RIGHT_TO_LEFT.search(text) is not None
    for hidden in found:
        if hidden.name in _OVERRIDES or (hidden.name in _TO_THE_LEFT and not needs_them):
            start, end = _word_around(text, hidden.start, hidden.start + hidden.count)
            why = f"{hidden.name} changes the order of reading"
            yield Signal("bidi", component, start, end, why, _without_hidden(text[start:end]))
