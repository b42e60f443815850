"""`modtui policies reports`: what reviewers said of clauses reaches the owner; its author may take it back."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.cli.command import Command
from tests.services.shift import plain_ad

HOSTILE = "\x1b[2Jgone\u202e"


@pytest.fixture
def reported(modtui: Command) -> Command:
    """Three reports at two ads, one of them before a decision and an undo."""
    modtui.good("import", modtui.file("eu.jsonl", [plain_ad("a"), plain_ad("b")]))
    reports = ("X gm unclear Is a raffle a bet?", "X gm missing", "X gm", "", f"X gm wrong {HOSTILE}")
    words = "\n".join((*reports, "X om missing No word on pills.", "u", "U", "q", ""))
    modtui.good("review", "eu", "--plain", stdin=words)
    return modtui


def records(modtui: Command, *args: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in modtui.good("policies", "reports", "--json", *args).stdout.splitlines()]


def test_reports_are_listed_with_check_note_and_ad(reported: Command) -> None:
    first, second, third = records(reported)
    assert (first["kind"], first["check"], first["note"]) == (
        "unclear",
        "gambling.real_money/offers",
        "Is a raffle a bet?",
    )
    assert first["ad"]["id"] == "a" and len(first["ad"]["content_hash"]) == 64
    assert first["catalog"]["version"] == "2026.11.1" and first["reviewer"] == "amina"
    assert (second["kind"], second["ad"]["id"]) == ("wrong", "b")
    assert (third["kind"], third["note"]) == ("missing", "No word on pills.")


def test_a_report_of_something_missing_says_what(reported: Command) -> None:
    assert len(records(reported)) == 3  # `X gm missing` without a note, and `X gm`, made none


def test_reports_of_one_policy_are_listed_alone(reported: Command) -> None:
    assert len(records(reported, "--policy", "gambling.real_money")) == 2
    assert records(reported, "--since", "2099-01-01") == []


def test_the_list_is_safe_to_look_at_and_counts(reported: Command) -> None:
    result = reported.good("policies", "reports")
    assert "unclear  gambling.real_money/offers  (2026.11.1)  at eu/a" in result.stdout
    assert result.stderr == "3 reports\n"


def test_a_report_can_be_taken_back_once_by_who_made_it(reported: Command) -> None:
    event_id = records(reported)[0]["id"]
    other = reported("--reviewer", "noor", "policies", "reports", "--withdraw", event_id)
    assert other.exit_code == 1 and "amina made this report" in other.stderr
    assert "Taken back: unclear" in reported.good("policies", "reports", "--withdraw", event_id).stderr
    assert [record["id"] for record in records(reported)].count(event_id) == 0
    assert [record["withdrawn"] for record in records(reported, "--all")] == [True, False, False]
    assert reported("policies", "reports", "--withdraw", event_id).exit_code == 1
    assert reported("policies", "reports", "--withdraw", "nothing").exit_code == 1


def test_taking_back_a_report_leaves_undo_and_redo_to_the_decisions(reported: Command) -> None:
    reported.good("review", "eu", "--plain", stdin="u\nq\n")
    reported.good("policies", "reports", "--withdraw", records(reported)[0]["id"])
    result = reported.good("review", "eu", "--plain", stdin="U\nq\n")
    assert "redone: a, approve" in result.stdout
    assert [record["withdrawn"] for record in records(reported, "--all")] == [True, False, False]


def test_a_report_is_no_decision_and_holds_in_the_chain(reported: Command) -> None:
    kinds = [line.split()[3] for line in reported.good("decisions").stdout.splitlines()]
    assert kinds == ["approve", "retraction", "approve"]
    assert reported.good("verify").exit_code == 0
