"""Deciding near-identical ads together: each has its own ruling and event, and is undone alone or with the rest."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import TYPE_CHECKING, TypeVar

from msgspec import Struct, field

from modtui.domain.events import Entry, Event
from modtui.domain.evidence import Evidence
from modtui.domain.policies import Answer
from modtui.errors import ModtuiError
from modtui.services.desk import Desk
from modtui.services.laying import Laying, Place
from modtui.services.plans import Plan
from modtui.services.undoing import Hand, do_again
from modtui.services.verdicts import Signature, Task, decision_entry, store_decision
from modtui.store.event_log import EventLog, new_event_id
from modtui.store.groups import barred_from, standing_of_group, undone_of_group
from modtui.store.items import Item, get_item
from modtui.store.standing import events_building_on
from modtui.store.transaction import Transaction
from modtui.store.undone import is_superseded

if TYPE_CHECKING:
    from modtui.services.places import Places
    from modtui.services.precedents import TwinAd

T = TypeVar("T")
AT_ONCE = 20
"Decisions of a group that are committed together, so that nobody's key waits long for one batch."
Told = Callable[[int, int], None]
"How many are done, of how many."


class LeftOut(Struct, frozen=True):
    """A twin that is not decided with the others, and why."""

    ad_id: str
    why: str


class Member(Struct):
    """A twin that is decided with the others, as its own answers and markets have it."""

    item: Item
    task: Task
    desk: Desk
    entry: Entry | None = None
    "Its decision as it was tried first; the same on every try, so that none is doubled."

    @property
    def words(self) -> str:
        """What becomes of it."""
        return self.desk.words(self.desk.outcome)


class Group(Struct):
    """What deciding an ad together with its twins would do."""

    id: str
    "Made before its events."
    lead: Desk
    plan: Plan
    "What becomes of the ad on the desk."
    members: list[Member] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)

    @property
    def size(self) -> int:
        """Decisions, that of the ad on the desk among them."""
        return len(self.members) + 1


class Undone(Struct, frozen=True):
    """What became of a group that was taken back."""

    count: int
    kept: tuple[str, ...] = ()
    "Ads on whose decision another event builds."


class GroupHand:
    """What a session does to several ads at once. Each step leaves whole decisions only."""

    def __init__(self, session: Places) -> None:
        self.session = session

    # Planning ---

    async def plan(self, desk: Desk, twins: Sequence[TwinAd], told: Told) -> Group:
        """What the answers on the desk would make of each twin nobody has decided. Nothing is written.

        Raises ModtuiError when the ad on the desk is not ready itself, or holds what cannot be shared.
        """
        now = self.session.clock()
        plan = desk.plan()
        _check(desk, plan)
        group = Group(new_event_id(now), desk, plan)
        answers, evidence = _shared(desk)
        laying = Laying(self.session.workspace, self.session.rulebook, self.session.reviewer, None)
        loop = asyncio.get_running_loop()

        def lay(some: Sequence[TwinAd]) -> None:
            barred = self._barred(some)
            for twin in some:
                found = self._member(twin, laying, answers, evidence, now, barred)
                (group.members if isinstance(found, Member) else group.left_out).append(found)  # type: ignore[arg-type]

        for done, some in _batches(twins):
            await loop.run_in_executor(None, lay, some)
            told(done, len(twins))
        return group

    def _barred(self, twins: Iterable[TwinAd]) -> set[int]:
        with self.session.workspace.read() as connection:
            return barred_from(connection, self.session.reviewer, [twin.item.ad_no for twin in twins])

    def _member(
        self,
        twin: TwinAd,
        laying: Laying,
        answers: Mapping[str, Answer],
        evidence: Mapping[str, tuple[Evidence, ...]],
        now: int,
        barred: set[int],
    ) -> Member | LeftOut:
        ad_id = twin.item.ad_id
        with self.session.workspace.read() as connection:
            item = get_item(connection, twin.item.queue_no, twin.item.n)
        why = "it is not in its queue any more" if item is None else self._why_not(item, twin)
        if item is None or why:
            return LeftOut(ad_id, why)
        if item.ad_no in barred:
            return LeftOut(ad_id, "you gave it back before")
        place = Place(item)
        desk = laying.lay(place, now).desk
        if place.has_draft or desk.is_touched or place.task is None:
            return LeftOut(ad_id, "you have unfinished work on it")
        desk.fill(answers, evidence)
        plan = desk.plan()
        return LeftOut(ad_id, plan.refusal) if not plan.is_ready else Member(item, place.task, desk)

    def _why_not(self, item: Item, twin: TwinAd) -> str:
        """Why an ad cannot be decided with others; empty when it can."""
        if item.claim_session is not None and item.claim_session != self.session.id:
            return "another reviewer has it now"
        if item.state == "second_review":
            return "waits for a second review"
        if not twin.is_current:
            return "it has other content now"
        if item.verdict is not None or item.state != "new":
            # By whom, and not how: it may be looked at before an answer was given.
            by = f" by {twin.verdict.reviewer}" if twin.verdict is not None else ""
            return f"{item.state.replace('_', ' ')}{by}"
        return ""

    # Deciding ---

    async def decide_members(self, group: Group, sign: Callable[[], Signature], told: Told) -> None:
        """Decide all but the ad on the desk, some at a time. Whoever was taken meanwhile is left out and named."""
        desk_group = {"id": group.id, "of": group.size}
        for done, some in _batches(list(group.members)):
            for member in some:
                if member.entry is None:
                    member.desk.group = desk_group
                    member.entry = decision_entry(member.desk, member.task, sign())

            def run(tx: Transaction, some: Sequence[Member] = some) -> list[LeftOut]:
                return [found for member in some if (found := self._decided(tx, member)) is not None]

            left = await self.session.write(run)
            names = {each.ad_id for each in left}
            group.left_out += left
            group.members = [member for member in group.members if member.item.ad_id not in names]
            told(done, group.size)

    def _decided(self, tx: Transaction, member: Member) -> LeftOut | None:
        """Store one decision, or say why not."""
        item, entry = member.item, member.entry
        assert entry is not None
        if EventLog().get(tx.connection, entry.id) is not None:
            return None
        now = get_item(tx.connection, item.queue_no, item.n)
        if now is None or (now.state, now.payload, now.verdict) != (item.state, item.payload, item.verdict):
            return LeftOut(item.ad_id, "it has changed meanwhile")
        held = tx.claim_item(
            item.queue, item.n, reviewer=self.session.reviewer, session=self.session.id, now=self.session.now()
        )
        if held is None:
            return LeftOut(item.ad_id, "another reviewer has it now")
        store_decision(tx, [entry], member.task, self.session.id, 0)
        return None

    # Taking back ---

    async def undo_members(self, group: str, last: Event) -> tuple[Event, Undone]:
        """Take back the decisions of a group but for the one it was led by, which undo itself takes back, with its ad.

        Where that one does not stand any more it is `last`, the newest of the group, which stays and comes back.
        """
        with self.session.workspace.read() as connection:
            standing = list(standing_of_group(connection, self.session.reviewer, group))
        lead = next((event for event in standing if event.body["group"].get("lead")), last)
        events = [event for event in standing if event.id != lead.id]
        tried = {event.id: (new_event_id(self.session.clock()), self.session.now()) for event in events}
        kept: list[str] = []
        for _, some in _batches(events):

            def run(tx: Transaction, some: Sequence[Event] = some) -> list[str]:
                return [event.id for event in some if not self._taken_back(tx, event, tried[event.id], group)]

            kept += await self.session.write(run)
        names = tuple(event.subject.ad_id for event in events if event.id in kept and event.subject)
        return lead, Undone(len(events) - len(kept), names)

    async def redo_members(self, group: str) -> Undone:
        """Do again the rest of a group that was taken back together; what has changed since stays undone."""
        with self.session.workspace.read() as connection:
            undone = undone_of_group(connection, self.session.reviewer, group)
        tried = {event.id: (new_event_id(self.session.clock()), self.session.now()) for _, event in undone}
        kept: list[str] = []
        for _, some in _batches(undone):

            def run(tx: Transaction, some: Sequence[tuple[Event, Event]] = some) -> list[str]:
                return [event.id for retraction, event in some if not self._done_again(tx, retraction, event, tried)]

            kept += await self.session.write(run)
        names = tuple(event.subject.ad_id for _, event in undone if event.id in kept and event.subject)
        return Undone(len(undone) - len(kept), names)

    def _done_again(
        self, tx: Transaction, retraction: Event, event: Event, tried: Mapping[str, tuple[str, str]]
    ) -> bool:
        event_id, at = tried[event.id]
        if EventLog().get(tx.connection, event_id) is not None:
            return True
        hand = Hand(self.session.reviewer, self.session.id, event_id, at, self.session.rulebook.catalog.hash)
        return do_again(tx, hand, retraction, event).event is not None

    def _taken_back(self, tx: Transaction, event: Event, tried: tuple[str, str], group: str) -> bool:
        if EventLog().get(tx.connection, tried[0]) is not None:
            return True
        if is_superseded(tx.connection, event.id) or events_building_on(tx.connection, event.id):
            return False
        body = {"queue": event.body.get("queue"), "group": {"id": group}}
        entry = Entry(
            tried[0], "retraction", self.session.reviewer, tried[1], body, event.subject, (event.id,),
            event.catalog_hash, event.tz, event.app,
        )  # fmt: skip
        tx.append_event(entry, session=self.session.id)
        return True


def _check(desk: Desk, plan: Plan) -> None:
    if desk.override or desk.escalation or desk.documents:
        words = "Edited cells, an escalation and documents asked for by hand are of one ad."
        raise ModtuiError("Not shared with twins", words, "Decide this ad, then the others by their answers.")
    if plan.refusal or plan.needs_reason or plan.needs_check:
        raise ModtuiError("Not ready", plan.refusal or "This ad has no outcome yet.", "Answer its checks first.")


def _shared(desk: Desk) -> tuple[dict[str, Answer], dict[str, tuple[Evidence, ...]]]:
    """What is true of the twins as well: the answers about the creative. Papers are each ad's own."""
    known = desk.case.catalog.check_by_id
    answers = {check_id: answer for check_id, answer in desk.answers.items() if known[check_id].need is None}
    return answers, {check_id: places for check_id, places in desk.evidence.items() if check_id in answers}


def _batches(things: Sequence[T]) -> Iterator[tuple[int, Sequence[T]]]:
    """The things some at a time, with how many there are up to the end of each."""
    left = iter(things)
    done = 0
    while some := list(islice(left, AT_ONCE)):
        done += len(some)
        yield done, some
