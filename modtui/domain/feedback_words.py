"""Feedback in words, the same on the screen and line by line. What is quoted is not made safe here."""

from __future__ import annotations

from modtui.domain.clause_values import State
from modtui.domain.clauses import rows_in_force
from modtui.domain.feedback import Feedback
from modtui.domain.grid import Band
from modtui.domain.policies import Answer
from modtui.domain.rulings import Case

RIGHT_SIGN, WRONG_SIGN, ACCEPTED_SIGN = "✓ RIGHT", "✗ NOT YET", "✓ ACCEPTED"
STALE = "the clause has changed since this key was made"
NOTHING_WRONG = "Nothing is wrong with this ad, and you found nothing."


def verdict_words(told: Feedback) -> str:
    if told.is_accepted:
        return ACCEPTED_SIGN
    return RIGHT_SIGN if told.is_right else WRONG_SIGN


def outcome_words(outcome: str) -> str:
    return outcome.replace("_", " ").upper()


def head_words(told: Feedback) -> str:
    """The verdict, and what the learner and the key said."""
    own, key = outcome_words(told.own_outcome), outcome_words(told.key_outcome)
    if told.is_accepted:
        words = f"your {own} is accepted; the key says {key}"
    elif told.is_outcome_right:
        words = f"{key}, as in the key" + _reasons(told)
    else:
        words = f"you said {own}; the key says {key}"
    return f"{verdict_words(told)}: {words}."


def evidence_words(overlap: int | None) -> str:
    """How much of the key's evidence was named; nothing where it was all, or neither names any."""
    if overlap is None or overlap >= 100:
        return ""
    return f"your evidence: {'elsewhere than' if not overlap else f'{overlap} % of'} the place in the key"


def clause_words(case: Case, check_id: str) -> str:
    """The clause in force where the ad goes, in the words of the catalog; empty for a check it does not have."""
    check = case.catalog.check_by_id.get(check_id)
    if check is None:
        return ""
    if check.need is not None:
        check = case.catalog.check_by_id[check.when[0][0]]
    policy = case.catalog.policy_of(check)
    rows: dict[str, list[str]] = {}
    for market in case.grid.markets:
        for row in rows_in_force(check, market, case.catalog, case.as_of):
            if row.ref:
                rows.setdefault(row.ref, []).append(market)
    refs = "; ".join(f"{' '.join(markets[:4])}: {ref}" for ref, markets in list(rows.items())[:3])
    return " · ".join(part for part in (f"{policy.title} ({check.key})", policy.principle, refs) if part)


def ask_words(case: Case, check_id: str) -> str:
    check = case.catalog.check_by_id.get(check_id)
    return check.ask if check else check_id


def letters_words(case: Case, check_id: str) -> str:
    """The two letters of a check, or of the one it is a need of."""
    check = case.catalog.check_by_id.get(check_id)
    if check is None:
        return "?"
    return check.key if check.need is None else case.catalog.check_by_id[check.when[0][0]].key


def answer_words(answer: Answer | None) -> str:
    return answer.value if answer else "open"


def cell_words(told: Feedback) -> list[str]:
    """What came out otherwise, in lines: cells that differ in the same way together, markets of the same ages too."""
    apart: dict[tuple[State, State], dict[str, list[Band]]] = {}
    for cell in told.cells:
        apart.setdefault((cell.own, cell.key), {}).setdefault(cell.market, []).append(cell.band)
    lines = []
    for (own, key), markets in apart.items():
        states = f"you {own.name.lower()}, key {key.name.lower()}"
        if len(apart) == 1 and len(told.cells) == told.cell_count > 1:
            return [f"everywhere, at every age: {states}"]
        by_ages: dict[tuple[Band, ...], list[str]] = {}
        for market, bands in markets.items():
            by_ages.setdefault(tuple(bands), []).append(market)
        lines += [f"{' '.join(names)} {' '.join(map(str, bands))}: {states}" for bands, names in by_ages.items()]
    return lines


def _reasons(told: Feedback) -> str:
    if told.is_whole:
        return ""
    return ", and there was more to it" if told.is_right else ", but for other reasons"
