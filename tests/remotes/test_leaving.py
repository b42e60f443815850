"""Leaving the desk: what is leased and not decided goes back to the team, and the counts here say so."""

from __future__ import annotations

import socket
from pathlib import Path

from modtui.remotes.postgres_leases import queue_states
from modtui.services.leaving import leave_desk
from modtui.services.listing import Listing
from modtui.services.overview import read_overview
from modtui.services.sync_behind import SyncBehind
from modtui.services.team import opened_team
from modtui.services.team_work import Wish, keep_wish
from modtui.store.leases import keep_lease, leases_of, wants_work
from modtui.store.remotes import keep_remote
from modtui.store.transaction import Transaction
from modtui.tui.list_lines import state_words
from tests.remotes.test_team_sync import Desk, desks, publish  # noqa: F401
from tests.services.room import MINUTE, Room, ad, room_at
from tests.store.desk import NOW

HOUR = 60 * MINUTE


def at_the_team(desk: Desk) -> tuple[int, int, int]:
    """Pieces of work that are open, leased and done."""
    with opened_team(desk.team.address("lena")) as (_, connection):
        [state] = queue_states(connection)
    return state.open, state.leased, state.done


def at_home(desk: Desk) -> tuple[int, int, int]:
    """What home counts in the queue: waiting, held, decided."""
    [queue] = read_overview(desk.room.workspace, desk.name, desk.room.clock).queues
    return queue.counts.new, queue.counts.held, queue.counts.decided


async def review_some(desk: Desk) -> None:
    """Decide one ad, hold one, and leave the rest."""
    session = await desk.room.sit(desk.name)
    await session.decide()
    await session.hold("break", 60)
    await session.close()


async def test_what_is_neither_decided_nor_held_goes_back_and_is_taken_again(desks: dict[str, Desk]) -> None:  # noqa: F811
    publish(desks, 5)
    amina, ben = desks["amina"], desks["ben"]
    amina.wishes(5)
    amina.sync()
    await review_some(amina)
    assert at_home(amina) == (3, 1, 1)
    assert leave_desk(amina.room.workspace, amina.room.clock) == 3
    assert at_the_team(amina) == (3, 1, 1), "what was decided is sent, what is held stays"
    assert at_home(amina) == (0, 1, 1), "what is somebody's else is not counted as waiting here"
    assert leave_desk(amina.room.workspace, amina.room.clock) == 0
    ben.wishes(1)
    ben.sync()
    assert len(await ben.decide_all()) == 1
    ben.sync()  # takes another one
    amina.sync()
    assert at_home(amina) == (1, 1, 2)
    assert len(await amina.decide_all()) == 1


async def test_the_list_says_of_what_went_to_others_that_it_is_elsewhere(desks: dict[str, Desk]) -> None:  # noqa: F811
    publish(desks, 5)
    amina = desks["amina"]
    amina.wishes(5)
    amina.sync()
    await review_some(amina)
    assert "elsewhere" not in states(amina)
    leave_desk(amina.room.workspace, amina.room.clock)
    assert sorted(states(amina)) == ["approve", "elsewhere", "elsewhere", "elsewhere", "held"]
    amina.sync()  # what was wished for is taken again
    assert sorted(states(amina)) == ["approve", "held", "new", "new", "new"]


def states(desk: Desk) -> list[str]:
    """The state of each ad as the list screen says it."""
    listing = Listing(desk.room.workspace)
    rows = [listing.row(number) for number in range(listing.count)]
    return [state_words(row, with_outcome=True) for row in rows if row is not None]


async def test_what_was_taken_to_go_offline_with_stays(desks: dict[str, Desk]) -> None:  # noqa: F811
    publish(desks, 3)
    amina = desks["amina"]
    keep_wish(amina.room.workspace, Wish("amina", 3, 8 * 3600))
    amina.sync()
    assert leave_desk(amina.room.workspace, amina.room.clock) == 0
    assert (at_the_team(amina), at_home(amina)) == ((0, 3, 0), (3, 0, 0))
    amina.room.now += 7 * HOUR + 40 * MINUTE
    assert leave_desk(amina.room.workspace, amina.room.clock) == 3, "the day is over"


async def test_while_another_session_reviews_here_nothing_goes_back(desks: dict[str, Desk]) -> None:  # noqa: F811
    publish(desks, 3)
    amina = desks["amina"]
    amina.wishes(3)
    amina.sync()
    beside = await amina.room.sit("amina")
    assert leave_desk(amina.room.workspace, amina.room.clock) == 0
    assert at_home(amina)[0] == 3
    await beside.close()
    assert not wants_work(amina.room.workspace.reader)
    # By a process of its own, as the app does it; this one has all the time.
    assert SyncBehind(amina.room.workspace, 5).leave(wait=60)
    assert (at_the_team(amina), at_home(amina)) == ((3, 0, 0), (0, 0, 0))
    assert wants_work(amina.room.workspace.reader), "so the next start syncs at once"


def test_leaving_waits_for_no_remote_that_is_silent(tmp_path: Path) -> None:
    with room_at(tmp_path) as room, socket.create_server(("127.0.0.1", 0)) as silent:
        room.bring(ad("a0"))
        _lease(room, f"postgresql://amina@127.0.0.1:{silent.getsockname()[1]}/ads?connect_timeout=2")
        behind = SyncBehind(room.workspace, 5)
        assert not behind.leave(wait=0.01)
        assert len(leases_of(room.workspace.reader, "eu")) == 1, "it runs out as it does when a laptop is lost"
        behind.stop()
        assert SyncBehind(room.workspace, 0).leave(), "who turned syncing off is not waited for at all"


def _lease(room: Room, address: str) -> None:
    item = room.item("a0")

    def write(tx: Transaction) -> None:
        keep_remote(tx.connection, "team", address, "eu", NOW)
        keep_lease(
            tx.connection, "eu", "amina", ("a0", 1, 1), "q", (item.source, "a0"), item.content_hash, NOW, is_blind=False
        )

    room.workspace.writer.call(write)
