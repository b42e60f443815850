"""The words of a collection that someone may mean who types a word: whole, begun, from within, or with a slip."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise

from msgspec import Struct

WHOLE, WITHIN, SLIP = 1.0, 0.45, 0.4
"How well a word is meant, of 1; one that is begun lies between `WITHIN` and `WHOLE`."
FROM_WITHIN = 3
"Letters from which a word is looked for within others; other scripts than Latin may do without spaces."
ONE_SLIP, TWO_SLIPS = 4, 8
"Letters from which a word may hold one slip, and two."
MOST_SLIPS = 12
"Words that a slip is taken for."


class NearWords:
    """Built once; a word is looked up in some ten microseconds, a misspelt one in some hundred."""

    def __init__(self, words: Iterable[str]) -> None:
        self._words = sorted(set(words))
        self._whole = "\n" + "\n".join(self._words) + "\n"
        self._starts: list[int] = []
        start = 1
        for word in self._words:
            self._starts.append(start)
            start += len(word) + 1

    def meant(self, typed: str) -> Mapping[str, float]:
        """The words that may be meant, each with how well, above 0 and at most 1. Slips only where nothing else is."""
        found = dict(self._begun(typed))
        if len(typed) >= FROM_WITHIN or not typed.isascii():
            for word in self._holding(typed):
                found.setdefault(word, WITHIN)
        return found or self._misspelt(typed)

    def _begun(self, typed: str) -> Iterator[tuple[str, float]]:
        words = self._words
        for index in range(bisect_left(words, typed), len(words)):
            word = words[index]
            if not word.startswith(typed):
                return
            yield word, WHOLE if word == typed else 0.6 + 0.35 * len(typed) / len(word)

    def _holding(self, part: str) -> Iterator[str]:
        for word, _ in self._places(part):
            yield word

    def _places(self, part: str) -> Iterator[tuple[str, int]]:
        """The words that hold a part, and where."""
        whole, starts = self._whole, self._starts
        at = whole.find(part)
        while at >= 0:
            index = bisect_right(starts, at) - 1
            yield self._words[index], at - starts[index]
            at = whole.find(part, at + 1)

    def _misspelt(self, typed: str) -> Mapping[str, float]:
        for slips, least in ((1, ONE_SLIP), (2, TWO_SLIPS)):
            if len(typed) < least:
                break
            letters = frozenset(typed)
            sharing = {word for word in self._sharing(typed, slips) if len(letters.difference(word)) <= slips}
            near = [word for word in sharing if distance_to_beginning(typed, word, slips) <= slips]
            if near:
                nearest = sorted(near, key=lambda word: (abs(len(word) - len(typed)), word))[:MOST_SLIPS]
                return {word: SLIP / slips - 0.01 * rank for rank, word in enumerate(nearest)}
        return {}

    def _sharing(self, typed: str, slips: int) -> Iterator[str]:
        """The words that may be a few slips away: cut into one part more than there are slips, one part is intact.

        Two letters changed about are one slip that may touch two parts; so each such pair at an edge is put right too.
        """
        edges = [len(typed) * part // (slips + 1) for part in range(slips + 2)]
        longest = len(typed) + slips if len(typed) < 5 else 64
        for start, end in pairwise(edges):
            for word, place in self._places(typed[start:end]):
                if abs(place - start) <= slips and len(word) <= longest:
                    yield word
        for edge in edges[1:-1]:
            turned = typed[: edge - 1] + typed[edge] + typed[edge - 1] + typed[edge + 1 :]
            yield from (word for word, _ in self._begun(turned))


def distance_to_beginning(typed: str, word: str, most: int) -> int:
    """The least number of slips between what was typed and some beginning of a word; `most` + 1 for any more.

    A slip is a letter missing, added, or another, or two neighbours changed about (optimal string alignment).
    """
    word = word[: len(typed) + most]
    above: list[int] = []
    row = list(range(len(word) + 1))
    for i, letter in enumerate(typed, 1):
        before, above, row = above, row, [i]
        for j, other in enumerate(word, 1):
            cost = min(above[j] + 1, row[j - 1] + 1, above[j - 1] + (letter != other))
            if i > 1 and j > 1 and letter == word[j - 2] and typed[i - 2] == other:
                cost = min(cost, before[j - 2] + 1)
            row.append(cost)
        if min(row) > most:
            return most + 1
    return min(row)


class Shown(Struct, frozen=True):
    """A part of a text, cut to a length at words, and the places in it that are to be marked."""

    text: str
    spans: tuple[tuple[int, int], ...]
    "Code points, in order, without overlaps."


def cut_around(text: str, spans: Iterable[tuple[int, int]], most: int) -> Shown:
    """The text around the first span, at most so many code points, `…` where something was left out."""
    placed = merged(spans)
    if len(text) <= most:
        return Shown(text, placed)
    first = placed[0][0] if placed else 0
    start = max(0, min(first - most // 3, len(text) - most))
    if start:
        space = text.find(" ", start, first)
        start = space + 1 if space >= 0 else start
    end = min(len(text), start + most)
    if end < len(text):
        space = text.rfind(" ", max(start, end - 24), end)
        end = space if space > start else end
    lead = "…" if start else ""
    shift = len(lead) - start
    inside = tuple((max(a, start) + shift, min(b, end) + shift) for a, b in placed if a < end and b > start)
    return Shown(lead + text[start:end] + ("…" if end < len(text) else ""), inside)


def merged(spans: Iterable[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    """The spans in order, those that touch or overlap as one."""
    found: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        elif end > start:
            found.append((start, end))
    return tuple(found)
