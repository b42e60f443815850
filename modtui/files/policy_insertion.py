"""A new policy put into a policy file as text, behind the last one, leaving every other line as it is."""

from __future__ import annotations

from collections.abc import Iterator

from modtui.errors import ModtuiError
from modtui.files.policy_places import Trees
from modtui.files.strict_yaml import MappingNode, Node, ScalarNode, SequenceNode, load_tree


def ids_and_keys(trees: Trees) -> tuple[frozenset[str], frozenset[str]]:
    """The ids of the policies and the keys of the checks that stand in the files, whatever else is wrong there."""
    ids: set[str] = set()
    keys: set[str] = set()
    for _, tree in trees:
        for policy in _items(tree, "policies"):
            ids.add(_text(policy, "id"))
            keys.update(_text(check, "key") for check in _items(policy, "checks"))
    return frozenset(ids - {""}), frozenset(keys - {""})


def with_entry(text: str, entry: str, name: str) -> str:
    """The text of the file `name` with an entry of `policies` (indented by two spaces) added to it.

    Raises ModtuiError where the list cannot be added to: what comes out is read again, and holds one policy more.
    """
    lines = text.splitlines(keepends=True)
    if lines and not lines[-1].endswith("\n"):
        lines[-1] += "\n"
    tree, _ = load_tree(text, name)
    before = list(_ids(tree))
    if isinstance(tree, MappingNode) and "policies" in tree.entries:
        at = _end_of_policies(tree, lines)
        is_followed = at < len(lines) and bool(lines[at].strip())
        added = [*lines[:at], "\n", entry, *(["\n"] if is_followed else []), *lines[at:]]
    else:
        added = [*lines, *(["\n"] if lines else []), "policies:\n", entry]
    result = "".join(added)
    tree, problems = load_tree(result, name)
    if problems or list(_ids(tree))[: len(before)] != before or len(list(_ids(tree))) != len(before) + 1:
        hint = "Write `policies:` as a block, its entries indented by two spaces; or print the entry and paste it."
        raise ModtuiError("Cannot add to the file", f"{name}: its policies are not written as expected.", hint)
    return result


def _end_of_policies(tree: MappingNode, lines: list[str]) -> int:
    """The number of lines up to the end of the last policy: before the next key, blank lines and remarks over it."""
    start = tree.entries["policies"][0].line
    later = [key.line - 1 for key, _ in tree.entries.values() if key.line > start]
    end = min(later, default=len(lines))
    while end > start and (not lines[end - 1].strip() or (later and lines[end - 1].startswith("#"))):
        end -= 1
    return end


def _items(node: Node | None, key: str) -> Iterator[Node]:
    found = node.get(key) if isinstance(node, MappingNode) else None
    if isinstance(found, SequenceNode):
        yield from found.items


def _ids(tree: Node | None) -> Iterator[str]:
    return (_text(policy, "id") for policy in _items(tree, "policies"))


def _text(node: Node, key: str) -> str:
    value = node.get(key) if isinstance(node, MappingNode) else None
    return value.text or "" if isinstance(value, ScalarNode) else ""
