"""Evidence, line by line: where on the ad a finding is seen."""

from __future__ import annotations

from collections.abc import Iterator

from modtui.cli.plain_lines import numbers_in
from modtui.domain.evidence import Evidence
from modtui.domain.plurals import number_of
from modtui.domain.policies import Answer, Check
from modtui.services.desk import Desk
from modtui.services.evidence_places import places_for, turn_place
from modtui.tui.masks import masked_quote

HELP = "  v al  v al 2 3    where that finding is seen: the places; put these in, or take them out"


def mark_evidence(desk: Desk, check: Check | None, rest: str) -> Iterator[str]:
    """List the places of a check that was answered yes, or turn those with these numbers; what there is to say."""
    if check is None:
        yield "Of which check? v al lists its places, v al 2 puts the second in or takes it out."
        return
    letters = desk.letters(check.id)
    if desk.answers.get(check.id) is not Answer.YES:
        yield f"Answer {letters} yes first: evidence belongs to a finding."
        return
    places = places_for(desk, check)
    numbers = numbers_in(rest, len(places))
    if numbers is None:
        yield f"'{rest}' is no place of 1 to {len(places)}; v {letters} lists them."
        return
    if numbers:
        for number in numbers:
            turn_place(desk, check, places[number - 1])
        yield f"{number_of(len(desk.evidence[check.id]), 'place')} of evidence for {letters}"
        return
    chosen = desk.evidence.get(check.id, ())
    for number, place in enumerate(places, start=1):
        mark = "in " if place in chosen else "out"
        yield f"{number:3} {mark} {_place_words(place)}: {masked_quote(desk, place.quote)}".rstrip(": ")


def _place_words(place: Evidence) -> str:
    """The component as line mode names it, and the place in it: `BODY 8-15`, `MEDIA.0 2-3.5 s`."""
    where = ""
    if place.box is not None:
        left, top, right, bottom = (round(part / 100) for part in place.box)
        where = f" {left}-{right} % across, {top}-{bottom} % down"
    elif place.start_ms is not None:
        where = f" {place.start_ms / 1000:g}-{(place.end_ms or place.start_ms) / 1000:g} s"
    elif place.start is not None and place.end is not None:
        where = f" {place.start}-{place.end}"
    return place.component.upper() + where
