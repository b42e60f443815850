"""Exporting: the decisions of a workspace as JSONL or CSV, whole and countable."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from itertools import islice
from pathlib import Path
from typing import Any, TextIO

import orjson
from msgspec import Struct

from modtui.domain.events import Event, event_document
from modtui.errors import ModtuiError
from modtui.files.decision_rows import COLUMNS, decision_row
from modtui.files.safe_csv import write_csv
from modtui.store.event_log import EventLog
from modtui.store.items import ad_number
from modtui.store.leases import is_blind
from modtui.store.local_rows import active_ms
from modtui.store.sqlite import Connection
from modtui.store.times import utc_ms
from modtui.store.undone import is_superseded, kinds_taken_back
from modtui.store.workspace import Workspace

KINDS = ("decision", "adjudication", "retraction")
PAGE_EVENTS = 500


def decision_events(
    workspace: Workspace, *, since: str | None = None, kinds: Sequence[str] = KINDS, after: str = "",
    newest_first: bool = False,
) -> Iterator[tuple[Event, bool]]:  # fmt: skip
    """Decisions, adjudications and their retractions, one's own and others', in order of time; and whether each stands.

    `after` is the id of the event to go on from. What is read is a page at a time, however many there are. Left out is
    what others said of an ad that is reviewed blind here. Raises ModtuiError for a time or an event that is none.
    """
    since_ms = 0 if since is None else moment_ms(since)
    with workspace.read() as connection:
        if after and EventLog().number(connection, after) is None:
            raise ModtuiError("No such event", f"--after: there is no event {after!r}.", "Take the id of a row.")
    while True:
        with workspace.read() as connection:
            page = EventLog().read_in_time(
                connection, kinds, since_ms, after, PAGE_EVENTS, newest_first=newest_first
            )  # fmt: skip
            told = [(event, not is_superseded(connection, event.id)) for number, event in page
                    if (number > 0 or not _is_withheld(connection, event))
                    and not _takes_back_others(connection, event, kinds)]  # fmt: skip
        yield from told
        if len(page) < PAGE_EVENTS:
            return
        after = page[-1][1].id


def _is_withheld(connection: Connection, event: Event) -> bool:
    """Whether another's event speaks of an ad that is to be judged here without knowing of it."""
    ad_no = ad_number(connection, event.subject.source, event.subject.ad_id) if event.subject else None
    return ad_no is not None and is_blind(connection, ad_no)


def _takes_back_others(connection: Connection, event: Event, kinds: Sequence[str]) -> bool:
    """Whether an event takes back only what is of other kinds, such as a hold."""
    if event.kind != "retraction":
        return False
    taken_back = kinds_taken_back(connection, event)
    return bool(taken_back) and taken_back.isdisjoint(kinds)


class Some(Struct, frozen=True):
    """Which of the decisions are wanted, where not all are."""

    after: str = ""
    "The id of the event to go on from."
    limit: int | None = None
    newest_first: bool = False

    def of(
        self, workspace: Workspace, since: str | None = None, kinds: Sequence[str] = KINDS
    ) -> Iterator[tuple[Event, bool]]:
        """Those decisions, as `decision_events` gives them."""
        found = decision_events(
            workspace, since=since, kinds=kinds, after=self.after, newest_first=self.newest_first
        )  # fmt: skip
        return islice(found, self.limit)


ALL = Some()


def moment_ms(text: str) -> int:
    """A date or time as a person gives it, UTC unless it says otherwise, in milliseconds since 1970."""
    moment = utc_ms(text)
    if moment is None or moment < 0:
        raise ModtuiError("No such time", f"--since: '{text}' is no time.", "Write 2026-11-20 or 2026-11-20T08:00.")
    return moment


def export_jsonl(
    workspace: Workspace,
    out: TextIO,
    *,
    since: str | None = None,
    with_times: bool = False,
    kinds: Sequence[str] = KINDS,
    some: Some = ALL,
) -> int:
    """Write each event whole, with its hash and whether it stands; returns how many."""
    count = 0
    for event, standing in some.of(workspace, since, kinds):
        out.write(orjson.dumps(_record(workspace, event, standing, with_times)).decode() + "\n")
        count += 1
    return count


def export_csv(
    workspace: Workspace, out: TextIO, *, since: str | None = None, with_times: bool = False, some: Some = ALL
) -> int:
    """Write a row an event, safe for a spreadsheet; returns how many."""
    header = (*COLUMNS, "active_ms") if with_times else COLUMNS
    rows = (
        (*decision_row(event, standing), *((_time_of(workspace, event),) if with_times else ()))
        for event, standing in some.of(workspace, since)
    )
    return write_csv(out, header, rows)


def _record(workspace: Workspace, event: Event, standing: bool, with_times: bool) -> dict[str, Any]:
    record: dict[str, Any] = event_document(event) | {"hash": event.hash, "standing": standing}
    if with_times:
        record["active_ms"] = _time_of(workspace, event)
    return record


def _time_of(workspace: Workspace, event: Event) -> int | None:
    with workspace.read() as connection:
        return active_ms(connection, event.id)


@contextmanager
def output_file(path: str) -> Iterator[TextIO]:
    """A text file that is whole or not there: written aside (0600), synced, then put in place. `-` is stdout.

    A device or a pipe is refused: putting a file in its place would take it away from everybody.
    """
    if path == "-":
        yield sys.stdout
        return
    target = Path(path)
    if target.exists() and not target.is_file() and not target.is_dir():
        raise ModtuiError("Cannot write the export", f"{path} is a pipe or a device.", "Use `-o - > PATH` for it.")
    aside = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as out:
            yield out
            out.flush()
            os.fsync(out.fileno())
        aside.replace(target)
        folder = os.open(target.parent, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    except OSError as error:
        with suppress(OSError):
            aside.unlink()
        raise ModtuiError(
            "Cannot write the export", f"{path}: {error.strerror or error}.", "Name another file with -o."
        ) from error
    except BaseException:
        with suppress(OSError):
            aside.unlink()
        raise
