"""Answering: digits, letters, yes, no, unsure, and moving among checks and through the ad."""

from __future__ import annotations

from collections.abc import Callable

from textual import events

from modtui.domain.plurals import number_of
from modtui.domain.policies import Answer, Check
from modtui.tui import actions
from modtui.tui.actions import Action
from modtui.tui.keymap import key_of
from modtui.tui.screens.action_screen import character_of
from modtui.tui.screens.review_base import ReviewBase

SPELLING = "check: "


class AnswerActions(ReviewBase):
    """What keys do to the answers, the cursor and the panes."""

    def take_key(self, key: str, event: events.Key) -> None:
        self.session.touch(event.time)
        if self.letters is not None:
            self._spell(key)
            return
        super().take_key(key, event)

    def do(self, action: Action) -> None:
        if action.id.startswith("digit-"):
            self._digit(int(action.id[6:]))
        else:
            super().do(action)

    def is_deciding(self, key: str) -> bool:
        return self.letters is None and super().is_deciding(key)

    def deciding_in_turn(self) -> Callable[[str], bool]:
        """Whether each key of one read decides, asked in their order: two letters after Space spell a check."""
        spelled = 0 if self.letters is None else 2 - len(self.letters)

        def is_deciding(key: str) -> bool:
            nonlocal spelled
            if spelled:
                spelled -= 1
                return False
            action = self.keymap.action(self.context, key_of(key, character_of(key)))
            if action is actions.LETTERS:
                spelled = 2
            return action is not None and action.decides

        return is_deciding

    # Answers ---

    def _digit(self, digit: int) -> None:
        assert self.laid is not None
        check = self.laid.on_desk.desk.check_at(digit)
        if check is None:
            self.say(f"no check has the digit {digit}; space and two letters reach any", is_warning=True)
        else:
            self.toggle(check)

    def toggle(self, check: Check) -> None:
        """Yes, and again: open."""
        assert self.laid is not None
        self.laid.on_desk.desk.toggle(check.id)
        self._answered(check)

    def answer(self, check: Check, answer: Answer | None) -> None:
        assert self.laid is not None
        self.laid.on_desk.desk.answer(check.id, answer)
        self._answered(check)

    def _answered(self, check: Check) -> None:
        assert self.laid is not None
        self.laid.checks.point_at(check.id)
        self.show_answers()
        self.draft_soon()

    def _at_cursor(self, answer: Answer) -> None:
        assert self.laid is not None
        row = self.laid.checks.current
        if row is None:
            self.say("no check is under the cursor", is_warning=True)
            return
        is_given = self.laid.on_desk.desk.answers.get(row.check.id) is answer
        self.answer(row.check, None if is_given else answer)

    def do_yes(self) -> None:
        self._at_cursor(Answer.YES)

    def do_no(self) -> None:
        self._at_cursor(Answer.NO)

    def do_unsure(self) -> None:
        self._at_cursor(Answer.UNSURE)

    def do_no_to_lit(self) -> None:
        assert self.laid is not None
        count = self.laid.on_desk.desk.clear_lit()
        self.show_answers()
        self.draft_soon()
        self.say(f"no to {number_of(count, 'lit check')}" if count else "no lit check is open")

    def do_repeat(self) -> None:
        count = self.session.repeat_last()
        self.show_answers()
        self.draft_soon()
        self.say(
            f"{number_of(count, 'answer')} of the last ad filled in; the ruling is this ad's own"
            if count
            else "no ad was decided before"
        )
        self.tell_news()

    def do_previous_version(self) -> None:
        count = self.session.offer_previous()
        self.show_answers()
        self.draft_soon()
        self.say(
            f"{number_of(count, 'answer')} of the last version filled in where nothing changed"
            if count
            else "nothing to take over"
        )
        self.tell_news()

    # Letters ---

    def do_letters(self) -> None:
        self.letters = ""
        self.say(f"{SPELLING}_ _   two letters of any check, esc back")

    def _spell(self, key: str) -> None:
        """One more letter of a check's short name; anything else ends the spelling."""
        assert self.letters is not None and self.laid is not None
        if not (len(key) == 1 and key.isalnum()):
            self.letters = None
            self.show_footer()
            return
        self.letters += key
        if len(self.letters) < 2:
            catalog = self.laid.on_desk.desk.case.catalog
            known = [each for each in catalog.check_by_key if each.startswith(self.letters)]
            self.say(f"{SPELLING}{self.letters} _   {' '.join(known[:20])}")
            return
        letters, self.letters = self.letters, None
        check = self.laid.on_desk.desk.case.catalog.check_by_key.get(letters)
        if check is None:
            self.say(f"no check has the letters {letters}", is_warning=True)
        elif not self.laid.on_desk.desk.case.is_asked(check, self.laid.on_desk.desk.answers):
            parent = self.laid.on_desk.desk.case.catalog.check_by_id[check.when[0][0]] if check.when else check
            self.say(
                f"{letters} is asked once {parent.key} is {check.when[0][1].value if check.when else 'in force'}",
                is_warning=True,
            )
        else:
            self.toggle(check)

    # Moving ---

    def do_next_check(self) -> None:
        self._move(1)

    def do_previous_check(self) -> None:
        self._move(-1)

    def _move(self, step: int) -> None:
        if self.laid is None:
            return
        if self.in_hand is self.card:
            self._move_in_ad(step)
            return
        checks = self.laid.checks
        cursor = max(0, min(checks.cursor + step, len(checks.starts) - 1))
        if cursor != checks.cursor:
            checks.cursor = cursor
            self.show_cursor()
        elif step > 0:
            self.checks.scroll_by(1)
            self.clear_said()

    def _move_in_ad(self, step: int) -> None:
        """The next component of the ad: evidence for the next yes without cue matches."""
        assert self.laid is not None
        desk = self.laid.on_desk.desk
        desk.focused = self.card.component_after(desk.focused, step)
        self.card.bring_into_view(*self.card.lines_of(desk.focused))
        self.show_ad_again()
        self.clear_said()

    def do_scroll_down(self) -> None:
        self.card.scroll_by(max(1, self.card.inner_height - 2))

    def do_scroll_up(self) -> None:
        self.card.scroll_by(-max(1, self.card.inner_height - 2))

    def do_panes(self) -> None:
        self._take_in_hand(self.checks if self.in_hand is self.card else self.card)

    do_pane = do_panes

    def do_normal(self) -> None:
        if self.is_saving:
            self.call_back()
            return
        self.banner = ""
        self._take_in_hand(self.checks)
        self.show_footer()
        self.show_ruling()

    def _take_in_hand(self, pane: object) -> None:
        """Give one pane the keys and, where panes are stacked, the room; the panes' sizes bring the repaint."""
        was = self.in_hand
        self.in_hand = self.card if pane is self.card else self.checks
        self.set_class(self.in_hand is self.card, "-ad-in-hand")
        self.set_class(self.in_hand is self.checks and was is self.card, "-checks-in-hand")
        if self.laid is not None:
            if self.in_hand is self.card and not self.laid.on_desk.desk.focused:
                self.laid.on_desk.desk.focused = self.card.component_after("", 1)
            self.show_ad_again()
        self.card.activate(self.in_hand is self.card)
        self.checks.activate(self.in_hand is self.checks)

    # What is off ---

    def why_off(self, action: Action) -> str:
        if self.is_saving and action.context == actions.REVIEW and action is not actions.BACK_PANE:
            return "saving the last decision …"
        needs_ad = action.context == actions.REVIEW and action not in (actions.UNDO, actions.REDO, actions.BACK_PANE)
        if self.laid is None and needs_ad:
            return "no ad is on the desk"
        return self._why_off_here(action)

    def _why_off_here(self, action: Action) -> str:
        if action is actions.PREVIOUS and (self.laid is None or self.laid.on_desk.previous is None):
            return "this ad has no earlier version"
        if action is actions.BRIEFINGS and self.laid and not self.laid.on_desk.desk.case.catalog.briefings:
            return "no briefings in this catalog"
        if action is actions.TRANSLATION and self.laid and not self.laid.on_desk.desk.case.ad.translations:
            return "no translation came with this ad"
        if action is actions.PAGE and self.laid and not self.laid.on_desk.desk.case.ad.landing_page.text:
            return "no text of the page was captured"
        return ""
