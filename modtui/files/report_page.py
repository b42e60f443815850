"""The results of a class, or one learner's report card, as an HTML page that needs nothing else, charts included."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from modtui.domain.intervals import Rate
from modtui.domain.report_cards import PolicyCard, ReportCard
from modtui.domain.text import reveal

_STYLE = """
:root { color-scheme: light dark; }
body { font: 15px/1.45 system-ui, sans-serif; margin: 1.5rem auto; max-width: 70rem; padding: 0 1rem; }
h1 { font-size: 1.4rem; } h2 { font-size: 1.15rem; margin-top: 2rem; } h3 { font-size: 1rem; }
table { border-collapse: collapse; margin: .5rem 0; }
th, td { padding: .2rem .6rem; border-bottom: 1px solid #8884; text-align: left; vertical-align: top; }
td.number, th.number { text-align: right; font-variant-numeric: tabular-nums; }
.scroll { overflow-x: auto; }
td.short { white-space: nowrap; }
tr, p { break-inside: avoid; } h2, h3 { break-after: avoid; }
.doubt { border-left: .3rem solid #c60; padding-left: .6rem; }
small { opacity: .75; }
svg { max-width: 100%; height: auto; }
svg text { font: 12px system-ui, sans-serif; fill: currentColor; }
.bar { fill: #2f6fd0; } .track { fill: #8883; } .whisker { stroke: currentColor; stroke-width: 2; }
.grid { stroke: #8886; stroke-width: 1; }
.line { fill: none; stroke: #2f6fd0; stroke-width: 2; } .dot { fill: #2f6fd0; }
section { break-inside: avoid-page; }
@media print { body { max-width: none; margin: 0; font-size: 11px; } .scroll { overflow: visible; } }
@media print { * { print-color-adjust: exact; } }
"""
_WIDTH, _LABEL, _ROW = 640, 130, 24
SHORT = 17
"Characters that stand on one line in a table."
_SHORT = ' class="short"'


def page(title: str, sections: Sequence[str]) -> str:
    """A whole page of sections that are HTML already."""
    name = text(title)
    body = "\n".join(sections)
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>{name}</title>
<style>{_STYLE}</style>
</head>
<body>
<h1>{name}</h1>
{body}
</body>
</html>
"""


def card_section(card: ReportCard, again: Rate | None = None) -> str:
    """One learner's report card."""
    doubts = "".join(f'<p class="doubt">{text(doubt)}</p>' for doubt in card.doubts)
    verdict = "" if card.passed is None else f"<p><strong>{'Passed' if card.passed else 'Not passed'}.</strong></p>"
    rates = [
        ("right", card.right),
        ("outcome", card.outcome),
        ("set of findings", card.answer_set),
        ("deciding clause", card.first_clause),
    ]
    errors = ", ".join(f"{text(kind)} {count}" for kind, count in card.errors.items())
    retried = (
        f"<p>Answered again: {text(again.words)} right in the end; it counts for nothing else.</p>"
        if again and again.of
        else ""
    )
    return f"""<section>
<h2>{text(card.learner)}</h2>
{verdict}{doubts}
<p>{card.answered} of {card.of} ads answered{f", {card.late} of them late" if card.late else ""}. Errors: {errors}.</p>
{bars(rates)}
<p>{_leaning(card)} {_times(card)}</p>
{retried}
<h3>Trend, ten answers at a time</h3>
{line_chart([rate.share or 0.0 for rate in card.trend])}
<h3>Policies</h3>
{_policies(card.policies)}
{_mixed_up(card)}
{_confidence(card)}
</section>"""


def table(header: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """A table; whole numbers stand to the right, and what is short is not broken."""
    if not rows:
        return "<p>None.</p>"
    heads = "".join(f'<th scope="col">{text(head)}</th>' for head in header)
    body = "\n".join(
        "<tr>"
        + "".join(
            f'<td class="number">{cell}</td>'
            if isinstance(cell, int)
            else f"<td{_SHORT if len(str(cell)) <= SHORT else ''}>{text(cell)}</td>"
            for cell in row
        )
        + "</tr>"
        for row in rows
    )
    return f'<div class="scroll"><table>\n<thead><tr>{heads}</tr></thead>\n<tbody>\n{body}\n</tbody>\n</table></div>'


def bars(rates: Sequence[tuple[str, Rate]]) -> str:
    """A bar for each share, with a whisker for its interval and its words behind it."""
    room = _WIDTH - _LABEL - 200
    rows = []
    for number, (name, rate) in enumerate(rates):
        y = number * _ROW
        low, high = rate.bounds
        share = rate.share or 0.0
        rows.append(
            f'<text x="0" y="{y + 16}">{text(name)}</text>'
            f'<rect class="track" x="{_LABEL}" y="{y + 5}" width="{room}" height="14"/>'
            f'<rect class="bar" x="{_LABEL}" y="{y + 5}" width="{share * room:.1f}" height="14"/>'
            f'<line class="whisker" x1="{_LABEL + low * room:.1f}" y1="{y + 12}"'
            f' x2="{_LABEL + high * room:.1f}" y2="{y + 12}"/>'
            f'<text x="{_LABEL + room + 8}" y="{y + 16}">{text(rate.words)}</text>'
        )
    height = max(1, len(rates)) * _ROW
    words = "; ".join(f"{name} {rate.words}" for name, rate in rates)
    head = f'<svg viewBox="0 0 {_WIDTH} {height}" width="{_WIDTH}" height="{height}" role="img"'
    return f'{head} aria-label="{text(words)}">{"".join(rows)}</svg>'


def line_chart(shares: Sequence[float]) -> str:
    """Shares in their order, from 0 to 100 %; of one alone there is no line to draw."""
    if not shares:
        return "<p>No answers.</p>"
    if len(shares) == 1:
        return f"<p>{shares[0] * 100:.0f} % so far: too few answers for a trend.</p>"
    width, height = 400, 120
    step = (width - 60) / max(1, len(shares) - 1)
    points = [(40 + number * step, 10 + (1 - share) * (height - 30)) for number, share in enumerate(shares)]
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    dots = "".join(
        f'<circle class="dot" cx="{x:.1f}" cy="{y:.1f}" r="3"/>'
        f'<text x="{x - 10:.1f}" y="{y - 7 if y > 20 else y + 16:.1f}">{share * 100:.0f}</text>'
        for (x, y), share in zip(points, shares, strict=True)
    )
    words = ", ".join(f"{share * 100:.0f} %" for share in shares)
    return (
        f'<svg viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img" aria-label="{words}">'
        f'<text x="0" y="14">100 %</text><text x="0" y="{height - 16}">0 %</text>'
        f'<line class="grid" x1="40" y1="10" x2="{width - 20}" y2="10"/>'
        f'<line class="grid" x1="40" y1="{height - 20}" x2="{width - 20}" y2="{height - 20}"/>'
        f'<polyline class="line" points="{path}"/>{dots}</svg>'
    )


def text(value: object) -> str:
    """Any text, escaped, with what it hides made visible."""
    return escape(reveal(str(value), "one"))


def _leaning(card: ReportCard) -> str:
    leaning = card.leaning
    if leaning.d_prime is None or leaning.bias is None:
        return f"Leaning: {text(leaning.words)}."
    return f"Leaning: {text(leaning.words)} (d' {leaning.d_prime:.1f}, bias {leaning.bias:+.1f})."


def _times(card: ReportCard) -> str:
    times = card.times
    if times.median is None:
        return "No times."
    parts = [f"median {_seconds(times.median)}", f"nine in ten within {_seconds(times.p90)}" if times.p90 else ""]
    parts += [
        f"right {_seconds(times.right)}" if times.right else "",
        f"wrong {_seconds(times.wrong)}" if times.wrong else "",
    ]
    return f"Time an ad: {', '.join(filter(None, parts))}."


def _seconds(ms: int) -> str:
    return f"{ms / 1000:.0f} s" if ms >= 10_000 else f"{ms / 1000:.1f} s"


def _policies(cards: Sequence[PolicyCard]) -> str:
    return table(
        ("policy", "found", "missed", "false alarms", "look-alikes cleared", "share found", "mastery"),
        [
            (
                each.policy, each.hits, each.misses, each.false_alarms, f"{each.clears} of {each.look_alikes}",
                each.found.words, each.mastery,
            )
            for each in cards
        ],
    )  # fmt: skip


def _mixed_up(card: ReportCard) -> str:
    if not card.mixed_up:
        return ""
    return "<h3>Mixed up</h3>" + table(("right", "chosen", "times"), card.mixed_up)


def _confidence(card: ReportCard) -> str:
    if not card.confidence:
        return ""
    return "<h3>How sure, and how right</h3>" + bars(list(card.confidence.items()))
