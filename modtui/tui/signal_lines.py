"""Signals in words: the plain reading below a text, what differs from the page, and all of them as a list."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from textual.content import Content

from modtui.domain.plurals import number_of
from modtui.domain.signals import PAGE, Signal
from modtui.services.desk import Desk
from modtui.tui.ad_words import component_words, span_words
from modtui.tui.flow import Line, flow
from modtui.tui.masks import masked_quote
from modtui.tui.palette import Palette
from modtui.tui.safe_text import show

MOST_READINGS = 3
"Plain readings below one text; the list has them all."


def reading_lines(desk: Desk, component: str, text: str, looks: Palette, width: int) -> list[Line]:
    """A line a disguised word of a text: as it is written, and as it is meant to be read.

    What only has hidden characters in it shows them as marks where it stands.
    """
    hidden = [signal for signal in desk.found if signal.component == component and needs_reading(signal)]
    lines: list[Line] = []
    for signal in hidden[:MOST_READINGS]:
        lines += flow(f"≈ {_reading(desk, signal, text)}", width, looks.dim, looks.mark, most=1, lines_of_text="one")
    if len(hidden) > MOST_READINGS:
        lines.append([(f"≈ {number_of(len(hidden) - MOST_READINGS, 'more disguised word')}", looks.dim)])
    return lines


def needs_reading(signal: Signal) -> bool:
    """Whether the eye does not see by itself what a disguised word says."""
    return signal.is_disguise and signal.name not in ("invisible", "bidi")


def difference_lines(desk: Desk, looks: Palette, width: int) -> list[Line]:
    """A line for each thing in which the ad and its page differ."""
    lines: list[Line] = []
    for signal in desk.found:
        if signal.name in PAGE:
            kind = signal.name.removeprefix("page_")
            words = f"! {kind}: {masked_quote(desk, signal.plain)}"
            lines += flow(words, width, looks.lit, looks.mark, most=2, lines_of_text="one")
    return lines


def signal_words(desk: Desk) -> Content:
    """Every signal of an ad: where, what, why, and the checks it points to."""
    texts = dict(desk.case.ad.texts())
    lines = [line for signal in desk.found for line in _listed(desk, signal, texts.get(signal.component, ""))]
    limits = [hit for hit in desk.sheet.hits if hit.kind == "signal" and not hit.component]
    for hit in limits:
        lines += [
            show(hit.text, "bold", "one"),
            show(f"   {hit.why} · points to {desk.letters(hit.check_id)}", "dim", "one"),
        ]
    if not lines:
        return Content("No signal: nothing is disguised, claimed or different from the page, as far as this can tell.")
    count = len(desk.found) + len(limits)
    head = f"{number_of(count, 'signal')}: places worth a look, never an answer"
    return Content("\n").join((Content.styled(head, "bold"), Content(""), *lines))


def _listed(desk: Desk, signal: Signal, text: str) -> Iterator[Content]:
    said = _reading(desk, signal, text) if signal.is_disguise else masked_quote(desk, signal.plain)
    where = f"{component_words(signal.component)}{span_words(signal.start, signal.end)}"
    yield show(f"{where} · {signal.words}", "bold", "one")
    yield show(f"   {said}", "", "one")
    yield show(f"   {signal.why} · {_pointed(desk, signal)}", "dim", "one")


def _reading(desk: Desk, signal: Signal, text: str) -> str:
    written = masked_quote(desk, text[signal.start : signal.end])
    return f"{written} → {masked_quote(desk, signal.plain)}" if written else masked_quote(desk, signal.plain)


def _pointed(desk: Desk, signal: Signal) -> str:
    letters = list(dict.fromkeys(map(desk.letters, _checks(desk, signal))))
    return f"points to {' '.join(letters)}" if letters else "no check beside this ad names it"


def _checks(desk: Desk, signal: Signal) -> Iterable[str]:
    for check_id in desk.index.signals.get(signal.name, ()):
        if desk.case.can_apply(desk.case.catalog.check_by_id[check_id]):
            yield check_id
