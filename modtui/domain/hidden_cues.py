"""What disguised text points at: the signals themselves, and cues found once the disguise is off."""

from __future__ import annotations

from collections.abc import Iterator

from modtui.domain.ads import Ad
from modtui.domain.cues import CueIndex, Hit, text_hits
from modtui.domain.hidden_text import plain_reading, signals


def hidden_hits(index: CueIndex, ad: Ad) -> tuple[Hit, ...]:
    """The pointers of an ad's hidden text, in reading order. They point and never decide (FACTS 8)."""
    return tuple(hit for component, text in ad.texts() for hit in _of_text(index, component, text))


def _of_text(index: CueIndex, component: str, text: str) -> Iterator[Hit]:
    found = signals(text, component)
    if not found:
        return
    for signal in found:
        for check_id in index.signals.get(signal.name, ()):
            yield Hit(check_id, "signal", f"{signal.name}: {signal.plain}", component, signal.start, signal.end)
    reading = plain_reading(text)
    if reading.text == text:
        return
    in_sight = {(hit.check_id, hit.start) for hit in text_hits(index, component, text)}
    for hit in text_hits(index, component, reading.text):
        start, end = reading.span(hit.start, hit.end)
        if (hit.check_id, start) not in in_sight:
            yield Hit(hit.check_id, hit.kind, text[start:end], component, start, end)
