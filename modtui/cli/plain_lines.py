"""What line mode says of an ad, its checks and the ruling, a line each."""

from __future__ import annotations

from collections.abc import Iterator

from modtui.domain.explanation import patches
from modtui.domain.policies import Answer
from modtui.services.check_rows import Row
from modtui.services.desk import Desk
from modtui.services.reviewing import OnDesk
from modtui.tui.masks import masked, masked_hit, masked_quote

MOST_SIGNALS = 12
"Signals read out with an ad."
SIGNS = {Answer.YES: "yes", Answer.NO: "no", Answer.UNSURE: "unsure", None: "open"}
MADE = {True: "[changed]", False: "[not changed]", None: "[look]"}


def number_in(text: str, most: int) -> int | None:
    """The number of 1 to `most` that a word says, else None."""
    is_number = text.isascii() and text.isdigit() and len(text) < 10
    return int(text) if is_number and 1 <= int(text) <= most else None


def numbers_in(text: str, most: int) -> list[int] | None:
    """The numbers in `2 4-6`, each of 1 to `most`; None when one is not."""
    found: list[int] = []
    for word in text.split():
        first, dash, last = word.partition("-")
        ends = number_in(first, most), number_in(last if dash else first, most)
        if ends[0] is None or ends[1] is None or ends[0] > ends[1]:
            return None
        found += range(ends[0], ends[1] + 1)
    return found


def ad_lines(at_hand: OnDesk) -> Iterator[str]:
    """The ad as lines: who, where, what it says."""
    desk, ad = at_hand.desk, at_hand.desk.case.ad
    yield ""
    title = ad.title if ad.title == ad.id else masked(desk, "", ad.title)
    yield f"AD {ad.id} from {ad.source}: {title}" + (f" ({at_hand.mark})" if at_hand.mark else "")
    if at_hand.question:
        yield f"QUESTION {at_hand.question}"
    if at_hand.previous:
        changed = ", ".join(component for component, _, _ in at_hand.previous.changes)
        yield f"BEFORE {at_hand.previous.words}; changed: {changed or 'nothing'}"
        for fix, is_made in at_hand.previous.fixes:
            yield f"ASKED {fix} {MADE[is_made]}"
        for component, before, _ in at_hand.previous.changes:
            yield f"WAS {component.upper()}: {masked(desk, '', before) or 'not there'}"
    who = ad.advertiser
    yield f"ADVERTISER {who.name or 'not stated'} ({who.country or '?'})"
    markets, languages = " ".join(ad.markets) or "not stated", " ".join(ad.languages) or "not stated"
    ages = f"{ad.audience.min_age or 0} to {ad.audience.max_age or 'any'}"
    yield f"MARKETS {markets}; LANGUAGES {languages}; AGES {ages}"
    for component, text in ad.texts():
        yield f"{component.upper()}: {masked(desk, component, text)}"
    page = ad.landing_page
    yield from (f"REDIRECT {hop}" for hop in page.chain)
    if page.text or page.captured_at:
        from modtui.domain.page_differences import captured_words

        yield f"PAGE {captured_words(page.captured_at, at_hand.desk.case.as_of)}"
    for media in ad.media:
        yield f"MEDIA {media.kind or 'file'} {media.path}"
    yield from signal_lines(at_hand.desk)


def signal_lines(desk: Desk) -> Iterator[str]:
    """What the ad hides or claims, a line a signal: where, what, how it reads, why."""
    for signal in desk.found[:MOST_SIGNALS]:
        plain = masked_quote(desk, signal.plain)
        place = f" {signal.start}-{signal.end}" if signal.end > signal.start else ""
        yield f"SIGNAL {signal.component}{place}: {signal.words}: {plain} ({signal.why})"
    if len(desk.found) > MOST_SIGNALS:
        yield f"SIGNAL and {len(desk.found) - MOST_SIGNALS} more"


def ruling_lines(desk: Desk) -> Iterator[str]:
    """The ruling in words: markets that fare alike, the deciding checks, and what would cure them."""
    for patch in patches(desk.ruling, desk.case.catalog.market_groups):
        by = " ".join(desk.letters(check_id) for check_id in patch.check_ids)
        ages = " ".join(str(band) for band in patch.bands)
        yield f"{' '.join(patch.markets)}, {ages}: {patch.state.name.lower()} {by}".rstrip()
        yield from (f"    {text}" for text in patch.texts)
    for remark in desk.ruling.remarks:
        words = remark.clause.note or remark.clause.ref
        yield f"note {desk.letters(remark.check_id)} in {' '.join(remark.markets)}: {words}"


def row_line(desk: Desk, row: Row) -> str:
    """A check with its digit, letters and answer, and what on the ad points at it."""
    name = str(row.digit) if row.digit else " "
    answer = SIGNS[desk.answer_of(row.check)] + (" by fact" if desk.is_by_fact(row.check) else "")
    lit = f"  lit by {', '.join(masked_hit(desk, hit) for hit in row.hits[:3])}" if row.hits else ""
    letters = desk.letters(row.check.id)
    severity = row.check.severity.name.lower()
    return f"{'  ' * row.depth}{name} {letters} [{answer}] {row.check.ask} ({severity}){lit}"
