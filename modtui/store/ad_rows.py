"""What an import hands to the workspace, and the counts it gets back."""

from __future__ import annotations

from typing import NamedTuple

from msgspec import Struct

BATCH_ROWS = 500
"Most in one transaction."
STEP_ROWS = 50
"After each so many an import looks whether a decision waits."
LEAST_ROWS = 2 * STEP_ROWS
"Fewer are not worth a commit, or two imports would wait for little else."


def never() -> bool:
    """Nobody waits."""
    return False


class AdRow(NamedTuple):
    """An ad as an import hands it over. Texts must be valid UTF-8 (no lone surrogates)."""

    source: str
    id: str
    content_hash: str
    "64 hex digits (`domain.ads.content_hash`)."
    payload: str
    "The ad's JSON (DESIGN 4.1), written the same way each time: other text with the same content is a context change."
    title: str
    advertiser: str | None = None
    markets: tuple[str, ...] = ()
    industry: str | None = None
    priority: int = 50
    submitted_at: str | None = None
    due_at: str | None = None
    is_escalation_class: bool = False


class ImportCounts(Struct, frozen=True):
    """What became of the rows of an import; the four add up to the rows."""

    new: int = 0
    "Ads that are new to the queue."
    new_versions: int = 0
    "Known ads with other content, or back at an earlier one."
    context_changed: int = 0
    unchanged: int = 0
    refused: tuple[str, ...] = ()
    "Ids of rows that could not be stored: an ad with more than a million versions."

    def __add__(self, other: ImportCounts) -> ImportCounts:
        return ImportCounts(
            self.new + other.new,
            self.new_versions + other.new_versions,
            self.context_changed + other.context_changed,
            self.unchanged + other.unchanged,
            self.refused + other.refused,
        )
