"""Answers that go home: whole, in order, or named with the line that does not hold."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from modtui.errors import ModtuiError
from modtui.files.answers_file import answers_code, read_answers, write_answers
from tests.files.packs_made import some_answers


def refusal(path: Path) -> str:
    with pytest.raises(ModtuiError) as refused:
        read_answers(path)
    return str(refused.value)


def test_what_was_written_is_what_is_read(tmp_path: Path) -> None:
    code = write_answers(tmp_path / "a.answers", some_answers())
    assert read_answers(tmp_path / "a.answers") == (some_answers(), code)
    assert code == answers_code(some_answers())
    assert len(code) == 11
    assert write_answers(tmp_path / "b.answers", some_answers()) == code
    assert (tmp_path / "a.answers").read_bytes() == (tmp_path / "b.answers").read_bytes()


def test_every_flipped_byte_is_reported_with_its_line(tmp_path: Path) -> None:
    write_answers(tmp_path / "a.answers", some_answers())
    good = (tmp_path / "a.answers").read_bytes()
    for place in range(0, len(good), 3):
        bad = bytearray(good)
        bad[place] ^= 1
        (tmp_path / "b.answers").write_bytes(bad)
        words = refusal(tmp_path / "b.answers")
        line = good.count(b"\n", 0, place) + 1
        assert f"line {line} " in words or (line == 1 and "no file of answers" in words) or good[place] == 0x0A, words


def test_lines_left_out_doubled_or_in_another_order_are_reported(tmp_path: Path) -> None:
    write_answers(tmp_path / "a.answers", some_answers())
    lines = (tmp_path / "a.answers").read_bytes().splitlines(keepends=True)
    for changed in (
        lines[:-1], [*lines[:2], *lines[3:]], [lines[0], lines[2], lines[1], *lines[3:]], [*lines, lines[-1]],
        [*lines[:2], lines[1], *lines[2:]], lines[:1],
    ):  # fmt: skip
        (tmp_path / "b.answers").write_bytes(b"".join(changed))
        assert "line " in refusal(tmp_path / "b.answers")


def test_an_answer_that_was_mended_gives_another_code(tmp_path: Path) -> None:
    """Whoever writes the whole file anew gets past the chain, and not past the code that was told."""
    answers = some_answers()
    better = msgspec.structs.replace(
        answers, attempts=(msgspec.structs.replace(answers.attempts[0], outcome="reject"), *answers.attempts[1:])
    )
    assert write_answers(tmp_path / "a", answers) != write_answers(tmp_path / "b", better)


def test_other_files_are_told_apart(tmp_path: Path) -> None:
    for content in (b"", b"\n", b"{}\n", b'{"schema": "x"}\n', b"\xff\xfe\n", b"[" * 100_000):
        (tmp_path / "a").write_bytes(content)
        assert "no file of answers" in refusal(tmp_path / "a")
    assert "Cannot open" in refusal(tmp_path / "missing")
