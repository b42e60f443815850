"""The catalog's lines in the policy browser: the tree as it is unfolded, or what a search has found."""

from __future__ import annotations

from modtui.domain.policies import Check
from modtui.services.library import Library
from modtui.tui.flow import Line, one_line
from modtui.tui.policy_tree import Node, PolicyTree, Signs, node_line
from modtui.tui.screens.policy_finding import Finding
from modtui.tui.widgets.lines_view import BOX, strip_of
from modtui.tui.widgets.virtual_list import VirtualList


class PolicyList(VirtualList):
    """A cursor over families, policies and checks."""

    def __init__(self, library: Library, lit: frozenset[str], *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(BOX, id=id)
        self.catalog = library.catalog
        self.shelf = PolicyTree(library.catalog)
        self.finding = Finding(library)
        self.signs = Signs(lit=lit)
        self.listed: list[Node] = self.shelf.nodes()

    @property
    def node(self) -> Node | None:
        """The line under the cursor."""
        return self.listed[self.cursor] if self.cursor < len(self.listed) else None

    @property
    def check(self) -> Check | None:
        """The check under the cursor; of a policy its first."""
        node, known = self.node, self.catalog
        if node is None or not node.policy_id:
            return None
        return known.check_by_id[node.check_id] if node.check_id else known.policy_by_id[node.policy_id].checks[0]

    # Showing ---

    def show_listed(self) -> None:
        """Show the lines that are unfolded, or found."""
        assert self.looks is not None
        self.listed = self.finding.nodes(self.shelf) if self.finding.is_on else self.shelf.nodes()
        self.has_cursor = bool(self.listed)
        self.show_rows(len(self.listed), self._line, self._heading(), self._place_words())
        if not self.listed:
            words = "Nothing is found." if self.finding.is_on else "Nothing has changed."
            self.show_lines([strip_of([(f"  {words}", self.looks.dim)], self.inner_width, self.looks.text)])

    def mark_changed(self, ids: frozenset[str]) -> None:
        """Put a sign at what changed since the reviewer last worked."""
        self.signs = Signs(self.signs.lit, ids)

    def _line(self, row: int, is_cursor: bool) -> Line:  # noqa: ARG002
        assert self.looks is not None
        node, is_flat = self.listed[row], self.finding.is_on
        return node_line(self.shelf, node, self.signs, self.looks, self.inner_width, is_flat=is_flat)

    def _heading(self) -> Line:
        assert self.looks is not None
        words = "changed" if self.shelf.only is not None else one_line(self.catalog.title or self.catalog.id)
        return [(words, self.looks.title), (f" · {one_line(self.catalog.version)}", self.looks.dim)]

    def _place_words(self) -> Line:
        assert self.looks is not None
        count = len(self.listed)
        return [(f" {self.cursor + 1 if count else 0} of {count} ", self.looks.dim)]

    # Moving ---

    def point_at(self, policy_id: str, check_id: str = "") -> None:
        """Put the cursor on a policy or check in the tree, unfolded down to it; it is shown with the next showing."""
        node = self.shelf.node_of(policy_id, check_id)
        self.listed = self.shelf.nodes()
        self.cursor = self.listed.index(node)
        self.count = len(self.listed)

    def move(self, step: int) -> bool:
        """Move the cursor by lines; whether it moved."""
        is_moved = self.go_to(self.cursor + step)
        if is_moved:
            self.show_title(self._heading(), self._place_words())
        return is_moved

    def toggle(self) -> None:
        """Fold or unfold the line under the cursor."""
        node = self.node
        if node is not None:
            self.shelf.toggle(node)
            self.show_listed()

    def unfold(self) -> None:
        if self.node not in self.shelf.unfolded:
            self.toggle()

    def fold(self) -> None:
        """Fold the line under the cursor; of one that is folded already, go to the line it stands below."""
        node = self.node
        if node in self.shelf.unfolded:
            self.toggle()
        elif node is not None and node.parent in self.listed:
            self.go_to(self.listed.index(node.parent))
