"""Searching the texts of an ad in three values: a text may be found, but what was never seen is not absent."""

from __future__ import annotations

from modtui.domain.ads import Ad
from modtui.domain.patterns import Pattern

Known = bool | None
"True, False, or None for *unknown* (Kleene's third value)."

FORMATS_WITHOUT_MEDIA = frozenset({"text", "search"})
"Formats that have nothing to look at or hear; any other that is stated promises media, delivered or not."


def found_in_texts(pattern: Pattern, ad: Ad, where: tuple[str, ...] = ()) -> Known:
    """Whether a pattern stands in the named components, or anywhere where none is named.

    *Absent* is never said of an ad with media, nor of a component or page that the queue does not hold.
    """
    everywhere = not where or "text" in where
    for component, text in ad.texts():
        if (everywhere or component in where or component.partition(".")[0] in where) and pattern.search(text):
            return True
    if has_media(ad) or any(_is_unread(name, ad) for name in where or ("text",)):
        return None
    return False


def has_media(ad: Ad) -> bool:
    """Whether there is, or must be, something to look at or hear besides text."""
    form = ad.creative.format
    return bool(ad.media) or (form is not None and form.casefold() not in FORMATS_WITHOUT_MEDIA)


def has_component(name: str, ad: Ad) -> bool:
    """Whether the ad has any text in a component: `body`, all of `transcript`, or `text` for any at all."""
    return any(name in ("text", component, component.partition(".")[0]) for component, _ in ad.texts())


def _is_unread(name: str, ad: Ad) -> bool:
    """Whether the text of a component is missing, so that nothing can be said of it."""
    if name == "text":
        page = ad.landing_page
        return not has_component("text", ad) or bool(page.url and not page.text)
    if name in ("transcript", "on_screen_text"):
        return has_media(ad) and not has_component(name, ad)
    return not has_component(name, ad)
