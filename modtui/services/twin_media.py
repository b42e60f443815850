"""The pictures of two ads held against each other: the same, one a crop of the other, or another picture."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from functools import lru_cache

from msgspec import Struct

from modtui.domain.ads import Media
from modtui.domain.picture_hash import cut_hashes, distance, picture_hash
from modtui.files.media_views import Cells
from modtui.services.media import MediaRoom, Reason
from modtui.services.twin_pictures import VIEW, Hashes
from modtui.services.twins import ALIKE_BITS

SAME, CROP, OTHER = "same", "crop", "other"


class Place(Struct, frozen=True):
    """A medium of an ad, and the queue whose folder it lies in."""

    queue: str
    media: Media


class Matched(Struct, frozen=True):
    """How like a picture of the twin is to the likest of the ad's own."""

    kind: str = ""
    "`same`, `crop` (one of them shows more at its edges) or `other`; empty where nothing can be compared."
    bits: int = 0
    "Bits of 128 that differ."
    number: int = 0
    "The picture of the ad it is held against, from 0."
    why_not: str = ""


async def matched(room: MediaRoom, here: Sequence[Place], there: Sequence[Place]) -> list[Matched]:
    """Each picture of `there` against those of `here`; of a video the first frame stands for it."""
    own = [each for each in [await _hashes(room, place) for place in here] if not isinstance(each, str)]
    others = [await _hashes(room, place) for place in there]
    return [Matched(why_not=each) if isinstance(each, str) else _likest(own, each) for each in others]


def _likest(own: Sequence[Hashes], other: Hashes) -> Matched:
    found = [_match(each, other, number) for number, each in enumerate(own)]
    ranks = {SAME: 0, CROP: 1, OTHER: 2}
    return min(found, key=lambda each: (ranks[each.kind], each.bits), default=Matched(why_not="nothing to compare"))


def _match(own: Hashes, other: Hashes, number: int) -> Matched:
    whole = distance(own.whole, other.whole)
    if whole <= ALIKE_BITS:
        return Matched(SAME, whole, number)
    cut = min((distance(each, other.whole) for each in own.cuts), default=whole)
    return Matched(CROP, cut, number) if cut <= ALIKE_BITS else Matched(OTHER, whole, number)


async def _hashes(room: MediaRoom, place: Place) -> Hashes | str:
    """What a picture is known by, or why nothing is."""
    look = await room.look(place.queue, place.media, VIEW)
    if isinstance(look, Reason):
        return look.words
    # Some milliseconds of pure Python: not on the thread of the screens.
    return await asyncio.to_thread(_hashed, look.first) or "one even surface"


@lru_cache(maxsize=256)
def _hashed(cells: Cells) -> Hashes | None:
    drawn = (cells.pixels, cells.columns, 2 * cells.rows)
    whole = picture_hash(*drawn)
    return Hashes(whole, cut_hashes(*drawn)) if whole is not None else None
