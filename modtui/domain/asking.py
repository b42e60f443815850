"""What has to be asked before it can be told what a past decision comes to under another catalog."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec import Struct

from modtui.domain.cues import ad_hits, is_of_industry, lit_root, may_hit
from modtui.domain.hidden_cues import hidden_hits
from modtui.domain.past_cases import PastCase
from modtui.domain.policies import Answer, Check
from modtui.domain.touched import Touched, applying_anywhere


class Asked(Struct, frozen=True):
    """A check that nobody has answered for this ad in the words it has now."""

    check_id: str
    is_lit: bool = False
    "Whether something on the ad points at it."


class Asking:
    """Finds, for any number of past decisions, the checks that nobody has answered in the words they have now."""

    def __init__(self, touched: Touched) -> None:
        self.touched = touched
        self._applying: dict[str, frozenset[str]] = {}
        self._children: dict[str, list[Check]] = {}
        "Those asked anew by their first parent."
        for check in touched.new_children:
            self._children.setdefault(check.when[0][0], []).append(check)
        self._answered_now = touched.newly_answered & self._children.keys()

    def of(self, past: PastCase) -> Iterator[Asked]:
        """The checks asked anew that the new catalog shows for this ad and its data does not answer: lit ones first."""
        touched = self.touched
        roots = [check for check in touched.new_roots if self._applies(check.id, past)]
        children = [
            check for check in self._near(past) if self._may_be_asked(check, past) and self._applies(check.id, past)
        ]
        if not (roots or children):
            return
        lit = self._lit(past).union(check.id for check in roots if past.fact(check) is Answer.YES)
        shown = [check for check in roots if self._is_shown(check, past, lit)]
        if children:
            case = past.under_new()
            answers = past.decision.answers
            asked = (check for check in children if case.is_asked(check, answers))
            shown += [check for check in asked if check.id in answers or case.fact(check) is None]
        shown.sort(key=lambda check: (check.id not in lit, check.order))
        yield from (Asked(check.id, check.id in lit) for check in shown)

    def _is_shown(self, check: Check, past: PastCase, lit: frozenset[str]) -> bool:
        """Whether a check that needs no parent stands beside the ad, and waits for an answer."""
        new, industry = self.touched.new, past.ad.industry
        policy = new.policy_of(check)
        if check.id in past.decision.answers:
            return True  # whatever the data says: a reviewer has had a word to say there
        is_here = (
            check.id in lit
            or policy.is_universal
            or is_of_industry(policy.cues, industry)
            or is_of_industry(check.cues, industry)
        )
        return is_here and past.fact(check) is None

    def _near(self, past: PastCase) -> Iterable[Check]:
        """The children asked anew whose first parent was answered, or is now."""
        decision = past.decision
        if decision.facts is None or not self._children:
            return self.touched.new_children
        parents = {*decision.answers, *decision.facts, *self._answered_now}
        return (check for parent_id in parents for check in self._children.get(parent_id, ()))

    def _may_be_asked(self, check: Check, past: PastCase) -> bool:
        """Whether the answers, or data that may answer otherwise now, can have a child asked at all."""
        answers, facts = past.decision.answers, past.decision.facts
        if facts is None:
            return True
        return all(
            (answers.get(parent_id) or facts.get(parent_id)) is wanted or parent_id in self.touched.newly_answered
            for parent_id, wanted in check.when
        )

    def _applies(self, check_id: str, past: PastCase) -> bool:
        """Whether a yes could mean anything where the ad goes."""
        anywhere = self._applying.get(past.as_of)
        if anywhere is None:
            anywhere = self._applying[past.as_of] = applying_anywhere(self.touched.new, past.as_of)
        return check_id in anywhere or past.can_apply(check_id)

    def _lit(self, past: PastCase) -> frozenset[str]:
        """The checks that something on the ad points at, those among them that stand for a child of theirs."""
        index, new = self.touched.cues, self.touched.new
        if index is None:
            return frozenset()
        hidden = hidden_hits(index, past.ad)
        found = ad_hits(index, past.ad, hidden) if hidden or may_hit(index, past.ad) else ()
        hits = [check_id for check_id in {hit.check_id for hit in found} if self._applies(check_id, past)]
        return frozenset((*hits, *(lit_root(new.check_by_id[check_id], new).id for check_id in hits)))
