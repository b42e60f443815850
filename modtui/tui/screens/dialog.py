"""Dialogs: a titled box of lines over the screen. A choice is one digit; what it hands back is its answer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Generic, TypeVar

from msgspec import Struct
from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from modtui.tui.keymap import key_of
from modtui.tui.safe_text import show

Result = TypeVar("Result")


class Option(Struct, frozen=True):
    """One line to choose, with the key that chooses it."""

    key: str
    words: str
    aside: str = ""
    is_own: bool = False
    "Whether the words are the program's own, so that its signs in them are no marks."

    def line(self, is_at_cursor: bool, key_width: int) -> Content:
        """The option as one line of a dialog."""
        strong = "bold" if is_at_cursor else ""
        return Content.assemble(
            ("▸ " if is_at_cursor else "  ", "bold $primary"),
            (f"{self.key:<{key_width}} ", "bold $accent"),
            Content.styled(self.words, strong) if self.is_own else show(self.words, strong, "one"),
            show(f"   {self.aside}" if self.aside else "", "dim", "one"),
        )


class Dialog(ModalScreen[Result], Generic[Result]):
    """A box with a title and a hint; Escape leaves it without an answer."""

    AUTO_FOCUS = ""
    decides = False
    "Whether choosing writes a decision, so that stray input must not choose."

    def __init__(self, title: str, hint: str = "esc back") -> None:
        super().__init__()
        self.title_words = title
        self.hint_words = hint

    def compose(self) -> ComposeResult:
        with Vertical(id="dialog"):
            yield Static(show(self.title_words, "bold"), id="dialog-title")
            yield from self.compose_body()
            yield Static(Content.styled(self.hint_words, "dim"), id="dialog-hint")

    def compose_body(self) -> ComposeResult:
        yield from ()

    def is_deciding(self, key: str) -> bool:  # noqa: ARG002
        """Whether a key, by its Textual name, writes a decision."""
        return False

    def key_escape(self) -> None:
        self.dismiss(None)


class Choice(Dialog[int]):
    """Options with a digit each; hands back the index of the one chosen."""

    def __init__(self, title: str, options: Sequence[Option], decides: bool = False, hint: str = "") -> None:
        super().__init__(title, hint or "digit chooses · j k ⏎ too · esc back")
        self.options = options
        self.decides = decides
        self.cursor = 0

    def compose_body(self) -> ComposeResult:
        with VerticalScroll(id="dialog-body", can_focus=False):
            yield Static(self._lines(), id="dialog-options")

    def _lines(self) -> Content:
        width = max((len(option.key) for option in self.options), default=1)
        return Content("\n").join(option.line(at == self.cursor, width) for at, option in enumerate(self.options))

    def is_deciding(self, key: str) -> bool:
        return self.decides and (key == "enter" or any(option.key == key for option in self.options))

    def on_key(self, event: events.Key) -> None:
        key = key_of(event.key, event.character)
        if key in ("j", "down", "k", "up"):
            self.cursor = (self.cursor + (1 if key in ("j", "down") else -1)) % max(1, len(self.options))
            self.query_one("#dialog-options", Static).update(self._lines())
        elif key == "enter":
            if self.options:
                self.dismiss(self.cursor)
        elif key == "escape":
            self.dismiss(None)
        else:
            for number, option in enumerate(self.options):
                if option.key == key:
                    self.dismiss(number)
                    break
            else:
                return
        event.stop()
        event.prevent_default()


class Reading(Dialog[None]):
    """Something to read, scrolled by keys."""

    def __init__(self, title: str, body: Content, hint: str = "j k scroll · esc back") -> None:
        super().__init__(title, hint)
        self.body = body

    def compose_body(self) -> ComposeResult:
        with VerticalScroll(id="dialog-body", can_focus=False):
            yield Static(self.body)

    def on_key(self, event: events.Key) -> None:
        event.stop()
        event.prevent_default()
        key = key_of(event.key, event.character)
        body = self.query_one("#dialog-body", VerticalScroll)
        steps = {"j": 1, "down": 1, "k": -1, "up": -1, "pagedown": 10, "pageup": -10, "space": 10}
        if key in steps:
            body.scroll_relative(y=steps[key], animate=False)
        elif key in ("escape", "q", "enter", "?", "w"):
            self.dismiss(None)


class Entry(Dialog[str]):
    """One line of text to type. Enter hands it back, empty included; Escape hands back nothing."""

    def __init__(self, title: str, value: str = "", placeholder: str = "", decides: bool = False) -> None:
        super().__init__(title, "⏎ done · esc back")
        self.value = value
        self.placeholder = placeholder
        self.decides = decides

    def compose_body(self) -> ComposeResult:
        yield Input(printable(self.value), placeholder=printable(self.placeholder), id="dialog-input")

    def on_mount(self) -> None:
        self.query_one(Input).focus()

    def is_deciding(self, key: str) -> bool:
        return self.decides and key == "enter"

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.dismiss(printable(event.value))

    def on_input_changed(self, event: Input.Changed) -> None:
        clean = printable(event.value)
        if clean != event.value:
            event.input.value = clean


class Finder(Dialog[int]):
    """Type to find one of many lines: words in any order. Enter hands back its index."""

    MOST = 11

    def __init__(self, title: str, options: Sequence[Option], decides: bool = False) -> None:
        super().__init__(title, "type to find · ↑ ↓ move · ⏎ choose · esc back")
        self.options = options
        self.decides = decides
        self.cursor = 0
        self.found: list[int] = list(range(len(options)))
        self._texts = [f"{option.key} {option.words} {option.aside}".casefold() for option in options]

    def is_deciding(self, key: str) -> bool:
        return self.decides and key == "enter"

    def compose_body(self) -> ComposeResult:
        yield Input(id="dialog-input")
        yield Static(self._lines(), id="dialog-options")

    def on_mount(self) -> None:
        self.query_one(Input).focus()

    def _lines(self) -> Content:
        first = max(0, self.cursor - self.MOST + 1)
        shown = range(first, min(first + self.MOST, len(self.found)))
        width = max((len(option.key) for option in self.options), default=1)
        lines = [self.options[self.found[place]].line(place == self.cursor, width) for place in shown]
        if not lines:
            return Content("  nothing found")
        rest = len(self.found) - first - len(lines)
        return Content("\n").join(lines) + Content(f"\n  {rest} more" if rest > 0 else "")

    def on_input_changed(self, event: Input.Changed) -> None:
        words = printable(event.value).casefold().split()
        self.found = [n for n, text in enumerate(self._texts) if all(word in text for word in words)]
        exact = [n for n in self.found if self.options[n].key.casefold() == "".join(words)]
        self.found = [*exact, *(n for n in self.found if n not in exact)]
        self.cursor = 0
        self.query_one("#dialog-options", Static).update(self._lines())

    def on_key(self, event: events.Key) -> None:
        if event.key in ("down", "up"):
            event.stop()
            event.prevent_default()
            self.cursor = (self.cursor + (1 if event.key == "down" else -1)) % max(1, len(self.found))
            self.query_one("#dialog-options", Static).update(self._lines())

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.dismiss(self.found[self.cursor] if self.found else None)


def printable(text: str) -> str:
    """Typed or pasted text without what does not print."""
    return "".join(character for character in text if character.isprintable())
