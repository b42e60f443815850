"""The form of the statement of reasons: what the rules of the database say, field by field, and what breaks them."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from modtui.domain.statement_form import BATCH, LENGTHS, LISTS, NEEDED, NEEDED_WITH, VALUES, faults
from modtui.domain.statement_values import EEA

SHARED = Path(os.environ.get("MODTUI_REALDATA", Path(__file__).parents[3] / "shared/realdata")).parent / "domain"
FORM = SHARED / "dsa_statement_of_reasons.json"
STATEMENT: dict[str, Any] = {
    "puid": "01a206df-5f5f-7cc6-912c-af84ecbfe3ae-1",
    "decision_visibility": ["DECISION_VISIBILITY_CONTENT_DISABLED"],
    "decision_ground": "DECISION_GROUND_INCOMPATIBLE_CONTENT",
    "incompatible_content_ground": "Truthful claims (claims.any), House rules 2026.11.1",
    "incompatible_content_explanation": "It promises what nobody can promise.",
    "content_type": ["CONTENT_TYPE_TEXT"],
    "category": "STATEMENT_CATEGORY_CONSUMER_INFORMATION",
    "territorial_scope": ["BE", "GR"],
    "content_language": "EL",
    "content_date": "2026-11-20",
    "application_date": "2026-11-22",
    "decision_facts": "A paid advertisement was reviewed.",
    "source_type": "SOURCE_VOLUNTARY",
    "automated_detection": "No",
    "automated_decision": "AUTOMATED_DECISION_NOT_AUTOMATED",
}


@pytest.fixture(scope="module")
def published() -> dict[str, Any]:
    if not FORM.exists():
        pytest.skip("the published form is not beside the project")
    found: dict[str, Any] = json.loads(FORM.read_text("utf-8"))
    return found


def test_the_values_and_lengths_are_the_published_ones(published: dict[str, Any]) -> None:
    fields = {field["name"]: field for field in published["fields"]}
    for name, values in VALUES.items():
        assert values == set(fields[name]["enum"]), name
    for name, most in LENGTHS.items():
        assert fields[name]["max_length"] == most, name
    assert set(published["sets"]["eea"]) == EEA and published["transport"]["batch"]["max"] == BATCH
    assert {name for name in LISTS if name in VALUES} == {
        name for name in VALUES if str(fields[name]["type"]).startswith("array")
    }
    always = {name for name, field in fields.items() if field["required"] is True}
    assert always | {"decision_visibility", "territorial_scope"} == set(NEEDED)


def test_the_published_example_is_taken(published: dict[str, Any]) -> None:
    example = {name: sorted(value) if name in LISTS else value for name, value in published["example"].items()}
    assert faults(example) == [], "the database sorts; what is written here is sorted already"


def test_a_sound_statement_has_no_faults() -> None:
    assert faults(STATEMENT) == []


@pytest.mark.parametrize("name", NEEDED)
def test_what_has_to_be_there_is_missed(name: str) -> None:
    missing = {key: value for key, value in STATEMENT.items() if key != name}
    assert any(fault.startswith(f"{name}: ") for fault in faults(missing))


@pytest.mark.parametrize("name", NEEDED_WITH)
def test_what_goes_with_another_value_is_asked_for_there_and_refused_elsewhere(name: str) -> None:
    other, value = NEEDED_WITH[name]
    there = STATEMENT | {other: [value] if other in LISTS else value}
    there.pop(name, None)
    assert f"{name}: has to be there with {value}" in faults(there)
    elsewhere = {key: given for key, given in STATEMENT.items() if key not in NEEDED_WITH} | {name: "Something"}
    elsewhere["decision_ground"] = (
        "DECISION_GROUND_ILLEGAL_CONTENT" if name.startswith("incompatible") else "DECISION_GROUND_INCOMPATIBLE_CONTENT"
    )
    assert f"{name}: may only be there with {value}" in faults(elsewhere)


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"puid": "a.b"}, "puid: letters"),
        ({"puid": "a\n"}, "puid: letters"),
        ({"territorial_scope": ["GB"]}, "territorial_scope: 'GB'"),
        ({"territorial_scope": ["EL"]}, "territorial_scope: 'EL'"),
        ({"territorial_scope": ["GR", "BE"]}, "territorial_scope: not sorted"),
        ({"content_language": "GR"}, "content_language: 'GR'"),
        ({"content_language": "fr"}, "content_language: 'fr'"),
        ({"category_specification": ["KEYWORD_DANGEROUS_TOYS"]}, "category_specification: 'KEYWORD_DANGEROUS_TOYS'"),
        ({"category_addition": [STATEMENT["category"]]}, "category_addition: holds the category"),
        ({"category_specification_other": "x"}, "category_specification_other: may only"),
        ({"source_identity": "x"}, "source_identity: may not"),
        ({"decision_facts": "é" * 5001}, "decision_facts: 5001 characters"),
        ({"application_date": "2026-1-2"}, "application_date: '2026-1-2' is no date"),
        ({"application_date": "2039-01-01"}, "application_date: 2039-01-01 is not between"),
        ({"end_date_visibility_restriction": "2026-11-21"}, "end_date_visibility_restriction: 2026-11-21"),
        ({"decision_ground_reference_url": "javascript:x"}, "decision_ground_reference_url: is no address"),
        ({"outcome": "reject"}, "outcome: is no field"),
    ],
)
def test_what_the_database_would_refuse_is_refused(change: dict[str, Any], fault: str) -> None:
    assert any(each.startswith(fault) for each in faults(STATEMENT | change))


def test_a_stalking_keyword_is_taken_although_it_belongs_to_no_group() -> None:
    assert faults(STATEMENT | {"category_specification": ["KEYWORD_STALKING"]}) == []
