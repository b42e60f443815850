"""A learner at a pack: every answer stored before anything is said of it, the first one for good."""

from __future__ import annotations

import asyncio

import msgspec
from msgspec.structs import replace

from modtui.domain.attempts import Attempt, Contest, start_code
from modtui.domain.events import Entry
from modtui.domain.packs import Feedback, Kind
from modtui.domain.practice_log import ATTEMPT, BEGUN, CONTEST, FINISHED, PAUSE
from modtui.errors import ModtuiError
from modtui.services.pack_staleness import staleness
from modtui.services.practice_clock import CLOSED
from modtui.services.practice_closed import ClosedVerbs
from modtui.services.practice_seats import Seat
from modtui.services.practice_telling import PracticeTelling
from modtui.services.reviewing import Change, News
from modtui.store import attempts
from modtui.store.transaction import Transaction


class PracticeSession(ClosedVerbs, PracticeTelling):
    """Implements `reviewing.Session` over a pack. What it writes goes to `attempts`, and never to `events`."""

    async def start(self) -> None:
        """Go on where the learner left, or begin. Raises ModtuiError when the log of attempts does not hold."""
        async with self._turn.aside():
            place = self._resume()
            pause = self._pause()
            entries = [] if self.run.started_at else [self._entry(BEGUN, pack_kind=self.taken.settings.kind.value)]
            entries += [self._entry(PAUSE, pause=pause)] if pause is not None else []

            def write(tx: Transaction) -> None:
                for entry in entries:
                    attempts.append(tx, entry, self.taken.row.pack_no)
                self._save_run(tx, place)

            if not self.is_finished:
                await self.write(write)
            for entry in entries:
                self.run.take(entry)
            if await self._close_late(place):
                place = 0
            self._is_open = True
            self._say_what_it_is()
            self._sit(place)

    def _say_what_it_is(self) -> None:
        """What the trainer says to the class, at the beginning; and of a pack with stale keys that it has them."""
        head = self.taken.pack.manifest
        if self.taken.settings.kind is Kind.EXAM and not self.is_finished:
            code = start_code(self.run.begun)
            self._news.append(News((f"Start code: {code}. Tell it to your trainer now, before you go on.",)))
        if head.note and not self.run.attempts:
            self._news.append(News((head.note,)))
        if self.is_finished:
            return
        words = f"A clause has changed since the key to {head.stale} of these {head.count} ads was made."
        now = staleness(self.taken.pack, self.in_use).words if self.in_use is not None else ""
        if now or head.stale:
            self._news.append(News((now or words,), is_warning=True))

    async def close(self) -> None:
        """Keep the draft and the place. A pack whose time is up is closed with it."""
        async with self._turn.aside():
            if not self._is_open:
                return
            await self._keep_draft()
            await self._close_late(self._current.place if self._current else 0)
            self._is_open = False

    async def look_again(self) -> bool:
        return self._current is not None

    async def fill(self) -> None:
        """The ads of a pack are all here."""

    async def decide(self) -> Change:
        """Store the answer to the ad on the desk; then there is feedback, or the next ad."""
        async with self._turn:
            seat = self._at_hand()
            desk, ad_id = self._desk_of(seat), self._id(seat)
            now = self.now()
            attempt = desk.attempt(ad_id, seat.number, seat.shown_at, now, seat.time.total_ms)
            attempt = replace(
                attempt,
                is_late=self.run.is_late(now, self.taken.settings.time_limit_s),
                saw_feedback=self._saw_key(seat),
            )
            if seat.tried is not None and is_same_answer(seat.tried, attempt):
                entry = seat.tried
                attempt = msgspec.convert(entry.body["attempt"], Attempt)
            else:
                entry = seat.tried = self._entry(ATTEMPT, attempt=attempt)
            done = self._answered | {ad_id}
            ends = not self.is_finished and (len(done) == self.ad_count or self.is_time_up)
            finished = self._entry(FINISHED) if ends else None
            place = self._next_place(seat.place, done)

            def write(tx: Transaction) -> None:
                self._store(tx, entry, seat)
                if finished is not None:
                    attempts.append(tx, finished, self.taken.row.pack_no)
                attempts.delete_draft(tx, self._number(seat), self.reviewer)
                self._save_run(tx, place or seat.place, len(done), self.now() if ends else self.run.finished_at)
                self._remember(tx, seat, attempt)

            await self.write(write)
            self.run.take(entry)
            if finished is not None:
                self.run.take(finished)
                self._is_to_note = self.taken.feedback is Feedback.END
            self._answered = done
            self._last_answers = dict(desk.answers)
            return self._answered_with(seat, attempt)

    def _store(self, tx: Transaction, entry: Entry, seat: Seat) -> None:
        attempts.append_attempt(tx, entry, self.taken.row.pack_no, seat.place, seat.number)

    def _remember(self, tx: Transaction, seat: Seat, attempt: Attempt) -> None:
        """What else follows from an answer, in its transaction: cards for drills where its key is shown now."""
        if self.taken.feedback is Feedback.EACH and seat.number == 1:
            from modtui.services.drill_cards import note_mistakes

            note_mistakes(tx, self._compare(seat, attempt), self.rulebook.catalog, self.reviewer, self.clock())

    def _answered_with(self, seat: Seat, attempt: Attempt) -> Change:
        """What is shown behind an answer: the feedback, with the ad still there, or the next ad."""
        if self.taken.feedback is Feedback.EACH or (seat.number > 1 and self.shows_feedback):
            self.feedback = self._compare(seat, attempt)
            return Change(f"{attempt.ad} answered, and stored", moved=False)
        self._move_on(seat)
        return Change(f"{attempt.ad} answered, and stored")

    async def go_on(self) -> Change:
        """From the feedback to the next ad, or to the next answer that is looked back at."""
        async with self._turn:
            self.feedback = None
            if self._back:
                return self._show_back()
            self._move_on(self._at_hand())
            return Change("next ad" if self._current else "that was the last one")

    async def look_back(self) -> Change:
        """At the end: go through the first answers that left something to learn, each with its feedback."""
        async with self._turn:
            told = await asyncio.get_running_loop().run_in_executor(None, self._all_told)
            self._back = [each for each in told if not each[1].is_whole]
            return self._show_back() if self._back else Change("every answer was right: nothing to look back at")

    def _show_back(self) -> Change:
        attempt, self.feedback = self._back.pop(0)
        self._current, self._following = Seat(self.taken.place_of(attempt.ad), 1), None
        self._desk_of(self._current).fill(attempt.answers, attempt.evidence)
        return Change(f"{attempt.ad}: {len(self._back)} more to look at", moved=False)

    async def try_again(self, ad_id: str = "") -> Change:
        """Answer an ad once more; the first answer stays the one that counts. The ad on the desk, or the one named."""
        async with self._turn:
            if not self.taken.settings.retry:
                raise ModtuiError("No second try", "This pack is answered once.", "Go on with the next ad.")
            place = self.taken.place_of(ad_id) if ad_id else self._at_hand().place
            self.feedback = None
            self._take(Seat(place, self._tries(place) + 1))
            return Change("answer it again: the first answer stays the one that counts")

    async def contest(self, reason: str, check: str = "") -> Change:
        """Say that the key is wrong, and why: kept in the log, and handed in with the answers."""
        async with self._turn:
            if not reason.strip():
                raise ModtuiError("Not contested", "Say why the key is wrong.", "One sentence is enough.")
            taken, place = self._source(self._at_hand())
            ad_id = taken.pack_ad(place).id
            entry = self._entry(CONTEST, taken, contest=Contest(ad_id, reason.strip(), self.now(), check))
            await self.write(lambda tx: attempts.append(tx, entry, taken.row.pack_no, place))
            self.run.take(entry)
            return Change(f"{ad_id} contested: your trainer sees it with your answers", moved=False)

    async def next_ad(self) -> Change:
        """Leave this ad for later; its draft is kept."""
        return await self._walk(1, "no other ad is open")

    async def previous_ad(self) -> Change:
        return await self._walk(-1, "no other ad is open")

    async def _walk(self, step: int, words: str) -> Change:
        async with self._turn:
            seat = self._at_hand()
            if await self._close_late(seat.place):
                self._sit(0)
                return Change(CLOSED)
            found = self._open_place(seat.place, step)
            if found is None or found == seat.place:
                return Change(words, moved=False)
            await self._keep_draft(found)
            self._sit(found)
            return Change("next ad; this one waits" if step > 0 else "back to the ad before")

    async def save_draft(self) -> None:
        async with self._turn.aside():
            await self._keep_draft()

    def repeat_last(self) -> int:
        self._desk_of(self._at_hand()).fill(self._last_answers)
        return len(self._last_answers)


def is_same_answer(entry: Entry, attempt: Attempt) -> bool:
    """Whether an answer that was tried before says the same: then it is stored once, whatever is repeated."""
    plain = msgspec.to_builtins(replace(attempt, answered_at="", active_ms=0, is_late=False))
    tried = msgspec.convert(entry.body["attempt"], Attempt)
    return bool(msgspec.to_builtins(replace(tried, answered_at="", active_ms=0, is_late=False)) == plain)
