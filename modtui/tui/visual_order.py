"""Right-to-left text in the order it is read on screen, for terminals that do not reorder it themselves.

The implicit part of the Unicode bidirectional algorithm (UAX 9) on one line: rules W1-W7, N1-N2, I1-I2, L1-L2, mirrored
brackets. Explicit controls do not occur: `domain.text.reveal` has made marks of them.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final, Literal

Direction = Literal["L", "R"]

RIGHT_TO_LEFT: Final = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff]")
_CLUSTER: Final = re.compile(r".(?:\u200d.|[\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7"
                             r"\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e4\u06e7\u06e8\u06ea-\u06ed"
                             r"\u200c\ufe00-\ufe0f\U0001f3fb-\U0001f3ff])*", re.DOTALL)  # fmt: skip
"A character with what is drawn on it: they stay together and in their own order."
_MIRRORED: Final = dict(zip("()[]{}<>«»⟦⟧", ")(][}{><»«⟧⟦", strict=True))
_NEUTRAL: Final = frozenset(("B", "S", "WS", "ON", "BN", "ES", "ET", "CS", "NSM"))


def has_right_to_left(text: str) -> bool:
    """Whether any character is written from right to left."""
    return not text.isascii() and RIGHT_TO_LEFT.search(text) is not None


def base_direction(text: str) -> Direction:
    """The direction of a text: that of its first letter."""
    for character in text:
        kind = unicodedata.bidirectional(character)
        if kind in ("R", "AL"):
            return "R"
        if kind == "L":
            return "L"
    return "L"


def visual_order(line: str, base: Direction) -> list[tuple[int, str]]:
    """The line from left to right as it is to be drawn: `(place in the line, what is drawn)`, cluster by cluster."""
    clusters = [(found.start(), found.group()) for found in _CLUSTER.finditer(line)]
    levels = _levels([unicodedata.bidirectional(cluster[0]) or "L" for _, cluster in clusters], base)
    order = list(range(len(clusters)))
    for level in range(max(levels, default=0), 0, -1):
        start = 0
        while start < len(order):
            if levels[order[start]] < level:
                start += 1
                continue
            end = start
            while end < len(order) and levels[order[end]] >= level:
                end += 1
            order[start:end] = reversed(order[start:end])
            start = end
    return [(clusters[at][0], _drawn(clusters[at][1], levels[at])) for at in order]


def _drawn(cluster: str, level: int) -> str:
    return _MIRRORED.get(cluster, cluster) if level % 2 else cluster


def _levels(kinds: list[str], base: Direction) -> list[int]:
    """The embedding level of each cluster."""
    resolved = _numbers(_weak(kinds, base), base)
    _neutrals(resolved, base)
    if base == "L":
        levels = [{"R": 1, "EN": 2, "AN": 2}.get(kind, 0) for kind in resolved]
    else:
        levels = [1 if kind == "R" else 2 for kind in resolved]
    for at in range(len(kinds) - 1, -1, -1):
        if kinds[at] not in ("WS", "S", "B"):
            break
        levels[at] = 0 if base == "L" else 1
    return levels


def _weak(kinds: list[str], base: Direction) -> list[str]:
    """W1-W3: marks like what they stand on, numbers after Arabic letters, Arabic letters as R."""
    found: list[str] = []
    strong, before = str(base), str(base)
    for kind in kinds:
        if kind == "NSM":
            kind = before
        if kind in ("L", "R", "AL"):
            strong = kind
        if kind == "EN" and strong == "AL":
            kind = "AN"
        before = kind
        found.append("R" if kind == "AL" else kind)
    return found


def _numbers(kinds: list[str], base: Direction) -> list[str]:
    """W4-W7: separators and signs that belong to numbers, numbers in Latin text."""
    found = list(kinds)
    for at in range(1, len(found) - 1):
        before, after = found[at - 1], found[at + 1]
        if before == after and (
            (found[at] == "ES" and before == "EN") or (found[at] == "CS" and before in ("EN", "AN"))
        ):
            found[at] = before
    for places in (range(1, len(found)), range(len(found) - 2, -1, -1)):
        step = -1 if places.step > 0 else 1
        for at in places:
            if found[at] == "ET" and found[at + step] == "EN":
                found[at] = "EN"
    strong = str(base)
    for at, kind in enumerate(found):
        if kind in ("L", "R"):
            strong = kind
        elif kind == "EN" and strong == "L":
            found[at] = "L"
    return found


def _neutrals(kinds: list[str], base: Direction) -> None:
    """N1-N2: what has no direction takes that of its two sides where they agree, else the line's."""
    start = 0
    while start < len(kinds):
        if kinds[start] not in _NEUTRAL:
            start += 1
            continue
        end = start
        while end < len(kinds) and kinds[end] in _NEUTRAL:
            end += 1
        left = _side(kinds[start - 1]) if start else base
        right = _side(kinds[end]) if end < len(kinds) else base
        kinds[start:end] = [left if left == right else base] * (end - start)
        start = end


def _side(kind: str) -> str:
    return "L" if kind == "L" else "R"
