"""The line-mode reviewer: the same services, one line at a time, for screen readers and poor terminals."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, TextIO

from modtui.cli.common import safe
from modtui.cli.plain_twins import HELP as TWINS_HELP
from modtui.cli.plain_twins import PlainTwins
from modtui.domain.explanation import patches
from modtui.domain.policies import Answer, Check
from modtui.domain.rulings import Outcome
from modtui.errors import ModtuiError
from modtui.services.desk import Desk, Plan, Row
from modtui.services.reviewing import HOLD_REASONS, SKIP_REASONS, OnDesk, Session

if TYPE_CHECKING:
    from modtui.domain.briefings import Briefing

HELP = f"""\
Type a line and press Enter. Several answers may stand on one line before the deciding word: 1 3n r
  (empty line)      decide as the ruling says
  1 to 9            yes to that check; again: open. 1n no, 1o unsure
  al, aln, alo      the same by the two letters of a check
  N                 no to every lit check
  a  r              approve, reject; against the ruling it asks for a reason
  e ROUTE QUESTION  escalate;  d WHAT  ask for a document;  c TEXT  comment
  h N  s N          hold, skip, with the number of a reason
  b  b N            the briefings; I have read that one
  X al KIND NOTE    report the clause of a check as unclear, missing or wrong
  u  U              undo, redo
{TWINS_HELP}
  z                 put off another version of the catalog in which only words differ
  w                 the whole ruling and why;  t  the ad again;  l  all checks
  q                 quit (nothing is lost);  ?  this help"""

MOST_SIGNALS = 12
"Signals read out with an ad."

ANSWERS = {"": Answer.YES, "y": Answer.YES, "n": Answer.NO, "o": Answer.UNSURE}
SIGNS = {Answer.YES: "yes", Answer.NO: "no", Answer.UNSURE: "unsure", None: "open"}


class PlainReviewer:
    """Reads commands from one stream and writes text to another: `session.current` is always what was written last."""

    def __init__(self, session: Session, source: TextIO | None = None, out: TextIO | None = None) -> None:
        self.session = session
        self.source = source or sys.stdin
        self.out = out or sys.stdout
        self.twins = PlainTwins(session, self._write)

    async def run(self) -> int:
        """Review until the reviewer quits, also past the last ad: it can be undone. Returns the exit status."""
        await self.session.start()
        try:
            at_hand = self.session.current
            if at_hand is not None and at_hand.desk.case.catalog.briefings:
                self._say_briefings(await self.session.library.unread())
            self._say_ad()
            while True:
                await self.session.look_at_catalog()
                self._say_news()
                await self.twins.tell()
                self._write("> ", end="")
                line = self.source.readline()
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
            await self._briefings(rest)
            return
        if line == "z":
            self._write(self.session.put_off())
            return
        if word == "?":
            self._write(HELP)
            return
        if self.session.current is None:
            self._say_ad()
            return
        desk = self.session.current.desk
        if line == "":
            await self._decide(desk, desk.plan())
        elif word in ("h", "s"):
            await self._leave(word, rest)
        elif word in ("e", "d", "c"):
            await self._add(desk, word, rest)
        elif word == "X":
            await self._report(desk, rest)
        elif word in ("w", "t", "l"):
            self._show(desk, word)
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
                self._write(f"no to {desk.clear_lit()} checks")
                continue
            check, answer = self._check_for(desk, part)
            if check is None:
                self._write(f"'{part}' is no check and no command; ? shows them all. What came before it stands.")
                return
            already = desk.answers.get(check.id) is answer
            before = {row.check.id for row in desk.rows if row.is_prominent}
            desk.answer(check.id, None if already else answer)
            self._write(self._row_line(desk, desk.bring(check)))
            for row in desk.rows:
                if row.is_prominent and row.check.id not in {*before, check.id}:
                    self._write(self._row_line(desk, row))
        self._say_ruling(desk)

    def _check_for(self, desk: Desk, part: str) -> tuple[Check | None, Answer]:
        """The check and answer in `1`, `1n`, `al`, `alo`."""
        length = 1 if part[:1].isdigit() else 2
        name, suffix = part[:length], part[length:]
        check = desk.check_at(int(name)) if name.isdigit() else desk.case.catalog.check_by_key.get(name)
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
        from modtui.domain.overrides import OVERRIDE_REASONS

        self._write(f"The ruling says {desk.words(desk.outcome)}. Why {plan.words}?")
        reasons = list(OVERRIDE_REASONS)
        for place, words in enumerate(OVERRIDE_REASONS.values(), start=1):
            self._write(f"  {place} {words}")
        number, _, note = self.source.readline().strip().partition(" ")
        if not number.isdigit() or not 1 <= int(number) <= len(reasons):
            self._write("Nothing decided.")
            return False
        override = desk.override_for(plan.outcome, reasons[int(number) - 1], note)
        if override.problem:
            self._write(f"Nothing decided: {override.problem}, for instance: {number} agreed with counsel")
            return False
        desk.edit_cells(override)
        return True

    async def _leave(self, word: str, rest: str) -> None:
        reasons = HOLD_REASONS if word == "h" else SKIP_REASONS
        if not rest.isdigit() or not 1 <= int(rest) <= len(reasons):
            self._write("Which reason? " + "  ".join(f"{word} {n} {text}" for n, text in enumerate(reasons, start=1)))
            return
        reason = reasons[int(rest) - 1]
        change = await (self.session.hold(reason, 60) if word == "h" else self.session.skip(reason))
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

    async def _briefings(self, rest: str) -> None:
        """List them all, or keep that one of the unread ones was read."""
        unread = await self.session.library.unread()
        if not rest:
            self._say_briefings(unread)
            names = {each.id for each in unread}
            for each in self.session.library.briefings:
                if each.id not in names:
                    self._write(f"BRIEFING, read: {each.title}\n{each.text.strip()}")
        elif rest.isdigit() and 1 <= int(rest) <= len(unread):
            await self.session.library.mark_read(unread[int(rest) - 1])
            self._write(f"read: {unread[int(rest) - 1].title}; {len(unread) - 1} unread")
        else:
            self._write("Which one? b lists them, b 1 says that you have read the first unread one.")

    def _say_briefings(self, unread: Sequence[Briefing]) -> None:
        for number, each in enumerate(unread, start=1):
            must = ", must be read" if each.must_read else ""
            of = " ".join((*each.policies, *each.markets))
            self._write(f"BRIEFING {number}, unread{must}: {each.title} {f'({of})' if of else ''}".rstrip())
            self._write(each.text.strip())
            self._write(f"b {number} when you have read it")

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
                self._write(self._row_line(desk, row))
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
        for line in ad_lines(self.session.current):
            self._write(line)
        for row in self.session.current.desk.rows:
            if row.is_prominent:
                self._write(self._row_line(self.session.current.desk, row))
        self._say_ruling(self.session.current.desk)

    def _say_ruling(self, desk: Desk) -> None:
        plan = desk.plan()
        self._write(f"Enter: {plan.words}" + (f" ({plan.refusal})" if plan.refusal else ""))

    def _row_line(self, desk: Desk, row: Row) -> str:
        name = str(row.digit) if row.digit else " "
        answer = SIGNS[desk.answer_of(row.check)] + (" by fact" if desk.is_by_fact(row.check) else "")
        lit = f"  lit by {', '.join(hit.text for hit in row.hits[:3])}" if row.hits else ""
        letters = desk.letters(row.check.id)
        severity = row.check.severity.name.lower()
        return f"{'  ' * row.depth}{name} {letters} [{answer}] {row.check.ask} ({severity}){lit}"

    def _write(self, text: str, end: str = "\n") -> None:
        self.out.write(safe(text) + end)
        self.out.flush()


def ad_lines(at_hand: OnDesk) -> Iterator[str]:
    """The ad as lines: who, where, what it says."""
    ad = at_hand.desk.case.ad
    yield ""
    yield f"AD {ad.id} from {ad.source}: {ad.title}" + (f" ({at_hand.mark})" if at_hand.mark else "")
    if at_hand.question:
        yield f"QUESTION {at_hand.question}"
    if at_hand.previous:
        changed = ", ".join(component for component, _, _ in at_hand.previous.changes)
        yield f"BEFORE {at_hand.previous.words}; changed: {changed or 'nothing'}"
    who = ad.advertiser
    yield f"ADVERTISER {who.name or 'not stated'} ({who.country or '?'})"
    markets, languages = " ".join(ad.markets) or "not stated", " ".join(ad.languages) or "not stated"
    ages = f"{ad.audience.min_age or 0} to {ad.audience.max_age or 'any'}"
    yield f"MARKETS {markets}; LANGUAGES {languages}; AGES {ages}"
    for component, text in ad.texts():
        yield f"{component.upper()}: {text}"
    page = ad.landing_page
    yield from (f"REDIRECT {hop}" for hop in page.chain)
    if page.text or page.captured_at:
        from modtui.domain.page_differences import captured_words

        yield f"PAGE {captured_words(page.captured_at, at_hand.desk.case.as_of)}"
    for media in ad.media:
        yield f"MEDIA {media.kind or 'file'} {media.path}"
    yield from signal_lines(at_hand.desk)


def signal_lines(desk: Desk) -> Iterator[str]:
    """What the ad hides or claims, a line a signal: where, what, how it reads, why."""
    for signal in desk.found[:MOST_SIGNALS]:
        place = f" {signal.start}-{signal.end}" if signal.end > signal.start else ""
        yield f"SIGNAL {signal.component}{place}: {signal.words}: {signal.plain} ({signal.why})"
    if len(desk.found) > MOST_SIGNALS:
        yield f"SIGNAL and {len(desk.found) - MOST_SIGNALS} more"


def ruling_lines(desk: Desk) -> Iterator[str]:
    """The ruling in words: markets that fare alike, the deciding checks, and what would cure them."""
    for patch in patches(desk.ruling, desk.case.catalog.market_groups):
        by = " ".join(desk.letters(check_id) for check_id in patch.check_ids)
        ages = " ".join(str(band) for band in patch.bands)
        yield f"{' '.join(patch.markets)}, {ages}: {patch.state.name.lower()} {by}".rstrip()
        yield from (f"    {text}" for text in patch.texts)
    for remark in desk.ruling.remarks:
        words = remark.clause.note or remark.clause.ref
        yield f"note {desk.letters(remark.check_id)} in {' '.join(remark.markets)}: {words}"
