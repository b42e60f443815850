"""The policy browser: the catalog as a tree, searched as one types, read through a market, beside the ad."""

from __future__ import annotations

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
from modtui.tui.policy_article import clause_text
from modtui.tui.screens.action_screen import app_of
from modtui.tui.screens.bar_screen import BarScreen
from modtui.tui.screens.policy_finding import Finding
from modtui.tui.widgets.article_pane import ArticlePane
from modtui.tui.widgets.lines_view import BOX, RULE, Bare, LinesView, strip_of
from modtui.tui.widgets.policy_list import PolicyList

WIDE = 110


class AtDesk(Struct, frozen=True):
    """The ad that the browser was opened from, and the check under the cursor there."""

    desk: Desk
    item: Item | None = None
    check: Check | None = None


class PolicyBrowser(BarScreen):
    """Opened over another screen, to which Escape or the key that opened it goes back."""

    CSS_PATH = [STYLES / "dialog.tcss", STYLES / "policies.tcss"]  # noqa: RUF012
    context = actions.POLICIES

    def __init__(self, library: Library, at: AtDesk | None = None) -> None:
        super().__init__()
        self.library = library
        self.at = at
        self.search = LinesView(id="search")
        self.rows = PolicyList(library, at.desk.sheet.lit_ids if at else frozenset(), id="tree")
        self.article = ArticlePane(BOX, id="article")
        self.body = Bare(id="body")
        self.markets: tuple[str, ...] = at.desk.case.grid.markets if at else ()
        if at and at.check:
            self.rows.point_at(at.check.policy_id, at.check.id)

    @property
    def finding(self) -> Finding:
        """The search that is on, or was ended."""
        return self.rows.finding

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
            self.rows.mark_changed(changes.ids)
            self.show_all()

    def on_resize(self, event: events.Resize) -> None:
        is_narrow = event.size.width < WIDE
        self.set_class(is_narrow, "-narrow")
        self.rows.frame = self.article.frame = RULE if is_narrow else BOX

    # Showing ---

    @property
    def check(self) -> Check | None:
        """The check under the cursor; of a policy its first."""
        return self.rows.check

    def show_all(self) -> None:
        if not self.rows.size.height:
            return
        _ = self.ready_looks
        self._show_bar()
        self._show_search()
        self.rows.show_listed()
        self._show_article()
        if not self._is_said:
            self.show_footer()

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
        line = self.finding.line(self.ready_looks, sign(self.keymap.key(actions.POLICIES_SEARCH)))
        self.search.show_lines([strip_of(line, self.search.cells.width, self.ready_looks.text)])

    def _show_article(self) -> None:
        self.article.show_node(self.rows.node, self.rows.shelf, self.library, self.markets)

    def _article_soon(self) -> None:
        self.article.soon(self._show_article)

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
        self.rows.show_listed()
        self._article_soon()

    def do_policies_search(self) -> None:
        self.finding.begin()
        self._show_search()
        self.clear_said()

    # Moving ---

    def _move(self, step: int) -> None:
        if self.rows.move(step):
            self._article_soon()
        self.clear_said()

    def do_policies_down(self) -> None:
        self._move(1)

    def do_policies_up(self) -> None:
        self._move(-1)

    def do_policies_first(self) -> None:
        self._move(-self.rows.count)

    def do_policies_last(self) -> None:
        self._move(self.rows.count)

    def do_policies_page_down(self) -> None:
        self.article.scroll_by(max(1, self.article.inner_height - 2))

    def do_policies_page_up(self) -> None:
        self.article.scroll_by(-max(1, self.article.inner_height - 2))

    def do_policies_pane(self) -> None:
        self.toggle_class("-reading")

    def do_policies_open(self) -> None:
        self._fold(self.rows.toggle)

    def do_policies_unfold(self) -> None:
        self._fold(self.rows.unfold)

    def do_policies_fold(self) -> None:
        self._fold(self.rows.fold)

    def _fold(self, act: Callable[[], None]) -> None:
        """Fold or unfold the line under the cursor; of a list of what was found, go to its place in the tree."""
        if self.finding.is_on:
            self._to_its_place()
            return
        act()
        self._article_soon()

    def _to_its_place(self) -> None:
        """End the search; what was under the cursor stays there, in the tree."""
        node = self.rows.node
        self.finding.end()
        if node is not None:
            self.rows.point_at(node.policy_id, node.check_id)
        self.show_all()

    @on(RowPointed)
    def _pointed(self, message: RowPointed) -> None:
        self._move(message.row - self.rows.cursor)

    @on(RowChosen)
    def _chosen(self, message: RowChosen) -> None:  # noqa: ARG002
        self.do_policies_open()

    # Lens and changes ---

    def do_policies_market(self) -> None:
        from modtui.tui.screens.dialog import Finder
        from modtui.tui.screens.market_lens import market_lenses

        own = self.at.desk.case.grid.markets if self.at is not None else None
        answers, options = market_lenses(self.library.catalog, own)

        def chosen(index: int | None) -> None:
            if index is not None:
                self.markets = answers[index]
                self.show_all()

        self.app.push_screen(Finder("Rows of which market?", options), chosen)

    def do_policies_changes(self) -> None:
        changes = self.library.changes
        if self.rows.shelf.only is None and not changes.ids:
            self.say(changes.words, is_warning=True)
            return
        self.finding.end()
        self.rows.shelf.only = changes.ids if self.rows.shelf.only is None else None
        self.rows.cursor = self.rows.top = 0
        self.show_all()
        self.say(changes.words if self.rows.shelf.only is not None else "all policies")

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

        node, check = self.rows.node, self.check
        assert node is not None and check is not None
        item = self.at.item if self.at else None
        ask_report(self, self.library, check.policy_id, node.check_id, item, self.say)

    def do_policies_back(self) -> None:
        if self.finding.is_on:
            self._to_its_place()
        elif self.rows.shelf.only is not None:
            self.do_policies_changes()
        else:
            self.do_policies()

    def do_policies(self) -> None:
        """Back to where the browser was opened from. No key decides before the ad has been painted again."""
        if self.at is not None:
            app_of(self).ad_leaves()
        self.dismiss(None)
