"""Two near-identical ads as lines for two panes: component by component, what differs first and marked word by word."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from msgspec import Struct
from rich.style import Style

from modtui.domain.ads import Ad
from modtui.domain.word_diff import Spans, differing
from modtui.services.precedents import TwinAd
from modtui.services.versions import components
from modtui.tui.ad_words import component_words
from modtui.tui.flow import Line, fit_cells, flow, one_line, width_of
from modtui.tui.list_lines import fitted
from modtui.tui.palette import Palette
from modtui.tui.twin_words import day, outcome_word

MOST_SAME = 2
"Lines of a component that is the same in both."
GONE = "—"


class Pair(Struct, frozen=True):
    """One component of both ads."""

    name: str
    here: str
    there: str
    marks_here: Spans = ()
    marks_there: Spans = ()

    @property
    def is_same(self) -> bool:
        return self.here == self.there


def pairs_of(here: Ad, there: Ad) -> tuple[Pair, ...]:
    """The components of two ads, those that differ first, each in reading order. Slow for long texts."""
    before, after = components(here), components(there)
    names = dict.fromkeys((*before, *after))
    pairs = [_pair(name, before.get(name, ""), after.get(name, "")) for name in names]
    return (*(pair for pair in pairs if not pair.is_same), *(pair for pair in pairs if pair.is_same))


def _pair(name: str, here: str, there: str) -> Pair:
    marks_here, marks_there = differing(here, there)
    return Pair(name, here, there, marks_here, marks_there)


Mask = Callable[[str, str], str]
"A text of a component as it may be shown, as long as it is."


def pair_lines(
    pairs: Sequence[Pair], width: int, looks: Palette, mask_here: Mask, mask_there: Mask, is_level: bool = True
) -> tuple[list[Line], list[Line]]:
    """The lines of both panes, where `is_level` with each component at the same height in both."""
    left: list[Line] = []
    right: list[Line] = []
    was_same = False
    for pair in pairs:
        if pair.is_same and not was_same:
            was_same = True
            for lines in (left, right):
                lines.append([("the same in both", looks.title)])
        here = _lines(pair.name, mask_here(pair.name, pair.here), pair.marks_here, pair.is_same, width, looks)
        there = _lines(pair.name, mask_there(pair.name, pair.there), pair.marks_there, pair.is_same, width, looks)
        height = max(len(here), len(there)) if is_level else 0
        left += [*here, *([] for _ in range(height - len(here)))]
        right += [*there, *([] for _ in range(height - len(there)))]
    return left, right


def _lines(name: str, text: str, marks: Spans, is_same: bool, width: int, looks: Palette) -> list[Line]:
    """A component under its name; what the other does not have is underlined as a cue is."""
    style: Style = looks.dim if is_same else looks.text
    label: Line = [(component_words(name), looks.dim if is_same else looks.strong)]
    if not text:
        return [label, [(f"  {GONE}", looks.dim)]]
    spans = [(start, end, looks.hit) for start, end in marks]
    most = MOST_SAME if is_same else 2_000
    body = flow(text, max(4, width - 2), style, looks.mark, spans, most=most)
    return [label, *([("  ", style), *line] for line in body)]


def twin_row(
    twin: TwinAd, letters: str, title: str, is_open: bool, looks: Palette, width: int, is_cursor: bool
) -> Line:
    """One twin in the list: how like it is, what became of it, by whom, whose it is, and its title as it is shown."""
    state, verdict = twin.item.state.replace("_", " "), twin.verdict
    if verdict is not None:
        said = f"{outcome_word(verdict.outcome)} {letters}".strip() if is_open else "decided"
        who = f"{day(verdict.at)[5:]} {verdict.reviewer}" if is_open else ""
    else:
        said, who = ("not decided" if twin.is_open else state), ""
    wide = width >= 100
    line: Line = [
        ("▸ " if is_cursor else "  ", looks.text),
        (fitted(twin.item.ad_id, 18 if wide else 12), looks.text),
        (fitted(twin.likeness + ("" if twin.is_current else " old"), 9), looks.dim),
        (fitted(said, 18 if wide else 14), looks.strong if verdict is not None else looks.dim),
        (fitted(who, 18 if wide else 12), looks.dim),
        (fitted(twin.item.markets.strip(), 12 if wide else 8), looks.text),
    ]
    room = width - sum(width_of(text) for text, _ in line)
    whose = " · ".join(part for part in (twin.item.advertiser or "", title) if part)
    return [*line, (fit_cells(one_line(whose), max(0, room)), looks.dim)]
