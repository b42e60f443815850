"""One workspace a test, for commands."""

from __future__ import annotations

from tests.cli.conftest import modtui

__all__ = ["modtui"]
