"""Clauses that reviewers mark as unclear, missing or wrong: kept as events, with the ad, and listed for the owner."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from modtui import __version__
from modtui.domain.catalog import Catalog
from modtui.domain.events import Entry, Event, Subject
from modtui.errors import ModtuiError
from modtui.services.clock import Clock, wall_clock
from modtui.store.event_log import EventLog, new_event_id
from modtui.store.owner_events import clause_reports
from modtui.store.times import utc_text
from modtui.store.transaction import Transaction
from modtui.store.undone import is_superseded
from modtui.store.workspace import Workspace

REPORT_KINDS = {
    "unclear": "The clause is unclear: I cannot tell what it means here",
    "missing": "A clause is missing: nothing says what to do",
    "wrong": "The clause is wrong: it says something that does not hold",
}
"What may be said of a clause, and the words for it."


class NewReport(Struct, frozen=True):
    """What a reviewer says of a clause."""

    kind: str
    "One of REPORT_KINDS."
    policy_id: str = ""
    check_id: str = ""
    "Empty where the report speaks of the policy, or of no clause because it is missing."
    note: str = ""

    @property
    def problem(self) -> str:
        """What keeps it from being of use; empty when nothing does."""
        if not (self.policy_id or self.note):
            return "a report of no policy needs a note"
        return "say in a note what is missing" if self.kind == "missing" and not self.note else ""


class ClauseReport(Struct, frozen=True):
    """A report as it was kept."""

    event_id: str
    at: str
    reviewer: str
    report: NewReport
    catalog_version: str
    catalog_hash: str
    ad: Subject | None
    "The ad version it was made at."
    withdrawn: bool

    def as_json(self) -> dict[str, object]:
        ad = self.ad
        return {
            "id": self.event_id,
            "at": self.at,
            "reviewer": self.reviewer,
            "kind": self.report.kind,
            "policy": self.report.policy_id or None,
            "check": self.report.check_id or None,
            "note": self.report.note,
            "catalog": {"version": self.catalog_version, "hash": self.catalog_hash},
            "ad": ad and {"source": ad.source, "id": ad.ad_id, "content_hash": ad.content_hash},
            "withdrawn": self.withdrawn,
        }


def report_entry(report: NewReport, catalog: Catalog, reviewer: str, now_ms: int, ad: Subject | None) -> Entry:
    """The event that keeps a report."""
    body = {
        "report": report.kind,
        "policy": report.policy_id,
        "check": report.check_id,
        "note": report.note,
        "catalog_version": catalog.version,
    }
    return Entry(
        id=new_event_id(now_ms),
        kind="clause_report",
        actor=reviewer,
        at=utc_text(now_ms),
        body=body,
        subject=ad,
        catalog_hash=catalog.hash,
        app=__version__,
    )


def list_reports(workspace: Workspace, since_ms: int | None = None, policy_id: str = "") -> Iterator[ClauseReport]:
    """Reports in the order of the log, the oldest first; of one policy where it is named."""
    with workspace.read() as connection:
        for event in clause_reports(connection, since_ms):
            found = _read(event, withdrawn=is_superseded(connection, event.id))
            if not policy_id or found.report.policy_id == policy_id:
                yield found


def withdraw_report(workspace: Workspace, reviewer: str, event_id: str, clock: Clock = wall_clock) -> ClauseReport:
    """Take back a report of one's own. Raises ModtuiError when there is none, or it is taken back already."""

    def run(tx: Transaction) -> Event:
        event = EventLog().get(tx.connection, event_id)
        if event is None or event.kind != "clause_report":
            raise ModtuiError("No such report", f"{event_id} is no report.", "`modtui policies reports` lists them.")
        if event.actor != reviewer:
            raise ModtuiError("Not yours", f"{event.actor} made this report.", "Only who made it can take it back.")
        if is_superseded(tx.connection, event.id):
            raise ModtuiError("Withdrawn already", f"{event_id} was taken back before.")
        now = clock()
        tx.append_event(
            Entry(
                new_event_id(now), "retraction", reviewer, utc_text(now), {}, event.subject, (event.id,),
                event.catalog_hash, "", __version__,
            )
        )  # fmt: skip
        return event

    return _read(workspace.writer.call(run), withdrawn=True)


def _read(event: Event, *, withdrawn: bool) -> ClauseReport:
    body = event.body
    names = ("report", "policy", "check", "note")
    kind, policy, check, note = (str(body.get(name) or "") for name in names)
    return ClauseReport(
        event.id, event.at, event.actor, NewReport(kind, policy, check, note), str(body.get("catalog_version") or ""),
        event.catalog_hash, event.subject, withdrawn,
    )  # fmt: skip
