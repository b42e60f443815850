"""What the lines of an ad know of its media. Nothing here draws: it is on the way to the first ad."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct, field

LEAST_ROWS, MOST_ROWS = 5, 14
"Lines a preview takes."


class MediaLook(Struct, frozen=True):
    """What is known of an ad's media when its lines are laid out."""

    words: Mapping[str, str] = field(default_factory=dict)
    "A few words a component: `1280x720 · 0:14`, or why it cannot be shown."
    most_rows: int = 0
    "Lines a preview may take where there is room; 0 for none."


NO_MEDIA = MediaLook()
