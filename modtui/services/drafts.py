"""Drafts: unfinished answers, evidence and note on an ad, kept on disk so that leaving it or a crash loses nothing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from modtui.services.laying import Place
from modtui.store.transaction import Transaction


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
    body = desk.draft()
    if body == place.kept or not (desk.is_touched or place.has_draft):
        return None
    return DraftChange(place, reviewer, now, body, desk.case.catalog.hash, desk.is_touched)
