"""Whatever is handed to the check gives a catalog or mistakes with their places: never an exception, never no end."""

from __future__ import annotations

import json
import os
import tarfile
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from modtui.services.policy_checking import CheckReport, check_catalog

TODAY = "2026-11-20"
FIVE_RULES = Path(__file__).parents[1] / "files" / "five_rules.yaml"
REALDATA = Path(os.environ.get("MODTUI_REALDATA", Path(__file__).parents[2] / ".." / "shared" / "realdata"))
SUITE = REALDATA / "edge/yaml/yaml-test-suite-data.tar.gz"


def is_sound(report: CheckReport) -> bool:
    """Whether a report has a catalog's figures, or mistakes; and every line of it a place in the file."""
    told = (*report.problems, *report.example_failures, *report.warnings)
    has_places = all(each.line >= 1 and each.column >= 1 and each.file and each.message for each in told)
    return has_places and bool(report.version or report.problems)


@pytest.mark.skipif(not SUITE.exists(), reason="the real data is not here")
def test_every_yaml_of_the_test_suite_is_a_mistake_with_its_place(tmp_path: Path) -> None:
    path = tmp_path / "p.yaml"
    count = 0
    with tarfile.open(SUITE) as archive:
        for member in archive:
            handle = archive.extractfile(member) if member.name.endswith("/in.yaml") else None
            if handle is not None:
                path.write_bytes(handle.read())
                report = check_catalog(path, TODAY)
                assert report.problems, member.name  # none of them is a catalog
                assert is_sound(report), member.name
                count += 1
    assert count > 300


def base() -> Any:
    """A catalog with every key that a policy has."""
    document = yaml.load(FIVE_RULES.read_text(encoding="utf-8"), yaml.BaseLoader)
    document["policies"][0] |= {
        "owner": "food desk",
        "review_by": "2026-12-01",
        "reply": {"en": "No. {fix}", "fr": "Non."},
        "reply_unreviewed": ["fr"],
        "on_partial": "return",
        "sunset": "2027-01-01",
        "dsa": {"category": "STATEMENT_CATEGORY_OTHER_VIOLATION_TC", "keywords": ["KEYWORD_OTHER"]},
    }
    document["policies"][0]["checks"].append(
        {
            "id": "food.less_healthy/child",
            "key": "fc",
            "ask": "Is a child shown?",
            "when": {"food.less_healthy/identifiable": "yes"},
            "owner": "amina",
            "review_by": "2026-10-01",
            "apparent_age": "25",
            "unless": ["food.less_healthy/brand-only"],
        }
    )
    document["briefings"] = [{"id": "b", "title": "T", "text": "t", "policies": ["body.retouched"], "markets": ["EEA"]}]
    return document


def paths_of(value: object, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    steps = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(inner for step, each in steps for inner in paths_of(each, (*path, step)))]


PATHS = paths_of(base())[1:]
IDS = st.sampled_from(["food.less_healthy/identifiable", "food.less_healthy/child", "body.retouched/shape/label@NO"])
WORDS = st.sampled_from(
    ["yes", "no", "cut", "prohibited", "quality", "U", "FR", "EEA", "*", "18", "2026-12-31", "2026-13-01", "fr",
     "{fix}", "tv", "(a+)+$", r"\d{1000}", "x" * 2000]
)  # fmt: skip
ODD = st.recursive(
    st.none() | st.text(max_size=8) | WORDS | IDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6) | WORDS | IDS, inner, max_size=3),
    max_leaves=6,
)
DELETED = object()


def test_the_base_of_the_fuzzer_is_good(tmp_path: Path) -> None:
    path = tmp_path / "p.yaml"
    path.write_text(json.dumps(base()))
    assert check_catalog(path, TODAY).problems == ()


@given(st.lists(st.tuples(st.sampled_from(PATHS), ODD | st.just(DELETED)), min_size=1, max_size=5))
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_damaged_catalog_is_checked_to_its_end(tmp_path: Path, damage: list[tuple[tuple[Any, ...], object]]) -> None:
    document = base()
    for path, value in damage:
        place = document
        for step in path[:-1]:
            place = place[step] if has(place, step) else None
        if has(place, path[-1]):
            if value is DELETED:
                del place[path[-1]]
            else:
                place[path[-1]] = value
    file = tmp_path / "p.yaml"
    file.write_bytes(json.dumps(document, ensure_ascii=False).encode("utf-8", "surrogatepass"))
    assert is_sound(check_catalog(file, TODAY))


def has(place: Any, step: Any) -> bool:
    return (isinstance(place, dict) and step in place) or (isinstance(place, list) and step in range(len(place)))


CONTENT = FIVE_RULES.read_bytes()


@given(
    st.lists(
        st.tuples(st.integers(0, len(CONTENT) - 1), st.integers(0, 40), st.binary(max_size=6)), min_size=1, max_size=6
    )
)
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_damaged_bytes_are_checked_to_their_end(tmp_path: Path, damage: list[tuple[int, int, bytes]]) -> None:
    content = bytearray(CONTENT)
    for start, length, new in damage:
        content[start : start + length] = new
    file = tmp_path / "p.yaml"
    file.write_bytes(content)
    assert is_sound(check_catalog(file, TODAY))
