"""What the ad pane shows of media: which of them, how large, and a line about each."""

from __future__ import annotations

from modtui.domain.ads import Ad, Media
from modtui.files.media_views import Cells, Seen, View
from modtui.services.media import Look, Reason
from modtui.tui.evidence_words import clock_words
from modtui.tui.half_blocks import GAP

MOST_SHOWN = 4
"Pictures of a carousel, or scenes of a video, side by side."
LEAST_COLUMNS = 12
_SOUNDS = ("audio", "sound")
_MOVING = (".mp4", ".mov", ".webm", ".mkv", ".mpg", ".mpeg", ".m4v", ".gif", ".ts")


def shown_media(ad: Ad) -> list[tuple[str, Media]]:
    """The media a preview has room for: pictures and videos, in their order."""
    found = [
        (f"media.{number}", media)
        for number, media in enumerate(ad.media)
        if (media.kind or "").lower() not in _SOUNDS and media.path
    ]
    return found[:MOST_SHOWN]


def preview_views(ad: Ad, width: int, rows: int, care: str) -> list[tuple[str, Media, View]]:
    """What to draw for the preview: a video alone as scenes side by side, several media as one picture each."""
    media = shown_media(ad)
    if not media:
        return []
    is_storyboard = len(media) == 1 and is_moving(media[0][1])
    parts = MOST_SHOWN if is_storyboard else len(media)
    columns = max(LEAST_COLUMNS, (width - GAP * (parts - 1)) // parts)
    view = View(columns, rows, care=care, what="scenes" if is_storyboard else "picture", most=MOST_SHOWN)
    return [(component, each, view) for component, each in media]


def is_moving(media: Media) -> bool:
    """Whether the queue says, or the name suggests, that it is a video; what it is shows when it is opened."""
    return (media.kind or "").lower().startswith("video") or media.path.lower().endswith(_MOVING)


def look_words(media: Media, look: Look | None) -> str:
    """What a look at a medium came to, in a few words."""
    if look is None:
        return ""
    if isinstance(look, Reason):
        return f"not shown: {look.words}"
    words = [f"{look.size[0]}x{look.size[1]}"] if look.kind != "sound" else []
    if look.duration_ms:
        words.append(clock_words(look.duration_ms))
    if look.frames > 1:
        words.append(f"{look.frames} frames")
    stated = (media.kind or "").lower()
    if stated in ("image", "picture", "video") and (stated == "video") is not (look.kind == "video"):
        words.append(f"a {look.kind}, not what the queue says")
    if look.note:
        words.append(look.note)
    return " · ".join(words)


def cells_that_fit(looks: list[Look], width: int) -> list[Cells]:
    """The drawn pictures, as many as stand side by side."""
    found: list[Cells] = []
    used = 0
    for look in looks:
        for cells in look.cells if isinstance(look, Seen) else ():
            if len(found) < MOST_SHOWN and used + cells.columns <= width:
                found.append(cells)
                used += cells.columns + GAP
    return found
