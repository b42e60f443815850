"""A reviewer at a queue: the ad on the desk, the one loaded behind it, and every verb that changes the workspace."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from typing import TYPE_CHECKING

from msgspec.structs import replace

from modtui.domain.events import VERDICTS, Entry, Event, Subject
from modtui.domain.evidence import Evidence
from modtui.domain.policies import Answer
from modtui.errors import ModtuiError
from modtui.services.catalogs import Rulebook
from modtui.services.clock import Clock, wall_clock
from modtui.services.conflicts import require_settler
from modtui.services.desk import Desk
from modtui.services.laying import Place
from modtui.services.places import MINUTE_MS, PLACES, Places
from modtui.services.progress import count_progress
from modtui.services.reviewing import Change, News, Progress
from modtui.services.undoing import Hand, Undone, act_to_undo, redo_last, undo_last
from modtui.services.verdicts import Signature, decision_entry, store_decision
from modtui.services.versions import answers_that_still_hold
from modtui.store.errors import CalledBack
from modtui.store.event_log import EventLog, new_event_id
from modtui.store.items import Item, context_hash, items_of_ad
from modtui.store.slices import Slice
from modtui.store.times import utc_ms, utc_text
from modtui.store.transaction import Transaction
from modtui.store.undone import newest_undone
from modtui.store.workspace import Workspace

if TYPE_CHECKING:
    from modtui.services.catalog_watch import CatalogWatch
    from modtui.services.group_verbs import Group, GroupHand, Told
    from modtui.services.precedents import TwinAd
    from modtui.services.settling import Settling

RECOUNT_EVERY_MS = 10_000
"Between two counts the figures on top are carried on: others' work and what falls due show with the next count."


class ReviewSession(Places):
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
    ) -> None:
        super().__init__(workspace, rulebook, queue, reviewer, slice_, route, clock, catalogs)
        self.importing: int | None = None
        self._second_review = second_review
        self._adjudication = adjudication
        self._last_answers: dict[str, Answer] = {}
        self._last_catalog = rulebook.catalog
        self._progress: Progress | None = None
        self._counted_ms = 0
        self._answered = 0
        "Verdicts this session has given and not taken back."
        self._is_open = False
        self._left: Entry | None = None
        "The hold or skip that was tried last, and is not known to be on disk."
        self._tried: dict[str, tuple[str, str]] = {}
        "Id and time of the undo and the redo tried last, until a verb is done."
        self._not_undone: set[str] = set()
        "Events that undo has named as built upon; the next undo goes past them."

    # What is on the desk ---

    @property
    def routes(self) -> Mapping[str, str]:
        return self.rulebook.catalog.routes

    @property
    def progress(self) -> Progress:
        if self._progress is None or self.importing is not None:
            name = self.queue or (self._current.item.queue if self._current else "")
            self._counted_ms = self.clock()
            self._progress = count_progress(
                self.workspace, name, self.reviewer, self.clock(), self._route, self._answered
            )  # fmt: skip
        return replace(self._progress, importing=self.importing)

    def _counted_on(self, state: str) -> Progress | None:
        """The figures after one more decision, without counting anew, while the count is fresh enough."""
        known = self._progress
        if known is None or self._route is not None or self.clock() - self._counted_ms > RECOUNT_EVERY_MS:
            return None
        return replace(known, decided=known.decided + (state in ("new", "held")), unsynced=known.unsynced + 1)

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
            await self._arrive(seated)

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
                    await self._arrive(await self.write(lambda tx: self._seat(tx, following, stays=current)))
            self._progress = None
            return self._current is not None

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
                return event.id, self._seat(tx, following)

            event_id, seated = await self.write(run)
            self._last_answers, self._last_catalog = answers, desk.case.catalog
            self._answered += 1
            self._forget_passed(place.item)
            counted = self._counted_on(task.state)
            await self._arrive(seated)
            self._progress = counted
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
            return Change(f"{item.ad_id} held until {utc_text(wake_ms)[11:16]} UTC: {reason}")

    async def skip(self, reason: str) -> Change:
        """Give the ad back; this reviewer does not get it again."""
        async with self._turn:
            item = self._at_hand().item
            await self._leave("skip", {"queue": item.queue, "reason": reason})
            return Change(f"{item.ad_id} given back: {reason}")

    @property
    def _groups(self) -> GroupHand:
        from modtui.services.group_verbs import GroupHand  # most sessions decide no two ads at once

        return GroupHand(self)

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

    async def undo(self) -> Change:
        """Take back what was done last; its ad comes to the desk, and the one that was there waits behind it.

        What was decided together is taken back together, unless one of it is on the desk, which is then taken back
        alone.
        """
        alone = self._of_a_group_on_desk()
        if alone is not None:
            return await self._take("undo", lambda tx, hand: undo_last(tx, hand, (), alone))
        with self.workspace.read() as connection:
            last = act_to_undo(connection, self.reviewer, self.id, self._not_undone)
        group = _group_of(last) if last is not None else ""
        if last is None or not group:
            return await self._take("undo", lambda tx, hand: undo_last(tx, hand, self._not_undone))
        with self._turn.several():
            async with self._turn:
                lead, others = await self._groups.undo_members(group, last)
            change = await self._take("undo", lambda tx, hand: undo_last(tx, hand, (), lead))
        if not others.count and not others.kept:
            return change
        kept = f"; not {' '.join(others.kept[:5])}: other events build on them" if others.kept else ""
        return replace(change, words=f"{change.words}, and {others.count} decided with it{kept}")

    def _of_a_group_on_desk(self) -> Event | None:
        """The decision of this reviewer that stands on the ad on the desk, where it was made together with others."""
        if self._current is None:
            return None
        task = self._task
        return task.verdict if task.is_own and task.verdict is not None and _group_of(task.verdict) else None

    async def redo(self) -> Change:
        """Do again what undo took back last, with all that was taken back with it; the ad leaves the desk."""
        with self.workspace.read() as connection:
            found = newest_undone(connection, self.reviewer)
        group = _group_of(found[1]) if found is not None else ""
        if not group:
            return await self._take("redo", redo_last)
        with self._turn.several():
            change = await self._take("redo", redo_last)
            if change.event_id is None:
                return change
            async with self._turn:
                others = await self._groups.redo_members(group)
        if not others.count and not others.kept:
            return change
        self._progress = None
        kept = f"; not {' '.join(others.kept[:5])}: they have changed" if others.kept else ""
        return replace(change, words=f"{change.words}, and {others.count} decided with it{kept}")

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
            await self._arrive(seated)
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
        async with self._turn.aside():
            draft = self._draft()
            if draft:
                await self.write(draft.save)
                draft.is_on_disk()

    def repeat_last(self) -> int:
        catalog = self._desk.case.catalog
        answers = self._last_answers
        anew: tuple[str, ...] = ()
        if self._last_catalog.hash != catalog.hash:
            from modtui.domain.touched import Touched  # only where the catalog has changed

            answers, anew = Touched(self._last_catalog, catalog).carried_over(answers)
        self._desk.fill(answers)
        if anew or answers is not self._last_answers:
            self._say_recomputed(f"the last ad's answers are of {self._last_catalog.version}", anew)
        return len(answers)

    def offer_previous(self) -> int:
        on_desk = self.current
        previous = on_desk.previous if on_desk else None
        if on_desk is None or previous is None:
            return 0
        kept = answers_that_still_hold(previous, on_desk.desk.case)
        answers = {check_id: Answer(answer) for check_id, answer in kept.items()}
        touched = self.rulebook.since(previous.catalog_hash, self.workspace)
        if touched is not None:
            answers, anew = touched.carried_over(answers)
            self._say_recomputed(f"the answers before are of {touched.old.version}", anew)
        evidence = {
            each: tuple(Evidence.from_json(dict(at)) for at in places) for each, places in previous.evidence.items()
        }
        on_desk.desk.fill(answers, evidence)
        return len(answers)

    def _say_recomputed(self, words: str, anew: Sequence[str]) -> None:
        """Tell that answers given under another catalog were ruled by the one in use, and which were left behind."""
        desk = self._desk
        left = f"asked anew, so left open: {self._letters(anew)}" if anew else "all of them answer the same questions"
        now = f"Ruled by catalog {desk.case.catalog.version}: {desk.words(desk.outcome)}."
        self._news.append(News((f"{words[0].upper()}{words[1:]}.", now, f"{left[0].upper()}{left[1:]}.")))

    def _letters(self, check_ids: Sequence[str]) -> str:
        known = self._desk.case.catalog.check_by_id
        return " ".join(known[each].key if each in known and known[each].key else each for each in check_ids)

    def _since_decided(self, event: Event) -> str:
        """What an ad that undo brought back comes to now, if another catalog is in use than when it was decided."""
        desk = self._desk
        if event.catalog_hash in ("", desk.case.catalog.hash):
            return ""
        version = (event.body.get("catalog") or {}).get("version", "another version")
        anew = self._at_hand().asked_anew
        asked = f", asked anew: {self._letters(anew)}" if anew else ""
        return f"; decided under {version}, by {desk.case.catalog.version} now: {desk.words(desk.outcome)}{asked}"

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
        await self._arrive(seated)

    async def _take(self, verb: str, act: Callable[[Transaction, Hand], Undone]) -> Change:
        """Undo or redo, whose ad comes to the desk or leaves it."""
        async with self._turn:
            event_id, at = self._tried.setdefault(verb, (new_event_id(self.clock()), self.now()))
            hand = Hand(self.reviewer, self.id, event_id, at, self.rulebook.catalog.hash)
            current, following = self._items()

            def run(tx: Transaction) -> tuple[Undone, list[Item]]:
                done = act(tx, hand)
                if verb == "undo" and done.item is not None:
                    return done, self._seat(tx, done.item, current, following)
                stays = None if done.item and current and done.item.ad_no == current.ad_no else current
                return done, self._seat(tx, following, stays=stays)

            done, seated = await self._write_with_draft(run)
            before = self._current
            if done.event is not None and done.event.kind in VERDICTS:
                self._answered = max(0, self._answered + (1 if verb == "redo" else -1))
            self._not_undone = {*self._not_undone, done.above} if done.above else set()
            await self._arrive(seated)
            if done.event is None:
                self._tried.pop(verb, None)
                return Change(done.words, moved=False)
            words = done.words
            if verb == "undo" and done.item is not None:
                self._brought(done.item)
                words += self._since_decided(done.event) if done.event.kind in VERDICTS else ""
            return Change(words, event_id, moved=self._current is not before)

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
        await self._arrive(seated)
        self._brought(item)
        return True

    def _brought(self, item: Item) -> None:
        """An ad has come to the desk out of turn."""

    def _sit(self, seated: Sequence[Item]) -> None:
        super()._sit(seated)
        self._progress = None
        self._left = None
        self._tried.clear()


def _group_of(event: Event) -> str:
    """The id of the group an event was made in; empty when it was made alone."""
    return str((event.body.get("group") or {}).get("id", ""))


def _is_stored(tx: Transaction, tries: Sequence[Entry]) -> bool:
    return any(EventLog().get(tx.connection, tried.id) is not None for tried in tries)


def _time_zone() -> str:
    return datetime.now().astimezone().strftime("%z")
