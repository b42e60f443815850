"""Which ads a drill is made of: what is due, the packs that open, and what each of their ads teaches."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import UTC, datetime

from modtui.domain.catalog import Catalog
from modtui.domain.drills import Exercise, Offer, Wanted, compose
from modtui.domain.packs import Feedback, Key, Kind
from modtui.domain.policies import Answer
from modtui.domain.practice_log import ATTEMPT, DRILL
from modtui.errors import ModtuiError
from modtui.services.drill_cards import clause_id, unpacked
from modtui.services.practice_packs import TakenPack, open_known
from modtui.store import attempts, drill_cards
from modtui.store.drill_cards import DrillCard
from modtui.store.transaction import Transaction
from modtui.store.workspace import Workspace

DAY_MS = 86_400_000


def plan_drill(
    workspace: Workspace,
    packs: Iterable[TakenPack],
    learner: str,
    now_ms: int,
    *,
    pairs_only: bool = False,
    banks: Collection[str] = (),
) -> tuple[list[Exercise], tuple[str, ...]]:
    """The ads for what is due, and the clauses no pack has an ad for. Clauses longest due come first.

    Of `banks`, packs by their hash, any ad may come, also of one that is being practised: nobody scores them.
    """
    with workspace.read() as connection:
        due = drill_cards.due_cards(connection, learner, now_ms)
        offers = [offer for taken in packs for offer in offers_of(workspace, taken, learner, banks)]
    known = {clause for offer in offers for clause in offer.breaks | offer.resembles}
    wanted = [Wanted(card.clause, _partner(card)) for card in due if card.clause in known]
    wanted = [each for each in wanted if each.partner] if pairs_only else wanted
    day = datetime.fromtimestamp(now_ms / 1000, UTC).date().isoformat()
    missing = tuple(card.clause for card in due if card.clause not in known)
    return compose(wanted, offers, f"{learner} {day}"), missing


def offers_of(workspace: Workspace, taken: TakenPack, learner: str, banks: Collection[str] = ()) -> list[Offer]:
    """What the ads of a pack teach. Of one that is being practised, and is no bank, only those that were answered."""
    with workspace.read() as connection:
        seen = attempts.seen_places(connection, taken.row.pack_no, learner, ATTEMPT, DRILL)
        answered = attempts.seen_places(connection, taken.row.pack_no, learner, ATTEMPT)
        run = attempts.find_run(connection, taken.row.pack_no, learner)
    is_open = run is not None and not run.finished_at and taken.row.hash not in banks
    found = []
    for place, ad in enumerate(taken.pack.ads, 1):
        if ad.id in taken.keys and (place in answered or not is_open):
            breaks, resembles = _taught(taken.keys, ad.id, taken.rulebook.catalog)
            found.append(Offer(taken.row.hash, place, breaks, resembles, seen.get(place, 0)))
    return found


def drill_packs(workspace: Workspace, code: str = "") -> tuple[list[TakenPack], list[str]]:
    """The packs of the workspace whose key can be opened, and why the others cannot. Exams are none of them."""
    with workspace.read() as connection:
        rows = attempts.list_packs(connection)
    opened, refused = [], []
    for row in rows:
        if row.kind == Kind.EXAM:
            continue
        try:
            taken = open_known(workspace, row, code)
        except ModtuiError as error:
            refused.append(f"{row.title}: {error.title.lower()}")
            continue
        if taken.feedback is Feedback.NONE:
            taken.pack.close()
        else:
            opened.append(taken)
    return opened, refused


def postpone(workspace: Workspace, learner: str, clauses: Iterable[str], now_ms: int) -> None:
    """Put off, by a day, clauses that no pack has an ad for."""

    def write(tx: Transaction) -> None:
        for clause in clauses:
            row = drill_cards.find_card(tx.connection, learner, clause)
            if row is not None:
                drill_cards.save_card(tx, learner, DrillCard(clause, now_ms + DAY_MS, row.made_ms, row.card))

    workspace.writer.call(write)


def _taught(keys: Mapping[str, Key], ad_id: str, catalog: Catalog) -> tuple[frozenset[str], frozenset[str]]:
    """The clauses an ad breaks, and those it only looks like breaking."""
    key = keys[ad_id]
    breaks = {clause for each in key.checks if (clause := clause_id(each, catalog))}
    denied = {check_id for check_id, answer in key.answers.items() if answer is Answer.NO}
    other = keys.get(key.lookalike)
    if key.is_clean and other is not None:
        denied |= set(other.checks)
    resembles = {clause for each in denied if (clause := clause_id(each, catalog))} - breaks
    return frozenset(breaks), frozenset(resembles)


def _partner(card: DrillCard) -> str:
    """The clause it was taken for most often."""
    mixed = unpacked(card.card).mixed
    return max(sorted(mixed), key=lambda other: mixed[other]) if mixed else ""
