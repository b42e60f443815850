"""A report card as lines of text, for the shell and for line mode."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from modtui.domain.plurals import number_of

if TYPE_CHECKING:
    from modtui.domain.intervals import Rate
    from modtui.domain.report_cards import ReportCard

BAR = 20


def card_lines(card: ReportCard) -> Iterator[str]:
    """One learner after one pack."""
    yield (f"{as_one_line(card.learner)}: {card.answered} of {number_of(card.of, 'ad')}" + _passed(card))
    for doubt in card.doubts:
        yield f"  ! {as_one_line(doubt)}"
    for name, rate in (
        ("right", card.right), ("outcome", card.outcome), ("set", card.answer_set), ("first", card.first_clause),
    ):  # fmt: skip
        yield f"{name:11} {bar(rate)}  {rate.words}"
    yield ("errors      " + ", ".join(f"{kind} {count}" for kind, count in card.errors.items()))
    lean = card.leaning
    figures = f" (d' {lean.d_prime:.1f}, bias {lean.bias:+.1f})" if lean.d_prime is not None else ""
    yield f"leaning     {lean.words}{figures}"
    times = [
        ("median", card.times.median),
        ("p90", card.times.p90),
        ("right", card.times.right),
        ("wrong", card.times.wrong),
    ]
    yield ("time        " + ", ".join(f"{name} {ms / 1000:.1f} s" for name, ms in times if ms is not None))
    yield (
        "trend       "
        + " ".join(f"{(rate.share or 0) * 100:.0f}" for rate in card.trend)
        + "  (% right, ten at a time)"
    )
    for word, rate in card.confidence.items():
        yield f"{as_one_line(word):11} {bar(rate)}  {rate.words}"
    for each in card.policies:
        if each.hits or each.misses or each.false_alarms:
            figures = f"found {each.hits}, missed {each.misses}, false alarms {each.false_alarms}"
            clears = f", look-alikes {each.clears} of {each.look_alikes}" if each.look_alikes else ""
            yield f"  {as_one_line(each.policy):28.28} {figures}{clears}: {each.mastery}"
    for gold, chosen, count in card.mixed_up:
        yield f"  mixed up  {as_one_line(gold)} -> {as_one_line(chosen)}: {count}"


def _passed(card: ReportCard) -> str:
    return "" if card.passed is None else ", passed" if card.passed else ", not passed"


def bar(rate: Rate) -> str:
    """A share as twenty blocks."""
    filled = round((rate.share or 0.0) * BAR)
    return "█" * filled + "░" * (BAR - filled)


def as_one_line(value: str) -> str:
    """Untrusted text as one safe line."""
    from modtui.domain.text import reveal

    return reveal(value, "one")
