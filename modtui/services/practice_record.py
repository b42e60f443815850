"""What is kept of a learner at a pack: the run so far, entries of the log of attempts, and the place to go on at."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from modtui import __version__
from modtui.domain.catalog import Catalog
from modtui.domain.events import Entry
from modtui.domain.packs import Feedback, Kind
from modtui.domain.practice_log import Run, body_of
from modtui.errors import ModtuiError
from modtui.services.clock import Clock, wall_clock
from modtui.services.handover import Handover
from modtui.services.practice_packs import TakenPack
from modtui.services.reviewing import News
from modtui.store import attempts
from modtui.store.attempts import RunRow
from modtui.store.event_log import Break, new_event_id
from modtui.store.times import utc_text
from modtui.store.transaction import Transaction
from modtui.store.workspace import Workspace

T = TypeVar("T")


class PracticeRecord:
    """A learner, a pack, and what they have done. What it writes goes to `attempts`."""

    is_practice = True

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
        """`in_use` is the catalog that real ads are decided by here: a pack whose key it contradicts says so."""
        self.workspace = workspace
        self.taken = taken
        self.reviewer = learner
        self.clock = clock
        self.answers_path = answers_path
        self.in_use = in_use
        self.importing: int | None = None
        self.run = Run()
        self.code = ""
        "Of the file of answers, once it was written."
        self._answered: set[str] = set()
        self._row: RunRow | None = None
        self._news: list[News] = []
        self._turn = Handover(workspace.writer)
        self._is_open = False

    @property
    def title(self) -> str:
        return self.taken.pack.manifest.title

    @property
    def settings_words(self) -> str:
        """What kind of practice it is, in a word or two."""
        return "PRACTICE exam" if self.taken.settings.kind is Kind.EXAM else "PRACTICE"

    @property
    def is_finished(self) -> bool:
        """Whether every ad has its first answer, or the time was up."""
        return bool(self.run.finished_at)

    @property
    def shows_feedback(self) -> bool:
        """Whether the learner may see the key of an ad that was answered."""
        when = self.taken.feedback
        return when is Feedback.EACH or (when is Feedback.END and self.is_finished)

    @property
    def waits_for(self) -> str:
        return self.workspace.writer.waits_for

    def now(self) -> str:
        return utc_text(self.clock())

    def take_news(self) -> tuple[News, ...]:
        taken, self._news = self._news, []
        return tuple(taken)

    # Within ---

    def _entry(self, kind: str, taken: TakenPack | None = None, **content: object) -> Entry:
        taken = taken or self.taken
        body, digest = body_of(taken.row.hash, **content), taken.rulebook.catalog.hash
        at = self.now()
        return Entry(new_event_id(self.clock()), kind, self.reviewer, at, body, catalog_hash=digest, app=__version__)

    def _save_run(self, tx: Transaction, place: int, done: int | None = None, finished_at: str | None = None) -> None:
        count = len(self._answered) if done is None else done
        ended = self.run.finished_at if finished_at is None else finished_at
        attempts.save_run(tx, RunRow(self.taken.row.pack_no, self.reviewer, count, place, self.now(), ended))

    async def write(self, run: Callable[[Transaction], T]) -> T:
        return await self._turn.write(run)

    def call_back(self) -> bool:
        return self._turn.call_back()


def refuse_broken(broken: Break | None) -> None:
    if broken is not None:
        raise ModtuiError(
            "The log of your answers was changed",
            f"Entry {broken.seq} ({broken.event_id or 'unnamed'}) does not hold: {broken.why}.",
            "Practise in another workspace (--workspace), and tell your trainer.",
        )
