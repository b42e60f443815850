"""What a column is by its values: the rule of a guessed mapping for it, as YAML."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from modtui.domain.ad_json import LIST_PATHS
from modtui.domain.ad_values import MAX_INTEGER
from modtui.domain.markets import normal_market
from modtui.files import cell_readers
from modtui.files.cell_readers import CellProblem
from modtui.files.column_words import COUNTRIES, LANGUAGES
from modtui.files.mapping import AGES
from modtui.files.strict_json import JsonProblem, parse_json

ENOUGH = 0.9
"Share of the sample that must read as what its column is taken for."

_DATES = (
    "iso", "%Y/%m/%d %H:%M:%S%z", "%Y/%m/%d %H:%M:%S", "%Y/%m/%d", "%m/%d/%Y", "%d/%m/%Y", "%d.%m.%Y",
    "%m/%d/%Y %H:%M", "%d/%m/%Y %H:%M", "%d.%m.%Y %H:%M", "%m/%d/%Y %I:%M %p", "%d-%m-%Y", "%d %b %Y", "%b %d, %Y",
)  # fmt: skip
UNWRITABLE = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
"What a mapping file may not hold, so that no column of such a name can be mapped; it stays in `extra`."
_MARKUP = re.compile(r"</[a-zA-Z]|<(?:p|br|div|span|a)\b", re.ASCII)


def rule_for(path: str, column: str, values: list[Any]) -> str | None:
    """What stands after the field's name, or None when the values are not what the column's name promises."""
    find = _FINDERS.get(path)
    if find is not None:
        return find(column, values)
    keys = _form_of(values)
    if path in LIST_PATHS and not any(isinstance(value, list) for value in values) and "read" not in keys:
        mark = next((mark for mark in "|;," if any(mark in str(value) for value in values)), None)
        if mark:
            keys["split"] = quoted(mark)
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
            return _with(column, {} if layout == "iso" else {"date": quoted(layout)})
    return None


def _ages_rule(column: str, values: list[Any]) -> str | None:
    texts = [str(value) for value in values]
    return _with(column, {}) if _most(texts, lambda text: _reads(cell_readers.read_ages, text)) else None


def _number_rule(column: str, values: list[Any]) -> str | None:
    is_number = _most(
        [str(value) for value in values], lambda text: text.isdecimal() and len(text) < 20 and int(text) < MAX_INTEGER
    )
    return _with(column, {}) if is_number else None


def _markets_rule(column: str, values: list[Any]) -> str | None:
    words = [word.strip() for value in values for word in _pieces(value)]
    mark = _separator(values)
    keys = {"split": quoted(mark)} if mark else {}
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
        return _with(column, {"split": quoted(mark)} if mark else {})
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
    return "{" + ", ".join(f"{quoted(name)}: {quoted(code)}" for name, code in found.items()) + "}"


def _with(column: str, keys: Mapping[str, str]) -> str:
    if not keys:
        return quoted(column)
    return "{" + ", ".join([f"from: {quoted(column)}", *(f"{key}: {value}" for key, value in keys.items())]) + "}"


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


def quoted(text: str) -> str:
    """A text as a double-quoted YAML scalar in which nothing is invisible."""
    return '"' + "".join(map(_escaped, text)) + '"'


def _escaped(mark: str) -> str:
    if mark in '"\\':
        return "\\" + mark
    if UNWRITABLE.match(mark):
        return "\\uFFFD"
    if mark.isprintable():
        return mark
    code = ord(mark)
    return f"\\U{code:08X}" if code > 0xFFFF else f"\\u{code:04X}"
