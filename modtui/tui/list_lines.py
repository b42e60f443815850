"""The lines of an ad list: what each column says, and in how many cells. The title comes last on its line."""

from __future__ import annotations

from msgspec import Struct

from modtui.services.overview import from_now
from modtui.store.ad_list import ListedAd
from modtui.store.times import due_ms
from modtui.tui.flow import Line, fit_cells, one_line, width_of
from modtui.tui.palette import Palette

WIDE = 110
STATES = {
    "new": "new", "waiting_document": "document", "second_review": "2nd review", "escalated": "escalated",
    "held": "held", "decided": "decided",
}  # fmt: skip
OUTCOMES = {"approve_limited": "limited", "request_info": "ask"}
"Short words; the others are short themselves."
MARKS = {"new_version": "new vers.", "returned": "returned", "woken": "woken", "conflict": "conflict"}
AWAY = "elsewhere"
"The state of what a remote gave to somebody else."
DUE_SOON_MS = 3_600_000


class Columns(Struct, frozen=True):
    """Cells of each column; 0 leaves it out. The title takes the rest."""

    id: int
    state: int
    outcome: int
    due: int
    queue: int
    markets: int
    advertiser: int


def columns_for(width: int, shows_queue: bool) -> Columns:
    """The columns that a width has room for."""
    if width >= WIDE:
        return Columns(20, 11, 9, 9, 14 if shows_queue else 0, 14, 24)
    return Columns(13, 10, 0, 9, 0, 9, 15)


def heading(columns: Columns, looks: Palette) -> Line:
    """The names of the columns."""
    names = ("id", "state", "outcome", "due", "queue", "markets", "advertiser")
    words = "".join(f"{name:<{getattr(columns, name)}} " for name in names if getattr(columns, name))
    return [(f"  {words}title", looks.dim)]


def ad_line(
    ad: ListedAd, title: str, columns: Columns, looks: Palette, now_ms: int, width: int, is_cursor: bool
) -> Line:
    """One ad, under its title as it is shown."""
    state = state_words(ad, with_outcome=not columns.outcome)
    look = looks.dim if ad.is_away else {"new": looks.strong, "decided": looks.dim}.get(ad.state, looks.text)
    due, is_late = due_words(ad, now_ms)
    line: Line = [
        ("▸ " if is_cursor else "  ", looks.text),
        (fitted(ad.ad_id, columns.id), looks.text),
        (fitted(state, columns.state), look),
    ]
    if columns.outcome:
        line.append((fitted(OUTCOMES.get(ad.outcome or "", ad.outcome or ""), columns.outcome), looks.text))
    line.append((fitted(due, columns.due), looks.lit if is_late else looks.dim))
    if columns.queue:
        line.append((fitted(ad.queue, columns.queue), looks.dim))
    line.append((fitted(market_words(ad.markets, columns.markets), columns.markets), looks.text))
    line.append((fitted(ad.advertiser or "", columns.advertiser), looks.dim))
    room = width - sum(width_of(text) for text, _ in line)
    return [*line, (fit_cells(one_line(title), max(0, room)), looks.text)]


def state_words(ad: ListedAd, *, with_outcome: bool) -> str:
    """The state in a word: who has it comes before what it waits for; decided is said by the outcome."""
    if ad.claimed_by:
        return "in review"
    if ad.is_away:
        return AWAY
    if ad.mark == "conflict":
        return MARKS[ad.mark]
    if with_outcome and ad.state == "decided" and ad.outcome:
        return OUTCOMES.get(ad.outcome, ad.outcome)
    if ad.state == "new" and ad.mark:
        return MARKS.get(ad.mark, ad.mark)
    return STATES.get(ad.state, ad.state)


def due_words(ad: ListedAd, now_ms: int) -> tuple[str, bool]:
    """How far the due time is, and whether it is near or past. Nothing once it is decided, or others' to decide."""
    at = due_ms(ad.order_key)
    if at is None or ad.state == "decided" or ad.is_away:
        return "", False
    words = from_now(at - now_ms)
    return (f"in {words}" if at > now_ms else f"{words} late"), at - now_ms < DUE_SOON_MS


def market_words(markets: tuple[str, ...], cells: int) -> str:
    """As many markets as there is room for, and how many more there are."""
    words = " ".join(markets)
    if len(words) <= cells:
        return words
    shown = list(markets)
    while len(shown) > 1 and len(" ".join(shown)) + len(f" +{len(markets) - len(shown)}") > cells:
        shown.pop()
    return " ".join(shown) + f" +{len(markets) - len(shown)}"


def fitted(text: str, cells: int) -> str:
    """An untrusted text in exactly so many cells, and a space."""
    shown = fit_cells(one_line(text), cells)
    return shown + " " * (cells - width_of(shown) + 1)
