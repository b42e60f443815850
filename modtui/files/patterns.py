"""Patterns of the catalog, compiled with RE2: time is linear in the text whatever the pattern, memory is capped."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

from modtui.domain.patterns import Match, Pattern

MAX_MEMORY = 8 * 1024 * 1024
"Bytes for one pattern and what RE2 keeps while it searches."

_SURROGATE = re.compile("[\ud800-\udfff]")
_REASONS = (
    ("invalid perl operator: (?=", "lookahead '(?=' is not possible"),
    ("invalid perl operator: (?!", "lookahead '(?!' is not possible"),
    ("invalid perl operator: (?<", "lookbehind is not possible"),
    ("invalid named capture group: (?<", "lookbehind is not possible"),
    ("invalid perl operator: (?P", "a back reference is not possible"),
    ("invalid named capture group: (?P", "a back reference is not possible"),
    ("invalid character class range: \\p", "no such class of characters: \\p"),
    ("invalid perl operator", "this kind of group is not possible"),
    ("invalid repetition size", "a repetition is larger than 1000"),
    ("pattern too large", "the pattern is too large"),
    ("no argument for repetition operator", "nothing stands before the repetition"),
    ("bad repetition operator", "two repetitions follow each other"),
    ("missing )", "a bracket '(' is not closed"),
    ("unexpected )", "a bracket ')' closes nothing"),
    ("missing ]", "a bracket '[' is not closed"),
    ("invalid character class range", "a range of characters stands the wrong way round"),
    ("trailing \\", "the pattern ends in a single backslash"),
)


class BadPatternError(ValueError):
    """A pattern that RE2 refuses; the text says why, for a person."""


class SafePattern:
    """An RE2 pattern, matched without case, with offsets in code points. Lone surrogates in a text match nothing."""

    __slots__ = ("_regexp", "source")

    def __init__(self, source: str, regexp: Any) -> None:
        self.source = source
        self._regexp = regexp

    def search(self, text: str) -> Match | None:
        found: Match | None = self._regexp.search(_encodable(text))
        return found

    def finditer(self, text: str) -> Iterator[Match]:
        found: Iterator[Match] = self._regexp.finditer(_encodable(text))
        return found

    def __repr__(self) -> str:
        return f"SafePattern({self.source!r})"


@cache
def compile_pattern(source: str) -> Pattern:
    """The pattern, made once. Raises `BadPatternError` when RE2 cannot run it (lookaround, back references, size)."""
    import re2

    options = re2.Options()
    options.case_sensitive = False
    options.max_mem = MAX_MEMORY
    # Otherwise RE2 writes its complaints to file descriptor 2, which is the screen.
    options.log_errors = False
    try:
        return SafePattern(source, re2.compile(source, options))
    except re2.error as error:
        raise BadPatternError(_in_words(error)) from None
    except UnicodeEncodeError:
        raise BadPatternError("the pattern holds half of a surrogate pair") from None


def _in_words(error: Exception) -> str:
    """What RE2 says, for somebody who writes policies."""
    said = error.args[0] if error.args else ""
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)
    if re.match(r"invalid escape sequence: \\[1-9]", text):
        return "a back reference is not possible"
    for start, words in _REASONS:
        if text.startswith(start):
            return words
    return text


def _encodable(text: str) -> str:
    """The text with lone surrogates, which UTF-8 cannot hold, replaced one for one so that offsets stay."""
    return _SURROGATE.sub("\ufffd", text) if not text.isascii() else text
