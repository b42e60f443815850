"""The rules under `fields` of a mapping file: which columns a field of an ad comes from, and how they are read."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from modtui.domain.ad_json import FIELD_PATHS
from modtui.files.mapping import AGES, FieldRule
from modtui.files.mapping_nodes import NodeReader, near_words
from modtui.files.patterns import MAX_MEMORY
from modtui.files.strict_yaml import MappingNode, Node, SequenceNode, plain

_RULE = (
    "from", "constant", "read", "pick", "split", "pattern", "values", "match", "otherwise", "template",
    "date", "zone", "range", "join", "flag_source",
)  # fmt: skip
_CHOICES = {
    "read": ("text", "html", "json", "literal", "own"),
    "match": ("whole", "within"),
    "otherwise": ("keep", "drop", "extra"),
    "range": ("low", "high"),
}
_NEEDS_COLUMNS = "needs `from` or `constant`"


class RuleReader:
    """Makes rules of nodes."""

    def __init__(self, nodes: NodeReader) -> None:
        self._nodes = nodes

    def fields(self, node: Node | None) -> dict[str, tuple[FieldRule, ...]]:
        """The rules of `fields`, by the path of our field."""
        fields: dict[str, tuple[FieldRule, ...]] = {}
        if not isinstance(node, MappingNode):
            if node is not None:
                self._nodes.problem(node, "fields", "must be a map of our fields to their columns")
            return fields
        known = [*sorted(FIELD_PATHS - {"id"}), AGES]
        for path, (key, value) in node.entries.items():
            where = f"fields.{path}"
            if path not in known and not _is_open_path(path):
                self._nodes.problem(key, where, f"an ad has no field {path!r}{near_words(path, known)}")
            if isinstance(value, SequenceNode) and any(isinstance(item, MappingNode) for item in value.items):
                fields[path] = tuple(self._rule(item, f"{where}[{at}]") for at, item in enumerate(value.items))
            else:
                fields[path] = (self._rule(value, where),)
        return fields

    def _rule(self, node: Node, where: str) -> FieldRule:
        if not isinstance(node, MappingNode):
            columns = self._nodes.texts(node, where)
            if not columns:
                self._nodes.problem(node, where, "names no column")
            return FieldRule(columns)
        entries = self._nodes.entries(node, where, _RULE)
        constant = self._nodes.text(entries.get("constant"), f"{where}.constant")
        columns = self._nodes.texts(entries.get("from"), f"{where}.from")
        if not columns and constant is None:
            self._nodes.problem(node, where, _NEEDS_COLUMNS)
        pick = self._nodes.text(entries.get("pick"), f"{where}.pick")
        return FieldRule(
            columns,
            constant,
            self._nodes.choice(entries.get("read"), _CHOICES["read"], f"{where}.read") or "text",
            tuple(pick.split(".")) if pick else (),
            tuple(mark for mark in self._nodes.texts(entries.get("split"), f"{where}.split") if mark),
            self._pattern(entries.get("pattern"), f"{where}.pattern"),
            self._value_table(entries.get("values"), f"{where}.values"),
            self._nodes.choice(entries.get("match"), _CHOICES["match"], f"{where}.match") or "whole",
            self._nodes.choice(entries.get("otherwise"), _CHOICES["otherwise"], f"{where}.otherwise") or "keep",
            self._template(entries.get("template"), f"{where}.template"),
            self._dates(entries.get("date"), f"{where}.date"),
            self._zone(entries.get("zone"), f"{where}.zone"),
            self._nodes.choice(entries.get("range"), _CHOICES["range"], f"{where}.range"),
            self._nodes.text(entries.get("join"), f"{where}.join"),
            self._nodes.text(entries.get("flag_source"), f"{where}.flag_source"),
        )

    def _value_table(self, node: Node | None, where: str) -> dict[str, str]:
        table: dict[str, str] = {}
        for word, value in self._nodes.entries(node, where).items():
            table[word.strip().lower()] = (
                "" if plain(value) is None else self._nodes.text(value, f"{where}.{word}") or ""
            )
        return table

    def _template(self, node: Node | None, where: str) -> str | None:
        text = self._nodes.text(node, where)
        if node is not None and text is not None and "{}" not in text:
            self._nodes.problem(node, where, "has no {} where the value goes")
        return text

    def _dates(self, node: Node | None, where: str) -> tuple[str, ...]:
        formats = self._nodes.texts(node, where)
        for layout in formats:
            try:
                if layout != "iso":
                    datetime.strptime(datetime(2001, 2, 3, tzinfo=UTC).strftime(layout), layout)  # noqa: DTZ007
            except ValueError:
                self._nodes.problem(node, where, f"{layout!r} is no date format (such as %d/%m/%Y %H:%M, or iso)")
        return formats

    def _zone(self, node: Node | None, where: str) -> ZoneInfo | None:
        name = self._nodes.text(node, where)
        try:
            return ZoneInfo(name) if name else None
        except (ValueError, OSError, LookupError):
            self._nodes.problem(node, where, f"{name!r} is no time zone (such as Europe/Paris)")
            return None

    def _pattern(self, node: Node | None, where: str) -> Callable[[str], str | None] | None:
        source = self._nodes.text(node, where)
        if source is None:
            return None
        import re2

        options = re2.Options()
        options.log_errors = False  # it writes to the terminal otherwise
        options.max_mem = MAX_MEMORY
        try:
            found = re2.compile(source, options)
        except re2.error as error:
            reason = error.args[0].decode() if error.args and isinstance(error.args[0], bytes) else str(error)
            self._nodes.problem(node, where, f"is no RE2 pattern: {reason}")
            return None
        return _part_by(found)


def _part_by(pattern: Any) -> Callable[[str], str | None]:
    """A search that gives the first group that took part, or the whole match."""

    def part(text: str) -> str | None:
        try:
            found = pattern.search(text)
        except UnicodeEncodeError:  # half of a surrogate pair; the row is refused for it later
            return None
        if found is None:
            return None
        return next((group for group in found.groups() if group is not None), None) if found.groups() else found.group()

    return part


def _is_open_path(path: str) -> bool:
    """`extra.<name>` and `translations.<language>.<component>`, whose names are free."""
    steps = path.split(".")
    return all(steps) and (
        (steps[0] == "extra" and len(steps) == 2) or (steps[0] == "translations" and len(steps) == 3)
    )
