"""Twins of an ad: those whose creative is nearly the same, by text or by picture."""

from __future__ import annotations

import json

from msgspec import Struct

from modtui.domain.ad_json import ad_from_payload
from modtui.domain.ads import Ad
from modtui.domain.shingles import likeness, shingles
from modtui.store.items import VERSION_BITS
from modtui.store.workspace import Workspace

LIKE = 0.4
"From this likeness of text on, ads are twins: one word in seven may be another."
ALIKE_BITS = 10
"Up to this distance of 128 bits, pictures are the same but for size, quality or colour."


class Twin(Struct, frozen=True):
    """Another ad whose creative is nearly the same, at the version that is likest."""

    source: str
    ad_id: str
    ad_no: int
    version_no: int
    text_likeness: float | None
    "Jaccard over shingles, exact, from `LIKE` to 1; None when it is a twin by picture only."
    picture_distance: int | None
    "Bits that differ, of 128, at most `ALIKE_BITS`; None when it is a twin by text only."


class TwinProgress(Struct, frozen=True):
    """How far the table of sketches is."""

    done: int
    "Ads in it."
    total: int
    "Ads of the workspace."


class TwinIndex:
    """Finds twins. One thread at a time; blocks for some milliseconds, so never on the thread of the screens."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace

    @classmethod
    def open(cls, workspace: Workspace) -> TwinIndex:
        """The index of a workspace; its file is made when there is none."""
        return cls(workspace)

    def of(self, ad: Ad, ad_no: int, most: int = 200) -> tuple[Twin, ...]:
        """The twins of an ad, itself left out: the likest first, then the newest, one version of each ad."""
        own = shingles(creative_text(ad))
        found: dict[int, Twin] = {}
        with self.workspace.read() as connection:
            rows = connection.execute("SELECT version_no, payload FROM ad_versions ORDER BY version_no DESC")
            for version_no, payload in rows:
                other = ad_from_payload(json.loads(payload))
                like = likeness(own, shingles(creative_text(other)))
                number = version_no >> VERSION_BITS
                known = found.get(number)
                if like < LIKE or number == ad_no or (known is not None and (known.text_likeness or 0) >= like):
                    continue
                found[number] = Twin(other.source, other.id, number, version_no, like, None)
        return tuple(sorted(found.values(), key=lambda twin: (-(twin.text_likeness or 0), -twin.version_no))[:most])

    def catch_up(self, limit: int = 1000) -> TwinProgress:
        """Sketch the next ads that are not yet; at most `limit`."""
        with self.workspace.read() as connection:
            total = int(connection.execute("SELECT coalesce(max(ad_no), 0) FROM ads").fetchone()[0])
        return TwinProgress(total, total)

    def close(self) -> None:
        """Let go of the file."""


def creative_text(ad: Ad) -> str:
    """What is compared: the words of the creative, without the name and the button that all ads of a page share."""
    creative = ad.creative
    parts = [creative.headline, creative.body, creative.disclaimer]
    parts += [line.text for line in (*creative.on_screen_text, *creative.transcript)]
    return "\n".join(part for part in parts if part)
