"""Who gets which ad: the order, holds, skips, second reviews, routes, lapsed claims, dead processes, slices."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from modtui.store import claims
from modtui.store.items import Item
from modtui.store.queues import count_due, escalated_routes, held_by, queue_counts
from modtui.store.slices import Slice
from modtui.store.times import order_key, utc_text
from modtui.store.transaction import Transaction
from modtui.store.workspace import Workspace
from tests.store.desk import NOW, NOW_MS, ad_row, append, at, claim, entry, fill, open_desk, sit_down

WORKER = Path(__file__).with_name("worker.py")


def order(workspace: Workspace, reviewer: str = "amina", **more: object) -> list[str]:
    """Decide until nothing is left; the ads in the order they came."""
    seen = []
    while (item := claim(workspace, reviewer, **more)) is not None:
        seen.append(item.ad_id)
        append(workspace, entry(item, actor=reviewer))
    return seen


def test_escalation_class_then_priority_then_due_then_oldest_then_import(workspace: Workspace) -> None:
    fill(
        workspace,
        ad_row("import 1", submitted_at=at(0)),
        ad_row("import 2", submitted_at=at(0)),
        ad_row("old", submitted_at=at(-600)),
        ad_row("due late", due_at=at(600)),
        ad_row("due soon", due_at=at(60)),
        ad_row("urgent", priority=90),
        ad_row("class", is_escalation_class=True, priority=0),
    )
    assert order(workspace) == ["class", "urgent", "due soon", "due late", "old", "import 1", "import 2"]


keys = st.tuples(st.booleans(), st.integers(0, 100), st.none() | st.integers(0, 2**27 - 2), st.integers(0, 2**27 - 1))


@given(keys, keys)
@settings(max_examples=300, deadline=None)
def test_the_order_key_orders_as_its_parts(
    a: tuple[bool, int, int | None, int], b: tuple[bool, int, int | None, int]
) -> None:
    def parts(key: tuple[bool, int, int | None, int]) -> tuple[bool, int, float, int]:
        return (not key[0], -key[1], float("inf") if key[2] is None else key[2], key[3])

    def number(key: tuple[bool, int, int | None, int]) -> int:
        return order_key(key[1], key[2], key[3], is_escalation_class=key[0])

    assert (number(a) < number(b)) == (parts(a) < parts(b))
    assert 0 <= number(a) < 2**63


def test_current_and_preloaded_ad_belong_to_one_session(workspace: Workspace) -> None:
    fill(workspace, *(ad_row(f"a{i}") for i in range(4)))
    mine = [claim(workspace, "amina"), claim(workspace, "amina")]
    theirs = [claim(workspace, "ben"), claim(workspace, "ben")]
    assert [item.ad_id for item in (*mine, *theirs) if item] == ["a0", "a1", "a2", "a3"]
    assert claim(workspace, "ben") is None
    assert queue_counts(workspace.reader, 1).in_review == 4
    workspace.writer.call(lambda tx: tx.free_claims("s-amina"))
    again = claim(workspace, "ben")
    assert again is not None and again.ad_id == "a0"


def test_an_ad_in_two_queues_is_in_one_session_only(workspace: Workspace) -> None:
    fill(workspace, ad_row("a"), queue="one")
    fill(workspace, ad_row("a"), ad_row("b"), queue="two")
    assert claim(workspace, "amina", "one").ad_id == "a"  # type: ignore[union-attr]
    assert claim(workspace, "ben", "two").ad_id == "b"  # type: ignore[union-attr]
    assert workspace.writer.call(lambda tx: tx.claim_item("two", 2, reviewer="ben", session="s-ben", now=NOW)) is None
    workspace.writer.call(lambda tx: tx.free_claims("s-amina"))
    assert claim(workspace, "ben", "two").ad_id == "a"  # type: ignore[union-attr]


def test_claims_lapse_unless_they_are_renewed(workspace: Workspace) -> None:
    fill(workspace, ad_row("a"))
    assert claim(workspace, "amina") is not None
    assert claim(workspace, "ben", now=at(29)) is None
    assert workspace.writer.call(lambda tx: tx.renew_claims("s-amina", at(29))) == 1
    assert claim(workspace, "ben", now=at(31)) is None
    taken = claim(workspace, "ben", now=at(60))
    assert taken is not None and taken.claimed_by == "ben"
    assert workspace.writer.call(lambda tx: tx.renew_claims("s-amina", at(60))) == 0


def test_a_late_decision_is_kept_beside_another_as_a_conflict(workspace: Workspace) -> None:
    fill(workspace, ad_row("a"))
    late = claim(workspace, "amina")
    other = claim(workspace, "ben", now=at(60))
    assert late is not None and other is not None
    append(workspace, entry(other, actor="ben", outcome="reject"))
    append(workspace, entry(late, actor="amina", late=True))
    assert workspace.reader.execute("SELECT state, mark FROM queue_items").fetchone() == ("decided", "conflict")


def test_a_hold_comes_back_to_its_holder_before_the_rest(workspace: Workspace) -> None:
    fill(workspace, *(ad_row(f"a{i}") for i in range(3)))
    first = claim(workspace)
    assert first is not None
    append(workspace, entry(first, "hold", until=at(30), reason="ask"))
    assert [held.ad_id for held in held_by(workspace.reader, "amina")] == ["a0"]
    assert claim(workspace, now=at(29)).ad_id == "a1"  # type: ignore[union-attr]
    assert claim(workspace, "ben", now=at(30)).ad_id == "a2"  # type: ignore[union-attr]
    back = claim(workspace, now=at(30))
    assert back is not None and (back.ad_id, back.state) == ("a0", "held")
    workspace.writer.call(lambda tx: tx.free_claims("s-amina"))
    assert claim(workspace, "ben", now=at(30 + 24 * 60)).ad_id == "a0"  # type: ignore[union-attr]


def test_a_release_gives_a_held_ad_to_anybody(workspace: Workspace) -> None:
    fill(workspace, ad_row("a"))
    item = claim(workspace)
    assert item is not None
    append(workspace, entry(item, "hold", until=at(30)))
    assert claim(workspace, "ben") is None
    append(workspace, entry(item, "release"))
    assert claim(workspace, "ben") is not None
    assert held_by(workspace.reader, "amina") == []


def test_a_skipped_ad_goes_to_others_and_to_the_skipper_last(workspace: Workspace) -> None:
    fill(workspace, *(ad_row(f"a{i}") for i in range(3)))
    for _ in range(2):
        item = claim(workspace)
        assert item is not None
        append(workspace, entry(item, "skip", reason="language"))
    assert claim(workspace, "amina").ad_id == "a2"  # type: ignore[union-attr]
    assert claim(workspace, "amina") is None
    skipped = claim(workspace, "ben")
    assert skipped is not None and skipped.ad_id == "a0"
    append(workspace, entry(skipped, "skip", "ben", reason="language"))
    assert claim(workspace, "ben").ad_id == "a1"  # type: ignore[union-attr]
    assert claim(workspace, "ben") is None
    assert claim(workspace, "amina") is None
    assert claim(workspace, "amina", include_skipped=True).ad_id == "a0"  # type: ignore[union-attr]


def test_a_second_review_goes_to_another_reviewer(workspace: Workspace) -> None:
    fill(workspace, ad_row("a"))
    item = claim(workspace)
    assert item is not None
    append(workspace, entry(item, state="second_review"))
    assert claim(workspace) is None
    assert claim(workspace, include_skipped=True) is None
    second = claim(workspace, "ben")
    assert second is not None and second.state == "second_review"
    append(workspace, entry(second, actor="ben"))
    assert queue_counts(workspace.reader, 1).decided == 1


def test_escalated_ads_are_a_queue_by_route(workspace: Workspace) -> None:
    fill(workspace, ad_row("a"), ad_row("b"), ad_row("c"), queue="one")
    fill(workspace, ad_row("d"), queue="two")
    for queue, route in (("one", "legal"), ("one", "market"), ("two", "legal")):
        item = claim(workspace, queue=queue)
        assert item is not None
        append(workspace, entry(item, state="escalated", outcome="escalate", route=route))
    assert escalated_routes(workspace.reader) == {"legal": 2, "market": 1}
    assert queue_counts(workspace.reader, 1).escalated_by_route == {"legal": 1, "market": 1}
    answered = [claim(workspace, "ben", None, route="legal") for _ in range(3)]
    assert [item and (item.queue, item.ad_id, item.route) for item in answered] == [
        ("one", "a", "legal"), ("two", "d", "legal"), None,
    ]  # fmt: skip
    assert claim(workspace, "ben", "one").ad_id == "c"  # type: ignore[union-attr]


def test_a_slice_gives_only_what_matches_and_may_begin_further_on(workspace: Workspace) -> None:
    fill(
        workspace,
        ad_row("a", markets=("FR", "SA"), advertiser="Glow", industry="health.weight"),
        ad_row("b", markets=("DE",), advertiser="Glow", industry="food.alcohol"),
        ad_row("c", markets=("FRA",), advertiser="Other", industry="food"),
        ad_row("d", markets=("SA", "FR"), industry="foods"),
    )
    assert order(workspace, slice_=Slice(markets=("FR",))) == ["a", "d"]
    assert order(workspace, "ben", slice_=Slice(industry="food")) == ["b", "c"]


def test_excluded_ads_are_passed_over(workspace: Workspace) -> None:
    fill(workspace, ad_row("a"), ad_row("b"))
    assert claim(workspace, exclude={1}).ad_id == "b"  # type: ignore[union-attr]


def test_due_ads_are_counted_over_lanes_and_priorities(workspace: Workspace) -> None:
    rows = [ad_row(f"a{i}", due_at=at(i * 10), priority=40 + i % 3) for i in range(12)]
    fill(workspace, *rows, ad_row("no due"))
    workspace.writer.call(lambda tx: tx.sort_some())
    assert count_due(workspace.reader, 1, NOW_MS) == 7
    item = claim(workspace)
    assert item is not None
    append(workspace, entry(item, "skip"))
    assert count_due(workspace.reader, 1, NOW_MS) == 7
    assert count_due(workspace.reader, 1, NOW_MS, within_ms=0) == 1


def test_a_claim_is_a_search_and_never_a_walk(workspace: Workspace) -> None:
    fill(workspace, ad_row("a"))
    workspace.writer.call(lambda tx: tx.sort_some())
    statements: list[str] = []

    def traced(tx: object) -> None:
        connection = tx.connection  # type: ignore[attr-defined]
        connection.set_trace_callback(statements.append)
        claims.claim_next(
            connection, queue_no=1, reviewer="amina", session="s-amina", now=NOW, until=at(30), abandoned=at(-60)
        )
        connection.set_trace_callback(None)

    workspace.writer.call(traced)
    queries = [text for text in statements if text.lstrip().startswith(("SELECT", "UPDATE", "DELETE"))]
    assert len(queries) > 5
    for text in queries:
        plan = [row[3] for row in workspace.reader.execute(f"EXPLAIN QUERY PLAN {text}")]
        # Claims and sessions are a handful of rows; everything else must be found by an index, in its order.
        walks = [step for step in plan if step.startswith("SCAN") and step not in ("SCAN claims", "SCAN sessions")]
        assert walks == [] and not any("TEMP B-TREE" in step for step in plan), (text, plan)
        assert not any("queue_items" in step or step.startswith("SEARCH i ") for step in plan if "queue_no=?)" in step)


def steps_of_a_claim(workspace: Workspace) -> int:
    """How many steps of SQLite's machine one claim takes."""
    count = 0

    def tick() -> int:
        nonlocal count
        count += 1
        return 0

    def run(tx: object) -> None:
        tx.connection.set_progress_handler(tick, 10)  # type: ignore[attr-defined]
        item = tx.claim_next("q", reviewer="amina", session="s-amina", now=NOW)  # type: ignore[attr-defined]
        tx.connection.set_progress_handler(None, 0)  # type: ignore[attr-defined]
        assert item is not None

    workspace.writer.call(run)
    return count


def test_a_claim_takes_the_same_steps_however_many_ads_are_decided_or_skipped(tmp_path: Path) -> None:
    with open_desk(tmp_path) as workspace:
        sit_down(workspace, "amina", "ben")
        for start in range(0, 3_000, 500):
            fill(workspace, *(ad_row(f"a{i}") for i in range(start, start + 500)))
        workspace.writer.call(lambda tx: tx.sort_some())
        workspace.writer.call(lambda tx: tx.sort_some())
        first = steps_of_a_claim(workspace)
        workspace.writer.call(lambda tx: tx.free_claims("s-amina"))

        def work(tx: object) -> None:
            for number in range(1_200):
                item = tx.claim_next("q", reviewer="amina", session="s-amina", now=NOW)  # type: ignore[attr-defined]
                kind = ("decision", "skip", "hold")[number % 3]
                tx.append_event(entry(item, kind, until=at(60)), session="s-amina")  # type: ignore[attr-defined]

        workspace.writer.call(work)
        later = steps_of_a_claim(workspace)
    assert later <= first * 1.5 + 10


@pytest.mark.parametrize("count", [4])
def test_processes_drain_one_queue_and_share_no_ad(tmp_path: Path, count: int) -> None:
    with open_desk(tmp_path) as workspace:
        fill(workspace, *(ad_row(f"a{i}") for i in range(200)))
    workers = [
        subprocess.Popen(
            [sys.executable, str(WORKER), "drain", str(tmp_path / "w.modtui"), f"reviewer-{i}"],
            stdout=subprocess.PIPE,
            text=True,
        )
        for i in range(count)
    ]
    decided = [line.split()[1] for worker in workers for line in worker.communicate(timeout=120)[0].splitlines()]
    assert [worker.returncode for worker in workers] == [0] * count
    assert sorted(decided) == sorted(f"a{i}" for i in range(200))
    with open_desk(tmp_path) as workspace:
        counts = queue_counts(workspace.reader, 1)
        assert (counts.decided, counts.in_review) == (200, 0)
        assert workspace.damage is None


def test_the_ads_of_a_dead_process_come_back(tmp_path: Path) -> None:
    with open_desk(tmp_path) as workspace:
        fill(workspace, ad_row("a"), ad_row("b"))
        sit_down(workspace, "amina")
        worker = subprocess.Popen(
            [sys.executable, str(WORKER), "claim-and-wait", str(workspace.path), "ben"],
            stdout=subprocess.PIPE, stdin=subprocess.PIPE, text=True,
        )  # fmt: skip
        assert worker.stdout is not None
        assert worker.stdout.readline().split() == ["claimed", "a"]
        assert claim(workspace).ad_id == "b"  # type: ignore[union-attr]
        assert claim(workspace) is None
        worker.kill()
        worker.wait()
        freed = claim(workspace)
        assert freed is not None and freed.ad_id == "a"


def test_times_are_texts_that_sort() -> None:
    assert utc_text(NOW_MS) == "2026-11-18T10:26:40.000Z" or utc_text(NOW_MS).endswith("Z")
    assert at(-1) < NOW < at(1)


def test_a_file_just_imported_is_given_out_in_its_order(workspace: Workspace) -> None:
    """An ad that came twice is in its place at once, and does not go before the ones still to be put in theirs."""
    workspace.writer.call(lambda tx: tx.create_queue("q", NOW))

    def import_and_claim(tx: Transaction) -> Item | None:
        tx.store_ads("q", [ad_row("low", priority=10), ad_row("high", priority=90)], NOW_MS)
        tx.store_ads("q", [ad_row("low", body="Another text.", priority=20)], NOW_MS)
        tx.open_session("s", "amina", NOW)
        return tx.claim_next("q", reviewer="amina", session="s", now=NOW)

    first = workspace.writer.call(import_and_claim)
    assert first is not None and first.ad_id == "high"
