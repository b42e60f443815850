"""A lead publishes, reviewers lease and review offline, and the leases follow what they decide, skip and undo."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import psycopg
import pytest

from modtui.domain.streams import Row
from modtui.errors import ModtuiError
from modtui.remotes.postgres_events import add, register
from modtui.remotes.postgres_leases import queue_states
from modtui.remotes.postgres_published import PostgresBoard
from modtui.services.catalogs import load_team_rulebook
from modtui.services.leasing import LeaseReport, return_all, sync_leases
from modtui.services.publishing import Handing, send_briefings, send_catalog, send_queue
from modtui.services.team_catalog import take_catalog
from modtui.store.event_log import EventLog
from tests.remotes.team_database import TeamDatabase
from tests.services.room import MINUTE, Room, ad, at_hand, room_at

TEAM = "team"


class Reviewer:
    """A person with a workspace of their own, and the way to the team's database."""

    def __init__(self, name: str, room: Room, connection: psycopg.Connection) -> None:
        self.name, self.room, self.connection = name, room, connection

    def push(self) -> None:
        """Send all events, as a sync does before it looks after the leases."""
        workspace = self.room.workspace
        stream = workspace.stream.stream
        register(self.connection, stream)
        with workspace.read() as reading:
            rows = reading.execute("SELECT document, hash FROM events ORDER BY event_no").fetchall()
            events = [event for _, event in EventLog().read(reading)]
        documents = {digest: document for document, digest in rows}
        add(
            self.connection,
            stream,
            [Row(event.seq, event.prev, event.hash, event.id, documents[event.hash]) for event in events],
        )

    @property
    def board(self) -> PostgresBoard:
        return PostgresBoard(self.connection)

    def sync(self, wanted: int = 0, seconds: int = 1800) -> LeaseReport:
        self.push()
        return sync_leases(
            self.room.workspace, self.connection, TEAM, self.name, wanted=wanted, seconds=seconds, clock=self.room.clock
        )

    async def decide(self, count: int = 1) -> list[str]:
        """Review so many ads, offline; their ids."""
        session = await self.room.sit(self.name)
        done = []
        for _ in range(count):
            if session.current is None:
                break
            done.append(at_hand(session).item.ad_id)
            await session.decide()
        await session.close()
        return done

    async def waiting(self) -> list[str]:
        """What the queue here would give, in order."""
        found: list[str] = []
        session = await self.room.sit(self.name)
        while session.current is not None and at_hand(session).item.ad_id not in found:
            found.append(at_hand(session).item.ad_id)
            if not (await session.next_ad()).moved:
                break
        await session.close()
        return found


class Office:
    def __init__(self, team: TeamDatabase, folder: Path, stack: ExitStack) -> None:
        self.team, self._folder, self._stack = team, folder, stack

    def person(self, name: str, login: str | None = None) -> Reviewer:
        folder = self._folder / name
        folder.mkdir()
        room = self._stack.enter_context(room_at(folder))
        return Reviewer(name, room, self._stack.enter_context(self.team.connect(login or name)))

    def let_lapse(self) -> None:
        with self.team.owner() as owner:
            owner.execute("UPDATE modtui.work SET leased_until = clock_timestamp() - interval '1 second'")


@pytest.fixture
def office(team: TeamDatabase, tmp_path: Path) -> Iterator[Office]:
    with ExitStack() as stack:
        yield Office(team, tmp_path, stack)


def publish(office: Office, count: int = 4, **handing: object) -> Reviewer:
    lead = office.person("lena")
    lead.room.bring(*(ad(f"ad-{n}") for n in range(1, count + 1)))
    counts = send_queue(
        lead.room.workspace,
        lead.board,
        lead.room.rulebook,
        "q",
        "lena",
        Handing(**handing),  # type: ignore[arg-type]
    )
    assert counts.new == count
    return lead


async def test_what_is_leased_is_reviewed_offline_and_ends_with_the_next_sync(office: Office) -> None:
    publish(office, 5)
    amina, ben = office.person("amina"), office.person("ben")
    report = amina.sync(wanted=3)
    assert (report.taken, report.mine, report.open_left) == (3, 3, 2)
    assert ben.sync(wanted=3).taken == 2
    assert await amina.decide(2) == ["ad-1", "ad-2"]
    report = amina.sync(wanted=3)
    assert (report.closed, report.late, report.taken, report.mine) == (2, 0, 0, 1)
    [state] = queue_states(ben.connection)
    assert (state.open, state.leased, state.done) == (0, 3, 2)
    assert await ben.waiting() == ["ad-4", "ad-5"]


async def test_syncing_again_changes_nothing(office: Office) -> None:
    publish(office)
    amina = office.person("amina")
    amina.sync(wanted=2)
    await amina.decide(1)
    first = amina.sync(wanted=2)
    again = amina.sync(wanted=2)
    assert (first.closed, first.taken) == (1, 1)
    assert (again.closed, again.taken, again.gone, again.mine) == (0, 0, 0, 2)


async def test_a_skip_gives_the_ad_to_others_and_not_back(office: Office) -> None:
    publish(office, 2)
    amina, ben = office.person("amina"), office.person("ben")
    amina.sync(wanted=2)
    session = await amina.room.sit("amina")
    await session.skip("not my language")
    await session.close()
    report = amina.sync(wanted=2)
    assert (report.given_back, report.mine, report.taken) == (1, 1, 0)
    ben.sync(wanted=2)
    assert await ben.waiting() == ["ad-1"]


async def test_what_lapsed_and_went_to_another_is_given_out_here_no_more(office: Office) -> None:
    publish(office, 2)
    amina, ben = office.person("amina"), office.person("ben")
    amina.sync(wanted=2)
    office.let_lapse()
    ben.sync(wanted=1)
    report = amina.sync()
    assert (report.gone, report.mine) == (1, 1)
    assert await amina.waiting() == ["ad-2"]


async def test_a_late_decision_is_kept_beside_the_other_and_told(office: Office) -> None:
    publish(office, 1)
    amina, ben = office.person("amina"), office.person("ben")
    amina.sync(wanted=1)
    office.let_lapse()
    ben.sync(wanted=1)
    await amina.decide()
    await ben.decide()
    assert ben.sync().late == 0
    assert amina.sync().late == 1
    stored = ben.connection.execute("SELECT count(*) FROM modtui.events WHERE document LIKE '%decision%'").fetchone()
    assert stored == (2,)


async def test_an_undone_decision_takes_the_lease_back(office: Office) -> None:
    publish(office, 1)
    amina, ben = office.person("amina"), office.person("ben")
    amina.sync(wanted=1)
    session = await amina.room.sit("amina")
    await session.decide()
    await session.close()
    assert amina.sync().closed == 1
    session = await amina.room.sit("amina")
    await session.undo()
    await session.close()
    assert amina.sync().mine == 1
    assert ben.sync(wanted=1).taken == 0
    await amina.decide()
    report = amina.sync()
    assert (report.closed, report.late) == (1, 0)
    assert queue_states(ben.connection)[0].done == 1


async def test_quitting_gives_everything_back_and_it_may_come_again(office: Office) -> None:
    publish(office, 3)
    amina, ben = office.person("amina"), office.person("ben")
    amina.sync(wanted=3)
    await amina.decide()
    amina.push()
    assert return_all(amina.room.workspace, amina.connection, TEAM) == 2
    assert await amina.waiting() == []
    assert queue_states(ben.connection)[0].open == 2
    assert amina.sync(wanted=1).taken == 1
    assert await amina.waiting() == ["ad-2"]


async def test_a_lease_taken_for_a_long_time_is_not_made_shorter(office: Office) -> None:
    publish(office, 1)
    amina = office.person("amina")
    amina.sync(wanted=1, seconds=8 * 3600)
    amina.room.now += 5 * MINUTE
    assert amina.sync(seconds=1800).mine == 1
    left = amina.connection.execute("SELECT leased_until > now() + interval '7 hours' FROM modtui.work").fetchone()
    assert left == (True,)


async def test_a_clock_that_was_years_ahead_does_not_keep_a_lease_from_being_renewed(office: Office) -> None:
    publish(office, 1)
    amina = office.person("amina")
    years = 10 * 365 * 24 * 60 * MINUTE
    amina.room.now += years
    amina.sync(wanted=1)
    amina.room.now -= years
    office.let_lapse()
    assert amina.sync().mine == 1
    left = amina.connection.execute("SELECT leased_until > now() + interval '25 minutes' FROM modtui.work").fetchone()
    assert left == (True,)


async def test_double_review_waits_for_two_and_the_share_is_the_same_each_time(office: Office) -> None:
    lead = publish(office, 40, double_share=0.25)
    doubled = lead.connection.execute("SELECT count(*) FROM modtui.work WHERE slot = 2").fetchone()
    assert doubled is not None
    assert 4 <= doubled[0] <= 16
    send_queue(lead.room.workspace, lead.board, lead.room.rulebook, "q", "lena", Handing(double_share=0.25))
    assert lead.connection.execute("SELECT count(*) FROM modtui.work WHERE slot = 2").fetchone() == doubled
    amina, ben = office.person("amina"), office.person("ben")
    assert amina.sync(wanted=99).mine == 40
    assert ben.sync(wanted=99).mine == doubled[0]


async def test_ads_are_read_like_those_of_a_file_and_bad_ones_go_back(office: Office) -> None:
    lead = publish(office, 3)
    lead.connection.execute("UPDATE modtui.ads SET payload = '{\"id\": \"ad-1\"' WHERE ad_id = 'ad-1'")
    lead.connection.execute("UPDATE modtui.ads SET payload = replace(payload, 'bread', 'gold') WHERE ad_id = 'ad-2'")
    amina = office.person("amina")
    report = amina.sync(wanted=9)
    assert (report.taken, report.unreadable, report.open_left) == (1, 2, 2)
    assert await amina.waiting() == ["ad-3"]


async def test_an_ad_changed_by_the_lead_comes_again_as_a_new_version(office: Office) -> None:
    lead = publish(office, 1)
    amina = office.person("amina")
    amina.sync(wanted=1)
    await amina.decide()
    amina.sync()
    lead.room.bring(ad("ad-1", "Stale bread."))
    counts = send_queue(lead.room.workspace, lead.board, lead.room.rulebook, "q", "lena")
    assert counts.new_versions == 1
    assert amina.sync(wanted=1).taken == 1
    assert amina.room.item("ad-1").mark == "new_version"


async def test_the_teams_catalog_and_briefings_arrive_with_a_sync(office: Office) -> None:
    lead, amina = office.person("lena"), office.person("amina")
    with pytest.raises(ModtuiError, match="No catalog there yet"):
        send_briefings(lead.board, lead.room.rulebook, "lena")
    assert take_catalog(amina.room.workspace, amina.board) is None
    assert send_catalog(lead.room.workspace, lead.board, lead.room.rulebook, "lena")
    assert not send_catalog(lead.room.workspace, lead.board, lead.room.rulebook, "lena")
    version = lead.room.rulebook.catalog.version
    assert take_catalog(amina.room.workspace, amina.board) == version
    assert take_catalog(amina.room.workspace, amina.board) is None
    taken = load_team_rulebook(amina.room.workspace)
    assert taken is not None
    assert taken.catalog.hash == lead.room.rulebook.catalog.hash
    send_briefings(lead.board, lead.room.rulebook, "lena")


async def test_an_altered_catalog_is_refused_and_the_one_in_use_stays(office: Office) -> None:
    lead, amina = office.person("lena"), office.person("amina")
    send_catalog(lead.room.workspace, lead.board, lead.room.rulebook, "lena")
    take_catalog(amina.room.workspace, amina.board)
    before = load_team_rulebook(amina.room.workspace)
    for document in ("{}", '{"catalog": 3}'):
        lead.connection.execute(
            "INSERT INTO modtui.catalogs (hash, id, version, document, published_by) VALUES (%s, 'ads', '9', %s, 'x')",
            (f"other {document}", document),
        )
        with pytest.raises(ModtuiError, match="catalog"):
            take_catalog(amina.room.workspace, amina.board)
    after = load_team_rulebook(amina.room.workspace)
    assert before is not None
    assert after is not None
    assert after.catalog.hash == before.catalog.hash
