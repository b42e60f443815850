"""What the ad says and its captured page, side by side, with what differs between them. Nothing is fetched."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import PurePath
from typing import ClassVar

from msgspec import Struct
from textual import events, on
from textual.app import ComposeResult
from textual.strip import Strip

from modtui.domain.ads import Ad, Media
from modtui.domain.exposure import SHARP
from modtui.domain.page_differences import captured_words
from modtui.files.media_views import View
from modtui.services.media import MediaRoom, Reason
from modtui.services.reviewing import OnDesk
from modtui.tui import actions
from modtui.tui.ad_lines import AdLines, Block
from modtui.tui.flow import Line, flow
from modtui.tui.half_blocks import picture_lines
from modtui.tui.media_preview import look_words
from modtui.tui.messages import Scrolled
from modtui.tui.palette import STYLES
from modtui.tui.screens.bar_screen import BarScreen
from modtui.tui.screens.copy_page import CopyPage
from modtui.tui.signal_lines import difference_lines
from modtui.tui.widgets.ad_card import MARGIN, block_strips
from modtui.tui.widgets.lines_view import BOX, RULE, Bare, LinesView, strip_of

WIDE = 100
MOST_DIFFERENCES = 4
"Lines of differences above the panes."
PICTURE_ROWS = 18
"Lines the captured picture takes, at most half of its pane."


class Beside(Struct):
    """What the screen is opened with."""

    on_desk: OnDesk
    queue: str = ""
    room: MediaRoom | None = None
    "What draws the captured picture; nothing where pictures are not drawn."
    care: str = SHARP
    changed: Callable[[], None] = lambda: None
    "Called when the page counts as opened."
    revealed: Callable[[], str] = lambda: SHARP
    "Called to show one step more clearly; how clearly media are then."

    @property
    def ad(self) -> Ad:
        return self.on_desk.desk.case.ad


class PageBeside(BarScreen):
    """Opened over the review screen. In a narrow window the panes are stacked, and the one in hand takes the room."""

    CSS_PATH: ClassVar[list[str | PurePath]] = [STYLES / "page.tcss"]
    context = actions.PAGE_VIEW

    def __init__(self, beside: Beside) -> None:
        super().__init__()
        self.beside = beside
        self.differences = LinesView(id="differences")
        self.said = LinesView(BOX, id="said")
        self.page = LinesView(BOX, id="page")
        self.body = Bare(id="body")
        self.in_hand = self.page
        self._picture: tuple[Strip, ...] = ()
        self._picture_words = ""
        self._asked: tuple[int, int] = (0, 0)

    def compose(self) -> ComposeResult:
        yield self.status
        yield self.differences
        with self.body:
            yield self.said
            yield self.page
        yield self.footer

    @property
    def views(self) -> Sequence[LinesView]:
        return (self.status, self.differences, self.said, self.page, self.footer)

    def on_resize(self, event: events.Resize) -> None:
        is_narrow = event.size.width < WIDE
        self.set_class(is_narrow, "-narrow")
        self.said.frame = self.page.frame = RULE if is_narrow else BOX

    # Showing ---

    def show_all(self) -> None:
        if not self.page.size.height:
            return
        looks = self.ready_looks
        self.show_bar([(f"page  {captured_words(self._captured_at, self._as_of)}", looks.bar)], "")
        self._show_differences()
        self._show_pane(self.said, "The ad", self._lines(self.said).said())
        self._show_pane(self.page, "Its page", self._lines(self.page).captured(), self._picture_strips())
        self.said.activate(self.in_hand is self.said)
        self.page.activate(self.in_hand is self.page)
        if not self._is_said:
            self.show_footer()
        self._draw_soon()
        self._note_seen()

    @property
    def _captured_at(self) -> str | None:
        return self.beside.ad.landing_page.captured_at

    @property
    def _as_of(self) -> str:
        return self.beside.on_desk.desk.case.as_of

    def _lines(self, pane: LinesView) -> AdLines:
        return AdLines(self.beside.on_desk, self.ready_looks, max(8, pane.inner_width - MARGIN))

    def _show_differences(self) -> None:
        looks, width = self.ready_looks, self.differences.size.width
        lines = difference_lines(self.beside.on_desk.desk, looks, width - 2)
        if len(lines) > MOST_DIFFERENCES:
            lines = [*lines[: MOST_DIFFERENCES - 1], [("… more: see the signals of the ad", looks.dim)]]
        if not lines:
            lines = [[("no difference of price, currency, language or name found", looks.dim)]]
        self.differences.styles.height = len(lines)
        self.differences.show_lines([strip_of([(" ", looks.text), *line], width, looks.text) for line in lines])

    def _show_pane(self, pane: LinesView, title: str, blocks: list[Block], below: Sequence[Strip] = ()) -> None:
        looks = self.ready_looks
        width = max(8, pane.inner_width - MARGIN)
        strips = [strip for block in blocks for strip in block_strips(block, looks, width, False)]
        if not strips and not below:
            strips = [strip_of([("  nothing was captured", looks.dim)], pane.inner_width, looks.text)]
        pane.show_lines([*strips, *below], [(title, looks.title)])

    def _picture_strips(self) -> list[Strip]:
        """The captured picture below the text, under a line about it."""
        looks, width = self.ready_looks, self.page.inner_width
        if not self._picture_words:
            return []
        words = flow(f"▦ {self._picture_words}", max(8, width - MARGIN), looks.dim, looks.mark, most=2)
        lines: list[Line] = [[], *([(" " * MARGIN, looks.text), *line] for line in words)]
        return [*(strip_of(line, width, looks.text) for line in lines), *self._picture]

    def _note_seen(self) -> None:
        """The page counts as opened once its last line was in view."""
        desk = self.beside.on_desk.desk
        is_whole = self.page.top + self.page.inner_height >= self.page.line_count
        if is_whole and self.page.size.height and "page" not in desk.opened and self.beside.ad.landing_page.text:
            desk.opened.add("page")
            self.beside.changed()

    @on(Scrolled)
    def _scrolled(self) -> None:
        self._note_seen()

    # The captured picture ---

    def _draw_soon(self) -> None:
        path, room = self.beside.ad.landing_page.media, self.beside.room
        size = (max(8, self.page.inner_width - MARGIN), max(4, min(PICTURE_ROWS, self.page.inner_height // 2)))
        if not path or size == self._asked:
            return
        self._asked = size
        if room is None:
            self._picture_words = f"{path}  pictures are not drawn in this session"
        else:
            self.run_worker(self._draw(room, Media(path, "image"), size), exclusive=True, exit_on_error=True)

    async def _draw(self, room: MediaRoom, media: Media, size: tuple[int, int]) -> None:
        look = await room.look(self.beside.queue, media, View(*size, care=self.beside.care))
        self._picture_words = f"{media.path}  {look_words(media, look)}"
        ground = self.ready_looks.text
        cells = () if isinstance(look, Reason) else look.cells[:1]
        lines = picture_lines(cells, self.page.inner_width, size[1], ground, MARGIN) if cells else ()
        self._picture = tuple(lines)
        if self.is_mounted:
            self.show_all()

    # What keys do ---

    def do_page_pane(self) -> None:
        self.in_hand = self.said if self.in_hand is self.page else self.page
        self.set_class(self.in_hand is self.said, "-said")
        self.call_after_refresh(self.show_all)

    def do_page_down(self) -> None:
        self.in_hand.scroll_by(1)

    def do_page_up(self) -> None:
        self.in_hand.scroll_by(-1)

    def do_page_further(self) -> None:
        self.in_hand.scroll_by(max(1, self.in_hand.inner_height - 2))

    def do_page_nearer(self) -> None:
        self.in_hand.scroll_by(-max(1, self.in_hand.inner_height - 2))

    def do_page_reveal(self) -> None:
        beside = self.beside
        if beside.care == SHARP and beside.on_desk.desk.shown_as == SHARP:
            self.say("everything is shown as it is")
            return
        beside.care = beside.revealed()
        self._asked = (0, 0)
        self.show_all()

    def do_page_copy(self) -> None:
        self.app.push_screen(CopyPage(links_text(self.beside.ad)))

    def do_page_back(self) -> None:
        self.dismiss(None)


def links_text(ad: Ad) -> str:
    """The ad's links as text to select: the link, the captured chain, and hosts as they are shown where encoded."""
    from modtui.domain.link_signals import decoded_host
    from modtui.domain.links import parsed

    page = ad.landing_page
    links = [link for link in (page.url, *page.chain) if link]
    hosts = dict.fromkeys(host for link in links if (host := parsed(link).host) and decoded_host(host) != host)
    lines = [*links, *(f"{host} is shown as {decoded_host(host)}" for host in hosts)]
    return "\n".join(lines) or "This ad has no link."
