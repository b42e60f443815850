"""One past decision with the ad as it was then, read when something asks for it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from modtui.domain.ads import Ad
from modtui.domain.need_facts import check_fact
from modtui.domain.past_decisions import PastDecision, ad_then
from modtui.domain.policies import Answer, Check
from modtui.domain.rulings import Case
from modtui.domain.touched import Touched


class PastCase:
    """A decision that is held against another catalog."""

    def __init__(self, decision: PastDecision, load: Callable[[], Ad], touched: Touched) -> None:
        """`load` gives the ad as it is stored."""
        self.decision, self.touched = decision, touched
        self.as_of = touched.as_of or decision.as_of
        self._load = load
        self._ad: Ad | None = None
        self._scope: Case | None = None
        self._facts: dict[str, Answer | None] | None = None

    @property
    def ad(self) -> Ad:
        if self._ad is None:
            self._ad = ad_then(self._load(), self.decision)
        return self._ad

    @property
    def facts(self) -> Mapping[str, Answer | None]:
        """What the ad's data answers to the checks of the new catalog: what it did, and anew where they changed."""
        if self._facts is None:
            then, touched = self.decision.facts, self.touched
            self._facts = {
                check.id: check_fact(check, self.ad, touched.new, (), self.as_of)
                if then is None or check.id in touched.refacted_ids
                else then.get(check.id)
                for check in touched.new.checks_with_facts
            }
        return self._facts

    def fact(self, check: Check) -> Answer | None:
        """What the ad's data answers to a check of the new catalog that is no need."""
        return self.facts[check.id] if check.facts else None

    def under_new(self) -> Case:
        """The ad under the new catalog, as far as facts are known with them."""
        return Case(self.ad, self.touched.new, self.as_of, self.facts)

    def can_apply(self, check_id: str) -> bool:
        """Whether a yes could mean anything where the ad goes: no fact has a say in that."""
        if self._scope is None:
            self._scope = Case(self.ad, self.touched.new, self.as_of)
        return self._scope.can_apply(self.touched.new.check_by_id[check_id])
