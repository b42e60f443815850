"""How far reviewers agree who judged the same ads without knowing of each other: outcomes, findings, check by check.

Counted as it is fed, ad by ad; alike ads share their rows. Nobody is ranked: people stand by name, with a figure where
they gave enough answers.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from functools import partial
from itertools import combinations

from msgspec import Struct

from modtui.domain.agreement import (
    Coefficient,
    Units,
    fleiss_kappa,
    gwet_ac1,
    gwet_ac2,
    label_counts,
    linear,
    percent_agreement,
    tabulate,
)
from modtui.domain.alpha import Distance, bootstrapped, jaccard_distance, masi_distance, nominal
from modtui.domain.intervals import Rate
from modtui.domain.resampling import Choose, Tell, raw_agreement, times_for, with_intervals
from modtui.domain.rulings import Outcome
from modtui.domain.two_raters import cohen_kappa

OUTCOMES = tuple(outcome.value for outcome in Outcome)
STRICTNESS = ("approve", "approve_limited", "request_info", "reject")
"Outcomes on one scale, for AC2; an escalation lies nowhere on it."
ENOUGH = 20
"Ads behind any figure about a person or a pair."
SHOWN_CHECKS, SHOWN_PAIRS = 15, 15


class Judgement(Struct, frozen=True):
    """What one person said of an ad."""

    who: str
    outcome: str
    checks: frozenset[str]


class OnCheck(Struct, frozen=True):
    """How far pairs of people agree that an ad fails a check."""

    check: str
    both: int
    one: int
    "Pairs of which only one found it."

    @property
    def positive(self) -> float | None:
        """Specific agreement 2a / (2a + b + c)."""
        return 2 * self.both / (2 * self.both + self.one) if self.both + self.one else None


class Person(Struct, frozen=True):
    """One reviewer beside the others."""

    name: str
    ads: int
    agreed: Rate | None
    "Same outcome, of all comparisons with another person; None with fewer than 20 ads."


class Pair(Struct, frozen=True):
    """Two reviewers and the ads both judged."""

    one: str
    other: str
    ads: int
    kappa: Coefficient
    "Cohen's, of outcomes."


class TeamAgreement(Struct, frozen=True):
    """All of it; any coefficient may be undefined, with the reason."""

    ads: int
    people: int
    raw: Coefficient
    ac1: Coefficient
    cohen: Coefficient | None
    "None where more than two people judged: see `pairs`."
    fleiss: Coefficient
    ac2: Coefficient
    "Of outcomes on the scale from approve to reject, linear weights; ads somebody escalated are left out."
    alpha: Coefficient
    alpha_sets: Coefficient
    "Of sets of findings, by MASI."
    alpha_jaccard: Coefficient
    set_sizes: Mapping[int, int]
    outcomes: Mapping[str, int]
    "How often each was said: chance agreement depends on it."
    checks: tuple[OnCheck, ...]
    "Those people differ on, most often first."
    persons: tuple[Person, ...]
    "By name."
    pairs: tuple[Pair, ...]
    "Who judged at least 20 ads in common, by name."
    draws: int
    "Behind each interval."


class TeamTally:
    """Judgements on their way to figures."""

    def __init__(self) -> None:
        self._outcomes: list[tuple[str, ...]] = []
        self._sets: list[tuple[frozenset[str], ...]] = []
        self._known: dict[tuple[object, ...], tuple[object, ...]] = {}
        self._both: Counter[str] = Counter()
        self._one: Counter[str] = Counter()
        self._ads: Counter[str] = Counter()
        self._same: Counter[str] = Counter()
        self._compared: Counter[str] = Counter()
        self._pairs: dict[tuple[str, str], Counter[tuple[str, str]]] = {}

    @property
    def ads(self) -> int:
        return len(self._outcomes)

    def take(self, said: Sequence[Judgement]) -> None:
        """The judgements of one ad, each by another person. Fewer than two say nothing about agreement."""
        if len(said) < 2:
            return
        said = sorted(said, key=lambda each: each.who)
        outcomes, sets = tuple(each.outcome for each in said), tuple(each.checks for each in said)
        self._outcomes.append(self._known.setdefault(outcomes, outcomes))  # type: ignore[arg-type]
        self._sets.append(self._known.setdefault(sets, sets))  # type: ignore[arg-type]
        self._ads.update(each.who for each in said)
        for one, other in combinations(said, 2):
            self._both.update(one.checks & other.checks)
            self._one.update(one.checks ^ other.checks)
            for who in (one.who, other.who):
                self._compared[who] += 1
                self._same[who] += one.outcome == other.outcome
            self._pairs.setdefault((one.who, other.who), Counter())[one.outcome, other.outcome] += 1

    def figures(self, choose: Choose, on_progress: Tell | None = None) -> TeamAgreement:
        """Everything with its intervals. `choose` draws ads again; takes seconds, so never on a thread that draws."""
        times = times_for(self.ads)
        tell = on_progress or (lambda *_: None)
        table = tabulate(self._outcomes, OUTCOMES)
        scaled = tabulate([row for row in self._outcomes if Outcome.ESCALATE.value not in row], STRICTNESS)

        def step(number: int) -> Tell:
            return lambda done, total: tell((number * total + done), 5 * total)

        drawn = partial(with_intervals, choose=choose, times=times)
        raw, ac1, fleiss = drawn(table, [percent_agreement, gwet_ac1, fleiss_kappa], on_progress=step(0))
        ac2 = drawn(scaled, [partial(gwet_ac2, weights=linear)], on_progress=step(1))[0]
        alpha, masi, jaccard = (
            bootstrapped(units, distance, choose, times=times, on_progress=step(number))
            for number, (units, distance) in enumerate(self._by_distance(), 2)
        )
        pairs = [self._pair(names) for names in sorted(self._pairs)]
        return TeamAgreement(
            ads=self.ads,
            people=len(self._ads),
            raw=raw_agreement(table) or raw,
            ac1=ac1,
            cohen=pairs[0].kappa if len(self._ads) == 2 else None,
            fleiss=fleiss,
            ac2=ac2,
            alpha=alpha,
            alpha_sets=masi,
            alpha_jaccard=jaccard,
            set_sizes=label_counts(each for row in self._sets for each in row),
            outcomes=Counter(outcome for row in self._outcomes for outcome in row),
            checks=self._checks(),
            persons=tuple(self._person(name) for name in sorted(self._ads, key=str.casefold)),
            pairs=tuple(pair for pair in pairs if pair.ads >= ENOUGH)[:SHOWN_PAIRS],
            draws=times,
        )

    def _by_distance(self) -> list[tuple[Units, Distance]]:
        return [(self._outcomes, nominal), (self._sets, masi_distance), (self._sets, jaccard_distance)]

    def _checks(self) -> tuple[OnCheck, ...]:
        order = sorted(self._one, key=lambda check: (-self._one[check], check))
        return tuple(OnCheck(check, self._both[check], self._one[check]) for check in order[:SHOWN_CHECKS])

    def _person(self, name: str) -> Person:
        enough = self._ads[name] >= ENOUGH
        return Person(name, self._ads[name], Rate(self._same[name], self._compared[name]) if enough else None)

    def _pair(self, names: tuple[str, str]) -> Pair:
        counted = self._pairs[names]
        table = [[counted[one, other] for other in OUTCOMES] for one in OUTCOMES]
        return Pair(*names, counted.total(), cohen_kappa(table))
