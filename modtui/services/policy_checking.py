"""Checking a policy catalog: its mistakes, and whether its worked examples come out as they say."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

from modtui.domain.ad_json import ad_from_payload
from modtui.domain.catalog import Catalog
from modtui.domain.catalog_document import catalog_from_document
from modtui.domain.policies import Example
from modtui.domain.rulings import Cell, Ruling, rule

if TYPE_CHECKING:
    from modtui.files.strict_yaml import Problem

_AGES = re.compile(r"(.+) ([0-9]{1,2})(?:-([0-9]{1,2})|\+)")


class CheckReport(Struct, frozen=True):
    """What is wrong with a catalog, in file order, and how much it holds."""

    problems: tuple[Problem, ...]
    example_failures: tuple[Problem, ...]
    "Examples that come out otherwise than they say; found only when there are no problems."
    counts: Mapping[str, int]
    "`files`, `policies`, `checks`, `needs`, `rows`, `markets`, `examples`; only `files` when there are problems."
    version: str = ""

    @property
    def is_good(self) -> bool:
        return not self.problems and not self.example_failures


def check_catalog(path: Path, today: str) -> CheckReport:
    """Read a policy file or a folder of them, and run its examples.

    `today` (ISO date) is the day of examples when neither they nor the catalog name one. Raises `ModtuiError` for what
    cannot be opened.
    """
    from modtui.files.patterns import compile_pattern  # with RE2 and YAML, which other commands do not need
    from modtui.files.policy_file import read_catalog_document
    from modtui.files.strict_yaml import Problem

    reading = read_catalog_document(path)
    if reading.document is None:
        return CheckReport(reading.problems, (), {"files": len(reading.files)})
    catalog = catalog_from_document(reading.document, compile_pattern)
    failures: list[Problem] = []
    for policy in catalog.policies:
        for number, example in enumerate(policy.examples):
            place = reading.example_places[policy.id, number]
            messages = example_failures(example, catalog, today)
            failures += [Problem(*place, f"example '{example.name}': {message}") for message in messages]
    return CheckReport((), tuple(failures), {"files": len(reading.files), **counts_of(catalog)}, catalog.version)


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


def example_failures(example: Example, catalog: Catalog, today: str) -> Iterator[str]:
    """Each way in which the ruling of an example is not what it expects."""
    ad = ad_from_payload(example.ad)
    ruling = rule(ad, catalog, example.answers, example.as_of or catalog.effective or today)
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
