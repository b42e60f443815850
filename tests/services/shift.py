"""A workspace with queues and reviewers in it, for stories told through the services; the clock is handed in."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Coroutine, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from modtui.domain.decisions import EscalationRequest
from modtui.domain.policies import Answer
from modtui.services.catalogs import Rulebook, load_rulebook
from modtui.services.importing import ImportOrder, build_search_index, run_import
from modtui.services.review_session import ReviewSession
from modtui.services.workbench import Workbench
from modtui.store.workspace import Workspace, open_workspace

T = TypeVar("T")
CATALOG = Path(__file__).parents[1] / "files" / "five_rules.yaml"
NOON = 1_795_348_800_000
"22 November 2026, 12:00 UTC, in milliseconds since 1970."
HOUR = 3_600_000


def plain_ad(ad_id: str, **payload: Any) -> dict[str, Any]:
    """An ad that nothing in the catalog speaks of, as it stands in a queue file."""
    creative = {"headline": f"Offer {ad_id}", "body": "Fresh bread every morning."}
    whole = {"id": ad_id, "markets": ["FR"], "advertiser": {"name": "Bakery"}, "creative": creative}
    return whole | payload


@dataclass
class Shift:
    """One workspace; `now` is what its clock says."""

    workspace: Workspace
    rulebook: Rulebook
    folder: Path
    now: int = NOON

    def clock(self) -> int:
        return self.now

    def bench(self, reviewer: str = "amina") -> Workbench:
        return Workbench(self.workspace, self.rulebook, reviewer, clock=self.clock)

    def bring(self, queue: str, ads: Iterable[dict[str, Any]], *, indexed: bool = True) -> None:
        """Import ads into a queue."""
        path = self.folder / f"{queue}.jsonl"
        path.write_text("".join(json.dumps(ad) + "\n" for ad in ads), encoding="utf-8")
        run_import(self.workspace, self.rulebook.catalog, ImportOrder([path], queue), clock=self.clock)
        # Otherwise done when the writer has been idle for a while.
        while self.workspace.writer.call(lambda tx: tx.sort_some()):
            pass
        if indexed:
            build_search_index(self.workspace)

    def decide(self, session: ReviewSession, count: int = 1) -> list[str]:
        """Approve so many ads, from the session's start to its end; their ids."""
        return run_apart(_decide(session, count))

    def escalate(self, session: ReviewSession, route: str, question: str) -> str:
        """Escalate the session's first ad; its id."""
        return run_apart(_escalate(session, route, question))


def run_apart(story: Coroutine[Any, Any, T]) -> T:
    """Run a story to its end in a loop of its own, from wherever it is called."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(lambda: asyncio.run(story)).result()


async def _decide(session: ReviewSession, count: int) -> list[str]:
    await session.start()
    decided = []
    for _ in range(count):
        on_desk = session.current
        assert on_desk is not None
        decided.append(on_desk.item.ad_id)
        await session.decide()
    await session.close()
    return decided


async def _escalate(session: ReviewSession, route: str, question: str) -> str:
    await session.start()
    on_desk = session.current
    assert on_desk is not None
    on_desk.desk.escalate(EscalationRequest(route, question))
    await session.decide()
    await session.close()
    return str(on_desk.item.ad_id)


async def answer_with_rejection(session: ReviewSession, note: str) -> None:
    """Decide the session's first ad by a finding, with a note."""
    await session.start()
    on_desk = session.current
    assert on_desk is not None
    on_desk.desk.answer("gambling.real_money/offers", Answer.YES)
    on_desk.desk.note = note
    await session.decide()
    await session.close()


@contextmanager
def shift_at(folder: Path) -> Iterator[Shift]:
    """An empty workspace in a folder."""
    with open_workspace(folder / "workspace.db", NOON) as workspace:
        yield Shift(workspace, load_rulebook(CATALOG, workspace, NOON), folder)
