"""The rejects file: every refused row is in it as it stood, for its owner alone, whole or not at all."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import pytest

from modtui.errors import ModtuiError
from modtui.files.queue_file import read_queue
from modtui.files.rejects_file import RejectsFile
from modtui.files.rows import Problem


def test_rows_come_back_as_they_stood(tmp_path: Path) -> None:
    path = tmp_path / "rejects.jsonl"
    raws: list[bytes | str] = [b'{"id": 1', "text \ud800", b"caf\xe9", b"", "日本"]
    with RejectsFile(path) as rejects:
        for number, raw in enumerate(raws):
            rejects.write(Problem("q\udcff.csv", number + 1, "is bad", raw))
        assert not path.exists()
    assert rejects.count == 5
    records = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    assert [record["line"] for record in records] == [1, 2, 3, 4, 5]
    assert {record["file"] for record in records} == {"q\\udcff.csv"}
    assert records[0]["raw"] == '{"id": 1'
    assert base64.b64decode(records[2]["raw_base64"]) == b"caf\xe9"
    assert records[4]["raw"] == "日本"
    assert path.stat().st_mode & 0o777 == 0o600
    assert [found.name for found in tmp_path.iterdir()] == ["rejects.jsonl"]


def test_without_a_problem_there_is_no_file(tmp_path: Path) -> None:
    with RejectsFile(tmp_path / "rejects.jsonl"):
        pass
    assert list(tmp_path.iterdir()) == []


def test_a_place_that_cannot_be_written_is_an_error_with_a_hint(tmp_path: Path) -> None:
    with pytest.raises(ModtuiError) as error:
        RejectsFile(tmp_path / "missing" / "rejects.jsonl").write(Problem("q", 1, "r", b"x"))
    assert "--rejects" in error.value.hint


def test_mended_rows_can_be_imported_from_it(tmp_path: Path) -> None:
    queue = tmp_path / "q.jsonl"
    queue.write_text('{"id": 1, "creative": "x"}\n{"id": 2, "creative": "y"\n')
    with RejectsFile(tmp_path / "r.jsonl") as rejects:
        for row in read_queue(queue, mapping=None, source="q"):
            if isinstance(row, Problem):
                rejects.write(row)
    record = json.loads((tmp_path / "r.jsonl").read_text())
    queue.write_text(record["raw"] + "}")
    (mended,) = read_queue(queue, mapping=None, source="q")
    assert not isinstance(mended, Problem)
    assert mended.payload["id"] == "2"
