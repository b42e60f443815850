"""What the clause pane says of one check: the whole question, why it is asked, and the rows of the targeted markets."""

from __future__ import annotations

from collections.abc import Iterator

from modtui.domain.clause_values import Clause
from modtui.domain.clauses import rows_that_inform
from modtui.domain.near_examples import near_examples
from modtui.domain.policies import Check
from modtui.services.desk import Desk
from modtui.tui.clause_words import date_words, example_words, row_words, source_words
from modtui.tui.flow import Line, flow, one_line
from modtui.tui.market_words import market_words
from modtui.tui.palette import Palette
from modtui.tui.why_here import reasons_here

NEAR_EXAMPLES = 2
"Examples that stand before the guidance; the others follow it."


def clause_lines(desk: Desk, check: Check, looks: Palette, width: int) -> list[Line]:
    """All of it, most wanted first, so that a low pane shows what matters."""
    case = desk.case
    policy = case.catalog.policy_of(check)
    lines: list[Line] = flow(check.ask, width, looks.strong, looks.mark)
    lines += flow(f"here: {'; '.join(reasons_here(desk, check))}", width, looks.dim, looks.mark, most=2)
    for row in market_rows(desk, check):
        lines += [[("  ", looks.dim), *line] for line in _row_lines(row, looks, width - 2, case.as_of)]
    fix = check.fix or (check.need.fix if check.need else "")
    if fix:
        lines += flow(f"fix: {fix}", width, looks.text, looks.mark)
    examples = near_examples(policy, check, case.ad)
    for example in examples[:NEAR_EXAMPLES]:
        lines += flow(example_words(example), width, looks.text, looks.mark, most=3)
    lines += flow(f"{policy.title}: {policy.principle}", width, looks.dim, looks.mark)
    if policy.guidance:
        lines += [[], *flow(policy.guidance.strip(), width, looks.text, looks.mark)]
    for example in examples[NEAR_EXAMPLES:]:
        lines += flow(example_words(example), width, looks.dim, looks.mark, most=3)
    return lines


def market_rows(desk: Desk, check: Check) -> Iterator[tuple[str, Clause, bool]]:
    """The rows that hold in the targeted markets, alike ones together, then the ones that only inform."""
    case = desk.case
    markets_of: dict[tuple[Clause, bool], list[str]] = {}
    parent = case.catalog.check_by_id[check.when[0][0]] if check.need and check.when else check
    for market in case.grid.markets:
        for row in case.rows(parent, market):
            markets_of.setdefault((row, True), []).append(market)
        for row in rows_that_inform(parent, market, case.catalog, case.as_of):
            markets_of.setdefault((row, False), []).append(market)
    for (row, is_binding), markets in markets_of.items():
        yield market_words(markets, case.grid.markets, 8), row, is_binding


def _row_lines(found: tuple[str, Clause, bool], looks: Palette, width: int, as_of: str) -> list[Line]:
    markets, row, is_binding = found
    dates = date_words(row, as_of)
    head = one_line(f"{markets}: {row_words(row)}" + (f"  {dates}" if dates else ""))
    style = looks.text if is_binding else looks.dim
    lines = flow(f"{head}  ({source_words(row)})", width, style, looks.mark, most=3)
    if row.note:
        lines += [[("  ", looks.dim), *line] for line in flow(row.note, width - 2, looks.dim, looks.mark, most=2)]
    return lines
