"""CSV that no spreadsheet takes for a formula (OWASP, *CSV injection*), quoted as RFC 4180 says."""

from __future__ import annotations

import csv
import unicodedata
from collections.abc import Iterable, Sequence
from typing import TextIO

FORMULA_STARTS = frozenset("=+-@\t\r\n\0")
"What a spreadsheet may read as the start of a formula, once full-width forms are folded."


def is_formula_like(text: str) -> bool:
    """Whether a spreadsheet might run the text: as it starts, or as it does without blanks and invisible signs."""
    if not text:
        return False
    if text[0] in FORMULA_STARTS:
        return True
    for character in text:
        folded = unicodedata.normalize("NFKC", character)
        if folded.strip() and unicodedata.category(character) not in ("Cf", "Cc"):
            return folded[0] in FORMULA_STARTS
    return False


def safe_cell(value: object) -> object:
    """Our own whole numbers stay numbers; a text that looks like a formula gets an apostrophe, NUL is written `\\0`."""
    if value is None:
        return ""
    if isinstance(value, int):
        return value
    text = str(value)
    guarded = "'" + text if is_formula_like(text) else text
    return guarded.replace("\0", "\\0")


def write_csv(out: TextIO, header: Sequence[str], rows: Iterable[Sequence[object]]) -> int:
    """Write a header and rows with CRLF line ends; returns how many rows."""
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(header)
    count = 0
    for row in rows:
        writer.writerow([safe_cell(value) for value in row])
        count += 1
    return count
