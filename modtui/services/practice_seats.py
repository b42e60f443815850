"""The ads of a practice session: which is on the desk, where a learner goes on, and what is kept unfinished."""

from __future__ import annotations

import time
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec import Struct, field

from modtui.domain.attempts import Attempt
from modtui.domain.catalog import Catalog
from modtui.domain.events import Entry
from modtui.domain.policies import Answer
from modtui.domain.practice_log import DRILL, run_of
from modtui.domain.rulings import Case
from modtui.errors import ModtuiError
from modtui.services.active_time import ActiveTime
from modtui.services.catalogs import Rulebook
from modtui.services.clock import Clock, wall_clock
from modtui.services.drafts import draft_body, take_up
from modtui.services.practice_clock import PracticeClock
from modtui.services.practice_desk import PracticeDesk
from modtui.services.practice_packs import TakenPack
from modtui.services.practice_record import refuse_broken
from modtui.services.reviewing import OnDesk, Progress
from modtui.store import attempts
from modtui.store.transaction import Transaction
from modtui.store.workspace import Workspace

if TYPE_CHECKING:
    from modtui.domain.feedback import Feedback as Told
    from modtui.services.library import Library

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


class PracticeSeats(PracticeClock):
    """Takes ads of a pack to the desk, in order, around those that are answered."""

    def __init__(
        self,
        workspace: Workspace,
        taken: TakenPack,
        learner: str,
        *,
        clock: Clock = wall_clock,
        answers_path: Path | None = None,
        in_use: Catalog | None = None,
    ) -> None:
        super().__init__(workspace, taken, learner, clock=clock, answers_path=answers_path, in_use=in_use)
        self.feedback: Told | None = None
        "What is to be said of the answer given last, before the next ad."
        self._current: Seat | None = None
        self._following: Seat | None = None
        self._drilled: Collection[int] = ()
        "Places of the pack whose ads came up in a drill, with their keys."
        self._last_answers: dict[str, Answer] = {}
        self._back: list[tuple[Attempt, Told]] = []
        "Answers that are still to be looked back at."
        self._is_to_note = False
        "Whether mistakes have yet to become cards for drills: of feedback at the end, that is when they are told."
        self._library: Library | None = None

    # What is on the desk ---

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
    def is_retry(self) -> bool:
        """Whether the ad on the desk was answered before, so that this answer counts for no score."""
        return self._current is not None and self._current.number > 1

    @property
    def media_queue(self) -> str:
        return self.taken.media_queue

    def touch(self, key_at: float) -> None:
        if self._current is not None:
            self._current.time.key(int(key_at * 1000))

    # Coming and going ---

    def _resume(self) -> int:
        """Read what was done before; the place to go on at, from 1."""
        pack_no = self.taken.row.pack_no
        with self.workspace.read() as connection:
            refuse_broken(attempts.LOG.verify(connection, LINKS_CHECKED).broken)
            self.run = run_of(attempts.entries_of(connection, pack_no, self.reviewer))
            self._row = attempts.find_run(connection, pack_no, self.reviewer)
            self._drilled = attempts.seen_places(connection, pack_no, self.reviewer, DRILL).keys()
        self._answered = set(self.run.answered)
        here = self._row.place if self._row is not None else 1
        if self.is_finished:
            return 0
        if 1 <= here <= self.ad_count and self._name(here) not in self._answered:
            return here
        return self._open_place(here, 1) or 0

    def _open_place(self, here: int, step: int) -> int | None:
        """The next place, along the pack and around its end, whose ad has no answer; none of a pack that is closed."""
        if self.is_finished:
            return None
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
                take_up(desk, draft)
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

    def _saw_key(self, seat: Seat) -> bool:
        """Whether the learner was shown the key to the ad before: behind an earlier answer, or in a drill."""
        return (seat.number > 1 and self.shows_feedback) or seat.place in self._drilled

    async def _keep_draft(self, place: int | None = None) -> None:
        """Keep what is unfinished, and that the learner is still there. After a feedback there is nothing to keep."""
        seat = self._current
        if seat is None or self.is_finished or self.workspace.is_read_only:
            return
        desk = self._desk_of(seat)
        body = {**draft_body(desk), "active_ms": seat.time.total_ms}
        is_open = seat.number == 1 and self.feedback is None

        def write(tx: Transaction) -> None:
            if is_open and (desk.is_touched or seat.time.total_ms):
                attempts.save_draft(tx, self._number(seat), self.reviewer, body, self.now())
            self._save_run(tx, place or seat.place)

        await self.write(write)
