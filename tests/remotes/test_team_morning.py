"""A morning of a team with every kind of mishap in it; at its end everybody has the same, once."""

from __future__ import annotations

import io
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import psycopg
import pytest

from modtui.remotes.postgres_leases import queue_states
from modtui.services.conflicts import adjudicate, find_conflict
from modtui.services.sending_forms import Sending, write_form
from modtui.services.team import opened_team
from tests.remotes.team_database import PASSWORD, TeamDatabase
from tests.remotes.team_desk import Desk, publish, publish_again
from tests.services.room import at_hand, room_at

ADS, TWICE = 24, 0.25
"Ads, and the share of them that two judge alone."


@pytest.fixture
def desks(team: TeamDatabase, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, Desk]]:
    monkeypatch.setenv("PGPASSWORD", PASSWORD)
    with ExitStack() as stack:
        found = {}
        for name in ("lena", "amina", "ben", "ben-too"):
            (tmp_path / name).mkdir()
            desk = Desk(name.partition("-")[0], stack.enter_context(room_at(tmp_path / name)), team)
            stack.callback(desk.close)
            found[name] = desk
        yield found


def sync_while_the_server_cuts_it(desk: Desk) -> None:
    """A sync whose connection the server ends while it waits to store events; it tries again."""
    waiting = "SELECT pid FROM pg_stat_activity WHERE usename = %s AND wait_event_type = 'Lock'"
    syncing = threading.Thread(target=desk.sync)
    with desk.team.owner() as owner, desk.team.owner() as looking:
        with owner.transaction():
            owner.execute("LOCK TABLE modtui.events IN EXCLUSIVE MODE")
            syncing.start()
            while (found := looking.execute(waiting, (desk.name,)).fetchone()) is None:
                assert syncing.is_alive()
            looking.execute("SELECT pg_terminate_backend(%s)", found)
        syncing.join()


async def skip_one_and_think_again(desk: Desk) -> str:
    """Give the first ad back, decide the next, undo it and decide it again; the ad that was given back."""
    session = await desk.room.sit(desk.name)
    skipped: str = at_hand(session).item.ad_id
    await session.skip("language I do not read")
    await session.decide()
    await session.undo()
    await session.decide()
    await session.close()
    return skipped


async def test_a_morning_with_every_mishap(desks: dict[str, Desk], team: TeamDatabase, tmp_path: Path) -> None:
    lead, amina, ben, ben_too = desks.values()
    publish(desks, ADS, double_share=TWICE)
    for desk in (amina, ben):
        desk.wishes(8)
        desk.sync()

    # The server cuts a push off; an ad is given back, and a decision is made twice.
    skipped = await skip_one_and_think_again(amina)
    sync_while_the_server_cuts_it(amina)
    assert skipped not in await amina.decide_all(3)

    # A backup from before breakfast is written over a workspace that has synced since.
    before_breakfast = amina.copy_to(tmp_path / "backup")
    await amina.decide_all(2)
    amina.sync()
    amina.put_back(before_breakfast)
    await amina.decide_all(1)
    assert amina.sync().forked

    # A workspace is copied to another machine, and both go on.
    ben_too.put_back(ben.copy_to(tmp_path / "copy"))
    both = await ben.decide_all(2), await ben_too.decide_all(2, reject=True)
    assert both[0] == both[1]
    ben.sync()
    ben_too.sync()

    # A reviewer tries to make history, and says that all work is done.
    with team.connect("amina") as angry:
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            angry.execute("DELETE FROM modtui.events")
        angry.execute(
            """INSERT INTO modtui.events (stream, seq, id, hash, document)
               SELECT max(stream), 1000, 'forged', '', '{}' FROM modtui.events"""
        )
        angry.execute("UPDATE modtui.work SET state = 'done' WHERE state <> 'done' AND NOT is_blind")
    assert [refused.name[:10] for refused in ben.sync().refused] == ["event 1000"]
    lead.sync()
    publish_again(lead, double_share=TWICE)
    with team.owner() as owner:
        owner.execute("DELETE FROM modtui.events WHERE id = 'forged'")

    # Ben said one thing at one machine and another at the other: the lead settles it.
    for ad_id in both[0]:
        conflict = find_conflict(lead.room.workspace, ad_id)
        adjudicate(lead.room.workspace, conflict, "2", "lena", "the page shows it", clock=lead.room.clock)

    # The rest of the morning goes well, and everybody comes to the same.
    for _ in range(3):
        for desk in (amina, ben, ben_too):
            desk.wishes(20)
            desk.sync()
            await desk.decide_all()
            desk.sync()
    for desk in desks.values():
        desk.sync()
        assert desk.sync().conflicts == 0
    counts = [Counter(desk.events()) for desk in desks.values()]
    with team.owner() as owner:
        there = {event for (event,) in owner.execute("SELECT DISTINCT id FROM modtui.events").fetchall()}
    assert all(count == Counter(there) for count in counts)
    with opened_team(team.address("lena")) as (_, connection):
        [state] = queue_states(connection)
    assert (state.open, state.leased) == (0, 0)
    assert {lead.room.item(f"ad-{n}").state for n in range(1, ADS + 1)} == {"decided"}
    out = io.StringIO()
    assert write_form(lead.room.workspace, out, Sending("adcom"), clock=lead.room.clock).written == ADS
