"""Rows of JSON Lines: one object a line."""

from __future__ import annotations

from collections.abc import Iterator

from modtui.files.byte_lines import ByteLines
from modtui.files.byte_source import ByteSource
from modtui.files.rows import MAX_ROW, RawRow
from modtui.files.strict_json import JsonProblem, parse_json

TOO_LONG = f"is longer than {MAX_ROW >> 20} MiB"


def json_lines(source: ByteSource) -> Iterator[tuple[int, bytes, str | None]]:
    """Number and bytes of every line that is not blank, and what is wrong with one that cannot be read whole."""
    lines = ByteLines(source)
    number = 0
    for batch, is_cut in lines.batches():
        for line in batch:
            number += 1
            if is_cut:
                yield number, line, TOO_LONG
            elif line and not line.isspace():
                yield number, line, None
    if lines.broken:
        yield number + 1, b"", lines.broken


def json_line_rows(source: ByteSource) -> Iterator[RawRow]:
    """A row for every line that is not blank."""
    for number, line, problem in json_lines(source):
        yield json_row(number, line) if problem is None else RawRow(number, None, line, problem)


def json_row(line: int, raw: bytes) -> RawRow:
    try:
        value, is_checked = parse_json(raw)
    except JsonProblem as problem:
        return RawRow(line, None, raw, str(problem))
    return RawRow(line, value, raw, None, is_checked)
