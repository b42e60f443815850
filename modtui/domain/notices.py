"""What the advertiser is told of a decision: reason, clause and version, place, and what to change, in its language."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from msgspec import Struct

from modtui.domain.clause_values import State
from modtui.domain.clauses import Cause
from modtui.domain.decided import Verdict, reasons_for
from modtui.domain.evidence_words import places_words
from modtui.domain.policies import Policy
from modtui.domain.text import reveal

FALLBACK = "en"
"The language of a notice where the catalog has no reply in the ad's."
EMPTY_PHRASES = (
    "violates our polic", "does not comply with our polic", "goes against our polic", "for policy reasons",
    "at our discretion", "for any reason", "enfreint nos règles", "contraire à nos règles",
    "verstößt gegen unsere richtlinien", "entspricht nicht unseren richtlinien", "infringe nuestras normas",
    "incumple nuestras políticas", "当社のポリシーに違反しています", "ينتهك سياساتنا",
)  # fmt: skip
"What says nothing on which an advertiser could act. A reply may hold one only beside the fix."
FARES = {
    State.CUT: "not shown",
    State.HELD: "waits for a document",
    State.LIMITED: "limited",
    State.LABELLED: "marked",
}
_PLACEHOLDER = re.compile(r"\{\w*\}")


class Reference(Struct, frozen=True):
    """A clause a notice rests on."""

    policy: str
    title: str
    version: str
    clause: str
    "The hash of the row."
    basis: str
    ref: str
    "What the row rests on: a law, a code, a rule of the house."
    places: str
    "Where in the ad it was seen."


class Notice(Struct, frozen=True):
    """One message to one advertiser about one ad."""

    decision: str
    ad: str
    source: str
    outcome: str
    language: str
    text: str
    references: tuple[Reference, ...]
    unreviewed: bool
    "Whether nobody could check the reply in this language."
    fixes: tuple[str, ...]
    "What to change, in the words of the catalog."
    limits: tuple[str, ...]
    "Where the ad does not run, or runs with something added."


class Refused(Struct, frozen=True):
    """A notice that would not help its reader, and why."""

    decision: str
    ad: str
    reasons: tuple[str, ...]


def notice_of(verdict: Verdict, *, appeal: str = "") -> Notice | Refused | None:
    """The notice of a decision; None where nothing was refused, limited or asked for.

    `appeal` says how to object and stands at the end.
    """
    is_open = verdict.state in ("escalated", "second_review", "conflict")
    if is_open or verdict.decision.outcome in ("approve", "escalate"):
        return None
    decisive = _decisive(verdict)
    if not decisive:
        by_hand = "decided by hand, no clause stands for it: write this one yourself"
        return Refused(verdict.event_id, verdict.ad.id, (by_hand,))
    language = _language(verdict, [verdict.policy_of(cause) for cause in decisive])
    paragraphs: list[str] = []
    reasons: list[str] = []
    for policy, causes in _by_policy(verdict, decisive):
        fixes = list(dict.fromkeys(cause.text for cause in causes if cause.text))
        reply = policy.reply.get(language, "")
        reasons += faults(policy.id, reply, fixes, language)
        paragraphs.append(_PLACEHOLDER.sub(lambda _, fixes=fixes: " ".join(fixes), reply))  # type: ignore[misc]
    if reasons:
        return Refused(verdict.event_id, verdict.ad.id, tuple(reasons))
    parts = [*paragraphs, appeal] if appeal else paragraphs
    policies = [policy for policy, _ in _by_policy(verdict, decisive)]
    return Notice(
        verdict.event_id,
        verdict.ad.id,
        verdict.ad.source,
        verdict.decision.outcome,
        language,
        reveal("\n\n".join(part.strip() for part in parts)),
        tuple(_reference(verdict, cause) for cause in decisive),
        any(language in policy.reply_unreviewed for policy in policies),
        tuple(dict.fromkeys(cause.text for cause in decisive if cause.text)),
        tuple(_limits(verdict)),
    )


def faults(policy_id: str, reply: str, fixes: Sequence[str], language: str) -> Iterator[str]:
    """Why a reply would tell an advertiser nothing."""
    if not reply.strip():
        yield f"{policy_id}: no reply in {language} or {FALLBACK}: add one to the catalog"
        return
    unknown = [name for name in _PLACEHOLDER.findall(reply) if name != "{fix}"]
    if unknown:
        yield f"{policy_id}: the reply in {language} holds {', '.join(unknown)}, which nothing fills in"
    if not fixes:
        yield f"{policy_id}: nothing says what to change: give the check or its row a fix"
    is_empty = any(phrase in reply.casefold() for phrase in EMPTY_PHRASES)
    if is_empty and "{fix}" not in reply:
        yield f"{policy_id}: the reply in {language} says only that a rule was broken: put {{fix}} in it"


def _decisive(verdict: Verdict) -> list[Cause]:
    """The reasons that decide cells, strongest state first, each check and row once."""
    found: dict[tuple[str, str], Cause] = {}
    for cell in sorted(verdict.cells, key=lambda cell: -cell.state):
        if cell.state > State.LABELLED:
            for cause in reasons_for(cell):
                found.setdefault((cause.check_id, cause.clause.hash), cause)
    return list(found.values())


def _by_policy(verdict: Verdict, causes: Sequence[Cause]) -> list[tuple[Policy, list[Cause]]]:
    groups: dict[str, list[Cause]] = {}
    for cause in causes:
        groups.setdefault(verdict.policy_of(cause).id, []).append(cause)
    return [(verdict.policy_of(group[0]), group) for group in groups.values()]


def _language(verdict: Verdict, policies: Sequence[Policy]) -> str:
    """The ad's first language in which every policy has a reply, else the one to fall back on."""
    for language in (*verdict.languages, *(each.partition("-")[0] for each in verdict.languages)):
        if all(language.lower() in policy.reply for policy in policies):
            return language.lower()
    return FALLBACK


def _reference(verdict: Verdict, cause: Cause) -> Reference:
    policy, clause = verdict.policy_of(cause), cause.clause
    return Reference(
        policy.id,
        policy.title,
        verdict.catalog.version,
        clause.hash,
        clause.basis.name.lower(),
        clause.ref,
        places_words(verdict.evidence.get(cause.check_id, ())),
    )


def _limits(verdict: Verdict) -> Iterator[str]:
    for patch in verdict.limits():
        texts = "; ".join(patch.texts)
        where = f"{' '.join(patch.markets)}, {' '.join(map(str, patch.bands))}"
        yield f"{where}: {FARES[patch.state]}" + (f": {texts}" if texts else "")
