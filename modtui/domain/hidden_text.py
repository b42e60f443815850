"""What an ad's texts hide or claim: every detector behind one door, each asked only where a cheap look calls for it.

Signals are pointers, never verdicts. Each detector is quiet on ordinary text of any script; what it asks for is said in
its docstring. Those an ad does not need are not even imported.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Final

from modtui.domain.ads import Ad
from modtui.domain.brands import may_imitate
from modtui.domain.signals import SIGNALS, Signal
from modtui.domain.stems import Needles, words_of
from modtui.domain.swapped_letters import leet_words, may_be_swapped, spaced_words

_LINK = re.compile(r"[.。．｡:](?:[^\W\d_][^\W_]|/)")
"A cheap look for anything like a link."
_UNUSUAL: Final = re.compile(
    "[^\t\n\r -~\u00a0-\u00ac\u00ae-\u017f\u2010-\u2014\u2018-\u201e\u2022\u2026\u2039\u203a\u20ac]"
)
"Anything but ASCII, the letters of western and central Europe, and printers' signs: among these nothing is disguised."
_ORDER = {name: place for place, name in enumerate(SIGNALS)}


def ad_signals(ad: Ad) -> tuple[Signal, ...]:
    """The signals of every text of an ad, of its link, and of what differs from its page, in reading order."""
    texts = tuple(ad.texts())
    looks = _Looks("\n".join(text for _, text in texts))
    found: list[Signal] = []
    for component, text in texts:
        found += sorted(_of_text(text, component, looks), key=lambda signal: signal.start)
    page = ad.landing_page
    if page.chain:
        found += _of_chain(page.chain)
    if page.title or page.text:
        from modtui.domain.page_differences import page_signals

        found += page_signals(ad)
    return tuple(found)


def ad_disguises(ad: Ad) -> tuple[Signal, ...]:
    """Only the disguises of an ad's texts: what must be known for cues to be found in them."""
    texts = tuple(ad.texts())
    is_swapped = may_be_swapped("\n".join(text for _, text in texts))
    found: list[Signal] = []
    for component, text in texts:
        if _UNUSUAL.search(text):
            found += _disguises(text, component)
        if is_swapped:
            found += _swapped(text, component)
    return tuple(found)


def signals(text: str, component: str = "") -> tuple[Signal, ...]:
    """The signals of one text, in the order of `SIGNALS`."""
    found = _of_text(text, component, _Looks(text))
    return tuple(sorted(found, key=lambda signal: (_ORDER[signal.name], signal.start)))


MESSENGER: Final = -1
"The key of the words for messengers, among the numbers of wordings."


@cache
def _needles() -> Needles:
    from modtui.domain.claim_wordings import WORDINGS
    from modtui.domain.contact_signals import NEEDLES

    return Needles({MESSENGER: NEEDLES, **{number: wording.needles for number, wording in enumerate(WORDINGS)}})


class _Looks:
    """Cheap looks at all texts of an ad together: what need not be asked of any of them."""

    def __init__(self, together: str) -> None:
        from modtui.domain.claim_wordings import WORDINGS
        from modtui.domain.contact_signals import may_hold_number

        folded = together.casefold()
        words = words_of(folded)
        keys = _needles().keys_in(folded, words)
        self.is_swapped = may_be_swapped(together)
        self.imitates = may_imitate(words)
        self.has_links = _LINK.search(together) is not None
        self.has_messenger = MESSENGER in keys
        self.has_numbers = may_hold_number(together)
        self.claims = sorted(key for key in keys if key != MESSENGER and WORDINGS[key].also in folded)


def _of_text(text: str, component: str, looks: _Looks) -> Iterator[Signal]:
    if _UNUSUAL.search(text):
        yield from _disguises(text, component)
    if looks.is_swapped:
        yield from _swapped(text, component)
    if looks.imitates and not component.startswith("page.url"):
        from modtui.domain.link_signals import imitations

        yield from imitations(text, component)
    if looks.has_links and (component == "page.url" or _LINK.search(text)):
        from modtui.domain.link_signals import link_signals

        yield from link_signals(text, component)
    if looks.has_messenger or looks.has_numbers:
        from modtui.domain.contact_signals import contact_signals

        yield from contact_signals(text, component, looks.has_messenger)
    if looks.claims:
        from modtui.domain.claim_signals import claim_signals

        yield from claim_signals(text, component, looks.claims)


def _disguises(text: str, component: str) -> Iterator[Signal]:
    from modtui.domain.foreign_letters import borrowed_words
    from modtui.domain.hidden_marks import mark_signals

    yield from mark_signals(text, component)
    if not text.isascii():
        for word in borrowed_words(text):
            yield Signal(word.name, component, word.start, word.end, word.why, "".join(word.letters))


def _swapped(text: str, component: str) -> Iterator[Signal]:
    for start, end, plain in leet_words(text):
        yield Signal("leet", component, start, end, "digits or signs for letters", plain)
    for start, end, plain in spaced_words(text):
        yield Signal("spaced", component, start, end, "letters drawn apart", plain)


def _of_chain(hops: Iterable[str]) -> Iterator[Signal]:
    from modtui.domain.link_signals import chain_signals, link_signals

    each = tuple(hops)
    for number, hop in enumerate(each):
        yield from link_signals(hop, f"page.chain.{number}")
    yield from chain_signals(each, "page.chain")
