"""Signals: places in an ad that are worth a look, with the words for why. They point, and never decide (FACTS 8)."""

from __future__ import annotations

from typing import Final

from msgspec import Struct

DISGUISES: Final = {
    "invisible": "hidden characters",
    "bidi": "turned text",
    "mixed_script": "mixed scripts",
    "confusable": "look-alike letters",
    "styled": "styled letters",
    "fullwidth": "full-width letters",
    "leet": "signs for letters",
    "spaced": "letters drawn apart",
    "punycode": "encoded host",
    "brand_look": "looks like a brand",
}
"Ways of writing that hide what is said: each has a plain reading that differs from the text."

LINKS: Final = {
    "odd_url": "odd link",
    "no_https": "link without https",
    "shortener": "shortened link",
    "redirects": "redirects",
    "brand_place": "brand in the wrong place",
}
CONTACTS: Final = {"messenger": "messenger", "phone": "phone number"}
CLAIMS: Final = {
    "guaranteed_return": "certain gain",
    "urgency": "urgency",
    "cure_claim": "claim of a cure",
    "body_claim": "claim about the body",
}
PAGE: Final = {
    "page_price": "price differs from page",
    "page_currency": "currency differs from page",
    "page_language": "language differs from page",
    "page_brand": "page names no one of the ad",
}
"What differs between the ad and its captured page."

NAMES: Final = {**DISGUISES, **LINKS, **CONTACTS, **CLAIMS, **PAGE}
"Every signal that a catalog may name as a cue, and its words on the screen."

SIGNALS: Final = tuple(NAMES)

OF_LIMITS: Final = {"age_limit": "ages below the limit", "missing_number": "number not found"}
"Signals that rest on rows of the catalog: they always point to the check whose row it is, and no cue names them."


class Signal(Struct, frozen=True):
    """A place where an ad hides something, or says something that is worth a look."""

    name: str
    component: str
    start: int
    "Code points in the component's text."
    end: int
    why: str
    "For the reviewer, in a few words."
    plain: str
    "The same place as it is meant to be read; for what is no disguise, the words that matter."

    @property
    def words(self) -> str:
        """What kind it is, as a person would say."""
        return NAMES.get(self.name) or OF_LIMITS.get(self.name, self.name)

    @property
    def is_disguise(self) -> bool:
        return self.name in DISGUISES
