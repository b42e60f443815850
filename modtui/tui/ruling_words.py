"""The ruling in words a person can scan: patches of cells that fare alike, exceptions first, each with its basis."""

from __future__ import annotations

from collections.abc import Iterable

from modtui.domain.clause_values import Basis, State
from modtui.domain.explanation import Patch, patches
from modtui.domain.grid import Band
from modtui.domain.overrides import edited_states
from modtui.domain.plurals import number_of
from modtui.domain.rulings import Outcome
from modtui.services.desk import Desk
from modtui.services.plans import Plan
from modtui.tui.flow import Line, fit_cells, one_line, pieces_width, width_of
from modtui.tui.market_words import how_many, market_words
from modtui.tui.palette import Palette

STATE_WORDS = {
    State.ALLOWED: "allowed",
    State.LABELLED: "labelled",
    State.LIMITED: "limited",
    State.HELD: "held",
    State.CUT: "cut",
}
OUTCOME_SIGNS = {
    Outcome.APPROVE: "✓",
    Outcome.APPROVE_LIMITED: "◐",
    Outcome.REJECT: "✗",
    Outcome.REQUEST_INFO: "⧗",
    Outcome.ESCALATE: "↗",
}


def state_look(looks: Palette, state: State) -> object:
    return getattr(looks, state.name.lower())


def ruling_line(desk: Desk, looks: Palette, width: int) -> Line:
    """The grid merged into few patches; what does not fit is counted."""
    found = patches(desk.ruling, desk.case.catalog.market_groups)
    line: Line = [(" ", looks.text)]
    for number, patch in enumerate(found):
        words = patch_pieces(desk, patch, looks, len(found) == 1)
        more = f" +{len(found) - number} more (w)"
        gap = "  ·  " if number else ""
        if pieces_width(line) + width_of(gap) + pieces_width(words) + width_of(more) > width and number:
            line.append((more, looks.dim))
            break
        line += [(gap, looks.dim), *words] if gap else words
    return _with_changes(desk, line, looks)


def patch_pieces(desk: Desk, patch: Patch, looks: Palette, is_only: bool) -> Line:
    """`SA, all ages: cut al (law)`; a lone patch says how many markets it speaks of."""
    from rich.style import Style

    markets = _markets(patch.markets, desk.ruling.grid.markets, is_only)
    bands = bands_words(patch.bands)
    causes = " ".join(dict.fromkeys(desk.letters(check_id) for check_id in patch.check_ids))
    basis = ", ".join(_bases(desk, patch))
    look = state_look(looks, patch.state)
    assert isinstance(look, Style)
    words = one_line(f"{STATE_WORDS[patch.state]} {causes}".rstrip())
    line: Line = [(one_line(f"{markets}, {bands}: "), looks.text), (words, look)]
    if basis and patch.state > State.ALLOWED:
        line.append((f" ({basis})", looks.dim))
    if patch.state in (State.LIMITED, State.HELD, State.LABELLED) and patch.texts:
        line.append((f" {one_line(fit_cells(patch.texts[0], 40))}", looks.dim))
    return line


def bands_words(bands: Iterable[Band]) -> str:
    """Such as `13-17 18+`; a band of one year is that year."""
    return " ".join(str(band.min_age) if band.min_age == band.max_age else str(band) for band in bands)


def _markets(markets: tuple[str, ...], grid: tuple[str, ...], is_only: bool) -> str:
    count = how_many(grid)
    if is_only and count > 1:
        return "both markets" if count == 2 else f"all {count} markets"
    return market_words(markets, grid)


def _bases(desk: Desk, patch: Patch) -> Iterable[str]:
    bases = {
        cause.clause.basis
        for cell in desk.ruling.cells
        if cell.state is patch.state
        for cause in cell.causes[:1]
        if cause.check_id in patch.check_ids
    }
    return [Basis(basis).name.lower() for basis in sorted(bases)]


def _with_changes(desk: Desk, line: Line, looks: Palette) -> Line:
    """Names what a person set against the derivation."""
    if desk.override is not None:
        states = edited_states(desk.ruling, desk.override)
        changed = sum(now is not was for now, was in zip(states, desk.ruling.states, strict=True))
        line = [(f" {number_of(changed, 'cell')} edited ({desk.override.reason}) ", looks.unsure), *line]
    return line


def plan_line(desk: Desk, plan: Plan, looks: Palette, width: int, enter: str = "⏎") -> Line:
    """One fixed place for what `Enter` does, or why it does nothing and what to do."""
    words = one_line(plan.words)
    line: Line = [(f" {enter} ", looks.key)]
    if plan.is_ready:
        line.append((f" {OUTCOME_SIGNS[plan.outcome]} {words} ", looks.plan))
    else:
        line.append((f" {OUTCOME_SIGNS[plan.outcome]} {words}", looks.dim))
        line.append((fit_cells(f"  {one_line(plan.refusal)}", width - pieces_width(line)), looks.refusal))
    asks = ", ".join(desk.documents)
    for label, value in (("note: ", desk.note), ("asks: ", asks)):
        room = width - pieces_width(line) - 3
        if value and room > width_of(label) + 4:
            text = fit_cells(one_line(value), room - width_of(label))
            line += [("   ", looks.text), (label, looks.dim), (text, looks.text)]
    return line


def aside(desk: Desk, plan: Plan, looks: Palette) -> Line:
    """What was not seen, and what is lit and open besides what stands in the way."""
    unseen = " ".join(dict.fromkeys(_unseen_words(desk, name) for name in desk.unopened))
    missing = {check.id for check in plan.missing}
    open_rows = [
        row
        for row in desk.rows
        if row.place == "lit" and row.check.id not in missing and desk.answer_of(row.check) is None
    ]
    open_words = " ".join(str(row.digit or desk.letters(row.check.id)) for row in open_rows[:9])
    line: Line = []
    for label, value in (("unseen: ", unseen), ("open: ", open_words)):
        if value:
            line += [(label, looks.dim), (fit_cells(one_line(value), 24), looks.lit), ("  ", looks.text)]
    return line


def _unseen_words(desk: Desk, name: str) -> str:
    if name.startswith("media."):
        kind = desk.case.ad.media[int(name.partition(".")[2])].kind
        return one_line(kind or "media")
    return name
