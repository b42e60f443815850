"""Settling conflicts one after the other, as one reviewer does at the screen: what to look at, and what was done."""

from __future__ import annotations

from collections.abc import Callable, Collection

from msgspec import Struct

from modtui import __version__
from modtui.domain.events import Entry, Event
from modtui.errors import ModtuiError
from modtui.services.catalogs import Rulebook
from modtui.services.clock import Clock, wall_clock
from modtui.services.conflicts import Conflict, adjudicate, standing, why_not_yours
from modtui.services.laying import Laying, Place
from modtui.services.reviewing import OnDesk
from modtui.store.conflicts import (
    BEFORE_ALL,
    Spot,
    count_conflicts,
    count_up_to,
    item_before,
    items_in_conflict,
)
from modtui.store.event_log import new_event_id
from modtui.store.items import Item, items_of_ad
from modtui.store.sqlite import Connection
from modtui.store.standing import events_building_on
from modtui.store.times import utc_text
from modtui.store.transaction import Transaction
from modtui.store.workspace import Workspace


class Open(Struct, frozen=True):
    """One open conflict, the ad it is about, and where it stands among the others."""

    conflict: Conflict
    on_desk: OnDesk
    number: int
    "From 1."
    count: int

    @property
    def spot(self) -> Spot:
        return self.conflict.item.queue_no, self.conflict.item.n


class Settling(Struct, frozen=True):
    """The open conflicts of a workspace for one reviewer. Reads one at a time, whatever their number."""

    workspace: Workspace
    rulebook: Callable[[], Rulebook]
    reviewer: str
    who: str = "others"
    clock: Clock = wall_clock

    def after(self, spot: Spot = BEFORE_ALL) -> Open | None:
        """The next conflict behind a spot, or behind the last one the first; None when there is none at all."""
        with self.workspace.read() as connection:
            found = items_in_conflict(connection, 1, spot) or items_in_conflict(connection, 1)
            return self._open(connection, found[0]) if found else None

    def before(self, spot: Spot) -> Open | None:
        """The conflict before a spot; None before the first one."""
        with self.workspace.read() as connection:
            item = item_before(connection, spot)
            return self._open(connection, item) if item is not None else None

    def of(self, source: str, ad_id: str, queue: str) -> Open | None:
        """The conflict on an ad in a queue; None when there is none."""
        with self.workspace.read() as connection:
            items = items_of_ad(connection, source, ad_id)
            item = next((item for item in items if item.mark == "conflict" and item.queue == queue), None)
            return self._open(connection, item) if item is not None else None

    def _open(self, connection: Connection, item: Item) -> Open:
        conflict = Conflict(item, standing(connection, item))
        on_desk = Laying(self.workspace, self.rulebook(), self.reviewer, None).lay(Place(item), self.clock())
        return Open(conflict, on_desk, count_up_to(connection, (item.queue_no, item.n)), count_conflicts(connection))

    def why_not_mine(self, parties: Collection[str]) -> str:
        """Why this reviewer may not settle what the parties disagree on; empty when they may."""
        return why_not_yours(parties, self.reviewer, self.who)

    def follow(self, conflict: Conflict, verdict: Event, note: str) -> Event:
        """Settle it in favour of one of its decisions. Raises ModtuiError as `adjudicate` does."""
        return adjudicate(
            self.workspace, conflict, verdict.id, self.reviewer, note, who=self.who, clock=self.clock
        )  # fmt: skip

    def take_back(self, settled: Event) -> None:
        """Retract a settlement: what it took the place of stands again. Raises ModtuiError when others build on it."""
        now = self.clock()
        entry = Entry(
            id=new_event_id(now), kind="retraction", actor=self.reviewer, at=utc_text(now),
            body={"queue": settled.body.get("queue")}, subject=settled.subject, supersedes=(settled.id,),
            catalog_hash=settled.catalog_hash, tz=settled.tz, app=__version__,
        )  # fmt: skip

        def retract(tx: Transaction) -> None:
            if events_building_on(tx.connection, settled.id):
                raise ModtuiError("Not taken back", "Another event builds on it already.", "Look at the ad again.")
            tx.append_event(entry)

        self.workspace.writer.call(retract)
