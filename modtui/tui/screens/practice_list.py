"""The place for practice: packs and how far they are, what is due for a drill, and the way to a report card."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from textual import events
from textual.app import ComposeResult

from modtui.domain.plurals import number_of
from modtui.errors import ModtuiError
from modtui.services.drill_opening import DrillOpening
from modtui.services.practice_overview import PackLine, PracticeOverview, read_practice
from modtui.services.practising import PracticeSession
from modtui.services.workbench import Workbench
from modtui.tui import actions
from modtui.tui.flow import Line, fit_cells, one_line
from modtui.tui.palette import STYLES
from modtui.tui.screens.action_screen import app_of
from modtui.tui.screens.place_screen import PlaceScreen
from modtui.tui.widgets.lines_view import RULE, LinesView, strip_of

NONE_YET = (
    "There are no packs here yet.",
    "",
    "`modtui practice PACK` takes one in; `modtui practice` alone practises the examples of the catalog.",
)


class PracticeList(PlaceScreen):
    """Lists packs, the newest first."""

    CSS_PATH = [STYLES / "practice.tcss"]  # noqa: RUF012
    context = actions.PRACTICE
    place = "practice"

    def __init__(self, bench: Workbench, drills: DrillOpening) -> None:
        super().__init__(bench)
        self.drills = drills
        self.table = LinesView(RULE, id="packs")
        self.overview: PracticeOverview | None = None
        self.cursor = 0

    def compose(self) -> ComposeResult:
        yield self.status
        yield self.table
        yield self.footer

    @property
    def views(self) -> Sequence[LinesView]:
        return (self.status, self.table, self.footer)

    def on_screen_resume(self, event: events.ScreenResume) -> None:  # noqa: ARG002
        self.run_worker(self._read(), exclusive=True, group="practice", exit_on_error=True)

    async def _read(self) -> None:
        bench = self.bench
        try:
            self.overview = await bench.behind(lambda: read_practice(bench.workspace, bench.reviewer, bench.clock()))
        except ModtuiError as error:
            self.say_error(error)
        else:
            self.show_all()

    # Showing ---

    def show_all(self) -> None:
        looks, overview = self.ready_looks, self.overview
        if overview is None or not self.table.cells.width:
            return
        due = f"   {overview.due:,} due for a drill" if overview.due else "   nothing due for a drill"
        self.show_bar([("practice", looks.bar_strong), (due, looks.lit if overview.due else looks.bar)],
                      self.bench.reviewer)  # fmt: skip
        width = self.table.inner_width
        lines = [self._line(number, line) for number, line in enumerate(overview.packs)]
        lines = lines or [[(f"  {words}", looks.text)] for words in NONE_YET]
        strips = [strip_of(line, width, looks.text) for line in lines]
        self.table.show_lines(strips, [(number_of(len(overview.packs), "pack"), looks.title)])
        if not self._is_said:
            self.show_footer()

    def _line(self, number: int, line: PackLine) -> Line:
        looks = self.ready_looks
        is_here = number == self.cursor
        name = max(16, min(48, self.table.inner_width - 34))
        return [
            ("▸ " if is_here else "  ", looks.key),
            (f"{fit_cells(one_line(line.pack.title), name):<{name}}  ", looks.strong if is_here else looks.text),
            (f"{line.pack.kind:<8}{line.pack.ads:>5} ads  ", looks.dim),
            (line.state, looks.allowed if line.run and line.run.finished_at else looks.text),
        ]

    @property
    def at_hand(self) -> PackLine | None:
        packs = self.overview.packs if self.overview else ()
        return packs[min(self.cursor, len(packs) - 1)] if packs else None

    def do_practice_down(self) -> None:
        self._step(1)

    def do_practice_up(self) -> None:
        self._step(-1)

    def _step(self, step: int) -> None:
        count = len(self.overview.packs) if self.overview else 0
        self.cursor = max(0, min(self.cursor + step, count - 1))
        self.table.bring_into_view(self.cursor, self.cursor)
        self.clear_said()
        self.show_all()

    def do_practice_back(self) -> None:
        app_of(self).go("home")

    # Opening ---

    def do_practice_open(self) -> None:
        self._with_code(lambda line, code: self.app.run_worker(self._practise(line, code), exit_on_error=True))

    def do_practice_card(self) -> None:
        self._with_code(lambda line, code: self.run_worker(self._show_card(line, code), exit_on_error=True))

    def do_practice_drill(self) -> None:
        self.app.run_worker(self._drill(), exit_on_error=True)

    def _with_code(self, then: Callable[[PackLine, str], object]) -> None:
        """Do something with the pack under the cursor, once its class code is there if it needs one."""
        line = self.at_hand
        if line is None:
            self.say("no pack yet: `modtui practice PACK` takes one in", is_warning=True)
            return
        if not line.needs_code:
            then(line, "")
            return
        from modtui.tui.screens.dialog import Entry

        def written(code: str | None) -> None:
            if code:
                then(line, code)

        self.app.push_screen(Entry("Class code of this pack"), written)

    async def _practise(self, line: PackLine, code: str) -> None:
        from modtui.services.practice_packs import open_known

        bench = self.bench
        try:
            taken = await bench.behind(lambda: open_known(bench.workspace, line.pack, code))
            session = PracticeSession(
                bench.workspace, taken, bench.reviewer, clock=bench.clock, in_use=bench.in_use.catalog
            )
            await app_of(self).open_review(session)
        except ModtuiError as error:
            self.say_error(error)

    async def _drill(self) -> None:
        try:
            session = await self.bench.behind(self.drills.session)
            if session is None:
                self.say("nothing is due for a drill", is_warning=True)
            else:
                await app_of(self).open_review(session)
        except ModtuiError as error:
            self.say_error(error)

    async def _show_card(self, line: PackLine, code: str) -> None:
        from modtui.services.practice_cards import stored_card
        from modtui.services.practice_packs import open_known
        from modtui.tui.screens.report_card import ReportCardScreen

        bench = self.bench
        try:
            card = await bench.behind(
                lambda: stored_card(bench.workspace, open_known(bench.workspace, line.pack, code), bench.reviewer)
            )
        except ModtuiError as error:
            self.say_error(error)
        else:
            await self.app.push_screen(ReportCardScreen(line.pack.title, card))
