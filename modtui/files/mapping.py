"""What a mapping says: which of their columns makes which of our fields, and how the id is built."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import tzinfo
from typing import Any

from msgspec import Struct, field
from msgspec.structs import force_setattr

AGES = "audience.ages"
"Not a field of ours: an age string that fills `min_age` and `max_age`."


class FieldRule(Struct, frozen=True):
    """Where one of our fields comes from. What is not stated does nothing."""

    columns: tuple[str, ...] = ()
    constant: str | None = None
    read: str = "text"
    "`text`, `html`, `json`, `literal` (Python), or `own` (JSON if it looks like it, else split)."
    pick: tuple[str, ...] = ()
    "The way to the value inside parsed JSON or a literal; of a list, in each of its elements."
    split: tuple[str, ...] = ()
    "Separators; any of them ends an entry."
    pattern: Callable[[str], str | None] | None = None
    "Gives the part of the text that counts, or None."
    values: Mapping[str, str] = field(default_factory=dict)
    "Their word, in lower case, to ours; an empty one means missing."
    match: str = "whole"
    "`whole`: the cell is the word; `within`: every word that stands in it counts."
    otherwise: str = "keep"
    "What becomes of words not in `values`: `keep`, `drop`, or `extra`."
    template: str | None = None
    date: tuple[str, ...] = ()
    zone: tzinfo | None = None
    range: str | None = None
    "`low` or `high` end of a number range."
    join: str | None = None
    "Text between several columns; without it the first that says something counts."
    flag_source: str | None = None
    words: re.Pattern[str] | None = None
    "Finds the words of `values` in a text, whole words only, the longest first."

    def __post_init__(self) -> None:
        if self.match == "within" and self.values:
            longest_first = "|".join(map(re.escape, sorted(self.values, key=len, reverse=True)))
            force_setattr(self, "words", re.compile(f"(?<![a-z0-9])(?:{longest_first})(?![a-z0-9])"))


class IdRule(Struct, frozen=True):
    """How an ad is named: by columns, or by its content."""

    columns: tuple[str, ...] = ()
    join: str = "-"
    prefix: str = ""
    otherwise_content: bool = False
    "Without columns, or where they say nothing: by a hash of what is reviewed of it."


class QueueMapping(Struct, frozen=True):
    """One mapping file. `fields` holds the rules of a field in the order in which they are tried, or join a list."""

    id: IdRule
    fields: Mapping[str, tuple[FieldRule, ...]]
    name: str = ""
    source: str | None = None
    kind: str | None = None
    "`csv`, `tsv`, `jsonl` or `json`; None finds out."
    encoding: str | None = None
    delimiter: str | None = None
    quote: str | None = '"'
    header: tuple[str, ...] | None = None
    "Column names of a table that has no header line."
    rows_at: str | None = None
    missing: frozenset[str] = frozenset(("",))
    unpack: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    "Column to the labels of the fields packed in it; they become columns `column/label`."
    drop: frozenset[str] = frozenset()
    keep_unmapped: bool = True
    skip_repeated_header: bool = False
    skip_where: Mapping[str, frozenset[str]] = field(default_factory=dict)
    used: frozenset[str] = frozenset()
    "Columns, packed ones included, that do not go to `extra`."

    def __post_init__(self) -> None:
        columns = [column for rules in self.fields.values() for rule in rules for column in rule.columns]
        force_setattr(self, "used", frozenset((*self.id.columns, *columns, *self.drop)))

    def columns(self) -> dict[str, str]:
        """Every column it names, and the first place in the mapping where it does."""
        named: dict[str, str] = {}
        for column in self.id.columns:
            named.setdefault(column, "id")
        for path, rules in self.fields.items():
            for rule in rules:
                for column in rule.columns:
                    named.setdefault(column, f"fields.{path}")
        for place, columns in (("unpack", self.unpack), ("drop", self.drop), ("skip.where", self.skip_where)):
            for column in columns:
                named.setdefault(column, place)
        return {column: place for column, place in named.items() if column.partition("/")[0] not in self.unpack}

    def is_skipped(self, row: Mapping[str, Any]) -> bool:
        return any(str(row.get(column, "")).strip() in values for column, values in self.skip_where.items())
