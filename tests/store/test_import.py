"""Storing ads: new ones, versions, changes of context, and what they do to items already decided."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from modtui.store import ready
from modtui.store.ad_rows import ImportCounts
from modtui.store.ads import advertiser_history, count_ads, version_with, versions_of
from modtui.store.items import context_hash, get_item, items_of_ad
from modtui.store.queues import get_queue, queue_counts
from modtui.store.workspace import Workspace
from tests.store.desk import NOW, NOW_MS, ad_row, append, at, claim, entry, fill


def counts(new: int = 0, new_versions: int = 0, context_changed: int = 0, unchanged: int = 0) -> ImportCounts:
    return ImportCounts(new, new_versions, context_changed, unchanged)


def state(workspace: Workspace, n: int = 1) -> tuple[str, str | None, str | None]:
    item = get_item(workspace.reader, 1, n)
    assert item is not None
    return item.state, item.mark, item.outcome


def test_the_same_import_again_does_nothing(workspace: Workspace) -> None:
    rows = [ad_row(f"a{i}") for i in range(7)]
    assert fill(workspace, *rows) == counts(new=7)
    before = workspace.reader.execute("SELECT * FROM queue_items").fetchall()
    assert fill(workspace, *rows) == counts(unchanged=7)
    assert workspace.reader.execute("SELECT * FROM queue_items").fetchall() == before
    assert fill(workspace, *rows[:3], ad_row("b"), *rows[3:]) == counts(new=1, unchanged=7)
    assert get_queue(workspace.reader, "q").size == count_ads(workspace.reader) == 8


def test_other_content_is_a_new_version_that_reopens_the_item(workspace: Workspace) -> None:
    fill(workspace, ad_row("a", "one"))
    first = claim(workspace)
    assert first is not None
    append(workspace, entry(first, outcome="reject"))
    assert state(workspace) == ("decided", None, "reject")
    assert fill(workspace, ad_row("a", "two")) == counts(new_versions=1)
    assert state(workspace) == ("new", "new_version", None)
    item = claim(workspace)
    assert item is not None and (item.version, item.versions) == (2, 2) and "two" in item.payload
    assert [version.is_current for version in versions_of(workspace.reader, item.ad_no)] == [False, True]
    old = version_with(workspace.reader, item.ad_no, first.content_hash)
    assert old is not None and old.payload == first.payload


def test_old_content_that_returns_brings_its_verdict_back(workspace: Workspace) -> None:
    fill(workspace, ad_row("a", "one"))
    item = claim(workspace)
    assert item is not None
    append(workspace, entry(item, outcome="reject"))
    fill(workspace, ad_row("a", "two"))
    assert fill(workspace, ad_row("a", "one")) == counts(new_versions=1)
    assert state(workspace) == ("decided", "returned", "reject")
    back = get_item(workspace.reader, 1, 1)
    assert back is not None and (back.version, back.versions) == (1, 2)
    assert claim(workspace) is None


def test_a_change_of_context_wakes_only_what_waited_for_it(workspace: Workspace) -> None:
    fill(workspace, ad_row("a"), ad_row("b"))
    for outcome, wanted in (("request_info", "waiting_document"), ("approve", "decided")):
        item = claim(workspace)
        assert item is not None
        append(workspace, entry(item, outcome=outcome, state=wanted, context=context_hash(item.payload)))
    assert claim(workspace) is None
    changed = [ad_row("a", context="certificate"), ad_row("b", context="certificate")]
    assert fill(workspace, *changed) == counts(context_changed=2)
    assert state(workspace, 1) == ("new", "woken", "request_info")
    assert state(workspace, 2) == ("decided", None, "approve")
    woken = claim(workspace)
    assert woken is not None and "certificate" in woken.payload
    append(workspace, entry(woken))
    assert state(workspace, 1) == ("decided", None, "approve")


def test_a_new_version_while_the_old_one_is_on_screen(workspace: Workspace) -> None:
    fill(workspace, ad_row("a", "one"))
    item = claim(workspace)
    assert item is not None
    fill(workspace, ad_row("a", "two"))
    assert claim(workspace, "ben") is None
    append(workspace, entry(item, outcome="reject"))
    assert state(workspace)[0] == "new"
    again = claim(workspace, "ben")
    assert again is not None and again.version == 2


def test_one_ad_many_times_in_a_batch(workspace: Workspace) -> None:
    rows = [ad_row("a", f"text {i % 3}") for i in range(9)] + [ad_row("b")]
    assert fill(workspace, *rows) == counts(new=2, new_versions=8)
    (item,) = items_of_ad(workspace.reader, "desk", "a")
    assert (item.version, item.versions) == (3, 3)


def test_the_same_id_from_two_sources_is_two_ads(workspace: Workspace) -> None:
    assert fill(workspace, ad_row("a"), ad_row("a", source="other")) == counts(new=2)
    assert count_ads(workspace.reader) == 2


def test_a_known_ad_may_join_another_queue(workspace: Workspace) -> None:
    fill(workspace, ad_row("a"), queue="one")
    assert fill(workspace, ad_row("a"), ad_row("b"), queue="two") == counts(new=2)
    assert [item.queue for item in items_of_ad(workspace.reader, "desk", "a")] == ["one", "two"]
    fill(workspace, ad_row("a", "changed"), queue="one")
    assert [item.mark for item in items_of_ad(workspace.reader, "desk", "a")] == ["new_version"] * 2
    assert count_ads(workspace.reader) == 2


def test_priority_and_due_time_may_change_with_the_context(workspace: Workspace) -> None:
    fill(workspace, ad_row("a"), ad_row("b"))
    fill(workspace, ad_row("b", context="x", priority=99))
    first = claim(workspace)
    assert first is not None and first.ad_id == "b"


def test_a_batch_has_a_limit(workspace: Workspace) -> None:
    workspace.writer.call(lambda tx: tx.create_queue("q", NOW))
    with pytest.raises(ValueError, match="500"):
        workspace.writer.call(lambda tx: tx.store_ads("q", [ad_row(str(i)) for i in range(501)], NOW_MS))


def test_odd_texts_survive(workspace: Workspace) -> None:
    odd = ["", "'", '"', "a\0b", "x" * 100_000, "\u202e\u200b", "😀", "../../etc", "%", "9" * 40]
    fill(workspace, *(ad_row(text, body=text or "-", title=text, advertiser=text) for text in odd))
    ids = [row[0] for row in workspace.reader.execute("SELECT id FROM ads ORDER BY ad_no")]
    assert ids == odd
    assert fill(workspace, *(ad_row(text, body=text or "-") for text in odd)) == counts(unchanged=len(odd))


def test_an_advertiser_has_a_history(workspace: Workspace) -> None:
    fill(workspace, *(ad_row(f"a{i}", advertiser="Glow") for i in range(5)), ad_row("b", advertiser="Other"))
    last: Any = None
    for outcome in ("reject", "approve", "reject"):
        last = append(workspace, entry(claim(workspace), outcome=outcome))
    history = advertiser_history(workspace.reader, "Glow")
    assert (history.decided, history.outcomes, history.last_verdict) == (3, {"reject": 2, "approve": 1}, last.id)
    append(workspace, entry(get_item(workspace.reader, 1, 3), "retraction", supersedes=(last.id,)))  # type: ignore[arg-type]
    assert advertiser_history(workspace.reader, "Glow").decided == 2
    assert advertiser_history(workspace.reader, "Nobody").decided == 0


@given(
    priorities=st.lists(st.integers(0, 100), min_size=1, max_size=40), steps=st.integers(1, 7), early=st.integers(0, 5)
)
@settings(max_examples=20, deadline=None)
def test_sorted_runs_and_claims_between_them_keep_the_order(
    tmp_path_factory: pytest.TempPathFactory, priorities: list[int], steps: int, early: int
) -> None:
    from desk import open_desk, sit_down

    with pytest.MonkeyPatch.context() as patch, open_desk(tmp_path_factory.mktemp("w")) as workspace:
        patch.setattr(ready, "RUN_ROWS", steps * 2)
        patch.setattr(ready, "READ_ROWS", steps)
        patch.setattr(ready, "STEP_ROWS", steps)
        patch.setattr(ready, "LONGEST_RUN", steps * 5)
        sit_down(workspace, "amina", "ben")
        workspace.writer.call(lambda tx: tx.create_queue("q", NOW))
        taken: set[str] = set()
        for i, priority in enumerate(priorities):
            row = ad_row(f"a{i}", priority=priority)
            workspace.writer.call(lambda tx, one=row: tx.store_ads("q", [one], NOW_MS))
            if i < early:
                item = claim(workspace, "ben")
                assert item is not None and item.ad_id not in taken
                taken.add(item.ad_id)
                append(workspace, entry(item, actor="ben"))
        while workspace.writer.call(lambda tx: tx.sort_some()):
            pass
        came = []
        while (item := claim(workspace, now=at(1))) is not None:
            came.append(item)
            append(workspace, entry(item))
        assert len(came) + len(taken) == len(priorities) and taken.isdisjoint(item.ad_id for item in came)
        assert [item.order_key for item in came] == sorted(item.order_key for item in came)
        assert queue_counts(workspace.reader, 1).decided == len(priorities)
