"""A first mapping for a layout nobody has described yet, from its column names and a sample of its rows."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from modtui.domain.ad_json import LIST_PATHS
from modtui.domain.ad_values import MAX_INTEGER
from modtui.domain.markets import normal_market
from modtui.errors import ModtuiError
from modtui.files import cell_readers
from modtui.files.cell_readers import CellProblem
from modtui.files.column_words import COLUMN_WORDS, COUNTRIES, LANGUAGES, MISSING_WORDS
from modtui.files.mapping import AGES, IdRule, QueueMapping
from modtui.files.queue_file import QueueReader
from modtui.files.strict_json import JsonProblem, parse_json

SAMPLE = 200
"Rows looked at."
ENOUGH = 0.9
"Share of the sample that must read as what its column is taken for."

_DATES = (
    "iso", "%Y/%m/%d %H:%M:%S%z", "%Y/%m/%d %H:%M:%S", "%Y/%m/%d", "%m/%d/%Y", "%d/%m/%Y", "%d.%m.%Y",
    "%m/%d/%Y %H:%M", "%d/%m/%Y %H:%M", "%d.%m.%Y %H:%M", "%m/%d/%Y %I:%M %p", "%d-%m-%Y", "%d %b %Y", "%b %d, %Y",
)  # fmt: skip
_LOOKED_AT = ("creative.body", "creative.headline", "landing_page.url", "media")
_UNWRITABLE = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
"What a mapping file may not hold, so that no column of such a name can be mapped; it stays in `extra`."
_PACKED = re.compile(r"(?:^|(?<=[,;\n]))\s*([A-Z][A-Za-z ]{1,24}?):\s")
_MARKUP = re.compile(r"</[a-zA-Z]|<(?:p|br|div|span|a)\b", re.ASCII)


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
        self._header = [column for column in header if not _UNWRITABLE.search(column)]
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
                if column and (rule := _rule_for(path, column, self._values[column])):
                    self._rules[path] = rule
                    if path != "submitted_at":  # a start date is also the first day of the schedule
                        self._taken.add(column)
                    break
        if not any(path in self._rules for path in _LOOKED_AT):
            self._find_something_to_look_at()

    def _find_something_to_look_at(self) -> None:
        lengths = {
            column: sum(map(len, texts)) / len(texts)
            for column, values in self._values.items()
            if column not in self._taken and (texts := [value for value in values if isinstance(value, str)])
        }
        for column in sorted(lengths, key=lambda column: -lengths[column]):
            values = self._values[column]
            is_address = all(str(value).startswith(("http://", "https://")) for value in values)
            path = "landing_page.url" if is_address else "creative.body"
            self._rules[path] = f"{_quoted(column)}  # taken because it says most"
            return

    def yaml(self, name: str, kind: str | None, encoding: str | None, rows_at: str | None) -> str:
        file = {"kind": kind, "encoding": encoding, "rows": rows_at}
        settings = ", ".join(f"{key}: {_quoted(value)}" for key, value in file.items() if value)
        lines = [
            "schema: modtui/mapping/1",
            f"title: {_quoted(f'Guessed from {name}')}",
            "# Look through it before you import: every line was guessed from a column's name and a few values.",
            f"file: {{{settings}}}",
        ]
        if self._missing:
            lines.append(f"missing: [{', '.join(map(_quoted, self._missing))}]")
        if kind in ("csv", "tsv"):
            lines.append("skip: {repeated_header: yes}")
        if self._id:
            lines.append(f"id: {_quoted(self._id)}")
        else:
            lines += ["# No column names an ad, so its content does.", "id: content"]
        if self._unpack:
            lines.append("unpack:")
            lines += [f"  {_quoted(column)}: [{', '.join(map(_quoted, of))}]" for column, of in self._unpack.items()]
        lines.append("fields:")
        lines += [f"  {path}: {rule}" for path, rule in self._rules.items()] or ["  {}"]
        lines.append("# Not mapped, kept in `extra`, with a value each:")
        used = {self._id, *self._taken}
        for column, values in self._values.items():
            if column not in used and values:
                lines.append(f"#   {_quoted(column[:60])}: {_quoted(str(values[0])[:60])}")
        return "\n".join(lines) + "\n"


def _rule_for(path: str, column: str, values: list[Any]) -> str | None:
    """What stands after the field's name, or None when the values are not what the column's name promises."""
    find = _FINDERS.get(path)
    if find is not None:
        return find(column, values)
    keys = _form_of(values)
    if path in LIST_PATHS and not any(isinstance(value, list) for value in values) and "read" not in keys:
        mark = next((mark for mark in "|;," if any(mark in str(value) for value in values)), None)
        if mark:
            keys["split"] = _quoted(mark)
    if path == "media" and any(not isinstance(value, str | list) for value in values):
        return None
    if path not in LIST_PATHS and any(isinstance(value, Mapping) for value in values):
        return None
    return _with(column, keys)


def _form_of(values: list[Any]) -> dict[str, str]:
    texts = [value for value in values if isinstance(value, str)]
    if not texts:
        return {}
    if _most(texts, lambda text: text.lstrip().startswith("[") and _reads(_as_json, text)):
        return {"read": "json"}
    if _most(texts, lambda text: text.lstrip().startswith("[") and _reads(cell_readers.read_literal, text)):
        return {"read": "literal"}
    if _most(texts, lambda text: bool(_MARKUP.search(text))):
        return {"read": "html"}
    return {}


def _date_rule(column: str, values: list[Any]) -> str | None:
    texts = [str(value) for value in values]
    for layout in _DATES:
        if _most(texts, lambda text, layout=layout: _reads(lambda t: cell_readers.read_day(t, (layout,)), text)):  # type: ignore[misc]
            return _with(column, {} if layout == "iso" else {"date": _quoted(layout)})
    return None


def _ages_rule(column: str, values: list[Any]) -> str | None:
    texts = [str(value) for value in values]
    return _with(column, {}) if _most(texts, lambda text: _reads(cell_readers.read_ages, text)) else None


def _number_rule(column: str, values: list[Any]) -> str | None:
    is_number = _most([str(value) for value in values], lambda text: text.isdigit() and int(text) < MAX_INTEGER)
    return _with(column, {}) if is_number else None


def _markets_rule(column: str, values: list[Any]) -> str | None:
    words = [word.strip() for value in values for word in _pieces(value)]
    mark = _separator(values)
    keys = {"split": _quoted(mark)} if mark else {}
    if _most(words, lambda word: normal_market(word) is not None):
        return _with(column, keys)
    found = _named_in(COUNTRIES, [str(value) for value in values])
    if not _most([str(value) for value in values], lambda text: bool(_named_in(found, [text]))):
        return None
    if "mexico" in found:
        found["new mexico"] = ""
    return _with(column, {"match": "within", "otherwise": "extra", "values": _table(found)})


def _languages_rule(column: str, values: list[Any]) -> str | None:
    mark = _separator(values)
    words = [word.strip() for value in values for word in _pieces(value)]
    if _most(words, lambda word: bool(re.fullmatch(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]+)*", word))):
        return _with(column, {"split": _quoted(mark)} if mark else {})
    found = _named_in(LANGUAGES, words)
    return _with(column, {"match": "within", "otherwise": "extra", "values": _table(found)}) if found else None


_FINDERS: dict[str, Callable[[str, list[Any]], str | None]] = {
    "submitted_at": _date_rule,
    "due_at": _date_rule,
    "schedule.start": _date_rule,
    "schedule.end": _date_rule,
    "priority": _number_rule,
    "audience.min_age": _number_rule,
    "audience.max_age": _number_rule,
    AGES: _ages_rule,
    "markets": _markets_rule,
    "advertiser.country": _markets_rule,
    "languages": _languages_rule,
}


def _named_in(names: Mapping[str, str], texts: Sequence[str]) -> dict[str, str]:
    """The names that stand in some text as whole words."""
    spaced = [f" {re.sub('[^a-z]+', ' ', text.lower())} " for text in texts]
    return {name: code for name, code in names.items() if any(f" {name} " in text for text in spaced)}


def _separator(values: list[Any]) -> str | None:
    return next((mark for mark in "|;," if any(isinstance(v, str) and mark in v for v in values)), None)


def _pieces(value: Any) -> list[str]:
    if isinstance(value, list):
        return [str(item) for item in value]
    return re.split(r"[|;,]", str(value))


def _table(found: Mapping[str, str]) -> str:
    return "{" + ", ".join(f"{_quoted(name)}: {_quoted(code)}" for name, code in found.items()) + "}"


def _with(column: str, keys: Mapping[str, str]) -> str:
    if not keys:
        return _quoted(column)
    return "{" + ", ".join([f"from: {_quoted(column)}", *(f"{key}: {value}" for key, value in keys.items())]) + "}"


def _most(values: Sequence[Any], holds: Callable[[Any], bool]) -> bool:
    return bool(values) and sum(map(holds, values)) >= ENOUGH * len(values)


def _reads(read: Callable[[str], Any], text: str) -> bool:
    try:
        read(text)
    except (CellProblem, JsonProblem):
        return False
    return True


def _as_json(text: str) -> Any:
    return parse_json(text.encode("utf-8", "surrogatepass"))


def _plain_name(column: str) -> str:
    """`OrganizationName` and `Organization Name` as `organization_name`."""
    apart = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", column)
    return re.sub(r"[^a-z0-9]+", "_", apart.lower()).strip("_")


def _quoted(text: str) -> str:
    """A text as a double-quoted YAML scalar in which nothing is invisible."""
    return '"' + "".join(map(_escaped, text)) + '"'


def _escaped(mark: str) -> str:
    if mark in '"\\':
        return "\\" + mark
    if _UNWRITABLE.match(mark):
        return "\\uFFFD"
    if mark.isprintable():
        return mark
    code = ord(mark)
    return f"\\U{code:08X}" if code > 0xFFFF else f"\\u{code:04X}"
