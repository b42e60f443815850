"""`modtui` with its second line of defence off: what `reveal` lets through reaches the terminal.

With BARE_TEXT=1 the first line is off too, to show that the audits can fail.
"""

from __future__ import annotations

import os

import modtui.domain.text as text

if os.environ.get("BARE_TEXT"):
    text.reveal = lambda value, *_, **__: value  # type: ignore[assignment]

from modtui.cli.main import main
from modtui.tui.terminal import driver

driver.filtered = lambda data: data
main()
