"""The JSON Schema of the policy file, held by an independent validator against files as an editor reads them."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft7Validator

from modtui.files.policy_file import read_catalog_document
from modtui.files.policy_json_schema import schema_text
from modtui.services.shipped import shipped

ROOT = Path(__file__).parents[2]
FIVE_RULES = (Path(__file__).parent / "five_rules.yaml").read_text(encoding="utf-8")
SCHEMA = shipped("data/policies.schema.json")
VALIDATOR = Draft7Validator(json.loads(SCHEMA.read_text(encoding="utf-8")))


class EditorLoader(yaml.SafeLoader):
    """YAML 1.2's core types, as the language servers of editors have them: `no` and dates are text, `18` a number."""

    yaml_implicit_resolvers: dict[str, Any] = {}  # noqa: RUF012 as PyYAML declares it


for tag, form, first in (
    ("bool", r"true|True|TRUE|false|False|FALSE", "tTfF"),
    ("int", r"[-+]?[0-9]+", "-+0123456789"),
    ("float", r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?", "-+.0123456789"),
    ("null", r"~|null|Null|NULL|", ["~", "n", "N", ""]),
):
    EditorLoader.add_implicit_resolver(f"tag:yaml.org,2002:{tag}", re.compile(f"^(?:{form})$"), list(first))


def schema_takes(text: str) -> bool:
    return bool(VALIDATOR.is_valid(yaml.load(text, EditorLoader)))


def reader_takes(text: str) -> bool:
    return read_catalog_document(text).document is not None


def test_the_shipped_schema_is_the_reader_s() -> None:
    page = (ROOT / "docs" / "policy-file.md").read_text(encoding="utf-8")
    assert SCHEMA.read_text(encoding="utf-8") == schema_text(page), "stale: run `make docs`"
    Draft7Validator.check_schema(VALIDATOR.schema)


@pytest.mark.parametrize("name", ["policies.yaml", "tests/files/five_rules.yaml", "tests/services/house.yaml"])
def test_it_takes_the_catalogs_that_are_good(name: str) -> None:
    errors = VALIDATOR.iter_errors(yaml.load((ROOT / name).read_text(encoding="utf-8"), EditorLoader))
    assert [f"{error.json_path}: {error.message}" for error in errors] == []


@pytest.mark.parametrize(
    ("good", "wrong"),
    [
        ("schema: modtui/policies/1", "schema: modtui/policies/2"),
        ("schema: modtui/policies/1\n", ""),
        (", title: Five hard rules}", "}"),
        ("axis: industry", "axis: trade"),
        ("severity: medium", "severity: huge"),
        ("severity: medium", "severty: medium"),
        ("    principle: Children should not be sold food that makes them ill.\n", ""),
        ("principle: Children should not be sold food that makes them ill.", "principle:"),
        ("cues: {industries: [food], words: [burger, fries]}", "cues: {industries: food}"),
        ("cues: {industries: [food], words: [burger, fries]}", "cues: {word: [burger]}"),
        ("cues: {industries: [food], words: [burger, fries]}", "cues: {words: [[burger]]}"),
        ("cues: {industries: [food], words: [burger, fries]}", "owner: [a, b]"),
        ("cues: {industries: [food], words: [burger, fries]}", "review_by: next year"),
        ("cues: {industries: [food], words: [burger, fries]}", "reply_unreviewed: French"),
        ("id: food.less_healthy/identifiable", "id: identifiable"),
        ("key: fh", "key: food"),
        ("key: fh", "key: 12"),
        ("facts: {any: [product.food_score >= 4]}", "facts: {some: [product.food_score >= 4]}"),
        ("facts: {any: [product.food_score >= 4]}", "facts: {}"),
        ("facts: {any: [product.food_score >= 4]}", "when: {food.less_healthy/brand-only: maybe}"),
        ("facts: {any: [product.food_score >= 4]}", "min_age: 180"),
        ("facts: {any: [product.food_score >= 4]}", "min_age: eighteen"),
        ("facts: {any: [product.food_score >= 4]}", "escalation: {class: minors}"),
        ("effect: prohibited", "effect: forbidden"),
        ("effective: 2026-01-05", "effective: 5 January 2026"),
        ("basis: law\n            -", "basis: custom\n            -"),
        ('hours: {not: "05:30-21:00", tz: Europe/London}', 'hours: {not: "05:30-21:00"}'),
        ('hours: {not: "05:30-21:00", tz: Europe/London}', "hours: {not: 5-21, tz: Europe/London}"),
        ("needs: {number: {pattern:", "needs: {numbr: {pattern:"),
        ("pattern: 'KKLIU\\s?\\d{4}/\\d{4}', in: [text, on_screen_text]", "in: [text]"),
        ("missing: cut", "missing: never"),
        ("ad: {creative: {body: We are 50}", "ad: {creative: {bdy: We are 50}"),
        ("expect: {GB: limited}", "expect: {GB: partly}"),
        ("expect: {GB: limited}", "expect: {Mars: limited}"),
        ("expect: {GB: limited}", "expect: {outcome: maybe}"),
        ("policies:\n", "polices:\n"),
    ],
)
def test_it_refuses_what_the_reader_refuses(good: str, wrong: str) -> None:
    assert good in FIVE_RULES
    text = FIVE_RULES.replace(good, wrong, 1)
    assert not reader_takes(text)
    assert not schema_takes(text)


LINES = FIVE_RULES.splitlines(keepends=True)


@given(st.lists(st.integers(0, len(LINES) - 1), min_size=1, max_size=3), st.sampled_from(["drop", "double", "swap"]))
def test_it_never_refuses_what_the_reader_takes(places: list[int], change: str) -> None:
    lines = LINES.copy()
    for place in places:
        if change == "drop":
            lines[place] = ""
        elif change == "double":
            lines[place] *= 2
        else:
            lines[place], lines[place - 1] = lines[place - 1], lines[place]
    text = "".join(lines)
    if reader_takes(text):
        assert schema_takes(text)
