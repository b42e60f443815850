"""A reviewer at a queue: the ad on the desk, the one loaded behind it, and every verb that changes the workspace."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from typing import TYPE_CHECKING

from msgspec.structs import replace

from modtui.domain.events import Entry, Subject
from modtui.domain.policies import Answer
from modtui.errors import ModtuiError
from modtui.services.catalogs import Rulebook
from modtui.services.clock import Clock, wall_clock
from modtui.services.conflicts import require_settler
from modtui.services.desk import Desk
from modtui.services.laying import Place
from modtui.services.places import MINUTE_MS, PLACES
from modtui.services.retaking import Retaking
from modtui.services.reviewing import Change, Progress
from modtui.services.verdicts import Signature, decision_entry, store_decision
from modtui.store.errors import CalledBack
from modtui.store.event_log import EventLog, new_event_id
from modtui.store.items import Item, context_hash
from modtui.store.slices import Slice
from modtui.store.times import utc_ms, utc_text
from modtui.store.transaction import Transaction
from modtui.store.workspace import Workspace

if TYPE_CHECKING:
    from modtui.services.carried_answers import Carried
    from modtui.services.catalog_watch import CatalogWatch
    from modtui.services.group_verbs import Group, Told
    from modtui.services.precedents import TwinAd
    from modtui.services.settling import Settling


class ReviewSession(Retaking):
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
        adjudication: str = "others",
        clock: Clock = wall_clock,
        catalogs: CatalogWatch | None = None,
        fills_later: bool = False,
    ) -> None:
        """With `fills_later` a decision leaves the place behind empty, for `fill` once the next ad has been shown."""
        super().__init__(workspace, rulebook, queue, reviewer, slice_, route, clock, catalogs)
        self.importing: int | None = None
        self._second_review = second_review
        self._adjudication = adjudication
        self._last_answers: dict[str, Answer] = {}
        self._last_catalog = rulebook.catalog
        self._is_open = False
        self._fills_later = fills_later
        self._left: Entry | None = None
        "The hold or skip that was tried last, and is not known to be on disk."

    # What is on the desk ---

    @property
    def routes(self) -> Mapping[str, str]:
        return self.rulebook.catalog.routes

    @property
    def progress(self) -> Progress:
        if self.importing is not None:
            self._tally.forget()
        name = self.queue or (self._current.item.queue if self._current else "")
        return replace(self._tally.figures(name), importing=self.importing)

    # Verbs ---

    async def start(self) -> None:
        """Open the session and take the first two ads: after a crash, those that were on the desk then."""

        def run(tx: Transaction) -> list[Item]:
            tx.free_dead_claims()
            tx.open_session(self.id, self.reviewer, self.now())
            return self._seat(tx)

        async with self._turn.aside():
            seated = await self.write(run)
            self._is_open = True
            self._renewed_ms = self.clock()
            self._sit(seated)

    async def close(self) -> None:
        """Keep the draft and give every ad back."""
        async with self._turn.aside():
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
            if self._precedents is not None:
                await asyncio.get_running_loop().run_in_executor(None, self._precedents.close)
                self._precedents = None

    async def look_again(self) -> bool:
        """Fill the empty places: an import may have brought ads. Whether one is on the desk now."""
        async with self._turn.aside():
            current, following = self._items()
            if current is None or following is None:
                with suppress(CalledBack):
                    self._sit(await self.write(lambda tx: self._seat(tx, following, stays=current)))
            self._tally.forget()
            return self._current is not None

    async def fill(self) -> None:
        async with self._turn.aside():
            current, following = self._items()
            if current is None or following is not None:
                return
            with suppress(CalledBack):
                seated = await self.write(lambda tx: self._seat(tx, stays=current))
                figures = self._tally.known
                self._sit(seated)
                self._tally.carry_on(figures)

    async def decide(self) -> Change:
        async with self._turn:
            place, desk = self._at_hand(), self._desk
            self._require_settler()
            words = f"{place.item.ad_id}: {desk.words(desk.outcome).lower()}"
            answers, active_ms = dict(desk.answers), place.time.total_ms
            tries, task, (_, following) = self._tries(place, desk), self._task, self._items()
            alone = decision_entry(desk, replace(task, verdict=None), self._sign()) if task.is_second_review else None

            def run(tx: Transaction) -> tuple[str, list[Item]]:
                event = store_decision(tx, tries, task, self.id, active_ms, alone)
                return event.id, self._seat(tx, following, places=1 if self._fills_later else PLACES)

            event_id, seated = await self.write(run)
            self._last_answers, self._last_catalog = answers, desk.case.catalog
            self._forget_passed(place.item)
            counted = self._tally.after_decision(task.state)
            self._sit(seated)
            self._tally.carry_on(counted)
            return Change(words, event_id)

    def _require_settler(self) -> None:
        """Raises ModtuiError where others' decisions stand against each other and this one may not settle that."""
        require_settler(self._task.parties, self.reviewer, self._adjudication, self._desk.note)

    @property
    def settling(self) -> Settling:
        """The conflicts of this workspace for this reviewer."""
        from modtui.services.settling import Settling  # hardly any ad is in conflict

        return Settling(self.workspace, lambda: self.rulebook, self.reviewer, self._adjudication, self.clock)

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
            back, now = utc_text(wake_ms), utc_text(self.clock())
            when = back[11:16] if back[:10] == now[:10] else f"{back[:10]} {back[11:16]}"
            return Change(f"{item.ad_id} held until {when} UTC: {reason}")

    async def skip(self, reason: str) -> Change:
        """Give the ad back; this reviewer does not get it again."""
        async with self._turn:
            item = self._at_hand().item
            await self._leave("skip", {"queue": item.queue, "reason": reason})
            return Change(f"{item.ad_id} given back: {reason}")

    async def plan_group(self, twins: Sequence[TwinAd], told: Told = lambda *_: None) -> Group:
        """What the answers on the desk would make of each twin nobody has decided. Nothing is written."""
        return await self._groups.plan(self._desk, twins, told)

    async def decide_group(self, group: Group, told: Told = lambda *_: None) -> Change:
        """Decide the twins of a planned group, each by its own event, and then the ad on the desk, which moves on."""
        with self._turn.several():
            async with self._turn:
                self._require_settler()
                await self._groups.decide_members(group, self._sign, told)
                group.lead.group = {"id": group.id, "of": group.size, "lead": True}
            change = await self.decide()
        left = f", {len(group.left_out)} left out" if group.left_out else ""
        return replace(change, words=f"{group.size} decided together{left}; the last is {change.words}")

    async def save_draft(self) -> None:
        """Keep the answers, evidence and note of the ad on the desk, if they have changed since they were kept last."""
        async with self._turn.aside():
            draft = self._draft()
            if draft:
                await self.write(draft.save)
                draft.is_on_disk()

    def repeat_last(self) -> int:
        from modtui.services.carried_answers import repeat  # a key opens it

        return self._told(repeat(self._desk, self._last_answers, self._last_catalog))

    def offer_previous(self) -> int:
        from modtui.services.carried_answers import offer

        on_desk = self.current
        if on_desk is None or on_desk.previous is None:
            return 0
        touched = self.rulebook.since(on_desk.previous.catalog_hash, self.workspace)
        return self._told(offer(on_desk.desk, on_desk.previous, touched))

    def _told(self, carried: Carried) -> int:
        if carried.news is not None:
            self._news.append(carried.news)
        return carried.count

    def touch(self, key_at: float) -> None:
        if self._current:
            self._current.time.key(int(key_at * 1000))
        if self._is_renewal_due:
            self._renewed_ms = self.clock()
            self.workspace.writer.submit(lambda tx: tx.renew_claims(self.id, self.now()))

    # Within ---

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

    def _sit(self, seated: Sequence[Item]) -> None:
        super()._sit(seated)
        self._tally.forget()
        self._left = None


def _is_stored(tx: Transaction, tries: Sequence[Entry]) -> bool:
    return any(EventLog().get(tx.connection, tried.id) is not None for tried in tries)


def _time_zone() -> str:
    return datetime.now().astimezone().strftime("%z")
