"""The single values of an ad's JSON: what each kind accepts, and the one form it is kept in."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from datetime import UTC, datetime
from typing import Any

MAX_INTEGER = 2**63 - 1
"Whole numbers beyond it are kept as text: neither SQLite nor most JSON readers hold them."
EXACT_FLOAT = 2.0**53
MAX_DEPTH = 64
"How deep unknown values may nest."


class BadValue(ValueError):  # noqa: N818  not an error of the program, a finding about a value
    """Says what is wrong with a value, as the end of a sentence whose subject is its name."""


class TooDeep(ValueError):  # noqa: N818  a finding about a value
    """A value nests deeper than `MAX_DEPTH`."""


class Context:
    """What reading one ad needs to know and collects: values that go to `extra`, and notes about them."""

    __slots__ = ("groups", "kept", "notes", "path", "source")

    def __init__(self, source: str, groups: Collection[str]) -> None:
        self.source = source
        self.groups = groups
        self.path = ""
        self.kept: list[tuple[str, Any]] = []
        self.notes: list[str] = []

    def keep(self, path: str, value: Any) -> None:
        self.kept.append((path, plain(value)))

    def note(self, path: str, reason: str) -> None:
        self.notes.append(f"{path} {reason}")


def plain(value: Any, depth: int = 0) -> Any:
    """A value as it can be stored: numbers nothing can hold as text. Raises `TooDeep`."""
    kind = type(value)
    if kind is str or value is None or kind is bool:
        return value
    if kind is int:
        return value if -MAX_INTEGER <= value <= MAX_INTEGER else str(value)
    if kind is float:
        return value if value - value == 0 else str(value)
    if depth >= MAX_DEPTH:
        raise TooDeep
    if isinstance(value, Mapping):
        return {str(name): plain(inner, depth + 1) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [plain(inner, depth + 1) for inner in value]
    return str(value)


def text(value: Any, _context: Context) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    raise BadValue("is not text")


def texts(value: Any, context: Context) -> list[str]:
    """A list of texts; one text stands for a list of one. Empty entries are left out."""
    if isinstance(value, str):
        return [value]
    if type(value) is not list and not isinstance(value, list | tuple):
        raise BadValue("is not a list of texts")
    return [item if type(item) is str else text(item, context) for item in value if item is not None and item != ""]


def identifier(value: Any, _context: Context) -> str:
    """An id as text, however many digits it has."""
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise BadValue("is neither text nor a whole number")
    if isinstance(value, float):
        if not value.is_integer() or abs(value) >= EXACT_FLOAT:
            raise BadValue("is a number with a fraction, or one too large to be exact")
        value = int(value)
    return str(value)


_WHOLE = re.compile(r"\s*[+-]?\d{1,18}\s*")


def integer(value: Any, _context: Context) -> int:
    if type(value) is int:
        number: int = value
    elif (isinstance(value, str) and _WHOLE.fullmatch(value)) or (
        isinstance(value, float) and value.is_integer() and abs(value) < EXACT_FLOAT
    ):
        number = int(value)
    else:
        raise BadValue("is not a whole number")
    if abs(number) > MAX_INTEGER:
        raise BadValue("is too large")
    return number


def _within(value: Any, context: Context, low: int, high: int) -> int:
    number = value if type(value) is int else integer(value, context)
    if not low <= number <= high:
        raise BadValue(f"is not between {low} and {high}")
    return number


def age(value: Any, context: Context) -> int:
    return _within(value, context, 0, 150)


def priority(value: Any, context: Context) -> int:
    return _within(value, context, 0, 100)


def milliseconds(value: Any, context: Context) -> int:
    if type(value) is int and 0 <= value <= 2**53:
        return value
    return _within(value, context, 0, 2**53)


def number(value: Any, _context: Context) -> float:
    """A finite number, whole or not."""
    if type(value) is float and value - value == 0:
        return value
    try:
        result = float(value) if isinstance(value, int | float | str) and not isinstance(value, bool) else None
    except (ValueError, OverflowError):
        result = None
    if result is None or result - result != 0:
        raise BadValue("is not a number")
    return result


def per_mille(value: Any, context: Context) -> int:
    return _within(value, context, 0, 1000)


def percent(value: Any, context: Context) -> int:
    """Thousandths from a number of hundredths, such as `73.8` or `"73.8%"`."""
    if isinstance(value, str):
        value = value.strip().removesuffix("%")
    return _within(round(number(value, context) * 10), context, 0, 1000)


def share(value: Any, context: Context) -> int:
    """Thousandths from a share: `"73.8%"`, or a fraction of 1."""
    if isinstance(value, str) and value.strip().endswith("%"):
        return percent(value, context)
    return _within(round(number(value, context) * 1000), context, 0, 1000)


_BOOLEANS = {"true": True, "yes": True, "y": True, "1": True, "false": False, "no": False, "n": False, "0": False}


def boolean(value: Any, _context: Context) -> bool:
    result = value if isinstance(value, bool) else _BOOLEANS.get(str(value).strip().lower())
    if result is None:
        raise BadValue("is neither true nor false")
    return result


def time(value: Any, _context: Context) -> str:
    """A moment as `2026-11-20T08:14:00Z`. A time without a zone is taken as UTC, a date as its first moment."""
    if not isinstance(value, str):
        raise BadValue("is not a date and time")
    iso: str = value.strip()
    try:
        moment = datetime.fromisoformat(iso)
        if is_utc_text(iso):
            return iso
        moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        raise BadValue("is not a date and time of the calendar (ISO 8601)") from None
    return utc_text(moment)


def is_utc_text(iso: str) -> bool:
    """Whether a time in ISO 8601 is written as it is kept, whole seconds in UTC."""
    return (
        len(iso) == 20 and iso[19] == "Z" and iso[10] == "T" and iso[4] == iso[7] == "-" and iso[13] == iso[16] == ":"
    )


def utc_text(moment: datetime) -> str:
    """An aware time as it is kept: UTC, ISO 8601, ending in Z."""
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat() + "Z"


def date(value: Any, _context: Context) -> str:
    """A calendar day as `2026-11-20`; of a date with a time, the day as it is written."""
    if not isinstance(value, str):
        raise BadValue("is not a date")
    try:
        day = datetime.fromisoformat(value.strip())
    except ValueError:
        raise BadValue("is not a date of the calendar (ISO 8601)") from None
    return day.date().isoformat()


def translations(value: Any, context: Context) -> dict[str, dict[str, str]]:
    """Language to component to text."""
    if not isinstance(value, Mapping):
        raise BadValue("is not an object")
    result: dict[str, dict[str, str]] = {}
    for language, components in value.items():
        if not isinstance(components, Mapping):
            raise BadValue(f"holds no texts for {language!r}")
        inner = {name: text(line, context) for name, line in components.items() if line is not None and line != ""}
        if inner:
            result[language] = inner
    return result


def check_text(value: Any, problem: Callable[[str, str], Exception], path: str = "") -> None:
    """Raises `problem(path, reason)` for text that cannot be stored: a NUL, half of a surrogate pair."""
    if isinstance(value, str):
        if "\0" in value:
            raise problem(path, "holds a NUL character (U+0000)")
        if not value.isascii():
            try:
                value.encode()
            except UnicodeEncodeError:
                raise problem(path, "holds half of a surrogate pair, which is no character") from None
    elif isinstance(value, Mapping):
        for name, inner in value.items():
            check_text(name, problem, path)
            check_text(inner, problem, f"{path}.{name}" if path else name)
    elif isinstance(value, list):
        for inner in value:
            check_text(inner, problem, path)
