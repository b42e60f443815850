"""What the screens need of the terminal, checked before anything is drawn."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Final

from modtui.errors import ModtuiError

SMALLEST: Final = (60, 15)
"Columns and rows; below, a card says so and nothing decides."


class NoTerminalError(ModtuiError):
    """There is no terminal that screens can be drawn on."""

    exit_status = 2


def require_terminal(instead: str = "modtui review --plain", environment: Mapping[str, str] | None = None) -> None:
    """Raise `NoTerminalError` unless keys can be read and screens drawn; `instead` needs neither."""
    environment = os.environ if environment is None else environment
    if not (_is_terminal(0) and _is_terminal(2)):
        raise NoTerminalError(
            "modtui needs a terminal",
            "standard input or standard error is not one",
            f"For scripts use modtui decisions, modtui export or {instead}.",
        )
    if environment.get("TERM", "") in ("", "dumb", "unknown"):
        raise NoTerminalError(
            "This terminal cannot draw screens",
            f"TERM is {environment.get('TERM') or 'not set'}",
            f"Use {instead}, or set TERM to what the terminal is.",
        )


def is_too_small(columns: int, rows: int) -> bool:
    """Whether an ad and its checks do not fit, so that nothing may be decided."""
    return columns < SMALLEST[0] or rows < SMALLEST[1]


def _is_terminal(descriptor: int) -> bool:
    try:
        return os.isatty(descriptor)
    except OSError:
        return False
