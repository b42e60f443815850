"""Each module, imported alone in a fresh process, brings in only what its layer may know."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MODULES = sorted(
    ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
    for path in (ROOT / "modtui").rglob("*.py")
    if path.name != "__main__.py"
)
OUTSIDE = {
    "PIL", "av", "click", "hypothesis", "numpy", "orjson", "platformdirs", "pysqlite3", "re2", "rich", "sqlite3",
    "sqlite_utils", "textual", "yaml", "zstandard",
}  # fmt: skip
SCREENS = {"textual", "rich"}
HEAVY = {"PIL", "av", "numpy", "textual", "yaml", "sqlite_utils", "sqlite3", "zstandard"}
"What must not come with a module by itself, outside the ones that are about it."
SKETCHING = {"modtui.files.sketches", "modtui.files.sketch_writer", "modtui.services.twin_sketching"}
"What runs in the process behind the screens, and takes numpy."


def may_import(module: str) -> set[str]:
    """The packages a module of each layer may bring in when it is imported."""
    if module.startswith("modtui.domain") or module in ("modtui", "modtui.errors"):
        return set()
    if module == "modtui.store.migrations":
        return OUTSIDE - SCREENS - {"yaml", "PIL", "av"} | {"sqlite3"}
    if module.startswith("modtui.store"):
        return {"pysqlite3", "orjson", "uuid_utils"}
    sketching = {"numpy"} if module in SKETCHING else set()
    if module.startswith("modtui.files"):
        return {"yaml", "orjson", "re2", "zstandard"} | sketching
    if module.startswith("modtui.services"):
        return {"pysqlite3", "orjson", "re2", "platformdirs", "yaml"} | sketching
    if module.startswith("modtui.tui") or module in ("modtui.cli.screens", "modtui.cli.practice_screens"):
        return OUTSIDE - {"sqlite_utils", "sqlite3", "PIL", "av", "numpy"}
    return OUTSIDE - HEAVY


@pytest.mark.parametrize("module", MODULES)
def test_a_module_brings_in_what_its_layer_knows(module: str) -> None:
    code = f"import sys, {module}; print(' '.join(name for name in sys.modules if '.' not in name))"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    brought = set(run.stdout.split()) & OUTSIDE
    assert brought <= may_import(module)
