"""What line mode says behind an answer in practice, a line each."""

from __future__ import annotations

from collections.abc import Iterator

from modtui.domain.feedback import Feedback
from modtui.domain.feedback_words import (
    NOTHING_WRONG,
    STALE,
    answer_words,
    ask_words,
    cell_words,
    clause_words,
    evidence_words,
    head_words,
    letters_words,
    outcome_words,
)
from modtui.domain.rulings import Case


def feedback_lines(told: Feedback, case: Case, lookalike: str) -> Iterator[str]:
    """Verdict, findings, why, clause, and what came out otherwise. `lookalike` is known of the ad that differs."""
    yield head_words(told)
    if told.is_stale:
        yield f"STALE {STALE}"
    if not told.checks:
        yield NOTHING_WRONG
    for line in told.checks:
        evidence = evidence_words(line.overlap)
        words = f"{letters_words(case, line.check_id)} {ask_words(case, line.check_id)}"
        yield f"{line.verdict.upper()} {words}" + (f" ({evidence})" if evidence else "")
    yield f"WHY {told.rationale.why}"
    yield from (f"IN THE AD {trigger}" for trigger in told.rationale.triggers)
    if clause := clause_words(case, told.rationale.clause):
        yield f"CLAUSE {clause}"
    shown = {line.check_id for line in told.checks}
    for answer in told.answers:
        if answer.check_id not in shown:
            said = f"you: {answer_words(answer.own)}, key: {answer_words(answer.key)}"
            yield f"OTHERWISE {letters_words(case, answer.check_id)} {said}: {ask_words(case, answer.check_id)}"
    yield from (f"MARKETS {words}" for words in cell_words(told))
    for each in told.accepted:
        checks = " ".join(letters_words(case, check_id) for check_id in each.checks)
        yield f"ALSO RIGHT {outcome_words(each.outcome)} {checks}. {each.why}".rstrip()
    if lookalike:
        yield f"LOOK-ALIKE {lookalike}"
