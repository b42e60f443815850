"""Claims in words: certain gains, urgency, cures, promises about the body.

A wording is tried only where one of its needles stands in the text, so that most ads cost a few looks for a word.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Final

from modtui.domain.claim_wordings import WORDINGS
from modtui.domain.signals import Signal
from modtui.domain.stems import Needles

_WHY: Final = {
    "guaranteed_return": "no gain is certain",
    "urgency": "presses for time",
    "cure_claim": "a disease and its cure in one breath",
    "body_claim": "an amount or a time for the body",
}


@cache
def _compiled(source: str) -> re.Pattern[str]:
    return re.compile(source, re.IGNORECASE)


@cache
def _needles() -> Needles:
    return Needles({number: wording.needles for number, wording in enumerate(WORDINGS)})


def claims_in_question(folded: str, words: frozenset[str]) -> tuple[int, ...]:
    """Numbers of the wordings that a case-folded text of these words may hold."""
    numbers = sorted(_needles().keys_in(folded, words))
    return tuple(number for number in numbers if WORDINGS[number].also in folded)


def claim_signals(text: str, component: str, numbers: tuple[int, ...]) -> Iterator[Signal]:
    """The claims of a text, of those in question."""
    for number in numbers:
        wording = WORDINGS[number]
        for match in _compiled(wording.source).finditer(text):
            words = match[0].strip()
            start = match.start() + match[0].index(words)
            yield Signal(wording.name, component, start, start + len(words), _WHY[wording.name], words)
