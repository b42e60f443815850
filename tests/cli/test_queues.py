"""`modtui queues` and `modtui ads`: what waits and where an ad is, for people and for scripts."""

from __future__ import annotations

import pytest

from modtui.services.slices_saved import read_filter, save_slice
from modtui.store import sqlite
from modtui.store.migrations import migrate
from modtui.store.workspace import open_workspace
from tests.cli.command import Command
from tests.hostile.corpus import hostile_texts
from tests.services.shift import NOON, plain_ad
from tests.terminal.pty_session import PtySession, novel_control_functions, python

COUNTED = (
    "queue",
    "new",
    "due_soon",
    "in_review",
    "held",
    "escalated",
    "waiting_document",
    "second_review",
    "decided",
    "total",
)


@pytest.fixture
def stocked(modtui: Command) -> Command:
    """Two queues, one of them worked on."""
    ads = [plain_ad(f"ad-{n:02}", markets=["FR"] if n % 4 else ["SA", "DE"]) for n in range(20)]
    modtui.good("import", modtui.file("eu.jsonl", ads))
    modtui.good("import", modtui.file("uk.jsonl", [plain_ad("uk-1", creative={"headline": "Whisky"})]))
    modtui.good("review", "eu", "--plain", stdin="\ngm r\nh 3\nq\n")
    return modtui


def test_an_older_workspace_says_that_it_is_copied_once(modtui: Command) -> None:
    connection = sqlite.connect_writer(modtui.workspace, create=True)
    migrate(connection, 1, stop_before="m002_search")
    connection.close()
    first, second = modtui.good("queues"), modtui.good("queues")
    assert f"{modtui.workspace.name} is of an older modtui: keeping a copy of it (" in first.stderr
    assert "older" not in second.stderr


def test_queues_are_a_table_and_an_object(stocked: Command) -> None:
    heading, eu, uk = stocked.good("queues").stdout.splitlines()
    assert heading.startswith("queue  waiting  due < 1 h  in review  held  escalated")
    assert eu.split() == ["eu", "17", "0", "0", "1", "0", "0", "0", "2", "20"]
    assert uk.split() == ["uk", "1", *"0000000", "1"]
    found = stocked.json("queues")["queues"]
    assert {name: found[0][name] for name in COUNTED} == dict(
        zip(COUNTED, ("eu", 17, 0, 0, 1, 0, 0, 0, 2, 20), strict=True)
    )
    assert found[0]["escalated_by_route"] == {}


def test_no_queues_is_said_and_no_error(modtui: Command) -> None:
    open_workspace(modtui.workspace, NOON).close()
    result = modtui.good("queues")
    assert result.stdout == "" and "modtui import FILE" in result.stderr
    assert modtui.json("queues") == {"queues": []}


def ids(stocked: Command, *arguments: str) -> list[str]:
    return [ad["id"] for ad in stocked.json("ads", *arguments)["ads"]]


def test_ads_are_found_by_words_and_filters(stocked: Command) -> None:
    assert ids(stocked, "whisky") == ["uk-1"]
    assert ids(stocked, "offer", "ad-07") == ["ad-07"]
    assert ids(stocked, "state:decided") == ["ad-00", "ad-01"]
    assert ids(stocked, "--outcome", "reject") == ["ad-01"]
    assert ids(stocked, "--state", "held", "--state", "decided") == ["ad-00", "ad-01", "ad-02"]
    assert ids(stocked, "--market", "GCC", "--queue", "eu") == [f"ad-{n:02}" for n in range(0, 20, 4)]
    assert ids(stocked, "--advertiser", "Bakery", "--queue", "uk") == ["uk-1"]
    assert ids(stocked, "--industry", "food") == []


def test_pages_follow_each_other_without_gap_or_repeat(stocked: Command) -> None:
    found: list[str] = []
    after: list[str] = []
    while True:
        page = stocked.json("ads", "--limit", "6", *after)
        found += [ad["id"] for ad in page["ads"]]
        if page["next"] is None:
            break
        after = ["--after", page["next"]]
    assert found == [*(f"ad-{n:02}" for n in range(20)), "uk-1"]


def test_the_next_page_is_named_for_a_person(stocked: Command) -> None:
    result = stocked.good("ads", "--limit", "2", "--queue", "eu")
    assert [line.split()[0] for line in result.stdout.splitlines()] == ["ad-00", "ad-01"]
    assert result.stderr == "2 ads; more with --after 1.2\n"
    assert stocked.good("ads", "--limit", "50", "--after", "1.19").stderr == "2 ads\n"


def test_a_line_says_state_outcome_markets_advertiser_and_title(stocked: Command) -> None:
    line = stocked.good("ads", "ad-01").stdout.splitlines()[0]
    assert line.split() == ["ad-01", "eu", "decided", "reject", "FR", "Bakery", "Offer", "ad-01"]


def test_a_kept_slice_is_taken_and_narrowed(stocked: Command) -> None:
    with open_workspace(stocked.workspace, NOON) as workspace:
        save_slice(workspace, "gulf", "eu", read_filter("market:SA"))
    assert ids(stocked, "--slice", "gulf", "--state", "decided") == ["ad-00"]
    result = stocked("ads", "--slice", "golf")
    assert result.exit_code == 1 and "gulf" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "status", "words"),
    [
        (["state:nwe"], 1, "state:new"),
        (["--outcome", "approved"], 1, "outcome:approve"),
        (["--queue", "us"], 1, "eu, uk"),
        (["--after", "here"], 2, "no place"),
        (["--limit", "0"], 2, "limit"),
        (["--limit", "many"], 2, "limit"),
    ],
)
def test_mistakes_are_named_with_what_there_is(stocked: Command, arguments: list[str], status: int, words: str) -> None:
    result = stocked("ads", *arguments)
    assert (result.exit_code, result.stdout) == (status, "")
    assert words in result.stderr


def test_an_index_that_lags_is_said(modtui: Command) -> None:
    modtui.good("import", modtui.file("eu.jsonl", [plain_ad("a")]), "--progress-json")
    with open_workspace(modtui.workspace, NOON) as workspace:
        workspace.writer.call(lambda tx: tx.connection.execute("DELETE FROM facts WHERE name = 'search'") and None)
    assert "holds 0 of 1 ad so far" in modtui.good("ads", "bread").stderr


def test_hostile_ads_reach_neither_lines_nor_terminal(modtui: Command) -> None:
    texts = [text or "-" for _, _, text in hostile_texts()]
    ads = [
        plain_ad(f"h{n}{text}"[:150], advertiser={"name": text}, industry=text[:90], creative={"headline": text})
        for n, text in enumerate(texts)
    ]
    counts = modtui.json("import", modtui.file("h.jsonl", ads), "--queue", "h\u202e\u200bq")
    result = modtui.good("ads", "--limit", "10000")
    assert len(result.stdout.splitlines()) == counts["new"] > 300
    assert not set(result.stdout) & set("\x1b\x07\x9b\u202e\u2066\u2028")
    with PtySession(python("-m", "modtui", "ads", "--limit", "10000"), env=modtui.env) as session:
        assert session.wait_exit() == 0
        assert novel_control_functions(bytes(session.raw), {"c0 b'\\r'", "c0 b'\\n'"}) <= {"bidi b'\\xe2\\x80\\x8d'"}
    with PtySession(python("-m", "modtui", "queues"), env=modtui.env) as session:
        assert session.wait_exit() == 0
        assert novel_control_functions(bytes(session.raw), {"c0 b'\\r'", "c0 b'\\n'"}) == set()
