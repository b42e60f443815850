"""A class: its learners in one table, ranked only where that means something, and held against another class."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations

from msgspec import Struct

from modtui.domain.intervals import Rate, difference
from modtui.domain.report_cards import ENOUGH_ANSWERS, ReportCard
from modtui.domain.scoring import Marked

ALIKE_ERRORS, ALIKE_SHARE = 6, 0.8


class Standing(Struct, frozen=True):
    """One learner of a class."""

    learner: str
    pooled: float | None
    "Accuracy drawn to that of the class, the more the fewer the answers; what ranks."
    rank: int | None
    "From 1; None with fewer than 20 answers, where it would be chance."


class Compared(Struct, frozen=True):
    """Two classes on the same pack."""

    one: Rate
    other: Rate
    apart: float | None
    low: float | None
    high: float | None

    @property
    def words(self) -> str:
        if self.apart is None or self.low is None or self.high is None:
            return "nothing to compare"
        tells = "" if self.low <= 0 <= self.high else ", more than chance"
        interval = f"({self.low * 100:+.0f} to {self.high * 100:+.0f})"
        return f"{self.apart * 100:+.0f} points {interval}{tells}"


def standings(cards: Sequence[ReportCard]) -> tuple[Standing, ...]:
    """Learners by name, with a rank where they gave at least 20 answers.

    Ranks go by partial pooling (x + k m) / (n + k), with k = m (1 - m) / s2 - 1 and s2 the variance of shares beyond
    what chance gives: raw shares put whoever answered least at both ends.
    """
    enough = [card for card in cards if card.right.of >= ENOUGH_ANSWERS]
    pooled = {card.learner: share for card, share in zip(enough, _pooled(enough), strict=True)}
    ordered = sorted(pooled, key=lambda learner: -pooled[learner])
    ranks: dict[str, int] = {}
    for place, learner in enumerate(ordered, 1):
        before = ordered[place - 2] if place > 1 else None
        is_level = before is not None and abs(pooled[before] - pooled[learner]) < 1e-6
        ranks[learner] = ranks[before] if is_level and before is not None else place
    return tuple(
        Standing(card.learner, pooled.get(card.learner), ranks.get(card.learner))
        for card in sorted(cards, key=lambda card: card.learner.casefold())
    )


def compare(one: Sequence[ReportCard], other: Sequence[ReportCard]) -> Compared:
    """The difference of what two classes had right, with Newcombe's interval."""
    first, second = _together(one), _together(other)
    found = difference(first, second)
    return Compared(first, second, *(found or (None, None, None)))


def _together(cards: Sequence[ReportCard]) -> Rate:
    return Rate(sum(card.right.hits for card in cards), sum(card.right.of for card in cards))


def alike(by_learner: Mapping[str, Sequence[Marked]]) -> tuple[tuple[str, str, int, int], ...]:
    """Pairs of learners whose errors are the same: names, same errors, errors that either made on ads both answered.

    It happens by chance on hard ads; a trainer looks at it and judges.
    """
    found = []
    for one, other in combinations(sorted(by_learner), 2):
        first = {each.ad: each for each in by_learner[one]}
        second = {each.ad: each for each in by_learner[other]}
        both = first.keys() & second.keys()
        wrong = [ad for ad in both if not first[ad].is_right or not second[ad].is_right]
        same = sum(
            not first[ad].is_right and (first[ad].said, first[ad].checks) == (second[ad].said, second[ad].checks)
            for ad in wrong
        )
        if same >= ALIKE_ERRORS and same >= ALIKE_SHARE * len(wrong):
            found.append((one, other, same, len(wrong)))
    return tuple(found)


def _pooled(cards: Sequence[ReportCard]) -> list[float]:
    if not cards:
        return []
    answers = [card.right.of for card in cards]
    mean = sum(card.right.hits for card in cards) / sum(answers)
    shares = [card.right.hits / card.right.of for card in cards]
    centre = sum(shares) / len(shares)
    variance = sum((share - centre) ** 2 for share in shares) / (len(shares) - 1) if len(shares) > 1 else 0.0
    beyond = variance - mean * (1 - mean) / (sum(answers) / len(answers))
    if beyond <= 1e-9:  # nothing but chance between them
        strength = 1e9 if mean * (1 - mean) > 0 else 0.0
    else:
        strength = max(0.0, mean * (1 - mean) / beyond - 1)
    return [(card.right.hits + strength * mean) / (card.right.of + strength) for card in cards]
