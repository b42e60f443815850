"""What a replay finds, added up as it goes: counts, the most frequent, and a few ads of each kind."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from msgspec import Struct, field

from modtui.domain.clause_values import State
from modtui.domain.flips import Flip
from modtui.domain.replay import Verdict

MOST_NAMES = 5_000
"Names counted by their own; of more only the most frequent are kept on, so that memory stays flat."
MOST_WORDS = 160


class Tally:
    """Counts by name. Exact for up to MOST_NAMES names; beyond, the rare ones are forgotten and it says so."""

    def __init__(self) -> None:
        self.counts: dict[str, int] = {}
        self.is_partial = False

    def add(self, name: str) -> None:
        self.counts[name] = self.counts.get(name, 0) + 1
        if len(self.counts) > 2 * MOST_NAMES:
            self.counts = dict(self.most(MOST_NAMES))
            self.is_partial = True

    def most(self, count: int | None = None) -> list[tuple[str, int]]:
        """Names and counts, the most frequent first."""
        return sorted(self.counts.items(), key=lambda item: (-item[1], item[0]))[:count]


class Sample(Struct, frozen=True):
    """One ad of a kind."""

    source: str
    ad_id: str
    advertiser: str
    event_id: str
    "Of the decision."
    words: str

    def as_json(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.__struct_fields__}


class Kind(Struct):
    """How many decisions are of one kind, and some of them."""

    count: int = 0
    lit: int = 0
    "On how many of the ads something points at the check."
    samples: list[Sample] = field(default_factory=list)
    _lit_samples: int = 0

    def add(self, sample: Sample, most: int, *, is_lit: bool = False) -> None:
        """Count one more; of the samples, those that are lit come first and push others out."""
        self.count += 1
        self.lit += is_lit
        if is_lit and self._lit_samples < most:
            self.samples.insert(self._lit_samples, sample)
            self._lit_samples += 1
            del self.samples[most:]
        elif len(self.samples) < most:
            self.samples.append(sample)

    def as_json(self) -> dict[str, Any]:
        return {"decisions": self.count, "samples": [sample.as_json() for sample in self.samples]}


class ReplayReport(Struct):
    """What would become of the decisions that were replayed. A decision may count in several of the three kinds."""

    version: str
    as_of: str | None
    decisions: int = 0
    ruled: int = 0
    "Those that something changed could matter to; the others are told by the difference of the catalogs alone."
    not_told: dict[str, int] = field(default_factory=dict)
    "Why a decision could not be replayed to how many."
    flipped: int = 0
    flips: dict[str, Kind] = field(default_factory=dict)
    "By outcomes, `approve → reject`."
    policies: Tally = field(default_factory=Tally)
    markets: Tally = field(default_factory=Tally)
    advertisers: Tally = field(default_factory=Tally)
    overridden: int = 0
    "Of the flipped, those that a reviewer had decided against the derivation."
    asked: int = 0
    asked_lit: int = 0
    flipped_and_asked: int = 0
    checks: dict[str, Kind] = field(default_factory=dict)
    "By the check that has to be answered."
    stale: int = 0
    clauses: dict[str, Kind] = field(default_factory=dict)
    "By check and market of the row that changed."
    last_day: str = ""
    "The last day by which a decision was ruled."
    announced: int = 0
    "Rows of the new catalog that take effect after it."
    announced_from: str = ""
    "The first day on which one does."
    seconds: float = 0.0
    queued: int = 0
    "Ads put into the worklist."
    moved_on: int = 0
    "Ads left out of it, because they have other content now."

    @property
    def rate(self) -> float:
        """Decisions a second."""
        return self.decisions / self.seconds if self.seconds else 0.0

    def add(self, verdict: Verdict, sample: Sample, most: int, *, is_overridden: bool) -> None:
        """Count a verdict that there is something to say of."""
        if verdict.is_flipped:
            self._add_flip(verdict, sample, most, is_overridden)
        if verdict.asks:
            self.asked += 1
            self.asked_lit += verdict.asks[0].is_lit
            self.flipped_and_asked += verdict.is_flipped
            for asked in verdict.asks:
                self.checks.setdefault(asked.check_id, Kind()).add(sample, most, is_lit=asked.is_lit)
        if verdict.stale:
            self.stale += 1
            for check_id, market in dict.fromkeys(verdict.stale):
                self.clauses.setdefault(f"{check_id} {market}", Kind()).add(sample, most)

    def _add_flip(self, verdict: Verdict, sample: Sample, most: int, is_overridden: bool) -> None:
        self.flipped += 1
        self.overridden += is_overridden
        self.flips.setdefault(outcome_words(verdict), Kind()).add(sample, most)
        for policy_id in dict.fromkeys(policies_of(verdict)):
            self.policies.add(policy_id)
        for market in dict.fromkeys(flip.market for flip in verdict.flips):
            self.markets.add(market)
        self.advertisers.add(sample.advertiser)

    def as_json(self, most: int | None = None) -> dict[str, Any]:
        """The report as plain JSON."""
        tallies = {"policies": self.policies, "markets": self.markets, "advertisers": self.advertisers}
        return {
            "version": self.version,
            "as_of": self.as_of,
            "decisions": self.decisions,
            "ruled_anew": self.ruled,
            "not_told": self.not_told,
            "flips": {
                "decisions": self.flipped,
                "overridden": self.overridden,
                "outcomes": {name: kind.as_json() for name, kind in _most(self.flips)},
                **{name: dict(tally.most(most)) for name, tally in tallies.items()},
                "partial": [name for name, tally in tallies.items() if tally.is_partial],
            },
            "asks": {
                "decisions": self.asked,
                "lit": self.asked_lit,
                "flipped": self.flipped_and_asked,
                "checks": {name: kind.as_json() | {"lit": kind.lit} for name, kind in self.most_asked()},
            },
            "stale": {
                "decisions": self.stale,
                "clauses": {name: kind.as_json() for name, kind in _most(self.clauses)},
            },
            "announced": {"rows": self.announced, "from": self.announced_from},
            "worklist": {"queued": self.queued, "other_content_now": self.moved_on},
            "seconds": round(self.seconds, 3),
            "decisions_per_second": round(self.rate),
        }

    def most_asked(self) -> list[tuple[str, Kind]]:
        """The checks that have to be answered, those lit on most ads first."""
        return sorted(self.checks.items(), key=lambda item: (-item[1].lit, -item[1].count, item[0]))

    def most_flipped(self) -> list[tuple[str, Kind]]:
        return _most(self.flips)

    def most_stale(self) -> list[tuple[str, Kind]]:
        return _most(self.clauses)


def _most(kinds: dict[str, Kind]) -> list[tuple[str, Kind]]:
    return sorted(kinds.items(), key=lambda item: (-item[1].count, item[0]))


def policy_id_of(check_id: str) -> str:
    """The policy a check belongs to, in whichever catalog: it begins the check's id."""
    return check_id.partition("/")[0]


def policies_of(verdict: Verdict) -> Iterator[str]:
    """The policies whose checks decide what flips."""
    checks = (*(flip.check_id for flip in verdict.flips), *verdict.escalates, *verdict.escalates_no_more)
    return (policy_id_of(check_id) for check_id in checks if check_id)


def outcome_words(verdict: Verdict) -> str:
    if verdict.was != verdict.becomes:
        return f"{verdict.was} → {verdict.becomes}"
    return f"{verdict.was}, other cells" if verdict.flips else f"{verdict.was}, other escalation"


def verdict_words(verdict: Verdict) -> str:
    """Why a decision should be looked at again, in a line."""
    parts = []
    if verdict.is_flipped:
        cells = "; ".join(flip_words(verdict.flips))
        parts.append(f"{outcome_words(verdict)} ({cells})" if cells else outcome_words(verdict))
    lit = [asked.check_id for asked in verdict.asks if asked.is_lit]
    if verdict.asks:
        named = ", ".join((lit or [asked.check_id for asked in verdict.asks])[:3])
        parts.append(f"asks {named}{', lit' if lit else ''}")
    if verdict.stale:
        rows = dict.fromkeys(f"{check_id} {market}" for check_id, market in verdict.stale)
        parts.append(f"stale {', '.join(list(rows)[:3])}")
    words = " · ".join(parts)
    return words if len(words) <= MOST_WORDS else words[: MOST_WORDS - 1] + "…"


def flip_words(flips: tuple[Flip, ...], most: int = 3) -> Iterator[str]:
    """Such as `FR DE 18-20 allowed → cut alcohol.product/sells`: markets that fare alike together."""
    alike: dict[tuple[str, str], list[str]] = {}
    for flip in flips:
        change = f"{_state_words(flip.was)} → {_state_words(flip.becomes)} {flip.check_id}".rstrip()
        alike.setdefault((str(flip.band), change), []).append(flip.market)
    for place, ((band, change), markets) in enumerate(alike.items()):
        if place == most:
            yield f"{len(alike) - most} more"
            return
        shown = " ".join(markets[:4]) + (f" +{len(markets) - 4}" if len(markets) > 4 else "")
        yield f"{shown} {band} {change}"


def _state_words(state: State | None) -> str:
    return "none" if state is None else state.name.lower()
