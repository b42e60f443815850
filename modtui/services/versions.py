"""What was decided of an ad before, what changed since, and which of the answers may be offered again."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping

from msgspec.structs import replace

from modtui.domain.ad_json import ad_from_payload
from modtui.domain.ads import Ad
from modtui.domain.clause_values import State
from modtui.domain.events import Event, standing_verdicts
from modtui.domain.policies import Answer
from modtui.domain.rulings import Case, rule
from modtui.services.reviewing import Previous

TARGETING = frozenset({"markets", "languages", "ages", "gender", "interests", "shares", "placements"})
"Components that no check asks about: what an answer says of the creative holds whoever sees it."


def changes_between(then: Ad, now: Ad) -> tuple[tuple[str, str, str], ...]:
    """Each component whose content differs, with the text then and now; empty where it was not there."""
    before, after = components(then), components(now)
    names = dict.fromkeys((*after, *before))
    return tuple(
        (name, before.get(name, ""), after.get(name, "")) for name in names if before.get(name) != after.get(name)
    )


def components(ad: Ad) -> dict[str, str]:
    """The parts of an ad that make up a version, each as text."""
    parts = {name: text for name, text in ad.texts() if name not in ("page.title", "page.text")}
    audience, creative, who = ad.audience, ad.creative, ad.advertiser
    parts["markets"] = " ".join(ad.markets)
    parts["languages"] = " ".join(ad.languages)
    if audience.min_age is not None or audience.max_age is not None:
        parts["ages"] = f"{audience.min_age or 0}-{audience.max_age or ''}"
    parts["gender"] = audience.gender or ""
    parts["interests"] = ", ".join(audience.interests)
    parts["shares"] = ", ".join(str(share) for share in audience.shares)
    parts["placements"] = " ".join(audience.placements)
    parts["industry"] = ad.industry or ""
    parts["format"] = creative.format or ""
    parts["ai declared"] = {True: "yes", False: "no", None: ""}[creative.ai_declared]
    for number, media in enumerate(ad.media):
        parts[f"media.{number}"] = f"{media.path} {media.sha256 or ''}".strip()
    parts["advertiser"] = " / ".join(part for part in (who.name, who.payer, who.behalf) if part)
    return {name: text for name, text in parts.items() if text}


def previous_of(case: Case, events: Iterable[Event], content_hash: str, payloads: Mapping[str, str]) -> Previous | None:
    """The last standing verdict on other content of the ad, held against the content it has now.

    `payloads` maps content hash to the stored JSON of each version.
    """
    earlier = [
        event
        for event in standing_verdicts(events)
        if isinstance(event, Event) and event.subject and event.subject.content_hash != content_hash
    ]
    if not earlier:
        return None
    last, now = earlier[-1], case.ad
    payload = payloads.get(last.subject.content_hash) if last.subject else None
    then = ad_from_payload(json.loads(payload)) if payload else now
    if not then.markets and "default_markets" in last.body:
        then = replace(then, markets=tuple(last.body["default_markets"]))
    changes = changes_between(then, now)
    changed = {name for name, _, _ in changes}
    return replace(
        verdict_words(last),
        changes=changes,
        unchanged=tuple(name for name in components(now) if name not in changed),
        fixes=tuple(_fixes(last, changed, _cuts(then, case, last) - _cuts(now, case, last))),
    )


def verdict_words(verdict: Event, now: Ad | None = None) -> Previous:
    """What a verdict said. With `now`, the ad it was said of has the same content still."""
    body = verdict.body
    findings = body.get("findings", ())
    evidence = {found["check"]: tuple(found["evidence"]) for found in findings if found.get("evidence")}
    return Previous(
        outcome=str(body.get("outcome", "")),
        decided_at=verdict.at,
        reviewer=verdict.actor,
        words=f"{body.get('outcome', '?')} {' '.join(found['check'] for found in findings)}".strip(),
        answers=dict(body.get("answers", {})),
        changes=(),
        unchanged=tuple(components(now)) if now else (),
        fixes=(),
        catalog_hash=verdict.catalog_hash,
        evidence=evidence,
    )


def _fixes(verdict: Event, changed: Collection[str], cured: Collection[str]) -> Iterable[tuple[str, bool | None]]:
    """Each fix asked for, with whether it was made, as far as a change tells.

    It was where the component the finding was about has changed, or where the same answer does no harm any more because
    the targeting has. Without a place nobody can tell.
    """
    for found in verdict.body.get("findings", ()):
        places = {str(place.get("component")) for place in found.get("evidence", ())}
        texts = [str(clause["text"]) for clause in found.get("clauses", ()) if clause.get("text")]
        made = True if found["check"] in cured else bool(places & set(changed)) if places else None
        for text in dict.fromkeys(texts):
            yield text, made


def _cuts(ad: Ad, case: Case, verdict: Event) -> set[str]:
    """The checks that cut, hold or limit some cell of an ad under the answers of a verdict."""
    answers = {check_id: Answer(answer) for check_id, answer in verdict.body.get("answers", {}).items()}
    ruling = rule(ad, case.catalog, answers, case.as_of)
    return {cause.check_id for cell in ruling.cells for cause in cell.causes if cause.state > State.LABELLED}


def answers_that_still_hold(previous: Previous, case: Case) -> dict[str, str]:
    """The earlier answers that may be offered: those whose evidence is on components that did not change.

    An answer without evidence, as every no is, speaks of the whole ad: it holds while nothing but the targeting
    changed. Whether a document is missing is always asked anew.
    """
    changed = {name for name, _, _ in previous.changes}
    known = case.catalog.check_by_id
    return {
        check_id: answer
        for check_id, answer in previous.answers.items()
        if check_id in known
        and known[check_id].need is None
        and not (_places(previous, check_id) or changed - TARGETING) & changed
    }


def _places(previous: Previous, check_id: str) -> set[str]:
    return {str(place.get("component")) for place in previous.evidence.get(check_id, ())}
