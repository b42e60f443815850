"""The advertiser card as lines."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from modtui.domain.catalog import Catalog
from modtui.services.advertisers import Card, checks_of, letters_of
from modtui.store.advertisers import MOST_SHARERS
from modtui.tui.flow import Line, fit_cells, flow, one_line
from modtui.tui.list_lines import fitted
from modtui.tui.palette import Palette
from modtui.tui.twin_words import day, outcome_word, share_words

MOST_DECISIONS = 40
MOST_NAMES = 5


def card_lines(
    card: Card, catalog: Catalog, looks: Palette, width: int, shown: Callable[[str], str] = str
) -> list[Line]:
    """The card from top to bottom: notes first, because they are written to be seen. `shown` makes a title of an ad
    what it is shown as."""
    lines: list[Line] = [[(fit_cells(share_words(card, catalog), width), looks.strong)]]
    outcomes = " · ".join(
        f"{count} {outcome_word(outcome)}"
        for outcome, count in sorted(card.outcomes.items(), key=lambda each: -each[1])
    )
    if outcomes:
        lines.append([(fit_cells(outcomes, width), looks.text)])
    found = " · ".join(f"{letters_of((check_id,), catalog)} {count}" for check_id, count in card.found[:12])
    if found:
        lines.append([(fit_cells(one_line(f"found: {found}"), width), looks.text)])
    lines += _notes(card, looks, width)
    lines += _shared(card, looks, width)
    lines += _decisions(card, catalog, looks, width, shown)
    return lines


def _heading(words: str, looks: Palette) -> list[Line]:
    return [[], [(words, looks.title)]]


def _notes(card: Card, looks: Palette, width: int) -> Iterator[Line]:
    yield from _heading(f"notes: {len(card.notes)}" if card.notes else "no notes", looks)
    for note in card.notes:
        head = f"{day(note.at)} {note.reviewer}" + (f", at {note.ad_id}" if note.ad_id else "")
        yield [(fit_cells(one_line(head), width), looks.dim)]
        for line in flow(note.text, width - 2, looks.text, looks.mark, most=12):
            yield [("  ", looks.text), *line]


def _shared(card: Card, looks: Palette, width: int) -> Iterator[Line]:
    if card.shared:
        yield from _heading("near-identical ads of others", looks)
        for other in card.shared:
            ads = " ".join(other.ads[:MOST_NAMES]) + (" …" if len(other.ads) > MOST_NAMES else "")
            yield [(fit_cells(one_line(f"{other.advertiser}: {ads}"), width), looks.text)]
    if card.hosts:
        yield from _heading("leads to", looks)
    for host in card.hosts:
        others = ", ".join(host.others[:MOST_NAMES])
        rest, least = len(host.others) - MOST_NAMES, "+" if len(host.others) >= MOST_SHARERS else ""
        more = f" and {rest}{least} more" if rest > 0 else ""
        words = f"{host.host}   also {others}{more}" if host.others else host.host
        yield [(fit_cells(one_line(words), width), looks.text if host.others else looks.dim)]


def _decisions(card: Card, catalog: Catalog, looks: Palette, width: int, shown: Callable[[str], str]) -> Iterator[Line]:
    if not card.decisions:
        return
    yield from _heading("decisions, the newest first", looks)
    for row in card.decisions[:MOST_DECISIONS]:
        said = f"{outcome_word(row.outcome)} {letters_of(checks_of(row), catalog)}".strip()
        line: Line = [
            (fitted(day(row.at), 10), looks.dim),
            (fitted(row.ad_id, 16), looks.text),
            (fitted(said, 18), looks.text),
            (fitted(row.reviewer, 12), looks.dim),
        ]
        yield [*line, (fit_cells(one_line(shown(row.title)), max(0, width - 60)), looks.dim)]
    if len(card.decisions) > MOST_DECISIONS:
        yield [(f"{len(card.decisions) - MOST_DECISIONS} more", looks.dim)]
