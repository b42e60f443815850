"""Claims in words: certain gains, urgency, cures, promises about the body.

A wording is tried only where one of its needles stands in the text, so that most ads cost a few looks for a word.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Final

from modtui.domain.claim_wordings import WORDINGS
from modtui.domain.signals import Signal

_WHY: Final = {
    "guaranteed_return": "no gain is certain",
    "urgency": "presses for time",
    "cure_claim": "a disease and its cure in one breath",
    "body_claim": "an amount or a time for the body",
}


@cache
def _compiled(source: str) -> re.Pattern[str]:
    return re.compile(source, re.IGNORECASE)


def claim_signals(text: str, component: str, numbers: Iterable[int]) -> Iterator[Signal]:
    """The claims of a text, of those in question."""
    for number in numbers:
        wording = WORDINGS[number]
        for match in _compiled(wording.source).finditer(text):
            words = match[0].strip()
            start = match.start() + match[0].index(words)
            yield Signal(wording.name, component, start, start + len(words), _WHY[wording.name], words)
