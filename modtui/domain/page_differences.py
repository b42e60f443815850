"""What differs between an ad and its captured page: price, currency, language, and whom it is by. Pure functions."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Final

from modtui.domain.ads import Ad, LandingPage
from modtui.domain.folded import fold
from modtui.domain.prices import Price, may_be_one_currency, prices_in
from modtui.domain.signals import Signal
from modtui.domain.text_language import language_of

_COMPANY = """
ab ag and aps asa bv by co com company corp corporation das der die ehf eirl et for gmbh group gruppe holding inc
international kft les limited llc llp ltd ltda ltee mbh of online oyj plc private pte pty pvt sarl sas sasu sca shop slu
sociedad spa spzoo srl sro store the und
"""
_FORMS: Final = frozenset(_COMPANY.split())
"Words of a name that say nothing of whose it is."
_WORD: Final = re.compile(r"[a-z0-9]{3,}")
LEAST_PAGE: Final = 120
"Characters of a captured text below which a missing name means nothing."


def page_signals(ad: Ad) -> Iterator[Signal]:
    """What differs between the ad and its page. Nothing is said of what either leaves unsaid."""
    page = ad.landing_page
    own = [(component, text) for component, text in ad.texts() if not component.startswith("page.")]
    yield from _prices(own, page)
    yield from _language(ad, own, page)
    yield from _names(ad, page)


def page_texts(page: LandingPage) -> tuple[tuple[str, str], ...]:
    """The captured texts, by component."""
    pairs = (("page.title", page.title), ("page.text", page.text))
    return tuple((component, text) for component, text in pairs if text)


def captured_words(captured_at: str | None, as_of: str) -> str:
    """How old a capture is on a day: `captured 3 d ago`; what is not known is said as such."""
    if not captured_at:
        return "capture not dated"
    try:
        days = (date.fromisoformat(as_of[:10]) - date.fromisoformat(captured_at[:10])).days
    except ValueError:
        return "capture not dated"
    if days < 0:
        return "captured at a later date than today"
    return "captured today" if days == 0 else f"captured {days} d ago"


def _prices(own: Iterable[tuple[str, str]], page: LandingPage) -> Iterator[Signal]:
    asked = [price for _, text in own for price in prices_in(text)]
    if not asked:
        return
    found = [(component, price) for component, text in page_texts(page) for price in prices_in(text)]
    if not found:
        return
    shared = [
        (mine, component, theirs)
        for mine in asked
        for component, theirs in found
        if may_be_one_currency(mine.currency, theirs.currency)
    ]
    if not shared:
        component, theirs = found[0]
        said = f"{asked[0].text} ≠ {theirs.text}"
        yield Signal("page_currency", component, theirs.start, theirs.end, "another currency on the page", said)
        return
    for mine in dict.fromkeys(asked):
        near = [(component, theirs) for each, component, theirs in shared if each is mine]
        if near and not any(_agree(mine, theirs) for _, theirs in near):
            component, theirs = min(near, key=lambda pair: pair[1].cents != mine.cents)
            said = f"{mine.text} ≠ {theirs.text}"
            yield Signal("page_price", component, theirs.start, theirs.end, "the ad's price is not on the page", said)
            return


def _agree(mine: Price, theirs: Price) -> bool:
    return (
        mine.cents == theirs.cents
        and (not theirs.period or not mine.period or mine.period == theirs.period)
        and not (theirs.period and not mine.period)
    )


def _language(ad: Ad, own: Iterable[tuple[str, str]], page: LandingPage) -> Iterator[Signal]:
    texts = page_texts(page)
    theirs = language_of("\n".join(text for _, text in texts))
    if not theirs:
        return
    stated = frozenset(language.casefold().partition("-")[0] for language in ad.languages)
    spoken = language_of("\n".join(text for _, text in own))
    mine = frozenset((spoken,)) if spoken else stated
    if mine and theirs not in mine:
        component, text = texts[-1]
        why = f"the ad is in {' '.join(sorted(mine))}, the page in {theirs}"
        yield Signal("page_language", component, 0, min(len(text), 60), why, f"{' '.join(sorted(mine))} ≠ {theirs}")


def _names(ad: Ad, page: LandingPage) -> Iterator[Signal]:
    """Where no word of display name, advertiser, payer or the one it speaks for stands on the page or in its host."""
    text = page.text or ""
    if len(text) < LEAST_PAGE:
        return
    who = ad.advertiser
    names = [name for name in (ad.creative.display_name, who.name, who.payer, who.behalf) if name]
    if not names or not all(name.isascii() or fold(name).isascii() for name in names):
        return
    everything = fold(f"{page.title or ''} {text} {page.url or ''}")
    squeezed = re.sub("[^a-z0-9]", "", everything)
    for name in names:
        words = [word for word in _WORD.findall(fold(name)) if word not in _FORMS]
        if not words or any(word in squeezed for word in words if len(word) > 3) or "".join(words) in squeezed:
            return
    component = "page.title" if page.title else "page.text"
    why = "neither advertiser, payer nor the name shown stands on the page"
    yield Signal("page_brand", component, 0, min(len(page.title or text), 60), why, f"not on the page: {names[0]}")
