"""A decision in force, with the ad as it was, its catalog, and the ruling worked out again: what exports speak of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from modtui.domain.ads import Ad
from modtui.domain.catalog import Catalog
from modtui.domain.clause_values import State
from modtui.domain.clauses import Cause
from modtui.domain.evidence import Evidence
from modtui.domain.explanation import Patch, patches
from modtui.domain.grid import Band
from modtui.domain.past_decisions import PastDecision
from modtui.domain.policies import Policy
from modtui.domain.rulings import Case, Cell, Ruling, rule_case


class Verdict(Struct, frozen=True):
    """One decision in force."""

    event_id: str
    decided_at: str
    "UTC, ISO 8601 ending in Z."
    decision: PastDecision
    ad: Ad
    "The version that was decided, with the papers and dates of then."
    catalog: Catalog
    "The one it was decided under."
    ruling: Ruling
    "With every reason; the states of its cells are those of the reviewer, where they were edited."
    state: str = "decided"
    "What became of the item: `decided`, `waiting_document`, `second_review` or `escalated`."
    evidence: Mapping[str, tuple[Evidence, ...]] = {}
    "Where a check was seen, by its id."
    hosted_at: str = ""
    "When the ad came, UTC: as the queue says, or when it was imported."
    languages: tuple[str, ...] = ()

    @property
    def cells(self) -> tuple[Cell, ...]:
        return self.ruling.cells

    @property
    def day(self) -> str:
        """The UTC date of the decision."""
        return self.decided_at[:10]

    @property
    def has_run(self) -> bool:
        """Whether the ad was delivered before it was decided, as far as the queue says."""
        return self.ad.delivery not in (None, "", "new", "pending")

    def policy_of(self, cause: Cause) -> Policy:
        return self.catalog.policy_of(self.catalog.check_by_id[cause.check_id])

    def limits(self) -> tuple[Patch, ...]:
        """What the ad may not reach, or only with something added: cells that fare alike as one."""
        return tuple(
            patch for patch in patches(self.ruling, self.catalog.market_groups) if patch.state is not State.ALLOWED
        )


def ruling_of(decision: PastDecision, ad: Ad, catalog: Catalog) -> Ruling:
    """The ruling of a past decision with all its reasons. Raises ValueError when it is not the one it recorded.

    `ad` is the ad as it was then. A cell that the reviewer edited keeps its reasons and has the edited state.
    """
    ruling = rule_case(Case(ad, catalog, decision.as_of), decision.answers)
    recorded = {(cell.market, cell.min_age, cell.max_age): cell.derived for cell in decision.cells}
    for cell in ruling.cells:
        if _recorded(cell.market, cell.band, recorded) != cell.state.name.lower():
            raise ValueError(f"{cell.market} {cell.band} was not {cell.state.name.lower()} when it was decided")
    edits = _edits(decision)
    if not edits:
        return ruling
    edited = (replace(cell, state=edits.get((cell.market, cell.band), cell.state)) for cell in ruling.cells)
    return replace(ruling, cells=tuple(edited))


def reasons_for(cell: Cell) -> tuple[Cause, ...]:
    """The reasons that put a cell in the state it is in; none where it was set by hand."""
    return tuple(cause for cause in cell.causes if cause.state is cell.state)


def _recorded(market: str, band: Band, recorded: Mapping[tuple[str, int, int | None], str]) -> str:
    """The state a decision recorded for a cell: like ages stand joined in it."""
    for (there, youngest, oldest), state in recorded.items():
        is_below = band.max_age is not None and oldest is not None and band.max_age <= oldest
        if there == market and youngest <= band.min_age and (oldest is None or is_below):
            return state
    return ""


def _edits(decision: PastDecision) -> dict[tuple[str, Band], State]:
    edits: Iterable[Mapping[str, Any]] = (decision.override or {}).get("edits", ())
    return {
        (edit["market"], Band(edit["min_age"], edit["max_age"])): State[str(edit["state"]).upper()] for edit in edits
    }
