"""A queue may want its main picture or video seen before an ad is approved."""

from __future__ import annotations

from modtui.domain.ads import Ad
from modtui.services.clock import Clock, wall_clock
from modtui.store.queues import find_queue, get_queue
from modtui.store.sqlite import Connection
from modtui.store.times import utc_text
from modtui.store.workspace import Workspace

MUST_SEE = "must_see"
"The queue's setting."
_SOUNDS = ("audio", "sound")


def main_medium(ad: Ad) -> str:
    """The component of an ad that a queue may want opened: its first picture or video; empty without one."""
    for number, media in enumerate(ad.media):
        if (media.kind or "").lower() not in _SOUNDS:
            return f"media.{number}"
    return ""


def must_see(connection: Connection, queue: str, ad: Ad) -> str:
    """The component that has to be opened before an approval; empty where none has."""
    component = main_medium(ad)
    if not component:
        return ""
    found = find_queue(connection, queue)
    return component if found is not None and found.settings.get(MUST_SEE) else ""


def set_must_see(workspace: Workspace, queue: str, is_wanted: bool, clock: Clock = wall_clock) -> None:
    """Set what a queue wants, from the next ad on. Raises ModtuiError when there is no such queue."""
    with workspace.read() as connection:
        get_queue(connection, queue)
    workspace.writer.call(lambda tx: tx.create_queue(queue, utc_text(clock()), {MUST_SEE: is_wanted}))
