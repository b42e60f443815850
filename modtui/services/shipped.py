"""Where the files that come with the program are: in the package when installed, else at the root of a checkout."""

from __future__ import annotations

from pathlib import Path

from modtui.errors import ModtuiError


def shipped(name: str) -> Path:
    """The path of a shipped file, such as `policies.yaml` or `data/demo/queue.jsonl`."""
    package = Path(__file__).parent.parent
    for root in (package / "shipped", package.parent):
        if (root / name).exists():
            return root / name
    raise ModtuiError(
        "Part of modtui is missing", f"{name} did not come with this installation.", "Install modtui again."
    )
