"""Evidence: where on the ad the finding under the cursor is seen."""

from __future__ import annotations

from collections.abc import Iterator

from modtui.domain.evidence import Evidence, evidence_of
from modtui.domain.policies import Check
from modtui.services.desk import Desk
from modtui.tui.evidence_words import place_words
from modtui.tui.masks import masked_quote
from modtui.tui.screens.dialog import Option


def candidates(desk: Desk, check: Check) -> list[Evidence]:
    """Places to choose from: what is chosen, cue matches of the check and its policy, then whole components."""
    found: dict[Evidence, None] = dict.fromkeys(desk.evidence.get(check.id, ()))
    found.update(dict.fromkeys(_cues(desk, check)))
    ad = desk.case.ad
    for component, text in ad.texts():
        found[Evidence(component, 0, len(text), text[:80])] = None
    for index, _ in enumerate(ad.media):
        found[Evidence(f"media.{index}")] = None
    return list(found)


def _cues(desk: Desk, check: Check) -> Iterator[Evidence]:
    for hit in desk.sheet.hits:
        if hit.check_id == check.id or hit.check_id.partition("/")[0] == check.policy_id:
            place = evidence_of(hit, desk.case.ad)
            if place is not None:
                yield place


def options_for(desk: Desk, check: Check, places: list[Evidence]) -> list[Option]:
    """The places as lines to choose from, those chosen now with a mark."""
    chosen = desk.evidence.get(check.id, ())
    return [
        Option(
            str(number) if number <= 9 else "",
            ("● " if place in chosen else "○ ") + place_words(place),
            masked_quote(desk, place.quote),
        )
        for number, place in enumerate(places, start=1)
    ]
