"""The catalog as a document of plain JSON data: what a workspace stores, and builds its catalog from at every start.

A document is the policy file with its values read (ages and shares are numbers, switches booleans, rows lists) and
nothing derived; the same document always gives the same catalog. The reader of the policy file checks it; here it is
trusted, and what is not needed to rule (who owns a row, when to look at it again) stays in the document.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from typing import Any

from modtui.domain.facts import parse_test
from modtui.domain.need_checks import need_check, need_from_document
from modtui.domain.policies import (
    DEFAULT_MARKET,
    Answer,
    Basis,
    Catalog,
    Check,
    Clause,
    Compile,
    Cues,
    Effect,
    Escalation,
    Example,
    Facts,
    Hours,
    Mark,
    Policy,
    Severity,
)

Document = Mapping[str, Any]

SCHEMA = "modtui/policies/1"

NOT_HASHED = ("note", "fix", "owner", "review_by")
"Keys of a row that say nothing of what it means."

_SEVERITIES = {severity.name.lower(): severity for severity in Severity}
_BASES = {basis.name.lower(): basis for basis in Basis}
_EFFECTS = {effect.value: effect for effect in Effect}
_MARKS = {mark.value: mark for mark in Mark}
_ANSWERS = {answer.value: answer for answer in Answer}
_NO_CUES = Cues()
_CUE_KEYS = ("industries", "words", "patterns", "flags", "signals")


def document_hash(document: Document) -> str:
    """SHA-256, in hex, of the canonical JSON of the document: sorted keys, UTF-8, no spaces."""
    text = json.dumps(document, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def clause_hash(check_id: str, market: str, row: Document) -> str:
    """First 16 hex digits of the SHA-256 of what a row means, for decisions to quote."""
    meaning = {key: value for key, value in row.items() if key not in NOT_HASHED}
    text = json.dumps([check_id, market, meaning], sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def catalog_from_document(document: Document, compile_pattern: Compile, catalog_hash: str | None = None) -> Catalog:
    """The catalog a document describes.

    `compile_pattern` runs its patterns: the files layer's, which cannot run away. `catalog_hash` is the document's
    hash where it is known already, and saves working it out.
    """
    head = document["catalog"]
    builder = _Builder(document)
    return Catalog(
        id=head["id"],
        version=head["version"],
        title=head.get("title", ""),
        effective=head.get("effective"),
        market_groups=builder.groups,
        routes=dict(document.get("routes", {})),
        policies=tuple(builder.policy(policy) for policy in document.get("policies", ())),
        briefings=tuple(document.get("briefings", ())),
        hash=document_hash(document) if catalog_hash is None else catalog_hash,
        compile_pattern=compile_pattern,
    )


class _Builder:
    """Builds policies in catalog order, counting their checks."""

    def __init__(self, document: Document) -> None:
        self.groups = {name: tuple(members) for name, members in document.get("market_groups", {}).items()}
        self._order = 0
        self._exemptions = frozenset(
            check_id
            for policy in document.get("policies", ())
            for check in policy["checks"]
            for _, row in _rows_of(check)
            for check_id in row.get("unless", ())
        )

    def policy(self, policy: Document) -> Policy:
        get = policy.get
        severity = _SEVERITIES[policy["severity"]]
        dsa = get("dsa", {})
        return Policy(
            id=policy["id"],
            title=policy["title"],
            family=policy["family"],
            axis=policy["axis"],
            severity=severity,
            principle=policy["principle"],
            basis=_BASES[get("basis", "platform")],
            guidance=get("guidance", ""),
            cues=_cues(get("cues")),
            checks=tuple(
                check for each in policy["checks"] for check in self._check_with_needs(each, policy["id"], severity)
            ),
            examples=tuple(_example(each) for each in get("examples", ())),
            reply=get("reply", {}),
            dsa_category=dsa.get("category", ""),
            dsa_keywords=tuple(dsa.get("keywords", ())),
            product_ids=tuple(get("product_ids", ())),
            sources=tuple((source["name"], source.get("url", "")) for source in get("sources", ())),
            on_partial=get("on_partial", "limit"),
            effective=get("effective"),
            sunset=get("sunset"),
        )

    def _check_with_needs(self, document: Document, policy_id: str, policy_severity: Severity) -> Iterator[Check]:
        """The check, then the checks of its needs: its own rows' first, then each market's in order of the keys."""
        check_id = document["id"]
        get = document.get
        severity = _SEVERITIES[document["severity"]] if "severity" in document else policy_severity
        own: list[Clause] = []
        markets: dict[str, list[Clause]] = {}
        for market, row in _rows_of(document):
            clause = self._clause(check_id, market, row)
            if market == DEFAULT_MARKET:
                own.append(clause)
            else:
                markets.setdefault(market, []).append(clause)
        yield Check(
            check_id,
            policy_id,
            get("key", ""),
            document["ask"],
            severity,
            self._next_order(),
            tuple(own),
            {market: tuple(clauses) for market, clauses in markets.items()},
            _facts(get("facts")),
            tuple((parent, _ANSWERS[answer]) for parent, answer in get("when", ())),
            get("required", False),
            _cues(get("cues")),
            _escalation(get("escalation")),
            get("fix", ""),
            check_id in self._exemptions,
        )
        for clause in (*own, *(clause for market in sorted(markets) for clause in markets[market])):
            for need in clause.needs:
                yield need_check(need, check_id, policy_id, severity, self._next_order())

    def _next_order(self) -> int:
        self._order += 1
        return self._order - 1

    def _clause(self, check_id: str, market: str, row: Document) -> Clause:
        get = row.get
        needs = get("needs", ())
        if "apparent_age" in row:
            needs = (*needs, {"kind": "apparent_age", "age": row["apparent_age"]})
        effect = get("effect")
        hours = get("hours")
        return Clause(
            market,
            self._rank(market),
            _EFFECTS[effect] if effect else None,
            get("min_age"),
            tuple([need_from_document(need, check_id, market) for need in needs]),
            tuple(get("labels", ())),
            tuple(get("placements", ())),
            _hours(hours) if hours else None,
            tuple(get("unless", ())),
            _BASES[get("basis", "platform")],
            _MARKS[get("mark", "V")],
            get("ref", ""),
            get("note", ""),
            get("effective"),
            get("sunset"),
            get("fix", ""),
            clause_hash(check_id, market, row),
        )

    def _rank(self, market: str) -> int:
        if market == DEFAULT_MARKET:
            return 0
        return 1 if market in self.groups else 2


def _rows_of(check: Document) -> Iterator[tuple[str, Document]]:
    """Every row of a check with its market key."""
    for row in check.get("rows", ()):
        yield DEFAULT_MARKET, row
    for market, rows in check.get("markets", {}).items():
        for row in rows:
            yield market, row


def _cues(document: Document | None) -> Cues:
    return Cues(*(tuple(document.get(key, ())) for key in _CUE_KEYS)) if document else _NO_CUES


def _facts(document: Document | None) -> Facts | None:
    if not document:
        return None
    return Facts(tuple(parse_test(text) for text in document["tests"]), document["every"])


def _escalation(document: Document | None) -> Escalation | None:
    if not document:
        return None
    return Escalation(document["class"], document["route"], document.get("offered", False))


def _hours(document: Document) -> Hours:
    start, _, end = document["not"].partition("-")
    return Hours(start, end, document["tz"])


def _example(document: Document) -> Example:
    answers = {check_id: _ANSWERS[answer] for check_id, answer in document.get("answers", {}).items()}
    expect = document.get("expect", {})
    return Example(document["name"], document["ad"], answers, expect, document.get("why", ""), document.get("as_of"))
