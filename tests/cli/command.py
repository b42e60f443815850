"""The `modtui` command in this process, whole: exit codes, output and narration, on a workspace of its own."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from click.testing import CliRunner, Result

from modtui.cli.common import run
from modtui.cli.root import cli
from tests.services.shift import CATALOG


class _Whole:
    """What the console script runs, in the shape of a click command."""

    name = "modtui"

    def main(self, args: Iterable[str], **_: Any) -> None:
        before, sys.argv = sys.argv, ["modtui", *args]
        try:
            run(cli)
        finally:
            sys.argv = before


@dataclass(frozen=True)
class Command:
    """Runs commands on one workspace, as one reviewer at a time."""

    folder: Path

    @property
    def workspace(self) -> Path:
        return self.folder / "workspace.db"

    @property
    def env(self) -> dict[str, str]:
        return {
            "MODTUI_WORKSPACE": str(self.workspace),
            "MODTUI_REVIEWER": "amina",
            "MODTUI_POLICIES": str(CATALOG),
            "XDG_CONFIG_HOME": str(self.folder / "config"),
        }

    def __call__(self, *args: str | Path, stdin: str | bytes = "") -> Result:
        """Run to the end; look at `exit_code`, `stdout` and `stderr`."""
        words = [str(arg) for arg in args]
        result = CliRunner().invoke(_Whole(), words, input=stdin, env=self.env)  # type: ignore[arg-type]
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    def good(self, *args: str | Path, stdin: str | bytes = "") -> Result:
        """Run what must succeed."""
        result = self(*args, stdin=stdin)
        assert result.exit_code == 0, result.output
        return result

    def json(self, *args: str | Path) -> Any:
        """Run with `--json`: standard output is one JSON value in ASCII."""
        result = self.good(*args, "--json")
        assert result.stdout.isascii()
        return json.loads(result.stdout)

    def file(self, name: str, ads: Iterable[dict[str, Any]]) -> Path:
        """A queue file of these ads."""
        path = self.folder / name
        path.write_text("".join(json.dumps(ad) + "\n" for ad in ads), encoding="utf-8")
        return path
