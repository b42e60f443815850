"""What the domain knows of a compiled pattern: where it is found in a text. Who compiles is handed in."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cache
from typing import Protocol


class Match(Protocol):
    """Where a pattern was found, in code points."""

    def start(self) -> int: ...
    def end(self) -> int: ...
    def group(self) -> str: ...


class Pattern(Protocol):
    """A compiled pattern. The files layer hands in RE2, which cannot be made to run away; tests may use `re`."""

    def search(self, text: str) -> Match | None: ...
    def finditer(self, text: str) -> Iterator[Match]: ...


Compile = Callable[[str], Pattern]


@cache
def compile_with_re(source: str) -> Pattern:
    """The standard library's pattern, without case: for patterns of our own and for tests."""
    return re.compile(source, re.IGNORECASE)
