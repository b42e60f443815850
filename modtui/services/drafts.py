"""Drafts: unfinished answers, evidence and note on an ad, kept on disk so that leaving it or a crash loses nothing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from msgspec import Struct
from msgspec.structs import asdict, astuple

from modtui.domain.clause_values import State
from modtui.domain.decisions import EscalationRequest
from modtui.domain.evidence import Evidence
from modtui.domain.grid import Band
from modtui.domain.overrides import Override
from modtui.domain.policies import Answer
from modtui.services.desk import Desk
from modtui.store.transaction import Transaction

if TYPE_CHECKING:
    from modtui.services.laying import Place


class DraftChange(Struct, frozen=True):
    """What brings the draft of an ad up to date on disk, taken from the desk at one moment."""

    place: Place
    reviewer: str
    saved_at: str
    body: Mapping[str, Any]
    catalog_hash: str
    "The catalog under which it was answered."
    is_kept: bool
    "Whether there is anything to keep; an ad whose answers were all taken back has no draft any more."

    def save(self, tx: Transaction) -> None:
        item = self.place.item
        if self.is_kept:
            body = {**self.body, "catalog": self.catalog_hash}
            tx.save_draft(item.ad_no, self.reviewer, item.content_hash, body, self.saved_at)
        else:
            tx.delete_draft(item.ad_no, self.reviewer)

    def is_on_disk(self) -> None:
        """Say that it is saved, once its transaction is committed."""
        self.place.kept, self.place.has_draft = self.body, self.is_kept


def draft_change(place: Place | None, reviewer: str, now: str) -> DraftChange | None:
    """The change to save, or None where the disk has what the desk has."""
    if place is None or place.laid is None:
        return None
    desk = place.laid.desk
    body = draft_body(desk)
    if body == place.kept or not (desk.is_touched or place.has_draft):
        return None
    return DraftChange(place, reviewer, now, body, desk.case.catalog.hash, desk.is_touched)


def draft_body(desk: Desk) -> dict[str, Any]:
    """What is kept of unfinished work, as plain JSON."""
    own = desk.escalation
    edits = desk.override and [[market, *astuple(band), state.name] for market, band, state in desk.override.edits]
    return {
        "answers": {check_id: answer.value for check_id, answer in desk.answers.items()},
        "evidence": {check_id: [place.as_json() for place in places] for check_id, places in desk.evidence.items()},
        "note": desk.note,
        "opened": sorted(desk.opened),
        "documents": list(desk.documents),
        "escalation": own and asdict(own),
        "override": desk.override and {"edits": edits, "reason": desk.override.reason, "note": desk.override.note},
        **({"precedent": desk.taken.as_json()} if desk.taken else {}),
    }


def take_up(desk: Desk, draft: Mapping[str, Any]) -> None:
    """Take up a draft, or the answers of a retracted decision, as far as the catalog still knows its checks."""
    evidence = {
        check_id: tuple(Evidence.from_json(place) for place in places)
        for check_id, places in (draft.get("evidence") or {}).items()
    }
    desk.note = draft.get("note") or ""
    desk.opened.update(draft.get("opened") or ())
    desk.fill({check_id: Answer(value) for check_id, value in (draft.get("answers") or {}).items()}, evidence)
    desk.documents = tuple(draft.get("documents") or ())
    if precedent := draft.get("precedent"):
        from modtui.domain.precedents import Taken  # few drafts hold one

        desk.taken = Taken.from_json(precedent)
    if escalation := draft.get("escalation"):
        desk.escalation = EscalationRequest(**escalation)
    if override := draft.get("override"):
        edits = ((market, Band(low, high), State[state]) for market, low, high, state in override["edits"])
        cells = {(cell.market, cell.band) for cell in desk.ruling.cells}
        here = tuple((market, band, state) for market, band, state in edits if (market, band) in cells)
        desk.edit_cells(Override(here, override["reason"], override["note"]))
