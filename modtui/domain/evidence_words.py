"""Where a finding was seen, in plain words and without a quote: for people who have the ad before them."""

from __future__ import annotations

from collections.abc import Iterable

from modtui.domain.evidence import Evidence


def place_words(place: Evidence) -> str:
    """Such as `headline, characters 1 to 12` or `media 1, 0:03 to 0:07`: counted from one, as people do."""
    return ", ".join((_component(place), *_within(place)))


def places_words(places: Iterable[Evidence]) -> str:
    """Several places, each once; empty for none."""
    return "; ".join(dict.fromkeys(map(place_words, places)))


def _component(place: Evidence) -> str:
    name, _, number = place.component.partition(".")
    words = name.replace("_", " ")
    return f"{words} {int(number) + 1}" if number.isdigit() else f"{words} {number}".strip()


def _within(place: Evidence) -> Iterable[str]:
    if place.start_ms is not None:
        until = "" if place.end_ms is None else f" to {_clock(place.end_ms)}"
        yield f"{_clock(place.start_ms)}{until}"
    elif place.start is not None and place.end is not None:
        yield f"characters {place.start + 1} to {place.end}"
    if place.box is not None:
        left, top, right, bottom = (edge // 100 for edge in place.box)
        yield f"{left}-{right} % across, {top}-{bottom} % down"
    if place.page is not None:
        yield f"page {place.page + 1}"


def _clock(ms: int) -> str:
    return f"{ms // 60_000}:{ms // 1000 % 60:02}"
