"""A pack before it is written: its ads with their answers, put in or left out, explained, and widened by hand."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from textual.app import ComposeResult

from modtui.domain.packs import Key
from modtui.domain.plurals import number_of
from modtui.services.pack_editing import DraftAd, PackDraft
from modtui.tui import actions
from modtui.tui.flow import Line, fit_cells, flow, one_line
from modtui.tui.palette import STYLES
from modtui.tui.screens.bar_screen import BarScreen
from modtui.tui.widgets.lines_view import RULE, LinesView, strip_of

DIFFICULTIES = {1: "easy", 2: "mixed", 3: "hard"}


class PackEditor(BarScreen):
    """Above the ads, below the one at hand with its answer and the reason for it."""

    CSS_PATH = [STYLES / "pack_editor.tcss"]  # noqa: RUF012
    context = actions.PACK
    place = "pack"

    def __init__(self, draft: PackDraft, title: str) -> None:
        super().__init__()
        self.draft = draft
        self.title_words = title
        self.table = LinesView(RULE, id="ads")
        self.details = LinesView(RULE, id="details")
        self.cursor = 0

    def compose(self) -> ComposeResult:
        yield self.status
        yield self.table
        yield self.details
        yield self.footer

    @property
    def views(self) -> Sequence[LinesView]:
        return (self.status, self.table, self.details, self.footer)

    @property
    def at_hand(self) -> DraftAd | None:
        return self.draft.ads[self.cursor] if self.draft.ads else None

    # Showing ---

    def show_all(self) -> None:
        looks, width = self.ready_looks, self.table.inner_width
        if not self.table.cells.width:
            return
        figures, warning = self.draft.figures, self.draft.warning
        words = f"{number_of(figures.ads, 'ad')}, {figures.clean_percent} % clean"
        self.show_bar([("pack ", looks.bar), (one_line(self.title_words), looks.bar_strong)], words)
        lines = [self._line(number, each) for number, each in enumerate(self.draft.ads)]
        lines = lines or [[("  There is no gold to choose from.", looks.text)]]
        spare = len(self.draft.ads) - figures.ads
        self.table.show_lines(
            [strip_of(line, width, looks.text) for line in lines],
            [(f"{figures.ads} in, {spare} more could be", looks.title)],
            [(warning, looks.lit)] if warning else [],
        )
        self._show_details()
        self.show_footer()

    def _line(self, number: int, each: DraftAd) -> Line:
        looks = self.ready_looks
        is_here = number == self.cursor
        look = looks.strong if is_here else looks.text if each.is_in else looks.dim
        key = each.weighed.key
        what = key.first or (f"like {each.weighed.policy}" if each.weighed.looks_alike else "")
        is_stale = bool(each.weighed.gold.stale)
        width = self.table.inner_width - 31
        beside = min(32, width * 2 // 5)
        name = max(12, width - beside - 2)
        return [
            ("▸ " if is_here else "  ", looks.key),
            ("in   " if each.is_in else "-    ", looks.allowed if each.is_in else looks.dim),
            (f"{key.outcome.replace('_', ' '):<16}", look),
            ("stale   " if is_stale else f"{DIFFICULTIES[key.difficulty]:<8}", looks.lit if is_stale else looks.dim),
            (f"{fit_cells(one_line(each.weighed.gold.ad.title), name):<{name}} ", look),
            (fit_cells(one_line(what), beside), looks.dim),
        ]

    def _show_details(self) -> None:
        looks, width = self.ready_looks, self.details.inner_width
        each = self.at_hand
        if each is None:
            self.details.show_lines([])
            return
        lines = self._about(each, width)
        title = one_line(each.weighed.gold.origin)
        self.details.show_lines([strip_of(line, width, looks.text) for line in lines], [(title, looks.title)], top=0)

    def _about(self, each: DraftAd, width: int) -> list[Line]:
        """The answer, the reason, what else is right, and the ad's texts."""
        key = each.weighed.key
        lines = self._labelled("answer", _answer_words(key), width)
        lines += self._labelled("why", each.why or "nobody said: write it before the ad can be in", width)
        if each.accepted:
            lines += self._labelled("also right", each.accepted_words, width)
        if key.rationale.triggers:
            lines += self._labelled("seen", ", ".join(key.rationale.triggers), width)
        if each.weighed.gold.stale:
            lines += self._labelled("stale", each.weighed.gold.stale, width)
        for component, text in each.weighed.gold.ad.texts():
            lines += self._labelled(component, text, width)
        if each.weighed.gold.ad.media:
            lines += self._labelled("media", ", ".join(medium.path for medium in each.weighed.gold.ad.media), width)
        return lines

    def _labelled(self, name: str, text: str, width: int) -> list[Line]:
        looks = self.ready_looks
        wrapped = flow(text, width - 15, looks.text, looks.mark, most=8) or [[("", looks.text)]]
        head = f" {fit_cells(one_line(name), 12):<13} "
        return [[(head if number == 0 else " " * len(head), looks.dim), *line] for number, line in enumerate(wrapped)]

    # Moving ---

    def do_pack_down(self) -> None:
        self._step(1)

    def do_pack_up(self) -> None:
        self._step(-1)

    def do_pack_page_down(self) -> None:
        self._step(self.table.inner_height)

    def do_pack_page_up(self) -> None:
        self._step(-self.table.inner_height)

    def _step(self, step: int) -> None:
        self.cursor = max(0, min(self.cursor + step, len(self.draft.ads) - 1))
        self.table.bring_into_view(self.cursor, self.cursor)
        self.show_all()

    # Editing ---

    def do_pack_toggle(self) -> None:
        self._edit(lambda: self.draft.toggle(self.cursor))

    def do_pack_why(self) -> None:
        each = self.at_hand
        if each is not None:
            self._ask("Why is the answer right?", each.why, lambda words: self.draft.explain(self.cursor, words))

    def do_pack_accept(self) -> None:
        each = self.at_hand
        if each is not None:
            title = "What else is right? (reject: check check | request_info)"
            self._ask(title, each.accepted_words, lambda words: self.draft.accept(self.cursor, words))

    def do_pack_build(self) -> None:
        refused = self.draft.finish()
        if refused:
            self.say(refused, is_warning=True)
        else:
            self.app.exit()

    def _ask(self, title: str, value: str, then: Callable[[str], str]) -> None:
        from modtui.tui.screens.dialog import Entry

        def written(words: str | None) -> None:
            if words is not None:
                self._edit(lambda: then(words))

        self.app.push_screen(Entry(title, value), written)

    def _edit(self, change: Callable[[], str]) -> None:
        if self.at_hand is None:
            return
        refused = change()
        self.show_all()
        if refused:
            self.say(refused, is_warning=True)


def _answer_words(key: Key) -> str:
    outcome = key.outcome.replace("_", " ")
    return f"{outcome}: {' '.join(key.checks)}" if key.checks else outcome
