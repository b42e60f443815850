"""Where a reviewer stands: what is decided of a queue, or answered of a route, and what is due."""

from __future__ import annotations

from modtui.services.reviewing import Progress
from modtui.store.queues import count_due, get_queue, list_queues, queue_counts
from modtui.store.remotes import count_unsynced
from modtui.store.sqlite import Connection
from modtui.store.workspace import Workspace


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
