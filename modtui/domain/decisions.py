"""The record of a decision: everything that cannot be worked out again later (DESIGN 4.3, FACTS 6)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from msgspec import Struct

from modtui.domain.clause_values import State
from modtui.domain.clauses import Cause
from modtui.domain.evidence import Evidence
from modtui.domain.grid import Band
from modtui.domain.overrides import Override, edited_states, final_outcome
from modtui.domain.policies import Answer, Check
from modtui.domain.relevance import Worksheet
from modtui.domain.rulings import Case, Cell, Outcome, Ruling


class EscalationRequest(Struct, frozen=True):
    """A question to people of their own, added to an outcome or standing alone."""

    route: str
    question: str = ""
    escalation_class: str = ""


class Judgement(Struct, frozen=True):
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
    shown: tuple[str, ...] | None = None
    "Ids of the checks that were in view; None for those of the worksheet and the children of its answers."


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
    shown = _shown(case, sheet, judgement)
    return {
        "outcome": outcome_for(ruling, judgement).value,
        "derived": ruling.outcome.value,
        "as_of": case.as_of,
        "catalog": {"id": case.catalog.id, "version": case.catalog.version, "hash": case.catalog.hash},
        "answers": {check_id: answer.value for check_id, answer in sorted(judgement.answers.items())},
        "facts": _facts(case),
        "findings": [_finding(case, ruling, judgement, check_id) for check_id in ruling.findings],
        "cells": _cells(ruling, judgement),
        "limits": limits(ruling, judgement),
        "unsure": list(ruling.unsure),
        "passed_over": [check.id for check in shown if _is_open(case, judgement, check)],
        "not_shown": len(case.catalog.checks) - len(shown),
        "lit": [check.id for check in shown if check.id in sheet.lit_ids],
        "unopened": [name for name in _components(case) if name not in judgement.opened],
        "override": _override(judgement.override),
        "escalation": _escalation(case, ruling, judgement),
        "documents": _documents(ruling, judgement),
        "note": judgement.note,
        "page": _page(case),
        "flags": [{"source": flag.source, "label": flag.label} for flag in case.ad.flags],
    }


def limits(ruling: Ruling, judgement: Judgement) -> list[dict[str, Any]]:
    """What the ad may not reach: cells cut, held and limited, like ages joined, with what each asks for."""
    states = edited_states(ruling, judgement.override)
    return _joined(
        (
            cell.market,
            cell.band,
            {"kind": state.name.lower(), "texts": list(cell.texts(state)), **_also(cell, state)},
        )
        for cell, state in zip(ruling.cells, states, strict=True)
        if state >= State.LIMITED
    )


def _joined(cells: Iterable[tuple[str, Band, dict[str, Any]]]) -> list[dict[str, Any]]:
    """Cells as plain JSON, neighbouring ages of one market with the same content as one."""
    found: list[dict[str, Any]] = []
    content: dict[str, Any] | None = None
    for market, band, more in cells:
        last = found[-1] if found else {}
        if content == more and last["market"] == market and last["max_age"] == band.min_age - 1:
            last["max_age"] = band.max_age
        else:
            found.append({"market": market, "min_age": band.min_age, "max_age": band.max_age, **more})
        content = more
    return found


def question_route(case: Case, check_id: str) -> str:
    """Where the question of an unsure check goes: its own route, or the catalog's first; empty where there is none."""
    escalation = case.catalog.check_by_id[check_id].escalation
    return escalation.route if escalation else next(iter(case.catalog.routes), "")


def _shown(case: Case, sheet: Worksheet, judgement: Judgement) -> list[Check]:
    """The checks that were in view, in catalog order."""
    if judgement.shown is not None:
        ids = set(judgement.shown)
        return [check for check in case.catalog.checks if check.id in ids]
    lines = {line.check.id for line in sheet.lines}
    return [
        check
        for check in case.catalog.checks
        if check.id in lines or (check.when and case.can_apply(check) and case.is_asked(check, judgement.answers))
    ]


def _is_open(case: Case, judgement: Judgement, check: Check) -> bool:
    """Whether a check was put and left without an answer, the reviewer's or a fact's."""
    return case.answer(check, judgement.answers) is None and case.is_asked(check, judgement.answers)


def _facts(case: Case) -> dict[str, str]:
    known = ((check.id, case.fact(check)) for check in case.catalog.checks)
    return {check_id: answer.value for check_id, answer in known if answer is not None}


def _finding(case: Case, ruling: Ruling, judgement: Judgement, check_id: str) -> dict[str, Any]:
    check = case.catalog.check_by_id[check_id]
    causes = {
        (cause.clause.market, cause.clause.hash): cause
        for cell in ruling.cells
        for cause in cell.causes
        if cause.check_id == check_id
    }
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
    return _joined(
        (
            cell.market,
            cell.band,
            {
                "state": state.name.lower(),
                "derived": cell.state.name.lower(),
                "deciding": cell.deciding.check_id if cell.deciding else None,
                **_labels(cell, state),
            },
        )
        for cell, state in zip(ruling.cells, states, strict=True)
    )


def _labels(cell: Cell, state: State) -> dict[str, Any]:
    """The marks the platform adds where the ad is delivered."""
    labels = cell.texts(State.LABELLED) if state is not State.CUT else ()
    return {"labels": list(labels)} if labels else {}


def _override(override: Override | None) -> dict[str, Any] | None:
    if override is None:
        return None
    edits = [
        {"market": market, "min_age": band.min_age, "max_age": band.max_age, "state": state.name.lower()}
        for market, band, state in override.edits
    ]
    return {"reason": override.reason, "note": override.note, "edits": edits}


def _also(cell: Cell, state: State) -> dict[str, Any]:
    """The limits that hold in a held cell once its document is there."""
    limits_there = cell.texts(State.LIMITED) if state is State.HELD else ()
    return {"limits": list(limits_there)} if limits_there else {}


def _escalation(case: Case, ruling: Ruling, judgement: Judgement) -> list[dict[str, str]]:
    """Every question put to people of their own: by a class of case, by the reviewer, by an unsure that matters."""
    asked = [
        {"class": kind.escalation_class, "route": kind.route, "check": check_id, "question": ""}
        for check_id, kind in ruling.escalations
    ]
    if judgement.escalation:
        own = judgement.escalation
        asked.append({"class": own.escalation_class, "route": own.route, "check": "", "question": own.question})
    elif outcome_for(ruling, judgement) is Outcome.ESCALATE:
        for check_id in ruling.unsure:
            question = case.catalog.check_by_id[check_id].ask
            asked.append(
                {"class": "", "route": question_route(case, check_id), "check": check_id, "question": question}
            )
    return asked


def _documents(ruling: Ruling, judgement: Judgement) -> list[str]:
    """What to send: for the cells that are held in the end, and what was asked for by hand."""
    states = edited_states(ruling, judgement.override)
    held = (cell for cell, state in zip(ruling.cells, states, strict=True) if state is State.HELD)
    asked = (text for cell in held for text in cell.texts(State.HELD))
    return list(dict.fromkeys((*asked, *judgement.documents)))


def _components(case: Case) -> list[str]:
    """What a reviewer can open: media and the landing page. Texts beside the checks are in plain sight."""
    media = [f"media.{index}" for index, _ in enumerate(case.ad.media)]
    return [*media, "page"] if case.ad.landing_page.text else media


def _page(case: Case) -> dict[str, Any] | None:
    page = case.ad.landing_page
    return {"url": page.url, "captured_at": page.captured_at} if page.url else None
