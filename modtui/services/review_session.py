"""A reviewer at a queue: the ad on the desk, the one loaded behind it, and every verb that changes the workspace."""

from __future__ import annotations

import asyncio
import json
import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TypeVar

from modtui.domain.ad_json import ad_from_payload
from modtui.domain.ads import Ad
from modtui.domain.events import Entry, Subject
from modtui.domain.evidence import Evidence
from modtui.domain.hidden_cues import hidden_hits
from modtui.domain.policies import Answer
from modtui.domain.rulings import Case
from modtui.errors import ModtuiError
from modtui.services.active_time import ActiveTime
from modtui.services.catalogs import Rulebook
from modtui.services.clock import Clock, today, wall_clock
from modtui.services.desk import Desk
from modtui.services.reviewing import Change, OnDesk, Previous, Progress
from modtui.services.verdicts import Signature, decision_entry, draft_of
from modtui.services.versions import answers_that_still_hold, previous_of
from modtui.store.ads import versions_of
from modtui.store.claims import claim_of
from modtui.store.event_log import EventLog, new_event_id
from modtui.store.items import Item, items_of_ad
from modtui.store.local_rows import find_draft
from modtui.store.queues import count_due, get_queue, queue_counts
from modtui.store.slices import Slice
from modtui.store.times import utc_ms, utc_text
from modtui.store.transaction import Transaction
from modtui.store.workspace import Workspace

T = TypeVar("T")
RENEW_EVERY_MS = 5 * 60_000
MINUTE_MS = 60_000
MARKS = {
    "new_version": "new version",
    "returned": "earlier content is back",
    "woken": "document arrived",
    "conflict": "conflict",
}


@dataclass(slots=True)
class Place:
    """An ad taken from the queue, with its desk once it is laid."""

    item: Item
    laid: OnDesk | None = None
    time: ActiveTime = field(default_factory=ActiveTime)
    tried: Entry | None = None
    "The decision as it was last tried, kept until it is known to be on disk."
    is_late: bool = False
    "Whether the claim was gone when the decision was first tried."


class ReviewSession:
    """Implements `reviewing.Session` over a workspace."""

    def __init__(
        self,
        workspace: Workspace,
        rulebook: Rulebook,
        queue: str | None,
        reviewer: str,
        *,
        slice_: Slice | None = None,
        route: str | None = None,
        second_review: str = "approvals",
        clock: Clock = wall_clock,
    ) -> None:
        self.workspace = workspace
        self.rulebook = rulebook
        self.queue = queue
        self.reviewer = reviewer
        self.id = secrets.token_hex(8)
        self.importing: int | None = None
        self._slice = slice_
        self._route = route
        self._second_review = second_review
        self.clock = clock
        self._current: Place | None = None
        self._following: Place | None = None
        self._passed: list[Item] = []
        "Ads looked at and left with `next_ad`, to go back to."
        self._last_answers: dict[str, Answer] = {}
        self._renewed_ms = 0
        self._progress: Progress | None = None
        self._is_open = False

    # What is on the desk ---

    @property
    def current(self) -> OnDesk | None:
        return self._lay(self._current) if self._current else None

    @property
    def following(self) -> OnDesk | None:
        return self._lay(self._following) if self._following else None

    @property
    def routes(self) -> Mapping[str, str]:
        return self.rulebook.catalog.routes

    @property
    def progress(self) -> Progress:
        if self._progress is None or self.importing is not None:
            self._progress = self._count()
        return replace(self._progress, importing=self.importing)

    # Verbs ---

    async def start(self) -> None:
        """Open the session and take the first two ads."""

        def run(tx: Transaction) -> tuple[Item | None, Item | None]:
            tx.open_session(self.id, self.reviewer, self.now())
            first = self._claim(tx)
            return first, self._claim(tx, first) if first else None

        first, second = await self.write(run)
        self._is_open = True
        self._renewed_ms = self.clock()
        self._current = Place(first) if first else None
        self._following = Place(second) if second else None
        self._shown()

    async def close(self) -> None:
        """Keep the draft and give every ad back."""
        if not self._is_open:
            return
        self._is_open = False
        place, now = self._current, self.now()

        def run(tx: Transaction) -> None:
            if place:
                self._save_draft(tx, place, now)
            tx.close_session(self.id)

        await self.write(run)

    async def look_again(self) -> bool:
        """Fill the empty places: an import may have brought ads. Whether one is on the desk now."""
        if self._current is None:
            first = await self.write(self._claim)
            self._current = Place(first) if first else None
            self._shown()
        if self._current is not None and self._following is None:
            beside = self._current.item
            second = await self.write(lambda tx: self._claim(tx, beside))
            self._following = Place(second) if second else None
        self._progress = None
        return self._current is not None

    async def decide(self) -> Change:
        place, desk = self._at_hand(), self._desk
        words = f"{place.item.ad_id}: {desk.words(desk.outcome).lower()}"

        def run(tx: Transaction) -> Item | None:
            entry = self._decision(tx, place, desk)
            tx.append_event(entry, session=self.id, active_ms=place.time.total_ms)
            return self._claim(tx, self._following.item if self._following else None)

        behind = await self.write(run)
        self._last_answers = dict(desk.answers)
        self._step(behind)
        return Change(words, place.tried.id if place.tried else None)

    async def hold(self, reason: str, minutes: int, note: str = "") -> Change:
        """Keep the ad and come back to it: after the minutes, and in any case half an hour before it is due."""
        item = self._item
        due_ms = utc_ms(self._desk.case.ad.due_at or "")
        wake_ms = self.clock() + minutes * MINUTE_MS
        if due_ms is not None:
            wake_ms = max(min(wake_ms, due_ms - 30 * MINUTE_MS), self.clock() + MINUTE_MS)
        body = {"queue": item.queue, "until": utc_text(wake_ms), "reason": reason, "note": note}
        await self._leave("hold", body)
        return Change(f"{item.ad_id} held until {utc_text(wake_ms)[11:16]} UTC: {reason}")

    async def skip(self, reason: str) -> Change:
        """Give the ad back; this reviewer does not get it again."""
        item = self._item
        await self._leave("skip", {"queue": item.queue, "reason": reason})
        return Change(f"{item.ad_id} given back: {reason}")

    async def undo(self) -> Change:
        from modtui.services.undoing import undo_last

        change, undone = await undo_last(self)
        if undone is not None:
            item, decision = undone
            await self._bring_back(item)
            if not self._desk.is_touched:
                self._desk.restore(draft_of(decision.body))
        return change

    async def redo(self) -> Change:
        from modtui.services.undoing import redo_last

        change, ad_no = await redo_last(self)
        beside = [place for place in (self._current, self._following) if place and place.item.ad_no != ad_no]
        if ad_no is not None and len(beside) < 2:
            self._current = beside[0] if beside else None
            self._following = None
            await self.look_again()
            self._shown()
        self._progress = None
        return change

    async def open_ad(self, source: str, ad_id: str) -> Change:
        """Put one ad on the desk, whatever its state, unless another session has it."""
        with self.workspace.read() as connection:
            places = items_of_ad(connection, source, ad_id)
        if not places:
            raise ModtuiError("No such ad", f"{source} {ad_id} is not in this workspace.", "Find it in the list.")
        found = next((item for item in places if item.queue == self.queue), places[0])
        item = await self.write(
            lambda tx: tx.claim_item(found.queue, found.n, reviewer=self.reviewer, session=self.id, now=self.now())
        )
        if item is None:
            raise ModtuiError("The ad is taken", f"Another session is reviewing {ad_id}.", "Try again when it is done.")
        await self._bring_back(item)
        return Change(f"{ad_id} opened")

    async def next_ad(self) -> Change:
        """Look at the next ad and leave this one undecided, with its draft, for when the reviewer comes back."""
        if self._following is None:
            return Change("this is the last ad waiting", moved=False)
        await self.save_draft()
        self._passed.append(self._item)
        behind = await self.write(lambda tx: self._claim(tx, self._following.item if self._following else None))
        self._step(behind)
        return Change("next ad; the last one waits")

    async def previous_ad(self) -> Change:
        if not self._passed:
            return Change("no ad was left behind", moved=False)
        item = self._passed.pop()
        claimed = await self.write(
            lambda tx: tx.claim_item(item.queue, item.n, reviewer=self.reviewer, session=self.id, now=self.now())
        )
        if claimed is None:
            return Change(f"{item.ad_id} is with another session now", moved=False)
        await self._bring_back(claimed)
        return Change("back to the ad before")

    async def save_draft(self) -> None:
        place, now = self._current, self.now()
        if place and place.laid and place.laid.desk.is_touched:
            await self.write(lambda tx: self._save_draft(tx, place, now))

    def repeat_last(self) -> int:
        self._desk.fill(self._last_answers)
        return len(self._last_answers)

    def offer_previous(self) -> int:
        previous = self._at_hand().laid.previous if self._at_hand().laid else None  # type: ignore[union-attr]
        if previous is None:
            return 0
        kept = answers_that_still_hold(previous, self._previous_places(previous))
        self._desk.fill({check_id: Answer(answer) for check_id, answer in kept.items()})
        return len(kept)

    def touch(self, key_at: float) -> None:
        if self._current:
            self._current.time.key(int(key_at * 1000))
        if self.clock() - self._renewed_ms > RENEW_EVERY_MS:
            self._renewed_ms = self.clock()
            self.workspace.writer.submit(lambda tx: tx.renew_claims(self.id, self.now()))

    # Within ---

    @property
    def _item(self) -> Item:
        return self._at_hand().item

    @property
    def _desk(self) -> Desk:
        return self._lay(self._at_hand()).desk

    def _at_hand(self) -> Place:
        if self._current is None:
            raise ModtuiError("No ad on the desk", "The queue is empty.", "Press g for the other queues.")
        return self._current

    def now(self) -> str:
        return utc_text(self.clock())

    async def write(self, run: Callable[[Transaction], T]) -> T:
        return await asyncio.wrap_future(self.workspace.writer.submit(run))

    def _decision(self, tx: Transaction, place: Place, desk: Desk) -> Entry:
        """The event of this decision: the same one on every try, so that a commit of unknown outcome is not doubled."""
        tried = place.tried
        if tried is None:
            claim = claim_of(tx.connection, place.item.ad_no)
            place.is_late = claim is None or claim.session != self.id
        event_id, at = (tried.id, tried.at) if tried else (new_event_id(self.clock()), self.now())
        signature = Signature(event_id, self.reviewer, at, _time_zone(), self._second_review)
        entry = decision_entry(desk, place.item, signature, is_late=place.is_late)
        if tried is not None and entry.body != tried.body:
            stored = EventLog().get(tx.connection, tried.id) is not None
            entry = replace(
                entry,
                id=new_event_id(self.clock()),
                at=self.now(),
                supersedes=(tried.id,) if stored else entry.supersedes,
            )
        place.tried = entry
        return entry

    def _claim(self, tx: Transaction, beside: Item | None = None) -> Item | None:
        exclude = {item.ad_no for item in self._passed}
        if beside:
            exclude.add(beside.ad_no)
        return tx.claim_next(
            self.queue, reviewer=self.reviewer, session=self.id, now=self.now(), slice_=self._slice, route=self._route,
            exclude=exclude,
        )  # fmt: skip

    async def _leave(self, kind: str, body: Mapping[str, object]) -> None:
        place = self._at_hand()
        item = place.item
        entry = Entry(
            new_event_id(self.clock()), kind, self.reviewer, self.now(), body,
            Subject(item.source, item.ad_id, item.content_hash),
        )  # fmt: skip

        def run(tx: Transaction) -> Item | None:
            self._save_draft(tx, place, self.now())
            tx.append_event(entry, session=self.id)
            return self._claim(tx, self._following.item if self._following else None)

        self._step(await self.write(run))

    def _step(self, behind: Item | None) -> None:
        """Move on: the ad behind comes to the desk, and the one just taken stands behind it."""
        taken = Place(behind) if behind else None
        self._current = self._following or taken
        self._following = taken if self._following else None
        self._progress = None
        self._shown()

    async def _bring_back(self, item: Item) -> None:
        """Put an ad that is already claimed on the desk, with the one that was there right behind it."""
        await self.save_draft()
        before, spare = self._current, self._following
        if before is not None and before.item.ad_no == item.ad_no:
            self._current = Place(item)
        else:
            self._current = Place(item)
            self._following = before or spare
            if before is not None and spare is not None and spare.item.ad_no != item.ad_no:
                await self.write(lambda tx: tx.free_claim(self.id, spare.item.ad_no))
        self._progress = None
        self._shown()

    def _shown(self) -> None:
        if self._current:
            self._current.time.begin(int(time.monotonic() * 1000))

    def _save_draft(self, tx: Transaction, place: Place, now: str) -> None:
        if place.laid and place.laid.desk.is_touched:
            item = place.item
            tx.save_draft(item.ad_no, self.reviewer, item.content_hash, place.laid.desk.draft(), now)

    def _lay(self, place: Place) -> OnDesk:
        """Everything about an ad, worked out once."""
        if place.laid is None:
            place.laid = self._laid(place.item)
        return place.laid

    def _laid(self, item: Item) -> OnDesk:
        ad = self._with_default_markets(ad_from_payload(json.loads(item.payload)), item)
        case = Case(ad, self.rulebook.catalog, today(self.clock()))
        desk = Desk(case, self.rulebook.index, hidden_hits(self.rulebook.index, ad))
        previous: Previous | None = None
        question = ""
        with self.workspace.read() as connection:
            draft = find_draft(connection, item.ad_no, self.reviewer)
            if item.versions > 1 or item.verdict:
                log = EventLog()
                payloads = {version.content_hash: version.payload for version in versions_of(connection, item.ad_no)}
                previous = previous_of(ad, log.of_ad(connection, item.ad_no), item.content_hash, payloads)
                verdict = log.get(connection, item.verdict) if item.verdict else None
                if verdict is not None and verdict.actor == self.reviewer and item.state != "second_review":
                    desk.restore(draft_of(verdict.body))
                if verdict is not None and item.state == "escalated":
                    question = _question(verdict.body)
        if draft is not None and draft.content_hash == item.content_hash:
            desk.restore(draft.body)
        mark = "second review" if item.state == "second_review" else MARKS.get(item.mark or "", "")
        if item.state == "held":
            mark = "back from hold"
        return OnDesk(desk, item, previous, (), mark, question)

    def _with_default_markets(self, ad: Ad, item: Item) -> Ad:
        if ad.markets:
            return ad
        with self.workspace.read() as connection:
            markets = get_queue(connection, item.queue).settings.get("markets") or ()
        return replace(ad, markets=tuple(markets))

    def _previous_places(self, previous: Previous) -> dict[str, set[str]]:
        """Check id to the components its evidence was on, in the decision on the earlier version."""
        with self.workspace.read() as connection:
            events = EventLog().of_ad(connection, self._item.ad_no)
        for event in reversed(events):
            if event.at == previous.decided_at and event.kind in ("decision", "adjudication"):
                return {
                    found["check"]: {Evidence.from_json(place).component for place in found.get("evidence", ())}
                    for found in event.body.get("findings", ())
                }
        return {}

    def _count(self) -> Progress:
        with self.workspace.read() as connection:
            name = self.queue or (self._current.item.queue if self._current else "")
            queue_no = get_queue(connection, name).queue_no if name else 0
            counts = queue_counts(connection, queue_no)
            due = count_due(connection, queue_no, self.clock())
            unsynced = EventLog().count(connection)
        decided = counts.total - counts.new - counts.held
        return Progress(self._route or name, decided, counts.total, due, unsynced, self.reviewer)


def _question(body: Mapping[str, object]) -> str:
    asked = body.get("escalation") or ()
    questions = [str(each.get("question") or each.get("class")) for each in asked]  # type: ignore[attr-defined]
    return "; ".join(question for question in questions if question)


def _time_zone() -> str:
    return datetime.now().astimezone().strftime("%z")
