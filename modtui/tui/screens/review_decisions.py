"""Deciding: outcomes, reasons, routes, documents, hold, skip, undo.

Dialogs are imported where a key opens one: they are no part of the way to the first ad.
"""

from __future__ import annotations

from collections.abc import Callable

from modtui.domain.overrides import Override
from modtui.domain.plurals import number_of
from modtui.domain.policies import Answer
from modtui.domain.rulings import Outcome
from modtui.services.plans import Plan
from modtui.services.reviewing import HOLD_MINUTES, HOLD_REASONS, OUTCOMES_BY_KEY, SKIP_REASONS
from modtui.tui import actions
from modtui.tui.keymap import key_of
from modtui.tui.screens.action_screen import character_of
from modtui.tui.screens.review_verbs import VerbActions


class DecideActions(VerbActions):
    """What keys do to the ad as a whole."""

    def is_deciding(self, key: str) -> bool:
        """Also the key for a document, where the answers already say what to ask for."""
        action = self.keymap.action(self.context, key_of(key, character_of(key)))
        return super().is_deciding(key) or (action is actions.DOCUMENT and self._document_is_known)

    # Outcomes ---

    def decide_now(self) -> None:
        """Decide, unless something is to be said first: then the same key again goes on."""
        objection = self.objection()
        if objection:
            self.say(objection, is_warning=True)
        else:
            self.carry_out(self.session.decide)

    def objection(self) -> str:
        """What speaks against the outcome, said once; empty when nothing does."""
        return ""

    def do_accept(self) -> None:
        if self.try_again():
            return
        assert self.desk is not None
        self._decide_by(self.desk.plan())

    def do_approve(self) -> None:
        self._decide_as(OUTCOMES_BY_KEY["a"])

    def do_reject(self) -> None:
        self._decide_as(OUTCOMES_BY_KEY["r"])

    def _decide_as(self, wanted: Outcome) -> None:
        assert self.desk is not None
        plan = self.desk.plan_for(wanted)
        if plan.refusal:
            self.say(plan.refusal, is_warning=True)
        elif plan.needs_check:
            self._pick_check(wanted)
        elif plan.needs_reason:
            self._pick_reason(wanted)
        else:
            self.decide_now()

    def _decide_by(self, plan: Plan) -> None:
        if plan.refusal:
            self.say(plan.refusal, is_warning=True)
        else:
            self.decide_now()

    def _pick_check(self, wanted: Outcome) -> None:
        """A rejection names what it rests on: choose the check, which is answered yes."""
        from modtui.tui.screens.decision_dialogs import which_check

        assert self.desk is not None
        desk = self.desk
        checks, dialog = which_check(desk)

        def chosen(index: int | None) -> None:
            if index is None or self.desk is not desk:
                return
            desk.answer(checks[index].id, Answer.YES)
            self.show_answers()
            self.draft_soon()
            self._decide_as(wanted)

        self.app.push_screen(dialog, chosen)

    def _pick_reason(self, wanted: Outcome) -> None:
        from modtui.tui.screens.decision_dialogs import REASONS, which_reason

        assert self.desk is not None
        desk = self.desk

        def chosen(index: int | None) -> None:
            if index is None or self.desk is not desk:
                return
            reason = REASONS[index]
            if reason == "other" and not desk.note:
                self._write_note(lambda: self._override(wanted, reason), decides=True)
            else:
                self._override(wanted, reason)

        self.app.push_screen(which_reason(desk, wanted), chosen)

    def _override(self, wanted: Outcome, reason: str) -> None:
        assert self.desk is not None
        desk = self.desk
        desk.edit_cells(desk.override_for(wanted, reason, desk.note))
        self.show_ruling()
        self.decide_now()

    def do_edit_cells(self) -> None:
        from modtui.tui.screens.cells import CellsEditor

        assert self.desk is not None
        desk = self.desk

        def edited(override: Override | None) -> None:
            if override is not None and self.desk is desk:
                desk.edit_cells(override if override.edits else None)
                self.show_answers()
                self.draft_soon()
                self.say(f"{number_of(len(override.edits), 'cell')} edited" if override.edits else "cells as derived")

        self.app.push_screen(CellsEditor(desk), edited)

    # Documents, escalation ---

    def do_ask_document(self) -> None:
        from modtui.tui.screens.decision_dialogs import DOCUMENTS, which_document
        from modtui.tui.screens.dialog import Entry

        assert self.desk is not None
        desk = self.desk
        if self._document_is_known:
            self.decide_now()
            return

        def chosen(index: int | None) -> None:
            if index is None or self.desk is not desk:
                return
            if index < len(DOCUMENTS):
                self._ask_for(DOCUMENTS[index])
            else:
                self.app.push_screen(Entry("Which document?", decides=True), lambda text: self._ask_for(text or ""))

        self.app.push_screen(which_document(), chosen)

    @property
    def _document_is_known(self) -> bool:
        desk = self.desk
        return desk is not None and desk.outcome is Outcome.REQUEST_INFO and desk.plan_for(desk.outcome).is_ready

    def _ask_for(self, document: str) -> None:
        if self.desk is None or not document.strip():
            return
        desk = self.desk
        desk.documents = (*desk.documents, document.strip())
        if desk.outcome is Outcome.REQUEST_INFO:
            self.show_ruling()
            self.decide_now()
        else:
            self.show_answers()
            self.draft_soon()
            self.say(f"added to the decision: {document.strip()}")

    def do_escalate(self) -> None:
        from modtui.tui.screens.decision_dialogs import which_route

        assert self.desk is not None
        desk = self.desk
        requests, dialog = which_route(desk, self.session.routes)

        def chosen(index: int | None) -> None:
            if index is None or self.desk is not desk:
                return
            desk.escalate(requests[index])
            self.show_ruling()
            self.decide_now()

        self.app.push_screen(dialog, chosen)

    # Leaving the ad ---

    def do_hold(self) -> None:
        from modtui.tui.screens.decision_dialogs import why_hold

        note = self.desk.note if self.desk else ""

        def chosen(index: int | None) -> None:
            if index is not None:
                self.carry_out(lambda: self.session.hold(HOLD_REASONS[index], HOLD_MINUTES[HOLD_REASONS[index]], note))

        self.app.push_screen(why_hold(), chosen)

    def do_skip(self) -> None:
        from modtui.tui.screens.decision_dialogs import why_skip

        def chosen(index: int | None) -> None:
            if index is not None:
                self.carry_out(lambda: self.session.skip(SKIP_REASONS[index]))

        self.app.push_screen(why_skip(), chosen)

    def do_undo(self) -> None:
        self.carry_out(self.session.undo, writes=False)

    def do_redo(self) -> None:
        self.carry_out(self.session.redo)

    def do_next_ad(self) -> None:
        self.carry_out(self.session.next_ad, writes=False)

    def do_previous_ad(self) -> None:
        self.carry_out(self.session.previous_ad, writes=False)

    def do_put_off_catalog(self) -> None:
        self.say(self.session.put_off())

    # The note ---

    def do_note(self) -> None:
        self._write_note(lambda: None)

    def _write_note(self, then: Callable[[], None], decides: bool = False) -> None:
        from modtui.tui.screens.dialog import Entry

        assert self.desk is not None
        desk = self.desk

        def written(text: str | None) -> None:
            if text is not None and self.desk is desk:
                desk.note = text
                self.show_answers()
                self.draft_soon()
                then()

        self.app.push_screen(Entry("Comment on this ad", desk.note, decides=decides), written)
