"""The advertiser's card: what was decided of its ads, what reviewers noted, and what it shares with others."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Sequence
from pathlib import PurePath
from typing import Any, ClassVar

from textual.app import ComposeResult

from modtui.domain.events import Subject
from modtui.errors import ModtuiError
from modtui.services.advertisers import Card
from modtui.services.precedents import Around, Precedents
from modtui.services.reviewing import OnDesk
from modtui.tui import actions
from modtui.tui.actions import Action
from modtui.tui.card_lines import card_lines
from modtui.tui.flow import one_line
from modtui.tui.masks import OtherTexts
from modtui.tui.palette import STYLES
from modtui.tui.screens.action_screen import app_of
from modtui.tui.screens.bar_screen import BarScreen
from modtui.tui.screens.dialog import Entry
from modtui.tui.widgets.lines_view import RULE, LinesView, strip_of


class AdvertiserCard(BarScreen):
    """One card, read when it is opened and after each note."""

    CSS_PATH: ClassVar[list[str | PurePath]] = [STYLES / "twins.tcss"]
    context = actions.ADVERTISER

    def __init__(self, on_desk: OnDesk, precedents: Precedents, around: Around | None) -> None:
        super().__init__()
        self.on_desk = on_desk
        self.precedents = precedents
        self.around = around
        self.name_of_advertiser = on_desk.desk.case.ad.advertiser.name or ""
        self.has_changed = False
        "Whether a note was written or taken back."
        self.card: Card | None = None
        self._texts = OtherTexts()
        self.view = LinesView(RULE, id="card")

    def compose(self) -> ComposeResult:
        yield self.status
        yield self.view
        yield self.footer

    @property
    def views(self) -> Sequence[LinesView]:
        return (self.status, self.view, self.footer)

    def on_mount(self) -> None:
        self.run_worker(self._read(), exit_on_error=True)

    async def _read(self) -> None:
        try:
            self.card = await self.precedents.card(self.name_of_advertiser, self.around)
        except ModtuiError as error:
            self.say_error(error)
        if self.is_mounted:
            self.show_all()

    def show_all(self) -> None:
        if not self.view.size.height:
            return
        looks, width = self.ready_looks, self.view.inner_width
        self.show_bar([("advertiser", looks.bar_strong)], self.precedents.reviewer)
        catalog = self.on_desk.desk.case.catalog
        self._texts.as_chosen_by(app_of(self).care)
        lines = [[("…", looks.dim)]]
        if self.card is not None:
            lines = card_lines(self.card, catalog, looks, width - 2, self._texts)
        strips = [strip_of([(" ", looks.text), *line], width, looks.text) for line in lines]
        self.view.show_lines(strips, [(one_line(self.name_of_advertiser), looks.title)])
        if not self._is_said:
            self.show_footer()

    # Moving ---

    def do_card_down(self) -> None:
        self.view.scroll_by(1)

    def do_card_up(self) -> None:
        self.view.scroll_by(-1)

    def do_card_page_down(self) -> None:
        self.view.scroll_by(max(1, self.view.inner_height - 2))

    def do_card_page_up(self) -> None:
        self.view.scroll_by(-max(1, self.view.inner_height - 2))

    def do_card_reveal(self) -> None:
        said = self._texts.reveal()
        self.show_all()
        self.say(said)

    def do_card_back(self) -> None:
        self.dismiss()

    # Notes ---

    def why_off(self, action: Action) -> str:
        if action is actions.CARD_UNNOTE and not self._own_note():
            return "no note here is yours"
        return super().why_off(action)

    def _own_note(self) -> str:
        """The id of this reviewer's newest note here; empty when there is none."""
        notes = self.card.notes if self.card is not None else ()
        return next((note.event_id for note in notes if note.reviewer == self.precedents.reviewer), "")

    def do_card_note(self) -> None:
        def written(text: str | None) -> None:
            if text and text.strip():
                item = self.on_desk.item
                ad = Subject(item.source, item.ad_id, item.content_hash) if item is not None else None
                digest = self.on_desk.desk.case.catalog.hash
                notes, name = self.precedents.notes, self.name_of_advertiser
                self._keep(lambda: notes.write(name, text, ad, digest), "noted: it comes up with the next ad")

        self.app.push_screen(Entry("Note on the advertiser, for whoever gets its next ad"), written)

    def do_card_withdraw(self) -> None:
        event_id = self._own_note()
        self._keep(lambda: self.precedents.notes.withdraw(event_id), "taken back")

    def _keep(self, act: Callable[[], Coroutine[Any, Any, None]], words: str) -> None:
        self.run_worker(self._kept(act, words), exit_on_error=True)

    async def _kept(self, act: Callable[[], Coroutine[Any, Any, None]], words: str) -> None:
        """Store, read the card anew, and say so, or say that nothing was stored."""
        try:
            await act()
        except ModtuiError as error:
            self.say(f"NOT SAVED. {error.title}: {error.message} {error.hint}", is_warning=True)
            return
        self.has_changed = True
        await self._read()
        self.say(words)
