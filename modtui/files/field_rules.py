"""What a rule of a mapping makes of one cell."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from modtui.domain.ad_json import LIST_PATHS
from modtui.files import cell_readers
from modtui.files.cell_readers import CellProblem
from modtui.files.mapping import AGES, FieldRule
from modtui.files.strict_json import JsonProblem, parse_json

PlainReader = Callable[[str], Any]
"Takes the text of a cell, gives the field's value; None when the cell says nothing. Raises `NotPlainError`."

_TIMES = ("submitted_at", "due_at", "landing_page.captured_at")
_DAYS = ("schedule.start", "schedule.end")
_PACKED = ("[", "{")
_KINDS = {
    "image": frozenset(("png", "jpg", "jpeg", "webp", "gif", "bmp", "avif")),
    "video": frozenset(("mp4", "mov", "webm", "mkv", "m4v", "avi")),
    "audio": frozenset(("mp3", "wav", "ogg", "m4a", "flac")),
}


class NotPlainError(Exception):
    """A cell that a plain reader leaves to `read_cell`."""


def is_missing(value: Any, missing: frozenset[str]) -> bool:
    if isinstance(value, str):
        return value in missing or value.strip() in missing
    return value is None or value == [] or value == {}


def plain_reader(path: str, rules: tuple[FieldRule, ...], missing: frozenset[str]) -> PlainReader | None:
    """A short way to the value of a field that one rule reads from the text of one column, or None.

    It gives what `read_cell` and `one_value` would. Most fields of most tables are such, and cells there are millions.
    """
    rule = rules[0]
    is_simple = len(rules) == len(rule.columns) == 1 and rule.constant is None and rule.read in ("text", "own")
    if not is_simple or rule.pick or rule.range or path in ("media", AGES) or (path == "flags" and rule.flag_source):
        return None
    is_changed = bool(rule.split or rule.values or rule.template or rule.pattern)
    if rule.date or path in _TIMES or path in _DAYS:
        return None if is_changed else _plain_time(path, rule, missing)
    if is_changed:
        return None if rule.join is not None else _plain_words(path, rule, missing)
    return _plain_text(rule, missing, is_list=path in LIST_PATHS)


def _plain_text(rule: FieldRule, missing: frozenset[str], *, is_list: bool) -> PlainReader:
    may_be_packed = rule.read == "own"

    def read(cell: str) -> Any:
        stripped = cell.strip()
        if stripped in missing or cell in missing:
            return None
        if may_be_packed and stripped.startswith(_PACKED):
            raise NotPlainError
        return [cell] if is_list else cell

    return read


def _plain_words(path: str, rule: FieldRule, missing: frozenset[str]) -> PlainReader:
    may_be_packed, is_list = rule.read == "own", path in LIST_PATHS

    def read(cell: str) -> Any:
        stripped = cell.strip()
        if stripped in missing or cell in missing:
            return None
        if may_be_packed and stripped.startswith(_PACKED):
            raise NotPlainError
        try:
            found = [word for word in _pieces(cell, rule, missing) if not is_missing(word, missing)]
        except CellProblem:
            raise NotPlainError from None
        return (found if is_list else one_value(found, rule, path)) if found else None

    return read


def _plain_time(path: str, rule: FieldRule, missing: frozenset[str]) -> PlainReader:
    def read(cell: str) -> Any:
        if is_missing(cell, missing):
            return None
        try:
            (value,) = _times([cell], rule, path)
        except CellProblem:
            raise NotPlainError from None
        return None if is_missing(value, missing) else [value] if path in LIST_PATHS else value

    return read


def read_cell(cell: Any, rule: FieldRule, path: str, missing: frozenset[str]) -> list[Any]:
    """The values of a cell, missing ones among them. Raises `CellProblem`."""
    values = _flattened(_parsed(cell, rule))
    for step in rule.pick:
        values = _flattened([value.get(step) if isinstance(value, Mapping) else None for value in values])
    results: list[Any] = []
    for value in values:
        if is_missing(value, missing):
            continue
        if not isinstance(value, str):
            text = None if isinstance(value, Mapping | list | bool) else str(value)
            if text is None or not (rule.values or rule.template or rule.pattern):
                results.append(value)
                continue
            value = text
        results += [flag(word, rule, path) for word in _pieces(value, rule, missing)]
    if rule.date or path in _TIMES or path in _DAYS:
        return _times(results, rule, path)
    if rule.range:
        ends = [cell_readers.read_range(str(value)) for value in results]
        return [end for pair in ends if (end := pair[rule.range == "high"]) is not None]
    if path == "media":
        return [_media(value) for value in results]
    return results


def one_value(found: list[Any], rule: FieldRule, path: str) -> Any:
    """Several values as one text, each once; of several addresses the first."""
    if len(found) == 1 or path == "landing_page.url":
        return found[0]
    return ("\n" if rule.join is None else rule.join).join(dict.fromkeys(map(str, found)))


def flag(word: str, rule: FieldRule, path: str) -> Any:
    if path == "flags" and rule.flag_source:
        return {"source": rule.flag_source, "label": word}
    return word


def _times(values: list[Any], rule: FieldRule, path: str) -> list[Any]:
    formats = rule.date or ("iso",)
    if path in _DAYS:
        return [cell_readers.read_day(str(value), formats) for value in values]
    return [cell_readers.read_moment(str(value), formats, rule.zone) for value in values]


def _flattened(value: Any) -> list[Any]:
    if isinstance(value, list | tuple | set):
        return [inner for item in value for inner in _flattened(item)]
    return [value]


def _parsed(cell: Any, rule: FieldRule) -> Any:
    if not isinstance(cell, str) or rule.read == "text":
        return cell
    if rule.read == "html":
        return cell_readers.text_of_html(cell)
    if rule.read == "literal":
        return cell_readers.read_literal(cell)
    if rule.read == "own" and not cell.lstrip().startswith(_PACKED):
        return cell
    try:
        value, _ = parse_json(cell.encode("utf-8", "surrogatepass"))
    except JsonProblem as problem:
        if rule.read == "own":
            return cell
        raise CellProblem(str(problem)) from None
    return value


def _pieces(text: str, rule: FieldRule, missing: frozenset[str]) -> list[str]:
    """Our words for what stands between the separators."""
    if not rule.split:
        return _words(text, rule)
    first, *others = rule.split
    for other in others:
        text = text.replace(other, first)
    pieces = [piece.strip() for piece in text.split(first) if not is_missing(piece, missing)]
    if not (rule.values or rule.template or rule.pattern):
        return pieces
    return [word for piece in pieces for word in _words(piece, rule)]


def _words(text: str, rule: FieldRule) -> list[str]:
    if rule.pattern is not None:
        part = rule.pattern(text)
        if part is None:
            return []
        text = part
    words = _translated(text, rule) if rule.values else [text]
    if rule.template:
        return [rule.template.replace("{}", word) for word in words]
    return words


def _translated(text: str, rule: FieldRule) -> list[str]:
    lowered = text.strip().lower()
    if rule.words is not None:
        found = rule.words.findall(lowered)
        if found:
            return [ours for ours in dict.fromkeys(rule.values[word] for word in found) if ours]
    elif lowered in rule.values:
        ours = rule.values[lowered]
        return [ours] if ours else []
    if rule.otherwise == "extra":
        raise CellProblem(f"says {text[:60]!r}, which its value table does not have")
    return [] if rule.otherwise == "drop" else [text]


def _media(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    suffix = value.rpartition(".")[2] if "=" not in value else value.rpartition("=")[2]
    kind = next((kind for kind, suffixes in _KINDS.items() if suffix.lower() in suffixes), None)
    return {"path": value, "kind": kind} if kind else {"path": value}
