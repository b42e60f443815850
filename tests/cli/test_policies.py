"""`modtui policies check` on the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from modtui.cli.policies import COMMANDS, policies
from modtui.errors import ModtuiError
from tests.cli.command import Command

FILES = Path(__file__).parents[1] / "files"


ALONE = {"MODTUI_WORKSPACE": "/nowhere/workspace.db", "XDG_CONFIG_HOME": "/nowhere"}
"""No workspace, so that nothing is held against earlier versions."""


def run(*arguments: str) -> Result:
    return CliRunner().invoke(policies, ["check", *arguments], env=ALONE)


def test_a_good_catalog_ends_with_0_and_only_warnings_on_standard_output() -> None:
    result = run(str(FILES / "five_rules.yaml"))
    assert result.exit_code == 0
    assert all(": warning: " in line for line in result.stdout.splitlines())
    assert result.stderr.splitlines() == [
        "1 file, 5 policies, 7 checks, 5 needs, 12 rows, 7 markets, 7 examples",
        "Version 2026.11.1 is good: every example comes out as it says. 6 warnings.",
    ]


def test_with_strict_warnings_end_with_1() -> None:
    result = run(str(FILES / "five_rules.yaml"), "--strict")
    assert (result.exit_code, len(result.stdout.splitlines())) == (1, 6)
    assert len(json.loads(run(str(FILES / "five_rules.yaml"), "--json").stdout)["warnings"]) == 6


def test_a_date_that_is_none_is_wrong_usage() -> None:
    assert run(str(FILES / "five_rules.yaml"), "--as-of", "soon").exit_code == 2


def test_ids_are_held_against_the_catalogs_of_the_workspace(modtui: Command, tmp_path: Path) -> None:
    modtui.good("import", modtui.file("q.jsonl", [{"id": "a", "creative": {"body": "Fries and bread"}}]))
    changed = tmp_path / "changed.yaml"
    changed.write_text((FILES / "five_rules.yaml").read_text().replace("key: fh", "key: zz"))
    result = modtui("policies", "check", changed)
    assert result.exit_code == 1
    assert [line for line in result.stdout.splitlines() if "warning" not in line] == [
        f"{changed}:19:14: policies[0].checks[0].key: had the key 'fh' in version 2026.11.1: a check keeps its key"
    ]


def test_cues_are_tried_on_a_queue_of_the_workspace_or_on_a_file(modtui: Command) -> None:
    file = modtui.file("q.jsonl", [{"id": str(n), "creative": {"body": f"Fries {n}"}} for n in range(3)])
    modtui.good("import", file, "--queue", "lunch")
    for queue in ("lunch", file):
        found = modtui.json("policies", "check", FILES / "five_rules.yaml", "--against", queue)
        told = [(each["line"], each["path"], each["message"]) for each in found["warnings"] if "cues" in each["path"]]
        assert told[:3] == [
            (16, "policies[0].cues.industries", "matches none of 3 ads: all 1"),
            (16, "policies[0].cues.words", "matches every one of 3 ads: 'fries'"),
            (16, "policies[0].cues.words", "matches none of 3 ads: 1 of 2: 'burger'"),
        ]
    assert modtui("policies", "check", "--against", "supper").exit_code == 1


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


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_of_the_catalog_is_there_and_shows_an_example(name: str) -> None:
    page = CliRunner().invoke(policies, [name, "--help"])
    assert page.exit_code == 0
    assert f"modtui policies {name}" in page.stdout
