"""Evidence: a component of the ad and a place in it."""

from __future__ import annotations

from typing import Any

from msgspec import Struct

from modtui.domain.ads import Ad
from modtui.domain.cues import Hit

FULL_BOX = 10_000
"The far edge of a picture, in 1/10,000."


class Evidence(Struct, frozen=True):
    """Where in the ad a finding is seen. Only the places that fit the component are set.

    Text: `start` and `end` in code points, with the `quote`. Speech and film: `start_ms`, `end_ms`. Pictures: `box` as
    left, top, right, bottom in 1/10,000 of the picture, and `page` in a carousel.
    """

    component: str
    start: int | None = None
    end: int | None = None
    quote: str = ""
    start_ms: int | None = None
    end_ms: int | None = None
    box: tuple[int, int, int, int] | None = None
    page: int | None = None

    def as_json(self) -> dict[str, Any]:
        pairs = ((name, getattr(self, name)) for name in self.__struct_fields__)
        return {
            name: list(value) if isinstance(value, tuple) else value for name, value in pairs if value not in (None, "")
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Evidence:
        box = data.get("box")
        return cls(**{**data, "box": tuple(box) if box else None})


def evidence_of(hit: Hit, ad: Ad) -> Evidence | None:
    """A cue's place as evidence; timed lines carry their times. Flags and facts have no place."""
    if not hit.component:
        return None
    kind, _, number = hit.component.partition(".")
    lines = {"transcript": ad.creative.transcript, "on_screen_text": ad.creative.on_screen_text}.get(kind)
    line = lines[int(number)] if lines and number.isdigit() and int(number) < len(lines) else None
    return Evidence(
        hit.component,
        hit.start,
        hit.end,
        hit.text if hit.kind != "signal" else "",
        start_ms=line.start_ms if line else None,
        end_ms=line.end_ms if line else None,
    )


def is_within(evidence: Evidence, ad: Ad) -> bool:
    """Whether a place can be there: a span inside its text and quoted as it stands, times and boxes in order."""
    if evidence.start_ms is not None and evidence.end_ms is not None and not 0 <= evidence.start_ms <= evidence.end_ms:
        return False
    if evidence.box is not None:
        left, top, right, bottom = evidence.box
        if not (0 <= left <= right <= FULL_BOX and 0 <= top <= bottom <= FULL_BOX):
            return False
    if evidence.start is None or evidence.end is None:
        return True
    text = dict(ad.texts()).get(evidence.component)
    if text is None or not 0 <= evidence.start <= evidence.end <= len(text):
        return False
    return not evidence.quote or text[evidence.start : evidence.end] == evidence.quote
