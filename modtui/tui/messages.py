"""What widgets and screens tell each other."""

from __future__ import annotations

from dataclasses import dataclass

from textual.message import Message

from modtui.services.reviewing import Change


@dataclass
class Changed(Message):
    """A verb changed what is stored; screens redraw what it touched."""

    change: Change


@dataclass
class CheckPointed(Message):
    """A check was clicked in the checklist."""

    row: int


@dataclass
class Scrolled(Message):
    """A pane was scrolled; its last visible line is `last`."""

    pane: str
    last: int


@dataclass
class PaneResized(Message):
    """A pane has another size, so that its lines must be laid out again."""


@dataclass
class RowPointed(Message):
    """A row of a list was clicked."""

    row: int


@dataclass
class RowChosen(Message):
    """The row under the cursor of a list was clicked: open it."""

    row: int
