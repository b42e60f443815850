"""`modtui policies check` on the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from modtui.cli.policies import policies
from modtui.errors import ModtuiError

FILES = Path(__file__).parents[1] / "files"


def run(*arguments: str) -> Result:
    return CliRunner().invoke(policies, ["check", *arguments])


def test_a_good_catalog_ends_with_0_and_nothing_on_standard_output() -> None:
    result = run(str(FILES / "five_rules.yaml"))
    assert (result.exit_code, result.stdout) == (0, "")
    assert result.stderr.splitlines() == [
        "1 file, 5 policies, 7 checks, 5 needs, 12 rows, 7 markets, 7 examples",
        "Version 2026.11.1 is good: every example comes out as it says.",
    ]


def test_mistakes_are_lines_on_standard_output_and_end_with_1() -> None:
    result = run(str(FILES / "thirty_mistakes.yaml"))
    expected = (FILES / "thirty_mistakes.txt").read_text().splitlines()
    assert result.exit_code == 1
    assert [line.removeprefix(f"{FILES}/") for line in result.stdout.splitlines()] == expected
    assert result.stderr == f"{len(expected)} mistakes. The examples run once there is none.\n"


def test_json_is_one_object() -> None:
    result = run(str(FILES / "thirty_mistakes.yaml"), "--json")
    report = json.loads(result.stdout)
    assert result.exit_code == 1
    assert report["good"] is False
    assert report["problems"][1] == {
        "file": str(FILES / "thirty_mistakes.yaml"),
        "line": 2,
        "column": 10,
        "path": "catalog",
        "message": "'title' is missing",
    }
    good = json.loads(run(str(FILES / "five_rules.yaml"), "--json").stdout)
    assert (good["good"], good["version"], good["counts"]["policies"]) == (True, "2026.11.1", 5)


def test_what_a_file_says_cannot_write_to_the_terminal(tmp_path: Path) -> None:
    path = tmp_path / "p.yaml"
    path.write_text('"k\\u202ee\\u200by\\n": 1\n', encoding="utf-8")
    result = run(str(path))
    assert result.exit_code == 1
    assert "\u202e" not in result.stdout
    assert "\u200b" not in result.stdout
    assert all(line.startswith(str(path)) for line in result.stdout.splitlines())


def test_wrong_usage_ends_with_2_and_an_absent_file_is_an_error_for_people(tmp_path: Path) -> None:
    assert run("--nonsense").exit_code == 2
    with pytest.raises(ModtuiError, match="No such file"):
        CliRunner().invoke(policies, ["check", str(tmp_path / "absent.yaml")], catch_exceptions=False)


def test_the_help_has_an_example() -> None:
    assert "modtui policies check" in run("--help").stdout
