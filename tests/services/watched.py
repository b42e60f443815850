"""A review room whose catalog is a file that can be edited while sessions run."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from modtui.services.catalog_watch import CatalogWatch
from modtui.services.catalogs import load_rulebook
from modtui.services.review_session import ReviewSession
from modtui.store.workspace import open_workspace
from tests.services.room import HOUSE, NOON, Room

DAY = 86_400_000
STRICTER = ("min_age: 18\n        fix: Target", "min_age: 21\n        fix: Target")
REWORDED = ("Does it show a body before and after?", "Are two bodies compared?")
NOTED = ("fix: Take out the pictures.", "fix: Leave the pictures out.")


class Watched(Room):
    """A room whose catalog is a file that can be edited, and a watch over it."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.path = self.folder / "rules.yaml"
        self.watch = CatalogWatch(self.path, self.workspace, self.rulebook, self.clock)

    def session(self, reviewer: str = "amina", queue: str | None = "q", **options: Any) -> ReviewSession:
        rulebook = self.watch.rulebook
        return ReviewSession(
            self.workspace, rulebook, queue, reviewer, clock=self.clock, catalogs=self.watch, **options
        )  # fmt: skip

    def edit(self, *changes: tuple[str, str], version: str = "2026.11.2", effective: str = "2026-01-01") -> None:
        text = HOUSE.read_text()
        for before, after in (("2026.11.1", version), ("effective: 2026-01-01", f"effective: {effective}"), *changes):
            assert before in text
            text = text.replace(before, after)
        self.path.write_text(text)


@contextmanager
def watched_at(folder: Path) -> Iterator[Watched]:
    path = folder / "rules.yaml"
    path.write_text(HOUSE.read_text())
    with open_workspace(folder / "workspace.db", NOON) as workspace:
        yield Watched(workspace, load_rulebook(path, workspace, NOON), folder)
