"""Which clauses a learner gets wrong: a card each, and how often one is taken for another."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from itertools import product

from msgspec import Struct, field

from modtui.domain.catalog import Catalog
from modtui.domain.feedback import Feedback
from modtui.store import drill_cards
from modtui.store.drill_cards import DrillCard
from modtui.store.transaction import Transaction


class Known(Struct):
    """What a card keeps besides when it is due."""

    card: str = ""
    "The scheduler's own JSON; empty until the first review."
    mixed: Mapping[str, int] = field(default_factory=dict)
    "Other clause to how often one of the two was answered for the other."


def clauses_of(told: Feedback, catalog: Catalog) -> tuple[str, ...]:
    """The clauses that an answer got wrong: what was missed and too much, else what decides the ad."""
    if told.is_whole:
        return ()
    wrong = (*told.missed, *told.too_much) or (told.rationale.clause,)
    return tuple(dict.fromkeys(clause for each in wrong if (clause := clause_id(each, catalog))))


def clause_id(check_id: str, catalog: Catalog) -> str:
    """The check itself; of a need, the check that has it; empty for what the catalog does not know."""
    check = catalog.check_by_id.get(check_id)
    if check is None:
        return ""
    return check.id if check.need is None else check.when[0][0]


def note_mistakes(tx: Transaction, told: Feedback, catalog: Catalog, learner: str, now_ms: int) -> None:
    """Make a card, due at once, of each clause an answer got wrong; and count what was taken for what."""
    for clause in clauses_of(told, catalog):
        drill_cards.add_card(tx, learner, DrillCard(clause, now_ms, now_ms, packed(Known())))
    pairs = product(_clauses(told.missed, catalog), _clauses(told.too_much, catalog))
    for missed, chosen in pairs:
        if missed != chosen:
            for one, other in ((missed, chosen), (chosen, missed)):
                _count_mixed(tx, learner, one, other)


def unpacked(card: str) -> Known:
    plain = json.loads(card)
    return Known(str(plain.get("card", "")), dict(plain.get("mixed", {})))


def packed(known: Known) -> str:
    return json.dumps({"card": known.card, "mixed": dict(known.mixed)}, sort_keys=True)


def _clauses(check_ids: Iterable[str], catalog: Catalog) -> list[str]:
    return list(dict.fromkeys(clause for each in check_ids if (clause := clause_id(each, catalog))))


def _count_mixed(tx: Transaction, learner: str, clause: str, other: str) -> None:
    row = drill_cards.find_card(tx.connection, learner, clause)
    if row is not None:
        known = unpacked(row.card)
        known.mixed = {**known.mixed, other: known.mixed.get(other, 0) + 1}
        drill_cards.save_card(tx, learner, DrillCard(clause, row.due_ms, row.made_ms, packed(known)))
