"""The catalog as a tree to walk: families, their policies, their checks; and each of its lines."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from msgspec import Struct

from modtui.domain.catalog import Catalog
from modtui.domain.policies import Check, Policy
from modtui.tui.flow import Line, fit_cells, one_line, width_of
from modtui.tui.palette import Palette

FEW = 12
"A catalog with no more policies than this opens with its families unfolded."


class Node(Struct, frozen=True):
    """One line: a family, a policy of it, or a check of that."""

    family: str
    policy_id: str = ""
    check_id: str = ""

    @property
    def depth(self) -> int:
        return 2 if self.check_id else 1 if self.policy_id else 0

    @property
    def parent(self) -> Node | None:
        if self.check_id:
            return Node(self.family, self.policy_id)
        return Node(self.family) if self.policy_id else None


class Signs(Struct, frozen=True):
    """What stands in front of lines: the checks that the ad lit, and what changed since the reviewer last worked."""

    lit: frozenset[str] = frozenset()
    changed: frozenset[str] = frozenset()
    "Ids of checks and policies."

    def of(self, node: Node, policies: Sequence[Policy]) -> tuple[bool, bool]:
        """Whether something in the line is lit, and whether something in it has changed."""
        ids = {node.check_id} if node.check_id else {id_ for policy in policies for id_ in _ids(policy)}
        return bool(self.lit & ids), bool(self.changed & ids)


def _ids(policy: Policy) -> Collection[str]:
    return (policy.id, *(check.id for check in policy.checks))


class PolicyTree:
    """Which lines are in view: everything that is unfolded, or a list of what was found."""

    def __init__(self, catalog: Catalog) -> None:
        self.catalog = catalog
        self.families: dict[str, list[Policy]] = {}
        for policy in catalog.policies:
            self.families.setdefault(policy.family, []).append(policy)
        self.unfolded: set[Node] = set()
        if len(catalog.policies) <= FEW:
            self.unfolded.update(map(Node, self.families))
        self.only: frozenset[str] | None = None
        "Ids of the policies and checks that are listed at all; None for every one."

    def nodes(self) -> list[Node]:
        """The lines from top to bottom."""
        found: list[Node] = []
        for family, policies in self.families.items():
            kept = [policy for policy in policies if self._lists(policy)]
            if not kept:
                continue
            node = Node(family)
            found.append(node)
            if node in self.unfolded or self.only is not None:
                for policy in kept:
                    found += self._of_policy(Node(family, policy.id), policy)
        return found

    def _lists(self, policy: Policy) -> bool:
        return self.only is None or not self.only.isdisjoint(_ids(policy))

    def _of_policy(self, node: Node, policy: Policy) -> list[Node]:
        if node not in self.unfolded and self.only is None:
            return [node]
        checks = [check for check in policy.checks if check.need is None and self._lists_check(check)]
        return [node, *(Node(node.family, policy.id, check.id) for check in checks)]

    def _lists_check(self, check: Check) -> bool:
        return self.only is None or check.id in self.only

    def policies_of(self, node: Node) -> list[Policy]:
        """The policy of a line, or all of a family."""
        if node.policy_id:
            return [self.catalog.policy_by_id[node.policy_id]]
        return self.families[node.family]

    def node_of(self, policy_id: str, check_id: str = "") -> Node:
        """The line of a policy or check, unfolded down to it; a need's is that of the check that has it."""
        check = self.catalog.check_by_id.get(check_id)
        while check is not None and check.need is not None:
            check = self.catalog.check_by_id[check.when[0][0]]
        node = Node(self.catalog.policy_by_id[policy_id].family, policy_id, check.id if check else "")
        parent = node.parent
        while parent is not None:
            self.unfolded.add(parent)
            parent = parent.parent
        return node

    def toggle(self, node: Node) -> None:
        if node.check_id:
            return
        self.unfolded ^= {node}


def node_line(tree: PolicyTree, node: Node, signs: Signs, looks: Palette, width: int, *, is_flat: bool = False) -> Line:
    """One line of the tree, or, flat, of a list of what was found."""
    policies = tree.policies_of(node)
    is_lit, is_changed = signs.of(node, policies)
    lead: Line = [("!" if is_lit else " ", looks.lit), ("△" if is_changed else " ", looks.key)]
    fold = " " if node.check_id or is_flat else "▾" if node in tree.unfolded or tree.only is not None else "▸"
    indent = 0 if is_flat else 2 * node.depth
    lead += [(" " * indent + fold + " ", looks.dim)]
    aside, style = "", looks.text
    if node.check_id:
        check = tree.catalog.check_by_id[node.check_id]
        lead.append((f"{check.key} ", looks.key))
        words, aside = check.ask, check.severity.name.lower()
    elif node.policy_id:
        words, aside, style = policies[0].title, policies[0].severity.name.lower(), looks.strong
    else:
        words, aside, style = node.family.replace("-", " "), str(len(policies)), looks.title
    used = sum(width_of(text) for text, _ in lead)
    room = max(4, width - used - len(aside) - 2)
    shown = fit_cells(one_line(words), room)
    return [*lead, (shown, style), (" " * (room - width_of(shown) + 1), looks.dim), (aside, looks.dim)]
