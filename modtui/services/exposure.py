"""A reviewer's own care settings and today's count: local rows, which nothing exports, syncs or reports."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime

from modtui.domain.exposure import SHARP, Care, Exposure, clearer
from modtui.domain.policies import Answer
from modtui.services.clock import Clock, wall_clock
from modtui.services.desk import Desk
from modtui.store.local_rows import get_setting, set_setting
from modtui.store.transaction import Transaction
from modtui.store.workspace import Workspace

MOST_REVEALED = 500
"Ads whose reveal is remembered."


class CareBook:
    """What is kept of one reviewer's care in one workspace: two settings, the day's count being one of them.

    Only the count of the newest day is kept, so there is no history that anybody could ask for.
    """

    def __init__(self, workspace: Workspace, reviewer: str, clock: Clock = wall_clock) -> None:
        self._workspace = workspace
        self._names = (f"care.{reviewer}", f"care-day.{reviewer}")
        self._clock = clock
        with workspace.read() as connection:
            care, count = (get_setting(connection, name) for name in self._names)
        self.care = Care.from_json(care) if isinstance(care, dict) else Care()
        self._count = Exposure.from_json(count) if isinstance(count, dict) else Exposure()

    @property
    def today(self) -> Exposure:
        """The day's count; an empty one when nothing was counted today."""
        day = local_day(self._clock())
        return self._count if self._count.day == day else Exposure(day)

    def choose(self, care: Care) -> None:
        """Keep how things are to be shown."""
        self._workspace.writer.call(lambda tx: set_setting(tx.connection, self._names[0], care.as_json()))
        self.care = care

    def left(self, families: Collection[str], active_ms: int) -> str:
        """An ad was left: count it, behind all other work, and return a hint at a break where one is due."""
        before, now_ms = self._count, self._clock()
        now = before.after(local_day(now_ms), now_ms, active_ms, self.care.is_sensitive(families))
        hint = ""
        if self.care.has_hints and now.is_break_due:
            now = now.hinted()
            hint = f"{now.words}: time for a break?"
        self._count = now
        if (now.ads, now.hints) != (before.ads, before.hints) or before.day != now.day:
            self._keep(now)
        return hint

    def forget(self) -> None:
        """Delete the count and the choices of this reviewer."""

        def delete(tx: Transaction) -> None:
            for name in self._names:
                set_setting(tx.connection, name, None)

        self._workspace.writer.call(delete)
        self.care, self._count = Care(), Exposure()

    def _keep(self, count: Exposure) -> None:
        if not self._workspace.is_read_only:
            name, kept = self._names[1], count.as_json()
            self._workspace.writer.submit(lambda tx: set_setting(tx.connection, name, kept), background=True)


class Reveals:
    """How clearly ads are shown to a reviewer now, and how far each was revealed since the program started."""

    def __init__(self) -> None:
        self._steps: dict[tuple[str, str], int] = {}
        "Source and id of an ad to the steps it was revealed by."

    def media_level(self, book: CareBook | None, desk: Desk) -> str:
        """How clearly the media of an ad are shown."""
        return self._clearer(desk, book.care.level_for(lit_families(desk))) if book is not None else SHARP

    def text_level(self, book: CareBook | None, desk: Desk) -> str:
        """How clearly its texts are shown."""
        if book is None or not book.care.masked:
            return SHARP
        return self._clearer(desk, book.care.text_level_for(lit_families(desk)))

    def reveal(self, desk: Desk) -> None:
        """Show an ad one step more clearly from now on."""
        steps = self._steps.pop(_key(desk), 0)
        if len(self._steps) >= MOST_REVEALED:
            self._steps.pop(next(iter(self._steps)))
        self._steps[_key(desk)] = steps + 1

    def _clearer(self, desk: Desk, level: str) -> str:
        return clearer(level, self._steps.get(_key(desk), 0))


def _key(desk: Desk) -> tuple[str, str]:
    ad = desk.case.ad
    return ad.source, ad.id


def local_day(now_ms: int) -> str:
    """The day it is where the reviewer sits."""
    return f"{datetime.fromtimestamp(now_ms / 1000).astimezone():%Y-%m-%d}"


def lit_families(desk: Desk) -> frozenset[str]:
    """The policy families that something on the ad points at."""
    return _families(desk, desk.sheet.lit_ids)


def families_of(desk: Desk) -> frozenset[str]:
    """The same with those of checks that were answered yes."""
    said = (check_id for check_id, answer in desk.answers.items() if answer is Answer.YES)
    return _families(desk, (*desk.sheet.lit_ids, *said))


def _families(desk: Desk, check_ids: Iterable[str]) -> frozenset[str]:
    catalog = desk.case.catalog
    return frozenset(catalog.policy_of(catalog.check_by_id[check_id]).family for check_id in check_ids)
