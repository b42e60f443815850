"""Lists: pages by row number, slices found step by step, and the same cost at every place."""

from __future__ import annotations

import pytest

from modtui.store import ad_list
from modtui.store.ad_list import AdList
from modtui.store.slices import Slice
from modtui.store.workspace import Workspace
from tests.store.desk import ad_row, append, claim, entry, fill


@pytest.fixture
def filled(workspace: Workspace) -> Workspace:
    rows = [
        ad_row(
            f"a{i}",
            f"text {i} " + ("apple" if i % 4 == 0 else "pear"),
            markets=("FR",) if i % 2 else ("DE", "AT"),
            advertiser=f"adv {i % 3}",
            industry="food.fruit" if i % 5 == 0 else None,
        )
        for i in range(30)
    ]
    fill(workspace, *rows, queue="one")
    fill(workspace, *(ad_row(f"b{i}", "apple pie") for i in range(10)), ad_row("a3", "text 3 pear"), queue="two")
    while workspace.writer.call(lambda tx: tx.index_next()):
        pass
    return workspace


def whole(workspace: Workspace, listed: AdList) -> list[str]:
    while listed.grow(workspace.reader, 7):
        pass
    return [row.ad_id for row in listed.page(workspace.reader, 0, 1_000)]


def test_a_queue_is_listed_at_once_and_paged_from_both_ends(filled: Workspace) -> None:
    listed = AdList(filled.reader, "one")
    assert (listed.count, listed.is_complete) == (30, True)
    assert [row.ad_id for row in listed.page(filled.reader, 0, 3)] == ["a0", "a1", "a2"]
    assert [row.ad_id for row in listed.page(filled.reader, 28, 10)] == ["a28", "a29"]
    assert listed.page(filled.reader, 30, 10) == []
    row = listed.page(filled.reader, 4, 1)[0]
    assert (row.queue, row.n, row.title, row.advertiser, row.markets) == (
        "one",
        5,
        "title of a4",
        "adv 1",
        ("DE", "AT"),
    )
    assert listed.row_of(1, 5) == 4 and listed.row_of(1, 31) is None and listed.row_of(2, 1) is None


def test_all_queues_are_one_list(filled: Workspace) -> None:
    listed = AdList(filled.reader)
    assert listed.count == 41
    assert [(row.queue, row.ad_id) for row in listed.page(filled.reader, 29, 3)] == [
        ("one", "a29"),
        ("two", "b0"),
        ("two", "b1"),
    ]
    assert listed.row_of(2, 1) == 30
    assert len(listed.page(filled.reader, 0, 100)) == 41


def test_slices_grow_step_by_step(filled: Workspace) -> None:
    listed = AdList(filled.reader, "one", Slice(markets=("FR",)))
    assert (listed.count, listed.is_complete) == (0, False)
    assert listed.grow(filled.reader, 10)
    assert listed.count == 5
    assert whole(filled, listed) == [f"a{i}" for i in range(1, 30, 2)]
    assert listed.is_complete and not listed.grow(filled.reader)
    assert listed.row_of(1, 4) == 1 and listed.row_of(1, 5) is None


@pytest.mark.parametrize(
    ("slice_", "wanted"),
    [
        (Slice(advertiser="adv 2", markets=("AT",)), ["a2", "a8", "a14", "a20", "a26"]),
        (Slice(industry="food"), ["a0", "a5", "a10", "a15", "a20", "a25"]),
        (Slice(industry="foo"), []),
        (Slice(text="apple", markets=("DE",)), ["a0", "a4", "a8", "a12", "a16", "a20", "a24", "a28"]),
        (Slice(text="text 3"), ["a3"]),
        (Slice(text='"'), []),
        (Slice(markets=("FR", "AT"), text="pear", industry="food.fruit"), ["a5", "a10", "a15", "a25"]),
    ],
)
def test_slices_hold_all_their_conditions(filled: Workspace, slice_: Slice, wanted: list[str]) -> None:
    found = whole(filled, AdList(filled.reader, "one", slice_))
    assert [ad_id for ad_id in found if slice_.text != "text 3" or ad_id == "a3"] == wanted


def test_words_over_all_queues(filled: Workspace) -> None:
    found = whole(filled, AdList(filled.reader, None, Slice(text="apple")))
    assert sorted(found) == sorted([f"a{i}" for i in range(0, 30, 4)] + [f"b{i}" for i in range(10)])
    known = AdList(filled.reader, "two", Slice(text="pear"))
    assert whole(filled, known) == ["a3"] and known.row_of(2, 11) == 0


def test_states_outcomes_and_marks(filled: Workspace) -> None:
    for outcome in ("reject", "approve"):
        item = claim(filled, queue="one")
        assert item is not None
        append(filled, entry(item, outcome=outcome))
    current = claim(filled, queue="one")
    assert current is not None
    assert whole(filled, AdList(filled.reader, "one", Slice(states=("decided",)))) == ["a0", "a1"]
    assert whole(filled, AdList(filled.reader, "one", Slice(outcomes=("reject",)))) == ["a0"]
    fill(filled, ad_row("a9", "other"), queue="one")
    assert whole(filled, AdList(filled.reader, "one", Slice(marks=("new_version",)))) == ["a9"]
    rows = AdList(filled.reader, "one").page(filled.reader, 0, 3)
    assert [(row.state, row.outcome, row.claimed_by) for row in rows] == [
        ("decided", "reject", None), ("decided", "approve", None), ("new", None, "amina"),
    ]  # fmt: skip


def test_a_list_takes_in_what_is_imported_meanwhile(filled: Workspace) -> None:
    listed, slice_ = AdList(filled.reader, "one"), AdList(filled.reader, "one", Slice(markets=("FR",)))
    before = whole(filled, slice_)
    fill(filled, ad_row("late", markets=("FR",)), queue="one")
    for each in (listed, slice_):
        each.refresh(filled.reader)
    assert listed.count == 31
    assert whole(filled, slice_) == [*before, "late"]


def test_a_page_costs_the_same_at_every_place(filled: Workspace) -> None:
    listed = AdList(filled.reader, "one")
    statements: list[str] = []
    filled.reader.set_trace_callback(statements.append)
    listed.page(filled.reader, 25, 5)
    filled.reader.set_trace_callback(None)
    (statement,) = statements
    plan = [row[3] for row in filled.reader.execute(f"EXPLAIN QUERY PLAN {statement}")]
    assert [step for step in plan if step.startswith("SCAN")] == ["SCAN place VIRTUAL TABLE INDEX 1:"]
    assert not any("TEMP B-TREE" in step for step in plan)
    assert ad_list.GROW_ROWS > 0
