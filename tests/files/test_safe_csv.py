"""What a spreadsheet must not take for a formula."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modtui.files.safe_csv import is_formula_like, safe_cell, write_csv


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+1",
        "-1",
        "@x",
        "\t=1",
        "\r=1",
        "\n=1",
        "\0=1",
        " =1",
        "＝1",
        "＋1",
        "－1",
        "＠x",
        "\u200b=1",
        "  \u202e=1",
    ],
)
def test_formulas_in_every_disguise_are_found(text: str) -> None:
    assert is_formula_like(text)
    assert str(safe_cell(text)).startswith("'")


@pytest.mark.parametrize("text", ["", "10 kg", "a=b", "Größe", "見る", "(=)"])
def test_ordinary_text_is_left_alone(text: str) -> None:
    assert not is_formula_like(text)
    assert safe_cell(text) == text


def test_our_own_numbers_stay_numbers() -> None:
    assert safe_cell(-5) == -5


@given(st.lists(st.lists(st.text(), min_size=3, max_size=3), max_size=5))
def test_what_is_written_can_be_read_back_row_by_row(rows: list[list[str]]) -> None:
    out = io.StringIO(newline="")
    assert write_csv(out, ("a", "b", "c"), rows) == len(rows)
    read = list(csv.reader(io.StringIO(out.getvalue(), newline="")))
    assert len(read) == len(rows) + 1
    assert all(not is_formula_like(cell) for row in read for cell in row)
