"""The catalog as a document of plain JSON data: what a workspace stores, and builds its catalog from at every start.

A document is the policy file with its values read (ages and shares are numbers, switches booleans, rows lists) and
the hash of each row; the same document always gives the same catalog. The reader of the policy file checks it; here it
is trusted.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

from modtui.domain.catalog import Catalog
from modtui.domain.clause_values import DEFAULT_MARKET, Basis, Clause, Effect, Hours, Mark
from modtui.domain.facts import parse_test
from modtui.domain.need_checks import need_check, need_from_document
from modtui.domain.patterns import Compile
from modtui.domain.policies import Answer, Check, Cues, Escalation, Example, Facts, Policy, Severity

Document = Mapping[str, Any]

SCHEMA = "modtui/policies/1"

NOT_HASHED = ("note", "fix", "owner", "review_by", "hash")
"Keys of a row that say nothing of what it means."

_SEVERITIES = {severity.name.lower(): severity for severity in Severity}
_BASES = {basis.name.lower(): basis for basis in Basis}
_EFFECTS = {effect.value: effect for effect in Effect}
_MARKS = {mark.value: mark for mark in Mark}
_ANSWERS = {answer.value: answer for answer in Answer}
_NO_CUES = Cues()


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
        self._exemptions = _exemptions(document)
        self._briefed = _briefed(document)

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
            cues=_cues(get("cues", {})),
            checks=tuple(
                [check for each in policy["checks"] for check in self._with_needs(each, policy["id"], severity)]
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
            owner=get("owner", ""),
            review_by=get("review_by"),
            reply_unreviewed=tuple(get("reply_unreviewed", ())),
        )

    def _with_needs(self, document: Document, policy_id: str, policy_severity: Severity) -> list[Check]:
        """The check, then the checks of its needs: its own rows' first, then each market's in order of the keys."""
        check_id = document["id"]
        get = document.get
        severity = _SEVERITIES[document["severity"]] if "severity" in document else policy_severity
        own_rows, by_market = get("rows", ()), get("markets", {})
        if check_id in self._briefed:
            own_rows, by_market = _with_briefed(own_rows, by_market, self._briefed[check_id])
        own = tuple([self._clause(check_id, DEFAULT_MARKET, row) for row in own_rows])
        markets = {
            market: tuple([self._clause(check_id, market, row) for row in rows]) for market, rows in by_market.items()
        }
        order = self._order
        check = Check(
            check_id,
            policy_id,
            get("key", ""),
            document["ask"],
            severity,
            order,
            own,
            markets,
            _facts(document["facts"]) if "facts" in document else None,
            tuple([(parent, _ANSWERS[answer]) for parent, answer in get("when", ())]),
            get("required", False),
            _cues(document["cues"]) if "cues" in document else _NO_CUES,
            _escalation(document["escalation"]) if "escalation" in document else None,
            get("fix", ""),
            check_id in self._exemptions,
        )
        found = [check]
        for clauses in (own, *[markets[market] for market in sorted(markets)]):
            for clause in clauses:
                for need in clause.needs:
                    order += 1
                    found.append(need_check(need, check_id, policy_id, severity, order))
        self._order = order + 1
        return found

    def _clause(self, check_id: str, market: str, row: Document) -> Clause:
        get = row.get
        needs = get("needs", ())
        if "apparent_age" in row:
            needs = (*needs, {"kind": "apparent_age", "age": row["apparent_age"]})
        return Clause(
            market,
            0 if market == DEFAULT_MARKET else 1 if market in self.groups else 2,
            _EFFECTS[row["effect"]] if "effect" in row else None,
            get("min_age"),
            tuple([need_from_document(need, check_id, market) for need in needs]) if needs else (),
            tuple(get("labels", ())),
            tuple(get("placements", ())),
            _hours(row["hours"]) if "hours" in row else None,
            tuple(get("unless", ())),
            _BASES[get("basis", "platform")],
            _MARKS[get("mark", "V")],
            get("ref", ""),
            get("note", ""),
            get("effective"),
            get("sunset"),
            get("fix", ""),
            row["hash"],
            get("owner", ""),
            get("review_by"),
            get("briefing", ""),
        )


def _exemptions(document: Document) -> frozenset[str]:
    """The checks that some row names in `unless`."""
    found: set[str] = set()
    for policy in document.get("policies", ()):
        for check in policy["checks"]:
            for rows in (check.get("rows", ()), *check.get("markets", {}).values()):
                for row in rows:
                    if "unless" in row:
                        found.update(row["unless"])
    return frozenset(found)


def _briefed(document: Document) -> dict[str, dict[str, list[Document]]]:
    """Check to market to the rows that briefings add."""
    found: dict[str, dict[str, list[Document]]] = {}
    for briefing in document.get("briefings", ()):
        for check_id, by_market in briefing.get("rows", {}).items():
            for market, rows in by_market.items():
                found.setdefault(check_id, {}).setdefault(market, []).extend(rows)
    return found


def _with_briefed(
    own: Sequence[Document], markets: Mapping[str, Sequence[Document]], added: Mapping[str, Sequence[Document]]
) -> tuple[Sequence[Document], Mapping[str, Sequence[Document]]]:
    """The rows of a check with those that briefings add, behind its own."""
    elsewhere = {market: rows for market, rows in added.items() if market != DEFAULT_MARKET}
    joined = {market: (*markets.get(market, ()), *elsewhere.get(market, ())) for market in (*markets, *elsewhere)}
    return (*own, *added.get(DEFAULT_MARKET, ())), joined


def _cues(document: Document) -> Cues:
    get = document.get
    return Cues(
        tuple(get("industries", ())),
        tuple(get("words", ())),
        tuple(get("patterns", ())),
        tuple(get("flags", ())),
        tuple(get("signals", ())),
    )


def _facts(document: Document) -> Facts:
    return Facts(tuple(parse_test(text) for text in document["tests"]), document["every"])


def _escalation(document: Document) -> Escalation:
    return Escalation(document["class"], document["route"], document.get("offered", False))


def _hours(document: Document) -> Hours:
    start, _, end = document["not"].partition("-")
    return Hours(start, end, document["tz"])


def _example(document: Document) -> Example:
    answers = {check_id: _ANSWERS[answer] for check_id, answer in document.get("answers", {}).items()}
    expect = document.get("expect", {})
    return Example(document["name"], document["ad"], answers, expect, document.get("why", ""), document.get("as_of"))
