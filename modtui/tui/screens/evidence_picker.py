"""Evidence: where on the ad the finding under the cursor is seen."""

from __future__ import annotations

from modtui.domain.evidence import Evidence
from modtui.domain.policies import Check
from modtui.services.desk import Desk
from modtui.tui.evidence_words import place_words
from modtui.tui.masks import masked_quote
from modtui.tui.screens.dialog import Option


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
