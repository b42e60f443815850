"""Whole syncs with a team's database: work comes, decisions go, and two who judge one ad do so alone."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from modtui.errors import ModtuiError
from modtui.remotes.postgres_leases import queue_states
from modtui.services.team import opened_team
from modtui.services.team_work import Wish, settle_alone, wish_of, wishing
from modtui.store.event_log import EventLog
from tests.remotes.team_database import PASSWORD, TeamDatabase
from tests.remotes.team_desk import Desk, publish
from tests.services.room import room_at


@pytest.fixture
def desks(team: TeamDatabase, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, Desk]]:
    monkeypatch.setenv("PGPASSWORD", PASSWORD)
    with ExitStack() as stack:
        found = {}
        for name in ("lena", "amina", "ben"):
            (tmp_path / name).mkdir()
            found[name] = Desk(name, stack.enter_context(room_at(tmp_path / name)), team)
        yield found


async def test_a_morning_of_work(desks: dict[str, Desk]) -> None:
    publish(desks, 12)
    lead, amina, ben = desks["lena"], desks["amina"], desks["ben"]
    amina.wishes(4)
    ben.wishes(4)
    decided: list[str] = []
    for _ in range(4):
        for desk in (amina, ben):
            desk.sync()
            decided += await desk.decide_all()
            desk.sync()
    assert sorted(decided) == sorted(f"ad-{n}" for n in range(1, 13))
    lead.sync()
    with opened_team(lead.team.address("lena")) as (_, connection):
        [state] = queue_states(connection)
    assert (state.open, state.leased, state.done) == (0, 0, 12)
    # Everybody comes to the same: the lead sees twelve decided ads, and twelve events on them.
    report = amina.sync()
    assert report.work is not None
    assert (report.work.mine, report.work.late, report.work.open_left) == (0, 0, 0)
    ben.sync()
    counts = {
        desk.name: sum(1 for _ in EventLog().read(desk.room.workspace.reader, ["decision"])) for desk in desks.values()
    }
    assert counts == {"lena": 12, "amina": 12, "ben": 12}
    assert [lead.room.item(f"ad-{n}").state for n in range(1, 13)] == ["decided"] * 12


async def test_two_judge_one_ad_and_neither_sees_the_other_before_both_are_in(desks: dict[str, Desk]) -> None:
    publish(desks, 1, double_share=1.0)
    lead, amina, ben = desks["lena"], desks["amina"], desks["ben"]
    amina.wishes(1)
    ben.wishes(1)
    amina.sync()
    await amina.decide_all()
    amina.sync()
    ben.sync()  # what amina said arrives before the ad, and with it
    ben.sync()
    assert ben.seen_on("ad-1") == []
    assert await ben.decide_all(reject=True) == ["ad-1"]
    assert ben.seen_on("ad-1") == ["ben"]
    ben.sync()
    ben.sync()
    assert sorted(ben.seen_on("ad-1")) == ["amina", "ben"]
    for desk in (lead, amina):
        desk.sync()
        assert sorted(desk.seen_on("ad-1")) == ["amina", "ben"]
    assert lead.room.item("ad-1").mark == "conflict"


async def test_a_sync_stopped_between_events_and_leases_is_made_good_by_the_next(
    desks: dict[str, Desk], monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(desks, 2)
    amina = desks["amina"]
    amina.wishes(2)
    amina.sync()
    await amina.decide_all()

    def stopped(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("modtui.remotes.postgres_leases.close", stopped)
        with pytest.raises(KeyboardInterrupt):
            amina.sync()
    with opened_team(amina.team.address("amina")) as (_, connection):
        assert queue_states(connection)[0].leased == 2
        amina.sync()
        assert queue_states(connection)[0].done == 2


def test_a_wish_that_the_team_refuses_is_not_kept(desks: dict[str, Desk], team: TeamDatabase, tmp_path: Path) -> None:
    """A trainer may not lease; their syncs go on after they have tried."""
    publish(desks, 2)
    (tmp_path / "tess").mkdir()
    with room_at(tmp_path / "tess") as room:
        tess = Desk("tess", room, team)
        with (
            opened_team(team.address("tess"), room.workspace) as (_, connection),
            pytest.raises(ModtuiError) as refused,
            wishing(room.workspace, Wish("tess", 5)),
        ):
            settle_alone(room.workspace, connection)
        assert refused.value.title == "Not allowed there"
        assert wish_of(room.workspace) is None
        tess.sync()


async def test_two_who_judge_alone_are_each_others_second_pair_of_eyes(desks: dict[str, Desk]) -> None:
    """Either would have left the ad to another reviewer; both have looked at it, so the work is done."""
    publish(desks, 1, double_share=1.0)
    for name in ("amina", "ben"):
        desk = desks[name]
        desk.wishes(1)
        desk.sync()
        assert await desk.decide_all(second_review="all") == ["ad-1"]
        desk.sync()
    lead = desks["lena"]
    lead.sync()
    assert (lead.room.item("ad-1").state, lead.room.item("ad-1").mark) == ("decided", None)
    with opened_team(lead.team.address("lena")) as (_, connection):
        [state] = queue_states(connection)
    assert (state.open, state.leased, state.done) == (0, 0, 2)


async def test_a_lease_on_what_another_decided_late_is_not_kept_for_ever(desks: dict[str, Desk]) -> None:
    publish(desks, 1)
    amina, ben = desks["amina"], desks["ben"]
    amina.wishes(1)
    amina.sync()
    with amina.team.owner() as owner:
        owner.execute("UPDATE modtui.work SET leased_until = clock_timestamp() - interval '1 second'")
    ben.wishes(1)
    ben.sync()
    assert await amina.decide_all() == ["ad-1"]
    amina.sync()
    work = ben.sync().work
    assert work is not None and (work.closed, work.mine) == (1, 0)
    with opened_team(amina.team.address("lena")) as (_, connection):
        [state] = queue_states(connection)
    assert (state.open, state.leased, state.done) == (0, 0, 1)
