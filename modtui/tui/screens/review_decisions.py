"""Deciding: outcomes, reasons, routes, documents, hold, skip, undo. One verb at a time, on disk before what follows.

Dialogs are imported where a key opens one: they are no part of the way to the first ad.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from modtui.domain.decisions import EscalationRequest
from modtui.domain.overrides import OVERRIDE_REASONS, Override
from modtui.domain.policies import Answer
from modtui.domain.rulings import Outcome
from modtui.errors import ModtuiError
from modtui.services.desk import Plan
from modtui.services.reviewing import HOLD_REASONS, OUTCOMES_BY_KEY, SKIP_REASONS, Change
from modtui.tui import actions
from modtui.tui.keymap import key_of, sign
from modtui.tui.messages import Changed
from modtui.tui.screens.action_screen import character_of
from modtui.tui.screens.review_base import ReviewBase

Verb = Callable[[], Awaitable[Change]]

SAVING_AFTER = 0.15
"Seconds after which a commit that is still running is named."
HOLD_MINUTES = {
    "asked a colleague": 60,
    "waiting for advertiser": 24 * 60,
    "need more time": 30,
    "break": 15,
    "other": 60,
}
DOCUMENTS = (
    "Licence or approval for the product in the targeted market",
    "Proof of the claim made in the ad",
    "Right to use the name, picture or music",
    "Proof of who pays for the ad",
)
"What is asked for most; the last choice of the dialog is free text."


class DecideActions(ReviewBase):
    """What keys do to the ad as a whole."""

    _verb_task: asyncio.Task[None] | None = None
    _followed: asyncio.Task[None] | None = None
    _tell_after: asyncio.TimerHandle
    _retry: tuple[Verb, object] | None = None
    "The verb that could not be saved, and what the desk said then."

    # Verbs ---

    def is_deciding(self, key: str) -> bool:
        """Also the key for a document, where the answers already say what to ask for."""
        action = self.keymap.action(self.context, key_of(key, character_of(key)))
        return super().is_deciding(key) or (action is actions.DOCUMENT and self._document_is_known)

    def carry_out(self, verb: Verb, writes: bool = True) -> None:
        """Run a verb of the session; while it runs there is no second one. Only one that writes can be *not saved*."""
        if self.is_saving:
            self.say("saving the last decision …", is_warning=True)
            return
        self.is_saving = True
        self.ad_leaves()
        self._verb_task = asyncio.create_task(self._carry_out(verb, writes))

    async def _carry_out(self, verb: Verb, writes: bool) -> None:
        self._tell_after = asyncio.get_running_loop().call_later(SAVING_AFTER, self._tell_saving)
        try:
            change = await verb()
        except ModtuiError as error:
            self._tell_after.cancel()
            self.is_saving = False
            if writes:
                self._not_saved(error, verb)
            else:
                self.say(" · ".join(part for part in (error.title, error.message, error.hint) if part), is_warning=True)
                self.show_status()
                self.card.draw_title()
        else:
            self._tell_after.cancel()
            self.is_saving = False
            self._done(change)
        finally:
            self._tell_after.cancel()
            self.is_saving = False

    def _tell_saving(self) -> None:
        """Say what the wait is for, as long as it lasts."""
        other = self.session.waits_for
        self.show_status(f"waiting for another modtui ({other}) …" if other else "saving …")
        self._tell_after = asyncio.get_running_loop().call_later(SAVING_AFTER, self._tell_saving)

    async def finish(self) -> None:
        """Wait for the running verb, then keep the draft."""
        if self._verb_task is not None:
            await asyncio.wait({self._verb_task})
        if self.session.current is not None:
            await self.session.save_draft()

    def take_back_last(self) -> None:
        """Undo the decision that stray input made, once it is on disk."""
        self._followed = asyncio.create_task(self._take_back())

    async def _take_back(self) -> None:
        if self._verb_task is not None:
            await asyncio.wait({self._verb_task})
        self.carry_out(self.session.undo, writes=False)

    def _done(self, change: Change) -> None:
        self.banner = ""
        self._retry = None
        self.in_hand = self.checks
        self.remove_class("-ad-in-hand", "-checks-in-hand")
        self.show_all()
        self.card.draw_title()  # the guard waits for a paint, also where the same ad stays
        self.say(change.words)
        self.tell_news()
        self.post_message(Changed(change))

    def _not_saved(self, error: ModtuiError, verb: Verb) -> None:
        """Ad, answers and note stay as they are; the accepting key tries again."""
        self._retry = (verb, self._desk_says())
        again = sign(self.keymap.key(actions.ACCEPT))
        told = error.title.upper() if error.title.lower().startswith("not saved") else f"NOT SAVED: {error.title}"
        self.banner = " · ".join(part for part in (told, f"{again} tries again", error.hint, error.message) if part)
        self.show_ruling()
        self.show_status()
        self.card.draw_title()

    def _desk_says(self) -> object:
        """What a verb that is tried again must still find: the ad, and all that its outcome follows from."""
        desk = self.desk
        return desk and (id(desk), dict(desk.answers), desk.override, desk.escalation, desk.documents)

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
        if self._retry is not None and self.banner and self._retry[1] == self._desk_says():
            self.carry_out(self._retry[0])
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
        from modtui.tui.screens.dialog import Choice, Option

        assert self.desk is not None
        desk = self.desk
        rows = [row for row in desk.rows if row.is_prominent]
        options = [Option(str(row.digit or ""), row.check.ask, desk.letters(row.check.id)) for row in rows]

        def chosen(index: int | None) -> None:
            if index is None or self.desk is not desk:
                return
            desk.answer(rows[index].check.id, Answer.YES)
            self.show_answers()
            self.draft_soon()
            self._decide_as(wanted)

        self.app.push_screen(Choice("Reject: which check?", options, decides=True), chosen)

    def _pick_reason(self, wanted: Outcome) -> None:
        from modtui.tui.screens.dialog import Choice, Option

        assert self.desk is not None
        desk = self.desk
        reasons = list(OVERRIDE_REASONS.items())
        derived = desk.words(desk.outcome)
        options = [Option(str(digit), words) for digit, (_, words) in enumerate(reasons, start=1)]

        def chosen(index: int | None) -> None:
            if index is None or self.desk is not desk:
                return
            reason = reasons[index][0]
            if reason == "other" and not desk.note:
                self._write_note(lambda: self._override(wanted, reason), decides=True)
            else:
                self._override(wanted, reason)

        title = f"{desk.words(wanted)} although the answers say {derived}. Why?"
        self.app.push_screen(Choice(title, options, decides=True), chosen)

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
                self.say(f"{len(override.edits)} cells edited" if override.edits else "cells as derived")

        self.app.push_screen(CellsEditor(desk), edited)

    # Documents, escalation ---

    def do_ask_document(self) -> None:
        from modtui.tui.screens.dialog import Choice, Entry, Option

        assert self.desk is not None
        desk = self.desk
        if self._document_is_known:
            self.decide_now()
            return
        options = [Option(str(digit), words) for digit, words in enumerate(DOCUMENTS, start=1)]
        options.append(Option(str(len(DOCUMENTS) + 1), "Something else: write it"))

        def chosen(index: int | None) -> None:
            if index is None or self.desk is not desk:
                return
            if index < len(DOCUMENTS):
                self._ask_for(DOCUMENTS[index])
            else:
                self.app.push_screen(Entry("Which document?", decides=True), lambda text: self._ask_for(text or ""))

        self.app.push_screen(Choice("Ask the advertiser for", options, decides=True), chosen)

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
        from modtui.tui.screens.dialog import Choice, Option

        assert self.desk is not None
        desk = self.desk
        offered = {kind.route: kind.escalation_class for _, kind in desk.ruling.offered}
        routes = dict(sorted(self.session.routes.items(), key=lambda route: route[0] not in offered))
        options = [Option(str(n), name, words) for n, (name, words) in enumerate(routes.items(), start=1)]
        question = desk.note or self._question()
        title = f"Escalate to which route?  Question: {question}" if question else "Escalate to which route?"

        def chosen(index: int | None) -> None:
            if index is None or self.desk is not desk:
                return
            route = list(routes)[index]
            desk.escalate(EscalationRequest(route, question, offered.get(route, "")))
            self.show_ruling()
            self.decide_now()

        self.app.push_screen(
            Choice(title, options, decides=True, hint="digit escalates · write the question first with c · esc back"),
            chosen,
        )

    def _question(self) -> str:
        """The questions left open by *unsure*, as the escalation's question."""
        assert self.desk is not None
        catalog = self.desk.case.catalog
        asks = [
            catalog.check_by_id[check_id].ask for check_id, given in self.desk.answers.items() if given is Answer.UNSURE
        ]
        return " ".join(asks)

    # Leaving the ad ---

    def do_hold(self) -> None:
        from modtui.tui.screens.dialog import Choice, Option

        minutes = [HOLD_MINUTES.get(reason, 60) for reason in HOLD_REASONS]
        options = [
            Option(str(n), reason, f"back in {time_words(minutes[n - 1])}")
            for n, reason in enumerate(HOLD_REASONS, start=1)
        ]
        note = self.desk.note if self.desk else ""

        def chosen(index: int | None) -> None:
            if index is not None:
                self.carry_out(lambda: self.session.hold(HOLD_REASONS[index], minutes[index], note))

        self.app.push_screen(Choice("Hold: why?", options, decides=True), chosen)

    def do_skip(self) -> None:
        from modtui.tui.screens.dialog import Choice, Option

        options = [Option(str(n), reason) for n, reason in enumerate(SKIP_REASONS, start=1)]

        def chosen(index: int | None) -> None:
            if index is not None:
                self.carry_out(lambda: self.session.skip(SKIP_REASONS[index]))

        self.app.push_screen(Choice("Skip: why?", options, decides=True), chosen)

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


def time_words(minutes: int) -> str:
    return f"{minutes // 60} h" if minutes % 60 == 0 else f"{minutes} min"
