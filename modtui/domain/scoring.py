"""Answers held against the key: what was right, what was missed, what was too much, and of which kind an error is."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from modtui.domain.ads import Ad
from modtui.domain.attempts import Attempt
from modtui.domain.catalog import Catalog
from modtui.domain.counted_findings import counted_findings, deciding_check
from modtui.domain.packs import Key
from modtui.domain.policies import Answer
from modtui.domain.rulings import Case, Ruling, rule_case

FALSE_ALARM, MISS, WRONG_SELECTION = "false alarm", "miss", "wrong selection"
"Stopped what may run; let run what may not; right to act, by another check or in another way (TSPA curriculum)."


class Ruled(Struct, frozen=True):
    """What a learner's answers lead to, worked out again."""

    derived: str
    checks: tuple[str, ...]
    first: str


class Marked(Struct, frozen=True):
    """One first answer held against its key."""

    ad: str
    gold: str
    "The right outcome."
    said: str
    "The learner's."
    gold_checks: tuple[str, ...]
    checks: tuple[str, ...]
    gold_first: str
    first: str
    outcome_right: bool
    set_right: bool
    first_right: bool
    "The same check decides; where nothing is to be stopped, nothing decides."
    is_right: bool
    "What counts: the outcome, and the check it rests on; or an answer that is accepted too."
    is_clean: bool
    active_ms: int = 0
    confidence: str = ""
    is_late: bool = False
    doubt: str = ""
    "What does not fit together in the attempt itself, in words."

    @property
    def error(self) -> str:
        """The kind of error; empty for a right answer."""
        if self.is_right:
            return ""
        if self.is_clean:
            return FALSE_ALARM
        return MISS if self.said == "approve" else WRONG_SELECTION

    @property
    def missed(self) -> tuple[str, ...]:
        return tuple(check for check in self.gold_checks if check not in self.checks)

    @property
    def too_much(self) -> tuple[str, ...]:
        return tuple(check for check in self.checks if check not in self.gold_checks)


def ruled(ad: Ad, catalog: Catalog, answers: Mapping[str, Answer], as_of: str) -> Ruled:
    """What answers to an ad of a pack lead to."""
    known = {check_id: answer for check_id, answer in answers.items() if check_id in catalog.check_by_id}
    ruling: Ruling = rule_case(Case(ad, catalog, as_of), known)
    return Ruled(ruling.outcome.value, counted_findings(ruling, known), deciding_check(ruling, known))


def mark(attempt: Attempt, key: Key, found: Ruled) -> Marked:
    """Hold an attempt against the key. `found` is worked out from its answers, not taken from the attempt."""
    said, doubt = _said(attempt, found)
    outcome_right = said == key.outcome
    set_right = set(found.checks) == set(key.checks)
    first_right = outcome_right if key.is_clean else found.first == key.first
    is_accepted = any(
        said == other.outcome and (not other.checks or set(found.checks) == set(other.checks)) for other in key.accepted
    )
    return Marked(
        attempt.ad,
        key.outcome,
        said,
        key.checks,
        found.checks,
        key.first,
        found.first,
        outcome_right,
        set_right,
        first_right,
        is_accepted or (outcome_right and first_right),
        key.is_clean,
        attempt.active_ms,
        attempt.confidence,
        attempt.is_late,
        doubt,
    )


def _said(attempt: Attempt, found: Ruled) -> tuple[str, str]:
    """The outcome a learner stands by, and what does not fit: an outcome needs answers that lead to it, or a reason."""
    if attempt.derived != found.derived:
        return found.derived, f"it says that its answers lead to {attempt.derived}, and they lead to {found.derived}"
    if attempt.outcome == found.derived or attempt.override or attempt.escalation or attempt.documents:
        return attempt.outcome, ""
    return found.derived, f"it says {attempt.outcome} without a reason, and its answers lead to {found.derived}"
