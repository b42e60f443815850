"""What the catalog says of the line under the cursor. It follows once the cursor rests, so that moving stays light."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from modtui.services.library import Library
from modtui.tui.flow import one_line
from modtui.tui.policy_article import Article
from modtui.tui.policy_tree import Node, PolicyTree
from modtui.tui.widgets.lines_view import LinesView, strip_of

ARTICLE_AFTER = 0.12
"Seconds after a key until the text follows the cursor, so that typing and moving stay light."


class ArticlePane(LinesView):
    """A family, a policy or a check, with the rows of the markets it is read through."""

    _timer: asyncio.TimerHandle | None = None

    @property
    def is_due(self) -> bool:
        """Whether it has yet to follow the cursor."""
        return self._timer is not None

    def show_node(self, node: Node | None, shelf: PolicyTree, library: Library, markets: tuple[str, ...]) -> None:
        """Show what stands on a line of the tree, from the top."""
        self._timer = None
        looks = self.looks
        if node is None or looks is None or not self.cells.height:
            self.show_lines((), [], top=0)
            return
        width = max(8, self.inner_width - 2)
        page = Article(library.catalog, looks, width, library.as_of, markets, library.changes.lines)
        if node.check_id:
            lines = page.of_check(library.catalog.check_by_id[node.check_id])
        elif node.policy_id:
            lines = page.of_policy(library.catalog.policy_by_id[node.policy_id])
        else:
            lines = page.of_family(shelf.policies_of(node))
        strips = [strip_of([(" ", looks.text), *line], self.inner_width, looks.text) for line in lines]
        name = node.check_id or node.policy_id or node.family
        self.show_lines(strips, [(one_line(name), looks.title)], [], top=0)

    def soon(self, show: Callable[[], None]) -> None:
        """Show what is wanted then, a moment after the last key."""
        if self._timer is not None:
            self._timer.cancel()
        self._timer = asyncio.get_running_loop().call_later(ARTICLE_AFTER, show)

    def on_unmount(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
