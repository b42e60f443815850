"""A pack before it is written, edited by hand: which ads are in, why each answer is right, what else counts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from msgspec import Struct

from modtui.domain.gold import NO_REASON, Weighed
from modtui.domain.pack_choice import Choice, Order
from modtui.domain.rulings import Outcome
from modtui.services.pack_building import Edit

OUTCOMES = tuple(outcome.value for outcome in Outcome)


class DraftAd(Struct):
    """One ad that is in the pack, or could be."""

    weighed: Weighed
    is_in: bool
    why: str
    accepted: tuple[tuple[str, tuple[str, ...]], ...] = ()

    @property
    def accepted_words(self) -> str:
        """As a person writes them: `reject: a/b | request_info`."""
        return " | ".join(f"{outcome}: {' '.join(checks)}" if checks else outcome for outcome, checks in self.accepted)


class Figures(NamedTuple):
    """How a draft is made up."""

    ads: int
    clean: int

    @property
    def clean_percent(self) -> int:
        return self.clean * 100 // self.ads if self.ads else 0


class PackDraft:
    """What a trainer does to a choice before it becomes a pack. Nothing here does I/O."""

    def __init__(self, choice: Choice, clean_share: int) -> None:
        unexplained = (each for why, found in choice.left_out.items() if why == NO_REASON for each in found)
        groups = ((True, choice.chosen), (False, choice.spare), (False, unexplained))
        self.ads = [
            DraftAd(
                each, is_in, each.key.rationale.why, tuple((other.outcome, other.checks) for other in each.key.accepted)
            )
            for is_in, group in groups
            for each in group
        ]  # fmt: skip
        self.clean_share = clean_share
        self.is_done = False
        "Whether the trainer said that the pack is to be written."

    @property
    def figures(self) -> Figures:
        chosen = [each for each in self.ads if each.is_in]
        return Figures(len(chosen), sum(each.weighed.is_clean for each in chosen))

    @property
    def warning(self) -> str:
        """What is amiss with the draft as a whole; empty when nothing is."""
        figures = self.figures
        if not figures.ads:
            return "no ad is in the pack"
        if figures.clean_percent < self.clean_share:
            return f"{figures.clean_percent} % are clean, less than {self.clean_share} %"
        return ""

    def toggle(self, number: int) -> str:
        """Put an ad in or leave it out; says why not, or nothing."""
        each = self.ads[number]
        if not each.is_in and not each.why.strip():
            return "nobody said why its answer is right: write it first"
        each.is_in = not each.is_in
        return ""

    def explain(self, number: int, why: str) -> str:
        """Write why an answer is right; says why not, or nothing. An ad in the pack keeps a reason."""
        if not why.strip() and self.ads[number].is_in:
            return "an ad in the pack needs a reason"
        self.ads[number].why = why.strip()
        return ""

    def accept(self, number: int, words: str) -> str:
        """Say what else counts as right, such as `reject: a/b | request_info`; says what is no outcome, or nothing."""
        found = []
        for part in filter(None, (each.strip() for each in words.split("|"))):
            outcome, _, checks = part.partition(":")
            if outcome.strip() not in OUTCOMES:
                return f"'{outcome.strip()}' is no outcome: {', '.join(OUTCOMES)}"
            found.append((outcome.strip(), tuple(checks.replace(",", " ").split())))
        self.ads[number].accepted = tuple(found)
        return ""

    def finish(self) -> str:
        """Let the pack be written; says why not, or nothing."""
        if not self.figures.ads:
            return "no ad is in the pack"
        self.is_done = True
        return ""

    def order(self, seed: str) -> Order:
        """The order that chooses exactly the ads that are in."""
        chosen = frozenset(each.weighed.gold.origin for each in self.ads if each.is_in)
        rest = frozenset(each.weighed.gold.origin for each in self.ads if not each.is_in)
        return Order(max(1, len(chosen)), 0, (), seed, chosen, rest)

    @property
    def edits(self) -> Mapping[str, Edit]:
        """What was written, by the origin of its ad."""
        return {each.weighed.gold.origin: Edit(each.why, each.accepted) for each in self.ads}
