"""A first mapping for a layout nobody has described yet, from its column names and a sample of its rows."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from modtui.errors import ModtuiError
from modtui.files import cell_readers
from modtui.files.column_words import COLUMN_WORDS, MISSING_WORDS
from modtui.files.guessed_rules import ENOUGH, UNWRITABLE, quoted, rule_for
from modtui.files.mapping import IdRule, QueueMapping
from modtui.files.queue_file import QueueReader

SAMPLE = 200
"Rows looked at."

_LOOKED_AT = ("creative.body", "creative.headline", "landing_page.url", "media")
_PACKED = re.compile(r"(?:^|(?<=[,;\n]))\s*([A-Z][A-Za-z ]{1,24}?):\s")


def guess_for_file(path: str | Path, *, encoding: str | None = None) -> str:
    """A mapping, as YAML, for the queue file at `path`. Raises `ModtuiError` when the file cannot be read."""
    anything = QueueMapping(IdRule(otherwise_content=True), {}, encoding=encoding)
    reader = QueueReader(path, anything, "", ())
    try:
        rows = [row.value for row in islice(reader.raw_rows(), SAMPLE) if isinstance(row.value, dict)]
    finally:
        reader.close()
    if not rows:
        raise ModtuiError("Nothing to guess from", f"{reader.file} holds no readable row", "Write a mapping by hand.")
    header = reader.header or list(dict.fromkeys(name for row in rows for name in row))
    return guess_mapping(
        rows, header, name=Path(reader.file).name, kind=reader.kind, encoding=encoding, rows_at=reader.rows_at
    )


def guess_mapping(
    rows: Sequence[Mapping[str, Any]],
    header: Sequence[str],
    *,
    name: str = "a sample",
    kind: str | None = None,
    encoding: str | None = None,
    rows_at: str | None = None,
) -> str:
    """A mapping, as YAML with comments, for rows with these columns. It always names an id; what is unsure is said."""
    return _Guess(rows, header).yaml(name, kind, encoding, rows_at)


class _Guess:
    def __init__(self, rows: Sequence[Mapping[str, Any]], header: Sequence[str]) -> None:
        self._header = [column for column in header if not UNWRITABLE.search(column)]
        self._rows = rows
        texts = Counter(value.strip() for row in rows for value in row.values() if isinstance(value, str))
        self._missing = [word for word in MISSING_WORDS if texts[word]]
        self._values = {column: self._said(row.get(column) for row in rows) for column in self._header}
        self._unpack: dict[str, list[str]] = {}
        self._unpack_packed_cells()
        self._by_name = {_plain_name(column): column for column in reversed(list(self._values))}
        self._rules: dict[str, str] = {}
        self._taken: set[str] = set()
        self._id = self._find_id()
        self._find_fields()

    def _said(self, values: Any) -> list[Any]:
        silent = {"", *self._missing}
        return [v for v in values if v is not None and v not in ([], {}) and str(v).strip() not in silent]

    def _unpack_packed_cells(self) -> None:
        for column in self._header:
            texts = [value for value in self._values[column] if isinstance(value, str)]
            if len(texts) < 2:
                continue
            labels = Counter(label for text in texts for label in dict.fromkeys(_PACKED.findall(text)))
            common = [label for label, count in labels.items() if count >= ENOUGH * len(texts)]
            if len(common) < 2:
                continue
            self._unpack[column] = [label for label, count in labels.items() if count > len(texts) // 20]
            for label in self._unpack[column]:
                found = (cell_readers.unpack_cell(text, self._unpack[column])[0].get(label) for text in texts)
                self._values[f"{column}/{label}"] = self._said(found)
            del self._values[column]

    def _find_id(self) -> str | None:
        for word in COLUMN_WORDS["id"].split():
            column = self._column(word)
            if column and len(self._values[column]) == len(self._rows) and self._is_plain(column):
                return column
        for column in self._header:
            values = self._values.get(column, [])
            names_one = re.search(r"(?:^|_)(?:id|key|number)$", _plain_name(column))
            if names_one and len(values) == len(self._rows) == len(set(map(str, values))) and self._is_plain(column):
                return column
        return None

    def _is_plain(self, column: str) -> bool:
        return all(isinstance(value, str | int) for value in self._values[column])

    def _column(self, word: str) -> str | None:
        column = self._by_name.get(word) or next(
            (column for column in self._values if _plain_name(column.rpartition("/")[2]) == word and "/" in column),
            None,
        )
        return column if column and self._values.get(column) and column not in self._taken else None

    def _find_fields(self) -> None:
        if self._id:
            self._taken.add(self._id)
        for path, words in COLUMN_WORDS.items():
            if path == "id":
                continue
            for word in words.split():
                column = self._column(word)
                if column and (rule := rule_for(path, column, self._values[column])):
                    self._rules[path] = rule
                    if path != "submitted_at":  # a start date is also the first day of the schedule
                        self._taken.add(column)
                    break
        if not any(path in self._rules for path in _LOOKED_AT):
            self._find_something_to_look_at()

    def _find_something_to_look_at(self) -> None:
        """Take the column with most to read; amounts and counts say nothing."""
        lengths = {
            column: sum(map(len, texts)) / len(texts)
            for column, values in self._values.items()
            if column not in self._taken
            and (texts := [value for value in values if isinstance(value, str) and any(map(str.isalpha, value))])
        }
        for column in sorted(lengths, key=lambda column: -lengths[column]):
            values = self._values[column]
            is_address = all(str(value).startswith(("http://", "https://")) for value in values)
            path = "landing_page.url" if is_address else "creative.body"
            self._rules[path] = f"{quoted(column)}  # taken because it says most"
            self._taken.add(column)
            return

    def yaml(self, name: str, kind: str | None, encoding: str | None, rows_at: str | None) -> str:
        file = {"kind": kind, "encoding": encoding, "rows": rows_at}
        settings = ", ".join(f"{key}: {quoted(value)}" for key, value in file.items() if value)
        lines = [
            "schema: modtui/mapping/1",
            f"title: {quoted(f'Guessed from {name}')}",
            "# Look through it before you import: every line was guessed from a column's name and a few values.",
            f"file: {{{settings}}}",
        ]
        if self._missing:
            lines.append(f"missing: [{', '.join(map(quoted, self._missing))}]")
        if kind in ("csv", "tsv"):
            lines.append("skip: {repeated_header: yes}")
        if self._id:
            lines.append(f"id: {quoted(self._id)}")
        else:
            lines += ["# No column names an ad, so its content does.", "id: content"]
        if self._unpack:
            lines.append("unpack:")
            lines += [f"  {quoted(column)}: [{', '.join(map(quoted, of))}]" for column, of in self._unpack.items()]
        lines.append("fields:")
        lines += [f"  {path}: {rule}" for path, rule in self._rules.items()] or ["  {}"]
        lines.append("# Not mapped, kept in `extra`, with a value each:")
        used = {self._id, *self._taken}
        for column, values in self._values.items():
            if column not in used and values:
                lines.append(f"#   {quoted(column[:60])}: {quoted(str(values[0])[:60])}")
        return "\n".join(lines) + "\n"


def _plain_name(column: str) -> str:
    """`OrganizationName` and `Organization Name` as `organization_name`."""
    apart = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", column)
    return re.sub(r"[^a-z0-9]+", "_", apart.lower()).strip("_")
