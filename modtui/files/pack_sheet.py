"""A pack as a sheet to edit by hand: which ads are in, why each answer is right, what else counts as right."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from pathlib import Path
from typing import TextIO

from msgspec import Struct

from modtui.errors import ModtuiError
from modtui.files.safe_csv import is_formula_like, write_csv

COLUMNS = ("in", "origin", "ad", "policy", "outcome", "checks", "difficulty", "stale", "why", "accepted")
_NEEDED = ("in", "origin", "why", "accepted")


class SheetRow(Struct, frozen=True):
    """One line of the sheet."""

    is_in: str
    "`yes`, `no`, or empty to leave it to the choice."
    origin: str
    ad: str = ""
    policy: str = ""
    outcome: str = ""
    checks: tuple[str, ...] = ()
    difficulty: str = ""
    stale: str = ""
    why: str = ""
    accepted: str = ""
    "Other right answers, such as `reject: honest.price/hidden | request_info`."


def write_sheet(out: TextIO, rows: Iterable[SheetRow]) -> int:
    """Write the sheet as CSV that no spreadsheet runs; returns how many rows."""
    return write_csv(
        out,
        COLUMNS,
        (
            (
                row.is_in, row.origin, row.ad, row.policy, row.outcome, " ".join(row.checks), row.difficulty, row.stale,
                row.why, row.accepted,
            )
            for row in rows
        ),
    )  # fmt: skip


def read_sheet(path: Path) -> list[SheetRow]:
    """The rows of an edited sheet. Raises ModtuiError for columns that are missing or words nobody understands."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            missing = [name for name in _NEEDED if name not in (reader.fieldnames or ())]
            if missing:
                message = f"{path} has no column '{missing[0]}'."
                raise ModtuiError("That is no sheet of a pack", message, "`modtui pack build --sheet FILE` writes one.")
            return [_row(path, number, row) for number, row in enumerate(reader, 2)]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise ModtuiError("Cannot read the sheet", f"{path}: {reason}.", "Save it as CSV in UTF-8.") from error


def accepted_answers(path: Path, row: SheetRow, outcomes: Iterable[str]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Outcome and checks of each other right answer. Raises ModtuiError for an outcome that is none."""
    found = []
    for words in filter(None, (part.strip() for part in row.accepted.split("|"))):
        outcome, _, checks = words.partition(":")
        if outcome.strip() not in tuple(outcomes):
            message = f"{path}: '{outcome.strip()}' of {row.ad or row.origin} is no outcome."
            raise ModtuiError("The sheet cannot be read", message, "Write outcome: check check | outcome: check.")
        found.append((outcome.strip(), tuple(checks.replace(",", " ").split())))
    return tuple(found)


def _row(path: Path, number: int, row: dict[str, str | None]) -> SheetRow:
    is_in = (row.get("in") or "").strip().lower()
    if is_in not in ("yes", "no", ""):
        message = f"{path}:{number}: '{is_in}' under `in` is neither yes nor no."
        raise ModtuiError("The sheet cannot be read", message, "Write yes, no, or nothing.")
    return SheetRow(
        is_in,
        _text(row.get("origin")),
        _text(row.get("ad")),
        why=_text(row.get("why")),
        accepted=_text(row.get("accepted")),
    )


def _text(cell: str | None) -> str:
    """The cell without the apostrophe that keeps a spreadsheet from running it."""
    text = (cell or "").strip()
    return text[1:] if text.startswith("'") and is_formula_like(text[1:]) else text
