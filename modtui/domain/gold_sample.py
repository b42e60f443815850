"""As much gold as a pack can need, drawn from any amount of it by the seed."""

from __future__ import annotations

import hashlib
import heapq
from collections.abc import Iterable

from modtui.domain.gold import Gold
from modtui.domain.pack_choice import Order
from modtui.domain.policies import Answer

LEAST_TRIED, TRIED_FOR_EACH = 500, 20
"Answers of a sort that are held against the catalog: at least, and for each ad of the pack."
_HEX_BACKWARDS = str.maketrans("0123456789abcdef", "fedcba9876543210")


def sampled(gold: Iterable[Gold], order: Order) -> tuple[list[Gold], int]:
    """As much gold of each sort as a pack can need, drawn by the seed, and how much there was.

    To hold an answer against the catalog takes milliseconds, and a workspace may have a million. The sorts are what
    runs and what does not, each with a reason and without; what is named is always taken.
    """
    most = max(LEAST_TRIED, order.size * TRIED_FOR_EACH)
    named: list[Gold] = []
    sorts: dict[tuple[bool, bool], list[tuple[str, int, Gold]]] = {}
    total = 0
    for each in gold:
        total += 1
        if each.name in order.include or each.origin in order.include:
            named.append(each)
            continue
        heap = sorts.setdefault((_may_run(each), _has_reason(each)), [])
        # The largest is on top of a heap of complements, and leaves when a smaller one comes.
        place = (_complement(hashlib.sha256(f"{order.seed}\0{each.origin}".encode()).hexdigest()), total, each)
        if len(heap) < most:
            heapq.heappush(heap, place)
        elif place[:2] > heap[0][:2]:
            heapq.heapreplace(heap, place)
    found = [each for heap in sorts.values() for _, _, each in sorted(heap, key=lambda place: place[1])]
    return [*named, *found], total


def _complement(digest: str) -> str:
    return digest.translate(_HEX_BACKWARDS)


def _may_run(gold: Gold) -> bool:
    return gold.outcome == "approve" if gold.outcome else Answer.YES not in gold.answers.values()


def _has_reason(gold: Gold) -> bool:
    return bool(gold.why or gold.evidence or Answer.NO in gold.answers.values())
