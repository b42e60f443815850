"""Plain values out of the nodes of a YAML tree: texts, lists, choices; what is wrong is noted with its place."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from modtui.domain.suggestions import nearest
from modtui.files.problems import Problem
from modtui.files.strict_yaml import MappingNode, Node, ScalarNode, plain


class NodeReader:
    """Reads the nodes of one file. A value that is wrong is read as one that is not there."""

    def __init__(self, filename: str, problems: list[Problem]) -> None:
        self.filename = filename
        self.problems = problems

    def boolean(self, node: Node | None, where: str) -> bool:
        """Whether it says `yes`; no where it is not there."""
        if node is None:
            return False
        text = plain(node)
        if text not in ("yes", "no", "true", "false"):
            self.problem(node, where, "must be `yes` or `no`")
        return text in ("yes", "true")

    def choice(self, node: Node | None, choices: Collection[str], where: str) -> str | None:
        """One of a few words."""
        text = self.text(node, where)
        if text is not None and text not in choices:
            self.problem(node, where, f"must be one of {', '.join(choices)}{near_words(text, choices)}")
            return None
        return text

    def text(self, node: Node | None, where: str) -> str | None:
        """A text; None where it is not there or empty."""
        if node is None:
            return None
        if not isinstance(node, ScalarNode):
            self.problem(node, where, "must be one text")
            return None
        return node.text

    def texts(self, node: Node | None, where: str) -> tuple[str, ...]:
        """A text, or a list of them."""
        if node is None:
            return ()
        if isinstance(node, ScalarNode):
            return () if node.text is None else (node.text,)
        if isinstance(node, MappingNode):
            self.problem(node, where, "must be a text or a list of texts")
            return ()
        texts = [self.text(item, f"{where}[{at}]") for at, item in enumerate(node.items)]
        return tuple(text or "" for text in texts)

    def entries(self, node: Node | None, where: str, known: Collection[str] = ()) -> Mapping[str, Node]:
        """The values of a map by key; with `known`, other keys are mistakes."""
        if node is None or (isinstance(node, ScalarNode) and node.text is None):
            return {}
        if not isinstance(node, MappingNode):
            self.problem(node, where, "must be a map")
            return {}
        if known:
            for key, (place, _) in node.entries.items():
                if key not in known:
                    self.problem(place, where, f"unknown key {key!r}{near_words(key, known)}")
        return {key: value for key, (_, value) in node.entries.items()}

    def problem(self, node: Node | None, path: str, message: str) -> None:
        """Note a mistake at the place of a node, at the beginning where there is none."""
        line, column = (node.line, node.column) if node is not None else (1, 1)
        self.problems.append(Problem(self.filename, line, column, path, message))


def near_words(name: str, known: Collection[str]) -> str:
    """The known name that a wrong one is close to, or is the end of, as a question; or nothing."""
    near = nearest(name, known) or next((path for path in known if path.rpartition(".")[2] == name), None)
    return f". Did you mean {near!r}?" if near else ""
