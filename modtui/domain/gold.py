"""Gold: an ad with an answer that is known to be right, where it came from, and what makes a pack's key of it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from msgspec import Struct, field

from modtui.domain.ads import Ad
from modtui.domain.cases import Case
from modtui.domain.catalog import Catalog
from modtui.domain.clauses import rows_in_force
from modtui.domain.counted_findings import counted_findings, deciding_check
from modtui.domain.evidence import Evidence, is_within
from modtui.domain.packs import Accepted, Key, Rationale
from modtui.domain.policies import Answer, Check
from modtui.domain.relevance import Worksheet
from modtui.domain.rulings import Outcome, Ruling

EASY, MIXED, HARD = 1, 2, 3
MOST_TRIGGERS = 4
NO_REASON = "nobody said why: it has no note, no evidence and no `why`"


class Gold(Struct, frozen=True):
    """One ad with its right answer."""

    origin: str
    "Where it came from, in words that name it: `decision 019a…`, `example alcohol.product: wine shop`."
    name: str
    "What a trainer calls the ad: its id where it came from."
    ad: Ad
    as_of: str
    "ISO date by which it is ruled."
    answers: Mapping[str, Answer]
    outcome: str = ""
    "As somebody confirmed it; empty for what follows from the answers."
    why: str = ""
    evidence: Mapping[str, tuple[Evidence, ...]] = field(default_factory=dict)
    accepted: tuple[Accepted, ...] = ()
    is_settled: bool = False
    "Whether the outcome stands although the answers alone lead to another: a question or a document was added."
    policy: str = ""
    "The policy a clean ad is a look-alike of, where its source says so."
    stale: str = ""
    "What has changed since, in words; empty when nothing has."
    agreed: int = 1
    "How many people came to this answer, independently."
    is_adjudicated: bool = False
    folders: tuple[str, ...] = ()
    "Where its media lie."


class Weighed(Struct, frozen=True):
    """Gold held against a catalog: its key, and what a pack is balanced by."""

    gold: Gold
    key: Key
    digest: str
    "SHA-256, in hex, of what the ad shows: orders ads in a way that says nothing of them, and finds the same ad again."
    policy: str
    "Of the check that decides; of a clean ad, the one it looks like breaking; empty for neither."
    looks_alike: bool
    "A clean ad at which some cue points, or that a policy shows as its counter-example."
    trouble: str = ""
    "Why it cannot be gold, in words; empty when it can."

    @property
    def is_clean(self) -> bool:
        return self.key.is_clean


def key_of(
    gold: Gold, case: Case, sheet: Worksheet, ruling: Ruling, *, suggested: Mapping[str, tuple[Evidence, ...]]
) -> Key:
    """The key to an ad. `suggested` is evidence that cues point to, for findings without any of their own."""
    checks = counted_findings(ruling, gold.answers)
    first = deciding_check(ruling, gold.answers)
    evidence = {
        check_id: tuple(
            place for place in gold.evidence.get(check_id) or suggested.get(check_id, ()) if is_within(place, gold.ad)
        )
        for check_id in checks
    }
    evidence = {check_id: places for check_id, places in evidence.items() if places}
    return Key(
        outcome=gold.outcome or ruling.outcome.value,
        answers=dict(sorted(gold.answers.items())),
        rationale=_rationale(gold, case, sheet, first, evidence),
        checks=checks,
        first=first,
        evidence=evidence,
        accepted=gold.accepted,
        basis={check.id: meaning(check, case) for check in _rested_on(gold, case, checks)},
        origin=gold.origin,
        difficulty=_difficulty(checks, sheet),
        stale=bool(gold.stale),
    )


def trouble_with(gold: Gold, key: Key, ruling: Ruling, catalog: Catalog) -> str:
    """Why this cannot be gold, in words; empty when it can."""
    unknown = [check_id for check_id in gold.answers if check_id not in catalog.check_by_id]
    if unknown:
        return f"it answers {unknown[0]}, which the catalog does not have"
    if key.outcome not in {outcome.value for outcome in Outcome}:
        return f"its outcome '{key.outcome}' is none"
    if key.outcome != ruling.outcome and not gold.is_settled:
        return f"its answers lead to {ruling.outcome}, and it says {key.outcome}"
    if ruling.unsure and not gold.is_settled:
        return f"it is unsure of {ruling.unsure[0]}"
    return "" if key.rationale.why else NO_REASON


def meaning(check: Check, case: Case) -> str:
    """What a check means for an ad, as 16 hex digits: its question, and the rows in force where the ad goes."""
    rows = sorted(
        {row.hash for market in case.grid.markets for row in rows_in_force(check, market, case.catalog, case.as_of)}
    )
    return hashlib.sha256("\0".join((check.id, check.ask, *rows)).encode("utf-8", "replace")).hexdigest()[:16]


def changed_since(key: Key, case: Case) -> tuple[str, ...]:
    """The checks a key rests on that mean something else by now, or are gone: such gold is stale."""
    known = case.catalog.check_by_id
    return tuple(
        check_id
        for check_id, meant in key.basis.items()
        if check_id not in known or meaning(known[check_id], case) != meant
    )


def _rested_on(gold: Gold, case: Case, checks: tuple[str, ...]) -> list[Check]:
    """The checks somebody or a fact answered, in catalog order; a need goes with the check that has it."""
    named = {*gold.answers, *checks}
    return [check for check in case.catalog.checks if check.id in named and check.need is None]


def _rationale(
    gold: Gold, case: Case, sheet: Worksheet, first: str, evidence: Mapping[str, tuple[Evidence, ...]]
) -> Rationale:
    """Why, prefilled: the words somebody wrote, else what the evidence says, else what the cues point at in vain."""
    places = evidence.get(first, ()) or tuple(place for found in evidence.values() for place in found)
    triggers = tuple(dict.fromkeys(trigger for place in places if (trigger := _place_words(place))))[:MOST_TRIGGERS]
    why = gold.why.strip()
    known = case.catalog.check_by_id
    if not why and first and triggers and gold.evidence.get(first):
        why = f"{triggers[0]} makes the answer yes to: {known[first].ask}"
    if not why and not first:
        denied = [hit for hit in sheet.hits if gold.answers.get(hit.check_id) is Answer.NO and hit.text]
        if denied:
            hit = denied[0]
            why = f"“{hit.text}” points at “{known[hit.check_id].ask}”, and the answer is no: nothing else is wrong."
    return Rationale(why, first, triggers)


def _place_words(place: Evidence) -> str:
    if place.quote:
        return f"“{place.quote}” ({place.component})"
    if place.start_ms is not None:
        return f"{place.component} at {place.start_ms // 60_000}:{place.start_ms // 1000 % 60:02}"
    return place.component


def _difficulty(checks: tuple[str, ...], sheet: Worksheet) -> int:
    """How far the cues lead to the answer: all the way, in part, or astray."""
    found = {check_id for check_id in checks if "@" not in check_id}
    lit = {line.check.id for line in sheet.lit} | sheet.lit_ids
    if not found:
        return EASY if not lit else HARD if len(lit) > 1 else MIXED
    return EASY if found <= lit else HARD if not found & lit else MIXED


def policy_of(gold: Gold, key: Key, sheet: Worksheet, catalog: Catalog) -> tuple[str, bool]:
    """The policy an ad is about, and whether a clean one is a look-alike."""
    if key.checks:
        return catalog.check_by_id[key.first or key.checks[0]].policy_id, key.is_clean
    denied = next((check_id for check_id, answer in gold.answers.items() if answer is Answer.NO), "")
    lit = next((line.check.policy_id for line in sheet.lit), "")
    policy = gold.policy or (catalog.check_by_id[denied].policy_id if denied in catalog.check_by_id else "") or lit
    return policy, bool(gold.policy or denied or lit)
