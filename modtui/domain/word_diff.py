"""Two texts word by word: which stretches of each the other does not have."""

from __future__ import annotations

import re
from difflib import SequenceMatcher

from modtui.domain.scripts import unspaced_letter

MOST_WORDS = 3_000
"Words of a text that are held against the other; what comes behind them counts as different when it differs."
_WORD = re.compile(r"\w+|\s+|[^\w\s]")

Spans = tuple[tuple[int, int], ...]
"Stretches by code points, in order, none touching the next."


def differing(before: str, after: str) -> tuple[Spans, Spans]:
    """The stretches of `before` that are not in `after`, and the other way round. Nothing for equal texts.

    Scripts without spaces are compared letter by letter. Blanks alone between two differences belong to them.
    """
    if before == after:
        return (), ()
    first, second = _words(before), _words(after)
    matcher = SequenceMatcher(None, [word for word, _ in first], [word for word, _ in second], autojunk=False)
    left: list[tuple[int, int]] = []
    right: list[tuple[int, int]] = []
    for tag, a, b, c, d in matcher.get_opcodes():
        if tag != "equal":
            left += _stretch(first, a, b)
            right += _stretch(second, c, d)
    return _joined(before, left), _joined(after, right)


def _words(text: str) -> list[tuple[str, int]]:
    """Words, blanks and signs with where each begins; behind the most there may be, the rest as one."""
    spaced = unspaced_letter()
    found: list[tuple[str, int]] = []
    for match in _WORD.finditer(text):
        if len(found) >= MOST_WORDS:
            return [*found, (text[match.start() :], match.start())]
        word = match[0]
        if spaced.search(word):
            found += [(letter, match.start() + place) for place, letter in enumerate(word)]
        else:
            found.append((word, match.start()))
    return found


def _stretch(words: list[tuple[str, int]], start: int, end: int) -> list[tuple[int, int]]:
    if start >= end:
        return []
    last, place = words[end - 1]
    return [(words[start][1], place + len(last))]


def _joined(text: str, spans: list[tuple[int, int]]) -> Spans:
    """Neighbours with nothing but blanks between them as one."""
    joined: list[tuple[int, int]] = []
    for start, end in spans:
        if joined and not text[joined[-1][1] : start].strip():
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((start, end))
    return tuple(joined)
