"""Texts as a reviewer wants them shown: what is read from an ad goes through here on its way to the screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modtui.domain.cues import Hit
from modtui.domain.exposure import BLURRED, GREY, SHARP, clearer_elsewhere, masked_text
from modtui.services.desk import Desk

if TYPE_CHECKING:
    from modtui.services.exposure import CareBook


def masked(desk: Desk, component: str, text: str) -> str:
    """A text of a component, as many code points long as it is."""
    if desk.shown_as == SHARP:
        return text
    hits = ((hit.start, hit.end) for hit in desk.sheet.hits if hit.component == component)
    return masked_text(text, desk.shown_as, hits)


def masked_elsewhere(text: str, level: str) -> str:
    """A text of an ad that is not on the desk: of it nobody knows which words are the sensitive ones."""
    return masked_text(text, BLURRED if level == GREY else level)


class OtherTexts:
    """How clearly a screen shows the texts of ads that are not on the desk: as the reviewer chose, until a key says
    otherwise; what the key said holds as long as the screen is open and the choice stands."""

    def __init__(self) -> None:
        self._start = self._level = SHARP

    def __call__(self, text: str) -> str:
        return masked_elsewhere(text, self._level)

    def as_chosen_by(self, book: CareBook | None) -> None:
        """Take over what the reviewer has chosen, if that is another choice than before."""
        start = book.care.other_text_level if book is not None else SHARP
        if start != self._start:
            self._start = self._level = start

    def reveal(self) -> str:
        """One step more clearly; what to say of it."""
        if self._level == SHARP:
            return "everything is shown as it is"
        self._level = clearer_elsewhere(self._level)
        return f"texts are shown {self._level}"


def masked_quote(desk: Desk, quote: str) -> str:
    """Words that made the ad sensitive, quoted elsewhere: hidden until everything is shown."""
    return masked_text(quote, desk.shown_as, [(0, len(quote))] if desk.shown_as == GREY else ())


def masked_hit(desk: Desk, hit: Hit) -> str:
    """What a cue found; names of flags and facts are ours and stay, as does what kind a signal is."""
    if hit.kind == "signal":
        kind, colon, words = hit.text.partition(": ")
        return kind + colon + masked_quote(desk, words)
    return masked_quote(desk, hit.text) if hit.kind in ("word", "pattern") else hit.text
