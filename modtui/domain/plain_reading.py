"""A text as it is meant to be read: without hidden characters, look-alikes, styled, swapped and spaced letters."""

from __future__ import annotations

from msgspec import Struct

from modtui.domain.foreign_letters import borrowed_words
from modtui.domain.hidden_marks import visible
from modtui.domain.lookalikes import PLAIN_LETTERS
from modtui.domain.swapped_letters import leet_words, spaced_words
from modtui.domain.text import hidden_characters


class Reading(Struct, frozen=True):
    """A text as it is meant to be read, with the way back."""

    text: str
    offsets: tuple[int, ...] | range
    "For each character of `text`, and for its end, the place in the original."

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Where `text[start:end]` stands in the original."""
        return self.offsets[start], (self.offsets[end - 1] + 1 if end > start else self.offsets[start])


def plain_reading(text: str) -> Reading:
    """The text with every disguise undone. A text that has none reads as itself."""
    reading = Reading(text, range(len(text) + 1))
    if not text.isascii() or not text.isprintable():
        reading = _undisguised(text)
    plain, offsets = reading.text, reading.offsets
    edits = sorted([*leet_words(plain), *spaced_words(plain)])
    if not edits:
        return reading
    parts: list[str] = []
    kept: list[int] = []
    place = 0
    for start, end, word in edits:
        if start >= place:
            step = 2 if len(word) < end - start else 1
            parts += (plain[place:start], word)
            kept += (*offsets[place:start], *offsets[start:end:step])
            place = end
    parts.append(plain[place:])
    return Reading("".join(parts), (*kept, *offsets[place:]))


def _undisguised(text: str) -> Reading:
    """Every letter as the plain one it stands for: first what is hidden goes, then words are read as a whole."""
    seen = list(visible(text)) if hidden_characters(text) else list(enumerate(text))
    shown = "".join(character for _, character in seen)
    letters = list(shown)
    for word in borrowed_words(shown):
        letters[word.start : word.end] = word.letters
    read = [letter.translate(PLAIN_LETTERS) for letter in letters]
    offsets = [place for (place, _), letter in zip(seen, read, strict=True) for _ in letter]
    return Reading("".join(read), (*offsets, len(text)))
