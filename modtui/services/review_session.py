"""A reviewer at a queue: the ad on the desk, the one loaded behind it, and every verb that changes the workspace."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TypeVar

from modtui.domain.events import Entry, Subject
from modtui.domain.evidence import Evidence
from modtui.domain.policies import Answer
from modtui.errors import ModtuiError
from modtui.services.catalogs import Rulebook
from modtui.services.clock import Clock, wall_clock
from modtui.services.desk import Desk
from modtui.services.drafts import DraftChange, draft_change
from modtui.services.laying import Laying
from modtui.services.laying import Place as Place
from modtui.services.reviewing import Change, OnDesk, Progress
from modtui.services.undoing import Hand, Undone, redo_last, undo_last
from modtui.services.verdicts import Signature, Task, decision_entry, store_decision
from modtui.services.versions import answers_that_still_hold
from modtui.store.event_log import EventLog, new_event_id
from modtui.store.items import Item, context_hash, get_item, items_of_ad
from modtui.store.queues import count_due, get_queue, queue_counts
from modtui.store.slices import Slice
from modtui.store.times import utc_ms, utc_text
from modtui.store.transaction import Transaction
from modtui.store.workspace import Workspace

T = TypeVar("T")
MINUTE_MS = 60_000
RENEW_EVERY_MS = 5 * MINUTE_MS
PLACES = 2
"Ads a session has: the one on the desk and the one loaded behind it."
CLOSED_STATES = ("decided", "waiting_document")


class ReviewSession:
    """Implements `reviewing.Session` over a workspace.

    Verbs run one at a time. Each is one transaction, which leaves the session with claims on the ads of its places and
    on no other; it returns once that is on disk, or raises and leaves the desk as it was.
    """

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
        "The catalog; another one applies from the next ad that is laid."
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
        self._turn = asyncio.Lock()
        self._left: Entry | None = None
        "The hold or skip that was tried last, and is not known to be on disk."
        self._tried: dict[str, tuple[str, str]] = {}
        "Id and time of the undo and the redo tried last, until a verb is done."
        self._not_undone: set[str] = set()
        "Events that undo has named as built upon; the next undo goes past them."

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

        def run(tx: Transaction) -> list[Item]:
            tx.open_session(self.id, self.reviewer, self.now())
            return self._seat(tx)

        async with self._turn:
            seated = await self.write(run)
            self._is_open = True
            self._renewed_ms = self.clock()
            self._sit(seated)

    async def close(self) -> None:
        """Keep the draft and give every ad back."""
        async with self._turn:
            if not self._is_open:
                return
            draft = self._draft()
            tries = self._current.tries if self._current else []

            def run(tx: Transaction) -> None:
                if draft and not _is_stored(tx, tries):
                    draft.save(tx)
                tx.close_session(self.id)

            await self.write(run)
            self._is_open = False

    async def look_again(self) -> bool:
        """Fill the empty places: an import may have brought ads. Whether one is on the desk now."""
        async with self._turn:
            current, following = self._items()
            if current is None or following is None:
                self._sit(await self.write(lambda tx: self._seat(tx, following, stays=current)))
            self._progress = None
            return self._current is not None

    async def decide(self) -> Change:
        async with self._turn:
            place, desk = self._at_hand(), self._desk
            words = f"{place.item.ad_id}: {desk.words(desk.outcome).lower()}"
            answers, active_ms = dict(desk.answers), place.time.total_ms
            tries, task, (_, following) = self._tries(place, desk), self._task, self._items()
            alone = decision_entry(desk, replace(task, verdict=None), self._sign()) if task.is_second_review else None

            def run(tx: Transaction) -> tuple[str, list[Item]]:
                event = store_decision(tx, tries, task, self.id, active_ms, alone)
                return event.id, self._seat(tx, following)

            event_id, seated = await self.write(run)
            self._last_answers = answers
            self._forget_passed(place.item)
            self._sit(seated)
            return Change(words, event_id)

    async def hold(self, reason: str, minutes: int, note: str = "") -> Change:
        """Keep the ad and come back to it: after the minutes, and in any case half an hour before it is due."""
        async with self._turn:
            item = self._at_hand().item
            if self._task.state == "decided":
                raise ModtuiError("Already decided", f"{item.ad_id} waits for nobody.", "Go on with the next ad.")
            due_ms = utc_ms(self._desk.case.ad.due_at or "")
            wake_ms = self.clock() + minutes * MINUTE_MS
            if due_ms is not None:
                wake_ms = max(min(wake_ms, due_ms - 30 * MINUTE_MS), self.clock() + MINUTE_MS)
            context = context_hash(item.payload)
            body = {"queue": item.queue, "until": utc_text(wake_ms), "reason": reason, "note": note, "context": context}
            await self._leave("hold", body)
            return Change(f"{item.ad_id} held until {utc_text(wake_ms)[11:16]} UTC: {reason}")

    async def skip(self, reason: str) -> Change:
        """Give the ad back; this reviewer does not get it again."""
        async with self._turn:
            item = self._at_hand().item
            await self._leave("skip", {"queue": item.queue, "reason": reason})
            return Change(f"{item.ad_id} given back: {reason}")

    async def undo(self) -> Change:
        """Take back what was done last; its ad comes to the desk, and the one that was there waits behind it."""
        return await self._take("undo", lambda tx, hand: undo_last(tx, hand, self._not_undone))

    async def redo(self) -> Change:
        """Do again what undo took back last; the ad leaves the desk if it is there."""
        return await self._take("redo", redo_last)

    async def open_ad(self, source: str, ad_id: str) -> Change:
        """Put one ad on the desk, whatever its state, unless another session has it."""
        async with self._turn:
            with self.workspace.read() as connection:
                places = items_of_ad(connection, source, ad_id)
            if not places:
                there = f"{source} {ad_id} is not in this workspace."
                raise ModtuiError("No such ad", there, "Find it in the list.")
            found = next((item for item in places if item.queue == self.queue), places[0])
            if not await self._bring(found):
                raise ModtuiError(
                    "The ad is taken", f"Another session is reviewing {ad_id}.", "Try again when it is done."
                )
            return Change(f"{ad_id} opened")

    async def next_ad(self) -> Change:
        """Look at the next ad and give this one back undecided, with its draft, to return to with `previous_ad`."""
        async with self._turn:
            item, (_, following) = self._at_hand().item, self._items()
            passed = [*(each for each in self._passed if each.ad_no != item.ad_no), item]

            def run(tx: Transaction) -> list[Item] | None:
                seated = self._seat(tx, following, stays=item)
                return self._seat(tx, seated[1], passed=passed) if len(seated) == PLACES else None

            seated = await self._write_with_draft(run)
            if seated is None:
                return Change("this is the last ad waiting", moved=False)
            self._passed = [each for each in passed if each.ad_no != seated[0].ad_no]
            self._sit(seated)
            return Change("next ad; the last one waits")

    async def previous_ad(self) -> Change:
        async with self._turn:
            if not self._passed:
                return Change("no ad was left behind", moved=False)
            item = self._passed[-1]
            is_here = await self._bring(item)
            self._passed = [each for each in self._passed if each.ad_no != item.ad_no]
            if not is_here:
                return Change(f"{item.ad_id} is with another session now", moved=False)
            return Change("back to the ad before")

    async def save_draft(self) -> None:
        """Keep the answers, evidence and note of the ad on the desk, if they have changed since they were kept last."""
        async with self._turn:
            draft = self._draft()
            if draft:
                await self.write(draft.save)
                draft.is_on_disk()

    def repeat_last(self) -> int:
        self._desk.fill(self._last_answers)
        return len(self._last_answers)

    def offer_previous(self) -> int:
        on_desk = self.current
        previous = on_desk.previous if on_desk else None
        if on_desk is None or previous is None:
            return 0
        kept = answers_that_still_hold(previous, on_desk.desk.case)
        evidence = {
            each: tuple(Evidence.from_json(dict(at)) for at in places) for each, places in previous.evidence.items()
        }
        on_desk.desk.fill({check_id: Answer(answer) for check_id, answer in kept.items()}, evidence)
        return len(kept)

    def use_rulebook(self, rulebook: Rulebook) -> None:
        """Take another catalog from the next ad on. The ad on the desk keeps the one it was laid under."""
        self.rulebook = rulebook
        if self._following is not None:
            self._following.laid = None

    def touch(self, key_at: float) -> None:
        if self._current:
            self._current.time.key(int(key_at * 1000))
        if self._is_renewal_due:
            self._renewed_ms = self.clock()
            self.workspace.writer.submit(lambda tx: tx.renew_claims(self.id, self.now()))

    # Within ---

    @property
    def _item(self) -> Item:
        return self._at_hand().item

    @property
    def _desk(self) -> Desk:
        return self._lay(self._at_hand()).desk

    @property
    def _task(self) -> Task:
        place = self._at_hand()
        self._lay(place)
        assert place.task is not None
        return place.task

    @property
    def _is_renewal_due(self) -> bool:
        return self.clock() - self._renewed_ms > RENEW_EVERY_MS

    def _at_hand(self) -> Place:
        if self._current is None:
            raise ModtuiError("No ad on the desk", "The queue is empty.", "Press g for the other queues.")
        return self._current

    def _items(self) -> tuple[Item | None, Item | None]:
        return (self._current.item if self._current else None), (self._following.item if self._following else None)

    def now(self) -> str:
        return utc_text(self.clock())

    async def write(self, run: Callable[[Transaction], T]) -> T:
        return await asyncio.wrap_future(self.workspace.writer.submit(run))

    def _lay(self, place: Place) -> OnDesk:
        if place.laid is None:
            laying = Laying(self.workspace, self.rulebook, self.reviewer, self._route)
            place.laid = laying.lay(place, self.clock())
        return place.laid

    def _tries(self, place: Place, desk: Desk) -> list[Entry]:
        """The decisions tried for an ad, with the one of the desk as it is now as the last: none for twice the same."""
        entry = decision_entry(desk, self._task, self._sign())
        if not place.tries or place.tries[-1].body != entry.body:
            place.tries.append(entry)
        return list(place.tries)

    def _sign(self) -> Signature:
        return Signature(new_event_id(self.clock()), self.reviewer, self.now(), _time_zone(), self._second_review)

    async def _leave(self, kind: str, body: Mapping[str, object]) -> None:
        """Hold or skip the ad at hand and move on."""
        item, (_, following) = self._at_hand().item, self._items()
        subject = Subject(item.source, item.ad_id, item.content_hash)
        tried = self._left
        is_again = tried is not None and (tried.kind, tried.body, tried.subject) == (kind, body, subject)
        entry = Entry(new_event_id(self.clock()), kind, self.reviewer, self.now(), body, subject)
        entry = self._left = tried if is_again and tried is not None else entry

        def run(tx: Transaction) -> list[Item]:
            tx.append_event(entry, session=self.id)
            return self._seat(tx, following)

        seated = await self._write_with_draft(run)
        self._forget_passed(item)
        self._sit(seated)

    async def _take(self, verb: str, act: Callable[[Transaction, Hand], Undone]) -> Change:
        """Undo or redo, whose ad comes to the desk or leaves it."""
        async with self._turn:
            event_id, at = self._tried.setdefault(verb, (new_event_id(self.clock()), self.now()))
            hand = Hand(self.reviewer, self.id, event_id, at)
            current, following = self._items()

            def run(tx: Transaction) -> tuple[Undone, list[Item]]:
                done = act(tx, hand)
                if verb == "undo" and done.item is not None:
                    return done, self._seat(tx, done.item, current, following)
                stays = None if done.item and current and done.item.ad_no == current.ad_no else current
                return done, self._seat(tx, following, stays=stays)

            done, seated = await self._write_with_draft(run)
            before = self._current
            self._not_undone = {*self._not_undone, done.above} if done.above else set()
            self._sit(seated)
            if done.event is None:
                self._tried.pop(verb, None)
                return Change(done.words, moved=False)
            if verb == "undo" and done.item is not None:
                self._brought(done.item)
            return Change(done.words, event_id, moved=self._current is not before)

    async def _bring(self, wanted: Item) -> bool:
        """Put an ad on the desk, with the one that was there behind it; False when another session has it."""
        current, following = self._items()

        def run(tx: Transaction) -> tuple[Item | None, list[Item]]:
            item = tx.claim_item(
                wanted.queue, wanted.n, reviewer=self.reviewer, session=self.id, now=self.now()
            )  # fmt: skip
            return item, self._seat(tx, item, current, following) if item else []

        item, seated = await self._write_with_draft(run)
        if item is None:
            return False
        self._sit(seated)
        self._brought(item)
        return True

    def _brought(self, item: Item) -> None:
        """An ad has come to the desk out of turn."""

    # Places ---

    def _seat(
        self, tx: Transaction, *wanted: Item | None, stays: Item | None = None, passed: Sequence[Item] | None = None
    ) -> list[Item]:
        """The ads of the places after this transaction, with claims on them and on no other ad.

        The one that stays on the desk is left as it is; of those wanted come the first that are still this session's,
        as they are now; the queue gives the rest. What was passed comes again when nothing else waits.
        """
        mine = tx.claimed_by(self.id)
        if self._is_renewal_due:
            tx.renew_claims(self.id, self.now())
        seated = [stays] if stays else []
        for item in wanted:
            if item is None or len(seated) == PLACES or item.ad_no not in mine:
                continue
            fresh = get_item(tx.connection, item.queue_no, item.n)
            if fresh is not None and not _is_done(item, fresh) and all(fresh.ad_no != each.ad_no for each in seated):
                seated.append(fresh)
        for ad_no in mine - {item.ad_no for item in seated}:
            tx.free_claim(self.id, ad_no)
        left = {item.ad_no for item in (self._passed if passed is None else passed)}
        for excluded in (left, set[int]()) if left else (left,):
            while len(seated) < PLACES:
                found = self._claim(tx, seated[-1] if seated else None, excluded)
                if found is None:
                    break
                seated.append(found)
        return seated

    def _claim(self, tx: Transaction, beside: Item | None, passed: set[int]) -> Item | None:
        """Claim the next ad of the queue, other than the one beside it and those passed."""
        exclude = {*passed, beside.ad_no} if beside else passed
        return tx.claim_next(
            self.queue, reviewer=self.reviewer, session=self.id, now=self.now(), slice_=self._slice, route=self._route,
            exclude=exclude,
        )  # fmt: skip

    def _sit(self, seated: Sequence[Item]) -> None:
        """Take the places of a transaction that is on disk. An ad that did not change keeps its desk."""
        before = {place.item.ad_no: place for place in (self._current, self._following) if place}
        places = [known if (known := before.get(item.ad_no)) and known.item == item else Place(item) for item in seated]
        was = self._current
        self._current = places[0] if places else None
        self._following = places[1] if len(places) > 1 else None
        self._progress = None
        self._left = None
        self._tried.clear()
        if self._is_renewal_due:
            self._renewed_ms = self.clock()
        if self._current is not None and self._current is not was:
            self._current.time.begin(int(time.monotonic() * 1000))

    def _forget_passed(self, item: Item) -> None:
        self._passed = [each for each in self._passed if each.ad_no != item.ad_no]

    def _draft(self) -> DraftChange | None:
        return draft_change(self._current, self.reviewer, self.now())

    async def _write_with_draft(self, run: Callable[[Transaction], T]) -> T:
        """Write, and first bring the draft of the ad on the desk up to date."""
        draft = self._draft()

        def both(tx: Transaction) -> T:
            if draft:
                draft.save(tx)
            return run(tx)

        result = await self.write(both)
        if draft:
            draft.is_on_disk()
        return result

    def _count(self) -> Progress:
        with self.workspace.read() as connection:
            name = self.queue or (self._current.item.queue if self._current else "")
            queue_no = get_queue(connection, name).queue_no if name else 0
            counts = queue_counts(connection, queue_no)
            due = count_due(connection, queue_no, self.clock())
            unsynced = EventLog().count(connection)
        decided = counts.total - counts.new - counts.held
        return Progress(self._route or name, decided, counts.total, due, unsynced, self.reviewer)


def _is_done(before: Item, now: Item) -> bool:
    """Whether others decided an ad since it was claimed."""
    return now.state != before.state and now.state in CLOSED_STATES


def _is_stored(tx: Transaction, tries: Sequence[Entry]) -> bool:
    return any(EventLog().get(tx.connection, tried.id) is not None for tried in tries)


def _time_zone() -> str:
    return datetime.now().astimezone().strftime("%z")
