"""The pictures of two near-identical ads, drawn side by side, with what differs between them in words."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct
from rich.style import Style
from textual.strip import Strip

from modtui.domain.ads import Ad
from modtui.domain.picture_hash import BITS
from modtui.files.media_views import Cells
from modtui.services.media import Look, MediaRoom, Reason
from modtui.services.twin_media import CROP, SAME, Matched, Place, matched
from modtui.tui.evidence_words import clock_words
from modtui.tui.half_blocks import picture_lines
from modtui.tui.media_preview import cells_that_fit, preview_views, shown_media

MARGIN = 2
LEAST_ROWS, MOST_ROWS = 3, 14
WORDS = {SAME: "the same picture", CROP: "the same, its edges cut", "other": "another picture"}


class Side(Struct, frozen=True):
    """One of two ads, and the queue its media belong to."""

    ad: Ad
    queue: str

    @property
    def places(self) -> list[Place]:
        return [Place(self.queue, media) for _, media in shown_media(self.ad)]


class Drawn(Struct, frozen=True):
    """What is drawn of one of them."""

    cells: tuple[Cells, ...]
    words: tuple[str, ...]
    "A line a medium."

    def strips(self, width: int, ground: Style) -> list[Strip]:
        rows = max((each.rows for each in self.cells), default=0)
        return list(picture_lines(self.cells, width, rows, ground, MARGIN)) if rows else []


class Beside(Struct, frozen=True):
    """The media of two ads beside each other."""

    here: Drawn
    there: Drawn
    made_for: tuple[object, ...] = ()
    "The size and care it was drawn for."


def rows_for(height: int) -> int:
    """Lines that pictures take of a pane: half of it, so that what is said stays in view."""
    return max(LEAST_ROWS, min(MOST_ROWS, height // 2))


async def drawn_beside(room: MediaRoom, here: Side, there: Side, width: int, rows: int, care: str) -> Beside:
    """Both ads' media, drawn, and held against each other."""
    own, others = await _looks(room, here, width, rows, care), await _looks(room, there, width, rows, care)
    found = await matched(room, here.places, there.places) if here.places else []
    is_many = len(here.places) > 1
    said = [_match_words(each, is_many) for each in found]
    return Beside(_drawn(own, [], width), _drawn(others, said, width), (width, rows, care))


def fetch_ahead(room: MediaRoom, there: Side, width: int, rows: int, care: str) -> None:
    """Have the pictures of the next twin drawn behind what is asked for now."""
    for _, media, view in preview_views(there.ad, width - MARGIN, rows, care):
        room.fetch(there.queue, media, view)


async def _looks(room: MediaRoom, side: Side, width: int, rows: int, care: str) -> list[Look]:
    views = preview_views(side.ad, width - MARGIN, rows, care)
    return [await room.look(side.queue, media, view) for _, media, view in views]


def _drawn(looks: list[Look], said: Sequence[str], width: int) -> Drawn:
    lines = [
        " · ".join(part for part in (f"▦ {_look_words(look)}", said[number] if number < len(said) else "") if part)
        for number, look in enumerate(looks)
    ]
    return Drawn(tuple(cells_that_fit(looks, width - MARGIN)), tuple(lines) or ("▦ no picture",))


def _look_words(look: Look) -> str:
    if isinstance(look, Reason):
        return f"not shown: {look.words}"
    length = f" {clock_words(look.duration_ms)}" if look.duration_ms else ""
    return f"{look.size[0]}x{look.size[1]}{length}"


def _match_words(match: Matched, is_many: bool) -> str:
    """Such as `the same picture, 3 of 128 bits differ`."""
    if not match.kind:
        return "" if match.why_not == "" else f"not compared: {match.why_not}"
    which = f" as {match.number + 1}" if is_many and match.kind == SAME else ""
    return f"{WORDS[match.kind]}{which}, {match.bits} of {BITS} bits differ"
