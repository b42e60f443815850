"""A learner at a pack: the ad on the desk, the one behind it, and every answer stored before anything is said of it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

import msgspec
from msgspec import Struct, field
from msgspec.structs import replace

from modtui import __version__
from modtui.domain.attempts import Answers, Attempt, Contest, Pause
from modtui.domain.events import Entry
from modtui.domain.overrides import edited_states
from modtui.domain.packs import Feedback, Kind
from modtui.domain.policies import Answer
from modtui.domain.practice_log import ATTEMPT, BEGUN, CONTEST, DRILL, FINISHED, PAUSE, Run, body_of, run_of
from modtui.domain.rulings import Case
from modtui.errors import ModtuiError
from modtui.services.active_time import ActiveTime
from modtui.services.catalogs import Rulebook
from modtui.services.clock import Clock, wall_clock
from modtui.services.practice_desk import PracticeDesk
from modtui.services.practice_packs import TakenPack
from modtui.services.reviewing import Change, News, OnDesk, Progress
from modtui.store import attempts
from modtui.store.attempts import RunRow
from modtui.store.event_log import Break, new_event_id
from modtui.store.times import utc_text
from modtui.store.transaction import Transaction
from modtui.store.workspace import Workspace

if TYPE_CHECKING:
    from modtui.domain.feedback import Feedback as Told
    from modtui.services.group_verbs import Group
    from modtui.services.group_verbs import Told as GroupTold
    from modtui.services.library import Library
    from modtui.services.precedents import TwinAd

T = TypeVar("T")
LINKS_CHECKED = 1_000


class Seat(Struct):
    """An ad of the pack while it is on the desk or behind it."""

    place: int
    "In the pack, from 1."
    number: int
    "Which answer to it this will be: 1 is the one that counts."
    laid: OnDesk | None = None
    shown_at: str = ""
    time: ActiveTime = field(default_factory=ActiveTime)
    tried: Entry | None = None
    "The answer that was tried and is not known to be on disk."


class PracticeSession:
    """Implements `reviewing.Session` over a pack. What it writes goes to `attempts`, and never to `events`."""

    is_practice = True

    def __init__(
        self,
        workspace: Workspace,
        taken: TakenPack,
        learner: str,
        *,
        clock: Clock = wall_clock,
        answers_path: Path | None = None,
    ) -> None:
        self.workspace = workspace
        self.taken = taken
        self.reviewer = learner
        self.clock = clock
        self.answers_path = answers_path
        self.importing: int | None = None
        self.run = Run()
        self.feedback: Told | None = None
        "What is to be said of the answer given last, before the next ad."
        self.code = ""
        "Of the file of answers, once it was written."
        self._current: Seat | None = None
        self._following: Seat | None = None
        self._answered: set[str] = set()
        self._drilled: Collection[int] = ()
        "Places of the pack whose ads came up in a drill, with their keys."
        self._last_answers: dict[str, Answer] = {}
        self._news: list[News] = []
        self._back: list[tuple[Attempt, Told]] = []
        "Answers that are still to be looked back at."
        self._is_to_note = False
        "Whether mistakes have yet to become cards for drills: of feedback at the end, that is when they are told."
        self._turn = asyncio.Lock()
        self._is_open = False
        self._library: Library | None = None

    # What is on the desk ---

    @property
    def title(self) -> str:
        return self.taken.pack.manifest.title

    @property
    def settings_words(self) -> str:
        """What kind of practice it is, in a word or two."""
        return "PRACTICE exam" if self.taken.settings.kind is Kind.EXAM else "PRACTICE"

    @property
    def rulebook(self) -> Rulebook:
        return self.taken.rulebook

    @property
    def current(self) -> OnDesk | None:
        return self._lay(self._current) if self._current else None

    @property
    def following(self) -> OnDesk | None:
        return self._lay(self._following) if self._following else None

    @property
    def routes(self) -> Mapping[str, str]:
        return self.rulebook.catalog.routes

    @property
    def precedents(self) -> None:
        """Nobody's help: what others decided is not shown in practice."""

    @property
    def waits_for(self) -> str:
        return self.workspace.writer.waits_for

    @property
    def library(self) -> Library:
        from modtui.services.practice_library import PracticeLibrary

        if self._library is None or self._library.rulebook is not self.rulebook:
            self._library = PracticeLibrary(self.workspace, self.rulebook, self.reviewer, self.clock)
        return self._library

    @property
    def progress(self) -> Progress:
        """How far it is; the words that this is practice stand first, so that no width cuts them off."""
        return Progress(
            f"{self.settings_words} · {self.title}", len(self._answered), self.ad_count, 0, 0, self.reviewer
        )

    @property
    def ad_count(self) -> int:
        return len(self.taken.pack.ads)

    @property
    def is_finished(self) -> bool:
        """Whether every ad has its first answer."""
        return bool(self.run.finished_at)

    @property
    def shows_feedback(self) -> bool:
        """Whether the learner may see the key of an ad that was answered."""
        when = self.taken.feedback
        return when is Feedback.EACH or (when is Feedback.END and self.is_finished)

    @property
    def left_ms(self) -> int | None:
        """Milliseconds up to the time limit; negative behind it, None without one."""
        limit = self.taken.settings.time_limit_s
        return None if limit is None else limit * 1000 - self.run.elapsed_ms(self.now())

    @property
    def is_retry(self) -> bool:
        """Whether the ad on the desk was answered before, so that this answer counts for no score."""
        return self._current is not None and self._current.number > 1

    @property
    def media_queue(self) -> str:
        return self.taken.media_queue

    def now(self) -> str:
        return utc_text(self.clock())

    # Verbs ---

    async def start(self) -> None:
        """Go on where the learner left, or begin. Raises ModtuiError when the log of attempts does not hold."""
        async with self._turn:
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
            self._is_open = True
            self._sit(place)

    async def close(self) -> None:
        """Keep the draft and the place."""
        async with self._turn:
            if not self._is_open:
                return
            await self._keep_draft()
            self._is_open = False

    async def look_again(self) -> bool:
        return self._current is not None

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
            ends = len(done) == self.ad_count and not self.is_finished
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

    def _all_told(self) -> list[tuple[Attempt, Told]]:
        """The feedback to each first answer, in the order they were given. Raises ModtuiError while it is kept back."""
        from modtui.domain.feedback import compare

        if not self.shows_feedback:
            raise ModtuiError("No feedback here", "Your trainer has the key.", "Hand your answers in.")
        told = []
        for attempt in self.run.answered.values():
            place = self.taken.place_of(attempt.ad)
            case = Case(self.taken.ad(place), self.rulebook.catalog, self.taken.pack_ad(place).as_of)
            told.append((attempt, compare(case, self.taken.keys[attempt.ad], attempt)))
        return told

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
            found = self._open_place(seat.place, step)
            if found is None or found == seat.place:
                return Change(words, moved=False)
            await self._keep_draft(found)
            self._sit(found)
            return Change("next ad; this one waits" if step > 0 else "back to the ad before")

    async def save_draft(self) -> None:
        async with self._turn:
            await self._keep_draft()

    # What is said and handed in ---

    def lookalike_words(self, told: Told) -> str:
        """What may be said of the ad that goes the other way: its answer only once the learner gave their own."""
        if not told.lookalike:
            return ""
        if told.lookalike not in self._answered:
            return f"ad {told.lookalike} of this pack looks like it and goes the other way; you have not met it yet"
        ad = self.taken.ad(self.taken.place_of(told.lookalike))
        key = self.taken.keys[told.lookalike]
        text = next((text for _, text in ad.texts() if text.strip()), "")
        return f"ad {told.lookalike}, “{text[:120]}”: {key.outcome.replace('_', ' ')}. {key.rationale.why}"

    def end_words(self) -> list[str]:
        """What is said when every ad is answered."""
        words = [f"You have answered all {self.ad_count} ads of {self.title}.", ""]
        if self.answers_path is not None:
            words.append(f"Your answers: {self.answers_path}" if self.code else "Writing your answers …")
        return [*words, f"Their code, to tell your trainer: {self.code}"] if self.code else words

    def answers(self) -> Answers:
        """Everything that goes home to the trainer."""
        row, pack, run = self.taken.row, self.taken.pack, self.run
        return Answers(
            row.hash, pack.manifest_hash, self.reviewer, run.started_at, run.finished_at,
            catalog=self.rulebook.catalog.hash, app=__version__, stream=self.workspace.stream.stream,
            pauses=tuple(run.pauses), attempts=tuple(run.attempts), contests=tuple(run.contests),
        )  # fmt: skip

    async def hand_in(self) -> str:
        """Write the file of answers where one was asked for; its short code either way. Raises ModtuiError."""
        return await asyncio.get_running_loop().run_in_executor(None, self.write_answers)

    def write_answers(self) -> str:
        """The same, for who waits. What is handed in is what the log holds, checked along its whole chain."""
        from modtui.files.answers_file import answers_code, write_answers

        self._note_all()
        with self.workspace.read() as connection:
            _refuse_broken(attempts.LOG.verify(connection).broken)
        self.code = (
            write_answers(self.answers_path, self.answers()) if self.answers_path else answers_code(self.answers())
        )
        return self.code

    def _note_all(self) -> None:
        """Make cards of what was wrong, once, when the feedback of the whole pack comes at its end."""
        if not self._is_to_note:
            return
        from modtui.services.drill_cards import note_mistakes

        told, now_ms = self._all_told(), self.clock()

        def write(tx: Transaction) -> None:
            for _, each in told:
                note_mistakes(tx, each, self.rulebook.catalog, self.reviewer, now_ms)

        self.workspace.writer.call(write)
        self._is_to_note = False

    # What practice has no use for ---

    async def undo(self) -> Change:
        self._refuse("An answer stands", "The first answer counts.", "Answer the ad again from its feedback with U.")

    async def redo(self) -> Change:
        self._refuse("Nothing to redo", "An answer stands.", "Go on.")

    async def hold(self, reason: str, minutes: int, note: str = "") -> Change:  # noqa: ARG002
        self._refuse("Nothing is held in practice", "The ad waits until it is answered.", "Leave it for later with ].")

    async def skip(self, reason: str) -> Change:  # noqa: ARG002
        self._refuse("Nothing is given back in practice", "Every ad has an answer.", "Leave it for later with ].")

    async def open_ad(self, source: str, ad_id: str) -> Change:  # noqa: ARG002
        self._refuse("Not in practice", "The ads come in the order of the pack.", "Go along it with ] and [.")

    async def plan_group(self, twins: Sequence[TwinAd], told: GroupTold) -> Group:  # noqa: ARG002
        self._refuse("Not in practice", "Each ad is answered alone.", "Go on.")

    async def decide_group(self, group: Group, told: GroupTold) -> Change:  # noqa: ARG002
        self._refuse("Not in practice", "Each ad is answered alone.", "Go on.")

    def _refuse(self, title: str, message: str, hint: str) -> NoReturn:
        raise ModtuiError(title, message, hint)

    @property
    def catalog_may_change(self) -> bool:
        return False

    async def look_at_catalog(self) -> None:
        """A pack goes by its own catalog."""

    def put_off(self) -> str:
        return "a pack goes by its own catalog"

    def take_news(self) -> tuple[News, ...]:
        taken, self._news = self._news, []
        return tuple(taken)

    def repeat_last(self) -> int:
        self._desk_of(self._at_hand()).fill(self._last_answers)
        return len(self._last_answers)

    def offer_previous(self) -> int:
        return 0

    def touch(self, key_at: float) -> None:
        if self._current is not None:
            self._current.time.key(int(key_at * 1000))

    # Coming and going ---

    def _resume(self) -> int:
        """Read what was done before; the place to go on at, from 1."""
        pack_no = self.taken.row.pack_no
        with self.workspace.read() as connection:
            _refuse_broken(attempts.LOG.verify(connection, LINKS_CHECKED).broken)
            self.run = run_of(attempts.entries_of(connection, pack_no, self.reviewer))
            self._row = attempts.find_run(connection, pack_no, self.reviewer)
            self._drilled = attempts.seen_places(connection, pack_no, self.reviewer, DRILL).keys()
        self._answered = set(self.run.answered)
        here = self._row.place if self._row is not None else 1
        if 1 <= here <= self.ad_count and self._name(here) not in self._answered:
            return here
        return self._open_place(here, 1) or 0

    def _pause(self) -> Pause | None:
        """The time away since the last sign of life, where the clock stood still for it."""
        if self._row is None or self.is_finished or not self.run.started_at:
            return None
        allowed, limit = self.taken.settings.pauses, self.taken.settings.time_limit_s
        if limit is None and allowed is None:
            return None
        if not self.run.may_pause(allowed):
            self._news.append(News(("The clock ran on while you were away: no pause is left.",), is_warning=True))
            return None
        left = "" if allowed is None else f" Pauses left: {allowed - len(self.run.pauses) - 1}."
        self._news.append(News((f"Welcome back: the clock stood still.{left}",)))
        return Pause(self._row.seen_at, self.now())

    def _open_place(self, here: int, step: int) -> int | None:
        """The next place, along the pack and around its end, whose ad has no answer."""
        count = self.ad_count
        places = ((here - 1 + step * away) % count + 1 for away in range(1, count + 1))
        return next((place for place in places if self._name(place) not in self._answered), None)

    def _next_place(self, here: int, done: set[str]) -> int | None:
        count = self.ad_count
        places = ((here - 1 + away) % count + 1 for away in range(1, count + 1))
        return next((place for place in places if self._name(place) not in done), None)

    def _move_on(self, seat: Seat) -> None:
        place = self._open_place(seat.place, 1)
        self._sit(place or 0)

    def _sit(self, place: int) -> None:
        """Take the ad at a place to the desk, and load the one behind it; none when the pack is through."""
        if not place:
            self._current = self._following = None
            return
        ready = self._following if self._following and self._following.place == place else None
        self._take(ready or Seat(place, self._tries(place) + 1))

    def _take(self, seat: Seat) -> None:
        self._current = seat
        behind = self._open_place(seat.place, 1)
        if behind is None or behind == seat.place:
            self._following = None
        elif self._following is None or self._following.place != behind or self._following is seat:
            self._following = Seat(behind, 1)
        seat.shown_at = self.now()
        seat.time.begin(int(time.monotonic() * 1000))

    # Within ---

    def _name(self, place: int) -> str:
        """What tells the ad at a place from the others of this practice."""
        return self.taken.pack_ad(place).id

    def _tries(self, place: int) -> int:
        return self.run.tries(self._name(place))

    def _source(self, seat: Seat) -> tuple[TakenPack, int]:
        """The pack of an ad, and its place there."""
        return self.taken, seat.place

    def _draft_of(self, seat: Seat) -> dict[str, Any] | None:
        if seat.number > 1:
            return None
        with self.workspace.read() as connection:
            return attempts.find_draft(connection, self._number(seat), self.reviewer)

    def _lay(self, seat: Seat) -> OnDesk:
        if seat.laid is None:
            taken, place = self._source(seat)
            case = Case(taken.ad(place), taken.rulebook.catalog, taken.pack_ad(place).as_of)
            desk = PracticeDesk(case, taken.rulebook.index, taken.assist)
            draft = self._draft_of(seat)
            if draft is not None:
                seat.time.total_ms = int(draft.pop("active_ms", 0))
                desk.restore(draft)
            mark = "again: the first answer counts" if seat.number > 1 else ""
            seat.laid = OnDesk(desk, None, mark=mark, is_alone=True)
        return seat.laid

    def _desk_of(self, seat: Seat) -> PracticeDesk:
        desk = self._lay(seat).desk
        assert isinstance(desk, PracticeDesk)
        return desk

    def _at_hand(self) -> Seat:
        if self._current is None:
            raise ModtuiError("No ad on the desk", "Every ad of the pack is answered.", "Press g for other places.")
        return self._current

    def _id(self, seat: Seat) -> str:
        taken, place = self._source(seat)
        return taken.pack_ad(place).id

    def _number(self, seat: Seat) -> int:
        taken, place = self._source(seat)
        return attempts.ad_number(taken.row.pack_no, place)

    def _compare(self, seat: Seat, attempt: Attempt) -> Told:
        from modtui.domain.feedback import compare

        desk, key = self._desk_of(seat), self._source(seat)[0].keys[attempt.ad]
        own = edited_states(desk.ruling, desk.override) if desk.override else None
        return compare(desk.case, key, attempt, own)

    def _saw_key(self, seat: Seat) -> bool:
        """Whether the learner was shown the key to the ad before: behind an earlier answer, or in a drill."""
        return (seat.number > 1 and self.shows_feedback) or seat.place in self._drilled

    def _entry(self, kind: str, taken: TakenPack | None = None, **content: object) -> Entry:
        taken = taken or self.taken
        body, digest = body_of(taken.row.hash, **content), taken.rulebook.catalog.hash
        at = self.now()
        return Entry(new_event_id(self.clock()), kind, self.reviewer, at, body, catalog_hash=digest, app=__version__)

    def _save_run(self, tx: Transaction, place: int, done: int | None = None, finished_at: str | None = None) -> None:
        count = len(self._answered) if done is None else done
        ended = self.run.finished_at if finished_at is None else finished_at
        attempts.save_run(tx, RunRow(self.taken.row.pack_no, self.reviewer, count, place, self.now(), ended))

    async def _keep_draft(self, place: int | None = None) -> None:
        """Keep what is unfinished, and that the learner is still there. After a feedback there is nothing to keep."""
        seat = self._current
        if seat is None or self.is_finished or self.workspace.is_read_only:
            return
        desk = self._desk_of(seat)
        body = {**desk.draft(), "active_ms": seat.time.total_ms}
        is_open = seat.number == 1 and self.feedback is None

        def write(tx: Transaction) -> None:
            if is_open and (desk.is_touched or seat.time.total_ms):
                attempts.save_draft(tx, self._number(seat), self.reviewer, body, self.now())
            self._save_run(tx, place or seat.place)

        await self.write(write)

    async def write(self, run: Callable[[Transaction], T]) -> T:
        return await asyncio.wrap_future(self.workspace.writer.submit(run))


def _refuse_broken(broken: Break | None) -> None:
    if broken is not None:
        raise ModtuiError(
            "The log of your answers was changed",
            f"Entry {broken.seq} ({broken.event_id or 'unnamed'}) does not hold: {broken.why}.",
            "Practise in another workspace (--workspace), and tell your trainer.",
        )


def is_same_answer(entry: Entry, attempt: Attempt) -> bool:
    """Whether an answer that was tried before says the same: then it is stored once, whatever is repeated."""
    plain = msgspec.to_builtins(replace(attempt, answered_at="", active_ms=0, is_late=False))
    tried = msgspec.convert(entry.body["attempt"], Attempt)
    return bool(msgspec.to_builtins(replace(tried, answered_at="", active_ms=0, is_late=False)) == plain)
