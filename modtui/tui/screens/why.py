"""Why the ruling says what it says: each patch with its clauses, and what every answer changes."""

from __future__ import annotations

from collections.abc import Iterator

from textual.content import Content

from modtui.domain.explanation import explain, patches
from modtui.domain.rulings import Outcome
from modtui.services.desk import Desk
from modtui.tui.clause_lines import market_rows, row_words
from modtui.tui.ruling_words import STATE_WORDS
from modtui.tui.safe_text import show


def why_words(desk: Desk) -> Content:
    """The explanation as text to read."""
    return Content("\n").join(_lines(desk))


def _lines(desk: Desk) -> Iterator[Content]:
    ruling, catalog = desk.ruling, desk.case.catalog
    yield show(f"{_name(ruling.outcome)} by the answers so far, on {desk.case.as_of}", "bold")
    for patch in patches(ruling, catalog.market_groups):
        bands = " ".join(map(str, patch.bands))
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
        freed = f", {len(each.freed)} cells change" if each.freed else ", no cell changes"
        yield show(f"without {desk.letters(each.check_id)}: {_name(each.outcome)}{freed}", "", "one")
        check = catalog.check_by_id[each.check_id]
        yield show(f"   {check.ask}", "dim", "one")
        for markets, row, is_binding in market_rows(desk, check):
            informs = "" if is_binding else ", informs only"
            source = f"{row.basis.name.lower()}, {row.mark.value}{', ' + row.ref if row.ref else ''}{informs}"
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


def _name(outcome: Outcome) -> str:
    return outcome.value.replace("_", " ").upper()
