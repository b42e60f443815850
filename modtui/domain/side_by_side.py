"""Decisions on one ad held against each other: what each says of a check and of a market, and where they differ.

Bodies may be another program's: whatever does not have the shape of ours is passed over.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from msgspec import Struct

OPEN, NOT_SAID, BY_FACT = "left open", "–", "yes, by a fact"

Body = Mapping[str, Any]


class Row(Struct, frozen=True):
    """One thing that decisions speak of, and what each says of it, in their order."""

    names: tuple[str, ...]
    "The id of a check, or the markets of which the same is said."
    said: tuple[str, ...]

    @property
    def differs(self) -> bool:
        return len(set(self.said)) > 1


def answer_rows(bodies: Sequence[Body]) -> list[Row]:
    """A row a check that any of the decisions answered or found, those that differ first."""
    ids = dict.fromkeys(check for body in bodies for check in (*_map(body, "answers"), *findings_of(body)))
    return _differing_first([Row((check,), tuple(_answer(body, check) for body in bodies)) for check in ids])


def cell_rows(bodies: Sequence[Body]) -> list[Row]:
    """A row for markets of which the same is said, those that differ first: `16-17 cut, 18+ allowed`."""
    found = [_cells(body) for body in bodies]
    alike: dict[tuple[str, ...], list[str]] = {}
    for market in dict.fromkeys(market for cells in found for market in cells):
        said = tuple(", ".join(cells.get(market, ())) or NOT_SAID for cells in found)
        alike.setdefault(said, []).append(market)
    return _differing_first([Row(tuple(markets), said) for said, markets in alike.items()])


def findings_of(body: Body) -> dict[str, Mapping[str, Any]]:
    """The findings by the ids of their checks."""
    return {str(each.get("check", "")): each for each in dicts(body.get("findings"))}


def dicts(values: Any) -> Iterator[Mapping[str, Any]]:
    """What of a list is an object."""
    yield from (each for each in values if isinstance(each, Mapping)) if isinstance(values, list | tuple) else ()


def texts(values: Any) -> list[str]:
    """What of a list is a text, if it is a list."""
    return [each for each in values if isinstance(each, str)] if isinstance(values, list | tuple) else []


def _differing_first(rows: list[Row]) -> list[Row]:
    return sorted(rows, key=lambda row: not row.differs)


def _map(body: Body, name: str) -> Mapping[str, Any]:
    value = body.get(name)
    return value if isinstance(value, Mapping) else {}


def _answer(body: Body, check: str) -> str:
    answer = _map(body, "answers").get(check)
    if answer is not None:
        return str(answer)
    if check in findings_of(body):
        return BY_FACT
    return OPEN if check in texts(body.get("passed_over")) else NOT_SAID


def _cells(body: Body) -> dict[str, list[str]]:
    """Market to its ages with their states, youngest first."""
    found: dict[str, list[str]] = {}
    for cell in dicts(body.get("cells")):
        words = f"{_ages(cell.get('min_age'), cell.get('max_age'))} {cell.get('state', '')}".strip()
        found.setdefault(str(cell.get("market", "")), []).append(words)
    return found


def _ages(youngest: Any, oldest: Any) -> str:
    if not youngest and oldest is None:
        return ""
    return f"{youngest or 0}+" if oldest is None else f"{youngest or 0}-{oldest}"
