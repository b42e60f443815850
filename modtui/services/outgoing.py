"""What goes out to others about decisions: which ones are new to them, which were taken back, and what could not be."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
import orjson
from msgspec import Struct, field

from modtui.domain.ad_json import ad_from_payload
from modtui.domain.catalog import Catalog
from modtui.domain.decided import Verdict, ruling_of
from modtui.domain.evidence import Evidence
from modtui.domain.past_decisions import PastDecision, ad_then
from modtui.services.catalogs import rulebook_with_hash
from modtui.services.clock import Clock, wall_clock
from modtui.services.exporting import moment_ms
from modtui.store.event_log import FIRST_OF_ALL
from modtui.store.exported import already_exported, begin_export, end_export, newly_withdrawn, put_aside
from modtui.store.past_decisions import PastRow, decisions_in_force, version_with
from modtui.store.sqlite import Connection
from modtui.store.times import utc_text
from modtui.store.workspace import Workspace

PAGE = 100
MOST_CATALOGS = 8
MOST_NAMED = 200
"Refusals that are kept with their words; the others are counted."


class Unable(Struct, frozen=True):
    """A decision that cannot be put into a form, and why."""

    decision: str
    source: str
    ad: str
    reasons: tuple[str, ...]


class OutReport(Struct):
    """What became of the decisions in force: each is written, not needed, unable, or was there before."""

    form: str
    decisions: int = 0
    written: int = 0
    "Decisions that something was written of."
    items: int = 0
    "Statements, audits or notices written."
    already: int = 0
    "Decisions that an earlier export wrote."
    not_needed: dict[str, int] = field(default_factory=dict)
    unable: int = 0
    named: list[Unable] = field(default_factory=list)
    withdrawn: list[tuple[str, str, str]] = field(default_factory=list)
    "Decision, source and ad of what was exported earlier and has been taken back since."

    def refuse(self, unable: Unable) -> None:
        self.unable += 1
        if len(self.named) < MOST_NAMED:
            self.named.append(unable)


Make = Callable[[Connection, PastRow, Verdict], "list[dict[str, Any]] | str | tuple[str, ...]"]
"What a decision comes to in a form: documents to write, or why none is needed, or the reasons why it cannot be."
Put = Callable[[dict[str, Any]], None]


def send_out(
    workspace: Workspace,
    form: str,
    make: Make,
    put: Put,
    *,
    since: str | None = None,
    again: bool = False,
    on_progress: Callable[[int], None] | None = None,
) -> OutReport:
    """Put the decisions in force into a form, oldest first, and hand over each document.

    `again` takes those too that were exported before. They count as exported once `sent` says that the file is whole.
    Raises ModtuiError for a time that is none.
    """
    report, catalogs = OutReport(form), _Catalogs(workspace)
    since_ms = None if since is None else moment_ms(since)
    workspace.writer.call(lambda tx: begin_export(tx.connection, form), background=True)
    with workspace.read() as connection:
        report.withdrawn = newly_withdrawn(connection, form)
        after = FIRST_OF_ALL
        while rows := decisions_in_force(connection, after, PAGE, since_ms):
            after = rows[-1].event_no
            there = set() if again else already_exported(connection, form, [row.event_id for row in rows])
            report.decisions += len(rows)
            report.already += len(there)
            fresh = [row for row in rows if row.event_id not in there]
            written = [row.event_id for row in fresh if _write(connection, row, catalogs, make, put, report)]
            _put_aside(workspace, form, written)
            if on_progress is not None:
                on_progress(report.decisions)
    return report


def sent(workspace: Workspace, form: str, clock: Clock = wall_clock) -> None:
    """The file is whole and in its place."""
    now = utc_text(clock())
    workspace.writer.call(lambda tx: end_export(tx.connection, form, now), background=True)


def _put_aside(workspace: Workspace, form: str, event_ids: list[str]) -> None:
    if event_ids:
        workspace.writer.call(lambda tx: put_aside(tx.connection, form, event_ids), background=True)


def _write(connection: Connection, row: PastRow, catalogs: _Catalogs, make: Make, put: Put, report: OutReport) -> bool:
    """Whether something was written; what was not needed, or could not be, is looked at again the next time."""
    try:
        made = make(connection, row, _verdict(connection, row, catalogs))
    except _UnableError as error:
        made = (str(error),)
    if isinstance(made, str):
        report.not_needed[made] = report.not_needed.get(made, 0) + 1
        return False
    if isinstance(made, tuple):
        report.refuse(Unable(row.event_id, row.source, row.ad_id, made))
        return False
    for document in made:
        put(document)
    report.written += 1
    report.items += len(made)
    return True


class _Catalogs:
    """The catalogs that decisions were made under, the last few of them at hand."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self._known: dict[str, Catalog | None] = {}

    def get(self, digest: str) -> Catalog | None:
        if digest not in self._known:
            if len(self._known) >= MOST_CATALOGS:
                self._known.clear()
            found = rulebook_with_hash(digest, self.workspace)
            self._known[digest] = found.catalog if found else None
        return self._known[digest]


class _UnableError(Exception):
    """A decision that cannot be worked out again."""


class _Subject(Struct, frozen=True):
    content_hash: str


class _Finding(Struct, frozen=True):
    check: str
    evidence: tuple[dict[str, Any], ...] = ()


class _Rest(Struct, frozen=True):
    state: str = "decided"
    findings: tuple[_Finding, ...] = ()


class _Made(Struct, frozen=True):
    """An event as it is read for the decision in it."""

    at: str
    subject: _Subject
    catalog_hash: str
    body: PastDecision


class _Beside(Struct, frozen=True):
    body: _Rest


_MADE, _BESIDE = msgspec.json.Decoder(_Made), msgspec.json.Decoder(_Beside)


def _verdict(connection: Connection, row: PastRow, catalogs: _Catalogs) -> Verdict:
    try:
        made, rest = _MADE.decode(row.document), _BESIDE.decode(row.document).body
    except msgspec.DecodeError as error:
        raise _UnableError(f"its record cannot be read: {error}") from error
    catalog = catalogs.get(made.catalog_hash)
    if catalog is None:
        raise _UnableError("the catalog it was decided under is not in this workspace: import its file, or sync")
    stored = version_with(connection, row.ad_no, row.versions, made.subject.content_hash)
    if stored is None:
        raise _UnableError("the ad as it was decided is not in this workspace: import it again")
    payload, imported_ms = stored
    ad = ad_then(ad_from_payload(orjson.loads(payload)), made.body)
    try:
        ruling = ruling_of(made.body, ad, catalog)
    except ValueError as error:
        raise _UnableError(f"its ruling comes out otherwise now: {error}: decide the ad again") from error
    evidence = {each.check: tuple(map(Evidence.from_json, each.evidence)) for each in rest.findings}
    hosted = ad.submitted_at or utc_text(imported_ms)
    state = _state_now(connection, row, made.subject.content_hash, rest.state)
    return Verdict(row.event_id, made.at, made.body, ad, catalog, ruling, state, evidence, hosted, ad.languages)


def _state_now(connection: Connection, row: PastRow, content_hash: str, stated: str) -> str:
    """The state a decision left the ad in, with what others decided beside it: `conflict` when they disagree."""
    if content_hash != row.current.hex():
        return stated
    found = connection.execute("SELECT state, mark FROM queue_items WHERE ad_no = ?", (row.ad_no,)).fetchall()
    if any(mark == "conflict" for _, mark in found):
        return "conflict"
    # Two who judged it alone are each other's second pair of eyes.
    return "decided" if stated == "second_review" and any(state == "decided" for state, _ in found) else stated
