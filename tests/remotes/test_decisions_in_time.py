"""Decisions of one's own and of others in one order of time, a page at a time, whatever the number of events."""

from __future__ import annotations

from pathlib import Path

import pytest

from modtui.errors import ModtuiError
from modtui.services.exporting import PAGE_EVENTS, Some, decision_events
from modtui.store.event_log import EventLog
from modtui.store.leases import keep_lease
from tests.remotes.team_story import Laptop, team_folder
from tests.store.desk import NOW


@pytest.fixture
def team(tmp_path: Path) -> tuple[Laptop, Laptop]:
    folder = team_folder(tmp_path)
    amina, bela = (Laptop(tmp_path / f"{name}.db", name, folder) for name in ("amina", "bela"))
    return amina, bela


def take_turns(amina: Laptop, bela: Laptop) -> list[str]:
    """Three decisions and a retraction, in turn; their ids as they came."""
    first = amina.decide("a1", "reject")
    second = bela.decide("a2")
    third = amina.retract(first, "a1")
    fourth = bela.decide("a3", "reject")
    for _ in range(2):
        amina.sync()
        bela.sync()
    return [first, second, third, fourth]


def test_whoever_asks_gets_the_same_order(team: tuple[Laptop, Laptop]) -> None:
    told = take_turns(*team)
    for each in team:
        found = list(decision_events(each.workspace))
        assert [event.id for event, _ in found] == told
        assert [stands for _, stands in found] == [False, True, True, True]
        newest = decision_events(each.workspace, newest_first=True)
        assert [event.id for event, _ in newest] == told[::-1]


@pytest.mark.parametrize("newest_first", [False, True])
def test_pages_go_on_where_the_one_before_ended(team: tuple[Laptop, Laptop], newest_first: bool) -> None:
    amina, _ = team
    told = take_turns(*team)
    pages, after = [], ""
    while page := [event.id for event, _ in Some(after, 1, newest_first).of(amina.workspace)]:
        pages, after = [*pages, *page], page[-1]
    assert pages == (told[::-1] if newest_first else told)
    with pytest.raises(ModtuiError, match="No such event"):
        list(decision_events(amina.workspace, after="0193"))


def test_many_events_are_read_in_more_than_one_page(team: tuple[Laptop, Laptop]) -> None:
    amina, _ = team
    amina.write(PAGE_EVENTS + 7)
    assert len(list(decision_events(amina.workspace, kinds=["note"]))) == PAGE_EVENTS + 7


def test_no_page_sorts_or_walks_what_is_not_on_it(team: tuple[Laptop, Laptop]) -> None:
    amina, _ = team
    take_turns(*team)
    statements: list[str] = []
    with amina.workspace.read() as connection:
        connection.set_trace_callback(statements.append)
        EventLog().read_in_time(connection, ["decision"], 0, "", 2)
        EventLog().read_in_time(connection, ["decision"], 0, "f", 2, newest_first=True)
        connection.set_trace_callback(None)
        for statement in statements:
            plan = [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {statement}")]
            assert len(plan) == 1 and plan[0].startswith("SEARCH events USING INDEX sqlite_autoindex_events_1"), plan


def test_what_others_said_of_an_ad_under_blind_review_is_not_listed(team: tuple[Laptop, Laptop]) -> None:
    amina, bela = team
    item = bela.item("a1")
    bela.workspace.writer.call(
        lambda tx: keep_lease(
            tx.connection,
            "eu_ads",
            "bela",
            ("a1", 1, 1),
            "q",
            (item.source, "a1"),
            item.content_hash,
            NOW,
            is_blind=True,
        )
    )
    amina.decide("a1", "reject")
    amina.decide("a2")
    amina.sync()
    bela.sync()
    assert [event.subject and event.subject.ad_id for event, _ in decision_events(bela.workspace)] == ["a2"]
    bela.decide("a1")
    assert len(list(decision_events(bela.workspace))) >= 2
