"""Twins and notes on the review screen: read behind the ad, shown without anchoring, filled in or warned by one key.

What shows them at large is imported where a key opens it.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from msgspec import Struct

from modtui.errors import ModtuiError
from modtui.services.reviewing import Change, OnDesk
from modtui.tui import actions
from modtui.tui.actions import Action
from modtui.tui.flow import Line, fit_cells, one_line
from modtui.tui.screens.review_behind import AHEAD_AFTER
from modtui.tui.screens.review_decisions import DecideActions
from modtui.tui.screens.review_look import LookActions
from modtui.tui.screens.review_verbs import Verb

if TYPE_CHECKING:
    from modtui.services.group_verbs import Group
    from modtui.services.precedents import Around, TwinAd

TITLE_CELLS = 20
"Cells of the frame that are left to the ad's own title."


class Known(Struct):
    """What is known around one ad."""

    on_desk: OnDesk
    around: Around | None = None
    "None while it is being read."
    is_open: bool = False
    "Whether past outcomes are shown: after the reviewer's own first answer, or when they asked."
    task: asyncio.Task[None] | None = None
    was_shown: bool = False
    "Whether something of it was shown."
    was_ahead: bool = False
    "Whether it was read while the ad still waited: what was decided since is read again when the ad comes."


class TwinActions(LookActions, DecideActions):
    """Knows what is around the ad on the desk and the one behind it."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self._known: dict[int, Known] = {}
        self._deciding = ""
        "How far a group is that is being decided."

    # Reading ---

    def _painted(self) -> None:
        super()._painted()
        if self.laid is not None:
            # Not at once: the thread that reads would hold up the one that writes the frame.
            asyncio.get_running_loop().call_later(AHEAD_AFTER, self._read_shown, self.laid.on_desk)

    def _read_shown(self, on_desk: OnDesk) -> None:
        """Read what is around the ad that has been shown, or again what was read while it waited."""
        if not self.is_mounted or self.laid is None or self.laid.on_desk is not on_desk:
            return
        known = self.known_of(on_desk)
        if known is not None and known.was_ahead:
            known.was_ahead = False
            known.task = asyncio.create_task(self._read(known))
        else:
            self._read_soon(on_desk)

    def lay_out_ahead(self) -> None:
        super().lay_out_ahead()
        if self.ahead is not None and self.is_mounted:
            self._read_soon(self.ahead.on_desk)

    def _read_soon(self, on_desk: OnDesk) -> None:
        """Read what is around an ad, once, behind the keys."""
        kept = {id(each): each for each in (self.session.current, self.session.following) if each is not None}
        self._known = {key: known for key, known in self._known.items() if kept.get(key) is known.on_desk}
        if self.session.precedents is None or on_desk.is_alone or id(on_desk) in self._known:
            return
        known = self._known[id(on_desk)] = Known(on_desk, is_open=bool(on_desk.desk.answers))
        known.was_ahead = on_desk is not self.session.current
        known.task = asyncio.create_task(self._read(known))

    async def _read(self, known: Known) -> None:
        precedents, on_desk = self.session.precedents, known.on_desk
        if precedents is None:
            return
        try:
            around = await precedents.around(on_desk)
        except ModtuiError as error:
            self._known.pop(id(on_desk), None)
            if self.is_mounted:
                self.say(f"twins not read: {error.title} · {error.hint}", is_warning=True)
            return
        if around == known.around:
            return
        known.around = around
        on_desk.desk.offer = around.offer
        known.is_open = known.is_open or bool(on_desk.desk.answers)
        if self.is_mounted and (around.twins or around.notes or known.was_shown):
            known.was_shown = True
            self._show_late(on_desk)

    def _show_late(self, on_desk: OnDesk) -> None:
        """Show what has come; on an ad that is laid out ahead it is in its place when the ad comes."""
        if self.laid is not None and self.laid.on_desk is on_desk:
            if not self.is_saving:
                self.card.aside = self.aside_of(on_desk)
                self._show_around()
        elif self.ahead is not None and self.ahead.on_desk is on_desk and not self.is_saving:
            self.ahead = None
            self.lay_out_ahead()

    def _show_around(self) -> None:
        """Show what changed beside the ad; only where its lines are below the ad is that laid out anew."""
        if self.laid is None or not self.has_class("-full"):
            self.show_ad_again()
            return
        self.card.show_ad(self.laid.ad)
        self.show_ruling()

    # Showing ---

    def known_of(self, on_desk: OnDesk) -> Known | None:
        return self._known.get(id(on_desk))

    def around_of(self, on_desk: OnDesk) -> tuple[str, ...]:
        known = self.known_of(on_desk)
        if known is None or known.around is None:
            return ()
        from modtui.tui.twin_words import around_lines

        return around_lines(known.around, on_desk.desk.case.catalog, known.is_open)

    def aside_of(self, on_desk: OnDesk) -> Line:
        known = self.known_of(on_desk)
        if known is None or known.around is None:
            return []
        from modtui.tui.twin_words import aside_words

        words = aside_words(known.around, on_desk.desk.case.catalog, known.is_open)
        fitting = fit_cells(one_line(words), max(8, self.card.inner_width - TITLE_CELLS))
        return [(f" {fitting} ", self.looks.lit)] if words else []

    def show_answers(self) -> None:
        super().show_answers()
        known = self.known_of(self.laid.on_desk) if self.laid is not None else None
        if known is not None and not known.is_open and known.on_desk.desk.answers:
            known.is_open = True
            # After the key's own paint, which nothing may delay.
            asyncio.get_running_loop().call_later(AHEAD_AFTER, self._opened, known)

    def _opened(self, known: Known) -> None:
        if self.is_mounted and known.around is not None and known.around.twins:
            self._show_late(known.on_desk)

    # Precedents ---

    def do_precedent(self) -> None:
        from modtui.services.precedents import disagreeing, give_back, take_over
        from modtui.tui.twin_words import filled_words, given_back_words

        assert self.laid is not None
        desk = self.laid.on_desk.desk
        if desk.taken is not None:
            said = given_back_words(give_back(desk))
        else:
            assert desk.offer is not None
            kept = disagreeing(desk)
            said = filled_words(desk.offer, take_over(desk), kept, desk.case.catalog)
        known = self.known_of(self.laid.on_desk)
        if known is not None and not known.is_open:
            known.is_open = True
            self._opened(known)
        self.show_answers()
        self.draft_soon()
        self.say(said)

    def objection(self) -> str:
        desk = self.desk
        if desk is None or desk.offer is None or desk.objected_to is desk.outcome:
            return ""
        from modtui.domain.precedents import goes_against
        from modtui.tui.twin_words import objection_words

        if not goes_against(desk.offer, desk.outcome):
            return ""
        desk.objected_to = desk.outcome
        self.show_ruling()
        return objection_words(desk.offer, desk.case.catalog)

    def _why_off_here(self, action: Action) -> str:
        if action in (actions.PRECEDENT, actions.TWIN, actions.CARD) and self.laid is not None:
            return self._why_nothing_around(action)
        return super()._why_off_here(action)

    def _why_nothing_around(self, action: Action) -> str:
        assert self.laid is not None
        on_desk = self.laid.on_desk
        if on_desk.is_alone or self.session.precedents is None:
            return "this ad is judged alone: what others said of it and its like is not shown"
        if action is actions.CARD:
            return "" if on_desk.desk.case.ad.advertiser.name else "the ad names no advertiser"
        if action is actions.PRECEDENT and on_desk.desk.taken is not None:
            return ""
        known = self.known_of(on_desk)
        if known is None or known.around is None:
            return "still looking for twins …"
        if not known.around.twins:
            return "this ad has no twins"
        if action is actions.PRECEDENT and known.around.offer is None:
            return "no twin of this ad has been decided"
        return ""

    # Screens ---

    def do_twins(self) -> None:
        from modtui.tui.screens.twins import TwinsScreen

        assert self.laid is not None
        known = self.known_of(self.laid.on_desk)
        assert known is not None and known.around is not None
        on_desk = known.on_desk
        screen = TwinsScreen(
            self.session, on_desk, known.around, known.is_open, self.care_of(on_desk), lambda: self.reveal(on_desk)
        )

        def left(_: None) -> None:
            if screen.to_open is not None:
                self._open_twin(screen.to_open)
            elif screen.group is not None:
                self._decide_group(screen.group)

        self.app.push_screen(screen, left)

    def _open_twin(self, twin: TwinAd) -> None:
        self.carry_out(lambda: self.session.open_ad(twin.item.source, twin.item.ad_id), writes=False)

    def _decide_group(self, group: Group) -> None:
        from modtui.domain.precedents import goes_against

        if self.desk is not group.lead:
            return

        def told(done: int, of: int) -> None:
            self._deciding = f"deciding {done:,} of {of:,} …"
            self.show_status(self._deciding)

        if goes_against(group.lead.offer, group.plan.outcome):
            group.lead.objected_to = group.plan.outcome  # the dialog has said so
        self._deciding = f"deciding {group.size:,} …"
        self.carry_out(lambda: self.session.decide_group(group, told))

    def _tell_saving(self) -> None:
        super()._tell_saving()
        if self._deciding:
            self.show_status(self._deciding)

    def _not_saved(self, error: ModtuiError, verb: Verb) -> None:
        self._deciding = ""
        super()._not_saved(error, verb)

    def _done(self, change: Change) -> None:
        self._deciding = ""
        super()._done(change)

    def do_advertiser(self) -> None:
        from modtui.tui.screens.advertiser_card import AdvertiserCard

        assert self.laid is not None and self.session.precedents is not None
        on_desk = self.laid.on_desk
        known = self.known_of(on_desk)
        around = known.around if known is not None else None

        screen = AdvertiserCard(on_desk, self.session.precedents, around)

        def left(_: None) -> None:
            if screen.has_changed:
                for each in (self.session.current, self.session.following):
                    if each is not None:
                        self._read_again(each)

        self.app.push_screen(screen, left)

    def _read_again(self, on_desk: OnDesk) -> None:
        """A note was written or taken back."""
        known = self._known.pop(id(on_desk), None)
        self._read_soon(on_desk)
        fresh = self.known_of(on_desk)
        if known is not None and fresh is not None:
            fresh.is_open = fresh.is_open or known.is_open
