"""Writing decisions in the forms that others expect: EU statements of reasons, AdCOM audits, advertiser notices."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TextIO

import orjson
from msgspec import Struct, to_builtins

from modtui.domain.audits import audit_of, withdrawn_audit
from modtui.domain.decided import Verdict
from modtui.domain.notices import Refused, notice_of
from modtui.domain.statement_form import BATCH
from modtui.domain.statements import statements_of
from modtui.services.clock import Clock, wall_clock
from modtui.services.outgoing import OutReport, send_out
from modtui.store.past_decisions import PastRow, first_verdict_at
from modtui.store.sqlite import Connection
from modtui.store.times import utc_text
from modtui.store.workspace import Workspace

FORMS = ("dsa", "adcom", "notices")


class Sending(Struct, frozen=True):
    """What is to be written."""

    form: str
    since: str | None = None
    again: bool = False
    "Also what an earlier export wrote."
    before_delivery: bool = True
    "Whether refusals of ads that never ran need an EU statement."
    policy_url: str = ""
    "Where the texts relied on can be read, with `{policy}` and `{version}`."
    appeal: str = ""
    "How an advertiser objects, at the end of each notice."


def write_form(
    workspace: Workspace,
    out: TextIO,
    order: Sending,
    *,
    on_progress: Callable[[int], None] | None = None,
    clock: Clock = wall_clock,
) -> OutReport:
    """Write the decisions that are new to a form; call `outgoing.sent` once the file is in its place."""
    if order.form == "adcom":
        return _write_audits(workspace, out, order, on_progress, utc_text(clock()))
    write = _write_statements if order.form == "dsa" else _write_notices
    return write(workspace, out, order, on_progress)


def _line(document: Any) -> str:
    return orjson.dumps(document).decode() + "\n"


def _write_statements(
    workspace: Workspace, out: TextIO, order: Sending, on_progress: Callable[[int], None] | None
) -> OutReport:
    """A line is the body of one request: at most 100 statements."""
    batch: list[dict[str, Any]] = []

    def make(_connection: Connection, _row: PastRow, verdict: Verdict) -> list[dict[str, Any]] | str | tuple[str, ...]:
        found = statements_of(verdict, before_delivery=order.before_delivery, policy_url=order.policy_url)
        # Half of a decision would look like all of it: either every statement is sound or none is written.
        return found.refusals or found.not_needed or [dict(each) for each in found.statements]

    def put(statement: dict[str, Any]) -> None:
        batch.append(statement)
        if len(batch) == BATCH:
            flush()

    def flush() -> None:
        if batch:
            out.write(_line({"statements": batch}))
            batch.clear()

    report = send_out(workspace, "dsa", make, put, since=order.since, again=order.again, on_progress=on_progress)
    flush()
    return report


def _write_audits(
    workspace: Workspace, out: TextIO, order: Sending, on_progress: Callable[[int], None] | None, now: str
) -> OutReport:
    """One collection, as the Ad Management API answers with."""
    count = 0

    def make(connection: Connection, row: PastRow, verdict: Verdict) -> list[dict[str, Any]]:
        return [audit_of(verdict, first_verdict_at(connection, row.ad_no))]

    def put(audit: dict[str, Any]) -> None:
        nonlocal count
        out.write((",\n" if count else "") + orjson.dumps(audit).decode())
        count += 1

    out.write('{"ads":[\n')
    report = send_out(workspace, "adcom", make, put, since=order.since, again=order.again, on_progress=on_progress)
    for event_id, _, ad_id in report.withdrawn:
        put(withdrawn_audit(ad_id, event_id, now))
    out.write(f'\n],"count":{count},"more":0}}\n')
    return report


def _write_notices(
    workspace: Workspace, out: TextIO, order: Sending, on_progress: Callable[[int], None] | None
) -> OutReport:
    """A line a notice."""

    def make(_connection: Connection, _row: PastRow, verdict: Verdict) -> list[dict[str, Any]] | str | tuple[str, ...]:
        notice = notice_of(verdict, appeal=order.appeal)
        if notice is None:
            return "nothing was refused, limited or asked for, or it is not final"
        return notice.reasons if isinstance(notice, Refused) else [to_builtins(notice)]

    def put(notice: dict[str, Any]) -> None:
        out.write(_line(notice))

    return send_out(workspace, "notices", make, put, since=order.since, again=order.again, on_progress=on_progress)
