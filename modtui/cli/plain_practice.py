"""Practice line by line: the line-mode reviewer over a pack, with the key behind answers."""

from __future__ import annotations

import threading
import time
from typing import TextIO

from modtui.cli.plain import PlainReviewer
from modtui.cli.plain_cells import HELP as CELLS_HELP
from modtui.cli.plain_evidence import HELP as EVIDENCE_HELP
from modtui.cli.plain_feedback import feedback_lines
from modtui.domain.policies import Answer
from modtui.domain.rulings import Outcome
from modtui.errors import ModtuiError
from modtui.services.desk import Desk
from modtui.services.exposure import CareBook
from modtui.services.plans import Plan
from modtui.services.practice_clock import TIME_IS_UP
from modtui.services.practice_desk import CHOOSE, PracticeDesk
from modtui.services.practising import PracticeSession

HELP = f"""\
Type a line and press Enter. Several answers may stand on one line before the deciding word: 1 3n r
  (empty line)      answer as the ruling says; behind an answer: the next ad; at the end: look back
  1 to 9            yes to that check; again: open. 1n no, 1o unsure
  al, aln, alo      the same by the two letters of a check
  N                 no to every lit check
  a  r              approve, reject; against the ruling it asks for a reason
  e ROUTE QUESTION  escalate;  d WHAT  ask for a document;  c TEXT  comment
{EVIDENCE_HELP}
{CELLS_HELP}
  ]  [              leave the ad for later, back to the one before
  U                 behind an answer: answer it again (the first answer stays the one that counts)
  X REASON          behind an answer: contest it;  f  what was said of it, once more
  C                 the report card, where the pack tells it
  z                 read masked text one step more clearly
  w                 the whole ruling and why;  t  the ad again;  l  all checks
  q                 quit (nothing is lost);  ?  this help"""
NEXT = "Enter: next ad. U answer it again, X REASON contest, f once more, C report card"
HIDDEN = "This pack does not say what follows from the answers."


class PlainPractice(PlainReviewer):
    """Practises in line mode what `PracticeScreen` practises on screen."""

    help_words = HELP
    session: PracticeSession

    def __init__(
        self,
        session: PracticeSession,
        source: TextIO | None = None,
        out: TextIO | None = None,
        care: CareBook | None = None,
    ) -> None:
        super().__init__(session, source, out, care)
        self._alarm: threading.Timer | None = None
        self._is_closed = False

    async def run(self) -> int:
        """Practise until the learner quits. Returns the exit status."""
        try:
            return await super().run()
        finally:
            if self._alarm is not None:
                self._alarm.cancel()

    async def _do(self, line: str) -> None:
        self.session.touch(time.monotonic())
        word, _, rest = line.partition(" ")
        if word == "?":
            self._write(self.help_words)
        elif word == "C":
            self._say_card()
        elif self.session.feedback is not None:
            await self._behind(word, rest)
        elif self.session.current is None:
            await self._at_end(line)
        elif word in ("]", "["):
            change = await (self.session.next_ad() if word == "]" else self.session.previous_ad())
            self._write(change.words)
            self._say_ad()
        elif word in ("X", "U", "f"):
            self._write("Answer the ad first: an answer is contested, or given again, once it was told.")
        else:
            await super()._do(line)

    async def _behind(self, word: str, rest: str) -> None:
        """Behind an answer, with the ad still there."""
        if word == "":
            self._write((await self.session.go_on()).words)
            self._say_ad()
        elif word == "U":
            self._write((await self.session.try_again()).words)
            self._say_ad()
        elif word == "X":
            self._write(await self._contest(rest))
        elif word == "t":
            self._say_card_of_ad()
        elif word == "f":
            self._say_ad()
        else:
            self._write(NEXT)

    async def _contest(self, reason: str) -> str:
        told = self.session.feedback
        assert told is not None
        check = next(iter((*told.missed, *told.too_much)), told.rationale.clause)
        return (await self.session.contest(reason, check)).words

    async def _at_end(self, line: str) -> None:
        if line == "" and self.session.shows_feedback:
            self._write((await self.session.look_back()).words)
        self._say_ad()

    # An outcome of one's own, where none is derived ---

    async def _decide(self, desk: Desk, plan: Plan) -> None:
        if not (isinstance(desk, PracticeDesk) and desk.hides_outcome):
            await super()._decide(desk, plan)
        elif plan.refusal == CHOOSE:
            self._write(f"{HIDDEN} {CHOOSE}")
        elif plan.outcome is Outcome.REJECT and Answer.YES not in desk.answers.values():
            self._write("Name the check it fails first, for instance: 1 r")
        else:
            outcome = self._how_far() if plan.outcome is Outcome.APPROVE else plan.outcome
            if outcome is not None:
                await self._state(desk, outcome)

    def _how_far(self) -> Outcome | None:
        self._write("How far?\n  1 as it is\n  2 with limits: not everywhere, or not to all")
        found = {"1": Outcome.APPROVE, "2": Outcome.APPROVE_LIMITED}.get(self.source.readline().strip())
        if found is None:
            self._write("Nothing answered.")
        return found

    async def _add(self, desk: Desk, word: str, rest: str) -> None:
        if word == "d" and rest and isinstance(desk, PracticeDesk) and desk.hides_outcome:
            desk.documents = (rest,)
            await self._state(desk, Outcome.REQUEST_INFO)
        else:
            await super()._add(desk, word, rest)

    async def _state(self, desk: PracticeDesk, outcome: Outcome) -> None:
        desk.stated = outcome
        self._write((await self.session.decide()).words)
        self._say_ad()

    def _show(self, desk: Desk, word: str) -> None:
        if word == "w" and isinstance(desk, PracticeDesk) and desk.hides_outcome:
            self._write(HIDDEN)
        else:
            super()._show(desk, word)

    def _edit_cells(self, desk: Desk, rest: str) -> None:
        if isinstance(desk, PracticeDesk) and desk.hides_outcome:
            self._write(f"{HIDDEN} {CHOOSE}")
        else:
            super()._edit_cells(desk, rest)

    def _say_ruling(self, desk: Desk) -> None:
        if isinstance(desk, PracticeDesk) and desk.hides_outcome:
            self._write(f"{HIDDEN} {CHOOSE}")
        else:
            super()._say_ruling(desk)

    # What is said ---

    def _say_ad(self) -> None:
        """The ad at hand, what is to be said of the answer to it, or the end."""
        self._set_alarm()
        told, at_hand = self.session.feedback, self.session.current
        if told is not None and at_hand is not None:
            for line in feedback_lines(told, at_hand.desk.case, self.session.lookalike_words(told)):
                self._write(line)
            self._write(NEXT)
        elif at_hand is None:
            self._say_news()
            self._say_end()
        else:
            self._write(f"{self.session.settings_words} {self.session.progress.decided}/{self.session.ad_count}")
            super()._say_ad()
            self._say_time()

    def _say_news(self) -> None:
        for news in self.session.take_news():
            for line in news.lines:
                self._write(f"NOTE {line}")

    def _say_card_of_ad(self) -> None:
        super()._say_ad()
        self._write(NEXT)

    def _say_time(self) -> None:
        left = self.session.left_ms
        if left is not None and not self.session.is_finished:
            minutes, seconds = divmod(max(0, left) // 1000, 60)
            self._write(f"{TIME_IS_UP}." if left < 0 else f"TIME {minutes}:{seconds:02} left")

    def _set_alarm(self) -> None:
        """Have it said once when the time is over, also while a line is being typed."""
        left = self.session.left_ms
        if self._alarm is None and left is not None and left > 0 and not self.session.is_finished:
            self._alarm = threading.Timer(left / 1000, lambda: self._write(f"\n{TIME_IS_UP}."))
            self._alarm.daemon = True
            self._alarm.start()

    def _say_end(self) -> None:
        if self.session.is_finished and not self._is_closed:
            self._is_closed = True
            try:
                self.session.write_answers()
            except ModtuiError as error:
                self._write(f"NOT WRITTEN. {error.title}: {error.message} {error.hint}")
        for words in self.session.end_words():
            if words:
                self._write(words)
        look_back = "Enter looks back at what was not right. " if self.session.shows_feedback else ""
        self._write(f"{look_back}q quits.")

    def _say_card(self) -> None:
        from modtui.cli.card_lines import card_lines
        from modtui.services.practice_cards import own_card

        for line in card_lines(own_card(self.session.taken, self.session.run, self.session.reviewer)):
            self._write(line)
