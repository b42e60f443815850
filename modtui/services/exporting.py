"""Exporting: the decisions of a workspace as JSONL or CSV, whole and countable."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, TextIO

import orjson

from modtui.domain.events import Event, event_document
from modtui.errors import ModtuiError
from modtui.files.decision_rows import COLUMNS, decision_row
from modtui.files.safe_csv import write_csv
from modtui.store.event_log import EventLog
from modtui.store.local_rows import active_ms
from modtui.store.times import utc_ms
from modtui.store.undone import is_superseded
from modtui.store.workspace import Workspace

KINDS = ("decision", "adjudication", "retraction")


def decision_events(
    workspace: Workspace, *, since: str | None = None, kinds: Sequence[str] = KINDS
) -> Iterator[tuple[Event, bool]]:
    """Decisions, adjudications and retractions in the order of the log, each with whether it still stands."""
    since_ms = None if since is None else moment_ms(since)
    with workspace.read() as connection:
        for _, event in EventLog().read(connection, kinds=kinds, since_ms=since_ms):
            yield event, not is_superseded(connection, event.id)


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
) -> int:
    """Write each event whole, with its hash and whether it stands; returns how many."""
    count = 0
    for event, standing in decision_events(workspace, since=since, kinds=kinds):
        out.write(orjson.dumps(_record(workspace, event, standing, with_times)).decode() + "\n")
        count += 1
    return count


def export_csv(workspace: Workspace, out: TextIO, *, since: str | None = None, with_times: bool = False) -> int:
    """Write a row an event, safe for a spreadsheet; returns how many."""
    header = (*COLUMNS, "active_ms") if with_times else COLUMNS
    rows = (
        (*decision_row(event, standing), *((_time_of(workspace, event),) if with_times else ()))
        for event, standing in decision_events(workspace, since=since)
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
    """A text file that is whole or not there: written aside (0600), synced, then put in place. `-` is stdout."""
    if path == "-":
        yield sys.stdout
        return
    target = Path(path)
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
