"""What a queue file gives, row by row: an ad, or a problem with its line and reason."""

from __future__ import annotations

from typing import Any, NamedTuple

import orjson

MAX_ROW = 8 << 20
"Bytes in one row. A longer one is a problem and is read past."


class AdRow(NamedTuple):  # a tuple, because a million of them are made
    """One ad in canonical JSON, with the hash of what is reviewed of it, and what orders and filters."""

    line: int
    "Where the row begins in the (unpacked) file, counted from 1."
    source: str
    id: str
    content_hash: str
    text: str
    "The canonical JSON, its keys in order."
    title: str
    "The shortest text that names the ad for a person, the same as `Ad.title`, at most 200 characters."
    advertiser: str | None
    markets: tuple[str, ...]
    industry: str | None
    priority: int
    submitted_at: str | None
    due_at: str | None
    labels: tuple[str, ...]
    "Of its flags."

    @property
    def payload(self) -> dict[str, Any]:
        """What the text says."""
        payload: dict[str, Any] = orjson.loads(self.text)
        return payload


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
