"""Dialogs that narrow a list: a filter put together field by field, and slices kept under names."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from msgspec.structs import replace
from textual import events
from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Static

from modtui.domain.events import STATES
from modtui.errors import ModtuiError
from modtui.services.slices_saved import MARKS, OUTCOMES, Filter, read_filter, term
from modtui.tui.keymap import key_of
from modtui.tui.safe_text import show
from modtui.tui.screens.dialog import Dialog, Entry, Finder, Option

ALL_QUEUES = "all queues"
CHOSEN = {"state": ("states", STATES), "outcome": ("outcomes", OUTCOMES), "mark": ("marks", MARKS)}
"Fields of which any of a few values may be chosen."
FIELDS = ("queue", "state", "outcome", "market", "advertiser", "industry", "mark", "words")


class FilterDialog(Dialog[tuple[str | None, Filter]]):
    """A digit a field; Enter takes the filter, `0` empties it."""

    def __init__(self, queue: str | None, filter_: Filter, queues: Sequence[str]) -> None:
        super().__init__("Show only", "digit changes · 0 empties · ⏎ shows · esc back")
        self.queue = queue
        self.filter = filter_
        self.queues = queues

    def compose_body(self) -> ComposeResult:
        yield Static(self._lines(), id="dialog-options")

    def _value(self, name: str) -> str:
        if name == "queue":
            return self.queue or ALL_QUEUES
        if name in CHOSEN:
            return " ".join(getattr(self.filter, CHOSEN[name][0])).replace("_", " ")
        if name == "market":
            return " ".join(self.filter.markets)
        return str(getattr(self.filter, name))

    def _lines(self) -> Content:
        lines = [
            Content.assemble(
                (f"  {digit}  ", "bold $accent"), f"{name:<12}", show(self._value(name) or "any", "bold", "one")
            )
            for digit, name in enumerate(FIELDS, start=1)
        ]
        return Content("\n").join(lines)

    def _show(self) -> None:
        self.query_one("#dialog-options", Static).update(self._lines())

    def on_key(self, event: events.Key) -> None:
        event.stop()
        event.prevent_default()
        key = key_of(event.key, event.character)
        if key == "escape":
            self.dismiss(None)
        elif key == "enter":
            self.dismiss((self.queue, self.filter))
        elif key == "0":
            self.filter = Filter()
            self._show()
        elif key.isascii() and key.isdigit() and 1 <= int(key) <= len(FIELDS):
            self._change(FIELDS[int(key) - 1])

    def _change(self, name: str) -> None:
        if name == "queue":
            options = [Option("", ALL_QUEUES), *(Option("", queue) for queue in self.queues)]
            self.app.push_screen(Finder("Which queue?", options), self._queue_chosen)
        elif name in CHOSEN:
            field, values = CHOSEN[name]
            self.app.push_screen(
                Toggles(name, values, getattr(self.filter, field)), lambda taken: self._take(field, taken)
            )
        else:
            title = {"market": "Markets or groups, for instance FR EEA", "words": "Words that must all occur"}
            now = self._value(name)
            self.app.push_screen(
                Entry(title.get(name, f"{name.capitalize()}: the whole name"), now),
                lambda text: self._typed(name, text),
            )

    def _queue_chosen(self, index: int | None) -> None:
        if index is not None:
            self.queue = self.queues[index - 1] if index else None
            self._show()

    def _take(self, field: str, taken: Any) -> None:
        if taken is not None:
            self.filter = replace(self.filter, **{field: taken})
            self._show()

    def _typed(self, name: str, text: str | None) -> None:
        if text is None:
            return
        text = text.strip()
        if name == "market":
            markets = read_filter(" ".join(term("market", part) for part in text.replace(",", " ").split())).markets
            self._take("markets", markets)
        elif name == "words":
            # What would read back as a filter of another field is none of the words.
            filter_, _ = filter_from(text)
            self._take("words", filter_.words if filter_ else None)
        else:
            self._take(name, text)


class Toggles(Dialog[tuple[str, ...]]):
    """Any of a few values, each with a digit."""

    def __init__(self, name: str, values: Collection[str], chosen: Collection[str]) -> None:
        super().__init__(f"Which {name}?", "digit ticks · ⏎ done · esc back")
        self.values = tuple(values)
        self.chosen = set(chosen)

    def compose_body(self) -> ComposeResult:
        yield Static(self._lines(), id="dialog-options")

    def _lines(self) -> Content:
        lines = [
            Content.assemble(
                (f"  {digit}  ", "bold $accent"),
                ("✓ " if value in self.chosen else "  ", "bold $success"),
                value.replace("_", " "),
            )
            for digit, value in enumerate(self.values, start=1)
        ]
        return Content("\n").join(lines)

    def on_key(self, event: events.Key) -> None:
        event.stop()
        event.prevent_default()
        key = key_of(event.key, event.character)
        if key == "escape":
            self.dismiss(None)
        elif key == "enter":
            self.dismiss(tuple(value for value in self.values if value in self.chosen))
        elif key.isascii() and key.isdigit() and 1 <= int(key) <= len(self.values):
            self.chosen ^= {self.values[int(key) - 1]}
            self.query_one("#dialog-options", Static).update(self._lines())


def filter_from(text: str) -> tuple[Filter | None, str]:
    """The filter a person typed, or what is wrong with it."""
    try:
        return read_filter(text), ""
    except ModtuiError as error:
        return None, f"{error.title}: {error.message} {error.hint}"
