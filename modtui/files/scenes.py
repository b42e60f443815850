"""Scenes: which of many frames to show, so that a storyboard has what differs and not the same twice."""

from __future__ import annotations

from collections.abc import Sequence

from modtui.files.media_views import Cells

SAME = 6.0
"Mean difference of a pixel's red, green and blue, of 255, up to which two frames show the same."


def choose_scenes(frames: Sequence[Cells], most: int) -> list[Cells]:
    """At most `most` frames in their order: the first, and those that differ most from the one chosen before."""
    chosen: list[tuple[float, Cells]] = []
    for frame in frames:
        change = difference(chosen[-1][1], frame) if chosen else 255.0
        if change > SAME:
            chosen.append((change, frame))
    if len(chosen) > most:
        kept = sorted(range(1, len(chosen)), key=lambda number: -chosen[number][0])[: most - 1]
        chosen = [chosen[0], *(chosen[number] for number in sorted(kept))]
    return [frame for _, frame in chosen]


def difference(one: Cells, other: Cells) -> float:
    """Mean difference of the two frames' red, green and blue, 0 to 255; every third value is looked at."""
    if len(one.pixels) != len(other.pixels):
        return 255.0
    step = 7  # coprime to three, so that all three colours are met
    pairs = zip(one.pixels[::step], other.pixels[::step], strict=True)
    return sum(abs(a - b) for a, b in pairs) / max(1, len(one.pixels[::step]))
