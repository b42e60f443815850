"""Reading typed values from a strict YAML tree: a reader gives a value, or notes what is wrong and gives `INVALID`."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from typing import Any, Final, NamedTuple

from modtui.domain.suggestions import did_you_mean
from modtui.files.strict_yaml import MAX_PROBLEMS, MappingNode, Node, Problem, ScalarNode, SequenceNode, brief

MAX_SUGGESTIONS = 200
"Names compared with the known ones in one reading; what comes after goes without a suggestion."


class Place(NamedTuple):
    """Where a value stands: for messages that are known only later."""

    file: str
    line: int
    column: int
    path: str


class _Invalid:
    """The type of `INVALID`."""

    def __repr__(self) -> str:
        return "INVALID"


INVALID: Final = _Invalid()
"What a reader gives when it has noted a problem."


class TreeReader:
    """Collects the problems of one reading, over one file or several."""

    def __init__(self) -> None:
        self.file = ""
        self.problems: list[Problem] = []
        self._refused: set[tuple[str, int, int]] = set()
        self._suggestions = 0

    def begin(self, file: str, problems: list[Problem]) -> None:
        """Go on with a file, whose own problems are taken over and not told twice."""
        self.file = file
        self.problems += problems
        self._refused.update((problem.file, problem.line, problem.column) for problem in problems)

    def problem(self, node: Node, path: str, message: str) -> _Invalid:
        self.problem_at(self.place(node, path), message)
        return INVALID

    def problem_at(self, place: Place, message: str) -> None:
        if len(self.problems) < MAX_PROBLEMS and (place.file, place.line, place.column) not in self._refused:
            self.problems.append(Problem(*place, message))

    def place(self, node: Node, path: str) -> Place:
        return Place(self.file, node.line, node.column, path)

    def suggestion(self, name: str, known: Collection[str]) -> str:
        """` Did you mean ...?`, or nothing."""
        self._suggestions += 1
        return did_you_mean(name, known) if self._suggestions <= MAX_SUGGESTIONS else ""


Read = Callable[[TreeReader, Node, str], Any]
Fields = Mapping[str, Read]


class Form(NamedTuple):
    """What a reader that was made here takes, for the JSON Schema that says the same to an editor."""

    kind: str
    "`like`, `one_of`, `list_of`, `map_of` or `object_of`."
    of: tuple[Any, ...]
    "What it was made with."


def form_of(read: Read) -> Form | None:
    """The form of a reader, or None for one that is a function of its own."""
    return getattr(read, "form", None)


def formed(read: Read, kind: str, *of: Any) -> Read:
    """The reader, which remembers what it was made with."""
    read.form = Form(kind, of)  # type: ignore[attr-defined]
    return read


def text(reader: TreeReader, node: Node, path: str) -> Any:
    """Any text that says something."""
    if not isinstance(node, ScalarNode):
        return reader.problem(node, path, "should be a text")
    if node.text is None or not node.text.strip():
        return reader.problem(node, path, "has no value: fill it in, or leave the key out")
    return node.text


def line(reader: TreeReader, node: Node, path: str) -> Any:
    """A text of one line, without space around it."""
    value = text(reader, node, path)
    if isinstance(value, str):
        value = value.strip()
        if "\n" in value:
            return reader.problem(node, path, "should be a single line")
    return value


def like(pattern: str, words: str) -> Read:
    """A reader of texts of one form, which `words` tells a person."""
    compiled = re.compile(pattern)

    def read(reader: TreeReader, node: Node, path: str) -> Any:
        value = line(reader, node, path)
        if isinstance(value, str) and not compiled.fullmatch(value):
            return reader.problem(node, path, f"'{brief(value)}' is not {words}")
        return value

    return formed(read, "like", pattern)


def one_of(names: Collection[str]) -> Read:
    """A reader of one name out of a closed list."""

    def read(reader: TreeReader, node: Node, path: str) -> Any:
        value = line(reader, node, path)
        if isinstance(value, str) and value not in names:
            hint = reader.suggestion(value, names) or f" It is one of {', '.join(names)}."
            return reader.problem(node, path, f"unknown value '{brief(value)}'.{hint}")
        return value

    return formed(read, "one_of", tuple(names))


def yes_no(reader: TreeReader, node: Node, path: str) -> Any:
    value = line(reader, node, path)
    if isinstance(value, str) and value not in ("yes", "no"):
        return reader.problem(node, path, f"'{brief(value)}' is neither yes nor no")
    return value == "yes" if isinstance(value, str) else value


def list_of(read: Read) -> Read:
    """A reader of lists; entries that are wrong are noted and left out."""

    def read_list(reader: TreeReader, node: Node, path: str) -> Any:
        if not isinstance(node, SequenceNode):
            return reader.problem(node, path, "should be a list")
        values = [read(reader, item, f"{path}[{index}]") for index, item in enumerate(node.items)]
        return [value for value in values if value is not INVALID]

    return formed(read_list, "list_of", read)


def map_of(read_key: Read, read_value: Read) -> Read:
    """A reader of mappings whose keys are names of the file's own."""

    def read_map(reader: TreeReader, node: Node, path: str) -> Any:
        if not isinstance(node, MappingNode):
            return reader.problem(node, path, "should be a mapping of names to values")
        values: dict[str, Any] = {}
        for key, (key_node, value_node) in node.entries.items():
            inner = f"{path}.{brief(key)}" if path else brief(key)
            name = read_key(reader, key_node, inner)
            value = read_value(reader, value_node, inner)
            if name is not INVALID and value is not INVALID:
                values[name] = value
        return values

    return formed(read_map, "map_of", read_key, read_value)


def read_object(
    reader: TreeReader, node: Node, path: str, fields: Fields, required: Collection[str] = ()
) -> dict[str, Any] | _Invalid:
    """A mapping with a closed list of keys; what could be read of it."""
    if not isinstance(node, MappingNode):
        return reader.problem(node, path, "should be a mapping of keys to values")
    values: dict[str, Any] = {}
    for key, (key_node, value_node) in node.entries.items():
        read = fields.get(key)
        if read is None:
            hint = reader.suggestion(key, fields)
            reader.problem(key_node, path, f"unknown key '{brief(key)}'.{hint}")
            continue
        if isinstance(value_node, ScalarNode) and value_node.text is None:
            reader.problem(value_node, path, f"'{key}' has no value: fill it in, or leave the key out")
            continue
        value = read(reader, value_node, f"{path}.{key}" if path else key)
        if value is not INVALID:
            values[key] = value
    for key in required:
        if key not in node.entries:
            reader.problem(node, path, f"'{key}' is missing")
    return values


def object_of(fields: Fields, required: Collection[str] = ()) -> Read:
    """A reader of mappings with these keys."""

    def read(reader: TreeReader, node: Node, path: str) -> Any:
        return read_object(reader, node, path, fields, required)

    return formed(read, "object_of", fields, tuple(required))
