"""The pictures of twins on their screen: drawn behind the keys, the next twin's ahead, above the texts of both ads."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.strip import Strip

from modtui.domain.ads import Ad
from modtui.domain.exposure import SHARP
from modtui.errors import ModtuiError
from modtui.services.precedents import Around
from modtui.services.reviewing import OnDesk, Session
from modtui.tui.flow import flow
from modtui.tui.screens.action_screen import app_of
from modtui.tui.screens.bar_screen import BarScreen
from modtui.tui.widgets.lines_view import RULE, LinesView, strip_of
from modtui.tui.widgets.virtual_list import VirtualList

if TYPE_CHECKING:
    from modtui.tui.twin_media import Beside, Side


class TwinMedia(BarScreen):
    """Knows what was drawn of the ad and each twin."""

    def __init__(self, session: Session, on_desk: OnDesk, around: Around, care: str = SHARP) -> None:
        super().__init__()
        self.session = session
        self.on_desk = on_desk
        self.around = around
        self.care = care
        "How clearly media are shown."
        self.rows = VirtualList(RULE, id="twins")
        self.here = LinesView(RULE, id="here")
        self.there = LinesView(RULE, id="there")
        self._ads: dict[int, Ad] = {}
        self._media: dict[int, Beside] = {}
        "What was drawn of both ads, by the row of the twin."

    @property
    def ad(self) -> Ad:
        return self.on_desk.desk.case.ad

    def _show_pair(self) -> None:
        """Show the two ads beside each other: what the screen does with them."""

    def _media_strips(self, row: int, width: int, is_level: bool) -> tuple[list[Strip], list[Strip]]:
        """What stands above the texts: a few words, and the pictures, those of both ads at the same height."""
        looks, beside = self.ready_looks, self._media.get(row)
        if beside is None:
            return [], []
        sides: list[list[Strip]] = []
        for drawn in (beside.here, beside.there):
            said = [line for words in drawn.words for line in flow(words, width, looks.dim, looks.mark, most=2)]
            sides.append([strip_of(line, width, looks.text) for line in said])
        high = max(map(len, sides)) if is_level else 0
        blank = strip_of([], width, looks.text)
        for side, drawn in zip(sides, (beside.here, beside.there), strict=True):
            side += [blank] * (high - len(side))
            side += drawn.strips(width, looks.text)
        high = max(map(len, sides)) if is_level else 0
        for side in sides:
            side += [blank] * (high - len(side))
        return sides[0], sides[1]

    def _draw_soon(self, row: int) -> None:
        """Draw the pictures of both, behind the keys, where either has any."""
        app = app_of(self)
        there = self._ads.get(row)
        if not app.draws_media or there is None or not (self.ad.media or there.media):
            return
        beside = self._media.get(row)
        if beside is None or beside.made_for != self._drawn_for:
            self.run_worker(self._draw(row), exclusive=True, group="media", exit_on_error=True)

    @property
    def _drawn_for(self) -> tuple[int, int, str]:
        """Width, lines and care."""
        from modtui.tui.twin_media import rows_for

        width = min(self.here.inner_width, self.there.inner_width)
        return width, rows_for(self.here.inner_height), self.care

    async def _draw(self, row: int) -> None:
        from modtui.tui.twin_media import drawn_beside, fetch_ahead

        room, (width, rows, care) = app_of(self).media, self._drawn_for
        if room is None:
            return
        here = self._side(self.ad, self.on_desk.item.queue if self.on_desk.item is not None else "")
        there = self._side(self._ads[row], self.around.twins[row].item.queue)
        self._media[row] = await drawn_beside(room, here, there, width, rows, care)
        if not self.is_mounted:
            return
        if row == self.rows.cursor:
            self._show_pair()
        after, precedents = row + 1, self.session.precedents
        if after < len(self.around.twins) and after not in self._ads and precedents is not None:
            twin = self.around.twins[after]
            try:
                self._ads[after] = await precedents.ad_of(twin)
            except ModtuiError:  # said when the twin is gone to
                return
            fetch_ahead(room, self._side(self._ads[after], twin.item.queue), width, rows, care)

    def _side(self, ad: Ad, queue: str) -> Side:
        from modtui.tui.twin_media import Side

        return Side(ad, queue)
