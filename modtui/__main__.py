"""`python -m modtui` is `modtui`."""

from __future__ import annotations

from modtui.cli.main import main

main()
