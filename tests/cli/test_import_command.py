"""`modtui import` as a person uses it: every row is stored or named, and nothing is imported twice."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from tests.cli.command import Command
from tests.services.shift import plain_ad

NOTHING_NEW = {"new": 0, "new_versions": 0, "context_changed": 0, "rejected": 0}


def test_a_first_import_and_the_same_again(modtui: Command) -> None:
    path = modtui.file("eu.jsonl", [plain_ad("a"), plain_ad("b")])
    first = modtui.good("import", path)
    assert first.stdout == ""
    assert first.stderr == "2 rows in eu: new 2, new versions 0, context changed 0, unchanged 0, rejected 0\n"
    assert modtui.json("import", path) == {"rows": 2, "unchanged": 2, **NOTHING_NEW}


def test_the_counts_add_up_to_the_rows(modtui: Command) -> None:
    modtui.good("import", modtui.file("one.jsonl", [plain_ad("a"), plain_ad("b"), plain_ad("c")]), "--queue", "eu")
    changed = plain_ad("a", creative={"headline": "Another offer"})
    path = modtui.file("two.jsonl", [changed, plain_ad("b", priority=90), plain_ad("c"), plain_ad("d"), {"id": "e"}])
    counts = modtui.json("import", path, "--queue", "eu")
    assert counts == {"rows": 5, "new": 1, "new_versions": 1, "context_changed": 1, "unchanged": 1, "rejected": 1}
    assert counts["rows"] == sum(value for name, value in counts.items() if name != "rows")


def test_where_nothing_comes_in_a_script_sees_that_it_failed(modtui: Command) -> None:
    path = modtui.folder / "eu.jsonl"
    path.write_text("{broken\n{}\n")
    result = modtui("import", path)
    assert result.exit_code == 1 and "2 rows in eu: new 0" in result.stderr and "rejected 2" in result.stderr
    assert modtui("import", modtui.file("empty.jsonl", [])).exit_code == 0


def test_a_bad_row_is_named_kept_and_stops_nothing(modtui: Command) -> None:
    path = modtui.folder / "eu.jsonl"
    path.write_text(json.dumps(plain_ad("a")) + "\n{broken\n" + json.dumps(plain_ad("b")) + "\n")
    rejects = modtui.folder / "bad.jsonl"
    result = modtui.good("import", path, "--rejects", rejects)
    assert f"{path}:2: " in result.stderr
    assert f"The rejected rows are in {rejects}, with line and reason." in result.stderr
    (kept,) = [json.loads(line) for line in rejects.read_text().splitlines()]
    assert kept["line"] == 2 and "{broken" in json.dumps(kept)
    assert modtui.json("queues")["queues"][0]["total"] == 2


def test_rejects_go_beside_the_workspace_when_no_file_is_named(modtui: Command) -> None:
    modtui.good("import", modtui.file("eu.jsonl", [plain_ad("a"), {"id": "x"}]))
    assert (modtui.folder / "eu.rejects.jsonl").exists()


def test_many_bad_rows_are_not_many_lines(modtui: Command) -> None:
    result = modtui.good("import", modtui.file("eu.jsonl", [plain_ad("a"), *({"id": str(n)} for n in range(100))]))
    assert len(result.stderr.splitlines()) < 30
    assert "more in the rejects file" in result.stderr


def test_gzip_and_several_files_make_one_queue(modtui: Command) -> None:
    packed = modtui.folder / "b.jsonl.gz"
    packed.write_bytes(gzip.compress(json.dumps(plain_ad("b")).encode()))
    modtui.good("import", modtui.file("a.jsonl", [plain_ad("a")]), packed, "--queue", "both")
    assert modtui.json("queues")["queues"][0] | {"queue": "both", "total": 2} == modtui.json("queues")["queues"][0]


def test_standard_input_is_a_file(modtui: Command) -> None:
    modtui.good("import", "-", "--queue", "piped", stdin=json.dumps(plain_ad("a")) + "\n")
    assert [ad["id"] for ad in modtui.json("ads", "--queue", "piped")["ads"]] == ["a"]


def test_a_foreign_table_is_guessed_mended_and_imported(modtui: Command) -> None:
    table = modtui.folder / "export.csv"
    table.write_text("Ad ID,Headline,Body,Country\n1,Bread,Fresh every morning,FR\n2,Rolls,Warm,DE\n")
    guessed = modtui.good("import", table, "--guess")
    mapping = modtui.folder / "map.yaml"
    mapping.write_text(guessed.stdout)
    assert not modtui.workspace.exists()
    assert modtui.json("import", table, "--mapping", mapping, "--queue", "table")["new"] == 2
    titles = {ad["title"] for ad in modtui.json("ads")["ads"]}
    assert titles == {"Bread", "Rolls"}


def test_a_guess_takes_no_amount_for_a_text_and_names_no_column_twice(modtui: Command) -> None:
    table = modtui.folder / "report.csv"
    table.write_text(
        f"Page name,Amount spent,What,Priority\nBakery,103414,Some words,{'9' * 5_000}\nMill,60273,More,²\n"
    )
    said = modtui.good("import", table, "--guess").stdout
    assert 'creative.body: "What"' in said and "priority" not in said
    assert said.count("Amount spent") == said.count("What") == 1


def test_the_queue_s_markets_count_where_an_ad_states_none(modtui: Command) -> None:
    path = modtui.file("eu.jsonl", [plain_ad("a", markets=[])])
    modtui.good("import", path, "--markets", "fr,DE")
    said = modtui.good("review", "eu", "--plain", stdin="w\nq\n").stdout
    assert "DE FR, all ages: allowed" in said or "FR DE, all ages: allowed" in said


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["no-such-file.jsonl"], "no-such-file.jsonl"),
        (["."], "folder"),
        (["eu.jsonl", "--mapping", "ira-facebok"], "ira-facebook"),
        (["eu.jsonl", "--mapping", "no-such.yaml"], "no-such.yaml"),
        (["eu.jsonl", "--markets", "Frankreich"], "Frankreich"),
        (["eu.jsonl", "--markets", "FR,NRODIC"], "no group of the catalog"),
    ],
)
def test_what_a_person_can_fix_ends_with_1_and_a_hint(
    modtui: Command, monkeypatch: pytest.MonkeyPatch, arguments: list[str], words: str
) -> None:
    modtui.file("eu.jsonl", [plain_ad("a")])
    monkeypatch.chdir(modtui.folder)
    result = modtui("import", *arguments)
    assert result.exit_code == 1
    assert words in result.stderr and result.stdout == ""
    assert len(result.stderr.splitlines()) >= 2


def test_a_broken_archive_is_said_and_what_came_before_stays(modtui: Command) -> None:
    path = modtui.folder / "eu.jsonl.gz"
    whole = gzip.compress("".join(json.dumps(plain_ad(str(n))) + "\n" for n in range(2_000)).encode())
    path.write_bytes(whole[: len(whole) // 2])
    result = modtui("import", path)
    assert "eu.jsonl.gz" in result.stderr
    counts = modtui.json("queues")["queues"][0]
    assert 0 < counts["total"] < 2_000


def test_wrong_usage_ends_with_2(modtui: Command) -> None:
    assert modtui("import").exit_code == 2
    assert modtui("import", "x", "--no-such-option").exit_code == 2
    result = modtui("imprt", "x")
    assert result.exit_code == 2 and "'import'" in result.stderr


def test_an_import_says_its_progress_to_a_program(modtui: Command) -> None:
    path = modtui.file("eu.jsonl", [plain_ad(str(n)) for n in range(1_200)])
    lines = [json.loads(line) for line in modtui.good("import", path, "--progress-json").stdout.splitlines()]
    assert [line["rows"] for line in lines[:-1]] == [500, 1_000, 1_200]
    assert lines[-1]["done"]["new"] == 1_200


def test_hostile_names_and_rows_reach_the_terminal_revealed(modtui: Command, tmp_path: Path) -> None:
    path = tmp_path / "e\x1b[2Jil\u202e.jsonl"
    path.write_text(json.dumps(plain_ad("a")) + '\n{"id": "\x1b]0;pwned\x07"}\n')
    result = modtui("import", path, "--queue", "q")
    assert result.exit_code == 0
    assert "\x1b" not in result.output and "\u202e" not in result.output and "\x07" not in result.output
