"""The record of a decision: everything that cannot be worked out again later (DESIGN 4.3, FACTS 6)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from modtui.domain.clauses import Cause
from modtui.domain.evidence import Evidence
from modtui.domain.overrides import Override, edited_states, final_outcome
from modtui.domain.policies import Answer, State
from modtui.domain.relevance import Worksheet
from modtui.domain.rulings import Case, Outcome, Ruling


@dataclass(frozen=True, slots=True)
class EscalationRequest:
    """A question to people of their own, added to an outcome or standing alone."""

    route: str
    question: str = ""
    escalation_class: str = ""


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the reviewer did with one ad, before it becomes an event."""

    answers: Mapping[str, Answer]
    evidence: Mapping[str, tuple[Evidence, ...]]
    "Check id to its evidence."
    note: str = ""
    override: Override | None = None
    escalation: EscalationRequest | None = None
    documents: tuple[str, ...] = ()
    "Documents asked for by hand, over those the ruling asks for."
    opened: tuple[str, ...] = ()
    "Components that were opened, heard or scrolled to."


def outcome_for(ruling: Ruling, judgement: Judgement) -> Outcome:
    """The final outcome: the derived one, the one of the edited cells, or `escalate` where a question stands alone."""
    outcome = final_outcome(ruling, judgement.override)
    if judgement.documents and outcome.is_approving:
        return Outcome.REQUEST_INFO
    if judgement.escalation and outcome is Outcome.APPROVE:
        return Outcome.ESCALATE
    return outcome


def decision_body(case: Case, sheet: Worksheet, ruling: Ruling, judgement: Judgement) -> dict[str, Any]:
    """The body of a `decision` event: plain JSON without floats."""
    shown = [line.check.id for line in sheet.lines]
    asked = [check.id for check in case.catalog.checks if case.is_asked(check, judgement.answers)]
    return {
        "outcome": outcome_for(ruling, judgement).value,
        "derived": ruling.outcome.value,
        "as_of": case.as_of,
        "catalog": {"id": case.catalog.id, "version": case.catalog.version},
        "answers": {check_id: answer.value for check_id, answer in sorted(judgement.answers.items())},
        "facts": _facts(case),
        "findings": [_finding(case, ruling, judgement, check_id) for check_id in ruling.findings],
        "cells": _cells(ruling, judgement),
        "limits": limits(ruling, judgement),
        "unsure": list(ruling.unsure),
        "passed_over": [check_id for check_id in shown if check_id in asked and _is_open(case, judgement, check_id)],
        "not_shown": len(case.catalog.checks) - len(shown),
        "lit": [line.check.id for line in sheet.lit],
        "unopened": [name for name in _components(case) if name not in judgement.opened],
        "override": _override(judgement.override),
        "escalation": _escalation(ruling, judgement),
        "documents": _documents(ruling, judgement),
        "note": judgement.note,
        "page": _page(case),
        "flags": [{"source": flag.source, "label": flag.label} for flag in case.ad.flags],
    }


def limits(ruling: Ruling, judgement: Judgement) -> list[dict[str, Any]]:
    """What the ad may not reach, cell by cell: cut, held and limited ones, with what each asks for."""
    states = edited_states(ruling, judgement.override)
    return [
        {
            "market": cell.market,
            "min_age": cell.band.min_age,
            "max_age": cell.band.max_age,
            "kind": state.name.lower(),
            "texts": list(cell.texts(state)),
        }
        for cell, state in zip(ruling.cells, states, strict=True)
        if state >= State.LIMITED
    ]


def _is_open(case: Case, judgement: Judgement, check_id: str) -> bool:
    return case.answer(case.catalog.check_by_id[check_id], judgement.answers) is None


def _facts(case: Case) -> dict[str, str]:
    known = ((check.id, case.fact(check)) for check in case.catalog.checks)
    return {check_id: answer.value for check_id, answer in known if answer is not None}


def _finding(case: Case, ruling: Ruling, judgement: Judgement, check_id: str) -> dict[str, Any]:
    check = case.catalog.check_by_id[check_id]
    causes = {cause.clause.hash: cause for cell in ruling.cells for cause in cell.causes if cause.check_id == check_id}
    return {
        "check": check_id,
        "policy": check.policy_id,
        "severity": check.severity.name.lower(),
        "source": "reviewer" if check_id in judgement.answers else "fact",
        "clauses": [_clause(cause) for cause in causes.values()],
        "evidence": [place.as_json() for place in judgement.evidence.get(check_id, ())],
    }


def _clause(cause: Cause) -> dict[str, Any]:
    clause = cause.clause
    return {
        "hash": clause.hash,
        "market": clause.market,
        "basis": clause.basis.name.lower(),
        "mark": clause.mark.value,
        "ref": clause.ref,
        "text": cause.text,
    }


def _cells(ruling: Ruling, judgement: Judgement) -> list[dict[str, Any]]:
    states = edited_states(ruling, judgement.override)
    return [
        {
            "market": cell.market,
            "min_age": cell.band.min_age,
            "max_age": cell.band.max_age,
            "state": state.name.lower(),
            "derived": cell.state.name.lower(),
            "deciding": cell.deciding.check_id if cell.deciding else None,
        }
        for cell, state in zip(ruling.cells, states, strict=True)
    ]


def _override(override: Override | None) -> dict[str, Any] | None:
    if override is None:
        return None
    edits = [
        {"market": market, "min_age": band.min_age, "max_age": band.max_age, "state": state.name.lower()}
        for market, band, state in override.edits
    ]
    return {"reason": override.reason, "note": override.note, "edits": edits}


def _escalation(ruling: Ruling, judgement: Judgement) -> list[dict[str, str]]:
    asked = [
        {"class": kind.escalation_class, "route": kind.route, "check": check_id, "question": ""}
        for check_id, kind in ruling.escalations
    ]
    if judgement.escalation:
        own = judgement.escalation
        asked.append({"class": own.escalation_class, "route": own.route, "check": "", "question": own.question})
    return asked


def _documents(ruling: Ruling, judgement: Judgement) -> list[str]:
    asked = (text for cell in ruling.cells for text in cell.texts(State.HELD))
    return list(dict.fromkeys((*asked, *judgement.documents)))


def _components(case: Case) -> list[str]:
    """What a reviewer can open: media and the landing page. Texts beside the checks are in plain sight."""
    media = [f"media.{index}" for index, _ in enumerate(case.ad.media)]
    return [*media, "page"] if case.ad.landing_page.text else media


def _page(case: Case) -> dict[str, Any] | None:
    page = case.ad.landing_page
    return {"url": page.url, "captured_at": page.captured_at} if page.url else None
