"""The card shown while the window is too small to decide in."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.screen import ModalScreen
from textual.widgets import Static

from modtui.tui.terminal.requirements import SMALLEST


class TooSmall(ModalScreen[None]):
    """Covers everything; no key reaches what is below. It goes by itself when the window has grown."""

    DEFAULT_CSS = "TooSmall { align: center middle; background: $background; } TooSmall Static { width: auto; }"

    def compose(self) -> ComposeResult:
        yield Static(f"Window too small to decide in.\nModtui needs {SMALLEST[0]} x {SMALLEST[1]}.", markup=False)
