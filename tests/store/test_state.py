"""The state kept with every change is the state worked out from the events alone."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from modtui.store import sqlite
from modtui.store.checking import rebuild_state, verify_workspace
from modtui.store.items import Item, context_hash, items_of_ad
from modtui.store.standing import newest_standing
from modtui.store.transaction import Transaction
from tests.store.desk import NOW, NOW_MS, ad_row, at, entry, open_desk, sit_down

REVIEWERS = ("amina", "ben", "chen")
OUTCOMES = ("approve", "reject")
AFTER = ("decided", "second_review", "waiting_document")
steps = st.one_of(
    st.tuples(st.just("decide"), st.sampled_from(REVIEWERS), st.sampled_from(AFTER), st.sampled_from(OUTCOMES)),
    st.tuples(st.just("escalate"), st.sampled_from(REVIEWERS), st.sampled_from(("legal", "market"))),
    st.tuples(st.sampled_from(("hold", "skip", "release", "claim", "undo", "free")), st.sampled_from(REVIEWERS)),
    st.tuples(st.just("import"), st.integers(0, 4), st.integers(0, 2), st.sampled_from(("", "more"))),
    st.tuples(st.just("open"), st.sampled_from(REVIEWERS), st.integers(1, 5)),
)  # fmt: skip


def state(connection: sqlite.Connection) -> dict[str, list[Any]]:
    return {
        "items": connection.execute(
            "SELECT queue_no, n, ad_no, lane, barred, order_key, state, route_no, verdict, outcome FROM queue_items"
        ).fetchall(),
        "ready": connection.execute("SELECT * FROM ready").fetchall(),
        "holds": connection.execute("SELECT * FROM holds").fetchall(),
        "exclusions": connection.execute("SELECT * FROM exclusions").fetchall(),
        "counts": connection.execute("SELECT * FROM queue_counts WHERE n <> 0").fetchall(),
    }


def act(tx: Transaction, step: tuple[Any, ...], mine: dict[str, Item]) -> None:
    verb, who = step[0], step[1]
    if verb == "import":
        tx.store_ads("q", [ad_row(f"a{step[1]}", f"text {step[2]}", step[3])], NOW_MS)
    elif verb == "claim":
        found = tx.claim_next("q", reviewer=who, session=f"s-{who}", now=NOW)
        mine.update({who: found} if found else {})
    elif verb == "open":
        found = tx.claim_item("q", step[2], reviewer=who, session=f"s-{who}", now=NOW)
        mine.update({who: found} if found else {})
    elif verb == "free":
        tx.free_claims(f"s-{who}")
    elif verb == "undo":
        event = newest_standing(tx.connection, who)
        if event is not None and event.subject is not None:
            item = items_of_ad(tx.connection, event.subject.source, event.subject.ad_id)[0]
            tx.append_event(entry(item, "retraction", who, supersedes=(event.id,)), session=f"s-{who}")
    elif who in mine:
        item = mine[who]
        body = {"until": at(30), "context": context_hash(item.payload)}
        if verb == "decide":
            body |= {"state": step[2], "outcome": step[3]}
        if verb == "escalate":
            body |= {"state": "escalated", "outcome": "escalate", "route": step[2]}
        kind = verb if verb in ("hold", "skip", "release") else "decision"
        tx.append_event(entry(item, kind, who, **body), session=f"s-{who}")


@given(st.lists(steps, max_size=40))
@settings(max_examples=40, deadline=None)
def test_state_is_the_fold_over_the_events(
    tmp_path_factory: pytest.TempPathFactory, moves: list[tuple[Any, ...]]
) -> None:
    with open_desk(tmp_path_factory.mktemp("w")) as workspace:
        sit_down(workspace, *REVIEWERS)
        workspace.writer.call(lambda tx: tx.create_queue("q", NOW))
        mine: dict[str, Item] = {}

        def play(tx: Transaction) -> None:
            tx.store_ads("q", [ad_row(f"a{i}") for i in range(5)], NOW_MS)
            for move in moves:
                act(tx, move, mine)
            while tx.sort_some():
                pass

        workspace.writer.call(play)
        kept = state(workspace.reader)
        workspace.writer.call(lambda tx: rebuild_state(tx.connection))
        assert state(workspace.reader) == kept
        assert verify_workspace(workspace.reader).is_whole
        counted = workspace.reader.execute("SELECT state, count(*) FROM queue_items GROUP BY 1").fetchall()
        summed = workspace.reader.execute(
            "SELECT state, sum(n) FROM queue_counts GROUP BY 1 HAVING sum(n) <> 0"
        ).fetchall()
        assert sorted(counted) == sorted(summed)
        claimed = workspace.reader.execute("SELECT count(*) FROM claims").fetchone()[0]
        in_ready = workspace.reader.execute("SELECT count(*) FROM ready").fetchone()[0]
        giveable = sum(n for name, n in counted if name in ("new", "second_review", "escalated"))
        assert giveable - claimed <= in_ready <= giveable
