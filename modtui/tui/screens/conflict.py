"""Decisions that stand against each other, side by side under their ad, and the keys that settle them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from pathlib import PurePath
from typing import ClassVar, TypeVar

from msgspec.structs import replace
from textual import events
from textual.app import ComposeResult

from modtui.domain.events import Event
from modtui.errors import ModtuiError
from modtui.services.exposure import Reveals
from modtui.services.reviewing import OnDesk
from modtui.services.settling import Open, Settling
from modtui.tui import actions
from modtui.tui.actions import Action
from modtui.tui.conflict_lines import Decisions, decision_columns, outcome_words
from modtui.tui.flow import Line, one_line
from modtui.tui.palette import STYLES
from modtui.tui.screens.action_screen import app_of
from modtui.tui.screens.bar_screen import BarScreen
from modtui.tui.screens.dialog import Entry
from modtui.tui.widgets.ad_card import AdCard, ad_lines_for, lay_out_ad
from modtui.tui.widgets.lines_view import RULE, Bare, LinesView, strip_of

T = TypeVar("T")
WIDE = 140
"Cells from which the ad stands beside its decisions, not above them."
COLUMN = 36
"The fewest cells of a decision."
MOST_COLUMNS = 4


class ConflictScreen(BarScreen):
    """Shows one open conflict after the other, or only the one it is opened with.

    What was chosen to be decided anew stands in `to_decide` when the screen is left; `has_settled` says whether
    anything was written.
    """

    CSS_PATH: ClassVar[list[str | PurePath]] = [STYLES / "dialog.tcss", STYLES / "conflict.tcss"]
    context = actions.CONFLICT

    def __init__(self, settling: Settling, only: tuple[str, str, str] | None = None) -> None:
        """`only` names one ad by source, id and queue."""
        super().__init__()
        self.settling = settling
        self.only = only
        self.to_decide: Open | None = None
        self.has_settled = False
        self.open: Open | None = None
        self._is_read = False
        self._settled: list[Event] = []
        "What was settled here, to be taken back in turn."
        self._chosen = 0
        self._first = 0
        "The first decision in view."
        self._reveals = Reveals()
        self.card = AdCard(RULE, id="ad")
        self.columns = [LinesView(RULE, id=f"decision-{number}") for number in range(MOST_COLUMNS)]
        self.halves, self.decisions = Bare(id="halves"), Bare(id="decisions")

    def compose(self) -> ComposeResult:
        yield self.status
        with self.halves:
            yield self.card
            with self.decisions:
                for column in self.columns:
                    column.add_class("column")
                    yield column
        yield self.footer

    @property
    def views(self) -> Sequence[LinesView]:
        return (self.status, self.card, *self.columns, self.footer)

    def on_mount(self) -> None:
        self._go(lambda: self.settling.of(*self.only) if self.only else self.settling.after())

    def on_resize(self, event: events.Resize) -> None:
        self.set_class(event.size.width >= WIDE, "-wide")

    # Reading ---

    def _go(self, read: Callable[[], Open | None], words: str = "") -> None:
        """Read a conflict behind the screen and show it."""
        self.run_worker(self._read(read, words), exclusive=True, group="conflict", exit_on_error=True)

    async def _read(self, read: Callable[[], Open | None], words: str) -> None:
        try:
            found = await self._behind(read)
        except ModtuiError as error:
            self.say_error(error)
            return
        if self.is_mounted:
            self._take(found, words)

    def _take(self, found: Open | None, words: str) -> None:
        self.open, self._is_read = found, True
        self._chosen = self._first = 0
        self.card.top = 0
        for column in self.columns:
            column.top = 0
        app_of(self).ad_leaves()
        self.clear_said()
        self.show_all()
        self.card.draw_title()
        reason = self.settling.why_not_mine(found.conflict.parties) if found is not None else ""
        if words or reason:
            self.say(words or f"{reason}; you can look", is_warning=not words)

    async def _behind(self, act: Callable[[], T]) -> T:
        """Off the thread of the screens: what reads opens a connection of its own thread."""
        return await asyncio.to_thread(act)

    # Showing ---

    def show_all(self) -> None:
        if not self.card.size.height:
            return
        looks, found = self.ready_looks, self.open
        self._show_bar()
        if not self._is_said:
            self.show_footer()
        if found is None:
            words = "No decisions stand against each other." if self._is_read else "…"
            self.card.laid = None
            self.card.show_lines([strip_of([(f"  {words}", looks.dim)], self.card.inner_width, looks.text)], [])
            for column in self.columns:
                column.add_class("-away")
            return
        found.on_desk.desk.shown_as = self._reveals.text_level(app_of(self).care, found.on_desk.desk)
        lines = ad_lines_for(_only_the_ad(found.on_desk), looks, self.card, False, False)
        self.card.show_ad(lay_out_ad(lines))
        self._show_decisions(found)

    def _show_bar(self) -> None:
        looks, found = self.ready_looks, self.open
        left: Line = [("conflicts", looks.bar_strong)]
        if found is not None:
            item = found.conflict.item
            count = f"   {found.number:,} of {found.count:,}" if self.only is None else ""
            left += [(f"{count}   {one_line(item.queue)}", looks.bar)]
        self.show_bar(left, self.settling.reviewer)

    @property
    def _verdicts(self) -> tuple[Event, ...]:
        return self.open.conflict.verdicts if self.open is not None else ()

    @property
    def _in_view(self) -> int:
        """How many decisions fit beside each other."""
        width = self.size.width * 3 // 5 if self.has_class("-wide") else self.size.width
        return max(1, min(MOST_COLUMNS, width // COLUMN, len(self._verdicts)))

    def _show_decisions(self, found: Open) -> None:
        count, looks = self._in_view, self.ready_looks
        self._first = max(min(self._first, self._chosen), self._chosen - count + 1)
        shown = [column for number, column in enumerate(self.columns) if number < count]
        is_other = any(column.has_class("-away") for column in shown)
        for number, column in enumerate(self.columns):
            column.set_class(number >= count, "-away")
        if is_other or not shown[-1].size.width:
            self.call_after_refresh(self.show_all)  # laid out anew: the widths are not known yet
            return
        width = min(column.inner_width for column in shown) - 1
        columns = decision_columns(Decisions(self._verdicts, found.on_desk.desk), width, looks)
        for number, column in enumerate(shown):
            place = self._first + number
            verdict, is_chosen = self._verdicts[place], place == self._chosen
            words = f"{place + 1} {one_line(outcome_words(verdict))} · {one_line(verdict.actor)}"
            title: Line = [("▸ " if is_chosen else "", looks.key), (words, looks.title if is_chosen else looks.text)]
            strips = [strip_of(line, column.inner_width, looks.text) for line in columns[place]]
            column.show_lines(strips, title, self._aside(place, number == count - 1), top=column.top)
            column.activate(is_chosen)

    def _aside(self, place: int, is_last: bool) -> Line:
        """That there are decisions out of view."""
        rest = len(self._verdicts) - place - 1
        return [(f" {rest} more → ", self.ready_looks.lit)] if is_last and rest else []

    # Moving ---

    def do_conflict_left(self) -> None:
        self._choose(self._chosen - 1)

    def do_conflict_right(self) -> None:
        self._choose(self._chosen + 1)

    def _choose(self, place: int) -> None:
        if 0 <= place < len(self._verdicts):
            self._chosen = place
            self.clear_said()
            self.show_all()

    def do_conflict_next(self) -> None:
        found = self.open
        if self.only is not None or found is None or found.count < 2:
            self.say("there is no other conflict here", is_warning=True)
        else:
            self._go(lambda: self.settling.after(found.spot))

    def do_conflict_previous(self) -> None:
        found = self.open
        if self.only is not None or found is None or found.number < 2:
            self.say("this is the first conflict", is_warning=True)
        else:
            self._go(lambda: self.settling.before(found.spot) or self.settling.after())

    def do_conflict_pane(self) -> None:
        self.toggle_class("-ad")

    def _scroll(self, by: int) -> None:
        """The decisions together, so that what is beside each other stays so; or the ad while it has the room."""
        for view in (self.card,) if self.has_class("-ad") else self.columns[: self._in_view]:
            view.scroll_by(by)

    def do_conflict_down(self) -> None:
        self._scroll(1)

    def do_conflict_up(self) -> None:
        self._scroll(-1)

    def do_conflict_page_down(self) -> None:
        self._scroll(max(1, self.columns[0].inner_height - 2))

    def do_conflict_page_up(self) -> None:
        self._scroll(-max(1, self.columns[0].inner_height - 2))

    def do_conflict_reveal(self) -> None:
        if self.open is not None:
            self._reveals.reveal(self.open.on_desk.desk)
            self.show_all()
            self.say(f"texts are shown {self.open.on_desk.desk.shown_as}")

    def do_conflict_back(self) -> None:
        self.dismiss()

    def do_conflicts(self) -> None:
        self.dismiss()

    # Settling ---

    def why_off(self, action: Action) -> str:
        if action in (actions.CONFLICT_TAKE, actions.CONFLICT_REVIEW):
            if self.open is None:
                return "no decisions stand against each other" if self._is_read else "reading …"
            return self.settling.why_not_mine(self.open.conflict.parties)
        if action is actions.CONFLICT_UNDO and not self._settled:
            return "nothing was settled here yet"
        return super().why_off(action)

    def do_conflict_take(self) -> None:
        """Settle in favour of the decision in hand, with a reason."""
        found = self.open
        assert found is not None
        verdict = self._verdicts[self._chosen]

        def reasoned(note: str | None) -> None:
            if note is None or self.open is not found:
                return
            if not note.strip():
                self.say("not settled: it needs a reason, which who decided otherwise will read", is_warning=True)
            else:
                self.run_worker(self._settle(found, verdict, note.strip()), exit_on_error=True)

        words = f"Why {outcome_words(verdict)}, as {verdict.actor} decided? The others will read it."
        self.app.push_screen(Entry(words, decides=True), reasoned)

    async def _settle(self, found: Open, verdict: Event, note: str) -> None:
        try:
            event = await self._behind(lambda: self.settling.follow(found.conflict, verdict, note))
        except ModtuiError as error:
            self.say(f"NOT SETTLED. {error.title}: {error.message} {error.hint}", is_warning=True)
            return
        self._settled.append(event)
        self.has_settled = True
        words = f"{found.conflict.item.ad_id} settled: {outcome_words(event)}, as {verdict.actor} decided"
        if self.only is not None:
            self.dismiss()
        else:
            self._go(lambda: self.settling.after(found.spot), words)

    def do_conflict_undo(self) -> None:
        settled = self._settled[-1]
        subject = settled.subject
        assert subject is not None

        def back() -> Open | None:
            self.settling.take_back(settled)
            self._settled.pop()
            return self.settling.of(subject.source, subject.ad_id, str(settled.body.get("queue")))

        self._go(back, f"undone: {subject.ad_id} is in conflict again")

    def take_back_last(self) -> None:
        """Retract what stray input settled."""
        if self._settled:
            self.do_conflict_undo()

    def do_conflict_review(self) -> None:
        self.to_decide = self.open
        self.dismiss()


def _only_the_ad(on_desk: OnDesk) -> OnDesk:
    """The ad without what stands beside it as decisions here."""
    return replace(on_desk, previous=None, history=(), mark="", question="")
