"""Media on the review screen: the preview in the ad pane, drawn ahead for the next ad, and the way to the viewer.

What draws is imported when the first ad with media has been painted.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING

from msgspec import Struct, field
from textual.strip import Strip

from modtui.domain.ads import Ad
from modtui.domain.policies import Answer
from modtui.services.reviewing import OnDesk
from modtui.tui.masks import masked
from modtui.tui.media_look import MOST_ROWS, NO_MEDIA, MediaLook
from modtui.tui.screens.action_screen import app_of
from modtui.tui.screens.review_care import CareActions
from modtui.tui.screens.review_laying import Laid
from modtui.tui.widgets.ad_card import with_pictures

if TYPE_CHECKING:
    from modtui.services.media import Look, MediaRoom

ROWS_AT_ONCE = 3
"Lines of a picture made before the keys have their turn."


class Preview(Struct):
    """What is drawn of one ad's media."""

    on_desk: OnDesk
    looks: dict[str, Look] = field(default_factory=dict)
    "By component, once they were looked at."
    strips: tuple[Strip, ...] = ()
    "Ready to be put in the free lines."
    made_for: tuple[object, ...] = ()
    "Sizes and care the strips were made for."
    task: asyncio.Task[None] | None = None


class MediaActions(CareActions):
    """Knows the previews of the ad on the desk and of the one behind it."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self._previews: dict[int, Preview] = {}

    @property
    def room(self) -> MediaRoom | None:
        return app_of(self).media

    def queue_of(self, on_desk: OnDesk) -> str:
        """The queue whose folder the media of an ad lie in."""
        return on_desk.item.queue if on_desk.item is not None else self.session.progress.queue

    # Laying out ---

    def media_of(self, on_desk: OnDesk) -> MediaLook:
        if not app_of(self).draws_media or not has_pictures(on_desk.desk.case.ad):
            return NO_MEDIA
        preview = self._previews.get(id(on_desk))
        if preview is None or not preview.looks:
            return MediaLook(most_rows=MOST_ROWS)
        from modtui.services.media import Reason
        from modtui.tui.media_preview import look_words

        media = on_desk.desk.case.ad.media
        words = {name: look_words(media[_number(name)], look) for name, look in preview.looks.items()}
        is_shown = any(not isinstance(look, Reason) for look in preview.looks.values())
        return MediaLook(words, MOST_ROWS if is_shown else 0)

    def lay_out_ahead(self) -> None:
        super().lay_out_ahead()
        if self.ahead is not None and self.is_mounted and not self._show_ready(self.ahead):
            self._draw_soon(self.ahead)

    # Drawing ---

    def _painted(self) -> None:
        super()._painted()
        if self.laid is not None and not self._show_ready(self.laid):
            self._draw_soon(self.laid)

    def show_ad_again(self) -> None:
        super().show_ad_again()
        if self.laid is not None and not self._show_ready(self.laid):
            self._draw_soon(self.laid)

    def _wanted(self, laid: Laid) -> tuple[object, ...]:
        """What strips for this layout depend on."""
        return (self.card.text_width, laid.ad.free[1], self.care_of(laid.on_desk))

    def _show_ready(self, laid: Laid) -> bool:
        """Put in what was drawn, so that it comes with the ad's first paint or the next; whether nothing is left to be
        drawn."""
        preview = self._previews.get(id(laid.on_desk))
        if preview is None or preview.made_for != self._wanted(laid):
            return False
        if preview.strips:
            laid.ad = with_pictures(laid.ad, preview.strips)
            if self.laid is laid:
                self.card.show_ad(laid.ad)
        return True

    def _draw_soon(self, laid: Laid) -> None:
        """Draw an ad's preview behind the keys; once for each layout."""
        if not app_of(self).draws_media or not has_pictures(laid.on_desk.desk.case.ad):
            return
        kept = {id(each): each for each in (self.session.current, self.session.following) if each is not None}
        self._previews = {key: each for key, each in self._previews.items() if kept.get(key) is each.on_desk}
        preview = self._previews.setdefault(id(laid.on_desk), Preview(laid.on_desk))
        is_drawing = preview.task is not None and not preview.task.done()
        if is_drawing or preview.made_for == self._wanted(laid):
            return
        preview.task = asyncio.create_task(self._draw(preview, laid))

    async def _draw(self, preview: Preview, laid: Laid) -> None:
        room = self.room
        if room is None or not self.is_mounted:
            return
        from modtui.services.media import Reason
        from modtui.tui.media_preview import cells_that_fit, preview_views

        wanted = self._wanted(laid)
        desk, queue = laid.on_desk.desk, self.queue_of(laid.on_desk)
        width, rows, care = self.card.text_width, max(1, laid.ad.free[1]), self.care_of(laid.on_desk)
        was = self.media_of(laid.on_desk)
        for component, media, view in preview_views(desk.case.ad, width, rows, care):
            look = await room.look(queue, media, view)
            preview.looks[component] = look
            if isinstance(look, Reason) and not look.is_missing_extra:
                desk.cannot_show(component)
        if laid.ad.free[1]:
            cells = cells_that_fit(list(preview.looks.values()), width)
            preview.strips = await self._strips(cells, laid.ad.free[1])
        # Said last: an ad laid out anew meanwhile must not take half of it for the whole.
        preview.made_for = wanted
        if not self.is_mounted:
            return
        if self.laid is not None and self.laid.on_desk is laid.on_desk:
            self._follow(laid, was)
        elif self.ahead is not None and self.ahead.on_desk is laid.on_desk:
            if self.media_of(laid.on_desk) != was and not self.is_saving:
                self.ahead = None
                self.lay_out_ahead()
            elif not self._show_ready(self.ahead):
                self.call_later(self._draw_soon, self.ahead)

    def _follow(self, laid: Laid, was: MediaLook) -> None:
        """What was drawn comes on the screen; where it says more of the media than before, so do their lines."""
        if self.laid is None or self.laid.on_desk is not laid.on_desk:
            return
        if self.media_of(laid.on_desk) != was:
            self.show_ad_again()
        elif not self._show_ready(self.laid):
            # Sizes or care changed while it was drawn: once more, when this drawing has ended.
            self.call_later(self._draw_soon, self.laid)

    async def _strips(self, cells: Sequence[object], rows: int) -> tuple[Strip, ...]:
        """The lines of pictures, made a few at a time: a key that comes meanwhile is not kept waiting."""
        from modtui.files.media_views import Cells
        from modtui.tui.half_blocks import picture_lines
        from modtui.tui.widgets.ad_card import MARGIN

        pictures = [each for each in cells if isinstance(each, Cells)]
        if not pictures:
            return ()
        width, ground = self.card.text_width + MARGIN, self._ready_looks().text
        made: list[Strip] = []
        for number, strip in enumerate(picture_lines(pictures, width, rows, ground, MARGIN)):
            self.card.make_ready([strip])
            made.append(strip)
            if number % ROWS_AT_ONCE == ROWS_AT_ONCE - 1:
                await asyncio.sleep(0)
        return tuple(made)

    # The viewer ---

    def do_picture(self) -> None:
        assert self.laid is not None
        desk, room = self.laid.on_desk.desk, self.room
        if not desk.case.ad.media:
            self.say("this ad has no picture, video or sound", is_warning=True)
            return
        if room is None:
            for number, _ in enumerate(desk.case.ad.media):
                desk.cannot_show(f"media.{number}")
            self.say("pictures and videos are not drawn in this session", is_warning=True)
            return
        from modtui.tui.screens.picture import PictureScreen
        from modtui.tui.screens.picture_ground import Looking

        on_desk = self.laid.on_desk
        row = self.laid.checks.current
        check = row.check if row is not None and desk.answers.get(row.check.id) is Answer.YES else None
        first = next((n for n in range(len(desk.case.ad.media)) if f"media.{n}" in desk.unopened), 0)
        looking = Looking(
            desk, self.queue_of(on_desk), room, self.care_of(on_desk), check, self.draft_soon,
            lambda: self.reveal(on_desk), lambda component, text: masked(desk, component, text),
        )  # fmt: skip
        self.app.push_screen(PictureScreen(looking, first), lambda _: self.show_ad_again())


def has_pictures(ad: Ad) -> bool:
    """Whether there is something to draw."""
    return any((media.kind or "").lower() not in ("audio", "sound") and media.path for media in ad.media)


def _number(component: str) -> int:
    return int(component.partition(".")[2])
