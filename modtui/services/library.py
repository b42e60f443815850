"""The catalog beside the work: what a reviewer looks up, reports and reads. Nothing here is on the way to an ad."""

from __future__ import annotations

import asyncio

from modtui.domain.catalog import Catalog
from modtui.domain.events import Entry, Subject
from modtui.errors import ModtuiError
from modtui.services.catalogs import Rulebook
from modtui.services.clause_reports import NewReport, report_entry
from modtui.services.clock import Clock, today, wall_clock
from modtui.store.items import Item
from modtui.store.workspace import Workspace


class Library:
    """One reviewer's use of one catalog at one workspace."""

    def __init__(self, workspace: Workspace, rulebook: Rulebook, reviewer: str, clock: Clock = wall_clock) -> None:
        self.workspace = workspace
        self.rulebook = rulebook
        self.reviewer = reviewer
        self.clock = clock
        self._tried: Entry | None = None
        "An event that was tried and is not known to be on disk: trying again stores it once."

    @property
    def catalog(self) -> Catalog:
        return self.rulebook.catalog

    @property
    def as_of(self) -> str:
        """The day it is, as rules are judged by."""
        return today(self.clock())

    async def report(self, report: NewReport, item: Item | None = None) -> None:
        """Keep what the reviewer says of a clause, with the ad on the desk. Raises ModtuiError and keeps nothing."""
        if report.problem:
            raise ModtuiError("Not reported", report.problem)
        ad = Subject(item.source, item.ad_id, item.content_hash) if item is not None else None
        await self._append(report_entry(report, self.catalog, self.reviewer, self.clock(), ad))

    async def _append(self, entry: Entry) -> None:
        tried = self._tried
        if tried is not None and (tried.kind, tried.body, tried.subject) == (entry.kind, entry.body, entry.subject):
            entry = tried
        self._tried = entry
        await asyncio.wrap_future(self.workspace.writer.submit(lambda tx: tx.append_event(entry)))
        self._tried = None
