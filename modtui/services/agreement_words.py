"""Figures of agreement as lines of words: name and value, or why it is undefined."""

from __future__ import annotations

from modtui.domain.agreement import Coefficient
from modtui.domain.team_agreement import TeamAgreement


def coefficient_lines(found: TeamAgreement) -> list[tuple[str, str]]:
    """The coefficients of a team, and what chance agreement depends on."""
    of_cohen = [("outcomes, Cohen's kappa", found.cohen.words)] if found.cohen is not None else []
    return [
        ("outcomes, raw", raw_words(found.raw)),
        ("outcomes, AC1", found.ac1.words),
        *of_cohen,
        ("outcomes, Fleiss' kappa", found.fleiss.words),
        ("outcomes as a scale, AC2", found.ac2.words),
        ("outcomes, alpha", found.alpha.words),
        ("findings, alpha (MASI)", found.alpha_sets.words),
        ("findings, alpha (Jaccard)", found.alpha_jaccard.words),
        ("findings named, and how often", ", ".join(f"{size}: {count:,}" for size, count in found.set_sizes.items())),
        ("outcomes, and how often", ", ".join(f"{word}: {n:,}" for word, n in sorted(found.outcomes.items()))),
    ]


def raw_words(raw: Coefficient) -> str:
    """A share as percent, with its interval."""
    if raw.value is None or raw.low is None or raw.high is None:
        return f"{raw.value * 100:.0f} %" if raw.value is not None else raw.words
    return f"{raw.value * 100:.0f} % ({raw.low * 100:.0f} to {raw.high * 100:.0f})"
