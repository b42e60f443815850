"""Mapping files: YAML of schema `modtui/mapping/1`, read with every mistake at once."""

from __future__ import annotations

import codecs
from pathlib import Path

from modtui.domain.suggestions import did_you_mean
from modtui.errors import ModtuiError
from modtui.files.mapping import IdRule, QueueMapping
from modtui.files.mapping_nodes import NodeReader
from modtui.files.mapping_rules import RuleReader
from modtui.files.problems import Problem
from modtui.files.strict_yaml import Node, ScalarNode, SequenceNode, load_tree, plain

SCHEMA = "modtui/mapping/1"

_TOP = ("schema", "name", "title", "source", "file", "missing", "skip", "id", "unpack", "fields", "drop", "unmapped")
_FILE = ("kind", "encoding", "delimiter", "quote", "header", "rows")
_KINDS = ("csv", "tsv", "jsonl", "json")
_UNMAPPED = ("extra", "drop")


def find_mapping(name: str, shipped: Path) -> QueueMapping:
    """The mapping at a path, or the shipped one of that name in the folder `shipped`. Raises `ModtuiError`."""
    path = Path(name)
    if path.suffix not in (".yaml", ".yml") and "/" not in name:
        path = shipped / f"{name}.yaml"
        if not path.is_file():
            known = sorted(found.stem for found in shipped.glob("*.yaml"))
            raise ModtuiError(
                "No such mapping",
                f"no mapping is called {name!r}.{did_you_mean(name, known)}",
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
    reader = _MappingReader(NodeReader(filename, problems))
    mapping = reader.mapping(tree) if tree is not None else None
    problems.sort(key=lambda problem: (problem.line, problem.column))
    return (None if problems else mapping), problems


class _MappingReader:
    """Makes a mapping of a tree."""

    def __init__(self, nodes: NodeReader) -> None:
        self._nodes = nodes

    def mapping(self, tree: Node) -> QueueMapping | None:
        nodes = self._nodes
        top = nodes.entries(tree, "", _TOP)
        schema = nodes.text(top.get("schema"), "schema")
        if schema != SCHEMA:
            nodes.problem(top.get("schema", tree), "schema", f"must be {SCHEMA}")
        file = nodes.entries(top.get("file"), "file", _FILE)
        skip = nodes.entries(top.get("skip"), "skip", ("repeated_header", "where"))
        if "id" not in top:
            nodes.problem(tree, "id", "is missing: name a column, or `content`")
        if "fields" not in top:
            nodes.problem(tree, "fields", "is missing")
        header = nodes.texts(file.get("header"), "file.header")
        kind = nodes.choice(file.get("kind"), _KINDS, "file.kind")
        return QueueMapping(
            id=self._id(top.get("id")),
            fields=RuleReader(nodes).fields(top.get("fields")),
            name=nodes.text(top.get("name"), "name") or Path(nodes.filename).stem,
            source=nodes.text(top.get("source"), "source"),
            kind=kind,
            encoding=self._encoding(file.get("encoding")),
            delimiter=self._delimiter(file.get("delimiter")),
            quote=self._quote(file.get("quote")),
            header=header or None,
            rows_at=nodes.text(file.get("rows"), "file.rows"),
            missing=frozenset(("", *nodes.texts(top.get("missing"), "missing"))),
            unpack={
                column: nodes.texts(node, f"unpack.{column}")
                for column, node in nodes.entries(top.get("unpack"), "unpack").items()
            },
            drop=frozenset(nodes.texts(top.get("drop"), "drop")),
            keep_unmapped=nodes.choice(top.get("unmapped"), _UNMAPPED, "unmapped") != "drop",
            skip_repeated_header=nodes.boolean(skip.get("repeated_header"), "skip.repeated_header"),
            skip_where={
                column: frozenset(nodes.texts(node, f"skip.where.{column}"))
                for column, node in nodes.entries(skip.get("where"), "skip.where").items()
            },
        )

    def _id(self, node: Node | None) -> IdRule:
        if isinstance(node, ScalarNode):
            if node.text == "content":
                return IdRule(otherwise_content=True)
            return IdRule(self._nodes.texts(node, "id"))
        if isinstance(node, SequenceNode):
            return IdRule(self._nodes.texts(node, "id"))
        entries = self._nodes.entries(node, "id", ("from", "join", "prefix", "otherwise"))
        otherwise = entries.get("otherwise")
        if otherwise is not None and plain(otherwise) != "content":
            self._nodes.problem(otherwise, "id.otherwise", "can only be `content`")
        columns = self._nodes.texts(entries.get("from"), "id.from")
        if node is not None and not columns and otherwise is None:
            self._nodes.problem(node, "id", "needs `from`, `otherwise: content`, or both")
        join = self._nodes.text(entries.get("join"), "id.join")
        return IdRule(
            columns, "-" if join is None else join, self._nodes.text(entries.get("prefix"), "id.prefix") or "",
            otherwise is not None,
        )  # fmt: skip

    def _encoding(self, node: Node | None) -> str | None:
        name = self._nodes.text(node, "file.encoding")
        if name is None:
            return None
        try:
            codec = codecs.lookup(name)
            "".encode(name)
        except LookupError:
            self._nodes.problem(
                node, "file.encoding", f"{name!r} is no text encoding (such as utf-8, cp1252, shift_jis)"
            )
            return None
        return None if codec.name in ("utf-8", "utf-8-sig", "ascii") else codec.name

    def _delimiter(self, node: Node | None) -> str | None:
        mark = self._nodes.text(node, "file.delimiter")
        mark = "\t" if mark in ("tab", "\\t") else mark
        if mark is not None and (len(mark) != 1 or mark in '\r\n"'):
            self._nodes.problem(node, "file.delimiter", "must be one character, or `tab`")
            return None
        return mark

    def _quote(self, node: Node | None) -> str | None:
        if node is None:
            return '"'
        mark = self._nodes.text(node, "file.quote")
        if mark in (None, "", "none"):
            return None
        if mark is not None and len(mark) != 1:
            self._nodes.problem(node, "file.quote", "must be one character, or `none`")
        return mark
