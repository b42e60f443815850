"""The catalog beside practice: to be read, and never written about as if the ad were real."""

from __future__ import annotations

from modtui.domain.briefings import Briefing
from modtui.errors import ModtuiError
from modtui.services.catalog_changes import Changes
from modtui.services.clause_reports import NewReport
from modtui.services.library import Library
from modtui.store.items import Item


class PracticeLibrary(Library):
    """The catalog of a pack, without worked examples, changes and reports."""

    def _get_ready(self) -> None:
        _ = self._index
        self.changes = Changes("what changed is not shown in practice")
        self._is_ready = True

    async def unread(self) -> tuple[Briefing, ...]:
        """None: what must be read is asked for in review."""
        return ()

    async def mark_read(self, briefing: Briefing) -> None:
        """Reading in practice is not kept."""

    async def report(self, report: NewReport, item: Item | None = None) -> None:  # noqa: ARG002
        raise ModtuiError(
            "Not in practice", "A clause is reported from real work.", "Contest an answer with X instead."
        )
