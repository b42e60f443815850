"""The policy browser: the catalog as a tree, searched as one types, read through a market, beside the ad."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Callable, Sequence

from msgspec import Struct
from textual import events, on
from textual.app import ComposeResult

from modtui.domain.policies import Check
from modtui.errors import ModtuiError
from modtui.services.desk import Desk
from modtui.services.library import Library
from modtui.store.items import Item
from modtui.tui import actions
from modtui.tui.actions import Action
from modtui.tui.flow import Line, one_line
from modtui.tui.keymap import sign
from modtui.tui.messages import RowChosen, RowPointed
from modtui.tui.palette import STYLES
from modtui.tui.policy_article import Article, clause_text
from modtui.tui.policy_tree import Node, PolicyTree, Signs, node_line
from modtui.tui.screens.action_screen import app_of
from modtui.tui.screens.bar_screen import BarScreen
from modtui.tui.screens.policy_finding import Finding
from modtui.tui.widgets.lines_view import BOX, RULE, Bare, LinesView, strip_of
from modtui.tui.widgets.virtual_list import VirtualList

WIDE = 110
ARTICLE_AFTER = 0.12
"Seconds after a key until the text follows the cursor, so that typing and moving stay light."


class AtDesk(Struct, frozen=True):
    """The ad that the browser was opened from, and the check under the cursor there."""

    desk: Desk
    item: Item | None = None
    check: Check | None = None


class PolicyBrowser(BarScreen):
    """Opened over another screen, to which Escape or the key that opened it goes back."""

    CSS_PATH = [STYLES / "looks.tcss", STYLES / "dialog.tcss", STYLES / "policies.tcss"]  # noqa: RUF012
    context = actions.POLICIES

    def __init__(self, library: Library, at: AtDesk | None = None) -> None:
        super().__init__()
        self.library = library
        self.at = at
        self.shelf = PolicyTree(library.catalog)
        self.finding = Finding(library)
        self.search = LinesView(id="search")
        self.rows = VirtualList(BOX, id="tree")
        self.article = LinesView(BOX, id="article")
        self.body = Bare(id="body")
        self.markets: tuple[str, ...] = at.desk.case.grid.markets if at else ()
        self.signs = Signs(lit=at.desk.sheet.lit_ids if at else frozenset())
        self._listed: list[Node] = self.shelf.nodes()
        self._timer: asyncio.TimerHandle | None = None
        if at and at.check:
            self._point_at(at.check.policy_id, at.check.id)

    def compose(self) -> ComposeResult:
        yield self.status
        yield self.search
        with self.body:
            yield self.rows
            yield self.article
        yield self.footer

    @property
    def views(self) -> Sequence[LinesView]:
        return (self.status, self.search, self.rows, self.article, self.footer)

    def on_mount(self) -> None:
        self.run_worker(self._get_ready(), exit_on_error=True)

    async def _get_ready(self) -> None:
        """Arrange the catalog for searching, and read what changed, behind the screen."""
        try:
            is_fresh = await self.library.get_ready()
        except ModtuiError as error:
            self.say_error(error)
            return
        if is_fresh:
            gc.freeze()  # the index stays as long as the session: a collection while one types need not walk it
        changes = self.library.changes
        if changes.ids:
            self.signs = Signs(self.signs.lit, changes.ids)
            self.show_all()

    def on_resize(self, event: events.Resize) -> None:
        is_narrow = event.size.width < WIDE
        self.set_class(is_narrow, "-narrow")
        self.rows.frame = self.article.frame = RULE if is_narrow else BOX

    # Showing ---

    @property
    def node(self) -> Node | None:
        """The line under the cursor."""
        return self._listed[self.rows.cursor] if self.rows.cursor < len(self._listed) else None

    @property
    def check(self) -> Check | None:
        """The check under the cursor; of a policy its first."""
        node = self.node
        if node is None or not node.policy_id:
            return None
        known = self.library.catalog
        return known.check_by_id[node.check_id] if node.check_id else known.policy_by_id[node.policy_id].checks[0]

    def show_all(self) -> None:
        if not self.rows.size.height:
            return
        _ = self.ready_looks
        self._show_bar()
        self._show_search()
        self.show_rows()
        self._show_article()
        if not self._is_said:
            self.show_footer()

    def show_rows(self) -> None:
        """Show the lines that are unfolded, or found."""
        self._listed = self.finding.nodes(self.shelf) if self.finding.is_on else self.shelf.nodes()
        self.rows.has_cursor = bool(self._listed)
        self.rows.show_rows(len(self._listed), self._row_line, self._title(), self._aside())
        if not self._listed:
            words = "Nothing is found." if self.finding.is_on else "Nothing has changed."
            self.rows.show_lines([strip_of([(f"  {words}", self.looks.dim)], self.rows.inner_width, self.looks.text)])

    def _row_line(self, row: int, is_cursor: bool) -> Line:  # noqa: ARG002
        width, is_flat = self.rows.inner_width, self.finding.is_on
        return node_line(self.shelf, self._listed[row], self.signs, self.ready_looks, width, is_flat=is_flat)

    def _title(self) -> Line:
        catalog, looks = self.library.catalog, self.ready_looks
        words = "changed" if self.shelf.only is not None else one_line(catalog.title or catalog.id)
        return [(words, looks.title), (f" · {one_line(catalog.version)}", looks.dim)]

    def _aside(self) -> Line:
        count = len(self._listed)
        return [(f" {self.rows.cursor + 1 if count else 0} of {count} ", self.ready_looks.dim)]

    def _show_bar(self) -> None:
        looks = self.ready_looks
        line: Line = [("policies", looks.bar_strong)]
        if self.markets:
            whose = "the ad's markets" if self.at and self.markets == self.at.desk.case.grid.markets else "market"
            line.append((f"   {whose}: {' '.join(self.markets[:8])}", looks.lit))
        if self.library.changes.ids:
            line.append((f"   △ changed since {one_line(self.library.changes.version)}", looks.bar))
        self.show_bar(line, self.library.reviewer)

    def _show_search(self) -> None:
        looks, finding = self.ready_looks, self.finding
        if not (finding.is_typing or finding.text):
            key = sign(self.keymap.key(actions.POLICIES_SEARCH))
            line: Line = [(f" {key}", looks.key), (" searches titles, questions, guidance and examples", looks.dim)]
        else:
            cursor = "▏" if finding.is_typing else ""
            line = [(" find: ", looks.key), (one_line(finding.text) + cursor, looks.strong)]
            if finding.is_typing:
                line.append(("   ⏎ done · esc all", looks.dim))
        self.search.show_lines([strip_of(line, self.search.cells.width, looks.text)])

    def _show_article(self) -> None:
        self._timer = None
        node, looks = self.node, self.ready_looks
        if node is None or not self.article.cells.height:
            self.article.show_lines((), [], top=0)
            return
        width = max(8, self.article.inner_width - 2)
        library = self.library
        page = Article(library.catalog, looks, width, library.as_of, self.markets, library.changes.lines)
        if node.check_id:
            lines = page.of_check(library.catalog.check_by_id[node.check_id])
        elif node.policy_id:
            lines = page.of_policy(library.catalog.policy_by_id[node.policy_id])
        else:
            lines = page.of_family(self.shelf.policies_of(node))
        strips = [strip_of([(" ", looks.text), *line], self.article.inner_width, looks.text) for line in lines]
        name = node.check_id or node.policy_id or node.family
        self.article.show_lines(strips, [(one_line(name), looks.title)], [], top=0)

    def _article_soon(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = asyncio.get_running_loop().call_later(ARTICLE_AFTER, self._show_article)

    def on_unmount(self) -> None:
        if self._timer is not None:
            self._timer.cancel()

    # Searching as one types ---

    def take_key(self, key: str, event: events.Key) -> None:
        if not self.finding.is_typing:
            super().take_key(key, event)
        elif key in ("up", "down"):
            self._move(1 if key == "down" else -1)
        elif self.finding.take(key, event.character):
            self._found()

    def on_paste(self, event: events.Paste) -> None:
        event.stop()
        if self.finding.is_typing and self.finding.add(event.text):
            self._found()

    def _found(self) -> None:
        """Show what the text finds now."""
        self.rows.cursor = self.rows.top = 0
        self._show_search()
        self.show_rows()
        self._article_soon()

    def do_policies_search(self) -> None:
        self.finding.begin()
        self._show_search()
        self.clear_said()

    # Moving ---

    def _point_at(self, policy_id: str, check_id: str = "") -> None:
        node = self.shelf.node_of(policy_id, check_id)
        self._listed = self.shelf.nodes()
        self.rows.cursor = self._listed.index(node)
        self.rows.count = len(self._listed)

    def _move(self, step: int) -> None:
        if self.rows.go_to(self.rows.cursor + step):
            self.rows.show_title(self._title(), self._aside())
            self._article_soon()
        self.clear_said()

    def do_policies_down(self) -> None:
        self._move(1)

    def do_policies_up(self) -> None:
        self._move(-1)

    def do_policies_first(self) -> None:
        self._move(-len(self._listed))

    def do_policies_last(self) -> None:
        self._move(len(self._listed))

    def do_policies_page_down(self) -> None:
        self.article.scroll_by(max(1, self.article.inner_height - 2))

    def do_policies_page_up(self) -> None:
        self.article.scroll_by(-max(1, self.article.inner_height - 2))

    def do_policies_pane(self) -> None:
        self.toggle_class("-reading")

    def do_policies_open(self) -> None:
        self._fold(lambda node: self.shelf.toggle(node))

    def do_policies_unfold(self) -> None:
        self._fold(lambda node: None if node in self.shelf.unfolded else self.shelf.toggle(node))

    def do_policies_fold(self) -> None:
        node = self.node
        if node is not None and node not in self.shelf.unfolded and node.parent is not None:
            self.rows.go_to(self._listed.index(node.parent) if node.parent in self._listed else self.rows.cursor)
            self._article_soon()
        else:
            self._fold(lambda node: self.shelf.toggle(node) if node in self.shelf.unfolded else None)

    def _fold(self, act: Callable[[Node], None]) -> None:
        """Fold or unfold the line under the cursor; of a list of what was found, go to its place in the tree."""
        node = self.node
        if node is None:
            return
        if self.finding.is_on:
            self.finding.end()
            self._point_at(node.policy_id, node.check_id)
            self.show_all()
            return
        act(node)
        self.show_rows()

    @on(RowPointed)
    def _pointed(self, message: RowPointed) -> None:
        self._move(message.row - self.rows.cursor)

    @on(RowChosen)
    def _chosen(self, message: RowChosen) -> None:  # noqa: ARG002
        self.do_policies_open()

    # Lens and changes ---

    def do_policies_market(self) -> None:
        from modtui.tui.screens.dialog import Finder, Option

        catalog = self.library.catalog
        known = {clause.market for clause in catalog.clauses if clause.rank} - set(catalog.market_groups)
        known.update(member for members in catalog.market_groups.values() for member in members)
        options = [Option("all", "rows of every market", is_own=True)]
        answers: list[tuple[str, ...]] = [()]
        if self.at is not None:
            own = self.at.desk.case.grid.markets
            options.append(Option("ad", f"what the ad targets: {' '.join(own[:12])}"))
            answers.append(own)
        for market in sorted(known):
            groups = " ".join(catalog.groups_of.get(market, ()))
            options.append(Option(market, groups))
            answers.append((market,))

        def chosen(index: int | None) -> None:
            if index is not None:
                self.markets = answers[index]
                self.show_all()

        self.app.push_screen(Finder("Rows of which market?", options), chosen)

    def do_policies_changes(self) -> None:
        changes = self.library.changes
        if self.shelf.only is None and not changes.ids:
            self.say(changes.words, is_warning=True)
            return
        self.finding.end()
        self.shelf.only = changes.ids if self.shelf.only is None else None
        self.rows.cursor = self.rows.top = 0
        self.show_all()
        self.say(changes.words if self.shelf.only is not None else "all policies")

    # Copying, reporting, going back ---

    def why_off(self, action: Action) -> str:
        if action in (actions.POLICIES_COPY, actions.POLICIES_REPORT) and self.check is None:
            return "go to a policy or a check first"
        return ""

    def do_policies_copy(self) -> None:
        from modtui.tui.screens.copy_page import CopyPage

        check, library = self.check, self.library
        assert check is not None
        languages = self.at.desk.case.ad.languages if self.at else ()
        text = clause_text(library.catalog, check, self.markets, library.as_of, languages)
        self.app.push_screen(CopyPage(text))

    def do_briefings(self) -> None:
        from modtui.tui.screens.briefings import read_briefings, say_unread

        self.run_worker(read_briefings(self, self.library, self.say, say_unread(self.say)), exit_on_error=True)

    def do_policies_report(self) -> None:
        from modtui.tui.screens.clause_report import ask_report

        node, check = self.node, self.check
        assert node is not None and check is not None
        item = self.at.item if self.at else None
        ask_report(self, self.library, check.policy_id, node.check_id, item, self.say)

    def do_policies_back(self) -> None:
        if self.finding.is_on:
            node = self.node
            self.finding.end()
            if node is not None:
                self._point_at(node.policy_id, node.check_id)
            self.show_all()
        elif self.shelf.only is not None:
            self.do_policies_changes()
        else:
            self.do_policies()

    def do_policies(self) -> None:
        """Back to where the browser was opened from. No key decides before the ad has been painted again."""
        if self.at is not None:
            app_of(self).ad_leaves()
        self.dismiss(None)
