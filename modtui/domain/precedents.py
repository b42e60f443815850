"""Precedents: how near-identical ads were decided, which answers hold for this ad, and what goes against them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from msgspec import Struct, field

from modtui.domain.catalog import Catalog
from modtui.domain.events import Event
from modtui.domain.evidence import Evidence
from modtui.domain.policies import Answer, Check
from modtui.domain.rulings import Case, Outcome, Ruling, rule_case

if TYPE_CHECKING:
    from modtui.domain.touched import Touched

SETTLED = ("decided", "waiting_document")
"States after which nobody has to say more of the answers: neither a second reviewer nor a route."


class TwinVerdict(Struct, frozen=True):
    """How one near-identical ad was decided: its newest standing verdict on the content it has now."""

    event_id: str
    "UUIDv7, so that later ones sort behind."
    reviewer: str
    at: str
    outcome: str
    state: str
    checks: tuple[str, ...] = ()
    "Ids of the checks found, in the order of the decision."

    @property
    def is_settled(self) -> bool:
        return self.state in SETTLED


class Part(Struct, frozen=True):
    """One outcome among the twins."""

    outcome: str
    count: int
    checks: tuple[tuple[str, int], ...]
    "Check id and how many of the decisions found it, the most first."
    newest_at: str


class Precedent(Struct, frozen=True):
    """An earlier decision on a near-identical ad, as far as another ad can take it over."""

    event_id: str
    ad_id: str
    reviewer: str
    at: str
    outcome: str
    derived: str
    "The outcome that followed from the answers, before the reviewer overrode it."
    answers: Mapping[str, Answer]
    clauses: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    "Check found to the hashes of the rows that the finding rested on."
    evidence: Mapping[str, tuple[Evidence, ...]] = field(default_factory=dict)
    catalog_hash: str = ""

    @property
    def checks(self) -> tuple[str, ...]:
        """The checks found."""
        return tuple(self.clauses)


class Offer(Struct, frozen=True):
    """What of a precedent holds for the ad at hand."""

    precedent: Precedent
    answers: Mapping[str, Answer]
    evidence: Mapping[str, tuple[Evidence, ...]]
    left: tuple[str, ...] = ()
    "Ids of the checks whose answers were left behind: the catalog has changed, or they ask for this ad's own papers."
    expected: Outcome | None = None
    "What the ad would come to by these answers; None where that says nothing, and so nothing goes against it."


def split_of(verdicts: Iterable[TwinVerdict]) -> tuple[Part, ...]:
    """The outcomes of settled verdicts, the most frequent first and of equals the one with the newest."""
    by_outcome: dict[str, list[TwinVerdict]] = {}
    for verdict in verdicts:
        if verdict.is_settled:
            by_outcome.setdefault(verdict.outcome, []).append(verdict)
    newest = {outcome: max(found, key=lambda each: each.event_id) for outcome, found in by_outcome.items()}
    order = sorted(by_outcome, key=lambda outcome: (len(by_outcome[outcome]), newest[outcome].event_id), reverse=True)
    return tuple(
        Part(outcome, len(by_outcome[outcome]), _by_check(by_outcome[outcome]), newest[outcome].at)
        for outcome in order
    )  # fmt: skip


def _by_check(verdicts: Iterable[TwinVerdict]) -> tuple[tuple[str, int], ...]:
    counts = Counter(check_id for verdict in verdicts for check_id in dict.fromkeys(verdict.checks))
    return tuple(sorted(counts.items(), key=lambda found: (-found[1], found[0])))


def newest_first(verdicts: Iterable[TwinVerdict]) -> tuple[TwinVerdict, ...]:
    return tuple(sorted(verdicts, key=lambda verdict: verdict.event_id, reverse=True))


def precedent_of(event: Event) -> Precedent:
    """A verdict as a precedent."""
    body = event.body
    findings = [found for found in body.get("findings", ()) if found.get("check")]
    return Precedent(
        event_id=event.id,
        ad_id=event.subject.ad_id if event.subject else "",
        reviewer=event.actor,
        at=event.at,
        outcome=str(body.get("outcome", "")),
        derived=str(body.get("derived", body.get("outcome", ""))),
        answers={check_id: Answer(answer) for check_id, answer in (body.get("answers") or {}).items()},
        clauses={
            str(found["check"]): tuple(str(clause.get("hash", "")) for clause in found.get("clauses", ()))
            for found in findings
        },
        evidence={
            str(found["check"]): tuple(Evidence.from_json(dict(place)) for place in found["evidence"])
            for found in findings
            if found.get("evidence")
        },
        catalog_hash=event.catalog_hash,
    )


def answers_that_hold(
    precedent: Precedent, catalog: Catalog, touched: Touched | None
) -> tuple[dict[str, Answer], tuple[str, ...]]:
    """The answers that mean the same under this catalog, and the ids of the checks for which they do not.

    `touched` holds the precedent's catalog against this one; None where that one is not known here, and then only a
    finding holds whose rows all stand here still. What this ad's own papers answer is always asked anew.
    """
    if precedent.catalog_hash == catalog.hash:
        asked = {check_id for check_id in precedent.answers if check_id in catalog.check_by_id}
    else:
        asked = {check_id for check_id in precedent.answers if _means_the_same(precedent, check_id, catalog, touched)}
    kept = {
        check_id: answer
        for check_id, answer in precedent.answers.items()
        if check_id in asked and catalog.check_by_id[check_id].need is None
    }
    return kept, tuple(check_id for check_id in precedent.answers if check_id not in kept)


def _means_the_same(precedent: Precedent, check_id: str, catalog: Catalog, touched: Touched | None) -> bool:
    check = catalog.check_by_id.get(check_id)
    if check is None:
        return False
    rests_on = precedent.clauses.get(check_id, ())
    stands = set(rests_on) <= _row_hashes(check)
    if touched is None:
        return precedent.answers[check_id] is Answer.YES and bool(rests_on) and stands
    if check_id in touched.asked_anew or check_id in touched.ruled - touched.only_rows:
        return False
    return precedent.answers[check_id] is not Answer.YES or stands


def _row_hashes(check: Check) -> set[str]:
    return {row.hash for rows in (check.clauses, *check.markets.values()) for row in rows}


def offer_of(precedent: Precedent, case: Case, touched: Touched | None) -> Offer:
    """What a precedent offers an ad, and the outcome it would then have: its own, in its own markets."""
    kept, left = answers_that_hold(precedent, case.catalog, touched)
    evidence = {check_id: places for check_id, places in precedent.evidence.items() if check_id in kept}
    is_whole = not any(
        precedent.answers[check_id] is not Answer.NO and _is_of_the_creative(check_id, case.catalog)
        for check_id in left
    )
    expected = _expected(precedent, rule_case(case, kept)) if is_whole else None
    return Offer(precedent, kept, evidence, left, expected)


def _is_of_the_creative(check_id: str, catalog: Catalog) -> bool:
    """Whether a check asks about what is seen, not about a paper; one the catalog knows no more may have."""
    check = catalog.check_by_id.get(check_id)
    return check is None or check.need is None


def _expected(precedent: Precedent, ruling: Ruling) -> Outcome | None:
    """The outcome that would be no surprise; of a decision against its derivation only where the derivation agrees."""
    if precedent.outcome != precedent.derived:
        final = next((each for each in Outcome if each.value == precedent.outcome), None)
        if final is None or ruling.outcome.value != precedent.derived:
            return None
        expected = final
    else:
        expected = ruling.outcome
    return None if expected is Outcome.ESCALATE else expected


def goes_against(offer: Offer | None, outcome: Outcome) -> bool:
    """Whether an outcome contradicts a precedent. To escalate contradicts nothing: others will answer."""
    if offer is None or offer.expected is None or outcome is Outcome.ESCALATE:
        return False
    return outcome is not offer.expected


class Taken(Struct, frozen=True):
    """What a reviewer took over from a precedent on this ad."""

    event_id: str
    answers: Mapping[str, Answer]

    def still(self, answers: Mapping[str, Answer]) -> tuple[str, ...]:
        """The checks that are answered as the precedent had it, in the order of their ids."""
        return tuple(check_id for check_id, given in sorted(self.answers.items()) if answers.get(check_id) is given)

    def as_json(self) -> dict[str, object]:
        return {"event": self.event_id, "given": {check_id: each.value for check_id, each in self.answers.items()}}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Taken:
        """As a draft keeps it."""
        return cls(str(data["event"]), {check_id: Answer(each) for check_id, each in (data.get("given") or {}).items()})
