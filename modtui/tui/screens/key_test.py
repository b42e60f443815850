"""What this terminal really sends: each key as it arrives, with the action it would start."""

from __future__ import annotations

from textual import events
from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Static

from modtui.domain.text import reveal
from modtui.tui import actions
from modtui.tui.keymap import DEFAULT, Keymap, key_of
from modtui.tui.screens.dialog import Dialog

KEPT = 12


class KeyTest(Dialog[None]):
    """Shows keys until Escape comes twice."""

    def __init__(self) -> None:
        super().__init__("Press keys: this is what arrives", "esc twice goes back")
        self.lines: list[str] = []
        self.was_escape = False

    def compose_body(self) -> ComposeResult:
        yield Static(Content("…"), id="dialog-options")

    def on_key(self, event: events.Key) -> None:
        event.stop()
        event.prevent_default()
        key = key_of(event.key, event.character)
        if key == "escape" and self.was_escape:
            self.dismiss(None)
            return
        self.was_escape = key == "escape"
        keymap: Keymap = getattr(self.app, "keymap", DEFAULT)
        action = keymap.action(actions.REVIEW, key)
        self.lines = [*self.lines, f"{reveal(key, 'one'):<12} {action.help if action else 'no action'}"][-KEPT:]
        self.query_one("#dialog-options", Static).update(Content("\n".join(self.lines)))
