"""Drills: which ads bring a clause back, mixed with what it is taken for, and what an answer says of the clause."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from enum import IntEnum

from msgspec import Struct

from modtui.domain.feedback import Feedback

MOST_ADS = 20
"Of one drill: ten minutes at half a minute an ad."


class Grade(IntEnum):
    """What one answer says of a clause, with the numbers that schedulers use."""

    AGAIN = 1
    HARD = 2
    GOOD = 3
    EASY = 4


class Wanted(Struct, frozen=True):
    """A clause that is due, and the one it is taken for most; empty where there is none."""

    clause: str
    partner: str = ""


class Offer(Struct, frozen=True):
    """An ad that could be given, with what it teaches."""

    pack: str
    "The hash of its pack."
    place: int
    breaks: frozenset[str]
    "Clauses it breaks."
    resembles: frozenset[str]
    "Clauses that it looks like breaking, and does not."
    seen: int = 0
    "0 when the learner has never met it; else the later, the larger."


class Exercise(Struct, frozen=True):
    """One ad of a drill, and the clauses it is given for."""

    pack: str
    place: int
    clauses: tuple[str, ...]


def compose(wanted: Sequence[Wanted], offers: Iterable[Offer], seed: str, most: int = MOST_ADS) -> list[Exercise]:
    """The ads of a drill: for each clause one that breaks it, one that only looks like it, and one of what it is taken
    for; those never met first, then those met longest ago. No ad comes twice; the order says nothing of the answer.

    Clauses are served in the order they are wanted, as long as there is room.
    """
    pool = sorted(offers, key=lambda offer: (offer.seen, _shuffled(seed, offer.pack, offer.place)))
    taken: dict[tuple[str, int], list[str]] = {}
    for each in wanted:
        served = [
            next((o for o in pool if each.clause in o.breaks and (o.pack, o.place) not in taken), None),
            next((o for o in pool if each.clause in o.resembles and (o.pack, o.place) not in taken), None),
        ]
        if each.partner:
            served.append(
                next(
                    (
                        o
                        for o in pool
                        if each.partner in o.breaks and each.clause not in o.breaks and (o.pack, o.place) not in taken
                    ),
                    None,
                )
            )
        found = list({(o.pack, o.place): o for o in served if o is not None})
        if len(taken) + len(found) > most:
            break
        for key in found:
            taken.setdefault(key, []).append(each.clause)
    exercises = [Exercise(pack, place, tuple(clauses)) for (pack, place), clauses in taken.items()]
    return sorted(exercises, key=lambda each: _shuffled(f"order {seed}", each.pack, each.place))


def grade(told: Feedback, missed: Iterable[str], too_much: Iterable[str], clause: str, *, speed: str = "") -> Grade:
    """What an answer says of a clause. `missed` and `too_much` are its wrong findings as clauses; `speed` is `slow`
    behind the learner's own ninetieth percentile, `fast` before their own median, else empty.
    """
    if clause in (*missed, *too_much):
        return Grade.AGAIN
    if not told.is_outcome_right or speed == "slow":
        return Grade.HARD
    return Grade.EASY if told.is_whole and speed == "fast" else Grade.GOOD


def speed_of(active_ms: int, earlier: Sequence[int]) -> str:
    """How an answer's time compares to the learner's own; empty while there are fewer than ten to compare with."""
    times = sorted(each for each in earlier if each > 0)
    if len(times) < 10 or active_ms <= 0:
        return ""
    if active_ms > times[len(times) * 9 // 10]:
        return "slow"
    return "fast" if active_ms < times[len(times) // 2] else ""


def _shuffled(seed: str, pack: str, place: int) -> str:
    return hashlib.sha256(f"{seed}\0{pack}\0{place}".encode()).hexdigest()
