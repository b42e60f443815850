"""The home screen: queues and what waits in them, escalations, my questions, what I hold, and the day's figures."""

from __future__ import annotations

from collections.abc import Sequence

from textual import events, on
from textual.app import ComposeResult

from modtui.errors import ModtuiError
from modtui.services.overview import Asked, Overview, QueueLine, answer_words
from modtui.services.workbench import Workbench
from modtui.store.queues import HeldItem
from modtui.tui import actions
from modtui.tui.masks import OtherTexts
from modtui.tui.messages import RowChosen, RowPointed
from modtui.tui.palette import STYLES
from modtui.tui.safe_text import show
from modtui.tui.screens.action_screen import app_of
from modtui.tui.screens.place_screen import PlaceScreen
from modtui.tui.widgets.lines_view import RULE, LinesView, strip_of
from modtui.tui.widgets.queue_table import Conflicts, QueueTable, today_line

REFRESH_EVERY = 30.0
"Seconds."


class HomeScreen(PlaceScreen):
    """Reads the overview behind the screen, when it is shown and every half minute."""

    CSS_PATH = [STYLES / "home.tcss"]  # noqa: RUF012
    context = actions.HOME
    place = "home"

    def __init__(self, bench: Workbench) -> None:
        super().__init__(bench)
        self.table = QueueTable(RULE, id="table")
        self.today = LinesView(id="today")
        self.overview: Overview | None = None
        self._texts = OtherTexts()

    def compose(self) -> ComposeResult:
        yield self.status
        yield self.table
        yield self.today
        yield self.footer

    @property
    def views(self) -> Sequence[LinesView]:
        return (self.status, self.table, self.today, self.footer)

    def on_mount(self) -> None:
        self.bench.free_dead_claims()
        if self.bench.rulebook.catalog.briefings:
            self.run_worker(self._open_shift(), exit_on_error=True)
        self.set_interval(REFRESH_EVERY, self.read)

    def on_screen_resume(self, event: events.ScreenResume) -> None:  # noqa: ARG002
        self.read()

    async def _open_shift(self) -> None:
        from modtui.tui.screens.briefings import open_shift, say_unread

        app = app_of(self)
        is_begun, app.shift_has_begun = app.shift_has_begun, True
        await open_shift(self, self.bench.library(), is_begun, say_unread(self.say))

    # Showing ---

    def read(self) -> None:
        """Read everything anew, behind the screen."""
        self.run_worker(self._read(), exclusive=True, group="overview", exit_on_error=True)

    async def _read(self) -> None:
        try:
            self.overview = await self.bench.behind(self.bench.overview)
        except ModtuiError as error:
            self.say_error(error)
        else:
            self.show_all()

    def show_all(self) -> None:
        looks = self.ready_looks
        overview = self.overview
        if not self.table.size.height:
            return
        if overview is None:
            self.show_bar([("home", looks.bar_strong)], self.bench.reviewer)
            self.show_footer()
            return
        unsynced = f"   ↑{overview.unsynced:,} to sync" if overview.unsynced else ""
        waiting = sum(queue.counts.new for queue in overview.queues)
        due = sum(queue.due_soon for queue in overview.queues)
        left = [("home", looks.bar_strong), (f"   {waiting:,} waiting" if waiting else "", looks.bar)]
        if due:
            left.append((f"   {due:,} due < 1 h", looks.lit))
        self.show_bar(left, overview.reviewer + unsynced)
        self._texts.as_chosen_by(app_of(self).care)
        self.table.show_overview(overview, self._texts)
        today = [*today_line(overview, looks), (self._exposure(), looks.dim)]
        self.today.show_lines([strip_of(today, self.today.size.width, looks.text)])
        self.show_footer()

    def _exposure(self) -> str:
        """The reviewer's own count of sensitive ads, once there are any."""
        care = app_of(self).care
        return f"   {care.today.words}" if care is not None and care.today.ads else ""

    # Moving ---

    def do_home_down(self) -> None:
        self.table.step(1)
        self.clear_said()

    def do_home_up(self) -> None:
        self.table.step(-1)
        self.clear_said()

    def do_home_first(self) -> None:
        self.table.to_end(-1)

    def do_home_last(self) -> None:
        self.table.to_end(1)

    def do_home_reveal(self) -> None:
        said = self._texts.reveal()
        self.show_all()
        self.say(said)

    def do_home_refresh(self) -> None:
        self.read()
        self.say("read anew")

    @on(RowPointed)
    def _pointed(self, message: RowPointed) -> None:
        if self.table.lines[message.row].target is not None:
            self.table.go_to(message.row)
            self.clear_said()

    @on(RowChosen)
    def _chosen(self, message: RowChosen) -> None:  # noqa: ARG002
        self.do_home_open()

    # Opening ---

    def do_home_open(self) -> None:
        target = self.table.target
        if target is None:
            self.say("nothing to open yet: `modtui import FILE` brings ads in", is_warning=True)
        elif isinstance(target, QueueLine):
            self.review(self.bench.session(target.name))
        elif isinstance(target, HeldItem):
            self.review(self.bench.session(target.queue), (target.source, target.ad_id))
        elif isinstance(target, Asked):
            self._read_answer(target)
        elif isinstance(target, Conflicts):
            self.settle()
        else:
            self.review(self.bench.session(route=target))

    def _read_answer(self, asked: Asked) -> None:
        """Show the decision that answers a question; from then on it is no news."""
        answer = asked.answer
        if answer is None:
            self.say(f"{asked.ad_id} waits at {asked.route} since {asked.at[:16].replace('T', ' ')} UTC")
            return
        from modtui.tui.screens.dialog import Reading

        asking = f"{asked.question}\n\n" if asked.question else ""
        self.app.push_screen(Reading(f"{asked.ad_id} → {asked.route}", show(asking + answer_words(answer))))
        self.run_worker(self.bench.behind(lambda: self.bench.mark_read(answer)), exit_on_error=False)

    def do_home_list(self) -> None:
        from modtui.tui.screens.ad_list import AdListScreen

        target = self.table.target
        queue = target.name if isinstance(target, QueueLine) else None
        if self.overview is None or self.overview.is_empty:
            self.say("there are no ads to list yet", is_warning=True)
        else:
            self.app.push_screen(AdListScreen(self.bench, queue))
