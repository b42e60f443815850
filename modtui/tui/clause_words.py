"""Rows and examples of the catalog in words: what a row does, what it rests on and since when, how an example ends."""

from __future__ import annotations

from modtui.domain.clause_values import Clause, Mark
from modtui.domain.policies import Example

MARK_WORDS = {
    Mark.VERIFIED: "verified (V)",
    Mark.SECOND_HAND: "second hand (S)",
    Mark.UNVERIFIED: "not verified (U): warns, never cuts",
}
OUTCOME_WORDS = {
    "approve": "✓ approved",
    "approve_limited": "◐ limited",
    "reject": "✗ rejected",
    "request_info": "⧗ asked",
    "escalate": "↗ escalated",
}


def row_words(row: Clause) -> str:
    """What a row does, in words."""
    parts = [
        row.effect.value if row.effect else "",
        f"{row.min_age}+" if row.min_age is not None else "",
        *(f"needs {need.kind.replace('_', ' ')}" for need in row.needs),
        *(f"label: {label}" for label in row.labels),
        str(row.hours) if row.hours else "",
        f"on {', '.join(row.placements)}" if row.placements else "",
    ]
    return " · ".join(part for part in parts if part) or "no limit"


def source_words(row: Clause) -> str:
    """What a row rests on and how well it is known: `law, second hand (S), Act 5`."""
    briefing = f"briefing {row.briefing}" if row.briefing else ""
    return ", ".join(part for part in (row.basis.name.lower(), MARK_WORDS[row.mark], row.ref, briefing) if part)


def date_words(row: Clause, as_of: str) -> str:
    """From and until when a row holds, seen from a day; empty where it always does."""
    if row.effective and as_of < row.effective:
        return f"from {row.effective}, until then it informs"
    parts = [f"since {row.effective}" if row.effective else "", f"until {row.sunset}" if row.sunset else ""]
    return " ".join(part for part in parts if part)


def example_words(example: Example) -> str:
    """How an example ends, its name and why."""
    outcome = OUTCOME_WORDS.get(str(example.expect.get("outcome", "")), "e.g.")
    return f"{outcome}: {example.name}" + (f". {example.why}" if example.why else "")
