"""Numbers with what they count: `1 ad`, `2 ads`, `1,000 policies`."""

from __future__ import annotations


def number_of(number: int, noun: str, plural: str = "") -> str:
    """A number and its noun; the plural is the noun with an s where it is not given."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def plural_s(number: int) -> str:
    """The s of a noun that stands apart from its number."""
    return "" if number == 1 else "s"
