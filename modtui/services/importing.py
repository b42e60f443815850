"""Importing: rows of queue files become ads of a queue, batch by batch, and every row is counted once."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence
from concurrent.futures import Future
from itertools import chain, count, islice
from pathlib import Path
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from modtui.domain.catalog import Catalog
from modtui.domain.plurals import number_of
from modtui.errors import ModtuiError
from modtui.files.queue_file import QueueReader, read_queue
from modtui.files.rejects_file import RejectsFile
from modtui.files.rows import AdRow, Problem
from modtui.services.clock import Clock, wall_clock
from modtui.services.media_folders import folder_setting
from modtui.store import ad_rows
from modtui.store.ad_rows import BATCH_ROWS, ImportCounts
from modtui.store.errors import StorageError
from modtui.store.times import utc_text
from modtui.store.transaction import Transaction
from modtui.store.workspace import Workspace

LONGEST_QUEUE_NAME = 200
_BREAKS = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")
"What a file may be called and no queue need be: it would break the lines that the queue is named in."
BATCHES_IN_FLIGHT = 2
"Batches handed to the writer and not yet committed, so that reading and writing overlap."


class ImportReport(Struct, frozen=True):
    """What became of every row: `rows` is the sum of the five below it."""

    rows: int = 0
    new: int = 0
    new_versions: int = 0
    context_changed: int = 0
    unchanged: int = 0
    rejected: int = 0
    rejects: Path | None = None
    "Where the rejected rows are kept, when there are any."

    def as_json(self) -> dict[str, int]:
        return {name: getattr(self, name) for name in self.__struct_fields__ if name != "rejects"}


class ImportOrder(Struct, frozen=True):
    """What to import, and how."""

    paths: Sequence[str | Path]
    queue: str
    source: str | None = None
    "The name ads are known under; None takes the mapping's, or else the queue's."
    mapping: Any = None
    "A `files.mapping.QueueMapping`, or None for our own layout."
    markets: tuple[str, ...] = ()
    "The queue's default where an ad states none."
    rejects: Path | None = None
    "Where refused rows are kept; None is beside the workspace."
    groups: tuple[str, ...] = ()
    "Market groups that the rows name, beside those of the catalog."
    is_passing: bool = False
    "The files do not stay: media are not looked for beside them."


class ImportProgress(Struct, frozen=True):
    """How far one file is."""

    file: str
    bytes_read: int
    bytes_total: int | None
    rows: int
    stored: int = 0
    "Ads of batches that are on disk; those behind them are still being written."


Report = Callable[[ImportProgress], None]
Tell = Callable[[Problem], None]


def run_import(
    workspace: Workspace,
    catalog: Catalog,
    order: ImportOrder,
    *,
    on_progress: Report | None = None,
    on_problem: Tell | None = None,
    clock: Clock = wall_clock,
) -> ImportReport:
    """Import files into a queue. Raises ModtuiError for one that cannot be read at all, before anything is stored."""
    groups = frozenset(catalog.market_groups) | frozenset(order.groups)
    source = order.source or getattr(order.mapping, "source", None) or order.queue
    _check(order)
    readers = [read_queue(path, mapping=order.mapping, source=source, known_groups=groups) for path in order.paths]
    folders = {} if order.is_passing else folder_setting(order.paths, utc_text(clock()))
    settings = folders | ({"markets": list(order.markets)} if order.markets else {})
    workspace.writer.call(lambda tx: tx.create_queue(order.queue, utc_text(clock()), settings))
    labels = escalation_labels(catalog)
    rejects = RejectsFile(order.rejects or _free_place(workspace.path, order.queue))
    with rejects:
        tally = _Tally(workspace, order.queue, clock, rejects, on_problem)
        try:
            for reader in readers:
                _import_file(reader, tally, labels, on_progress)
            report = tally.report()
        except StorageError as error:
            raise _stopped(error, tally.stored) from error
    return replace(report, rejects=rejects.path) if report.rejected else report


def _stopped(error: StorageError, stored: int) -> StorageError:
    """The error that ended an import, with what of it is on disk all the same: a batch is stored whole or in part."""
    if not stored:
        return error
    message = error.message.replace("Nothing was saved.", "").strip()
    words = f"{message} At least {number_of(stored, 'row')} of this import came in before."
    hint = f"{error.hint} Import the same again then: what is stored counts as unchanged."
    return type(error)(error.title, words, hint)


def _check(order: ImportOrder) -> None:
    check_queue_name(order.queue)
    if order.rejects is not None and any(order.rejects.resolve() == Path(path).resolve() for path in order.paths):
        words = f"{order.rejects} is what is imported."
        raise ModtuiError("Rejected rows would overwrite the file", words, "Name another place with --rejects.")


def check_queue_name(name: str) -> None:
    """Raise ModtuiError for what no queue can be called."""
    if not 0 < len(name) <= LONGEST_QUEUE_NAME:
        words = f"A queue's name has 1 to {LONGEST_QUEUE_NAME} characters, this one {len(name)}."
        raise ModtuiError("Queue cannot be named so", words, "Give another one with --queue.")


def _import_file(reader: QueueReader, tally: _Tally, labels: Collection[str], on_progress: Report | None) -> None:
    # Each row is made ready as it is read, while it is in the processor's cache: a batch of payloads would not be.
    rows = (stored_row(row, labels) if isinstance(row, AdRow) else row for row in reader)
    while batch := list(islice(rows, BATCH_ROWS)):
        tally.take(batch)
        if on_progress:
            on_progress(ImportProgress(reader.file, reader.bytes_read, reader.bytes_total, tally.rows, tally.stored))


class _Batch:
    """Rows handed to the writer, which stores them at once, or in several transactions when decisions come between."""

    def __init__(self, rows: Sequence[ad_rows.AdRow]) -> None:
        self.rest = rows
        self.counts = ImportCounts()
        self.stored: Future[None] = Future()


class _Tally:
    """Hands batches to the writer and keeps count. At most `BATCHES_IN_FLIGHT` are open, so memory stays flat."""

    def __init__(
        self,
        workspace: Workspace,
        queue: str,
        clock: Clock,
        rejects: RejectsFile,
        on_problem: Tell | None,
    ) -> None:
        self.workspace, self.queue, self.clock = workspace, queue, clock
        self.rejects, self.on_problem = rejects, on_problem
        self.rows = self.stored = 0
        self._counts = ImportCounts()
        self._open: list[_Batch] = []

    def take(self, batch: Sequence[ad_rows.AdRow | Problem]) -> None:
        self.rows += len(batch)
        stored = [row for row in batch if isinstance(row, ad_rows.AdRow)]
        for row in batch:
            if isinstance(row, Problem):
                self.rejects.write(row)
                if self.on_problem:
                    self.on_problem(row)
        if stored:
            self._open.append(self._submit(stored))
        # The first batch is waited for, because somebody may be waiting for its ads.
        most = BATCHES_IN_FLIGHT if self.stored else 0
        while len(self._open) > most or (self._open and self._open[0].stored.done()):
            self._settle(self._open.pop(0))

    def report(self) -> ImportReport:
        """The counts, once every batch is on disk."""
        while self._open:
            self._settle(self._open.pop(0))
        counts = self._counts
        return ImportReport(
            self.rows, counts.new, counts.new_versions, counts.context_changed, counts.unchanged, self.rejects.count
        )

    def _submit(self, rows: Sequence[ad_rows.AdRow]) -> _Batch:
        batch = _Batch(rows)

        def step(tx: Transaction) -> bool:
            counts, batch.rest = tx.store_some(self.queue, batch.rest, self.clock())
            batch.counts += counts
            return bool(batch.rest)

        batch.stored = self.workspace.writer.submit_steps(step)
        return batch

    def _settle(self, batch: _Batch) -> None:
        batch.stored.result()
        counts = batch.counts
        for ad_id in counts.refused:
            self.rejects.write(Problem(self.queue, 0, "has more versions than a workspace keeps", ad_id))
        self._counts += counts
        self.stored += counts.new + counts.new_versions + counts.context_changed + counts.unchanged


def stored_row(row: AdRow, escalation_labels: Collection[str] = ()) -> ad_rows.AdRow:
    """An ad as the workspace stores it."""
    labels = row.labels
    is_escalation_class = bool(labels) and any(label.casefold() in escalation_labels for label in labels)
    return ad_rows.AdRow._make((*row[1:-1], is_escalation_class))


def escalation_labels(catalog: Catalog) -> frozenset[str]:
    """The flag labels that light a check which always escalates: ads that carry one go first."""
    labels: set[str] = set()
    for policy in catalog.policies:
        for check in policy.checks:
            if check.escalation and not check.escalation.offered:
                labels.update(label.casefold() for label in (*policy.cues.flags, *check.cues.flags))
    return frozenset(labels)


def build_search_index(workspace: Workspace, should_stop: Callable[[], bool] = lambda: False) -> int:
    """Index what is not indexed yet, in small batches behind all other work; how many ads."""
    total = 0
    while not should_stop():
        done = workspace.writer.call(lambda tx: tx.index_next(), background=True)
        if not done:
            break
        total += done
    return total


def _free_place(workspace: Path, queue: str) -> Path:
    """A file beside the workspace for the rejected rows of a queue; those of an earlier import stay where they are."""
    name = _file_name(queue)
    names = (f"{name}{ending}.rejects.jsonl" for ending in chain([""], map("-{}".format, count(2))))
    return next(place for each in names if not (place := workspace.with_name(each)).exists())


def _file_name(queue: str) -> str:
    return "".join(letter if letter.isalnum() or letter in "-_" else "-" for letter in queue)[:80] or "queue"


def queue_name_of(path: str | Path) -> str:
    """The queue's name when nobody gives one: the file's, without its endings."""
    name = Path(path).name
    for _ in range(2):
        stem, dot, ending = name.rpartition(".")
        if (
            dot
            and stem
            and ending.lower() in {"gz", "zst", "zstd", "jsonl", "ndjson", "json", "csv", "tsv", "tab", "txt"}
        ):
            name = stem
    return "stdin" if str(path) == "-" else _BREAKS.sub("-", name) or "queue"
