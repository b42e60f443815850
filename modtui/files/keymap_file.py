"""A user's keymap: YAML that gives actions other keys, `undo: [u, ctrl+u]`, with the place of every entry."""

from __future__ import annotations

from pathlib import Path

from modtui.errors import ModtuiError
from modtui.files.strict_yaml import MappingNode, Node, ScalarNode, SequenceNode, load_tree


def read_keymap(path: Path) -> list[tuple[str, str, str]]:
    """Entries `(action id, key, file:line:column)`; a key is empty where the action is to have none.

    Raises ModtuiError with every mistake in the writing; whether actions and keys exist is not known here.
    """
    try:
        source = path.read_bytes()
    except OSError as error:
        raise ModtuiError(
            "Cannot read the keymap", f"{path}: {error.strerror}.", "Check the setting `keymap`."
        ) from error
    tree, found = load_tree(source, path.name)
    problems = [str(problem) for problem in found]
    entries: list[tuple[str, str, str]] = []
    if isinstance(tree, MappingNode):
        for action_id, (_, value) in tree.entries.items():
            entries += _keys(action_id, value, path.name, problems)
    elif tree is not None:
        problems.append(f"{path.name}:{tree.line}:{tree.column}: write lines such as `undo: u`")
    if problems:
        raise ModtuiError(
            "The keymap has mistakes", "\n".join(problems), "Mend the lines named, or start without the file."
        )
    return entries


def _keys(action_id: str, value: Node, file: str, problems: list[str]) -> list[tuple[str, str, str]]:
    nodes = value.items if isinstance(value, SequenceNode) else (value,)
    keys = []
    for node in nodes:
        place = f"{file}:{node.line}:{node.column}"
        if isinstance(node, ScalarNode):
            keys.append((action_id, node.text or "", place))
        else:
            problems.append(f"{place}: {action_id}: a key is written as `a`, `/` or `ctrl+x`")
    return keys
