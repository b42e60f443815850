"""How likely an exam is passed by people of a stated accuracy (exact binomial), and what pause and time it allows."""

from __future__ import annotations

from math import comb, log

SPRT_POOR, SPRT_GOOD, SPRT_ERROR = 0.80, 0.92, 0.05
"Wald's sequential test: the accuracies it tells apart, and how often it may be wrong either way."


def chance_of_passing(items: int, pass_at: int, accuracy: float) -> float:
    """The chance of `pass_at` right or more of `items` for somebody who is right on each ad with this probability."""
    if not 0.0 <= accuracy <= 1.0:
        raise ValueError("an accuracy lies between 0 and 1")
    return sum(
        comb(items, right) * accuracy**right * (1.0 - accuracy) ** (items - right)
        for right in range(pass_at, items + 1)
    )


def sequential_verdict(right: int, wrong: int) -> str:
    """`pass`, `fail`, or empty while neither is shown: Wald's sequential probability ratio test (1945)."""
    ratio = right * log(SPRT_GOOD / SPRT_POOR) + wrong * log((1 - SPRT_GOOD) / (1 - SPRT_POOR))
    if ratio >= log((1 - SPRT_ERROR) / SPRT_ERROR):
        return "pass"
    return "fail" if ratio <= log(SPRT_ERROR / (1 - SPRT_ERROR)) else ""
