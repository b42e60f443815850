"""Line mode goes against single cells of the ruling, and says where a finding is seen."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.cli.command import Command
from tests.services.shift import plain_ad

CASINO = {"headline": "Casino night", "body": "Win the jackpot."}


@pytest.fixture
def queue(modtui: Command) -> Command:
    """One ad that lights a check, in two markets, and one that lights none."""
    ads = [plain_ad("a", creative=CASINO, markets=["ES", "IT"]), plain_ad("b", markets=["ES", "IT"])]
    modtui.good("import", modtui.file("eu.jsonl", ads))
    return modtui


def review(queue: Command, *typed: str) -> str:
    return queue.good("review", "eu", "--plain", stdin="\n".join([*typed, "q"]) + "\n").stdout


def decision(queue: Command, ad_id: str) -> dict[str, Any]:
    records = [json.loads(line) for line in queue.good("export", "jsonl").stdout.splitlines()]
    (found,) = [each for each in records if each["kind"] == "decision" and each["subject"]["ad_id"] == ad_id]
    return dict(found["body"])


def test_evidence_is_listed_put_in_and_taken_out(queue: Command) -> None:
    said = review(queue, "v 1", "1", "v 1", "v gm 1 3", "v 1 1-2 x", "v zz", "v", "3n 4n", "")
    assert "Answer gm yes first: evidence belongs to a finding." in said
    assert "  1 in  HEADLINE 0-6: Casino" in said and "  3 out HEADLINE 0-12: Casino night" in said
    assert "2 places of evidence for gm" in said
    assert "'1-2 x' is no place of 1 to 4; v gm lists them." in said
    assert said.count("Of which check? v al lists its places") == 2
    (finding,) = [each for each in decision(queue, "a")["findings"] if each["evidence"]]
    assert [each["quote"] for each in finding["evidence"]] == ["jackpot", "Casino night"]


def test_cells_are_listed_and_set_with_a_reason(queue: Command) -> None:
    said = review(queue, "s 1", "m", "m 1 cut", "2 satire of a game", "m", "", "u")
    assert "  1 ES " in said and ": allowed" in said
    assert "Against the derivation: why?" in said and "1 cell edited" in said
    assert ": allowed, set to cut" in said
    assert "b: approve limited" in said and "undone: b, approve limited" in said


def test_an_edited_decision_holds_its_cells_reason_and_note(queue: Command) -> None:
    review(queue, "s 1", "m 1 cut", "2 satire of a game", "")
    body = decision(queue, "b")
    assert body["outcome"] == "approve_limited"
    assert body["override"]["reason"] == "context" and body["override"]["note"] == "satire of a game"
    assert len(body["override"]["edits"]) == 1


def test_cells_go_back_to_the_derivation(queue: Command) -> None:
    said = review(queue, "s 1", "m all cut", "1", "m all derived", "")
    assert "cells as derived" in said
    assert decision(queue, "b")["outcome"] == "approve" and not decision(queue, "b").get("override")


@pytest.mark.parametrize(
    "typed", ["m 0 cut", "m 1-99 cut", "m 3-1 cut", "m 1", "m cut", "m 1 burn", "m ² cut", "²", "9" * 5_000]
)
def test_what_is_no_cell_changes_nothing(queue: Command, typed: str) -> None:
    said = review(queue, "s 1", typed, "")
    assert "Which, and what? m 2-4 cut" in said or "is no check and no command" in said
    assert decision(queue, "b")["outcome"] == "approve"


def test_without_a_reason_no_cell_changes(queue: Command) -> None:
    said = review(queue, "s 1", "m 1 cut", "", "m 1 cut", "6", "")
    assert "Nothing decided." in said and "say in a note why" in said
    assert decision(queue, "b")["outcome"] == "approve"
