"""Looking closer: why, help, palette, find, evidence, translation, page, picture, and going places.

Dialogs are imported where a key opens one: they are no part of the way to the first ad.
"""

from __future__ import annotations

from modtui.domain.plurals import number_of
from modtui.domain.policies import Answer
from modtui.tui import actions
from modtui.tui.keymap import sign
from modtui.tui.screens.action_screen import app_of
from modtui.tui.screens.review_media import MediaActions


class LookActions(MediaActions):
    """What opens something to read or to choose from."""

    _shift_is_open = False
    to_read = ""
    "What the status line says of briefings that must still be read."

    def do_why(self) -> None:
        from modtui.tui.screens.dialog import Reading
        from modtui.tui.screens.why import why_words

        assert self.desk is not None and self.laid is not None
        row = self.laid.checks.current
        self.app.push_screen(Reading("Why", why_words(self.desk, row.check if row else None)))

    def do_policies(self) -> None:
        from modtui.tui.screens.policy_browser import AtDesk, PolicyBrowser

        at = None
        if self.laid is not None:
            row = self.laid.checks.current
            at = AtDesk(self.laid.on_desk.desk, self.laid.on_desk.item, row.check if row else None)
        self.app.push_screen(PolicyBrowser(self.session.library, at))

    def do_report_clause(self) -> None:
        from modtui.tui.screens.clause_report import ask_report

        assert self.laid is not None
        row, item = self.laid.checks.current, self.laid.on_desk.item
        policy_id, check_id = (row.check.policy_id, row.check.id) if row else ("", "")
        ask_report(self, self.session.library, policy_id, check_id, item, self.say)

    def do_find_check(self) -> None:
        from modtui.tui.screens.dialog import Finder, Option

        assert self.desk is not None
        desk = self.desk
        checks = [check for check in desk.case.catalog.checks if check.need is None]
        options = [Option(check.key, check.ask, check.id) for check in checks]

        def chosen(index: int | None) -> None:
            if index is None or self.desk is not desk or self.laid is None:
                return
            check = checks[index]
            desk.bring(check)
            self.laid.checks.point_at(check.id)
            self.show_answers()
            self.say(f"{check.key} is in view: y yes, n no, o unsure")

        self.app.push_screen(Finder("Find a check", options), chosen)

    def do_evidence(self) -> None:
        from modtui.services.evidence_places import places_for, turn_place
        from modtui.tui.screens.dialog import Choice
        from modtui.tui.screens.evidence_picker import options_for

        assert self.laid is not None
        desk, row = self.laid.on_desk.desk, self.laid.checks.current
        if row is None or desk.answers.get(row.check.id) is not Answer.YES:
            self.say("answer the check yes first: evidence belongs to a finding", is_warning=True)
            return
        places = places_for(desk, row.check)

        def chosen(index: int | None) -> None:
            if index is None or self.desk is not desk:
                return
            count = turn_place(desk, row.check, places[index])
            self.draft_soon()
            self.say(f"{number_of(count, 'place')} of evidence for {desk.letters(row.check.id)}")

        self.app.push_screen(
            Choice(f"Evidence for {desk.letters(row.check.id)}", options_for(desk, row.check, places)), chosen
        )

    # Briefings ---

    def _painted(self) -> None:
        super()._painted()
        if not self._shift_is_open:
            self._shift_is_open = True
            if self.desk is not None and self.desk.case.catalog.briefings:
                self.run_worker(self._open_shift(), exit_on_error=True)

    async def _open_shift(self) -> None:
        from modtui.tui.screens.briefings import open_shift

        app = app_of(self)
        is_begun, app.shift_has_begun = app.shift_has_begun, True
        await open_shift(self, self.session.library, is_begun, self._say_unread)

    def do_briefings(self) -> None:
        from modtui.tui.screens.briefings import read_briefings

        self.run_worker(read_briefings(self, self.session.library, self.say, self._say_unread), exit_on_error=True)

    def show_status(self, word: str = "") -> None:
        super().show_status(word or self.to_read)

    def _say_unread(self, count: int) -> None:
        key = sign(self.keymap.key(actions.BRIEFINGS))
        self.to_read = f"{count} to read: {key}" if count else ""
        self.show_status()

    def do_translation(self) -> None:
        self.shows_translation = not self.shows_translation
        self.ahead = None
        self.show_ad_again()

    def do_page(self) -> None:
        assert self.desk is not None
        self.desk.opened.add("page")
        self.show_ad_again()
        self.card.scroll_by(self.card.lines_of("page")[0] - self.card.top)
        self.draft_soon()

    def do_page_beside(self) -> None:
        assert self.laid is not None
        on_desk = self.laid.on_desk
        page = on_desk.desk.case.ad.landing_page
        if not (page.url or page.title or page.text or page.media):
            self.say("this ad has no landing page", is_warning=True)
            return
        from modtui.tui.screens.page_beside import Beside, PageBeside

        room = self.room if app_of(self).draws_media else None
        beside = Beside(
            on_desk, self.queue_of(on_desk), room, self.care_of(on_desk), self.draft_soon,
            lambda: self.reveal(on_desk),
        )  # fmt: skip
        self.app.push_screen(PageBeside(beside), lambda _: self.show_ad_again())

    def do_signals(self) -> None:
        from modtui.tui.screens.dialog import Reading
        from modtui.tui.signal_lines import signal_words

        assert self.desk is not None
        self.app.push_screen(Reading("Signals", signal_words(self.desk)))

    # Places ---
