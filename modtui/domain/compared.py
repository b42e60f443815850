"""What of an ad is held against others when its twins are looked for: the words of its creative, and its media."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from msgspec import DecodeError, Struct, ValidationError, field
from msgspec.json import Decoder

from modtui.domain.ad_json import ad_from_payload
from modtui.domain.ads import Ad, Media


class _Line(Struct):
    text: str = ""


class _Creative(Struct):
    headline: str | None = None
    body: str | None = None
    disclaimer: str | None = None
    on_screen_text: tuple[_Line, ...] = ()
    transcript: tuple[_Line, ...] = ()


class _Payload(Struct):
    creative: _Creative = field(default_factory=_Creative)
    media: tuple[Media, ...] = ()


_DECODER = Decoder(_Payload)


class Compared(Struct, frozen=True):
    """The part of an ad that its twins share."""

    text: str
    media: tuple[Media, ...]


def compared(payload: str) -> Compared:
    """The part of an ad, from its canonical JSON; a microsecond or two."""
    try:
        found = _DECODER.decode(payload)
    except (DecodeError, ValidationError, UnicodeError):  # such as half of a surrogate pair
        ad = ad_from_payload(json.loads(payload))
        return Compared(creative_text(ad), ad.media)
    return Compared("\n".join(_texts(found.creative)), found.media)


def creative_text(ad: Ad) -> str:
    """The words of the creative, without the name and the button that all ads of a page have in common."""
    return "\n".join(_texts(ad.creative))


def _texts(creative: Any) -> Iterator[str]:
    for text in (creative.headline, creative.body, creative.disclaimer):
        if text:
            yield text
    for line in (*creative.on_screen_text, *creative.transcript):
        if line.text:
            yield line.text
