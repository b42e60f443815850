"""What is said in a video and written in its picture, line by line in time."""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct

from modtui.domain.ads import Ad
from modtui.tui.evidence_words import clock_words
from modtui.tui.flow import Line, flow
from modtui.tui.palette import Palette

SIGNS = {"on_screen_text": "▤", "transcript": "♪"}


class Timed(Struct, frozen=True):
    """A line with the moments it is there for; none where the queue does not say."""

    component: str
    text: str
    start_ms: int | None
    end_ms: int | None

    def is_there(self, at_ms: int) -> bool:
        return self.start_ms is not None and self.start_ms <= at_ms < (self.end_ms or self.start_ms + 3000)


def timed_lines(ad: Ad) -> list[Timed]:
    """Both kinds of lines in the order of time; those without a time come last."""
    found = [
        Timed(f"{name}.{number}", line.text, line.start_ms, line.end_ms)
        for name in SIGNS
        for number, line in enumerate(getattr(ad.creative, name))
        if line.text
    ]
    return sorted(found, key=lambda line: (line.start_ms is None, line.start_ms or 0))


def lines_at(
    lines: list[Timed], at_ms: int, width: int, looks: Palette, masked: Callable[[str, str], str]
) -> tuple[list[Line], int]:
    """All lines wrapped, what is there now strong, and the first drawn line of what is there now or was last."""
    drawn: list[Line] = []
    now = 0
    for line in lines:
        if line.start_ms is not None and line.start_ms <= at_ms:
            now = len(drawn)
        look = looks.strong if line.is_there(at_ms) else looks.dim
        when = clock_words(line.start_ms) if line.start_ms is not None else "-:--"
        lead = f"{SIGNS[line.component.partition('.')[0]]} {when} "
        text = masked(line.component, line.text)
        for number, wrapped in enumerate(flow(text, max(8, width - len(lead)), look, looks.mark, most=6)):
            drawn.append([(lead if number == 0 else " " * len(lead), look), *wrapped])
    return drawn, now
