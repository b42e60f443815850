"""Editing cells: what each market and age range may have, set against the derivation, with a reason."""

from __future__ import annotations

from textual import events
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from modtui.domain.clause_values import State
from modtui.domain.grid import Band
from modtui.domain.overrides import OVERRIDE_REASONS, Override
from modtui.services.desk import Desk
from modtui.tui.keymap import key_of
from modtui.tui.ruling_words import STATE_WORDS
from modtui.tui.safe_text import show
from modtui.tui.screens.dialog import Choice, Dialog, Option

KEYS = {"1": State.ALLOWED, "2": State.LIMITED, "3": State.HELD, "4": State.CUT}
MOST_ROWS = 14


class CellsEditor(Dialog[Override]):
    """Cells as lines; hands back the override, with no edits when everything is as derived again."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(
            "Markets and ages", "j k move · 1 allow 2 limit 3 hold 4 cut 0 as derived · A all · ⏎ done · esc back"
        )
        self.desk = desk
        self.cursor = 0
        self.edits: dict[tuple[str, Band], State] = {}
        if desk.override is not None:
            self.edits = {(market, band): state for market, band, state in desk.override.edits}

    def compose_body(self) -> ComposeResult:
        with VerticalScroll(id="dialog-body", can_focus=False):
            yield Static(self._lines(), id="dialog-options")

    def _lines(self) -> Content:
        cells = self.desk.ruling.cells
        first = max(0, min(self.cursor - MOST_ROWS // 2, len(cells) - MOST_ROWS))
        lines: list[Content] = []
        for place in range(first, min(first + MOST_ROWS, len(cells))):
            cell = cells[place]
            edited = self.edits.get((cell.market, cell.band))
            why = self.desk.letters(cell.deciding.check_id) if cell.deciding else ""
            change = f" -> {STATE_WORDS[edited]}" if edited is not None else ""
            mark = "▸ " if place == self.cursor else "  "
            words = f"{cell.market:<12} {cell.band!s:<9} {STATE_WORDS[cell.state]} {why}"
            lines.append(
                Content.assemble(
                    (mark, "bold $primary"),
                    show(words, "bold" if place == self.cursor else "", "one"),
                    (change, "bold $warning"),
                )
            )
        rest = len(cells) - min(first + MOST_ROWS, len(cells))
        return Content("\n").join(lines) + Content(f"\n  {rest} more" if rest else "")

    def on_key(self, event: events.Key) -> None:
        event.stop()
        event.prevent_default()
        key = key_of(event.key, event.character)
        cells = self.desk.ruling.cells
        if key in ("j", "down", "k", "up"):
            self.cursor = (self.cursor + (1 if key in ("j", "down") else -1)) % len(cells)
        elif key in KEYS:
            self._set(self.cursor, KEYS[key])
            self.cursor = min(self.cursor + 1, len(cells) - 1)
        elif key == "0":
            self.edits.pop((cells[self.cursor].market, cells[self.cursor].band), None)
        elif key == "A":
            state = self.edits.get((cells[self.cursor].market, cells[self.cursor].band), cells[self.cursor].state)
            for place in range(len(cells)):
                self._set(place, state)
        elif key == "enter":
            self._done()
            return
        elif key == "escape":
            self.dismiss(None)
            return
        self.query_one("#dialog-options", Static).update(self._lines())

    def _set(self, place: int, state: State) -> None:
        cell = self.desk.ruling.cells[place]
        if cell.state is state:
            self.edits.pop((cell.market, cell.band), None)
        else:
            self.edits[cell.market, cell.band] = state

    def _done(self) -> None:
        edits = tuple((market, band, state) for (market, band), state in self.edits.items())
        if not edits:
            self.dismiss(Override((), ""))
            return
        reasons = list(OVERRIDE_REASONS.items())
        options = [Option(str(n), words) for n, (_, words) in enumerate(reasons, start=1)]

        def chosen(index: int | None) -> None:
            if index is not None:
                self.dismiss(Override(edits, reasons[index][0], self.desk.note))

        self.app.push_screen(Choice("Against the derivation: why?", options), chosen)
