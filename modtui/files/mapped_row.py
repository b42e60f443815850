"""A foreign row read as one of our ads, by its mapping."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from modtui.domain.ad_json import LIST_PATHS, MAX_ID, NOTES, AdProblem, normal_payload
from modtui.files import cell_readers
from modtui.files.ad_hash import content_hash
from modtui.files.cell_readers import CellProblem
from modtui.files.mapping import AGES, FieldRule, QueueMapping
from modtui.files.strict_json import JsonProblem, parse_json

_TIMES = ("submitted_at", "due_at", "landing_page.captured_at")
_DAYS = ("schedule.start", "schedule.end")

_KINDS = {
    "image": frozenset(("png", "jpg", "jpeg", "webp", "gif", "bmp", "avif")),
    "video": frozenset(("mp4", "mov", "webm", "mkv", "m4v", "avi")),
    "audio": frozenset(("mp3", "wav", "ogg", "m4a", "flac")),
}


def read_mapped_row(
    mapping: QueueMapping,
    row: Mapping[str, Any],
    *,
    source: str,
    known_groups: Collection[str],
    text_is_checked: bool = False,
) -> dict[str, Any]:
    """The canonical payload of one of their rows. Raises `AdProblem`."""
    return _RowReader(mapping, row).payload(source, known_groups, text_is_checked)


class _RowReader:
    """Reads one row; collects what could not be read for `extra`."""

    def __init__(self, mapping: QueueMapping, row: Mapping[str, Any]) -> None:
        self._mapping = mapping
        self._row = row
        self._virtual: dict[str, str] = {}
        self._notes: list[str] = []
        self._unread: dict[str, Any] = {}
        for column, labels in mapping.unpack.items():
            packed = row.get(column)
            if isinstance(packed, str) and not self._is_missing(packed):
                fields, rest = cell_readers.unpack_cell(packed, labels)
                self._virtual.update({f"{column}/{label}": value for label, value in fields.items()})
                if rest:
                    self._virtual[f"{column}/rest"] = rest

    def payload(self, source: str, known_groups: Collection[str], text_is_checked: bool) -> dict[str, Any]:
        raw: dict[str, Any] = {}
        for path, rules in self._mapping.fields.items():
            if path == AGES:
                self._put_ages(raw, rules)
            elif (value := self._value_of(path, rules)) is not None:
                _put(raw, path, value)
        raw["extra"] = self._extra(raw.get("extra"))
        raw["id"] = self._id()
        by_content = raw["id"] is None and self._mapping.id.otherwise_content
        if by_content:
            raw["id"] = "content"
        payload = normal_payload(raw, source=source, known_groups=known_groups, text_is_checked=text_is_checked)
        if by_content:
            payload["id"] = f"{self._mapping.id.prefix}{content_hash(payload)[:20]}"
        return payload

    def _id(self) -> str | None:
        rule = self._mapping.id
        if not rule.columns:
            return None
        parts = [str(value).strip() for column in rule.columns if (value := self._cell(column)) is not None]
        if len(parts) < len(rule.columns):  # half an id would name several ads
            if rule.otherwise_content:
                return None
            raise AdProblem("id", f"is missing ({', '.join(rule.columns)})")
        text = rule.prefix + rule.join.join(parts)
        if len(text) > MAX_ID:
            raise AdProblem("id", f"is longer than {MAX_ID} characters")
        return text

    def _is_missing(self, value: Any) -> bool:
        if isinstance(value, str):
            return value in self._mapping.missing or value.strip() in self._mapping.missing
        return value is None or value == [] or value == {}

    def _cell(self, column: str) -> Any:
        """What a column says, or None. A dotted name reaches into objects."""
        if column in self._virtual:
            value: Any = self._virtual[column]
        elif column in self._row:
            value = self._row[column]
        else:
            value = self._row
            for step in column.split("."):
                value = value.get(step) if isinstance(value, Mapping) else None
        return None if self._is_missing(value) else value

    def _value_of(self, path: str, rules: tuple[FieldRule, ...]) -> Any:
        if path in LIST_PATHS:
            values = [value for rule in rules for value in self._values_of(path, rule)]
            return values or None
        first_notes: list[str] = []
        for rule in rules:
            before = len(self._notes)
            found = self._values_of(path, rule)
            failed, self._notes = self._notes[before:], self._notes[:before]
            if found:
                return _one(found, rule, path)
            first_notes = first_notes or failed
        self._notes += first_notes
        return None

    def _values_of(self, path: str, rule: FieldRule) -> list[Any]:
        if rule.constant is not None:
            return [_flag(rule.constant, rule, path)]
        results: list[Any] = []
        for column in rule.columns:
            cell = self._cell(column)
            if cell is None:
                continue
            try:
                found = [value for value in self._read(cell, rule, path) if not self._is_missing(value)]
            except CellProblem as problem:
                self._note(path, column, cell, str(problem))
                continue
            if found and rule.join is not None:
                results.append("\n".join(map(str, found)))
            else:
                results += found
            if found and rule.join is None and path not in LIST_PATHS:
                break
        return results

    def _read(self, cell: Any, rule: FieldRule, path: str) -> list[Any]:
        values = _flattened(_parsed(cell, rule))
        for step in rule.pick:
            values = _flattened([value.get(step) if isinstance(value, Mapping) else None for value in values])
        results: list[Any] = []
        for value in values:
            if self._is_missing(value):
                continue
            if not isinstance(value, str):
                text = None if isinstance(value, Mapping | list | bool) else str(value)
                if text is None or not (rule.values or rule.template or rule.pattern):
                    results.append(value)
                    continue
                value = text
            for piece in _split(value, rule.split):
                if not self._is_missing(piece):
                    results += [
                        _flag(word, rule, path) for word in _words(piece.strip() if rule.split else piece, rule)
                    ]
        if rule.date or path in _TIMES or path in _DAYS:
            formats = rule.date or ("iso",)
            if path in _DAYS:
                return [cell_readers.read_day(str(value), formats) for value in results]
            return [cell_readers.read_moment(str(value), formats, rule.zone) for value in results]
        if rule.range:
            ends = [cell_readers.read_range(str(value)) for value in results]
            return [end for pair in ends if (end := pair[rule.range == "high"]) is not None]
        if path == "media":
            return [_media(value) for value in results]
        return results

    def _put_ages(self, raw: dict[str, Any], rules: tuple[FieldRule, ...]) -> None:
        for rule in rules:
            texts = [str(value) for value in self._values_of(AGES, rule)]
            if not texts:
                continue
            try:
                low, high = cell_readers.read_ages(", ".join(texts))
            except CellProblem as problem:
                self._note(AGES, rule.columns[0] if rule.columns else "", ", ".join(texts), str(problem))
                continue
            if len(texts) > 1 or "," in texts[0] or (low is None and high is None):
                self._unread[rule.columns[0] if rule.columns else AGES] = ", ".join(texts)  # two ages do not say it all
            if low is not None:
                _put(raw, "audience.min_age", low)
            if high is not None:
                _put(raw, "audience.max_age", high)
            return

    def _note(self, path: str, column: str, cell: Any, reason: str) -> None:
        self._unread[column] = cell
        self._notes.append(f"{path} column {column!r} {reason}")

    def _extra(self, named: Any) -> dict[str, Any]:
        extra: dict[str, Any] = dict(named) if isinstance(named, Mapping) else {}
        if self._mapping.keep_unmapped:
            used = self._mapping.used
            for column, value in (*self._row.items(), *self._virtual.items()):
                if column in self._mapping.unpack and any(name.startswith(f"{column}/") for name in self._virtual):
                    continue
                if column not in used and not self._is_missing(value):
                    extra.setdefault(column, value)
        extra.update(self._unread)
        if self._notes:
            extra[NOTES] = list(dict.fromkeys(self._notes))
        return extra


def _put(raw: dict[str, Any], path: str, value: Any) -> None:
    *sections, name = path.split(".")
    for section in sections:
        raw = raw.setdefault(section, {})
    raw[name] = value


def _one(found: list[Any], rule: FieldRule, path: str) -> Any:
    """Several values as one text, each once; of several addresses the first."""
    if len(found) == 1 or path == "landing_page.url":
        return found[0]
    return ("\n" if rule.join is None else rule.join).join(dict.fromkeys(map(str, found)))


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
    if rule.read == "own" and not cell.lstrip().startswith(("[", "{")):
        return cell
    try:
        value, _ = parse_json(cell.encode("utf-8", "surrogatepass"))
    except JsonProblem as problem:
        if rule.read == "own":
            return cell
        raise CellProblem(str(problem)) from None
    return value


def _split(text: str, separators: tuple[str, ...]) -> list[str]:
    if not separators:
        return [text]
    first, *others = separators
    for other in others:
        text = text.replace(other, first)
    return text.split(first)


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


def _flag(word: str, rule: FieldRule, path: str) -> Any:
    if path == "flags" and rule.flag_source:
        return {"source": rule.flag_source, "label": word}
    return word


def _media(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    suffix = value.rpartition(".")[2] if "=" not in value else value.rpartition("=")[2]
    kind = next((kind for kind, suffixes in _KINDS.items() if suffix.lower() in suffixes), None)
    return {"path": value, "kind": kind} if kind else {"path": value}
