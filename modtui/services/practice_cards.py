"""A learner's own report card, worked out as a trainer's is, from what the log holds."""

from __future__ import annotations

from modtui.domain.attempts import first_attempts
from modtui.domain.packs import Feedback, Kind
from modtui.domain.practice_log import Run, run_of
from modtui.domain.report_cards import ReportCard, report_card
from modtui.domain.scoring import mark, ruled
from modtui.errors import ModtuiError
from modtui.services.practice_packs import TakenPack
from modtui.store import attempts
from modtui.store.workspace import Workspace


def own_card(taken: TakenPack, run: Run, learner: str) -> ReportCard:
    """The card of a run. Raises ModtuiError while its pack tells the learner nothing of the key."""
    _refuse_untold(taken, run)
    marked = []
    for attempt in first_attempts(run.attempts):
        place = taken.place_of(attempt.ad)
        as_of = taken.pack_ad(place).as_of
        found = ruled(taken.ad(place), taken.rulebook.catalog, attempt.answers, as_of)
        marked.append(mark(attempt, taken.keys[attempt.ad], found))
    return report_card(learner, marked, taken.keys, pass_at=taken.settings.pass_at)


def stored_card(workspace: Workspace, taken: TakenPack, learner: str) -> ReportCard:
    """The card of a pack from what is stored of it."""
    with workspace.read() as connection:
        run = run_of(attempts.entries_of(connection, taken.row.pack_no, learner))
    return own_card(taken, run, learner)


def _refuse_untold(taken: TakenPack, run: Run) -> None:
    if taken.settings.kind is Kind.EXAM:
        raise ModtuiError("Your trainer has the report card", "An exam does not hold its key.", "Hand your answers in.")
    if taken.feedback is Feedback.NONE:
        raise ModtuiError("Your trainer has the report card", "This pack gives no feedback.", "Hand your answers in.")
    if taken.feedback is Feedback.END and not run.finished_at:
        raise ModtuiError("Not yet", "This pack gives its feedback at the end.", "Answer the rest of its ads.")
    if not run.attempts:
        raise ModtuiError("Nothing to report", "No ad of this pack has been answered.", "Practise it first.")
