"""Twins, precedents and notes in words: for the frame of the ad, the lines beside it, and warnings."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from modtui.domain.catalog import Catalog
from modtui.domain.plurals import number_of
from modtui.domain.precedents import Offer, Part, TwinVerdict, goes_against
from modtui.domain.rulings import Outcome
from modtui.services.advertisers import Card, Note, checks_of, letters_of
from modtui.services.precedents import Around, TwinAd

NEWEST = 3
"Decided twins that have a line of their own beside the ad; the twins screen has them all."
MOST_CHECKS = 2
OUTCOMES = {"approve_limited": "limited", "request_info": "ask"}


def outcome_word(outcome: str) -> str:
    """An outcome in a word."""
    return OUTCOMES.get(outcome, outcome)


def day(at: str) -> str:
    """A time as its day."""
    return at[:10]


def split_words(parts: Sequence[Part], catalog: Catalog) -> str:
    """How twins were decided: `5 reject wl · 2 approve`."""
    return " · ".join(_part_words(part, catalog) for part in parts)


def _part_words(part: Part, catalog: Catalog) -> str:
    checks = letters_of([check_id for check_id, _ in part.checks[:MOST_CHECKS]], catalog)
    more = "+" if len(part.checks) > MOST_CHECKS else ""
    return " ".join(word for word in (str(part.count), outcome_word(part.outcome), f"{checks}{more}") if word)


def verdict_words(verdict: TwinVerdict, catalog: Catalog) -> str:
    """One decision: `reject wl by ben, 2026-11-22`."""
    letters = letters_of(verdict.checks, catalog)
    said = " ".join(word for word in (outcome_word(verdict.outcome), letters) if word)
    return f"{said} by {verdict.reviewer}, {day(verdict.at)}"


def aside_words(around: Around, catalog: Catalog, is_open: bool) -> str:
    """What stands in the frame of the ad: notes, and twins with their outcomes once they may be shown."""
    twins = around.count_words
    if twins and is_open and around.split:
        twins += f": {split_words(around.split, catalog)}"
    return "  ".join(part for part in (_count(len(around.notes), "note"), twins) if part)


def around_lines(around: Around, catalog: Catalog, is_open: bool) -> tuple[str, ...]:
    """A line each for what is known around the ad; outcomes only once they may be shown."""
    lines = [note_words(note) for note in around.notes]
    if not around.twins:
        return tuple(lines)
    undecided = len(around.twins) - len(around.decided)
    if not is_open:
        known = f"{len(around.decided)} decided, {undecided} not" if around.decided else "none decided"
        return (*lines, f"{around.count_words}: {known}")
    split = split_words(around.split, catalog)
    words = ", ".join(part for part in (split, f"{undecided} not decided" if undecided else "") if part)
    lines.append(f"{around.count_words}: {words}")
    lines += [twin_line(twin, catalog) for twin in around.decided[:NEWEST]]
    return tuple(lines)


def twin_line(twin: TwinAd, catalog: Catalog) -> str:
    """One decided twin."""
    verdict = twin.verdict
    earlier = "" if twin.is_current else ", an earlier version"
    return f"{twin.item.ad_id} ({twin.likeness}{earlier}): {verdict_words(verdict, catalog) if verdict else ''}"


def note_words(note: Note) -> str:
    return f"note by {note.reviewer}, {day(note.at)}: {note.text}"


def offer_words(offer: Offer, catalog: Catalog) -> str:
    """The precedent itself: `ad-7, reject wl by ben, 2026-11-22`."""
    past = offer.precedent
    said = " ".join(word for word in (outcome_word(past.outcome), letters_of(past.checks, catalog)) if word)
    return f"{past.ad_id}, {said} by {past.reviewer}, {day(past.at)}"


def filled_words(offer: Offer, count: int, kept: Iterable[str], catalog: Catalog) -> str:
    """What `p` did."""
    left, own = letters_of(offer.left, catalog), letters_of(tuple(kept), catalog)
    aside = [f"asked anew: {left}" if left else "", f"yours stand: {own}" if own else ""]
    said = f"{_count(count, 'answer')} of {offer_words(offer, catalog)} filled in" if count else ""
    said = said or f"nothing to fill in from {offer_words(offer, catalog)}"
    return "; ".join(part for part in (said, *aside) if part)


def given_back_words(count: int) -> str:
    """What `p` took back."""
    return f"{_count(count, 'answer') or 'no answer'} of the precedent taken back"


def group_objection(offer: Offer | None, outcome: Outcome, catalog: Catalog) -> str:
    """What speaks against deciding twins as this ad is about to be; empty when nothing does."""
    if offer is None or not goes_against(offer, outcome):
        return ""
    return f"its twin {offer_words(offer, catalog)}, was decided otherwise"


def objection_words(offer: Offer, catalog: Catalog) -> str:
    """Before an outcome that goes against the precedent."""
    return f"its twin {offer_words(offer, catalog)}: the same key again goes on"


def share_words(card: Card, catalog: Catalog) -> str:
    """The share of rejections with its base: `3 of 41 rejected, last wl on 2026-11-22`."""
    if not card.decisions:
        return "no ad of this advertiser has been decided"
    count, more = len(card.decisions), "+" if card.is_more else ""
    last = next((row for row in card.decisions if row.outcome == "reject"), None)
    letters = letters_of(checks_of(last), catalog) if last is not None else ""
    said = f"{card.rejected} of {count}{more} rejected"
    return f"{said}, last {letters} on {day(last.at)}" if last is not None and letters else said


def card_words(card: Card, catalog: Catalog, most: int = 10) -> Iterator[str]:
    """The card read out."""
    yield f"{card.advertiser}: {share_words(card, catalog)}"
    yield from (note_words(note) for note in card.notes)
    yield from (f"near-identical ads of {other.advertiser}: {' '.join(other.ads[:most])}" for other in card.shared)
    for host in card.hosts:
        yield f"leads to {host.host}" + (f", as does {', '.join(host.others[:most])}" if host.others else "")
    for row in card.decisions[:most]:
        said = f"{outcome_word(row.outcome)} {letters_of(checks_of(row), catalog)}".strip()
        yield f"{day(row.at)} {row.ad_id}: {said} by {row.reviewer}"


def _count(count: int, word: str) -> str:
    return number_of(count, word) if count else ""
