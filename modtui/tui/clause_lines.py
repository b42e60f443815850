"""What the clause pane says of one check: the whole question, why it is asked, and the rows of the targeted markets."""

from __future__ import annotations

from collections.abc import Iterator

from modtui.domain.clause_values import Clause, Mark
from modtui.domain.clauses import rows_that_inform
from modtui.domain.policies import Check
from modtui.services.desk import Desk
from modtui.tui.flow import Line, flow, one_line
from modtui.tui.market_words import market_words
from modtui.tui.palette import Palette

MARK_WORDS = {Mark.VERIFIED: "read in the source", Mark.SECOND_HAND: "second hand", Mark.UNVERIFIED: "not verified"}


def clause_lines(desk: Desk, check: Check, looks: Palette, width: int) -> list[Line]:
    """All of it, most wanted first, so that a low pane shows what matters."""
    policy = desk.case.catalog.policy_of(check)
    lines: list[Line] = flow(check.ask, width, looks.strong, looks.mark)
    lines += [
        [("  ", looks.dim), *line] for row in market_rows(desk, check) for line in _row_lines(row, looks, width - 2)
    ]
    fix = check.fix or (check.need.fix if check.need else "")
    if fix:
        lines += flow(f"fix: {fix}", width, looks.text, looks.mark)
    lines += flow(f"{policy.title}: {policy.principle}", width, looks.dim, looks.mark)
    if policy.guidance:
        lines += [[], *flow(policy.guidance.strip(), width, looks.text, looks.mark)]
    for example in policy.examples:
        lines += flow(f"e.g. {example.name}: {example.why}", width, looks.dim, looks.mark, most=3)
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


def row_words(row: Clause) -> str:
    """What a row does, in words."""
    parts = [
        row.effect.value if row.effect else "",
        f"{row.min_age}+" if row.min_age is not None else "",
        *(f"needs {need.kind.replace('_', ' ')}" for need in row.needs),
        *(f"label: {label}" for label in row.labels),
        str(row.hours) if row.hours else "",
        f"on {', '.join(row.placements)}" if row.placements else "",
    ]
    return " · ".join(part for part in parts if part) or "no limit"


def _row_lines(found: tuple[str, Clause, bool], looks: Palette, width: int) -> list[Line]:
    markets, row, is_binding = found
    basis = row.basis.name.lower()
    source = f"{basis}, {row.mark.value}" + (f", {row.ref}" if row.ref else "")
    when = f" from {row.effective}" if not is_binding and row.effective else ("" if is_binding else " informs only")
    head = one_line(f"{markets}: {row_words(row)}{when}")
    style = looks.text if is_binding else looks.dim
    lines = flow(f"{head}  ({source})", width, style, looks.mark, most=3)
    if row.note:
        lines += [[("  ", looks.dim), *line] for line in flow(row.note, width - 2, looks.dim, looks.mark, most=2)]
    return lines
