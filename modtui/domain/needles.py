"""Needles: words of which every match of a pattern holds one, so that most patterns need not be tried on a text.

A catalog has a hundred patterns and an ad meets few; to look for a word takes a hundredth of compiling a pattern.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

# The standard library's reading of a pattern. What it cannot read, or reads in a way not known here, has no needles.
from re import _constants as op  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

SHORTEST = 3
MOST = 40


def needles(source: str) -> tuple[str, ...]:
    """Case-folded words, one of which is in the case-folded text of every match; empty when none can be named."""
    try:
        found = _of_sequence(parser.parse(source, re.IGNORECASE))
    except (re.error, RecursionError, OverflowError):
        return ()
    return tuple(sorted(found)) if found and len(found) <= MOST else ()


def _of_sequence(items: Iterable[tuple[Any, Any]]) -> set[str] | None:
    """The best of what each part of a sequence asks for: the set whose shortest word is the longest."""
    choices: list[set[str]] = []
    run = ""
    for kind, value in items:
        if kind is op.LITERAL:
            run += chr(value)
            continue
        choices, run = [*choices, {run.casefold()}], ""
        if (inner := _of_part(kind, value)) is not None:
            choices.append(inner)
    choices.append({run.casefold()})
    fit = [choice for choice in choices if choice and min(map(len, choice)) >= SHORTEST]
    return max(fit, key=lambda choice: (min(map(len, choice)), -len(choice)), default=None)


def _of_part(kind: Any, value: Any) -> set[str] | None:
    if kind is op.SUBPATTERN:
        return _of_sequence(value[-1])
    if kind is op.BRANCH:
        branches = [_of_sequence(branch) for branch in value[1]]
        return None if any(each is None for each in branches) else set().union(*(each or () for each in branches))
    if kind in (op.MAX_REPEAT, op.MIN_REPEAT) and value[0] >= 1:
        return _of_sequence(value[2])
    return None
