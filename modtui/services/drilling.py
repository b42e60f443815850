"""Drills: the clauses a learner gets wrong come back when they are due, each time with other ads.

FSRS (`fsrs`, imported when the first card is reviewed) orders the practice; it says nothing of mastery.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta

from msgspec.structs import replace

from modtui.domain.catalog import Catalog
from modtui.domain.drills import Exercise, Grade, Offer, Wanted, compose, grade, speed_of
from modtui.domain.packs import Feedback, Key, Kind
from modtui.domain.policies import Answer
from modtui.domain.practice_log import ATTEMPT, DRILL
from modtui.errors import ModtuiError
from modtui.services.catalogs import Rulebook
from modtui.services.clock import Clock, wall_clock
from modtui.services.drill_cards import clause_id, packed, unpacked
from modtui.services.practice_packs import TakenPack, open_known
from modtui.services.practice_seats import Seat
from modtui.services.practising import PracticeSession, is_same_answer
from modtui.services.reviewing import Change, Progress
from modtui.store import attempts, drill_cards
from modtui.store.drill_cards import DrillCard
from modtui.store.transaction import Transaction
from modtui.store.workspace import Workspace

RETENTION, LONGEST_DAYS = 0.9, 60
DAY_MS = 86_400_000
TIMES_COMPARED = 200
SCHEDULER = {"library": "fsrs", "retention": str(RETENTION), "longest_days": LONGEST_DAYS}
"What a drill's entry in the log says of how its card was scheduled, beside the library's version."


def review(card: str, rating: Grade, now_ms: int) -> tuple[str, int]:
    """A card after a review, and when it is due: day-sized steps without chance, so that a schedule can be told."""
    from fsrs import Card, Rating, Scheduler

    scheduler = Scheduler(
        desired_retention=RETENTION, learning_steps=(), relearning_steps=(), maximum_interval=LONGEST_DAYS,
        enable_fuzzing=False,
    )  # fmt: skip
    now = datetime.fromtimestamp(now_ms / 1000, UTC)
    # A card without a number of its own would take one from the clock, and sleep for it.
    known = Card.from_json(card) if card else Card(card_id=1, due=now)
    reviewed, _ = scheduler.review_card(known, Rating(int(rating)), now)
    return reviewed.to_json(), int(reviewed.due.timestamp() * 1000)


def plan_drill(
    workspace: Workspace,
    packs: Iterable[TakenPack],
    learner: str,
    now_ms: int,
    *,
    pairs_only: bool = False,
    banks: Collection[str] = (),
) -> tuple[list[Exercise], tuple[str, ...]]:
    """The ads for what is due, and the clauses no pack has an ad for. Clauses longest due come first.

    Of `banks`, packs by their hash, any ad may come, also of one that is being practised: nobody scores them.
    """
    with workspace.read() as connection:
        due = drill_cards.due_cards(connection, learner, now_ms)
        offers = [offer for taken in packs for offer in offers_of(workspace, taken, learner, banks)]
    known = {clause for offer in offers for clause in offer.breaks | offer.resembles}
    wanted = [Wanted(card.clause, _partner(card)) for card in due if card.clause in known]
    wanted = [each for each in wanted if each.partner] if pairs_only else wanted
    day = datetime.fromtimestamp(now_ms / 1000, UTC).date().isoformat()
    missing = tuple(card.clause for card in due if card.clause not in known)
    return compose(wanted, offers, f"{learner} {day}"), missing


def offers_of(workspace: Workspace, taken: TakenPack, learner: str, banks: Collection[str] = ()) -> list[Offer]:
    """What the ads of a pack teach. Of one that is being practised, and is no bank, only those that were answered."""
    with workspace.read() as connection:
        seen = attempts.seen_places(connection, taken.row.pack_no, learner, ATTEMPT, DRILL)
        answered = attempts.seen_places(connection, taken.row.pack_no, learner, ATTEMPT)
        run = attempts.find_run(connection, taken.row.pack_no, learner)
    is_open = run is not None and not run.finished_at and taken.row.hash not in banks
    found = []
    for place, ad in enumerate(taken.pack.ads, 1):
        if ad.id in taken.keys and (place in answered or not is_open):
            breaks, resembles = _taught(taken.keys, ad.id, taken.rulebook.catalog)
            found.append(Offer(taken.row.hash, place, breaks, resembles, seen.get(place, 0)))
    return found


def drill_packs(workspace: Workspace, code: str = "") -> tuple[list[TakenPack], list[str]]:
    """The packs of the workspace whose key can be opened, and why the others cannot. Exams are none of them."""
    with workspace.read() as connection:
        rows = attempts.list_packs(connection)
    opened, refused = [], []
    for row in rows:
        if row.kind == Kind.EXAM:
            continue
        try:
            taken = open_known(workspace, row, code)
        except ModtuiError as error:
            refused.append(f"{row.title}: {error.title.lower()}")
            continue
        if taken.feedback is Feedback.NONE:
            taken.pack.close()
        else:
            opened.append(taken)
    return opened, refused


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
                DRILL, taken, attempt=attempt, grades=said, scheduler={**SCHEDULER, "version": _version()}
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
        now, words = self.clock(), [f"That was the drill: {self.ad_count} ads.", ""]
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


def postpone(workspace: Workspace, learner: str, clauses: Iterable[str], now_ms: int) -> None:
    """Put off, by a day, clauses that no pack has an ad for."""

    def write(tx: Transaction) -> None:
        for clause in clauses:
            row = drill_cards.find_card(tx.connection, learner, clause)
            if row is not None:
                drill_cards.save_card(tx, learner, DrillCard(clause, now_ms + DAY_MS, row.made_ms, row.card))

    workspace.writer.call(write)


def _taught(keys: Mapping[str, Key], ad_id: str, catalog: Catalog) -> tuple[frozenset[str], frozenset[str]]:
    """The clauses an ad breaks, and those it only looks like breaking."""
    key = keys[ad_id]
    breaks = {clause for each in key.checks if (clause := clause_id(each, catalog))}
    denied = {check_id for check_id, answer in key.answers.items() if answer is Answer.NO}
    other = keys.get(key.lookalike)
    if key.is_clean and other is not None:
        denied |= set(other.checks)
    resembles = {clause for each in denied if (clause := clause_id(each, catalog))} - breaks
    return frozenset(breaks), frozenset(resembles)


def _partner(card: DrillCard) -> str:
    """The clause it was taken for most often."""
    mixed = unpacked(card.card).mixed
    return max(sorted(mixed), key=lambda other: mixed[other]) if mixed else ""


def _version() -> str:
    from importlib.metadata import version

    return version("fsrs")


def day_words(delta_ms: int) -> str:
    """How far away a day is: `tomorrow`, `in 3 days`."""
    days = max(0, round(timedelta(milliseconds=delta_ms) / timedelta(days=1)))
    return "today" if not days else "tomorrow" if days == 1 else f"in {days} days"
