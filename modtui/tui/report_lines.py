"""A report card as lines: bars with their intervals, policies with what is known of them, mix-ups, time and trend."""

from __future__ import annotations

from collections.abc import Iterator

from modtui.domain.intervals import Rate
from modtui.domain.plurals import number_of
from modtui.domain.report_cards import ENOUGH_ANSWERS, MASTERED, NOT_YET, PolicyCard, ReportCard
from modtui.tui.flow import Line, fit_cells, one_line
from modtui.tui.palette import Palette

BAR, NAME = 30, 14
TREND = "▁▂▃▄▅▆▇█"


def report_lines(card: ReportCard, looks: Palette, width: int) -> list[Line]:
    """The card from top to bottom."""
    return [
        *_head(card, looks), *_accuracy(card, looks), *_policies(card, looks, width), *_mixed_up(card, looks, width),
        *_leaning(card, looks), *_time(card, looks),
    ]  # fmt: skip


def _head(card: ReportCard, looks: Palette) -> Iterator[Line]:
    passed = {None: "", True: "  passed", False: "  not passed"}[card.passed]
    look = looks.cut if card.passed is False else looks.allowed
    yield [(f"{one_line(card.learner)}: {card.answered} of {number_of(card.of, 'ad')}", looks.strong), (passed, look)]
    if card.answered < ENOUGH_ANSWERS:
        yield [(f"Fewer than {ENOUGH_ANSWERS} answers: most of what you see is chance.", looks.lit)]
    if card.late:
        yield [(f"{card.late} answered behind the time limit: none of them counts as right.", looks.lit)]


def _accuracy(card: ReportCard, looks: Palette) -> Iterator[Line]:
    yield []
    yield [("How often right", looks.title), ("   (between the bars: where it is in 95 of 100 cases)", looks.dim)]
    for name, rate in (
        ("right", card.right), ("outcome", card.outcome), ("all findings", card.answer_set),
        ("first clause", card.first_clause),
    ):  # fmt: skip
        yield [(f"{name:<{NAME}}", looks.text), *bar(rate, looks), (f"  {rate.words}", looks.text)]
    if len(card.trend) > 1:
        steps = "".join(TREND[min(7, int((rate.share or 0.0) * 8))] for rate in card.trend)
        shares = " ".join(f"{(rate.share or 0.0) * 100:.0f}" for rate in card.trend)
        yield [
            (f"{'trend':<{NAME}}", looks.text),
            (steps, looks.allowed),
            (f"  {shares} % of ten at a time", looks.dim),
        ]


def bar(rate: Rate, looks: Palette) -> Line:
    """A share as a bar, the bounds of its interval as bars across: `━━━━━━━━━│━━━●──│─────`."""
    if rate.share is None:
        return [("─" * BAR, looks.dim)]
    low, high = (round(bound * (BAR - 1)) for bound in rate.bounds)
    at = round(rate.share * (BAR - 1))
    signs = ["━" if place <= at else "─" for place in range(BAR)]
    signs[low] = signs[high] = "│"
    signs[at] = "●"
    return [("".join(signs[: at + 1]), looks.allowed), ("".join(signs[at + 1 :]), looks.dim)]


def _policies(card: ReportCard, looks: Palette, width: int) -> Iterator[Line]:
    shown = [each for each in card.policies if each.hits or each.misses or each.false_alarms or each.look_alikes]
    if not shown:
        return
    yield []
    yield [("Policies", looks.title), ("   found + · missed - · too much ! · look-alike left in peace o", looks.dim)]
    name = max(16, min(32, width - 48))
    for each in sorted(shown, key=lambda one: (-(one.misses + one.false_alarms), one.policy)):
        look = {MASTERED: looks.allowed, NOT_YET: looks.lit}.get(each.mastery, looks.dim)
        yield [
            (f"{fit_cells(one_line(each.policy), name):<{name}} ", looks.text),
            *_marks(each, looks, max(8, width - name - 22)),
            (f"  {each.mastery}", look),
        ]


def _marks(each: PolicyCard, looks: Palette, room: int) -> Line:
    """A sign an answer, as many as there is room for, then figures."""
    counts = (("+", each.hits), ("-", each.misses), ("!", each.false_alarms), ("o", each.clears))
    if sum(count for _, count in counts) > room:
        words = " ".join(f"{count}{sign}" for sign, count in counts if count)
        return [(f"{words:<{room}}", looks.strong)]
    signs = "".join(sign * count for sign, count in counts)
    return [(f"{signs:<{room}}", looks.strong)]


def _mixed_up(card: ReportCard, looks: Palette, width: int) -> Iterator[Line]:
    if not card.mixed_up:
        return
    yield []
    yield [("Mixed up", looks.title), ("   right answer → your answer", looks.dim)]
    for gold, chosen, count in card.mixed_up:
        words = f"{one_line(gold)} → {one_line(chosen)}"
        yield [(f"{count:3} × ", looks.strong), (fit_cells(words, max(10, width - 6)), looks.text)]


def _leaning(card: ReportCard, looks: Palette) -> Iterator[Line]:
    yield []
    errors = ", ".join(f"{kind} {count}" for kind, count in card.errors.items() if count)
    yield [("Errors", looks.title), (f"   {errors or 'none'}", looks.text)]
    lean = card.leaning
    figures = f"  (d' {lean.d_prime:.1f}, bias {lean.bias:+.1f})" if lean.d_prime is not None else ""
    yield [("Strict or lenient", looks.title), (f"   {lean.words}", looks.text), (figures, looks.dim)]


def _time(card: ReportCard, looks: Palette) -> Iterator[Line]:
    times = card.times
    named = (("median", times.median), ("nine of ten", times.p90), ("right", times.right), ("wrong", times.wrong))
    words = " · ".join(f"{name} {ms / 1000:.0f} s" for name, ms in named if ms is not None)
    if words:
        yield [("Time", looks.title), (f"   {words}", looks.text)]
    for word, rate in card.confidence.items():
        yield [(f"{one_line(word):<{NAME}}", looks.text), *bar(rate, looks), (f"  {rate.words}", looks.text)]
