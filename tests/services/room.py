"""A review room: a workspace with the house rules, reviewers with sessions, and what stands of what they did."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from modtui.domain.events import Event, standing_verdicts
from modtui.domain.policies import Answer
from modtui.services.catalogs import Rulebook, load_rulebook
from modtui.services.importing import ImportOrder, ImportReport, run_import
from modtui.services.review_session import ReviewSession
from modtui.services.reviewing import OnDesk
from modtui.store.event_log import EventLog
from modtui.store.items import Item, items_of_ad
from modtui.store.local_rows import Draft, find_draft
from modtui.store.workspace import Workspace, open_workspace

HOUSE = Path(__file__).with_name("house.yaml")
NOON = 1_795_348_800_000
"22 November 2026, 12:00 UTC, in milliseconds since 1970."
MINUTE = 60_000
YES, NO, UNSURE = Answer.YES, Answer.NO, Answer.UNSURE
WL, WB, AL, TL = "weight.loss/promise", "weight.loss/before-after", "alcohol.product/sells", "threat.life/threat"
MP, IM = "medicine.claims/prescription", "brand.imitation/poses"
LICENCE = {"kind": "alcohol", "number": "1", "market": "FR", "expires": "2028-01-01"}


def ad(ad_id: str, body: str = "Fresh bread.", **payload: Any) -> dict[str, Any]:
    """An ad for adults in France and Belgium, as it stands in a queue file."""
    whole = {"id": ad_id, "markets": ["FR", "BE"], "audience": {"min_age": 18}, "advertiser": {"name": "Glow LLC"}}
    return whole | {"creative": {"headline": f"Offer {ad_id}", "body": body}} | payload


class Room:
    """One workspace; `now` is what its clock says."""

    def __init__(self, workspace: Workspace, rulebook: Rulebook, folder: Path) -> None:
        self.workspace, self.rulebook, self.folder = workspace, rulebook, folder
        self.now = NOON

    def clock(self) -> int:
        return self.now

    def bring(self, *ads: dict[str, Any], queue: str = "q", **order: Any) -> ImportReport:
        path = self.folder / f"{queue}.jsonl"
        path.write_text("".join(json.dumps(each) + "\n" for each in ads), encoding="utf-8")
        return run_import(self.workspace, self.rulebook.catalog, ImportOrder([path], queue, **order), clock=self.clock)

    def session(self, reviewer: str = "amina", queue: str | None = "q", **options: Any) -> ReviewSession:
        return ReviewSession(self.workspace, self.rulebook, queue, reviewer, clock=self.clock, **options)

    async def sit(self, reviewer: str = "amina", queue: str | None = "q", **options: Any) -> ReviewSession:
        session = self.session(reviewer, queue, **options)
        await session.start()
        return session

    # What there is ---

    def item(self, ad_id: str, queue: str = "q") -> Item:
        found = items_of_ad(self.workspace.reader, queue, ad_id)
        assert found, f"no ad {ad_id}"
        return found[0]

    def events(self, ad_id: str) -> list[Event]:
        return EventLog().of_ad(self.workspace.reader, self.item(ad_id).ad_no)

    def standing(self, ad_id: str) -> list[tuple[str, str]]:
        """Who stands by which outcome, oldest first."""
        return [(event.actor, event.body["outcome"]) for event in standing_verdicts(self.events(ad_id))]

    def draft(self, ad_id: str, reviewer: str = "amina") -> Draft | None:
        return find_draft(self.workspace.reader, self.item(ad_id).ad_no, reviewer)

    def claims(self) -> dict[str, list[str]]:
        """Session to the ads it has."""
        rows = self.workspace.reader.execute(
            "SELECT c.session, a.id FROM claims c JOIN ads a USING (ad_no) ORDER BY c.session, a.id"
        )
        found: dict[str, list[str]] = {}
        for session, ad_id in rows:
            found.setdefault(session, []).append(ad_id)
        return found

    def is_whole(self) -> bool:
        return EventLog().verify(self.workspace.reader).broken is None


def at_hand(session: ReviewSession) -> OnDesk:
    found = session.current
    assert found is not None, "no ad on the desk"
    return found


def ids(session: ReviewSession) -> tuple[str | None, str | None]:
    """The ad on the desk and the one behind it."""
    current, following = session.current, session.following
    return (current and current.item.ad_id), (following and following.item.ad_id)


def answer(session: ReviewSession, **answers: Answer) -> None:
    """Answer checks by their two letters."""
    desk = at_hand(session).desk
    for key, given in answers.items():
        desk.answer(desk.case.catalog.check_by_key[key].id, given)


@contextmanager
def room_at(folder: Path, catalog: Path = HOUSE) -> Iterator[Room]:
    with open_workspace(folder / "workspace.db", NOON) as workspace:
        yield Room(workspace, load_rulebook(catalog, workspace, NOON), folder)
