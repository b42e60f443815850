"""Mapping files: YAML of schema `modtui/mapping/1`, read with every mistake at once."""

from __future__ import annotations

import codecs
import difflib
from collections.abc import Callable, Collection, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from modtui.domain.ad_json import FIELD_PATHS
from modtui.errors import ModtuiError
from modtui.files.mapping import AGES, FieldRule, IdRule, QueueMapping
from modtui.files.patterns import MAX_MEMORY
from modtui.files.problems import Problem
from modtui.files.strict_yaml import MappingNode, Node, ScalarNode, SequenceNode, load_tree, plain

SCHEMA = "modtui/mapping/1"

_TOP = ("schema", "name", "title", "source", "file", "missing", "skip", "id", "unpack", "fields", "drop", "unmapped")
_FILE = ("kind", "encoding", "delimiter", "quote", "header", "rows")
_RULE = (
    "from", "constant", "read", "pick", "split", "pattern", "values", "match", "otherwise", "template",
    "date", "zone", "range", "join", "flag_source",
)  # fmt: skip
_CHOICES = {
    "kind": ("csv", "tsv", "jsonl", "json"),
    "read": ("text", "html", "json", "literal", "own"),
    "match": ("whole", "within"),
    "otherwise": ("keep", "drop", "extra"),
    "range": ("low", "high"),
    "unmapped": ("extra", "drop"),
}
_NEEDS_COLUMNS = "needs `from` or `constant`"


def find_mapping(name: str, shipped: Path) -> QueueMapping:
    """The mapping at a path, or the shipped one of that name in the folder `shipped`. Raises `ModtuiError`."""
    path = Path(name)
    if path.suffix not in (".yaml", ".yml") and "/" not in name:
        path = shipped / f"{name}.yaml"
        if not path.is_file():
            known = sorted(found.stem for found in shipped.glob("*.yaml"))
            near = difflib.get_close_matches(name, known, 1)
            raise ModtuiError(
                "No such mapping",
                f"no mapping is called {name!r}" + (f". Did you mean {near[0]!r}?" if near else ""),
                f"Name a file, or one of: {', '.join(known)}.",
            )
    return read_mapping(path)


def read_mapping(path: Path) -> QueueMapping:
    """The mapping in a file. Raises `ModtuiError` with every mistake in it."""
    if not path.is_file():
        raise ModtuiError("No such mapping", f"{path} is no file", "Check the path.")
    try:
        source = path.read_bytes()
    except OSError as error:
        raise ModtuiError("Cannot read the mapping", f"{path}: {error.strerror}", "Check its permissions.") from None
    mapping, problems = parse_mapping(source, str(path))
    if problems or mapping is None:
        raise mapping_error(problems)
    return mapping


def mapping_error(problems: list[Problem]) -> ModtuiError:
    return ModtuiError(
        "The mapping has mistakes",
        "\n".join(str(problem) for problem in problems),
        "docs/mappings.md lists what a mapping may say.",
    )


def parse_mapping(source: str | bytes, filename: str) -> tuple[QueueMapping | None, list[Problem]]:
    """The mapping, or None and every mistake in it."""
    tree, problems = load_tree(source, filename)
    reader = _Reader(filename, problems)
    mapping = reader.mapping(tree) if tree is not None else None
    problems.sort(key=lambda problem: (problem.line, problem.column))
    return (None if problems else mapping), problems


class _Reader:
    """Turns nodes into values, and notes what is wrong with its place."""

    def __init__(self, filename: str, problems: list[Problem]) -> None:
        self._file = filename
        self._problems = problems

    def mapping(self, tree: Node) -> QueueMapping | None:
        top = self._entries(tree, "", _TOP)
        schema = self._text(top.get("schema"), "schema")
        if schema != SCHEMA:
            self._problem(top.get("schema", tree), "schema", f"must be {SCHEMA}")
        file = self._entries(top.get("file"), "file", _FILE)
        skip = self._entries(top.get("skip"), "skip", ("repeated_header", "where"))
        if "id" not in top:
            self._problem(tree, "id", "is missing: name a column, or `content`")
        if "fields" not in top:
            self._problem(tree, "fields", "is missing")
        header = self._texts(file.get("header"), "file.header")
        kind = self._choice(file.get("kind"), "kind", "file.kind")
        return QueueMapping(
            id=self._id(top.get("id")),
            fields=self._fields(top.get("fields")),
            name=self._text(top.get("name"), "name") or Path(self._file).stem,
            source=self._text(top.get("source"), "source"),
            kind=kind,
            encoding=self._encoding(file.get("encoding")),
            delimiter=self._delimiter(file.get("delimiter")),
            quote=self._quote(file.get("quote")),
            header=header or None,
            rows_at=self._text(file.get("rows"), "file.rows"),
            missing=frozenset(("", *self._texts(top.get("missing"), "missing"))),
            unpack={
                column: self._texts(node, f"unpack.{column}")
                for column, node in self._entries(top.get("unpack"), "unpack").items()
            },
            drop=frozenset(self._texts(top.get("drop"), "drop")),
            keep_unmapped=self._choice(top.get("unmapped"), "unmapped", "unmapped") != "drop",
            skip_repeated_header=self._boolean(skip.get("repeated_header"), "skip.repeated_header"),
            skip_where={
                column: frozenset(self._texts(node, f"skip.where.{column}"))
                for column, node in self._entries(skip.get("where"), "skip.where").items()
            },
        )

    def _id(self, node: Node | None) -> IdRule:
        if isinstance(node, ScalarNode):
            if node.text == "content":
                return IdRule(otherwise_content=True)
            return IdRule(self._texts(node, "id"))
        if isinstance(node, SequenceNode):
            return IdRule(self._texts(node, "id"))
        entries = self._entries(node, "id", ("from", "join", "prefix", "otherwise"))
        otherwise = entries.get("otherwise")
        if otherwise is not None and plain(otherwise) != "content":
            self._problem(otherwise, "id.otherwise", "can only be `content`")
        columns = self._texts(entries.get("from"), "id.from")
        if node is not None and not columns and otherwise is None:
            self._problem(node, "id", "needs `from`, `otherwise: content`, or both")
        join = self._text(entries.get("join"), "id.join")
        return IdRule(
            columns, "-" if join is None else join, self._text(entries.get("prefix"), "id.prefix") or "",
            otherwise is not None,
        )  # fmt: skip

    def _fields(self, node: Node | None) -> dict[str, tuple[FieldRule, ...]]:
        fields: dict[str, tuple[FieldRule, ...]] = {}
        if not isinstance(node, MappingNode):
            if node is not None:
                self._problem(node, "fields", "must be a map of our fields to their columns")
            return fields
        known = [*sorted(FIELD_PATHS - {"id"}), AGES]
        for path, (key, value) in node.entries.items():
            where = f"fields.{path}"
            if path not in known and not _is_open_path(path):
                self._problem(key, where, f"an ad has no field {path!r}{_nearest(path, known)}")
            if isinstance(value, SequenceNode) and any(isinstance(item, MappingNode) for item in value.items):
                fields[path] = tuple(self._rule(item, f"{where}[{at}]") for at, item in enumerate(value.items))
            else:
                fields[path] = (self._rule(value, where),)
        return fields

    def _rule(self, node: Node, where: str) -> FieldRule:
        if not isinstance(node, MappingNode):
            columns = self._texts(node, where)
            if not columns:
                self._problem(node, where, "names no column")
            return FieldRule(columns)
        entries = self._entries(node, where, _RULE)
        constant = self._text(entries.get("constant"), f"{where}.constant")
        columns = self._texts(entries.get("from"), f"{where}.from")
        if not columns and constant is None:
            self._problem(node, where, _NEEDS_COLUMNS)
        pick = self._text(entries.get("pick"), f"{where}.pick")
        return FieldRule(
            columns,
            constant,
            self._choice(entries.get("read"), "read", f"{where}.read") or "text",
            tuple(pick.split(".")) if pick else (),
            tuple(mark for mark in self._texts(entries.get("split"), f"{where}.split") if mark),
            self._pattern(entries.get("pattern"), f"{where}.pattern"),
            self._value_table(entries.get("values"), f"{where}.values"),
            self._choice(entries.get("match"), "match", f"{where}.match") or "whole",
            self._choice(entries.get("otherwise"), "otherwise", f"{where}.otherwise") or "keep",
            self._template(entries.get("template"), f"{where}.template"),
            self._dates(entries.get("date"), f"{where}.date"),
            self._zone(entries.get("zone"), f"{where}.zone"),
            self._choice(entries.get("range"), "range", f"{where}.range"),
            self._text(entries.get("join"), f"{where}.join"),
            self._text(entries.get("flag_source"), f"{where}.flag_source"),
        )

    def _value_table(self, node: Node | None, where: str) -> dict[str, str]:
        table: dict[str, str] = {}
        for word, value in self._entries(node, where).items():
            table[word.strip().lower()] = "" if plain(value) is None else self._text(value, f"{where}.{word}") or ""
        return table

    def _template(self, node: Node | None, where: str) -> str | None:
        text = self._text(node, where)
        if node is not None and text is not None and "{}" not in text:
            self._problem(node, where, "has no {} where the value goes")
        return text

    def _dates(self, node: Node | None, where: str) -> tuple[str, ...]:
        formats = self._texts(node, where)
        for layout in formats:
            try:
                if layout != "iso":
                    datetime.strptime(datetime(2001, 2, 3, tzinfo=UTC).strftime(layout), layout)  # noqa: DTZ007
            except ValueError:
                self._problem(node, where, f"{layout!r} is no date format (such as %d/%m/%Y %H:%M, or iso)")
        return formats

    def _zone(self, node: Node | None, where: str) -> ZoneInfo | None:
        name = self._text(node, where)
        try:
            return ZoneInfo(name) if name else None
        except (ValueError, OSError, LookupError):
            self._problem(node, where, f"{name!r} is no time zone (such as Europe/Paris)")
            return None

    def _pattern(self, node: Node | None, where: str) -> Callable[[str], str | None] | None:
        source = self._text(node, where)
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
            self._problem(node, where, f"is no RE2 pattern: {reason}")
            return None
        return _part_by(found)

    def _encoding(self, node: Node | None) -> str | None:
        name = self._text(node, "file.encoding")
        if name is None:
            return None
        try:
            codec = codecs.lookup(name)
            "".encode(name)
        except LookupError:
            self._problem(node, "file.encoding", f"{name!r} is no text encoding (such as utf-8, cp1252, shift_jis)")
            return None
        return None if codec.name in ("utf-8", "utf-8-sig", "ascii") else codec.name

    def _delimiter(self, node: Node | None) -> str | None:
        mark = self._text(node, "file.delimiter")
        mark = "\t" if mark in ("tab", "\\t") else mark
        if mark is not None and (len(mark) != 1 or mark in '\r\n"'):
            self._problem(node, "file.delimiter", "must be one character, or `tab`")
            return None
        return mark

    def _quote(self, node: Node | None) -> str | None:
        if node is None:
            return '"'
        mark = self._text(node, "file.quote")
        if mark in (None, "", "none"):
            return None
        if mark is not None and len(mark) != 1:
            self._problem(node, "file.quote", "must be one character, or `none`")
        return mark

    def _boolean(self, node: Node | None, where: str) -> bool:
        if node is None:
            return False
        text = plain(node)
        if text not in ("yes", "no", "true", "false"):
            self._problem(node, where, "must be `yes` or `no`")
        return text in ("yes", "true")

    def _choice(self, node: Node | None, name: str, where: str) -> str | None:
        text = self._text(node, where)
        choices = _CHOICES[name]
        if text is not None and text not in choices:
            self._problem(node, where, f"must be one of {', '.join(choices)}{_nearest(text, choices)}")
            return None
        return text

    def _text(self, node: Node | None, where: str) -> str | None:
        if node is None:
            return None
        if not isinstance(node, ScalarNode):
            self._problem(node, where, "must be one text")
            return None
        return node.text

    def _texts(self, node: Node | None, where: str) -> tuple[str, ...]:
        """A text, or a list of them."""
        if node is None:
            return ()
        if isinstance(node, ScalarNode):
            return () if node.text is None else (node.text,)
        if isinstance(node, MappingNode):
            self._problem(node, where, "must be a text or a list of texts")
            return ()
        texts = [self._text(item, f"{where}[{at}]") for at, item in enumerate(node.items)]
        return tuple(text or "" for text in texts)

    def _entries(self, node: Node | None, where: str, known: Collection[str] = ()) -> Mapping[str, Node]:
        """The values of a map by key; with `known`, other keys are mistakes."""
        if node is None or (isinstance(node, ScalarNode) and node.text is None):
            return {}
        if not isinstance(node, MappingNode):
            self._problem(node, where, "must be a map")
            return {}
        if known:
            for key, (place, _) in node.entries.items():
                if key not in known:
                    self._problem(place, where, f"unknown key {key!r}{_nearest(key, known)}")
        return {key: value for key, (_, value) in node.entries.items()}

    def _problem(self, node: Node | None, path: str, message: str) -> None:
        line, column = (node.line, node.column) if node is not None else (1, 1)
        self._problems.append(Problem(self._file, line, column, path, message))


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


def _nearest(name: str, known: Collection[str]) -> str:
    near = difflib.get_close_matches(name, list(known), 1)
    if not near:
        tails = [path for path in known if path.rpartition(".")[2] == name]
        near = tails[:1]
    return f". Did you mean {near[0]!r}?" if near else ""
