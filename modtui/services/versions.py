"""What changed between the version of an ad that was decided and the one on the desk."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping

from modtui.domain.ad_json import ad_from_payload
from modtui.domain.ads import Ad
from modtui.domain.events import Event, standing_verdicts
from modtui.services.reviewing import Previous


def changes_between(then: Ad, now: Ad) -> tuple[tuple[str, str, str], ...]:
    """Each component whose content differs, with the text then and now; empty where it was not there."""
    before, after = _components(then), _components(now)
    names = dict.fromkeys((*after, *before))
    return tuple(
        (name, before.get(name, ""), after.get(name, "")) for name in names if before.get(name) != after.get(name)
    )


def _components(ad: Ad) -> dict[str, str]:
    parts = {name: text for name, text in ad.texts() if not name.startswith("page.t")}
    parts["markets"] = " ".join(ad.markets)
    parts["languages"] = " ".join(ad.languages)
    parts["ages"] = f"{ad.audience.min_age or 0}-{ad.audience.max_age or ''}"
    parts["placements"] = " ".join(ad.audience.placements)
    parts["industry"] = ad.industry or ""
    parts["media"] = " ".join(f"{media.path} {media.sha256 or ''}".strip() for media in ad.media)
    who = ad.advertiser
    parts["advertiser"] = " / ".join(part for part in (who.name, who.payer, who.behalf) if part)
    return {name: text for name, text in parts.items() if text}


def previous_of(now: Ad, events: Iterable[Event], content_hash: str, payloads: Mapping[str, str]) -> Previous | None:
    """The last standing verdict on other content of the ad, held against the content it has now.

    `payloads` maps content hash to the stored JSON of each version.
    """
    verdicts = [event for event in standing_verdicts(events) if isinstance(event, Event) and event.subject]
    earlier = [event for event in verdicts if event.subject and event.subject.content_hash != content_hash]
    if not earlier:
        return None
    last = earlier[-1]
    assert last.subject is not None
    payload = payloads.get(last.subject.content_hash)
    then = ad_from_payload(json.loads(payload)) if payload else now
    changes = changes_between(then, now)
    changed = {name for name, _, _ in changes}
    unchanged = tuple(name for name in _components(now) if name not in changed)
    findings = last.body.get("findings", ())
    words = f"{last.body.get('outcome', '?')} {' '.join(found['check'] for found in findings)}".strip()
    return Previous(
        outcome=str(last.body.get("outcome", "")),
        decided_at=last.at,
        reviewer=last.actor,
        words=words,
        answers=dict(last.body.get("answers", {})),
        changes=changes,
        unchanged=unchanged,
        fixes=tuple(_fixes(findings, changed)),
    )


def _fixes(findings: Iterable[Mapping[str, object]], changed: set[str]) -> Iterable[tuple[str, bool | None]]:
    """Each fix asked for, with whether the component it was about has changed since."""
    for found in findings:
        places = {str(place.get("component")) for place in found.get("evidence", ())}  # type: ignore[attr-defined]
        texts = [str(clause.get("text")) for clause in found.get("clauses", ()) if clause.get("text")]  # type: ignore[attr-defined]
        for text in dict.fromkeys(texts):
            yield text, bool(places & changed) if places else None


def answers_that_still_hold(previous: Previous, evidence_places: Mapping[str, set[str]]) -> dict[str, str]:
    """The earlier answers whose evidence lies on components that did not change."""
    changed = {name for name, _, _ in previous.changes}
    return {
        check_id: answer
        for check_id, answer in previous.answers.items()
        if not (evidence_places.get(check_id, set()) & changed)
    }
