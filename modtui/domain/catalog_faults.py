"""Rules that can do nothing: checks that can never be asked, rows that contradict themselves or one another."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from modtui.domain.catalog import Catalog
from modtui.domain.catalog_notes import Note, Spot, rows_of, spot_of
from modtui.domain.clause_values import DEFAULT_MARKET, Clause, Effect, Mark
from modtui.domain.clauses import MARKS_THE_AD, rows_in_force
from modtui.domain.policies import Answer, Check

Wanted = Mapping[str, Answer]
"The answers under which a check is asked: its parents', and theirs."


def faults(catalog: Catalog, as_of: str) -> Iterator[Note]:
    """Every contradiction, in catalog order. `as_of` (ISO date) is the first day on which the catalog rules."""
    for check in catalog.checks:
        if check.need is None:
            wanted, clash = _wanted(check, catalog)
            if clash:
                yield _note(check, f"can never be asked: '{clash}' would have to be answered both yes and no", "when")
            yield from _gone_parents(check, catalog, wanted, as_of)
            yield from _needs_nobody_asks_for(check, catalog, wanted, as_of)
            for market, rows in {DEFAULT_MARKET: check.clauses, **check.markets}.items():
                for index, row in enumerate(rows):
                    yield from _in_row(check, catalog, market, index)
                    yield from _beside_bans(check, catalog, wanted, market, index, as_of)
                    if row.unless:
                        yield from _exemptions(check, wanted, market, index)


def _wanted(check: Check, catalog: Catalog) -> tuple[Wanted, str]:
    """The answers a check waits for, and the id of one that would have to be both."""
    wanted: dict[str, Answer] = {}
    waiting = list(check.when)
    while waiting:
        parent_id, answer = waiting.pop()
        if wanted.setdefault(parent_id, answer) is not answer:
            return wanted, parent_id
        waiting += (pair for pair in catalog.check_by_id[parent_id].when if wanted.get(pair[0]) is not pair[1])
    return wanted, ""


def _gone_parents(check: Check, catalog: Catalog, wanted: Wanted, as_of: str) -> Iterator[Note]:
    policy = catalog.policy_of(check)
    begins = max(policy.effective or as_of, as_of)
    for parent_id in wanted:
        parent = catalog.policy_of(catalog.check_by_id[parent_id])
        if parent.id != policy.id and parent.sunset and parent.sunset < begins:
            yield _note(check, f"can no longer be asked: policy '{parent.id}' is gone after {parent.sunset}", "when")


def _needs_nobody_asks_for(check: Check, catalog: Catalog, wanted: Wanted, as_of: str) -> Iterator[Note]:
    """Waiting for a need whose row is unverified or gone: it informs at most, and nobody answers it."""
    for need_id in wanted:
        if catalog.check_by_id[need_id].need is None:
            continue
        parent = catalog.check_by_id[catalog.check_by_id[need_id].when[0][0]]
        rows = (*parent.clauses, *(row for rows in parent.markets.values() for row in rows))
        asking = [row for row in rows if any(need.id == need_id for need in row.needs)]
        if not any(row.mark is not Mark.UNVERIFIED and (row.sunset is None or row.sunset >= as_of) for row in asking):
            yield _note(check, f"can never be asked: the row of '{need_id}' is unverified or gone", "when")


def _in_row(check: Check, catalog: Catalog, market: str, index: int) -> Iterator[Note]:
    """What a row says that its own effect, or its own dates, leave without meaning."""
    row = rows_of(check, market)[index]
    policy = catalog.policy_of(check)
    conditions = _conditions(row)
    if row.effect is Effect.PROHIBITED and conditions:
        yield _note(check, f"a ban has no conditions: '{conditions[0]}' does nothing here", "effect", market, index)
    elif row.effect in MARKS_THE_AD and conditions:
        message = f"effect '{row.effect}' touches no cell: '{conditions[0]}' does nothing here"
        yield _note(check, message, "effect", market, index)
    if row.effective and policy.sunset and row.effective > policy.sunset:
        message = f"is never in force: it begins on {row.effective}, and the policy is gone after {policy.sunset}"
        yield _note(check, message, "effective", market, index)
    if row.sunset and policy.effective and row.sunset < policy.effective:
        message = f"is never in force: it ends on {row.sunset}, and the policy begins on {policy.effective}"
        yield _note(check, message, "sunset", market, index)


def _conditions(row: Clause) -> list[str]:
    found = ["min_age"] if row.min_age is not None else []
    found += ["labels"] if row.labels else []
    found += ["hours"] if row.hours else []
    return found + ["apparent_age" if need.kind == "apparent_age" else f"needs.{need.kind}" for need in row.needs]


def _exemptions(check: Check, wanted: Wanted, market: str, index: int) -> Iterator[Note]:
    for exemption in rows_of(check, market)[index].unless:
        if wanted.get(exemption) is Answer.YES:
            message = f"never holds: the check is asked only when '{exemption}' is yes"
            yield _note(check, message, "unless", market, index)
        elif wanted.get(exemption) is Answer.NO:
            message = f"'{exemption}' exempts from nothing: the check is asked only when it is no"
            yield _note(check, message, "unless", market, index)


def _beside_bans(check: Check, catalog: Catalog, wanted: Wanted, market: str, index: int, as_of: str) -> Iterator[Note]:
    """A certificate asked for where the market is banned all the same.

    A mistake where both rest on the same basis; else it may be told on purpose, as when the platform bans what law
    allows with a licence.
    """
    row = rows_of(check, market)[index]
    if row.mark is Mark.UNVERIFIED or not any(need.kind == "certificate" for need in row.needs):
        return
    begins = max(row.effective or as_of, as_of)
    if row.sunset and row.sunset < begins:
        return
    asking = [check.id, *(parent for parent, answer in wanted.items() if answer is Answer.YES)]
    for each in (catalog.check_by_id[check_id] for check_id in asking):
        bans = [_ban(each, name, catalog, begins) for name in _countries(market, catalog)]
        if bans and None not in bans:
            by = "another row" if each is check else f"'{each.id}'"
            where = "everywhere" if market == DEFAULT_MARKET else market
            message = f"asks for a certificate where {by} bans the ad: {where}"
            is_mistake = any(ban is not None and ban.basis is row.basis for ban in bans)
            yield Note(spot_of(check, market, index, "needs"), message, is_mistake)
            return


def _countries(market: str, catalog: Catalog) -> tuple[str, ...]:
    if market == DEFAULT_MARKET:
        return ("",)  # a market that no row names
    return tuple(catalog.market_groups.get(market, (market,)))


def _ban(check: Check, market: str, catalog: Catalog, as_of: str) -> Clause | None:
    """A row by which the check's yes cuts every cell of a market, whatever else is answered."""
    for row in rows_in_force(check, market, catalog, as_of):
        if row.effect is Effect.PROHIBITED and not row.unless and not row.placements and row.sunset is None:
            return row
    return None


def _note(check: Check, message: str, key: str, market: str = "", row: int = 0) -> Note:
    spot = spot_of(check, market, row, key) if market else Spot(check.policy_id, check.id, key=key)
    return Note(spot, message, is_mistake=True)
