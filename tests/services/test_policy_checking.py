"""Checking a catalog runs its worked examples."""

from __future__ import annotations

from pathlib import Path

from modtui.services.policy_checking import check_catalog

FIVE_RULES = Path(__file__).parents[1] / "files" / "five_rules.yaml"
TODAY = "2026-11-20"


def changed(tmp_path: Path, old: str, new: str) -> Path:
    text = FIVE_RULES.read_text()
    assert old in text
    path = tmp_path / "policies.yaml"
    path.write_text(text.replace(old, new))
    return path


def failures_of(path: Path) -> list[str]:
    report = check_catalog(path, TODAY)
    assert report.problems == ()
    return [f"{each.line}:{each.column}: {each.path}: {each.message}" for each in report.example_failures]


def test_the_five_rules_come_out_as_their_examples_say() -> None:
    report = check_catalog(FIVE_RULES, TODAY)
    assert report.is_good
    assert report.counts == {
        "files": 1, "policies": 5, "checks": 7, "needs": 5, "rows": 12, "markets": 7, "examples": 7,
    }  # fmt: skip


def test_an_example_that_comes_out_otherwise_is_told_with_its_place_and_reason(tmp_path: Path) -> None:
    path = changed(tmp_path, "{outcome: approve, MY: allowed}", "{outcome: reject, MY: cut}")
    assert failures_of(path) == [
        f"60:9: policies[1].examples[0]: example 'with its number': {words}"
        for words in (
            "the outcome is approve, not reject: MY 0-17 allowed, MY 18+ allowed",
            "MY 0-17 is allowed, not cut",
            "MY 18+ is allowed, not cut",
        )
    ]


def test_a_cell_that_is_not_there_is_told(tmp_path: Path) -> None:
    path = changed(tmp_path, '"US 21-24": cut', '"US 16-17": cut, CA: cut')
    assert [message.partition("': ")[2] for message in failures_of(path)] == [
        "there is no cell 'US 16-17' in the ad's markets and ages: US 21-24, US 25+",
        "there is no cell 'CA' in the ad's markets and ages: US 21-24, US 25+",
    ]


def test_an_example_names_its_day(tmp_path: Path) -> None:
    before = changed(tmp_path, "      - name: a burger", "      - as_of: 2026-01-04\n        name: a burger")
    assert [message.partition("': ")[2] for message in failures_of(before)] == [
        "GB 0-17 is limited, not cut (by food.less_healthy/identifiable)",
        "GB 18+ is limited, not cut (by food.less_healthy/identifiable)",
    ]


def test_with_mistakes_no_example_is_run(tmp_path: Path) -> None:
    report = check_catalog(changed(tmp_path, "severity: medium", "severity: huge"), TODAY)
    assert not report.is_good
    assert {problem.message for problem in report.problems} == {
        "unknown value 'huge'. It is one of info, low, medium, high, critical."
    }
    assert report.example_failures == ()
    assert report.counts == {"files": 1}
