"""Mutants of a catalog: one rule of a check deleted or altered, as the document reads with that mistake in it."""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from modtui.domain.clause_values import DEFAULT_MARKET

Document = Mapping[str, Any]

OTHER_EFFECT = {"prohibited": "restricted", "quality": "prohibited", "info": "prohibited"}
OTHER_MISSING = {"cut": "held", "held": "cut", "limited": "cut", "labelled": "cut"}
DOCUMENT_NEEDS = ("certificate", "audience_share")
"Kinds of need whose lack holds a cell where the file does not say; that of any other cuts it."


@dataclass(frozen=True, slots=True)
class Mutant:
    """One policy with one alteration."""

    policy_id: str
    check_id: str
    market: str
    "The key of the altered row, `*` for the check's own; empty for what is no row's."
    row: int
    "Which row of the market."
    key: str
    "The altered key."
    words: str
    policy: Document
    "The whole policy as altered."
    groups: Mapping[str, tuple[str, ...]]
    "Market groups that only this mutant has."


def mutants_of(policy: Document, groups: Mapping[str, Any]) -> Iterator[Mutant]:
    """Every mutant of a policy's checks that the reader of the file would take."""
    for number, check in enumerate(policy["checks"]):

        def mutant(altered: Document, market: str, row: int, key: str, words: str, **more: Any) -> Mutant:
            checks = [*policy["checks"]]
            checks[number] = altered  # noqa: B023 called only while this check is the loop's
            extra = more.get("groups", {})
            return Mutant(policy["id"], altered["id"], market, row, key, words, {**policy, "checks": checks}, extra)

        for market, rows in _rows_of(check).items():
            for index, row in enumerate(rows):
                rest = [*rows[:index], *rows[index + 1 :]]
                yield mutant(_with_rows(check, market, rest), market, index, "", f"row of {market} deleted")
                for key, words, altered in _altered_rows(row):
                    changed = [*rows[:index], altered, *rows[index + 1 :]]
                    yield mutant(_with_rows(check, market, changed), market, index, key, words)
            if market in groups and len(groups[market]) > 1:
                dropped, name = _a_member(check["id"], market, groups[market]), f"{market}-less"
                renamed = {key: value for key, value in check["markets"].items() if key != market}
                renamed[name] = [_with_need_ids(row, market) for row in rows]
                less = {name: tuple(member for member in groups[market] if member != dropped)}
                words = f"{dropped} dropped from {market}"
                yield mutant({**check, "markets": renamed}, market, 0, "", words, groups=less)
        yield from (mutant(altered, "", 0, "when", words) for words, altered in _altered_whens(check))


def _rows_of(check: Document) -> dict[str, list[Document]]:
    own = {DEFAULT_MARKET: check["rows"]} if check.get("rows") else {}
    return {**own, **check.get("markets", {})}


def _with_rows(check: Document, market: str, rows: list[Document]) -> Document:
    """The check with other rows for a market, or none."""
    if market == DEFAULT_MARKET:
        return {**check, "rows": rows}
    markets = {**check["markets"], market: rows}
    if not rows:
        del markets[market]
    return {**check, "markets": markets}


def _a_member(check_id: str, group: str, members: Any) -> str:
    """Some member of the group, the same in every run."""
    ordered = sorted(members)
    return str(ordered[zlib.crc32(f"{check_id} {group}".encode()) % len(ordered)])


def _with_need_ids(row: Document, market: str) -> Document:
    """The row with needs that keep their ids under another key."""
    needs = [*row.get("needs", ())]
    if "apparent_age" in row:
        needs.append({"kind": "apparent_age", "age": row["apparent_age"]})
    named = [{**need, "id": need.get("id") or f"{need['kind']}@{market}"} for need in needs]
    rest = {key: value for key, value in row.items() if key not in ("needs", "apparent_age")}
    return {**rest, "needs": named} if named else rest


def _without(row: Document, *keys: str) -> Document:
    return {key: value for key, value in row.items() if key not in keys}


def _altered_rows(row: Document) -> Iterator[tuple[str, str, Document]]:
    """The key, what is done, and the row with it done."""
    yield from _altered_effects(row)
    if "min_age" in row:
        age = row["min_age"]
        yield "min_age", f"min_age {age} deleted", _without(row, "min_age")
        for other in (age - 1, age + 1):
            if other > 0:
                yield "min_age", f"min_age {age} altered to {other}", {**row, "min_age": other}
    if "apparent_age" in row:
        yield "apparent_age", "apparent_age deleted", _without(row, "apparent_age")
    if "hours" in row:
        yield "hours", "hours deleted", _without(row, "hours")
    if "labels" in row and row.get("effect") != "label":
        yield "labels", "labels deleted", _without(row, "labels")
    yield from _altered_needs(row)
    for key in ("placements", "unless"):
        names = row.get(key, ())
        if names:
            yield key, f"{key} deleted", _without(row, key)
        if len(names) > 1:
            for name in names:
                yield key, f"{key}: {name} deleted", {**row, key: [other for other in names if other != name]}
    for key in ("effective", "sunset"):
        if key in row:
            yield key, f"{key} {row[key]} deleted", _without(row, key)


def _altered_effects(row: Document) -> Iterator[tuple[str, str, Document]]:
    effect = row.get("effect")
    if effect is None:
        return
    yield "effect", f"effect {effect} deleted", _without(row, "effect")
    other = OTHER_EFFECT.get(effect, "prohibited")
    yield "effect", f"effect {effect} altered to {other}", {**row, "effect": other}


def _altered_needs(row: Document) -> Iterator[tuple[str, str, Document]]:
    needs = row.get("needs", ())
    for index, need in enumerate(needs):
        kind = need["kind"]
        rest = [*needs[:index], *needs[index + 1 :]]
        if row.get("effect") != kind or (kind == "label" and row.get("labels")):
            yield "needs", f"needs.{kind} deleted", {**row, "needs": rest} if rest else _without(row, "needs")
        missing = need.get("missing") or ("held" if kind in DOCUMENT_NEEDS else "cut")
        altered = {**need, "missing": OTHER_MISSING[missing]}
        words = f"needs.{kind}.missing {missing} altered to {OTHER_MISSING[missing]}"
        yield "needs", words, {**row, "needs": [*needs[:index], altered, *needs[index + 1 :]]}


def _altered_whens(check: Document) -> Iterator[tuple[str, Document]]:
    pairs = check.get("when", ())
    for index, (parent, answer) in enumerate(pairs):
        rest = [*pairs[:index], *pairs[index + 1 :]]
        yield f"when {parent}: {answer} deleted", {**check, "when": rest}
        other = "no" if answer == "yes" else "yes"
        altered = [*pairs[:index], [parent, other], *pairs[index + 1 :]]
        yield f"when {parent}: {answer} altered to {other}", {**check, "when": altered}
