"""Why the ruling says what it says: each patch with its clauses, what every answer changes, and why a check is here."""

from __future__ import annotations

from collections.abc import Iterator

from textual.content import Content

from modtui.domain.explanation import explain, patches
from modtui.domain.plurals import number_of
from modtui.domain.policies import Check
from modtui.domain.rulings import Outcome
from modtui.services.desk import Desk
from modtui.tui.clause_lines import market_rows
from modtui.tui.clause_words import date_words, row_words, source_words
from modtui.tui.evidence_words import place_words
from modtui.tui.masks import masked_quote
from modtui.tui.ruling_words import STATE_WORDS, bands_words
from modtui.tui.safe_text import show
from modtui.tui.why_here import reasons_here


def why_words(desk: Desk, check: Check | None = None) -> Content:
    """The explanation as text to read, with why a check stands beside the ad where one is given."""
    return Content("\n").join((*_lines(desk), *(_why_here(desk, check) if check else ())))


def _why_here(desk: Desk, check: Check) -> Iterator[Content]:
    yield Content("")
    yield show(f"Why {desk.letters(check.id)} is here", "bold", "one")
    yield show(f"   {check.ask}", "dim", "one")
    for reason in reasons_here(desk, check):
        yield show(f"   {reason}", "", "one")
    yield from _evidence(desk, check)


def _lines(desk: Desk) -> Iterator[Content]:
    ruling, catalog = desk.ruling, desk.case.catalog
    yield show(f"{_name(ruling.outcome)} by the answers so far, on {desk.case.as_of}", "bold")
    for patch in patches(ruling, catalog.market_groups):
        bands = bands_words(patch.bands)
        causes = " ".join(map(desk.letters, patch.check_ids))
        yield show(
            f"{' '.join(patch.markets)}, {bands}: {STATE_WORDS[patch.state]} {causes}",
            "bold",
            "one",
        )
        for text in patch.texts:
            yield show(f"   {text}", "", "one")
    explained = explain(desk.case, desk.answers)
    without = [each for each in explained if each.freed or each.outcome is not ruling.outcome]
    if without:
        yield Content("")
        yield Content.styled("Answers", "bold")
    for each in without:
        freed = f", {cells_words(len(each.freed))} change{'s' if len(each.freed) <= 1 else ''}"
        yield show(f"without {desk.letters(each.check_id)}: {_name(each.outcome)}{freed}", "", "one")
        check = catalog.check_by_id[each.check_id]
        yield show(f"   {check.ask}", "dim", "one")
        yield from _evidence(desk, check)
        for markets, row, is_binding in market_rows(desk, check):
            dates = date_words(row, desk.case.as_of) or ("" if is_binding else "informs only")
            source = ", ".join(part for part in (source_words(row), dates) if part)
            yield show(f"   {markets}: {row_words(row)}  ({source})", "", "one")
    if len(explained) > len(without):
        idle = " ".join(desk.letters(each.check_id) for each in explained if each not in without)
        yield show(f"without effect here: {idle}", "dim")
    for remark in ruling.remarks:
        says = remark.clause.note or remark.clause.ref
        yield show(
            f"{desk.letters(remark.check_id)} remarks for {' '.join(remark.markets)}: {says}",
            "dim",
            "one",
        )


def _evidence(desk: Desk, check: Check) -> Iterator[Content]:
    """Where the finding is seen, quoted where it is text."""
    for place in desk.evidence.get(check.id, ()):
        quote = f" “{masked_quote(desk, place.quote)}”" if place.quote else ""
        yield show(f"   seen in {place_words(place)}{quote}", "", "one")


def cells_words(count: int) -> str:
    return number_of(count, "cell") if count else "no cell"


def _name(outcome: Outcome) -> str:
    return outcome.value.replace("_", " ").upper()
