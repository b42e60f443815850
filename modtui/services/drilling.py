"""A drill: the clauses a learner gets wrong come back when they are due, each time with other ads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec.structs import replace

from modtui.domain.drills import Exercise, Grade, grade, speed_of
from modtui.domain.plurals import number_of
from modtui.domain.practice_log import DRILL
from modtui.services.catalogs import Rulebook
from modtui.services.clock import Clock, wall_clock
from modtui.services.drill_cards import clause_id, packed, unpacked
from modtui.services.drill_schedule import day_words, review, scheduler_words
from modtui.services.practice_packs import TakenPack
from modtui.services.practice_seats import Seat
from modtui.services.practising import PracticeSession, is_same_answer
from modtui.services.reviewing import Change, Progress
from modtui.store import attempts, drill_cards
from modtui.store.drill_cards import DrillCard
from modtui.store.transaction import Transaction
from modtui.store.workspace import Workspace

TIMES_COMPARED = 200


class DrillSession(PracticeSession):
    """A practice session over ads of several packs, whose answers move cards and count for no score."""

    def __init__(
        self,
        workspace: Workspace,
        packs: Sequence[TakenPack],
        exercises: Sequence[Exercise],
        learner: str,
        *,
        clock: Clock = wall_clock,
    ) -> None:
        super().__init__(workspace, packs[0], learner, clock=clock)
        self._packs: Mapping[str, TakenPack] = {taken.row.hash: taken for taken in packs}
        self.exercises = tuple(exercises)
        self._grades: dict[str, list[Grade]] = {}
        "Clause to what the answers so far say of it."
        self._earlier: list[int] = []
        self.reviewed: dict[str, int] = {}
        "Clause to when it comes back."

    @property
    def title(self) -> str:
        return "drill"

    @property
    def settings_words(self) -> str:
        return "PRACTICE"

    @property
    def rulebook(self) -> Rulebook:
        return self._here.rulebook

    @property
    def _here(self) -> TakenPack:
        return self._source(self._current)[0] if self._current is not None else self.taken

    @property
    def media_queue(self) -> str:
        return self._here.media_queue

    @property
    def ad_count(self) -> int:
        return len(self.exercises)

    @property
    def is_finished(self) -> bool:
        return len(self._answered) == self.ad_count

    @property
    def shows_feedback(self) -> bool:
        return True

    @property
    def left_ms(self) -> int | None:
        return None

    @property
    def progress(self) -> Progress:
        return Progress(
            f"{self.settings_words} · {self.title}", len(self._answered), self.ad_count, 0, 0, self.reviewer
        )

    async def start(self) -> None:
        async with self._turn:
            with self.workspace.read() as connection:
                self._earlier = attempts.times_at_work(connection, self.reviewer, TIMES_COMPARED)
            self._is_open = True
            self._sit(1 if self.exercises else 0)

    async def decide(self) -> Change:
        """Store the answer, and with the last ad of a clause when that comes back; then there is feedback."""
        async with self._turn:
            seat = self._at_hand()
            taken, place = self._source(seat)
            now = self.now()
            attempt = self._desk_of(seat).attempt(self._id(seat), seat.number, seat.shown_at, now, seat.time.total_ms)
            attempt = replace(attempt, saw_feedback=True)
            told = self._compare(seat, attempt)
            catalog = taken.rulebook.catalog
            missed, too_much = ({clause_id(each, catalog) for each in found} for found in (told.missed, told.too_much))
            speed = speed_of(attempt.active_ms, self._earlier)
            grades = {
                clause: [*self._grades.get(clause, ()), grade(told, missed, too_much, clause, speed=speed)]
                for clause in self.exercises[seat.place - 1].clauses
            }
            done = self._answered | {self._name(seat.place)}
            ready = {clause: min(found) for clause, found in grades.items() if self._is_through(clause, done)}
            said = {clause: int(worst) for clause, worst in ready.items()}
            entry = seat.tried if seat.tried is not None and is_same_answer(seat.tried, attempt) else None
            entry = seat.tried = entry or self._entry(
                DRILL, taken, attempt=attempt, grades=said, scheduler=scheduler_words()
            )

            def write(tx: Transaction) -> dict[str, int]:
                attempts.append(tx, entry, taken.row.pack_no, place)
                return {clause: self._reschedule(tx, clause, worst) for clause, worst in ready.items()}

            self.reviewed |= await self.write(write)
            self._grades |= grades
            self._answered = done
            self._last_answers = dict(attempt.answers)
            self.feedback = told
            return Change(f"{attempt.ad} answered, and stored", moved=False)

    def end_words(self) -> list[str]:
        """What comes back when, the soonest first."""
        now, words = self.clock(), [f"That was the drill: {number_of(self.ad_count, 'ad')}.", ""]
        for clause, due_ms in sorted(self.reviewed.items(), key=lambda pair: (pair[1], pair[0])):
            words.append(f"{clause} comes back {day_words(due_ms - now)}")
        return words

    async def look_back(self) -> Change:
        return Change("each answer of a drill was told at once", moved=False)

    async def try_again(self, ad_id: str = "") -> Change:  # noqa: ARG002
        self._refuse("Not in a drill", "Other ads bring the clause back.", "Go on with the next ad.")

    def write_answers(self) -> str:
        """A drill is the learner's own: nothing of it is handed in."""
        return ""

    def _reschedule(self, tx: Transaction, clause: str, worst: Grade) -> int:
        row = drill_cards.find_card(tx.connection, self.reviewer, clause)
        now_ms = self.clock()
        known = unpacked(row.card if row is not None else "{}")
        known.card, due_ms = review(known.card, worst, now_ms)
        made_ms = row.made_ms if row is not None else now_ms
        drill_cards.save_card(tx, self.reviewer, DrillCard(clause, due_ms, made_ms, packed(known)))
        return due_ms

    def _is_through(self, clause: str, done: set[str]) -> bool:
        """Whether every ad of the drill that is there for a clause has been answered."""
        places = (place for place, each in enumerate(self.exercises, 1) if clause in each.clauses)
        return all(self._name(place) in done for place in places)

    def _source(self, seat: Seat) -> tuple[TakenPack, int]:
        exercise = self.exercises[seat.place - 1]
        return self._packs[exercise.pack], exercise.place

    def _name(self, place: int) -> str:
        return str(place)

    def _tries(self, place: int) -> int:  # noqa: ARG002
        return 0

    def _draft_of(self, seat: Seat) -> None:
        """An unfinished drill is begun anew: what is due stays due."""

    async def _keep_draft(self, place: int | None = None) -> None:
        """Nothing is kept of an ad without an answer."""
