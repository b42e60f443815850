"""What a learner is told of their answers, and what goes home of them."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from modtui import __version__
from modtui.domain.attempts import Answers, Attempt, start_code
from modtui.domain.overrides import edited_states
from modtui.domain.packs import Kind
from modtui.domain.plurals import number_of
from modtui.domain.rulings import Case
from modtui.errors import ModtuiError
from modtui.services.practice_record import refuse_broken
from modtui.services.practice_seats import PracticeSeats, Seat
from modtui.store import attempts
from modtui.store.transaction import Transaction

if TYPE_CHECKING:
    from modtui.domain.feedback import Feedback as Told


class PracticeTelling(PracticeSeats):
    """Feedback, look-alikes, and the file of answers."""

    def _compare(self, seat: Seat, attempt: Attempt) -> Told:
        from modtui.domain.feedback import compare

        desk, key = self._desk_of(seat), self._source(seat)[0].keys[attempt.ad]
        own = edited_states(desk.ruling, desk.override) if desk.override else None
        return compare(desk.case, key, attempt, own)

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
        """What is said when every ad is answered, or the time is up."""
        answered = len(self._answered)
        if answered < self.ad_count:
            of = number_of(self.ad_count, "ad")
            words = [f"The time is up: you have answered {answered} of the {of} of {self.title}.", ""]
        else:
            every = "the one ad" if self.ad_count == 1 else f"all {self.ad_count} ads"
            words = [f"You have answered {every} of {self.title}.", ""]
        if self.answers_path is not None:
            words.append(f"Your answers: {self.answers_path}" if self.code else "Writing your answers …")
        if self.code:
            words.append(f"Their code, to tell your trainer: {self.code}")
        if self.taken.settings.kind is Kind.EXAM:
            words.append(f"The start code was {start_code(self.run.begun)}")
        return words

    def answers(self) -> Answers:
        """Everything that goes home to the trainer."""
        row, pack, run = self.taken.row, self.taken.pack, self.run
        return Answers(
            row.hash, pack.manifest_hash, self.reviewer, run.started_at, run.finished_at,
            catalog=self.rulebook.catalog.hash, app=__version__, stream=self.workspace.stream.stream, begun=run.begun,
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
            refuse_broken(attempts.LOG.verify(connection).broken)
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
