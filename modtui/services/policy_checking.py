"""Checking a policy catalog: its mistakes, what is missing, and whether its examples come out as they say."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from modtui.domain.ad_json import ad_from_payload
from modtui.domain.catalog import Catalog
from modtui.domain.catalog_document import catalog_from_document
from modtui.domain.catalog_faults import faults
from modtui.domain.catalog_gaps import gaps
from modtui.domain.catalog_history import reused
from modtui.domain.catalog_notes import Note
from modtui.domain.policies import Answer, Example
from modtui.domain.rulings import Cell, Ruling, rule

if TYPE_CHECKING:
    from modtui.files.policy_places import Places
    from modtui.files.strict_yaml import Problem
    from modtui.store.workspace import Workspace

_AGES = re.compile(r"(.+) ([0-9]{1,2})(?:-([0-9]{1,2})|\+)")


class CheckReport(Struct, frozen=True):
    """What is wrong with a catalog, in file order, what somebody should look at, and how much it holds."""

    problems: tuple[Problem, ...]
    "Mistakes: of the reader, or else rules that can do nothing and ids given to another meaning."
    example_failures: tuple[Problem, ...] = ()
    "Examples that come out otherwise than they say."
    warnings: tuple[Problem, ...] = ()
    counts: Mapping[str, int] = {}
    "`files`, `policies`, `checks`, `needs`, `rows`, `markets`, `examples`; only `files` when it could not be read."
    version: str = ""
    "Empty when it could not be read; examples and warnings are found only when it could."

    @property
    def is_good(self) -> bool:
        return not self.problems and not self.example_failures


def check_catalog(
    path: Path, today: str, *, workspace: Workspace | None = None, against: str | None = None
) -> CheckReport:
    """Read a policy file or a folder of them, run its examples, and look for what does nothing or is missing.

    `today` (ISO date) is the day by which rows are due, and the day of examples when neither they nor the catalog name
    one. Ids are held against the catalogs of `workspace`; `against` names a queue of it, or a queue file, whose ads the
    cues are tried on. Raises `ModtuiError` for what cannot be opened.
    """
    from modtui.files.patterns import compile_pattern  # with RE2 and YAML, which other commands do not need
    from modtui.files.policy_file import read_catalog_document
    from modtui.files.policy_places import Places
    from modtui.files.strict_yaml import Problem

    reading = read_catalog_document(path)
    if reading.document is None:
        return CheckReport(reading.problems, counts={"files": len(reading.files)})
    catalog = catalog_from_document(reading.document, compile_pattern, "")
    failures: list[Problem] = []
    tried: set[str] = set()
    for policy in catalog.policies:
        for number, example in enumerate(policy.examples):
            ruling = ruling_of(example, catalog, today)
            tried.update(ruling.findings)
            tried.update(check_id for check_id, answer in example.answers.items() if answer is Answer.YES)
            place = reading.example_places[policy.id, number]
            messages = failures_in(ruling, example)
            failures += [Problem(*place, f"example '{example.name}': {message}") for message in messages]
    notes = [*faults(catalog, catalog.effective or today), *gaps(catalog, tried, today)]
    if workspace is not None:
        notes += reused(catalog, _earlier_documents(workspace, catalog.id))
    if against is not None:
        notes += _cue_notes(catalog, against, workspace)
    mistakes, doubts = _told(notes, Places(reading.trees), reading.files)
    counts = {"files": len(reading.files), **counts_of(catalog)}
    return CheckReport(mistakes, tuple(failures), doubts, counts, catalog.version)


def _told(notes: list[Note], places: Places, files: tuple[str, ...]) -> tuple[tuple[Problem, ...], tuple[Problem, ...]]:
    """The mistakes and the doubts among the notes, each with its place and in file order."""
    order = {file: number for number, file in enumerate(files)}
    told = [(note.is_mistake, places.problem(note)) for note in notes]
    told.sort(key=lambda each: (order[each[1].file], each[1].line, each[1].column))
    mistakes = tuple(problem for is_mistake, problem in told if is_mistake)
    return mistakes, tuple(problem for is_mistake, problem in told if not is_mistake)


def _earlier_documents(workspace: Workspace, catalog_id: str) -> Iterator[Mapping[str, Any]]:
    """The documents of the catalog's versions that were used in a workspace, the first used first."""
    import orjson

    from modtui.store.catalogs import find_catalog, list_catalogs

    with workspace.read() as connection:
        for digest, name, _, _ in list_catalogs(connection):
            stored = find_catalog(connection, digest) if name == catalog_id else None
            if stored is not None:
                yield orjson.loads(stored.document)


def _cue_notes(catalog: Catalog, against: str, workspace: Workspace | None) -> Iterator[Note]:
    from modtui.domain.cue_reach import CueReach
    from modtui.services.queue_ads import ads_of

    reach = CueReach(catalog)
    for ad in ads_of(against, workspace, catalog.market_groups):
        reach.add(ad)
    return reach.notes()


def counts_of(catalog: Catalog) -> dict[str, int]:
    """How much a catalog holds. Markets are those with a row of their own, groups not counted."""
    keys = {market for check in catalog.checks for market in check.markets}
    return {
        "policies": len(catalog.policies),
        "checks": sum(check.need is None for check in catalog.checks),
        "needs": sum(check.need is not None for check in catalog.checks),
        "rows": sum(len(check.clauses) + sum(map(len, check.markets.values())) for check in catalog.checks),
        "markets": len(keys - catalog.market_groups.keys()),
        "examples": sum(len(policy.examples) for policy in catalog.policies),
    }


def ruling_of(example: Example, catalog: Catalog, today: str) -> Ruling:
    """What an example comes to, on its own day, the catalog's, or else `today`."""
    return rule(ad_from_payload(example.ad), catalog, example.answers, example.as_of or catalog.effective or today)


def example_failures(example: Example, catalog: Catalog, today: str) -> Iterator[str]:
    """Each way in which the ruling of an example is not what it expects."""
    return failures_in(ruling_of(example, catalog, today), example)


def failures_in(ruling: Ruling, example: Example) -> Iterator[str]:
    """Each way in which a ruling is not what an example expects."""
    for key, wanted in example.expect.items():
        if key == "outcome":
            if ruling.outcome != wanted:
                yield f"the outcome is {ruling.outcome}, not {wanted}{_because(ruling)}"
            continue
        cells = tuple(_cells_named(key, ruling))
        if not cells:
            yield f"there is no cell '{key}' in the ad's markets and ages: {_cell_names(ruling)}"
        for cell in cells:
            if cell.state.name.lower() != wanted:
                yield f"{_name(cell)} is {cell.state.name.lower()}, not {wanted}{_by(cell)}"


def _cells_named(key: str, ruling: Ruling) -> Iterator[Cell]:
    """The cells of a market, or those of its cells that lie within a range of ages."""
    found = _AGES.fullmatch(key)
    market = found[1] if found else key
    low = int(found[2]) if found else 0
    high = int(found[3]) if found and found[3] else None
    for cell in ruling.cells:
        oldest = cell.band.max_age
        if cell.market == market and cell.band.min_age >= low and (
            high is None or (oldest is not None and oldest <= high)
        ):  # fmt: skip
            yield cell


def _name(cell: Cell) -> str:
    return f"{cell.market} {cell.band}"


def _cell_names(ruling: Ruling) -> str:
    return ", ".join(_name(cell) for cell in ruling.cells[:12])


def _by(cell: Cell) -> str:
    return f" (by {cell.deciding.check_id})" if cell.deciding else ""


def _because(ruling: Ruling) -> str:
    if ruling.unsure:
        return f" (unsure matters: {', '.join(ruling.unsure)})"
    return f": {', '.join(f'{_name(cell)} {cell.state.name.lower()}' for cell in ruling.cells[:12])}"
