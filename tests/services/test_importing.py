"""Importing: every row is counted once, what is refused is kept, and the order is that of the design."""

from __future__ import annotations

import asyncio
import gzip
import json
import re
import resource
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from modtui.errors import ModtuiError
from modtui.files.rows import Problem
from modtui.services.catalogs import load_rulebook
from modtui.services.importing import (
    ImportOrder,
    ImportProgress,
    build_search_index,
    escalation_labels,
    queue_name_of,
    run_import,
)  # fmt: skip
from modtui.services.shipped import shipped
from modtui.store import ads
from modtui.store.queues import get_queue, queue_counts
from modtui.store.workspace import open_workspace
from tests.services.room import NOON, Room, ad, ids, room_at


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    with room_at(tmp_path) as made:
        yield made


def take(room: Room, path: Path, queue: str = "q", **more: Any) -> Any:
    return run_import(room.workspace, room.rulebook.catalog, ImportOrder([path], queue, **more), clock=room.clock)


def adds_up(report: Any) -> bool:
    counts = dict(report.as_json())
    return bool(counts.pop("rows") == sum(counts.values()))


def test_the_demo_queue_comes_in_whole_and_again_changes_nothing(room: Room) -> None:
    path = shipped("data/demo/queue.jsonl")
    lines = len(path.read_text().splitlines())
    with open_workspace(room.folder / "demo.db", NOON) as workspace:
        catalog = load_rulebook(shipped("policies.yaml"), workspace, NOON).catalog
        first = run_import(workspace, catalog, ImportOrder([path], "demo"), clock=room.clock)
        assert first.rows == lines and adds_up(first) and first.rejected == 0
        # A resubmission in the queue is a version of its ad, not another ad.
        assert ads.count_ads(workspace.reader) == first.new == queue_counts(workspace.reader, 1).total
        versions = workspace.reader.execute("SELECT count(*) FROM ad_versions").fetchone()[0]
        assert first.new < versions <= first.new + first.new_versions
        before = workspace.reader.execute("SELECT * FROM queue_items").fetchall()
        again = run_import(workspace, catalog, ImportOrder([path], "demo"), clock=room.clock)
        assert again.new == 0 and again.rejected == 0 and adds_up(again)
        assert (again.new_versions, again.unchanged + again.context_changed) == (0, lines)
        assert workspace.reader.execute("SELECT * FROM queue_items").fetchall() == before


def test_each_kind_of_row_is_counted_under_its_name(room: Room) -> None:
    room.bring(ad("same"), ad("text", "old"), ad("context"))
    path = room.folder / "next.jsonl"
    rows = [ad("same"), ad("text", "new"), ad("context", priority=90), ad("fresh")]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows) + "{broken\n\n" + '{"id": "empty"}\n')
    said: list[Problem] = []
    order = ImportOrder([path], "q")
    report = run_import(room.workspace, room.rulebook.catalog, order, on_problem=said.append, clock=room.clock)
    assert report.as_json() == {
        "rows": 6, "new": 1, "new_versions": 1, "context_changed": 1, "unchanged": 1, "rejected": 2,
    }  # fmt: skip
    assert [problem.line for problem in said] == [5, 7]
    assert report.rejects == room.folder / "q.rejects.jsonl"
    kept = [json.loads(line) for line in report.rejects.read_text().splitlines()]
    assert [each["line"] for each in kept] == [5, 7] and kept[0]["raw"] == "{broken"
    # A second import's rejects do not take the place of the first's.
    second = take(room, path)
    assert second.rejects == room.folder / "q-2.rejects.jsonl" and report.rejects.exists()
    assert take(room, path, rejects=room.folder / "here.jsonl").rejects == room.folder / "here.jsonl"


def test_rejects_never_overwrite_what_is_imported(room: Room) -> None:
    path = room.folder / "a.jsonl"
    path.write_text("{broken\n")
    with pytest.raises(ModtuiError, match="is what is imported"):
        take(room, path, rejects=room.folder / "." / "a.jsonl")
    assert path.read_text() == "{broken\n"


@pytest.mark.parametrize("name", ["", "x" * 201])
def test_a_queue_needs_a_name_of_its_own(room: Room, name: str) -> None:
    path = room.folder / "a.jsonl"
    path.write_text(json.dumps(ad("a0")))
    with pytest.raises(ModtuiError, match="1 to 200 characters"):
        take(room, path, queue=name)


def test_a_hostile_queue_name_makes_no_hostile_file(room: Room) -> None:
    path = room.folder / "a.jsonl"
    path.write_text("{broken\n")
    report = take(room, path, queue="../../etc/\u202e[31m")
    assert report.rejects is not None and report.rejects.parent == room.folder and "\u202e" not in report.rejects.name


@pytest.mark.parametrize("name", ["eu\nweekly", "eu\x1b[31m", "eu\u2028weekly"])
def test_a_queue_named_by_its_file_stays_on_its_line(room: Room, name: str) -> None:
    path = room.folder / f"{name}.jsonl"
    path.write_text(json.dumps(ad("a0")))
    named = queue_name_of(path)
    assert named.isprintable() and named.startswith("eu-") and take(room, path, queue=named).new == 1


def test_one_file_that_cannot_be_read_stops_all_before_anything_is_stored(room: Room) -> None:
    good = room.folder / "good.jsonl"
    good.write_text(json.dumps(ad("a0")) + "\n")
    with pytest.raises(ModtuiError):
        run_import(room.workspace, room.rulebook.catalog, ImportOrder([good, room.folder / "none.jsonl"], "q"))
    assert ads.count_ads(room.workspace.reader) == 0


def test_a_broken_archive_keeps_what_came_before_the_break(room: Room) -> None:
    whole = gzip.compress("".join(json.dumps(ad(f"a{n}", body=str(n) * 50)) + "\n" for n in range(3_000)).encode())
    path = room.folder / "cut.jsonl.gz"
    path.write_bytes(whole[: len(whole) * 2 // 3])
    report = take(room, path)
    stored = ads.count_ads(room.workspace.reader)
    assert 0 < stored == report.new < 3_000 and adds_up(report)
    assert report.rejects is not None and "cut off" in report.rejects.read_text().splitlines()[-1]
    path.write_bytes(whole)
    report = take(room, path)
    assert (report.new, report.unchanged) == (3_000 - stored, stored)


rows = st.lists(
    st.one_of(
        st.builds(lambda n, body: json.dumps(ad(f"a{n}", body)), st.integers(0, 5), st.sampled_from(["x", "y"])),
        st.builds(lambda n, p: json.dumps(ad(f"a{n}", priority=p)), st.integers(0, 5), st.integers(-5, 200)),
        st.sampled_from(
            [
                "{broken", "[]", "null", "7", '"text"', "{}", '{"id": ""}', '{"id": "a1", "id": "a2"}', "", "  ",
                '{"id": NaN, "creative": {"body": "x"}}', '{"id": 9007199254740993, "creative": {"body": "x"}}',
                '{"id": "s", "creative": {"body": "\\ud800"}}', '{"id": "b", "creative": {"body": "x"}, "markets": 5}',
                '{"id": "c\\u0000", "creative": {"body": "\\u001b[2J"}}',
            ]
        ),
    ),
    max_size=25,
)  # fmt: skip


@given(rows)
@settings(max_examples=25, deadline=None)
def test_the_counts_add_up_whatever_the_rows(tmp_path_factory: pytest.TempPathFactory, lines: list[str]) -> None:
    folder = tmp_path_factory.mktemp("w")
    with room_at(folder) as room:
        path = folder / "a.jsonl"
        lines = [json.dumps(ad("first")), *lines]
        path.write_text("\n".join(lines), encoding="utf-8")
        report = take(room, path)
        assert report.rows == sum(1 for line in lines if line.strip()) and adds_up(report)
        kept = report.rejects.read_text().splitlines() if report.rejects else []
        assert len(kept) == report.rejected
        assert queue_counts(room.workspace.reader, 1).total == report.new == ads.count_ads(room.workspace.reader)
        again = take(room, path)
        assert adds_up(again) and again.new == 0 and again.rejected == report.rejected


def test_hostile_rows_are_stored_or_refused_and_all_counted(room: Room) -> None:
    from tests.hostile import corpus

    texts = [text for name in dir(corpus) if isinstance(text := getattr(corpus, name), str)]
    found = [ad(f"h{n}", text) for n, text in enumerate(texts) if text.strip()]
    path = room.folder / "h.jsonl"
    path.write_bytes(b"".join(json.dumps(each).encode() + b"\n" for each in found))
    report = take(room, path)
    assert report.rows == len(found) and adds_up(report)


def test_the_queues_markets_count_where_an_ad_states_none(room: Room) -> None:
    room.bring(ad("a0", markets=[]), ad("a1"), markets=("DE", "NORDIC"))
    assert get_queue(room.workspace.reader, "q").settings["markets"] == ["DE", "NORDIC"]
    session = room.session()

    async def look() -> None:
        await session.start()
        assert session.current is not None and session.following is not None
        assert session.current.desk.ruling.grid.markets == ("DE", "DK", "NO", "SE")
        assert session.following.desk.ruling.grid.markets == ("FR", "BE")

    asyncio.run(look())


def test_escalation_class_priority_due_and_age_give_the_order(room: Room) -> None:
    room.bring(
        ad("later"), ad("due", due_at="2026-11-23T00:00:00Z"), ad("urgent", priority=90),
        ad("threat", priority=0, flags=[{"source": "m", "label": "Threat"}]),
        ad("old", submitted_at="2026-11-01T00:00:00Z"),
    )  # fmt: skip
    session, came = room.session(), []

    async def walk() -> None:
        await session.start()
        while session.current is not None:
            came.append(ids(session)[0])
            await session.skip("other")

    asyncio.run(walk())
    assert came == ["threat", "urgent", "due", "old", "later"]


def test_labels_of_what_always_escalates(room: Room) -> None:
    assert escalation_labels(room.rulebook.catalog) == {"threat"}


def test_progress_tells_rows_and_bytes_to_the_end(room: Room) -> None:
    path = room.folder / "a.jsonl"
    path.write_text("".join(json.dumps(ad(f"a{n}")) + "\n" for n in range(1_200)))
    told: list[ImportProgress] = []
    order = ImportOrder([path], "q")
    run_import(room.workspace, room.rulebook.catalog, order, on_progress=told.append, clock=room.clock)
    assert [each.rows for each in told] == [500, 1_000, 1_200]
    assert told[-1].bytes_read == told[-1].bytes_total == path.stat().st_size
    assert build_search_index(room.workspace) == 1_200


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("a/eu-weekly.jsonl", "eu-weekly"), ("x.csv.gz", "x"), ("x.tar.gz", "x.tar"), ("-", "stdin"),
        (".jsonl", ".jsonl"), ("v1.2.tsv.zst", "v1.2"), ("plain", "plain"),
    ],
)  # fmt: skip
def test_a_queue_is_named_for_its_file(path: str, name: str) -> None:
    assert queue_name_of(path) == name


def test_payloads_are_written_the_same_way_each_time(room: Room) -> None:
    """Another order of keys is no change of context."""
    first = ad("a0", priority=60, industry="food")
    room.bring(first)
    assert room.bring(dict(reversed(first.items()))).unchanged == 1
    assert orjson.loads(room.item("a0").payload)["id"] == "a0"


def test_a_disk_that_fills_up_says_how_much_came_in_and_the_same_import_goes_on(tmp_path: Path) -> None:
    path = tmp_path / "many.jsonl"
    path.write_text("".join(json.dumps(ad(f"a{n}", body="many words " * 40)) + "\n" for n in range(3_000)))
    workspace = tmp_path / "workspace.db"
    command = [sys.executable, "-m", "modtui", "--workspace", str(workspace), "import", str(path), "--queue", "q"]

    def with_little_room() -> None:  # in a process of its own, because the limit holds for all its files
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (3_500_000, resource.RLIM_INFINITY))

    full = subprocess.run(command, preexec_fn=with_little_room, capture_output=True, text=True, timeout=60)
    assert full.returncode == 1
    told = re.search(r"At least ([0-9,]+) rows of this import came in before", full.stderr)
    assert told is not None and "Import the same again" in full.stderr, full.stderr
    least = int(told[1].replace(",", ""))
    again = subprocess.run([*command, "--json"], capture_output=True, text=True, timeout=60)
    counts = json.loads(again.stdout)
    assert counts["rows"] == counts["new"] + counts["unchanged"] == 3_000
    assert 0 < least <= counts["unchanged"] < 3_000
