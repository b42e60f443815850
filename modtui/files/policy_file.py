"""The policy file, or a folder of them, read into a catalog: every mistake at once, each with its place."""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from msgspec import Struct

from modtui.domain.catalog import Catalog
from modtui.domain.catalog_document import SCHEMA, catalog_from_document
from modtui.errors import ModtuiError
from modtui.files.patterns import compile_pattern
from modtui.files.policy_briefings import read_briefing
from modtui.files.policy_schema import HEAD, LISTS, POLICY, POLICY_REQUIRED
from modtui.files.policy_values import PolicyReader, check_dates
from modtui.files.strict_yaml import MAX_BYTES, MappingNode, Node, Problem, ScalarNode, SequenceNode, brief, load_tree
from modtui.files.tree_reader import INVALID, Fields, Place, read_object

SUFFIXES = (".yaml", ".yml")
MAX_FILES = 1000


class CatalogReading(Struct, frozen=True):
    """What was found in the policy file: its document, when nothing was wrong, or its problems in file order."""

    document: Mapping[str, Any] | None
    problems: tuple[Problem, ...]
    example_places: Mapping[tuple[str, int], Place]
    "Policy id and number of each example (from 0) to its place."
    files: tuple[str, ...] = ()
    trees: tuple[tuple[str, Node], ...] = ()
    "Each file that could be read to its end with its tree, to find places in (`policy_places`)."


def read_catalog(source: Path | str | bytes, filename: str = "policies.yaml") -> tuple[Catalog | None, list[Problem]]:
    """The catalog that a file, a folder (`Path`) or a text describes, or every mistake that is in it.

    Raises `ModtuiError` for what cannot be opened.
    """
    reading = read_catalog_document(source, filename)
    if reading.document is None:
        return None, list(reading.problems)
    return catalog_from_document(reading.document, compile_pattern), []


def read_catalog_document(source: Path | str | bytes, filename: str = "policies.yaml") -> CatalogReading:
    """The same as `read_catalog`, as the document that a workspace stores (`domain.catalog_document`)."""
    sources = _files(source) if isinstance(source, Path) else [(filename, source)]
    return _Reading().read(sources)


def _files(path: Path) -> list[tuple[str, bytes]]:
    """Name and content of the file, or of each YAML file that stands in the folder, in order of their names."""
    if not path.is_dir():
        return [(str(path), _content(path))]
    try:
        paths = sorted(each for each in path.iterdir() if each.suffix in SUFFIXES and not each.name.startswith("."))
    except OSError as error:
        raise _unreadable(path, error) from None
    if not paths:
        raise ModtuiError("No policies here", f"{path} holds no .yaml file", "Name a policy file or a folder of them.")
    if len(paths) > MAX_FILES:
        raise ModtuiError("Too many files", f"{path} holds more than {MAX_FILES} .yaml files", "Name another folder.")
    return [(str(each), _content(each)) for each in paths]


def _content(path: Path) -> bytes:
    """The bytes of an ordinary file, up to one more than a policy file may have. Never waits for a pipe."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except FileNotFoundError:
        raise ModtuiError("No such file", f"{path} is not there", "Check the path.") from None
    except (OSError, ValueError) as error:
        raise _unreadable(path, error) from None
    with os.fdopen(descriptor, "rb") as file:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise ModtuiError("Not an ordinary file", f"{path} is a pipe or a device", "Name an ordinary file.")
        try:
            return file.read(MAX_BYTES + 1)
        except OSError as error:
            raise _unreadable(path, error) from None


def _unreadable(path: Path, error: Exception) -> ModtuiError:
    reason = getattr(error, "strerror", None) or str(error)
    return ModtuiError("Cannot read the file", f"{path}: {reason}", "Check the path and its permissions.")


class _Reading:
    """One reading of all files: heads first, for the groups and routes that policies name."""

    def __init__(self) -> None:
        self.reader = PolicyReader()
        self.catalog: dict[str, Any] | None = None
        self.policies: list[dict[str, Any]] = []
        self.briefings: list[dict[str, Any]] = []
        self.example_places: dict[tuple[str, int], Place] = {}

    def read(self, sources: list[tuple[str, str | bytes]] | list[tuple[str, bytes]]) -> CatalogReading:
        trees: list[tuple[str, MappingNode]] = []
        is_whole = True
        for file, content in sources:
            tree, problems = load_tree(content, file)
            self.reader.begin(file, problems)
            if isinstance(tree, MappingNode):
                trees.append((file, tree))
                self._read_head(tree)
            else:
                is_whole = False
                if tree is not None:
                    self.reader.problem(tree, "", "should be a mapping with 'schema', 'catalog', 'policies' and so on")
        for file, tree in trees:
            self.reader.file = file
            self._read_lists(tree)
        first = Place(sources[0][0], 1, 1, "")
        if is_whole:
            self._settle(first)
        order = {file: number for number, (file, _) in enumerate(sources)}
        problems = sorted(self.reader.problems, key=lambda each: (order[each.file], each.line, each.column))
        return CatalogReading(
            None if problems else self._document(),
            tuple(problems),
            self.example_places,
            tuple(file for file, _ in sources),
            tuple(trees),
        )

    def _read_head(self, tree: MappingNode) -> None:
        later: Fields = dict.fromkeys(LISTS, lambda reader, node, path: INVALID)  # noqa: ARG005
        head = read_object(self.reader, tree, "", {**HEAD, **later})
        if not isinstance(head, dict):
            return
        for key, known in (("market_groups", self.reader.groups), ("routes", self.reader.routes)):
            for name, value in head.get(key, {}).items():
                node = tree.get(key)
                assert isinstance(node, MappingNode)
                place = self.reader.place(node.entries[name][0], f"{key}.{brief(name)}")
                self.reader.names.define(self.reader, key.rstrip("s").replace("_", " "), name, place)
                known.setdefault(name, value)
        if "catalog" in tree.entries:
            key_node = tree.entries["catalog"][0]
            if self.catalog is not None:
                self.reader.problem(key_node, "", "'catalog' stands in two files: it belongs in one of them")
            elif "schema" not in tree.entries:
                self.reader.problem(key_node, "", f"'schema: {SCHEMA}' is missing")
            self.catalog = head.get("catalog", {})

    def _read_lists(self, tree: MappingNode) -> None:
        for index, node, path in self._items(tree, "policies"):
            self._read_policy(node, path, index)
        for _, node, path in self._items(tree, "briefings"):
            values = read_briefing(self.reader, node, path)
            if values is not None:
                self._define("briefing", values, node, path)
                self.briefings.append(values)

    def _items(self, tree: MappingNode, key: str) -> list[tuple[int, Node, str]]:
        node = tree.get(key)
        if isinstance(node, SequenceNode):
            return [(index, item, f"{key}[{index}]") for index, item in enumerate(node.items)]
        if node is not None and not (isinstance(node, ScalarNode) and node.text is None):
            self.reader.problem(node, key, "should be a list")
        return []

    def _read_policy(self, node: Node, path: str, index: int) -> None:
        reader = self.reader
        reader.policy_id = _text_at(node, "id")
        reader.policy_basis = _text_at(node, "basis")
        values = read_object(reader, node, path, POLICY, POLICY_REQUIRED)
        if not isinstance(values, dict) or not isinstance(node, MappingNode):
            return
        check_dates(reader, node, path, values)
        if values.get("checks") == [] and _is_empty_list(node.get("checks")):
            reader.problem(node.entries["checks"][1], f"{path}.checks", "holds no check")
        self._check_unreviewed(node, path, values)
        self._define("policy", values, node, path)
        examples = node.get("examples")
        if isinstance(examples, SequenceNode):
            for number, example in enumerate(examples.items):
                place = reader.place(example, f"policies[{index}].examples[{number}]")
                self.example_places.setdefault((values.get("id", ""), number), place)
        self.policies.append(values)

    def _check_unreviewed(self, node: MappingNode, path: str, values: dict[str, Any]) -> None:
        """Each language that nobody could check is one of the reply's."""
        languages = node.get("reply_unreviewed")
        if not isinstance(languages, SequenceNode):
            return
        reply = node.get("reply")
        replies = reply.entries if isinstance(reply, MappingNode) else {}
        for index, item in enumerate(languages.items):
            name = item.text if isinstance(item, ScalarNode) else None
            if name in values.get("reply_unreviewed", ()) and name not in replies:
                hint = self.reader.suggestion(str(name), replies)
                where = f"{path}.reply_unreviewed[{index}]"
                self.reader.problem(item, where, f"'reply' has no language '{brief(str(name))}'.{hint}")

    def _define(self, kind: str, values: dict[str, Any], node: Node, path: str) -> None:
        if "id" in values and isinstance(node, MappingNode):
            place = self.reader.place(node.entries["id"][1], f"{path}.id")
            self.reader.names.define(self.reader, kind, values["id"], place)

    def _settle(self, first: Place) -> None:
        if self.catalog is None:
            self.reader.problem_at(first, "'catalog' is missing: id, version and title of the whole")
        if not self.policies and not self.reader.problems:
            self.reader.problem_at(first, "holds no policy")
        self.reader.names.settle(self.reader)

    def _document(self) -> dict[str, Any]:
        assert self.catalog is not None
        return {
            "schema": SCHEMA,
            "catalog": self.catalog,
            "market_groups": self.reader.groups,
            "routes": self.reader.routes,
            "policies": self.policies,
            "briefings": self.briefings,
        }


def _text_at(node: Node, key: str) -> str:
    value = node.get(key) if isinstance(node, MappingNode) else None
    return value.text or "" if isinstance(value, ScalarNode) else ""


def _is_empty_list(node: Node | None) -> bool:
    return isinstance(node, SequenceNode) and not node.items
