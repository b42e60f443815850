"""Where on the ad a finding may be seen: the places to choose from, and putting one in or taking it out."""

from __future__ import annotations

from collections.abc import Iterator

from modtui.domain.evidence import Evidence, evidence_of
from modtui.domain.policies import Check
from modtui.services.desk import Desk


def places_for(desk: Desk, check: Check) -> list[Evidence]:
    """Places to choose from: what is chosen, cue matches of the check and its policy, then whole components."""
    found: dict[Evidence, None] = dict.fromkeys(desk.evidence.get(check.id, ()))
    found.update(dict.fromkeys(_cues(desk, check)))
    ad = desk.case.ad
    for component, text in ad.texts():
        found[Evidence(component, 0, len(text), text[:80])] = None
    for index, _ in enumerate(ad.media):
        found[Evidence(f"media.{index}")] = None
    return list(found)


def turn_place(desk: Desk, check: Check, place: Evidence) -> int:
    """Put a place in, or take it out where it is in; returns how many the check has then."""
    now = desk.evidence.get(check.id, ())
    desk.set_evidence(check.id, [each for each in now if each != place] if place in now else [*now, place])
    return len(desk.evidence[check.id])


def _cues(desk: Desk, check: Check) -> Iterator[Evidence]:
    for hit in desk.sheet.hits:
        if hit.check_id == check.id or hit.check_id.partition("/")[0] == check.policy_id:
            place = evidence_of(hit, desk.case.ad)
            if place is not None:
                yield place
