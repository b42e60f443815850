"""Texts as a reviewer wants them shown: what is read from an ad goes through here on its way to the screen."""

from __future__ import annotations

from modtui.domain.cues import Hit
from modtui.domain.exposure import GREY, SHARP, masked_text
from modtui.services.desk import Desk


def masked(desk: Desk, component: str, text: str) -> str:
    """A text of a component, as many code points long as it is."""
    if desk.shown_as == SHARP:
        return text
    hits = ((hit.start, hit.end) for hit in desk.sheet.hits if hit.component == component)
    return masked_text(text, desk.shown_as, hits)


def masked_quote(desk: Desk, quote: str) -> str:
    """Words that made the ad sensitive, quoted elsewhere: hidden until everything is shown."""
    return masked_text(quote, desk.shown_as, [(0, len(quote))] if desk.shown_as == GREY else ())


def masked_hit(desk: Desk, hit: Hit) -> str:
    """What a cue found; names of flags and facts are ours and stay, as does what kind a signal is."""
    if hit.kind == "signal":
        kind, colon, words = hit.text.partition(": ")
        return kind + colon + masked_quote(desk, words)
    return masked_quote(desk, hit.text) if hit.kind in ("word", "pattern") else hit.text
