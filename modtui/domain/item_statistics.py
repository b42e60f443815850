"""What a class's answers say of the ads of a pack: how hard each is, whether it tells people apart, and whose key is
probably wrong."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from math import atanh, sqrt, tanh

from msgspec import Struct

from modtui.domain.scoring import Marked

ENOUGH_PEOPLE, TOO_HARD, TELLS_NOTHING = 10, 0.30, 0.10
FEW_PEOPLE, MOST_OF_THEM = 3, 2 / 3
TOO_EASY, TOO_EASY_FROM = 0.97, 20
ONE_SIDED_Z = 1.2816
"In a class whose people are much alike every correlation is near nothing: only what chance does not bring is told."


class Wrong(Struct, frozen=True):
    """A wrong answer, and how many gave it."""

    outcome: str
    first: str
    people: int


class Item(Struct, frozen=True):
    """One ad over a class."""

    ad: str
    people: int
    right: int
    item_rest: float | None
    "Correlation of being right here with being right elsewhere; None where there is no variation."
    wrong: tuple[Wrong, ...]
    contests: int = 0

    @property
    def share(self) -> float | None:
        return self.right / self.people if self.people else None

    @property
    def _tells_nothing(self) -> bool:
        """Whether the correlation is low beyond chance: Fisher's z, nine in ten."""
        if self.item_rest is None:
            return False
        z = atanh(max(-0.9999, min(0.9999, self.item_rest)))
        return tanh(z + ONE_SIDED_Z / sqrt(self.people - 3)) < TELLS_NOTHING

    @property
    def _suspicion(self) -> str:
        """A few learners may all be wrong: they are a reason to look, and no more."""
        return "key probably wrong" if self.people >= ENOUGH_PEOPLE else "look at the key"

    @property
    def advice(self) -> str:
        """What to do about the ad, in words; empty for nothing."""
        share = self.share
        if share is None:
            return ""
        if self.people >= ENOUGH_PEOPLE and share < TOO_HARD:
            return "key probably wrong: few have it right"
        if self.people >= ENOUGH_PEOPLE and self._tells_nothing:
            return "key probably wrong: those who are right elsewhere are not right here"
        if self.people >= FEW_PEOPLE and self.wrong and self.wrong[0].people >= MOST_OF_THEM * self.people:
            return f"{self._suspicion}: most agree on another answer"
        if self.people >= FEW_PEOPLE and self.contests >= self.people / 2:
            return f"{self._suspicion}: half the class contests it"
        if self.people >= TOO_EASY_FROM and share > TOO_EASY:
            return "retire: everybody has it right"
        return ""


def items(
    ads: Sequence[str], by_learner: Mapping[str, Sequence[Marked]], contests: Mapping[str, int]
) -> tuple[Item, ...]:
    """The statistics of each ad, in the order of the pack."""
    right_of = {learner: {each.ad: each.is_right for each in marked} for learner, marked in by_learner.items()}
    marked_on: dict[str, list[Marked]] = {}
    for marked in by_learner.values():
        for each in marked:
            marked_on.setdefault(each.ad, []).append(each)
    return tuple(
        Item(
            ad,
            len(marked_on.get(ad, ())),
            sum(each.is_right for each in marked_on.get(ad, ())),
            _item_rest(ad, right_of),
            _wrong(marked_on.get(ad, ())),
            contests.get(ad, 0),
        )
        for ad in ads
    )


def _wrong(marked: Sequence[Marked]) -> tuple[Wrong, ...]:
    counted = Counter((each.said, "" if each.said == "approve" else each.first) for each in marked if not each.is_right)
    ordered = sorted(counted.items(), key=lambda pair: (-pair[1], pair[0]))
    return tuple(Wrong(outcome, first, count) for (outcome, first), count in ordered)


def _item_rest(ad: str, right_of: Mapping[str, Mapping[str, bool]]) -> float | None:
    """Pearson's correlation of this ad's points with the share of points on all other ads."""
    pairs = [
        (float(right[ad]), (sum(right.values()) - right[ad]) / (len(right) - 1))
        for right in right_of.values()
        if ad in right and len(right) > 1
    ]
    if len(pairs) < FEW_PEOPLE:
        return None
    n = len(pairs)
    mean_x, mean_y = sum(x for x, _ in pairs) / n, sum(y for _, y in pairs) / n
    spread_x = sum((x - mean_x) ** 2 for x, _ in pairs)
    spread_y = sum((y - mean_y) ** 2 for _, y in pairs)
    if spread_x <= 1e-12 or spread_y <= 1e-12:
        return None
    return sum((x - mean_x) * (y - mean_y) for x, y in pairs) / sqrt(spread_x * spread_y)
