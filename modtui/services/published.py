"""What leads publish through folders and carried files: taken, checked, put to use, and passed on to where it lacks."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import groupby
from pathlib import Path
from typing import TypeVar

import orjson
from msgspec import Struct, field
from msgspec.structs import replace

from modtui.domain.catalog import Catalog
from modtui.errors import ModtuiError
from modtui.remotes.packing import BrokenBundle
from modtui.remotes.protocol import Carrier, Refused
from modtui.remotes.publications import ADS, CATALOG, Publication, QueueLine, ads_in, catalog_in
from modtui.services.catalogs import load_rulebook, load_team_rulebook
from modtui.services.clock import Clock, wall_clock
from modtui.services.folder_board import FolderBoard, kept_publication, row_of
from modtui.services.importing import ImportOrder, ImportReport, check_queue_name, run_import
from modtui.services.must_see import MUST_SEE
from modtui.services.shipped import shipped
from modtui.services.team_catalog import read_catalog, take_catalog
from modtui.store import published as store
from modtui.store import remotes
from modtui.store.sqlite import Connection
from modtui.store.times import utc_text
from modtui.store.transaction import Transaction
from modtui.store.workspace import Workspace

T = TypeVar("T")
FILES_AT_ONCE = 20
"Publications of one queue that are imported together."


class Arrived(Struct):
    """What a sync brought of what leads have published."""

    catalog: str | None = None
    "The version that is in use from now on, if it is another."
    queues: dict[str, ImportReport] = field(default_factory=dict)
    "What became of the ads of each queue that came."
    sent: int = 0
    "Files that went to where they were lacking."
    refused: list[Refused] = field(default_factory=list)


def exchange_published(
    workspace: Workspace,
    carrier: Carrier,
    team: str,
    *,
    remote: str | None,
    is_pull_only: bool = False,
    policies: Path | None = None,
    done: Arrived | None = None,
    clock: Clock = wall_clock,
) -> Arrived:
    """Take what is new there, put it to use, and send what is lacking there; said hello before.

    `remote` is the name that marks are kept under; of what has none, such as a carried file, nothing is remembered.
    Raises RemoteFault when the remote fails; all of it may be repeated, with what was `done` so far.
    """
    done = done or Arrived()
    done.refused.clear()
    _take(workspace, carrier, remote, done, clock)
    _apply(workspace, team, policies, done, clock)
    if not is_pull_only:
        done.sent += send_published(workspace, carrier, team, remote)
    return done


def send_published(workspace: Workspace, carrier: Carrier, team: str, remote: str | None) -> int:
    """Send what is known here and lacking there, file by file; how many went."""
    sent = 0
    for name in names_lacking(workspace, carrier, team):
        publication = kept_publication(workspace, name)
        if publication is None:
            continue
        carrier.publish(publication)
        _mark(workspace, carrier, remote, name)
        sent += 1
    return sent


def names_lacking(workspace: Workspace, carrier: Carrier, team: str) -> Iterator[str]:
    """What is known here and is not there."""
    yield from filter(carrier.lacks, _read(workspace, lambda reading: store.published_names(reading, team)))


# What arrives ---


def _take(workspace: Workspace, carrier: Carrier, remote: str | None, done: Arrived, clock: Clock) -> None:
    marks = _read(workspace, lambda reading: remotes.marks(reading, remote)) if remote else {}
    for found in carrier.publications(marks):
        if isinstance(found, Refused):
            done.refused.append(found)
            continue
        try:
            _check(found)
        except (BrokenBundle, ModtuiError) as error:
            done.refused.append(Refused(carrier.mark_of(found.name), _words(error)))
            continue
        row = row_of(found)

        def keep(tx: Transaction, row: store.PublishedRow = row) -> None:
            store.keep_published(tx.connection, row, utc_text(clock()), is_applied=False)
            if remote:
                remotes.set_mark(tx.connection, remote, (carrier.mark_of(row.name), ""))

        workspace.writer.call(keep, background=True)


def _check(publication: Publication) -> None:
    """Whether it can be used; what is not known here is kept and passed on, not used."""
    if publication.kind == CATALOG:
        read_catalog(catalog_in(publication))
    elif publication.kind == ADS:
        line, ads = ads_in(publication)
        check_queue_name(publication.subject)
        check_queue_name(line.source or publication.subject)
        if ads and not ads.startswith(b"{"):
            raise BrokenBundle("what it says are ads are none")


def _mark(workspace: Workspace, carrier: Carrier, remote: str | None, name: str) -> None:
    if remote:
        mark = (carrier.mark_of(name), "")
        workspace.writer.call(lambda tx: remotes.set_mark(tx.connection, remote, mark), background=True)


# What is put to use ---


def _apply(workspace: Workspace, team: str, policies: Path | None, done: Arrived, clock: Clock) -> None:
    try:
        done.catalog = take_catalog(workspace, FolderBoard(workspace, team, clock=clock), clock) or done.catalog
    except ModtuiError as error:
        done.refused.append(Refused("the team's catalog", error.message))
    names = _read(workspace, lambda reading: store.names_to_apply(reading, ADS))
    if not names:
        return
    catalog = _catalog(workspace, policies, clock)
    for (_, queue, _), group in groupby(enumerate(_parts(workspace, names)), _together):
        try:
            report = _import(workspace, catalog, queue, (part for _, part in group), clock)
        except (ModtuiError, OSError) as error:  # such as no room here: the next sync does it again
            done.refused.append(Refused(f"queue {queue}", _words(error)))
            continue
        done.queues[queue] = _sum(done.queues.get(queue), report)


class _Part(Struct, frozen=True):
    publication: Publication
    line: QueueLine
    ads: bytes


def _parts(workspace: Workspace, names: Sequence[str]) -> Iterator[_Part]:
    for name in names:
        publication = kept_publication(workspace, name)
        if publication is not None:
            yield _Part(publication, *ads_in(publication))


def _together(numbered: tuple[int, _Part]) -> tuple[int, str, tuple[object, ...]]:
    """The same for parts that are imported at once: of one queue, source and settings, and not too many."""
    n, part = numbered
    line = part.line
    return n // FILES_AT_ONCE, part.publication.subject, (line.source, line.groups, line.markets, line.must_see)


def _import(workspace: Workspace, catalog: Catalog, queue: str, parts: Iterator[_Part], clock: Clock) -> ImportReport:
    """Import the ads of parts like those of files, and note that they are in use. Cut off, it is done again."""
    names: list[str] = []
    paths: list[Path] = []
    line = QueueLine("")
    with _passing_folder(workspace) as folder:
        for part in parts:
            place = (part.publication.number, part.publication.name)
            later = _read(workspace, lambda reading, place=place: store.applied_after(reading, ADS, queue, place))  # type: ignore[misc]
            line = part.line if not later else replace(part.line, markets=(), must_see=False)
            names.append(part.publication.name)
            if ads := _without(part.ads, _said_in(workspace, later, part.line.source)):
                paths.append(folder / f"{len(names)}.jsonl")
                paths[-1].write_bytes(ads)
            elif not later:
                _set(workspace, queue, line, clock)
        order = ImportOrder(
            paths, queue, line.source or None, markets=line.markets, groups=line.groups, is_passing=True
        )
        report = run_import(workspace, catalog, order, clock=clock) if paths else ImportReport()

    def note(tx: Transaction) -> None:
        for name in names:
            store.note_applied(tx.connection, name)

    workspace.writer.call(note, background=True)
    return report


@contextmanager
def _passing_folder(workspace: Workspace) -> Iterator[Path]:
    """An empty folder beside the workspace for what is imported, gone afterwards; what a kill left in it goes first.

    One sync at a time has the workspace.
    """
    folder = workspace.path.with_name(workspace.path.name + "-arriving")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _set(workspace: Workspace, queue: str, line: QueueLine, clock: Clock) -> None:
    """Give a queue the settings it was published with."""
    settings = {"markets": list(line.markets), MUST_SEE: line.must_see}
    workspace.writer.call(lambda tx: tx.create_queue(queue, utc_text(clock()), settings), background=True)


def _said_in(workspace: Workspace, names: Sequence[str], source: str) -> set[str]:
    """Ids of the ads that publications speak of: those came before one that is older."""
    return {ad_id for part in _parts(workspace, names) if part.line.source == source for ad_id, _ in _ids_of(part.ads)}


def _without(ads: bytes, ids: set[str]) -> bytes:
    if not ids:
        return ads
    return b"".join(line + b"\n" for ad_id, line in _ids_of(ads) if ad_id not in ids)


def _ids_of(ads: bytes) -> Iterator[tuple[str, bytes]]:
    """Each line with the id of its ad; what is none keeps its place under an empty id, for the import to refuse."""
    for line in ads.split(b"\n"):
        if line:
            yield _id(line), line


def _id(line: bytes) -> str:
    try:
        value = orjson.loads(line)
    except ValueError:
        return ""
    found = value.get("id") if isinstance(value, Mapping) else None
    return found if isinstance(found, str) else ""


def _catalog(workspace: Workspace, policies: Path | None, clock: Clock) -> Catalog:
    """What says which market groups there are, and which flags go first."""
    team = None if policies else load_team_rulebook(workspace)
    return (team or load_rulebook(policies or shipped("policies.yaml"), workspace, clock())).catalog


def _sum(before: ImportReport | None, more: ImportReport) -> ImportReport:
    if before is None:
        return more
    counts = {name: getattr(before, name) + count for name, count in more.as_json().items()}
    return ImportReport(**counts, rejects=more.rejects or before.rejects)


def _read(workspace: Workspace, run: Callable[[Connection], T]) -> T:
    with workspace.read() as reading:
        return run(reading)


def _words(error: Exception) -> str:
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return error.message if isinstance(error, ModtuiError) else str(error)
