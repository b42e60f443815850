"""Foreign rows read as ads of ours, by their mapping."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any, NamedTuple

from modtui.domain.ad_json import LIST_PATHS, MAX_ID, NOTES, AdProblem, normal_payload
from modtui.domain.ad_values import check_text
from modtui.files import cell_readers
from modtui.files.ad_hash import content_hash
from modtui.files.cell_readers import CellProblem
from modtui.files.field_rules import NotPlainError, PlainReader, flag, is_missing, one_value, plain_reader, read_cell
from modtui.files.mapping import AGES, FieldRule, QueueMapping


class _Field(NamedTuple):
    """One of our fields, with the way to it in a payload, and its rules."""

    path: str
    sections: tuple[str, ...]
    name: str
    rules: tuple[FieldRule, ...]
    column: str
    "Of the plain reader, if there is one."
    read: PlainReader | None


class RowReader:
    """Reads the rows of a file by a mapping, which it looks through once."""

    def __init__(self, mapping: QueueMapping, source: str, known_groups: Collection[str]) -> None:
        self._mapping, self._source, self._groups = mapping, source, known_groups
        self._fields = [_field(path, rules, mapping) for path, rules in mapping.fields.items()]
        self._is_clean = _is_clean(mapping)

    def read(self, row: Mapping[str, Any], *, text_is_checked: bool = False) -> tuple[dict[str, Any], str]:
        """The canonical payload of one of their rows, and its content hash. Raises `AdProblem`.

        For `text_is_checked` see `normal_payload`.
        """
        mapping = self._mapping
        reading = _Reading(mapping, row)
        raw: dict[str, Any] = {}
        for field in self._fields:
            path, sections, name, rules, column, read = field
            if read is not None and type(cell := row.get(column)) is str:
                try:
                    value = read(cell)
                except NotPlainError:
                    value = reading.value_of(path, rules)
            elif path == AGES:
                reading.put_ages(raw, rules)
                continue
            else:
                value = reading.value_of(path, rules)
            if value is not None:
                target = raw
                for section in sections:
                    target = target.setdefault(section, {})
                target[name] = value
        raw["extra"] = reading.extra_fields(raw.get("extra"))
        raw["id"] = reading.id()
        by_content = raw["id"] is None and mapping.id.otherwise_content
        if by_content:
            raw["id"] = "content"
        payload = normal_payload(
            raw,
            source=self._source,
            known_groups=self._groups,
            text_is_checked=text_is_checked and self._is_clean and not reading.has_escapes,
        )
        digest = content_hash(payload)
        if by_content:
            payload["id"] = f"{mapping.id.prefix}{digest[:20]}"
        return payload, digest


class _Reading:
    """One row being read; collects what could not be read for `extra`."""

    def __init__(self, mapping: QueueMapping, row: Mapping[str, Any]) -> None:
        self._mapping = mapping
        self._missing = mapping.missing
        self._row = row
        self._virtual: dict[str, str] = {}
        self._notes: list[str] = []
        self._unread: dict[str, Any] = {}
        self.has_escapes = False
        "A cell was read as JSON or as a literal, in which any character can be written."
        for column, labels in mapping.unpack.items():
            packed = row.get(column)
            if isinstance(packed, str) and not is_missing(packed, self._missing):
                fields, rest = cell_readers.unpack_cell(packed, labels)
                self._virtual.update({f"{column}/{label}": value for label, value in fields.items()})
                if rest:
                    self._virtual[f"{column}/rest"] = rest

    def id(self) -> str | None:
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
        return None if is_missing(value, self._missing) else value

    def value_of(self, path: str, rules: tuple[FieldRule, ...]) -> Any:
        if path in LIST_PATHS:
            values = [value for rule in rules for value in self._values_of(path, rule)]
            return values or None
        first_notes: list[str] = []
        for rule in rules:
            before = len(self._notes)
            found = self._values_of(path, rule)
            failed, self._notes = self._notes[before:], self._notes[:before]
            if found:
                return one_value(found, rule, path)
            first_notes = first_notes or failed
        self._notes += first_notes
        return None

    def _values_of(self, path: str, rule: FieldRule) -> list[Any]:
        if rule.constant is not None:
            return [flag(rule.constant, rule, path)]
        self.has_escapes = self.has_escapes or rule.read in ("json", "literal", "own")
        results: list[Any] = []
        for column in rule.columns:
            cell = self._cell(column)
            if cell is None:
                continue
            try:
                read = read_cell(cell, rule, path, self._missing)
            except CellProblem as problem:
                self._note(path, column, cell, str(problem))
                continue
            found = [value for value in read if not is_missing(value, self._missing)]
            if found and rule.join is not None:
                results.append("\n".join(map(str, found)))
            else:
                results += found
            if found and rule.join is None and path not in LIST_PATHS:
                break
        return results

    def put_ages(self, raw: dict[str, Any], rules: tuple[FieldRule, ...]) -> None:
        for rule in rules:
            texts = [str(value) for value in self._values_of(AGES, rule)]
            if not texts:
                continue
            column = rule.columns[0] if rule.columns else ""
            try:
                low, high = cell_readers.read_ages(", ".join(texts))
            except CellProblem as problem:
                self._note(AGES, column, ", ".join(texts), str(problem))
                continue
            if len(texts) > 1 or "," in texts[0] or (low is None and high is None):
                self._unread[column or AGES] = ", ".join(texts)  # two ages do not say it all
            if low is not None:
                raw.setdefault("audience", {})["min_age"] = low
            if high is not None:
                raw.setdefault("audience", {})["max_age"] = high
            return

    def _note(self, path: str, column: str, cell: Any, reason: str) -> None:
        self._unread[column] = cell
        self._notes.append(f"{path} column {column!r} {reason}")

    def extra_fields(self, named: Any) -> dict[str, Any]:
        extra: dict[str, Any] = dict(named) if isinstance(named, Mapping) else {}
        for column, value in self._unmapped():
            if not is_missing(value, self._missing):
                extra.setdefault(column, value)
        extra.update(self._unread)
        if self._notes:
            extra[NOTES] = list(dict.fromkeys(self._notes))
        return extra

    def _unmapped(self) -> Iterator[tuple[str, Any]]:
        """The columns that no rule reads; not a packed one whose fields were found."""
        if not self._mapping.keep_unmapped:
            return
        used = self._mapping.used
        for column in [name for name in self._row if name not in used]:
            if column not in self._mapping.unpack or not any(name.startswith(f"{column}/") for name in self._virtual):
                yield column, self._row[column]
        for column, text in self._virtual.items():
            if column not in used:
                yield column, text


def _field(path: str, rules: tuple[FieldRule, ...], mapping: QueueMapping) -> _Field:
    *sections, name = path.split(".")
    read = plain_reader(path, rules, mapping.missing)
    column = rules[0].columns[0] if read else ""
    if column.partition("/")[0] in mapping.unpack:
        read = None
    return _Field(path, tuple(sections), name, rules, column, read)


def _is_clean(mapping: QueueMapping) -> bool:
    """Whether the texts of the mapping itself can be stored."""
    rules = [rule for each in mapping.fields.values() for rule in each]
    texts = [text for rule in rules for text in (rule.constant, rule.template, rule.join, rule.flag_source) if text]
    try:
        check_text(
            [mapping.id.join, mapping.id.prefix, *mapping.fields, *texts, *(dict(rule.values) for rule in rules)],
            AdProblem,
        )
    except AdProblem:
        return False
    return True
