"""What there is to practise: the packs that were taken in with how far the learner is, and what is due for a drill."""

from __future__ import annotations

from msgspec import Struct

from modtui.domain.packs import Kind
from modtui.store import attempts, drill_cards
from modtui.store.attempts import PackRow, RunRow
from modtui.store.workspace import Workspace


class PackLine(Struct, frozen=True):
    """One pack and this learner's run of it; None before the first answer."""

    pack: PackRow
    run: RunRow | None

    @property
    def state(self) -> str:
        """Where the learner is, in words."""
        if self.run is None:
            return "not begun"
        return "finished" if self.run.finished_at else f"{self.run.done} of {self.pack.ads}"

    @property
    def needs_code(self) -> bool:
        return self.pack.kind == Kind.SEALED


class PracticeOverview(Struct, frozen=True):
    """Everything the list of practice shows."""

    packs: tuple[PackLine, ...]
    due: int
    "Cards for a drill that are due."
    cards: int


def read_practice(workspace: Workspace, learner: str, now_ms: int) -> PracticeOverview:
    """The newest pack first."""
    with workspace.read() as connection:
        packs = tuple(
            PackLine(row, attempts.find_run(connection, row.pack_no, learner))
            for row in reversed(attempts.list_packs(connection))
        )
        due = drill_cards.count_due(connection, learner, now_ms)
        return PracticeOverview(packs, due, len(drill_cards.all_cards(connection, learner)))
