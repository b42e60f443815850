"""Where evidence is seen, in words: a span of text, a time, a part of a picture."""

from __future__ import annotations

from modtui.domain.evidence import Evidence
from modtui.tui.ad_words import component_words, span_words


def clock_words(at_ms: int) -> str:
    """Minutes and seconds; tenths where there are any."""
    seconds, rest = divmod(at_ms, 1000)
    tenth = f".{rest // 100}" if rest // 100 else ""
    return f"{seconds // 60}:{seconds % 60:02d}{tenth}"


def time_words(place: Evidence) -> str:
    """A range of time, or one moment: `0:02-0:03.5`."""
    ends = [clock_words(at) for at in (place.start_ms, place.end_ms) if at is not None]
    return "-".join(dict.fromkeys(ends))


def place_words(place: Evidence) -> str:
    """The component and the place in it: `text 0-26`, `media 1 10-40 % across, 5-20 % down`, `media 2 0:02-0:04`."""
    where = span_words(place.start, place.end)
    if place.box is not None:
        left, top, right, bottom = (round(part / 100) for part in place.box)
        where = f" {left}-{right} % across, {top}-{bottom} % down"
    elif place.start_ms is not None and place.component.startswith("media."):
        where = f" {time_words(place)}"
    return component_words(place.component) + where
