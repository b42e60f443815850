"""Conflicts on the review screen: the decisions beside each other, and a reason before one settles them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modtui.tui import actions
from modtui.tui.actions import Action
from modtui.tui.screens.review_twins import TwinActions

if TYPE_CHECKING:
    from modtui.services.review_session import ReviewSession


class ConflictActions(TwinActions):
    """Asks whoever settles a conflict why. Who may is the session's to say."""

    session: ReviewSession  # of the sessions only a review meets ads in conflict

    @property
    def parties(self) -> tuple[str, ...]:
        """Who decided the ad on the desk, where their decisions stand against each other."""
        return self.laid.on_desk.parties if self.laid is not None else ()

    def _why_off_here(self, action: Action) -> str:
        if action is actions.CONFLICTS and not self.parties:
            return "no decisions stand against each other on this ad: home lists the conflicts"
        return super()._why_off_here(action)

    def decide_now(self) -> None:
        desk = self.desk
        if desk is None or not self.parties or desk.note.strip():
            super().decide_now()
            return
        reason = self.session.settling.why_not_mine(self.parties)
        if reason:
            self.say(reason, is_warning=True)
            return
        from modtui.tui.screens.dialog import Entry

        def reasoned(note: str | None) -> None:
            if self.desk is not desk or note is None:
                return
            if not note.strip():
                self.say("not settled: it needs a reason, which who decided otherwise will read", is_warning=True)
                return
            desk.note = note.strip()
            self.show_answers()
            self.decide_now()

        words = f"{', '.join(self.parties)} decided otherwise. Why is this right? They will read it."
        self.app.push_screen(Entry(words, decides=True), reasoned)

    def do_conflicts(self) -> None:
        from modtui.tui.screens.conflict import ConflictScreen

        assert self.laid is not None
        item = self.laid.on_desk.item
        screen = ConflictScreen(self.session.settling, (item.source, item.ad_id, item.queue))

        def left(_: None) -> None:
            if screen.has_settled:
                self.carry_out(lambda: self.session.open_ad(item.source, item.ad_id), writes=False)

        self.app.push_screen(screen, left)
