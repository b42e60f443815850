"""Home in the words of a shift: what waits, what is mine, what I asked, what I did today."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from modtui.services.overview import answer_words, from_now, midnight_ms
from tests.services.shift import HOUR, NOON, Shift, answer_with_rejection, plain_ad, shift_at


@pytest.fixture
def shift(tmp_path: Path) -> Iterator[Shift]:
    with shift_at(tmp_path) as made:
        yield made


def test_a_new_workspace_has_nothing_to_show(shift: Shift) -> None:
    overview = shift.bench().overview()
    assert overview.is_empty
    assert (overview.held, overview.asked, overview.routes) == ((), (), {})
    assert (overview.decided_today, overview.undone, overview.unsynced) == (0, 0, 0)


def test_queues_are_counted_by_state_and_by_what_is_due(shift: Shift) -> None:
    soon, late = "2026-11-22T12:40:00Z", "2026-11-22T11:00:00Z"
    shift.bring("first", [plain_ad("a", due_at=soon), plain_ad("b", due_at=late), plain_ad("c")])
    shift.bring("second", [plain_ad("d", due_at="2026-11-23T12:00:00Z")])
    assert shift.decide(shift.bench().session("first")) == ["b"]
    first, second = shift.bench().overview().queues
    assert (first.name, first.counts.new, first.counts.decided, first.due_soon) == ("first", 2, 1, 1)
    assert (second.name, second.counts.total, second.due_soon) == ("second", 1, 0)


def test_what_i_hold_comes_back_and_is_only_mine(shift: Shift) -> None:
    shift.bring("first", [plain_ad("a"), plain_ad("b")])
    session = shift.bench().session("first")

    async def hold() -> None:
        await session.start()
        await session.hold("need more time", 30)
        await session.close()

    asyncio.run(hold())
    held = shift.bench().overview().held
    assert [(each.queue, each.ad_id, each.wake_at) for each in held] == [("first", "a", "2026-11-22T12:30:00.000Z")]
    assert shift.bench("bo").overview().held == ()


def test_a_question_waits_by_route_until_another_decision_answers_it(shift: Shift) -> None:
    shift.bring("first", [plain_ad("a"), plain_ad("b")])
    bench = shift.bench()
    shift.escalate(bench.session("first"), "legal", "Is bread allowed?")
    overview = bench.overview()
    assert overview.routes == {"legal": 1}
    assert [(each.ad_id, each.route, each.question, each.answer) for each in overview.asked] == [
        ("a", "legal", "Is bread allowed?", None)
    ]

    asyncio.run(answer_with_rejection(shift.bench("counsel").session(route="legal"), "It is a bet on bread."))
    overview = bench.overview()
    assert overview.routes == {}
    (asked,) = overview.asked
    assert asked.answer is not None and asked.is_news
    assert asked.answer.actor == "counsel"
    words = answer_words(asked.answer)
    assert "by counsel" in words and "gambling.real_money/offers" in words and "It is a bet on bread." in words
    assert shift.bench("bo").overview().asked == ()


def test_an_answer_is_news_until_it_was_read(shift: Shift) -> None:
    shift.bring("first", [plain_ad("a")])
    bench = shift.bench()
    shift.escalate(bench.session("first"), "legal", "?")
    asyncio.run(answer_with_rejection(shift.bench("counsel").session(route="legal"), "no"))
    (asked,) = bench.overview().asked
    assert asked.answer is not None
    bench.mark_read(asked.answer)
    bench.mark_read(asked.answer)
    assert [each.is_news for each in bench.overview().asked] == [False]


def test_a_question_taken_back_is_no_question(shift: Shift) -> None:
    shift.bring("first", [plain_ad("a")])
    bench = shift.bench()
    shift.escalate(bench.session("first"), "legal", "?")
    session = bench.session("first")

    async def undo() -> None:
        await session.start()
        await session.undo()
        await session.close()

    asyncio.run(undo())
    overview = bench.overview()
    assert (overview.asked, overview.routes, overview.undone, overview.decided_today) == ((), {}, 1, 0)


def test_figures_are_mine_and_of_today(shift: Shift) -> None:
    shift.bring("first", [plain_ad(name) for name in "abcdef"])
    shift.decide(shift.bench().session("first"))
    shift.now = midnight_ms(NOON + 24 * HOUR)
    shift.decide(shift.bench().session("first"), 2)
    shift.decide(shift.bench("bo").session("first"))
    overview = shift.bench().overview()
    assert overview.figures == {"approve": 2}
    assert overview.decided_today == 2
    assert overview.unsynced == 4


def test_an_overview_reads_no_ads(shift: Shift) -> None:
    """It costs the same with many ads: no statement walks the ads or their payloads."""
    shift.bring("first", [plain_ad(str(n)) for n in range(40)])
    statements: list[str] = []
    with shift.workspace.read() as connection:
        connection.set_trace_callback(statements.append)
        shift.bench().overview()
        connection.set_trace_callback(None)
        for statement in statements:
            plan = " ".join(row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {statement}"))
            assert "SCAN a" not in plan.replace("SCAN c", "") and "SCAN i" not in plan, (statement, plan)
            # The index holds nothing but what is in conflict.
            plan = plan.replace("SCAN queue_items USING COVERING INDEX items_in_conflict", "")
            assert "SCAN queue_items" not in plan and "SCAN ad_versions" not in plan, (statement, plan)


@pytest.mark.parametrize(
    ("delta", "words"),
    [(0, "0 min"), (59 * 60_000, "59 min"), (-2 * HOUR, "2 h"), (47 * HOUR, "47 h"), (50 * HOUR, "2 d")],
)
def test_distances_are_said_in_one_unit(delta: int, words: str) -> None:
    assert from_now(delta) == words
