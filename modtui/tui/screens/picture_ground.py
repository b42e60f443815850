"""The ground of the viewer: one medium of an ad as large as the window, drawn behind the keys, and what was opened."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import PurePath
from typing import TYPE_CHECKING, ClassVar

from msgspec import Struct
from msgspec.structs import replace
from textual import events
from textual.app import ComposeResult
from textual.strip import Strip

from modtui.domain.ads import Media
from modtui.domain.exposure import SHARP
from modtui.domain.policies import Check
from modtui.files.media_views import Cells, Seen, View
from modtui.services.desk import Desk
from modtui.services.media import Look, MediaRoom, Reason
from modtui.tui import actions
from modtui.tui.flow import Line, flow, one_line
from modtui.tui.half_blocks import picture_lines, with_boxes
from modtui.tui.keymap import sign
from modtui.tui.media_preview import look_words
from modtui.tui.palette import STYLES
from modtui.tui.screens.action_screen import app_of
from modtui.tui.screens.bar_screen import BarScreen
from modtui.tui.viewport import Box, Viewport
from modtui.tui.widgets.lines_view import BARE, RULE, Bare, LinesView, strip_of

if TYPE_CHECKING:
    from modtui.tui.pixels import PixelPainter

WIDE, LOW = 100, 30
SETTLED_WITHIN = 0.5
"Seconds in which an empty view is on the screen."


class Looking(Struct):
    """What the viewer is opened with, and what it tells of when it changes."""

    desk: Desk
    queue: str
    room: MediaRoom
    care: str
    "How clearly it starts."
    check: Check | None = None
    "The check that evidence is marked for: one that was answered yes."
    changed: Callable[[], None] = lambda: None
    "Called when something was opened or marked."
    revealed: Callable[[], str] = lambda: SHARP
    "Called to show one step more clearly; how clearly that is."
    masked: Callable[[str, str], str] = lambda _, text: text
    "A text of a component as it may be shown."

    @property
    def media(self) -> tuple[Media, ...]:
        return self.desk.case.ad.media


class PictureGround(BarScreen):
    """Draws what is in view of the medium that is open. What keys do is in the classes that build on it."""

    CSS_PATH: ClassVar[list[str | PurePath]] = [STYLES / "picture.tcss"]
    context = actions.VIEWER

    def __init__(self, looking: Looking, at: int = 0) -> None:
        super().__init__()
        self.looking = looking
        self.at = at
        "The number of the medium."
        self.view = LinesView(BARE, id="picture")
        self.lines = LinesView(RULE, id="lines")
        self.caption = LinesView(BARE, id="caption")
        self.scenes_view = LinesView(BARE, id="scenes")
        self.body = Bare(id="body")
        self.care = looking.care
        self.drawing: asyncio.Task[None] | None = None
        self.painter: PixelPainter | None = None
        "Where the terminal draws pixels of its own."
        self.begin_medium()

    def begin_medium(self) -> None:
        """Know nothing yet of a medium."""
        self.port = Viewport(1, 1)
        self.look: Look | None = None
        self._is_wanted = False
        self._is_afresh = True

    def compose(self) -> ComposeResult:
        yield self.status
        with self.body:
            yield self.view
            yield self.lines
        yield self.caption
        yield self.scenes_view
        yield self.footer

    @property
    def views(self) -> Sequence[LinesView]:
        return (self.status, self.view, self.lines, self.scenes_view, self.caption, self.footer)

    def on_mount(self) -> None:
        app = app_of(self)
        if app.link.graphics.has_pixels:
            from modtui.tui.pixels import PixelPainter

            self.painter = PixelPainter(app, app.link.graphics)

    def on_screen_suspend(self) -> None:
        if self.painter is not None:
            self.painter.clear()

    def on_screen_resume(self) -> None:
        if self.painter is not None and self.look is not None:
            self.draw_soon()

    def on_unmount(self) -> None:
        if self.painter is not None:
            self.painter.clear()

    def on_resize(self, event: events.Resize) -> None:
        self.set_class(event.size.width >= WIDE, "-wide")
        self.set_class(event.size.height < LOW, "-low")

    # What is open ---

    @property
    def media(self) -> Media:
        return self.looking.media[self.at]

    @property
    def component(self) -> str:
        return f"media.{self.at}"

    @property
    def seen(self) -> Seen | None:
        return self.look if isinstance(self.look, Seen) else None

    def open_medium(self, at: int) -> None:
        """Open another medium of the ad, or say that there is none."""
        if not 0 <= at < len(self.looking.media):
            self.say("this is the last of the ad" if at > 0 else "this is the first of the ad")
            return
        self.at = at
        self.begin_medium()
        self.remove_class("-moving")
        self.clear_said()
        self.show_all()

    def view_wanted(self) -> View:
        """What is to be drawn now."""
        return View(self.port.columns, self.port.rows, self.port.crop, self.care)

    def take(self, look: Look) -> None:
        """Remember what was drawn, and that the medium was opened."""
        self.look = look
        desk = self.looking.desk
        if isinstance(look, Reason):
            if not look.is_missing_extra:
                desk.cannot_show(self.component)
            return
        if self.component not in desk.opened:
            desk.opened.add(self.component)
            self.looking.changed()
        if self.port.size != look.size:
            self.port = replace(self.port, size=look.size)

    # Drawing ---

    def show_all(self) -> None:
        size = self.view.size
        if not size.height:
            return
        self.port = replace(self.port, columns=size.width, rows=size.height)
        _ = self.ready_looks
        self.show_words()
        if not self._is_said:
            self.show_footer()
        self.draw_soon()

    def draw_soon(self) -> None:
        """Draw what is to be in view now; what was asked for before and is not drawn yet is passed over."""
        self._is_wanted = True
        if self.drawing is None or self.drawing.done():
            self.drawing = asyncio.create_task(self._draw())

    async def _draw(self) -> None:
        while self._is_wanted and self.is_mounted:
            self._is_wanted = False
            at, afresh, self._is_afresh = self.at, self._is_afresh, False
            looking = self.looking
            view = self.view_wanted()
            view = self.painter.view_of(view) if self.painter is not None else view
            look = await looking.room.look(looking.queue, self.media, view, afresh=afresh)
            if at != self.at or not self.is_mounted:
                continue
            self.take(look)
            self.show_words()
            await self._show(look)
            await self.drawn()

    async def drawn(self) -> None:
        """What comes once the picture is shown: the next medium is fetched ahead."""
        if self.at + 1 < len(self.looking.media):
            ahead = Viewport(self.port.columns, self.port.rows)
            view = View(ahead.columns, ahead.rows, ahead.crop, self.care, "frame")
            self.looking.room.fetch(self.looking.queue, self.looking.media[self.at + 1], view)

    async def _show(self, look: Look) -> None:
        if isinstance(look, Reason):
            self._show_reason(look)
            return
        boxes = [self.port.pixels_of(box, look.first.columns, look.first.rows) for box in self.boxes()]
        if self.painter is not None:
            await self._paint(self.painter, with_boxes(look.first, self.painter.edges(boxes)))
            return
        strips = await self.strips_of([with_boxes(look.first, boxes)], self.view, is_centred=True)
        self.view.show_lines(strips, top=0)

    async def _paint(self, painter: PixelPainter, picture: Cells) -> None:
        """Draw the picture over an empty view, once that is on the screen."""
        self.view.show_lines([], top=0)
        self.view.refresh()
        is_empty = asyncio.Event()
        self.call_after_refresh(is_empty.set)
        with suppress(TimeoutError):
            await asyncio.wait_for(is_empty.wait(), SETTLED_WITHIN)
        if self.is_mounted:
            await painter.paint(picture, self.view, self.port.columns, self.port.rows)

    async def strips_of(self, pictures: Sequence[Cells], view: LinesView, is_centred: bool) -> list[Strip]:
        """Pictures side by side as the lines of a view, one at a time, so that keys have their turn in between."""
        width, height, ground = view.size.width, view.size.height, self.ready_looks.text
        made: list[Strip] = []
        for strip in picture_lines(pictures, width, height, ground, is_centred=is_centred):
            strip.render(self.app.console)  # works the colours out now, not when it is shown
            made.append(strip)
            await asyncio.sleep(0)
        return made

    def _show_reason(self, reason: Reason) -> None:
        size, looks = self.view.size, self.ready_looks
        words = flow(f"{self.media.path}\n\n{reason.words}.", max(10, size.width - 4), looks.text, looks.mark)
        over: list[Line] = [[]] * (max(0, size.height - len(words)) // 2)
        lines = [*over, *([("  ", looks.text), *line] for line in words)]
        self.view.show_lines([strip_of(line, size.width, looks.text) for line in lines], top=0)

    def boxes(self) -> list[Box]:
        """The boxes to be seen on the picture, in its own 1/10,000."""
        return []

    # Words around it ---

    def said(self) -> list[str]:
        """What the bar says of the medium, part by part; what is not known yet is empty."""
        ad = self.looking.desk.case.ad
        count = len(self.looking.media)
        return [
            f"{one_line(ad.id)} · {one_line(self.media.path)}",
            f"{self.at + 1} of {count}" if count > 1 else "",
            one_line(look_words(self.media, self.look)) if self.seen is not None else "",
            f"zoom {self.port.zoom:.1f}" if self.port.zoom > 1 else "",
        ]

    def show_words(self) -> None:
        key = sign(self.keymap.key(actions.PICTURE_REVEAL))
        care = "" if self.care == SHARP else f"{self.care}, clearer: {key}"
        self.show_bar([(" · ".join(part for part in self.said() if part), self.ready_looks.bar_strong)], care)
