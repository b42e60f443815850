"""The catalog beside the work: what a reviewer looks up, reports and reads. Nothing here is on the way to an ad."""

from __future__ import annotations

import asyncio
from functools import cached_property

from modtui.domain.briefings import Briefing, briefings_of
from modtui.domain.catalog import Catalog
from modtui.domain.events import Entry, Subject
from modtui.domain.policy_search import PolicyIndex
from modtui.errors import ModtuiError
from modtui.services.briefings import reading_entry, unread_briefings
from modtui.services.catalog_changes import Changes, changes_since_last_worked
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
        self.changes = Changes("what changed is still being read")
        self._is_ready = False

    @property
    def catalog(self) -> Catalog:
        return self.rulebook.catalog

    @property
    def as_of(self) -> str:
        """The day it is, as rules are judged by."""
        return today(self.clock())

    async def get_ready(self) -> bool:
        """Arrange the catalog for searching and read what changed, off this thread; whether that was still to do."""
        if self._is_ready:
            return False
        await asyncio.get_running_loop().run_in_executor(None, self._get_ready)
        return True

    def _get_ready(self) -> None:
        _ = self._index
        self.changes = changes_since_last_worked(self.workspace, self.catalog, self.reviewer)
        self._is_ready = True

    @cached_property
    def _index(self) -> PolicyIndex:
        return PolicyIndex(self.catalog)

    def search(self, text: str, most: int) -> list[tuple[str, str]]:
        """The policies and checks that a text finds, best first: ids of policy and check, the latter empty."""
        return [(hit.policy_id, hit.check_id or "") for hit in self._index.search(text, most)]

    @property
    def briefings(self) -> tuple[Briefing, ...]:
        """The briefings that hold or will."""
        return briefings_of(self.catalog, self.as_of)

    async def unread(self) -> tuple[Briefing, ...]:
        """The ones the reviewer has not read as they stand now."""
        if not self.catalog.briefings:
            return ()
        loop, as_of = asyncio.get_running_loop(), self.as_of
        return await loop.run_in_executor(None, unread_briefings, self.workspace, self.catalog, self.reviewer, as_of)

    async def mark_read(self, briefing: Briefing) -> None:
        """Keep that the reviewer has read it. Raises ModtuiError and keeps nothing."""
        await self._append(reading_entry(briefing, self.catalog, self.reviewer, self.clock()))

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
