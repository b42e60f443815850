"""The cards of spaced repetition: one a learner and clause, with the moment it is due."""

from __future__ import annotations

from msgspec import Struct

from modtui.store.sqlite import Connection
from modtui.store.transaction import Transaction

_CARD = "SELECT clause, due_ms, made_ms, card FROM drill_cards"


class DrillCard(Struct, frozen=True):
    """When a clause comes back to a learner."""

    clause: str
    "The id of a check."
    due_ms: int
    made_ms: int
    card: str
    "What the scheduler knows of it, as its own JSON."


def count_due(connection: Connection, learner: str, now_ms: int) -> int:
    """How many cards are due: one look into the index."""
    row = connection.execute(
        "SELECT count(*) FROM drill_cards WHERE learner = ? AND due_ms <= ?", (learner, now_ms)
    ).fetchone()
    return int(row[0])


def due_cards(connection: Connection, learner: str, now_ms: int) -> list[DrillCard]:
    """The cards that are due, the longest due first."""
    rows = connection.execute(f"{_CARD} WHERE learner = ? AND due_ms <= ? ORDER BY due_ms, clause", (learner, now_ms))
    return [DrillCard(*row) for row in rows]


def all_cards(connection: Connection, learner: str) -> list[DrillCard]:
    rows = connection.execute(f"{_CARD} WHERE learner = ? ORDER BY due_ms, clause", (learner,))
    return [DrillCard(*row) for row in rows]


def find_card(connection: Connection, learner: str, clause: str) -> DrillCard | None:
    row = connection.execute(f"{_CARD} WHERE learner = ? AND clause = ?", (learner, clause)).fetchone()
    return DrillCard(*row) if row else None


def save_card(tx: Transaction, learner: str, card: DrillCard) -> None:
    tx.connection.execute(
        """INSERT INTO drill_cards (learner, clause, due_ms, made_ms, card) VALUES (?, ?, ?, ?, ?)
           ON CONFLICT (learner, clause) DO UPDATE SET due_ms = excluded.due_ms, card = excluded.card""",
        (learner, card.clause, card.due_ms, card.made_ms, card.card),
    )


def add_card(tx: Transaction, learner: str, card: DrillCard) -> None:
    """Make a card for a clause that has none; one that is there keeps its schedule."""
    tx.connection.execute(
        """INSERT INTO drill_cards (learner, clause, due_ms, made_ms, card) VALUES (?, ?, ?, ?, ?)
           ON CONFLICT (learner, clause) DO NOTHING""",
        (learner, card.clause, card.due_ms, card.made_ms, card.card),
    )
