"""Where a reviewer stands: what is decided of a queue, or answered of a route, and what is due."""

from __future__ import annotations

from msgspec.structs import replace

from modtui.services.clock import Clock
from modtui.services.reviewing import Progress
from modtui.store.queues import count_due, get_queue, list_queues, queue_counts
from modtui.store.remotes import count_unsynced
from modtui.store.sqlite import Connection
from modtui.store.workspace import Workspace

RECOUNT_EVERY_MS = 10_000
"Between two counts the figures on top are carried on: others' work and what falls due show with the next count."


class Tally:
    """The figures on top of a session, counted when they are asked for and not known."""

    def __init__(self, workspace: Workspace, reviewer: str, route: str | None, clock: Clock) -> None:
        self._workspace = workspace
        self._reviewer = reviewer
        self._route = route
        self._clock = clock
        self._known: Progress | None = None
        self._counted_ms = 0
        self._answered = 0
        "Verdicts this session has given and not taken back."

    def figures(self, queue: str) -> Progress:
        """Where the reviewer stands in a queue."""
        if self._known is None:
            self._counted_ms = self._clock()
            self._known = count_progress(
                self._workspace, queue, self._reviewer, self._counted_ms, self._route, self._answered
            )
        return self._known

    @property
    def known(self) -> Progress | None:
        """The figures, if they have been counted."""
        return self._known

    def forget(self) -> None:
        """Count anew when the figures are asked for next."""
        self._known = None

    def answered_by(self, step: int) -> None:
        """One verdict more or less is this session's."""
        self._answered = max(0, self._answered + step)

    def after_decision(self, state: str) -> Progress | None:
        """The figures after one more decision on an ad of this state, carried on while the count is fresh."""
        self.answered_by(1)
        known = self._known
        if known is None or self._route is not None or self._clock() - self._counted_ms > RECOUNT_EVERY_MS:
            return None
        return replace(known, decided=known.decided + (state in ("new", "held")), unsynced=known.unsynced + 1)

    def carry_on(self, figures: Progress | None) -> None:
        """Take these for known."""
        self._known = figures


def count_progress(
    workspace: Workspace, queue: str, reviewer: str, now_ms: int, route: str | None, answered: int
) -> Progress:
    """The figures of a queue; with a route those of its questions, of which `answered` were in this session."""
    with workspace.read() as connection:
        unsynced = count_unsynced(connection)
        if route is not None:
            waiting = _questions(connection, route)
            return Progress(route, answered, answered + waiting, 0, unsynced, reviewer)
        if not queue:
            return Progress("", 0, 0, 0, unsynced, reviewer)
        queue_no = get_queue(connection, queue).queue_no
        counts = queue_counts(connection, queue_no)
        due = count_due(connection, queue_no, now_ms)
    return Progress(queue, counts.total - counts.new - counts.held, counts.total, due, unsynced, reviewer)


def _questions(connection: Connection, route: str) -> int:
    """How many ads wait for a route, in all queues."""
    counts = (queue_counts(connection, queue.queue_no) for queue in list_queues(connection))
    return sum(each.escalated_by_route.get(route, 0) for each in counts)
