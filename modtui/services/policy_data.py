"""An entry of the catalog as plain data, for scripts: with everything that is shown of it in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from modtui.domain.catalog import Catalog
from modtui.domain.near_examples import near_examples
from modtui.domain.policies import Check, Cues, Example, Policy
from modtui.domain.row_speech import said
from modtui.services.policy_reading import Entry, Row, rows_to_show


def entry_json(entry: Entry, catalog: Catalog, markets: Sequence[str], as_of: str) -> dict[str, Any]:
    """Everything of an entry as plain data, for scripts."""
    policy = entry.policy
    return {
        "catalog": {"id": catalog.id, "version": catalog.version, "hash": catalog.hash, "effective": catalog.effective},
        "as_of": as_of,
        "markets": list(markets),
        "policy": {
            "id": policy.id,
            "title": policy.title,
            "family": policy.family,
            "axis": policy.axis,
            "severity": policy.severity.name.lower(),
            "basis": policy.basis.name.lower(),
            "principle": policy.principle,
            "guidance": policy.guidance,
            "effective": policy.effective,
            "sunset": policy.sunset,
            "owner": policy.owner,
            "review_by": policy.review_by,
            "on_partial": policy.on_partial,
            "cues": _cues_json(policy.cues),
            "dsa": {"category": policy.dsa_category, "keywords": list(policy.dsa_keywords)},
            "product_ids": list(policy.product_ids),
            "sources": [{"name": name, "url": url} for name, url in policy.sources],
        },
        "checks": [_check_json(check, policy, catalog, markets, as_of) for check in entry.checks],
        "examples": [_example_json(example) for example in near_examples(policy, entry.check)],
        "replies": [
            {"language": language, "text": text, "unreviewed": language in policy.reply_unreviewed}
            for language, text in policy.reply.items()
        ],
    }


def _check_json(check: Check, policy: Policy, catalog: Catalog, markets: Sequence[str], as_of: str) -> dict[str, Any]:
    rows = rows_to_show(check, markets, catalog, as_of)
    facts, escalation = check.facts, check.escalation
    return {
        "id": check.id,
        "key": check.key,
        "ask": check.ask,
        "severity": check.severity.name.lower(),
        "when": {parent: answer.value for parent, answer in check.when},
        "required": check.required,
        "facts": facts
        and {
            "all" if facts.every else "any": [
                f"{test.field} {test.operator} {test.value}".strip() for test in facts.tests
            ]
        },
        "escalation": escalation
        and {"class": escalation.escalation_class, "route": escalation.route, "offered": escalation.offered},
        "fix": check.fix,
        "is_exemption": check.is_exemption,
        "cues": _cues_json(check.cues),
        "rows": [_row_json(row, policy) for row in rows],
    }


def _row_json(row: Row, policy: Policy) -> dict[str, Any]:
    clause = row.clause
    return {
        "markets": list(row.markets),
        "key": clause.market,
        "binds": row.is_binding,
        "words": said(clause),
        "effect": clause.effect and clause.effect.value,
        "min_age": clause.min_age,
        "needs": [
            {"id": need.id, "kind": need.kind, "ask": need.ask, "missing": need.missing.name.lower(), "fix": need.fix}
            for need in clause.needs
        ],
        "labels": list(clause.labels),
        "placements": list(clause.placements),
        "hours": clause.hours and str(clause.hours),
        "unless": list(clause.unless),
        "basis": clause.basis.name.lower(),
        "mark": clause.mark.value,
        "ref": clause.ref,
        "note": clause.note,
        "effective": clause.effective,
        "sunset": clause.sunset,
        "fix": clause.fix,
        "hash": clause.hash,
        "owner": policy.owner_of(clause),
        "review_by": policy.review_by_of(clause),
        "briefing": clause.briefing,
    }


def _cues_json(cues: Cues) -> dict[str, list[str]]:
    return {kind: list(getattr(cues, kind)) for kind in cues.__struct_fields__}


def _example_json(example: Example) -> dict[str, Any]:
    answers: Mapping[str, str] = {check_id: answer.value for check_id, answer in example.answers.items()}
    named = {"name": example.name, "why": example.why, "as_of": example.as_of}
    return {**named, "ad": dict(example.ad), "answers": dict(answers), "expect": dict(example.expect)}
