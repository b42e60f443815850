"""Choosing the ads of a pack: so many, so many of them clean, every policy in turn, the same for the same seed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct

from modtui.domain.gold import Weighed
from modtui.domain.packs import CLEAN_SHARE
from modtui.domain.plurals import number_of


class Order(Struct, frozen=True):
    """What a trainer wants."""

    size: int
    clean_share: int = CLEAN_SHARE
    "Percent of the pack that is clean, at least."
    difficulties: tuple[int, ...] = ()
    "Only such ads; all when empty."
    seed: str = "1"
    include: frozenset[str] = frozenset()
    "Names or origins of ads that are in, whatever else is chosen."
    exclude: frozenset[str] = frozenset()
    "The same of ads that are not."


class Choice(Struct, frozen=True):
    """What was chosen, in the order of the pack, and what stood in the way."""

    chosen: tuple[Weighed, ...]
    left_out: Mapping[str, tuple[Weighed, ...]]
    "Reason to the gold that was not chosen for it; what there was only too much of is not in here."
    remarks: tuple[str, ...] = ()
    spare: tuple[Weighed, ...] = ()
    "What could have been chosen and was not."

    @property
    def clean(self) -> int:
        return sum(each.is_clean for each in self.chosen)


STALE = "a clause has changed since"
TWICE = "the same ad is in the pack already"
UNLIKE = "the same ad has another answer elsewhere"
UNWANTED = "left out by hand"
OF_OTHER_DIFFICULTY = "of another difficulty"


def choose(gold: Iterable[Weighed], order: Order, *, with_stale: bool = False) -> Choice:
    """Choose ads for a pack.

    Clean ads are look-alikes first, of the policies whose findings are in the pack; when there are too few clean ones,
    the pack gets smaller and keeps its share.
    """
    left_out: dict[str, list[Weighed]] = {}
    usable = _usable(gold, order, with_stale, left_out)
    usable.sort(key=lambda each: _place(each.digest, order.seed))
    wanted = [each for each in usable if _is_named(each, order.include)]
    rest = [each for each in usable if not _is_named(each, order.include)]
    forced_clean = sum(each.is_clean for each in wanted)
    forced_dirty = len(wanted) - forced_clean
    clean_needed = -(-order.size * order.clean_share // 100)
    dirty = [each for each in rest if not each.is_clean]
    clean = [each for each in rest if each.is_clean]
    there = len(clean) + forced_clean
    most_dirty = order.size - clean_needed
    if there < clean_needed:
        most_dirty = there * (100 - order.clean_share) // order.clean_share if order.clean_share else order.size
    taken_dirty = _in_turn(dirty, max(0, most_dirty - forced_dirty))
    policies = {each.policy for each in (*taken_dirty, *wanted) if not each.is_clean}
    room = order.size - len(wanted) - len(taken_dirty)
    clean.sort(key=lambda each: (not (each.looks_alike and each.policy in policies), not each.looks_alike))
    taken_clean = _in_turn_by_rank(clean, policies, max(0, room))
    chosen = [*wanted, *taken_dirty, *taken_clean]
    chosen.sort(key=lambda each: _place(each.digest, f"place {order.seed}"))
    in_pack = {id(each) for each in chosen}
    return Choice(
        tuple(chosen),
        {why: tuple(found) for why, found in left_out.items()},
        _remarks(chosen, order, there),
        tuple(each for each in usable if id(each) not in in_pack),
    )


def lookalikes(chosen: Sequence[Weighed]) -> dict[int, int]:
    """Place in the pack to the place of the ad that looks like it and goes the other way.

    That is one of the other kind, clean or not, about the same policy; of several the one with most words in common.
    """
    words = [_words(each) for each in chosen]
    found: dict[int, int] = {}
    for place, each in enumerate(chosen):
        others = [
            other
            for other, there in enumerate(chosen)
            if there.is_clean != each.is_clean and there.policy and there.policy == each.policy
        ]
        if others:
            found[place] = max(others, key=lambda other: (_likeness(words[place], words[other]), -other))
    return found


def _usable(
    gold: Iterable[Weighed], order: Order, with_stale: bool, left_out: dict[str, list[Weighed]]
) -> list[Weighed]:
    """What may be chosen, each ad once; of the rest why not."""
    by_digest: dict[str, list[Weighed]] = {}
    for each in gold:
        why = each.trouble
        if _is_named(each, order.exclude):
            why = UNWANTED
        elif each.gold.stale and not with_stale:
            why = STALE
        elif not why and order.difficulties and each.key.difficulty not in order.difficulties:
            why = "" if _is_named(each, order.include) else OF_OTHER_DIFFICULTY
        if why:
            left_out.setdefault(why, []).append(each)
        else:
            by_digest.setdefault(each.digest, []).append(each)
    usable: list[Weighed] = []
    for same in by_digest.values():
        answers = {(each.key.outcome, each.key.checks) for each in same}
        if len(answers) > 1:
            left_out.setdefault(UNLIKE, []).extend(same)
            continue
        usable.append(same[0])
        if len(same) > 1:
            left_out.setdefault(TWICE, []).extend(same[1:])
    return usable


def _is_named(each: Weighed, names: frozenset[str]) -> bool:
    return each.gold.name in names or each.gold.origin in names


def _in_turn(found: Sequence[Weighed], count: int) -> list[Weighed]:
    """So many of them, a policy at a time in turn, each policy's in the order given."""
    by_policy: dict[str, list[Weighed]] = {}
    for each in found:
        by_policy.setdefault(each.policy, []).append(each)
    taken: list[Weighed] = []
    turn = 0
    while len(taken) < count and any(turn < len(each) for each in by_policy.values()):
        taken += [each[turn] for each in by_policy.values() if turn < len(each)]
        turn += 1
    return taken[:count]


def _in_turn_by_rank(clean: Sequence[Weighed], policies: set[str], count: int) -> list[Weighed]:
    """Clean ads: look-alikes of the pack's policies in turn, then other look-alikes, then the rest."""
    ranks = (
        [each for each in clean if each.looks_alike and each.policy in policies],
        [each for each in clean if each.looks_alike and each.policy not in policies],
        [each for each in clean if not each.looks_alike],
    )
    taken: list[Weighed] = []
    for rank in ranks:
        taken += _in_turn(rank, count - len(taken))
    return taken


def _remarks(chosen: Sequence[Weighed], order: Order, clean_there: int) -> tuple[str, ...]:
    remarks: list[str] = []
    clean = sum(each.is_clean for each in chosen)
    if len(chosen) < order.size:
        why = (
            f": of clean ads there are {clean_there}, and a smaller share of them takes more"
            if clean * 100 < order.size * order.clean_share
            else ""
        )
        remarks.append(f"{number_of(len(chosen), 'ad')} instead of {order.size}{why}.")
    if chosen and clean * 100 < len(chosen) * order.clean_share:
        remarks.append(f"{clean * 100 // len(chosen)} % are clean, less than {order.clean_share} %.")
    alike = sum(each.looks_alike for each in chosen if each.is_clean)
    if clean and alike * 2 < clean:
        remarks.append(f"Of {number_of(clean, 'clean ad')} only {alike} look like breaking a policy.")
    return tuple(remarks)


def _place(digest: str, seed: str) -> str:
    return hashlib.sha256(f"{seed}\0{digest}".encode()).hexdigest()


def _words(each: Weighed) -> frozenset[str]:
    return frozenset(word for _, text in each.gold.ad.texts() for word in text.casefold().split() if len(word) > 2)


def _likeness(one: frozenset[str], other: frozenset[str]) -> float:
    return len(one & other) / (len(one | other) or 1)
