"""Full-text search: built in steps, kept up with changes, and deaf to whatever is typed."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modtui.store import sqlite
from modtui.store.ad_rows import AdRow
from modtui.store.search import find_ads, indexed_up_to, match_expression
from modtui.store.workspace import Workspace
from tests.store.desk import NOW_MS, ad_row, fill


def index(workspace: Workspace, batch: int = 3) -> int:
    total = 0
    while done := workspace.writer.call(lambda tx: tx.index_next(batch=batch), background=True):
        total += done
    return total


def ids(workspace: Workspace, text: str) -> list[str]:
    numbers = find_ads(workspace.reader, text)
    return [
        workspace.reader.execute("SELECT id FROM ads WHERE ad_no = ?", (number,)).fetchone()[0] for number in numbers
    ]


def test_words_are_found_in_every_script(workspace: Workspace) -> None:
    fill(
        workspace,
        ad_row("fr", "Perdez 10 kg sans régime"),
        ad_row("ja", "ダイエットに効くお茶。今すぐ購入"),
        ad_row("th", "ลดน้ำหนักเร็ว"),
        ad_row("ar", "خسارة الوزن بسرعة"),
        ad_row("ru", "Похудение без диет"),
    )
    assert index(workspace) == 5
    assert ids(workspace, "regime") == ids(workspace, "RÉGIME perdez") == ids(workspace, '"10 kg"') == ["fr"]
    assert ids(workspace, "お茶") == ["ja"]
    assert ids(workspace, "น้ำหนัก") == ["th"]
    assert ids(workspace, "الوزن") == ["ar"]
    assert ids(workspace, "диет") == ["ru"]
    assert ids(workspace, '"kg 10"') == ids(workspace, "kg nothing") == []


def test_the_index_is_built_in_steps_and_follows_changes(workspace: Workspace) -> None:
    fill(workspace, *(ad_row(f"a{i}", f"word{i}") for i in range(8)))
    assert workspace.writer.call(lambda tx: tx.index_next(batch=3)) == 3
    assert indexed_up_to(workspace.reader) == 3
    assert (ids(workspace, "word2"), ids(workspace, "word7")) == (["a2"], [])
    fill(workspace, ad_row("a1", "changed"), ad_row("a7", "later"), ad_row("a8", "word8"))
    assert index(workspace) == 7
    assert (ids(workspace, "word1"), ids(workspace, "changed")) == ([], ["a1"])
    assert (ids(workspace, "word7"), ids(workspace, "later"), ids(workspace, "word8")) == ([], ["a7"], ["a8"])
    assert index(workspace) == 0


def test_advertiser_link_page_and_timed_texts_are_searched(workspace: Workspace) -> None:
    payload = {
        "id": "zz-9",
        "advertiser": {"name": "Glow LLC"},
        "creative": {"transcript": [{"text": "spoken"}], "on_screen_text": [{"text": "shown"}]},
        "landing_page": {"url": "https://glowfit.example/fr", "title": "Cure minceur"},
        "flags": [{"source": "secretmodel", "label": "weight"}],
    }
    fill(workspace, AdRow("desk", "zz-9", "0" * 64, json.dumps(payload), "t"))
    index(workspace)
    for word in ("glow", "spoken", "shown", "glowfit.example", "minceur", "zz-9"):
        assert ids(workspace, word) == ["zz-9"], word
    assert ids(workspace, "secretmodel") == []


@pytest.fixture(scope="module")
def table() -> sqlite.Connection:
    connection = sqlite.pysqlite3.connect(":memory:")
    connection.execute("CREATE VIRTUAL TABLE t USING fts5(text, tokenize='unicode61')")
    connection.execute("INSERT INTO t VALUES ('some words')")
    return connection


@given(st.text() | st.text("\"*():^-+.\\'{}[]NEARANDORNOT ab\0\n", max_size=30))
def test_nothing_typed_breaks_a_query(table: sqlite.Connection, text: str) -> None:
    expression = match_expression(text.encode("utf-8", "replace").decode("utf-8"))
    if expression:
        assert table.execute("SELECT count(*) FROM t WHERE t MATCH ?", (expression,)).fetchone()[0] in (0, 1)


@pytest.mark.parametrize("text", ["", " ", '"', '""', "\0", "***", "-", "()"])
def test_no_words_find_nothing(workspace: Workspace, text: str) -> None:
    fill(workspace, ad_row("a"))
    index(workspace)
    assert ids(workspace, text) == []
    assert NOW_MS
