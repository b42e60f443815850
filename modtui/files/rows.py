"""What a queue file gives, row by row: an ad, or a problem with its line and reason."""

from __future__ import annotations

from typing import Any, NamedTuple

MAX_ROW = 8 << 20
"Bytes in one row. A longer one is a problem and is read past."


class AdRow(NamedTuple):  # a tuple, because a million of them are made
    """One ad in canonical JSON, with the hash of what is reviewed of it."""

    line: int
    "Where the row begins in the (unpacked) file, counted from 1."
    payload: dict[str, Any]
    content_hash: str


class Problem(NamedTuple):
    """One row that is no ad. `file` and `reason` may quote the input: whoever shows them makes them safe."""

    file: str
    line: int
    reason: str
    raw: bytes | str
    "The row as it stood, at most `MAX_ROW` bytes of it."

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.reason}"


class RawRow(NamedTuple):
    """A row before it is understood."""

    line: int
    value: Any
    "The columns by name, or whatever the JSON is."
    raw: bytes | str
    problem: str | None = None
    "What is wrong with it; then there is no value."
    text_is_checked: bool = False
    "No text in it holds a NUL or half of a surrogate pair."
