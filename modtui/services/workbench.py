"""What home and lists need of the program: one reviewer at one workspace, and the sessions that are opened there."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, TypeVar

from msgspec import Struct, field

from modtui.domain.events import Event
from modtui.services.catalogs import Rulebook
from modtui.services.clock import Clock, wall_clock
from modtui.services.list_review import ListSession
from modtui.services.listing import Listing
from modtui.services.overview import Overview, mark_answer_read, read_overview
from modtui.services.review_session import ReviewSession
from modtui.services.slices_saved import Filter
from modtui.store.workspace import Workspace

if TYPE_CHECKING:
    from modtui.services.catalog_watch import CatalogWatch
    from modtui.services.library import Library
    from modtui.services.settling import Settling

T = TypeVar("T")


def _one_thread() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(1, "modtui-reader")


class Workbench(Struct, frozen=True):
    """Handed to the screens that are not the review itself."""

    workspace: Workspace
    rulebook: Rulebook
    "The catalog to begin with."
    reviewer: str
    second_review: str = "approvals"
    adjudication: str = "others"
    "Who settles conflicts, as in the settings."
    clock: Clock = wall_clock
    catalogs: CatalogWatch | None = None
    "Tells which catalog is in use as time goes on."
    _thread: ThreadPoolExecutor = field(default_factory=_one_thread)
    "One, so that what is read behind the screens has one connection and one cache."

    @property
    def in_use(self) -> Rulebook:
        return self.catalogs.rulebook if self.catalogs is not None else self.rulebook

    async def behind(self, read: Callable[[], T]) -> T:
        """Run something that reads, off the thread of the screens."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, read)

    def free_dead_claims(self) -> None:
        """Give back, without waiting, the ads of sessions whose processes are gone."""
        if not self.workspace.is_read_only:
            self.workspace.writer.submit(lambda tx: tx.free_dead_claims(), background=True)

    def overview(self) -> Overview:
        return read_overview(self.workspace, self.reviewer, self.clock)

    def listing(self, queue: str | None = None, filter_: Filter | None = None) -> Listing:
        return Listing(self.workspace, queue, filter_, self.in_use.catalog.market_groups)

    def session(
        self, queue: str | None = None, *, filter_: Filter | None = None, route: str | None = None
    ) -> ReviewSession:
        """A session at a queue, at what a filter leaves of it, or at the ads escalated to a route."""
        slice_ = filter_.slice_(self.in_use.catalog.market_groups) if filter_ else None
        return ReviewSession(
            self.workspace, self.in_use, queue, self.reviewer, slice_=slice_, route=route,
            second_review=self.second_review, adjudication=self.adjudication, clock=self.clock,
            catalogs=self.catalogs, fills_later=True,
        )  # fmt: skip

    def list_session(self, listing: Listing, row: int) -> ListSession:
        """A session that begins at a row of a list and goes along it."""
        return ListSession(
            self.workspace, self.in_use, listing.queue, self.reviewer, second_review=self.second_review,
            adjudication=self.adjudication, clock=self.clock, listing=listing, row=row, catalogs=self.catalogs,
            fills_later=True,
        )  # fmt: skip

    def library(self) -> Library:
        from modtui.services.library import Library  # home and lists open without it

        return Library(self.workspace, self.in_use, self.reviewer, self.clock)

    def settling(self) -> Settling:
        from modtui.services.settling import Settling  # opened by a key

        return Settling(self.workspace, lambda: self.in_use, self.reviewer, self.adjudication, self.clock)

    def mark_read(self, answer: Event) -> None:
        mark_answer_read(self.workspace, self.reviewer, answer)
