"""Twins beside the ad: a list of them, the two texts with their differences marked, and the way to decide them all."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import PurePath
from typing import ClassVar

from textual import events, on, work
from textual.app import ComposeResult

from modtui.domain.exposure import SHARP
from modtui.errors import ModtuiError
from modtui.services.advertisers import letters_of
from modtui.services.group_verbs import Group
from modtui.services.precedents import Around, TwinAd
from modtui.services.reviewing import OnDesk, Session
from modtui.tui import actions
from modtui.tui.actions import Action
from modtui.tui.flow import Line, one_line
from modtui.tui.masks import masked, masked_elsewhere
from modtui.tui.messages import RowChosen, RowPointed
from modtui.tui.palette import STYLES
from modtui.tui.screens.action_screen import app_of
from modtui.tui.screens.group_dialog import GroupDialog
from modtui.tui.screens.twins_media import TwinMedia
from modtui.tui.twin_lines import Pair, pair_lines, pairs_of, twin_row
from modtui.tui.twin_words import split_words
from modtui.tui.visual_order import has_right_to_left
from modtui.tui.widgets.lines_view import Bare, LinesView, strip_of


class TwinsScreen(TwinMedia):
    """Shows twins; what was chosen stands in `to_open` or `group` when it is left."""

    CSS_PATH: ClassVar[list[str | PurePath]] = [STYLES / "twins.tcss"]
    context = actions.TWINS

    def __init__(
        self,
        session: Session,
        on_desk: OnDesk,
        around: Around,
        is_open: bool,
        care: str = SHARP,
        revealed: Callable[[], str] = lambda: SHARP,
    ) -> None:
        """`is_open` says whether past outcomes may be shown; `revealed` shows one step more clearly, and says how
        clearly media are then."""
        super().__init__(session, on_desk, around, care)
        self.is_open = is_open
        self.revealed = revealed
        self.to_open: TwinAd | None = None
        self.group: Group | None = None
        self.body = Bare(id="body")
        self._pairs: dict[int, tuple[Pair, ...]] = {}
        "By the row of the twin."
        self._is_planning = False

    def compose(self) -> ComposeResult:
        yield self.status
        yield self.rows
        with self.body:
            yield self.here
            yield self.there
        yield self.footer

    @property
    def views(self) -> Sequence[LinesView]:
        return (self.status, self.rows, self.here, self.there, self.footer)

    @property
    def twin(self) -> TwinAd:
        """The twin under the cursor."""
        return self.around.twins[self.rows.cursor]

    # Showing ---

    def show_all(self) -> None:
        if not self.rows.size.height and not self.here.size.height:
            return
        looks, count = self.ready_looks, len(self.around.twins)
        self.show_bar([("twins of ", looks.bar), (one_line(self.ad.id), looks.bar_strong)], self._said_of_them())
        at = f" {self.rows.cursor + 1} of {count}{'+' if self.around.is_more else ''} "
        title: Line = [("twins", looks.title)]
        self.rows.show_rows(count, self._row, title, [(at, looks.dim)])
        if not self._is_said:
            self.show_footer()
        self._show_pair()

    def _said_of_them(self) -> str:
        if not self.is_open:
            return "how they were decided: after your first answer, or p"
        return split_words(self.around.split, self.on_desk.desk.case.catalog) or "none decided"

    def _row(self, row: int, is_cursor: bool) -> Line:
        twin = self.around.twins[row]
        letters = letters_of(twin.verdict.checks, self.on_desk.desk.case.catalog) if twin.verdict is not None else ""
        title = self._masked_there("", twin.item.title)
        return twin_row(twin, letters, title, self.is_open, self.ready_looks, self.rows.inner_width, is_cursor)

    def _show_pair(self) -> None:
        """Set the two ads beside each other, once the twin has been read."""
        row, looks = self.rows.cursor, self.ready_looks
        pairs = self._pairs.get(row)
        if pairs is None:
            self._read(row)
            return
        is_turned = app_of(self).reorder == "terminal" and any(
            has_right_to_left(text) for pair in pairs for text in (pair.here, pair.there)
        )
        self.set_class(is_turned, "-stacked")
        width = min(self.here.inner_width, self.there.inner_width)
        left, right = pair_lines(pairs, width, looks, self._masked, self._masked_there, not is_turned)
        above = self._media_strips(row, width, not is_turned)
        for view, lines, name, media in (
            (self.here, left, self.ad.id, above[0]), (self.there, right, self.twin.item.ad_id, above[1]),
        ):  # fmt: skip
            strips = [*media, *(strip_of(line, view.inner_width, looks.text) for line in lines)]
            view.show_lines(strips, [(one_line(name), looks.title)], top=0 if view.top else None)
        self._draw_soon(row)

    @work(exclusive=True, group="twin", exit_on_error=True)
    async def _read(self, row: int) -> None:
        precedents, twin, ad = self.session.precedents, self.around.twins[row], self.ad
        if precedents is None:
            return
        try:
            there = self._ads[row] = await precedents.ad_of(twin)
            self._pairs[row] = await precedents.behind(lambda: pairs_of(ad, there))
        except ModtuiError as error:
            self.say_error(error)
            return
        if row == self.rows.cursor and self.is_mounted:
            self._show_pair()

    # As clearly as the ad ---

    def _masked(self, component: str, text: str) -> str:
        return masked(self.on_desk.desk, component, text)

    def _masked_there(self, _: str, text: str) -> str:
        return masked_elsewhere(text, self.on_desk.desk.shown_as)

    # Moving ---

    def _go_to(self, row: int) -> None:
        if self.rows.go_to(row):
            self.here.top = self.there.top = 0
            self.clear_said()
            self.show_all()

    def do_twins_down(self) -> None:
        self._go_to(self.rows.cursor + 1)

    def do_twins_up(self) -> None:
        self._go_to(self.rows.cursor - 1)

    def do_twins_first(self) -> None:
        self._go_to(0)

    def do_twins_last(self) -> None:
        self._go_to(len(self.around.twins) - 1)

    def do_twins_scroll_down(self) -> None:
        self._scroll(1)

    def do_twins_scroll_up(self) -> None:
        self._scroll(-1)

    def _scroll(self, step: int) -> None:
        """Both panes together, so that what is beside each other stays so."""
        for view in (self.here, self.there):
            view.scroll_by(step * max(1, self.here.inner_height - 2))

    def do_twins_pane(self) -> None:
        self.toggle_class("-reading")

    def do_twins_reveal(self) -> None:
        if self.care == SHARP and self.on_desk.desk.shown_as == SHARP:
            self.say("everything is shown as it is")
            return
        self.care = self.revealed()
        self.show_all()

    @on(RowPointed)
    def _pointed(self, message: RowPointed) -> None:
        self._go_to(message.row)

    @on(RowChosen)
    def _chosen(self, _: RowChosen) -> None:
        self.do_twins_open()

    def on_screen_resume(self, event: events.ScreenResume) -> None:  # noqa: ARG002
        self.show_all()

    # Going on ---

    def why_off(self, action: Action) -> str:
        if self._is_planning and action in (actions.TWINS_GROUP, actions.TWINS_OPEN):
            return "working out what becomes of each …"
        return super().why_off(action)

    def do_twins_back(self) -> None:
        self.dismiss()

    def do_twins_open(self) -> None:
        self.to_open = self.twin
        self.dismiss()

    def do_twins_group(self) -> None:
        self._is_planning = True
        self.run_worker(self._plan(), exit_on_error=True)

    async def _plan(self) -> None:
        """Work out what becomes of each twin, and ask."""
        try:
            group = await self.session.plan_group(self.around.twins, self._told)
        except ModtuiError as error:
            self.say_error(error)
            return
        finally:
            self._is_planning = False
        if not self.is_mounted:
            return
        self.clear_said()

        def answered(is_meant: bool | None) -> None:
            if is_meant:
                self.group = group
                self.dismiss()

        self.app.push_screen(GroupDialog(self.on_desk, group), answered)

    def _told(self, done: int, of: int) -> None:
        if self.is_mounted:
            self.say(f"working out what becomes of each: {done:,} of {of:,}")
