"""What signals point at: the checks that name them as cues, and cues found once a disguise is off."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from modtui.domain.ads import Ad
from modtui.domain.cues import CueIndex, Hit, text_hits
from modtui.domain.hidden_text import ad_disguises, ad_signals
from modtui.domain.signals import Signal


def hidden_hits(index: CueIndex, ad: Ad, found: Iterable[Signal] | None = None) -> tuple[Hit, ...]:
    """The pointers of an ad's signals, in reading order. They point and never decide (FACTS 8).

    `found` are the ad's signals where they are known already. Where no check names a signal, only disguises are sought.
    """
    if found is None:
        found = ad_signals(ad) if index.signals else ad_disguises(ad)
    signals = tuple(found)
    if not signals:
        return ()
    hits = [hit for signal in signals for hit in _of_signal(index, signal)]
    disguised = {signal.component for signal in signals if signal.is_disguise}
    if disguised:
        for component, text in ad.texts():
            if component in disguised:
                hits += _in_plain_reading(index, component, text)
    return tuple(hits)


def _of_signal(index: CueIndex, signal: Signal) -> Iterator[Hit]:
    for check_id in index.signals.get(signal.name, ()):
        words = f"{signal.words}: {signal.plain}"
        yield Hit(check_id, "signal", words, signal.component, signal.start, signal.end, signal.why)


def _in_plain_reading(index: CueIndex, component: str, text: str) -> Iterator[Hit]:
    from modtui.domain.plain_reading import plain_reading

    reading = plain_reading(text)
    if reading.text == text:
        return
    in_sight = {(hit.check_id, hit.start) for hit in text_hits(index, component, text)}
    for hit in text_hits(index, component, reading.text):
        start, end = reading.span(hit.start, hit.end)
        if (hit.check_id, start) not in in_sight:
            why = f"reads “{hit.text}”"
            yield Hit(hit.check_id, hit.kind, text[start:end], component, start, end, why)
