"""Mistakes in a file that a person wrote: where each stands, and what is wrong."""

from __future__ import annotations

from typing import NamedTuple

MAX_PROBLEMS = 1000
"After so many a reader stops: the rest is noise, and must not take memory."
LONGEST_QUOTE = 80


class Problem(NamedTuple):
    """One mistake in a file. Line and column count from 1; `path` is empty for the whole file."""

    file: str
    line: int
    column: int
    path: str
    message: str

    def __str__(self) -> str:
        return ": ".join(part for part in (f"{self.file}:{self.line}:{self.column}", self.path, self.message) if part)


def brief(text: str) -> str:
    """A text short enough to be quoted in a message or a path."""
    return text if len(text) <= LONGEST_QUOTE else text[: LONGEST_QUOTE - 1] + "…"
