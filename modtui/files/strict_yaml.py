"""YAML as people hand it to us: every scalar is text, every node knows its place, and nothing can blow up.

Only parse events are taken from PyYAML: composing recurses in C and dies of deep nesting, constructing turns `NO` into
False. What the program does not need (anchors, tags, merge keys, several documents) is refused with its place.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple, TypeAlias

from modtui.files.problems import MAX_PROBLEMS, Problem, brief
from modtui.files.yaml_text import MAX_BYTES, text_of, without_control_characters

__all__ = (
    "MAX_BYTES", "MAX_DEPTH", "MAX_NODES", "MAX_PROBLEMS",
    "MappingNode", "Node", "Problem", "ScalarNode", "SequenceNode", "brief", "load_tree", "plain",
)  # fmt: skip

MAX_DEPTH = 32
MAX_NODES = 500_000

_NO_VALUE = frozenset(("", "~", "null", "Null", "NULL"))
_NOT_TEXT = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")


class ScalarNode(NamedTuple):
    """A text, or None where the file says nothing: empty, `~` or a plain `null`."""

    line: int
    column: int
    text: str | None


class SequenceNode(NamedTuple):
    line: int
    column: int
    items: tuple[Node, ...]


class MappingNode(NamedTuple):
    """Keys in file order, each with its own node (for its place) and its value."""

    line: int
    column: int
    entries: Mapping[str, tuple[ScalarNode, Node]]

    def get(self, key: str) -> Node | None:
        entry = self.entries.get(key)
        return entry[1] if entry else None


Node: TypeAlias = ScalarNode | SequenceNode | MappingNode


def load_tree(source: str | bytes, filename: str) -> tuple[Node | None, list[Problem]]:
    """The one document of the source as a tree, and every mistake found on the way, in file order.

    The tree is None when the text could not be read to its end, or holds nothing. Otherwise it leaves out what was
    refused (a second value of a key, a merge), so that its reader can go on and report its own problems as well.
    """
    text, problems = text_of(source, filename)
    if text is None:
        return None, problems
    text = without_control_characters(text, filename, problems)
    tree = _TreeBuilder(filename, problems).build(text)
    return tree, sorted(problems[:MAX_PROBLEMS], key=lambda problem: (problem.line, problem.column))


def plain(node: Node | None) -> Any:
    """The tree as text, None, lists and dicts."""
    if isinstance(node, MappingNode):
        return {key: plain(value) for key, (_, value) in node.entries.items()}
    if isinstance(node, SequenceNode):
        return [plain(item) for item in node.items]
    return node.text if node is not None else None


class _Frame:
    """A collection being read: items, or entries with the key whose value comes next."""

    __slots__ = ("column", "entries", "is_mapping", "items", "key", "line")

    def __init__(self, is_mapping: bool, line: int, column: int) -> None:
        self.is_mapping = is_mapping
        self.line = line
        self.column = column
        self.items: list[Node] = []
        self.entries: dict[str, tuple[ScalarNode, Node]] = {}
        self.key: ScalarNode | None = None

    def step(self) -> str:
        if not self.is_mapping:
            return f"[{len(self.items)}]"
        return f".{brief(self.key.text)}" if self.key is not None and self.key.text is not None else ""

    def node(self) -> Node:
        if self.is_mapping:
            return MappingNode(self.line, self.column, self.entries)
        return SequenceNode(self.line, self.column, tuple(self.items))


class _UnreadableError(Exception):
    """Reading cannot go on; its problem has been noted."""


class _TreeBuilder:
    """Builds one tree from parse events with a stack of its own, so that depth costs no recursion."""

    def __init__(self, filename: str, problems: list[Problem]) -> None:
        self._filename = filename
        self._problems = problems
        self._stack: list[_Frame] = []
        self._root: Node | None = None
        self._documents = 0

    def build(self, text: str) -> Node | None:
        import yaml

        scalar = yaml.ScalarEvent
        try:
            for count, event in enumerate(_events(text)):
                if count > MAX_NODES:
                    self._stop(event, f"the file holds more than {MAX_NODES} values")
                if event.__class__ is scalar and event.tag is None and event.anchor is None:
                    self._scalar(event)  # nine of ten events
                else:
                    self._take(event, yaml)
        except yaml.YAMLError as error:
            self._note_syntax_error(error)
            return None
        except _UnreadableError:
            return None
        if self._root is None:
            self._problem(1, 1, "the file is empty")
        return self._root

    def _take(self, event: Any, yaml: Any) -> None:
        kind = event.__class__
        if kind is yaml.ScalarEvent:
            self._refuse_properties(event)
            self._scalar(event)
        elif kind is yaml.MappingStartEvent or kind is yaml.SequenceStartEvent:
            self._refuse_properties(event)
            if len(self._stack) >= MAX_DEPTH:
                self._stop(event, f"nested deeper than {MAX_DEPTH}")
            mark = event.start_mark
            self._stack.append(_Frame(kind is yaml.MappingStartEvent, mark.line + 1, mark.column + 1))
        elif kind is yaml.MappingEndEvent or kind is yaml.SequenceEndEvent:
            self._add(self._stack.pop().node())
        elif kind is yaml.AliasEvent:
            mark = event.start_mark
            self._problem(
                mark.line + 1, mark.column + 1, f"alias '*{brief(event.anchor)}' is not allowed: write it out"
            )
            self._add(ScalarNode(mark.line + 1, mark.column + 1, None), is_refused=True)
        elif kind is yaml.DocumentStartEvent:
            self._documents += 1
            if self._documents > 1:
                self._stop(event, "a second document: a file holds one, without '---' after its start")

    def _scalar(self, event: Any) -> None:
        mark = event.start_mark
        line, column = mark.line + 1, mark.column + 1
        text = event.value
        if event.style == '"' and (found := _NOT_TEXT.search(text)):  # only these can spell what no file may hold
            self._problem(line, column, f"a text may not hold the control character U+{ord(found.group()):04X}")
            text = _NOT_TEXT.sub("\ufffd", text)
        frame = self._stack[-1] if self._stack else None
        if frame is not None and frame.is_mapping and frame.key is None:
            frame.key = self._key(frame, line, column, text, event.implicit[0])
        elif text in _NO_VALUE and event.implicit[0]:
            self._add(ScalarNode(line, column, None))
        elif frame is None or not frame.is_mapping:
            self._add(ScalarNode(line, column, text))
        else:
            key = frame.key
            assert key is not None
            if key.text is not None:
                frame.entries[key.text] = (key, ScalarNode(line, column, text))
            frame.key = None

    def _key(self, frame: _Frame, line: int, column: int, text: str, is_plain: bool) -> ScalarNode:
        """The node of a key; its text is None when its value is to be left out."""
        if text == "":
            self._problem(line, column, "a key may not be empty")
        elif is_plain and text == "<<":
            self._problem(line, column, "merge keys ('<<') are not allowed: write it out")
        elif text in frame.entries:
            first = frame.entries[text][0]
            self._problem(line, column, f"key '{brief(text)}' stands here twice, first in line {first.line}")
        else:
            return ScalarNode(line, column, text)
        return ScalarNode(line, column, None)

    def _add(self, node: Node, is_refused: bool = False) -> None:
        """Put a finished node where it belongs: into its collection, or as the root."""
        if not self._stack:
            self._root = node
            return
        frame = self._stack[-1]
        if not frame.is_mapping:
            frame.items.append(node)
        elif frame.key is None:
            if not is_refused:
                self._problem(node.line, node.column, "a key must be a text")
            frame.key = ScalarNode(node.line, node.column, None)
        else:
            if frame.key.text is not None:
                frame.entries[frame.key.text] = (frame.key, node)
            frame.key = None

    def _refuse_properties(self, event: Any) -> None:
        mark = event.start_mark
        if event.anchor is not None:
            self._problem(
                mark.line + 1, mark.column + 1, f"anchor '&{brief(event.anchor)}' is not allowed: write it out"
            )
        if event.tag is not None:
            self._problem(
                mark.line + 1, mark.column + 1, f"tag '{brief(event.tag)}' is not allowed: every value is text"
            )

    def _problem(self, line: int, column: int, message: str) -> None:
        if len(self._problems) >= MAX_PROBLEMS:
            raise _UnreadableError
        path = "".join(frame.step() for frame in self._stack).removeprefix(".")
        self._problems.append(Problem(self._filename, line, column, path, message))

    def _stop(self, event: Any, message: str) -> None:
        mark = event.start_mark
        self._problem(mark.line + 1, mark.column + 1, message)
        raise _UnreadableError

    def _note_syntax_error(self, error: Any) -> None:
        mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
        words = getattr(error, "problem", None) or str(error).partition("\n")[0]
        context = getattr(error, "context", None)
        line, column = (mark.line + 1, mark.column + 1) if mark is not None else (1, 1)
        where = f" ({context})" if context else ""
        path = "".join(frame.step() for frame in self._stack).removeprefix(".")
        self._problems.append(Problem(self._filename, line, column, path, f"this is no YAML: {words}{where}"))


def _events(text: str) -> Iterator[Any]:
    """Parse events, one at a time: the parser keeps its own stack and never recurses."""
    import yaml

    loader: Any = (yaml.CSafeLoader if yaml.__with_libyaml__ else yaml.SafeLoader)(text)
    try:
        while (event := loader.get_event()) is not None:
            yield event
    finally:
        loader.dispose()
