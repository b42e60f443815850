"""The list screen: any number of ads, searched and filtered, opened on the review screen."""

from __future__ import annotations

from collections.abc import Sequence

from textual import events, on
from textual.app import ComposeResult

from modtui.domain.plurals import number_of
from modtui.errors import ModtuiError
from modtui.services.list_review import ListSession
from modtui.services.listing import Listing
from modtui.services.overview import read_queues
from modtui.services.slices_saved import Filter
from modtui.services.workbench import Workbench
from modtui.store.ad_list import ListedAd
from modtui.tui import actions
from modtui.tui.flow import Line, one_line
from modtui.tui.keymap import sign
from modtui.tui.list_lines import ad_line, columns_for, heading
from modtui.tui.masks import OtherTexts
from modtui.tui.messages import RowChosen, RowPointed
from modtui.tui.palette import STYLES
from modtui.tui.screens.action_screen import app_of
from modtui.tui.screens.ad_filter import FilterDialog, filter_from
from modtui.tui.screens.dialog import Entry
from modtui.tui.screens.kept_slices import KeptSlices
from modtui.tui.screens.place_screen import PlaceScreen
from modtui.tui.widgets.lines_view import RULE, LinesView, strip_of
from modtui.tui.widgets.virtual_list import VirtualList

REFRESH_EVERY = 5.0
"Seconds after which ads that were imported meanwhile are taken in."


class AdListScreen(PlaceScreen):
    """Rows are read a page at a time as they come into view; a filter is searched behind, and shows what it found."""

    CSS_PATH = [STYLES / "dialog.tcss", STYLES / "ad_list.tcss"]  # noqa: RUF012
    context = actions.LIST
    place = "list"

    def __init__(self, bench: Workbench, queue: str | None = None, filter_: Filter | None = None) -> None:
        super().__init__(bench)
        self.rows = VirtualList(RULE, id="rows")
        self.columns = LinesView(id="columns")
        self.listing = bench.listing(queue, filter_)
        self._now_ms = 0
        self._texts = OtherTexts()
        self._session: ListSession | None = None
        "The review that was opened from here: the cursor comes back to where it ended."

    def compose(self) -> ComposeResult:
        yield self.status
        yield self.columns
        yield self.rows
        yield self.footer

    @property
    def views(self) -> Sequence[LinesView]:
        return (self.status, self.columns, self.rows, self.footer)

    def on_mount(self) -> None:
        self.set_interval(REFRESH_EVERY, self._look_for_more)
        self._search()

    def on_screen_resume(self, event: events.ScreenResume) -> None:  # noqa: ARG002
        self.listing.forget_pages()
        if self._session is not None and self._session.listing is self.listing:
            self.rows.cursor = self._session.row
        self._session = None
        self.show_all()

    # Showing ---

    @property
    def current(self) -> ListedAd | None:
        """The ad under the cursor."""
        return self.listing.row(self.rows.cursor)

    def show_all(self) -> None:
        if not self.rows.size.height:
            return
        looks, listing = self.ready_looks, self.listing
        self._now_ms = self.bench.clock()
        self._texts.as_chosen_by(app_of(self).care)
        width = self.rows.inner_width
        self.columns.show_lines([strip_of(heading(columns_for(width, not listing.queue), looks), width, looks.text)])
        self.rows.has_cursor = listing.count > 0
        self.rows.show_rows(listing.count, self._row_line, self._title(), self._aside())
        if not listing.count:
            self.rows.show_lines([strip_of([("  " + self._why_empty(), looks.dim)], width, looks.text)])
        self._show_bar()
        if not self._is_said:
            self.show_footer()

    def _why_empty(self) -> str:
        if not self.listing.is_complete:
            return "searching …"
        back = sign(self.keymap.key(actions.LIST_BACK))
        return f"No ad matches. {back} shows all again." if self.listing.filter else "There are no ads here yet."

    def _row_line(self, row: int, is_cursor: bool) -> Line:
        looks, width = self.ready_looks, self.rows.inner_width
        try:
            ad = self.listing.row(row)
        except ModtuiError as error:
            return [(f"  {one_line(error.title)}: {one_line(error.message)}", looks.alarm)]
        if ad is None:
            return [("  …", looks.dim)]
        columns, title = columns_for(width, not self.listing.queue), self._texts(ad.title)
        return ad_line(ad, title, columns, looks, self._now_ms, width, is_cursor)

    def _title(self) -> Line:
        looks, filter_ = self.ready_looks, self.listing.filter
        line: Line = [(one_line(self.listing.queue or "all queues"), looks.title)]
        if filter_:
            line.append((f" · {one_line(str(filter_))}", looks.strong))
        return line

    def _aside(self) -> Line:
        count = self.listing.count
        looks = self.ready_looks
        at = f"{self.rows.cursor + 1:,} of {count:,}" if count else "none"
        return [(f" {at}" + ("" if self.listing.is_complete else " so far, searching …") + " ", looks.dim)]

    def _show_bar(self) -> None:
        looks, index = self.ready_looks, self.listing.index
        left: Line = [("list", looks.bar_strong)]
        if self.listing.filter.words and not index.is_complete:
            left.append((f"   search index: {index.indexed:,} of {number_of(index.ads, 'ad')} so far", looks.lit))
        self.show_bar(left, self.bench.reviewer)

    # Finding ---

    def show_only(self, queue: str | None, filter_: Filter) -> None:
        """List a queue, or all, through a filter, from the top."""
        try:
            self.listing = self.bench.listing(queue, filter_)
        except ModtuiError as error:
            self.say_error(error)
            return
        self.rows.cursor = self.rows.top = 0
        self.clear_said()
        self.show_all()
        self._search()

    def _search(self) -> None:
        if not self.listing.is_complete:
            self.run_worker(self._search_on(self.listing), exclusive=True, group="search", exit_on_error=True)

    async def _search_on(self, listing: Listing) -> None:
        """Search step by step behind the screen, and show what each step adds."""
        goes_on = True
        while goes_on and listing is self.listing:
            before = listing.count
            try:
                goes_on = await self.bench.behind(listing.grow)
            except ModtuiError as error:
                self.say_error(error)
                return
            if listing is self.listing:
                self._show_growth(before)

    def _show_growth(self, before: int) -> None:
        """Repaint the rows only when new ones are in view."""
        if before < self.rows.top + self.rows.inner_height or not self.rows.count:
            self.show_all()
            return
        self.rows.count = self.listing.count
        self.rows.show_title(self._title(), self._aside())

    def _look_for_more(self) -> None:
        if self.is_current:
            self.run_worker(self._take_in(self.listing), exclusive=True, group="refresh", exit_on_error=True)

    async def _take_in(self, listing: Listing) -> None:
        try:
            is_other = await self.bench.behind(listing.refresh)
        except ModtuiError as error:
            self.say_error(error)
            return
        if listing is self.listing and is_other:
            self.show_all()
            self._search()

    def do_list_search(self) -> None:
        now = str(self.listing.filter)
        self.app.push_screen(
            Entry('Words, or filters such as state:new market:FR advertiser:"Glow LLC"', now), self._typed
        )

    def _typed(self, text: str | None) -> None:
        if text is None:
            return
        filter_, wrong = filter_from(text)
        if filter_ is None:
            self.say(wrong, is_warning=True)
        else:
            self.show_only(self.listing.queue, filter_)

    def do_list_filter(self) -> None:
        queues = [line.name for line in read_queues(self.bench.workspace, self.bench.clock)]

        def chosen(taken: tuple[str | None, Filter] | None) -> None:
            if taken is not None:
                self.show_only(*taken)

        self.app.push_screen(FilterDialog(self.listing.queue, self.listing.filter, queues), chosen)

    def do_list_slices(self) -> None:
        KeptSlices(self, self.bench.workspace, self.listing.queue, self.listing.filter).choose(self.show_only)

    # Moving ---

    def _moved(self) -> None:
        self.rows.show_title(self._title(), self._aside())
        self.clear_said()

    def do_list_down(self) -> None:
        self.rows.go_to(self.rows.cursor + 1)
        self._moved()

    def do_list_up(self) -> None:
        self.rows.go_to(self.rows.cursor - 1)
        self._moved()

    def do_list_page_down(self) -> None:
        self.rows.page(1)
        self._moved()

    def do_list_page_up(self) -> None:
        self.rows.page(-1)
        self._moved()

    def do_list_first(self) -> None:
        self.rows.go_to(0)
        self._moved()

    def do_list_last(self) -> None:
        self.rows.go_to(self.rows.count - 1)
        self._moved()

    @on(RowPointed)
    def _pointed(self, message: RowPointed) -> None:
        self.rows.go_to(message.row)
        self._moved()

    @on(RowChosen)
    def _chosen(self, message: RowChosen) -> None:  # noqa: ARG002
        self.do_list_open()

    def do_conflicts(self) -> None:
        """Of an ad in conflict its own, else all of them."""
        ad = self.current
        self.settle((ad.source, ad.ad_id, ad.queue) if ad is not None and ad.mark == "conflict" else None)

    # Going on ---

    def do_list_open(self) -> None:
        if self.current is None:
            self.say("there is no ad here to open", is_warning=True)
        else:
            self._session = self.bench.list_session(self.listing, self.rows.cursor)
            self.review(self._session)

    def do_list_review(self) -> None:
        if not self.listing.count:
            self.say("there is no ad here to review", is_warning=True)
        else:
            self.review(self.bench.session(self.listing.queue, filter_=self.listing.filter))

    def do_list_back(self) -> None:
        if self.listing.filter:
            self.show_only(self.listing.queue, Filter())
        elif "home" in app_of(self).places:
            app_of(self).go("home")
        else:
            self.say("there is no other place to go in this session")

    def do_list_reveal(self) -> None:
        said = self._texts.reveal()
        self.show_all()
        self.say(said)

    def do_list_refresh(self) -> None:
        self.listing.forget_pages()
        self._look_for_more()
        self.show_all()
        self.say("read anew")
