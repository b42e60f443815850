"""`modtui decisions` and `modtui export`: what leaves the workspace is whole, countable and safe to open."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import pytest

from modtui.files.decision_rows import COLUMNS
from tests.cli.command import Command
from tests.services.shift import plain_ad


@pytest.fixture
def decided(modtui: Command) -> Command:
    """Three ads: one approved, one rejected by a check with a note, one decided and taken back."""
    modtui.good("import", modtui.file("eu.jsonl", [plain_ad("a"), plain_ad("b"), plain_ad("c")]))
    modtui.good("review", "eu", "--plain", stdin="\nc =cmd|' /C calc'!A0\ngm r\na\nu\nq\n")
    return modtui


def lines(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


def test_decisions_are_listed_oldest_first_with_what_was_taken_back(decided: Command) -> None:
    result = decided.good("decisions")
    rows = [line.split() for line in result.stdout.splitlines()]
    assert [row[1:4] for row in rows] == [
        ["amina", "a", "approve"],
        ["amina", "b", "reject"],
        ["amina", "c", "approve"],
        ["amina", "c", "retraction"],
    ]
    assert "gambling.real_money/offers" in rows[1]
    assert "(taken back)" in result.stdout.splitlines()[2]
    assert result.stderr == "4 decisions and retractions\n"


def test_a_long_list_says_how_much_is_left_out(decided: Command) -> None:
    result = decided.good("decisions", "--limit", "1")
    assert len(result.stdout.splitlines()) == 1
    first = lines(decided.good("decisions", "--json").stdout)[0]["id"]
    assert result.stderr == f"1 shown; more with --after {first}, all with --limit 0\n"
    assert len(decided.good("decisions", "--limit", "0").stdout.splitlines()) == 4


def test_an_empty_list_says_so(modtui: Command) -> None:
    modtui.good("import", modtui.file("eu.jsonl", [plain_ad("a")]))
    result = modtui.good("decisions")
    assert (result.stdout, result.stderr) == ("", "0 decisions and retractions\n")


def test_since_takes_a_date_or_a_time(decided: Command) -> None:
    at = lines(decided.good("decisions", "--json").stdout)[0]["at"]
    assert len(decided.good("decisions", "--since", at[:10]).stdout.splitlines()) == 4
    assert decided.good("decisions", "--since", "2099-01-01").stdout == ""
    assert len(lines(decided.good("export", "jsonl", "--since", "2020-01-01T00:00:00Z").stdout)) == 4


@pytest.mark.parametrize("since", ["yesterday", "2026-13-01", ""])
def test_a_time_that_is_none_is_refused(decided: Command, since: str) -> None:
    result = decided("decisions", "--since", since)
    assert result.exit_code in (1, 2) and result.stdout == ""
    assert "since" in result.stderr.lower()


def test_jsonl_holds_each_record_whole(decided: Command) -> None:
    records = lines(decided.good("export", "jsonl").stdout)
    first = records[0]
    assert first["kind"] == "decision" and first["standing"] is True and len(first["hash"]) == 64
    assert first["subject"]["ad_id"] == "a"
    body = first["body"]
    assert body["catalog"]["id"] == "five-rules" and len(body["catalog"]["hash"]) == 64
    assert body["as_of"] and body["passed_over"] is not None and body["cells"]
    assert [record["seq"] for record in records] == [1, 2, 3, 4]
    assert [record["standing"] for record in records] == [True, True, False, True]


def test_active_time_leaves_only_when_asked_for(decided: Command) -> None:
    assert "active_ms" not in decided.good("export", "jsonl").stdout
    assert "active_ms" in lines(decided.good("export", "jsonl", "--with-times").stdout)[0]
    header = decided.good("export", "csv", "--with-times").stdout.splitlines()[0]
    assert header.endswith(",active_ms")


def test_csv_has_a_row_a_record_and_runs_in_no_spreadsheet(decided: Command) -> None:
    rows = list(csv.reader(io.StringIO(decided.good("export", "csv").stdout, newline="")))
    assert tuple(rows[0]) == COLUMNS
    assert len(rows) == 1 + len(lines(decided.good("export", "jsonl").stdout))
    by_name = [dict(zip(COLUMNS, row, strict=True)) for row in rows[1:]]
    assert by_name[1]["note"].startswith("'=cmd|")
    assert not [cell for row in rows[1:] for cell in row if cell[:1] in "=+-@" and cell]
    assert [row["standing"] for row in by_name] == ["yes", "yes", "no", "yes"]


def test_a_file_is_whole_private_and_counted(decided: Command) -> None:
    path = decided.folder / "out.jsonl"
    assert decided.json("export", "jsonl", "-o", path) == {"events": 4, "file": str(path)}
    assert path.read_text() == decided.good("export", "jsonl").stdout
    assert path.stat().st_mode & 0o777 == 0o600
    assert [each.name for each in decided.folder.iterdir() if "part" in each.name] == []


def test_a_place_that_cannot_be_written_is_a_person_s_to_mend(decided: Command) -> None:
    result = decided("export", "csv", "-o", decided.folder / "no" / "such" / "folder.csv")
    assert result.exit_code == 1
    assert "Cannot write the export" in result.stderr and "-o" in result.stderr


def test_an_unknown_form_is_wrong_usage(decided: Command) -> None:
    assert decided("export", "xlsx").exit_code == 2
    assert decided("decisions", "--format", "xml").exit_code == 2


def test_a_workspace_that_is_not_there_is_not_made(modtui: Command) -> None:
    for command in (["decisions"], ["export", "jsonl"], ["verify"], ["backup"], ["queues"], ["ads"]):
        result = modtui(*command)
        assert result.exit_code == 1, command
        assert "modtui import FILE" in result.stderr
    assert not modtui.workspace.exists()
