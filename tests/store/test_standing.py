"""Undo: the newest standing verdict, what builds on it, and figures that leave out what was taken back."""

from __future__ import annotations

from modtui.store.event_log import EventLog
from modtui.store.items import get_item
from modtui.store.local_rows import active_ms, find_draft
from modtui.store.standing import events_building_on, newest_standing, outcome_figures, standing_on_ad
from modtui.store.workspace import Workspace
from tests.store.desk import NOW, NOW_MS, ad_row, append, claim, entry, fill, sit_down


def test_undo_goes_back_one_verdict_after_another_in_this_session_first(workspace: Workspace) -> None:
    fill(workspace, *(ad_row(f"a{i}") for i in range(3)))
    sit_down(workspace, "amina")
    made = [append(workspace, entry(claim(workspace))) for _ in range(2)]
    item = claim(workspace)
    assert item is not None
    earlier = entry(item)
    workspace.writer.call(lambda tx: tx.append_event(earlier, session="another"))
    found = newest_standing(workspace.reader, "amina", "s-amina")
    assert found is not None and found.id == made[1].id
    anywhere = newest_standing(workspace.reader, "amina")
    assert anywhere is not None and anywhere.id == earlier.id
    undone = get_item(workspace.reader, 1, 2)
    assert undone is not None
    append(workspace, entry(undone, "retraction", supersedes=(made[1].id,)))
    back = get_item(workspace.reader, 1, 2)
    assert back is not None and (back.state, back.verdict, back.outcome) == ("new", None, None)
    found = newest_standing(workspace.reader, "amina", "s-amina")
    assert found is not None and found.id == made[0].id
    assert newest_standing(workspace.reader, "ben") is None


def test_what_builds_on_a_verdict_is_named(workspace: Workspace) -> None:
    fill(workspace, ad_row("a"), ad_row("b"))
    item = claim(workspace)
    assert item is not None
    first = append(workspace, entry(item, state="second_review"))
    append(workspace, entry(item, "note", text="look again"))
    assert events_building_on(workspace.reader, first.id) == []
    second = append(workspace, entry(item, actor="ben"))
    append(workspace, entry(claim(workspace, "ben"), actor="ben"))
    assert [event.id for event in events_building_on(workspace.reader, first.id)] == [second.id]
    assert [event.id for event in standing_on_ad(workspace.reader, item.ad_no)] == [first.id, second.id]
    retraction = append(workspace, entry(item, "retraction", "ben", supersedes=(second.id,)))
    assert events_building_on(workspace.reader, first.id) == []
    assert [event.id for event in events_building_on(workspace.reader, second.id)] == [retraction.id]
    assert events_building_on(workspace.reader, "unknown") == []


def test_a_hold_and_a_skip_can_be_taken_back(workspace: Workspace) -> None:
    fill(workspace, ad_row("a"))
    item = claim(workspace)
    assert item is not None
    skip = append(workspace, entry(item, "skip"))
    assert claim(workspace) is None
    assert newest_standing(workspace.reader, "amina", kinds=("skip", "hold")) == skip
    append(workspace, entry(item, "retraction", supersedes=(skip.id,)))
    assert claim(workspace) is not None


def test_figures_count_what_stands(workspace: Workspace) -> None:
    fill(workspace, *(ad_row(f"a{i}") for i in range(4)))
    last = None
    for outcome in ("approve", "reject", "approve"):
        last = append(workspace, entry(claim(workspace), outcome=outcome))
    append(workspace, entry(claim(workspace, "ben"), actor="ben", outcome="escalate"))
    assert outcome_figures(workspace.reader, NOW_MS - 1) == {"approve": 2, "reject": 1, "escalate": 1}
    assert last is not None
    item = get_item(workspace.reader, 1, 3)
    assert item is not None
    append(workspace, entry(item, "retraction", supersedes=(last.id,)))
    assert outcome_figures(workspace.reader, NOW_MS - 1, "amina") == {"approve": 1, "reject": 1}
    assert outcome_figures(workspace.reader, NOW_MS + 10**9) == {}


def test_a_verdict_takes_the_draft_with_it_and_keeps_the_time_here(workspace: Workspace) -> None:
    fill(workspace, ad_row("a"))
    item = claim(workspace)
    assert item is not None
    for reviewer in ("amina", "ben"):
        workspace.writer.call(
            lambda tx, name=reviewer: tx.save_draft(item.ad_no, name, item.content_hash, {"note": "half"}, NOW)
        )
    decision = entry(item)
    workspace.writer.call(lambda tx: tx.append_event(decision, session="s-amina", active_ms=4_200))
    assert find_draft(workspace.reader, item.ad_no, "amina") is None
    kept = find_draft(workspace.reader, item.ad_no, "ben")
    assert kept is not None and kept.body == {"note": "half"}
    assert active_ms(workspace.reader, decision.id) == 4_200
    stored = EventLog().get(workspace.reader, decision.id)
    assert stored is not None and "4200" not in str(stored)
