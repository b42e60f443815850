"""Undo and redo in a session, alone or with all that was decided together; their ad comes to the desk or leaves it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from msgspec.structs import replace

from modtui.domain.events import VERDICTS, Event
from modtui.services.progress import Tally
from modtui.services.reviewing import Change
from modtui.services.undoing import Hand, Undone, act_to_undo, redo_last, undo_last
from modtui.services.walking import Walking
from modtui.store.event_log import new_event_id
from modtui.store.items import Item
from modtui.store.transaction import Transaction
from modtui.store.undone import newest_undone

if TYPE_CHECKING:
    from modtui.services.group_verbs import GroupHand


class Retaking(Walking):
    """Knows what undo tried last, and what it goes past."""

    _not_undone: frozenset[str] = frozenset()
    "Events that undo has named as built upon; the next undo goes past them."

    @cached_property
    def _tried(self) -> dict[str, tuple[str, str]]:
        """Id and time of the undo and the redo tried last, until a verb is done."""
        return {}

    @cached_property
    def _tally(self) -> Tally:
        """The figures on top, which an undo changes."""
        return Tally(self.workspace, self.reviewer, self._route, self.clock)

    @property
    def _groups(self) -> GroupHand:
        from modtui.services.group_verbs import GroupHand  # most sessions decide no two ads at once

        return GroupHand(self)

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
        self._tally.forget()
        kept = f"; not {' '.join(others.kept[:5])}: they have changed" if others.kept else ""
        return replace(change, words=f"{change.words}, and {others.count} decided with it{kept}")

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
                self._tally.answered_by(1 if verb == "redo" else -1)
            self._not_undone = self._not_undone | {done.above} if done.above else frozenset()
            self._sit(seated)
            if done.event is None:
                self._tried.pop(verb, None)
                return Change(done.words, moved=False)
            words = done.words
            if verb == "undo" and done.item is not None:
                from modtui.services.carried_answers import since_decided

                self._brought(done.item)
                if done.event.kind in VERDICTS:
                    words += since_decided(self._desk, done.event, self._at_hand().asked_anew)
            return Change(words, event_id, moved=self._current is not before)

    def _sit(self, seated: Sequence[Item]) -> None:
        super()._sit(seated)
        self._tried.clear()


def _group_of(event: Event) -> str:
    """The id of the group an event was made in; empty when it was made alone."""
    return str((event.body.get("group") or {}).get("id", ""))
