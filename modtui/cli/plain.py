"""The line-mode reviewer: the same services, one line at a time, for screen readers and poor terminals."""

from __future__ import annotations

import sys
import time
from typing import TextIO

from modtui.cli.common import safe
from modtui.cli.plain_briefings import PlainBriefings
from modtui.cli.plain_care import PlainCare
from modtui.cli.plain_cells import HELP as CELLS_HELP
from modtui.cli.plain_cells import PlainCells
from modtui.cli.plain_evidence import HELP as EVIDENCE_HELP
from modtui.cli.plain_evidence import mark_evidence
from modtui.cli.plain_lines import ad_lines, number_in, row_line, ruling_lines
from modtui.cli.plain_twins import HELP as TWINS_HELP
from modtui.cli.plain_twins import PlainTwins
from modtui.domain.plurals import number_of
from modtui.domain.policies import Answer, Check
from modtui.domain.rulings import Outcome
from modtui.errors import ModtuiError
from modtui.services.desk import Desk
from modtui.services.exposure import CareBook
from modtui.services.plans import Plan
from modtui.services.reviewing import HOLD_MINUTES, HOLD_REASONS, SKIP_REASONS, Session

HELP = f"""\
Type a line and press Enter. Several answers may stand on one line before the deciding word: 1 3n r
  (empty line)      decide as the ruling says
  1 to 9            yes to that check; again: open. 1n no, 1o unsure
  al, aln, alo      the same by the two letters of a check
  N                 no to every lit check
  .  P              fill in the last ad's answers; those of the last version, where nothing changed
  a  r              approve, reject; against the ruling it asks for a reason
  e ROUTE QUESTION  escalate;  d WHAT  ask for a document;  c TEXT  comment
  h N  s N          hold, skip, with the number of a reason
{EVIDENCE_HELP}
{CELLS_HELP}
  b  b N            the briefings; I have read that one
  X al KIND NOTE    report the clause of a check as unclear, missing or wrong
  u  U              undo, redo
{TWINS_HELP}
  z                 read masked text one step more clearly
  Z                 put off another version of the catalog in which only words differ
  w                 the whole ruling and why;  t  the ad again;  l  all checks
  q                 quit (nothing is lost);  ?  this help"""

ANSWERS = {"": Answer.YES, "y": Answer.YES, "n": Answer.NO, "o": Answer.UNSURE}


class PlainReviewer:
    """Reads commands from one stream and writes text to another: `session.current` is always what was written last."""

    help_words = HELP

    def __init__(
        self,
        session: Session,
        source: TextIO | None = None,
        out: TextIO | None = None,
        care: CareBook | None = None,
    ) -> None:
        self.session = session
        self.source = source or sys.stdin
        self.out = out or sys.stdout
        self.care = PlainCare(care)
        self.twins = PlainTwins(session, self._write)
        self.briefings = PlainBriefings(session, self._write)
        self.cells = PlainCells(self.source, self._write)

    async def run(self) -> int:
        """Review until the reviewer quits, also past the last ad: it can be undone. Returns the exit status."""
        await self.session.start()
        try:
            at_hand = self.session.current
            if at_hand is not None and at_hand.desk.case.catalog.briefings:
                await self.briefings.tell()
            self._say_ad()
            while True:
                await self.session.look_at_catalog()
                self._say_news()
                if hint := self.care.left(self.session.current):
                    self._write(hint)
                await self.twins.tell()
                self._write("> ", end="")
                line = self.source.readline()
                self.session.touch(time.monotonic())
                self.care.typed()
                if not line or line.strip() == "q":
                    break
                try:
                    await self._do(line.strip())
                except ModtuiError as error:
                    self._write(f"NOT DONE. {error.title}: {error.message} {error.hint}")
            return 0
        finally:
            await self.session.close()

    async def _do(self, line: str) -> None:
        word, _, rest = line.partition(" ")
        if word in ("u", "U"):
            change = await (self.session.undo() if word == "u" else self.session.redo())
            self._write(change.words)
            self._say_ad()
            return
        if word == "b":
            await self.briefings.read(rest)
            return
        if line == "Z":
            self._write(self.session.put_off())
            return
        if word == "?":
            self._write(self.help_words)
            return
        if self.session.current is None:
            self._say_ad()
            return
        desk = self.session.current.desk
        if line == "z":
            if self.care.reveal(self.session.current):
                self._say_ad()
            else:
                self._write("Everything is read as it is.")
        elif line == "":
            await self._decide(desk, desk.plan())
        elif word in ("h", "s"):
            await self._leave(word, rest)
        elif word in ("e", "d", "c"):
            await self._add(desk, word, rest)
        elif word == "X":
            await self._report(desk, rest)
        elif word == "v":
            name, _, places = rest.partition(" ")
            for words in mark_evidence(desk, self._check_for(desk, name)[0] if name else None, places):
                self._write(words)
        elif word == "m":
            self._edit_cells(desk, rest)
        elif word in ("w", "t", "l"):
            self._show(desk, word)
        elif line in (".", "P"):
            count = self.session.repeat_last() if line == "." else self.session.offer_previous()
            self._write(f"{number_of(count, 'answer')} filled in" if count else "nothing to take over")
            self._say_news()
            self._say_ruling(desk)
        elif word in ("p", "T", "D", "A"):
            await self._twins(desk, word, rest)
        else:
            await self._answers(desk, line)

    async def _twins(self, desk: Desk, word: str, rest: str) -> None:
        if word == "p":
            self._write(self.twins.take(desk))
            self._say_ruling(desk)
        elif word == "T":
            for line in self.twins.twins(desk):
                self._write(line)
        elif word == "A" and self.session.current is not None:
            for line in await self.twins.card(self.session.current, rest.strip()):
                self._write(line)
        elif done := await self.twins.decide_all(desk, rest.strip() == "yes"):
            self._write(done)
            self._say_ad()

    async def _answers(self, desk: Desk, line: str) -> None:
        for part in line.split():
            if part in ("a", "r"):
                await self._decide(desk, desk.plan_for(Outcome.APPROVE if part == "a" else Outcome.REJECT))
                return
            if part == "N":
                self._write(f"no to {number_of(desk.clear_lit(), 'check')}")
                continue
            check, answer = self._check_for(desk, part)
            if check is None:
                self._write(f"'{part}' is no check and no command; ? shows them all. What came before it stands.")
                return
            already = desk.answers.get(check.id) is answer
            before = {row.check.id for row in desk.rows if row.is_prominent}
            desk.answer(check.id, None if already else answer)
            self._write(row_line(desk, desk.bring(check)))
            for row in desk.rows:
                if row.is_prominent and row.check.id not in {*before, check.id}:
                    self._write(row_line(desk, row))
        self._say_ruling(desk)

    def _check_for(self, desk: Desk, part: str) -> tuple[Check | None, Answer]:
        """The check and answer in `1`, `1n`, `al`, `alo`."""
        length = 1 if part[:1].isdigit() else 2
        name, suffix = part[:length], part[length:]
        digit = number_in(name, 9)
        check = desk.check_at(digit) if digit else desk.case.catalog.check_by_key.get(name)
        return (check if suffix in ANSWERS else None), ANSWERS.get(suffix, Answer.YES)

    async def _decide(self, desk: Desk, plan: Plan) -> None:
        if plan.refusal:
            self._write(plan.refusal)
            return
        if plan.needs_check:
            self._write("Name the check it fails first, for instance: 1 r")
            return
        if plan.needs_reason and not self._override(desk, plan):
            return
        if objection := self.twins.objection(desk, desk.outcome):
            self._write(objection)
            return
        change = await self.session.decide()
        self._write(change.words)
        self._say_ad()

    def _override(self, desk: Desk, plan: Plan) -> bool:
        override = self.cells.reason_for(
            f"The ruling says {desk.words(desk.outcome)}. Why {plan.words}?",
            lambda reason, note: desk.override_for(plan.outcome, reason, note),
        )
        if override is not None:
            desk.edit_cells(override)
        return override is not None

    def _edit_cells(self, desk: Desk, rest: str) -> None:
        if self.cells.edit(desk, rest):
            self._say_ruling(desk)

    async def _leave(self, word: str, rest: str) -> None:
        reasons = HOLD_REASONS if word == "h" else SKIP_REASONS
        number = number_in(rest, len(reasons))
        if number is None:
            self._write("Which reason? " + "  ".join(f"{word} {n} {text}" for n, text in enumerate(reasons, start=1)))
            return
        reason = reasons[number - 1]
        change = await (self.session.hold(reason, HOLD_MINUTES[reason]) if word == "h" else self.session.skip(reason))
        self._write(change.words)
        self._say_ad()

    async def _add(self, desk: Desk, word: str, rest: str) -> None:
        from modtui.domain.decisions import EscalationRequest

        if word == "c":
            desk.note = rest
            self._write("noted" if rest else "note removed")
        elif word == "d":
            desk.documents = (rest,) if rest else ()
            self._say_ruling(desk)
        else:
            route, _, question = rest.partition(" ")
            if route not in self.session.routes:
                self._write("To whom? e " + " | ".join(self.session.routes) + " QUESTION")
                return
            desk.escalate(EscalationRequest(route, question))
            await self._decide(desk, Plan(desk.outcome, desk.words(desk.outcome)))

    async def _report(self, desk: Desk, rest: str) -> None:
        from modtui.services.clause_reports import REPORT_KINDS, NewReport

        name, _, more = rest.partition(" ")
        kind, _, note = more.partition(" ")
        check = self._check_for(desk, name)[0] if name else None
        if check is None or kind not in REPORT_KINDS:
            self._write(f"Which check, and how? X al {' | '.join(REPORT_KINDS)} NOTE")
            return
        item = self.session.current.item if self.session.current else None
        await self.session.library.report(NewReport(kind, check.policy_id, check.id, note), item)
        self._write(f"reported: {desk.letters(check.id)} is {kind}; the policy owner sees it with this ad")

    def _show(self, desk: Desk, word: str) -> None:
        if word == "t":
            self._say_ad()
        elif word == "l":
            for row in desk.rows:
                self._write(row_line(desk, row))
        else:
            for line in ruling_lines(desk):
                self._write(line)

    def _say_news(self) -> None:
        for news in self.session.take_news():
            for number, line in enumerate(news.lines):
                self._write(f"{'CATALOG' if not number else '       '} {line}")

    def _say_ad(self) -> None:
        self._say_news()
        if self.session.current is None:
            self._write("The queue is empty. u takes the last decision back, q quits.")
            return
        self.care.lay(self.session.current)
        for line in ad_lines(self.session.current):
            self._write(line)
        for row in self.session.current.desk.rows:
            if row.is_prominent:
                self._write(row_line(self.session.current.desk, row))
        self._say_ruling(self.session.current.desk)

    def _say_ruling(self, desk: Desk) -> None:
        plan = desk.plan()
        self._write(f"Enter: {plan.words}" + (f" ({plan.refusal})" if plan.refusal else ""))

    def _write(self, text: str, end: str = "\n") -> None:
        self.out.write(safe(text) + end)
        self.out.flush()
