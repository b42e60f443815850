"""The shipped queue with what its answers ask for, and the cheapest keys that say it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from modtui.domain.catalog import Catalog
from modtui.domain.policies import Answer
from modtui.domain.rulings import Outcome
from modtui.files.policy_file import read_catalog
from modtui.services.desk import Desk

ROOT = Path(__file__).parents[2]
QUEUE = ROOT / "data" / "demo" / "queue.jsonl"
LATER = {Answer.YES: "", Answer.NO: "n", Answer.UNSURE: "o"}
"What is typed after the key that answers yes, to say something else."


@cache
def catalog() -> Catalog:
    found, problems = read_catalog(ROOT / "policies.yaml")
    assert found is not None, problems
    return found


def lines(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in QUEUE.with_name(name).read_text(encoding="utf-8").splitlines()]


@dataclass(frozen=True)
class Said:
    """One check that a reviewer must answer, and what it took."""

    check_id: str
    answer: Answer
    has_digit: bool
    keys: tuple[str, ...]


@dataclass(frozen=True)
class Played:
    """How an ad was decided: each answer, and the key that decided."""

    said: tuple[Said, ...]
    last: str

    @property
    def keys(self) -> tuple[str, ...]:
        return (*(key for each in self.said for key in each.keys), self.last)

    @property
    def all_have_digits(self) -> bool:
        return all(each.has_digit for each in self.said)


def play(desk: Desk, answers: Mapping[str, str]) -> Played:
    """Answer on the desk what is not so by fact, and say by which keys; parents before children."""
    said = tuple(_say(desk, check_id, answer) for check_id, answer in _needed(desk, answers))
    plan = desk.plan()
    return Played(said, "enter" if plan.is_ready else {Outcome.REJECT: "r", Outcome.REQUEST_INFO: "d"}[plan.outcome])


def _needed(desk: Desk, answers: Mapping[str, str]) -> Iterator[tuple[str, Answer]]:
    for check in sorted((desk.case.catalog.check_by_id[each] for each in answers), key=lambda check: check.order):
        answer = Answer(answers[check.id])
        if desk.answer_of(check) is not answer:
            yield check.id, answer


def _say(desk: Desk, check_id: str, answer: Answer) -> Said:
    check = desk.case.catalog.check_by_id[check_id]
    row = desk.row(check_id)
    digit = row.digit if row else None
    reach = (str(digit),) if digit else ("space", *check.key)
    assert len(reach) in (1, 3), f"{check_id} can only be reached by moving"
    desk.toggle(check_id)
    if answer is not Answer.YES:
        desk.answer(check_id, answer)
    return Said(check_id, answer, digit is not None, (*reach, *LATER[answer]))
