"""Leases on a real server: who gets what, what lapses, what comes late, and what each role may not do."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import psycopg
import pytest
from msgspec.structs import replace

from modtui.remotes.board import WorkAd
from modtui.remotes.postgres_events import register
from modtui.remotes.postgres_leases import (
    Closing,
    Lease,
    LeasedAd,
    close,
    give_back,
    queue_states,
    renew,
    reopen,
    take,
)
from modtui.remotes.postgres_published import Person, enlist, publish_ads, publish_queue
from tests.remotes.team_database import TeamDatabase

HOUR = 3_600


@pytest.fixture
def lead(team: TeamDatabase) -> Iterator[psycopg.Connection]:
    with team.connect("lena") as connection:
        publish_queue(connection, "eu-weekly", {}, "lena")
        yield connection


@pytest.fixture
def amina(team: TeamDatabase) -> Iterator[psycopg.Connection]:
    with team.connect("amina") as connection:
        yield connection


@pytest.fixture
def ben(team: TeamDatabase) -> Iterator[psycopg.Connection]:
    with team.connect("ben") as connection:
        yield connection


def work(name: str, **routing: object) -> WorkAd:
    given: dict[str, object] = {"order_key": int(name.rpartition("-")[2]), **routing}
    return WorkAd("eu", name, f"hash of {name}", f'{{"id": "{name}"}}', **given)  # type: ignore[arg-type]


def publish(lead: psycopg.Connection, *ads: WorkAd) -> None:
    publish_ads(lead, "eu-weekly", ads)


def names(taken: Sequence[LeasedAd]) -> list[str]:
    return [each.ad_id for each in taken]


def decide(connection: psycopg.Connection, reviewer: str, leased: LeasedAd, seq: int) -> Closing:
    """Send a decision, as a push does, and say which lease it ends."""
    closing = Closing(leased.lease, f"{reviewer}-{seq}", f"stream of {reviewer}", seq)
    register(connection, closing.stream)
    connection.execute(
        "INSERT INTO modtui.events (stream, seq, id, hash, document) VALUES (%s, %s, %s, '', '{}')",
        (closing.stream, seq, closing.event_id),
    )
    return closing


def let_lapse(team: TeamDatabase) -> None:
    """As much time goes by as any lease has."""
    with team.owner() as owner:
        owner.execute("UPDATE modtui.work SET leased_until = clock_timestamp() - interval '1 second'")


def test_the_most_urgent_come_first_and_nobody_gets_the_same_ad(
    lead: psycopg.Connection, amina: psycopg.Connection, ben: psycopg.Connection
) -> None:
    publish(lead, *(work(f"ad-{n}") for n in (3, 1, 2, 4)))
    assert names(take(amina, "amina", "eu-weekly", 2, HOUR)) == ["ad-1", "ad-2"]
    assert names(take(ben, "ben", "eu-weekly", 5, HOUR)) == ["ad-3", "ad-4"]
    assert take(ben, "ben", "eu-weekly", 5, HOUR) == []
    [state] = queue_states(lead)
    assert (state.open, state.leased, state.done) == (0, 4, 0)


def test_one_transaction_does_not_wait_for_another_and_takes_other_ads(
    lead: psycopg.Connection, amina: psycopg.Connection, ben: psycopg.Connection
) -> None:
    publish(lead, *(work(f"ad-{n}") for n in range(4)))
    ben.execute("SET statement_timeout = 2000")
    with amina.transaction():
        mine = take(amina, "amina", "eu-weekly", 2, HOUR)
        theirs = take(ben, "ben", "eu-weekly", 2, HOUR)
    assert set(names(mine)).isdisjoint(names(theirs))
    assert len(mine) == len(theirs) == 2


def test_a_laptop_that_disappears_loses_no_ad_and_its_late_decision_is_kept_and_noted(
    team: TeamDatabase, lead: psycopg.Connection, amina: psycopg.Connection, ben: psycopg.Connection
) -> None:
    publish(lead, work("ad-1"))
    [lost] = take(amina, "amina", "eu-weekly", 1, HOUR)
    let_lapse(team)
    [again] = take(ben, "ben", "eu-weekly", 1, HOUR)
    assert again.ad_id == "ad-1"
    assert renew(amina, "amina", [lost.lease], HOUR) == set()
    assert close(amina, "amina", [decide(amina, "amina", lost, 1)]) == {lost.lease}
    assert close(ben, "ben", [decide(ben, "ben", again, 1)]) == set()
    assert lead.execute("SELECT closed_by FROM modtui.work").fetchall() == [("ben-1",)]
    assert lead.execute("SELECT event_id, reviewer FROM modtui.late").fetchall() == [("amina-1", "amina")]


def test_a_lapsed_lease_that_nobody_took_is_still_worth_its_decision(
    team: TeamDatabase, lead: psycopg.Connection, amina: psycopg.Connection
) -> None:
    publish(lead, work("ad-1"), work("ad-2"))
    first, second = take(amina, "amina", "eu-weekly", 2, HOUR)
    let_lapse(team)
    assert renew(amina, "amina", [first.lease], HOUR) == {first.lease}
    assert close(amina, "amina", [decide(amina, "amina", second, 1)]) == set()
    [state] = queue_states(lead)
    assert (state.leased, state.done) == (1, 1)


def test_a_decision_the_server_does_not_have_closes_nothing_and_is_not_late(
    lead: psycopg.Connection, amina: psycopg.Connection
) -> None:
    publish(lead, work("ad-1"))
    [leased] = take(amina, "amina", "eu-weekly", 1, HOUR)
    unsent = Closing(leased.lease, "amina-1", "stream of amina", 1)
    assert close(amina, "amina", [unsent]) == set()
    assert queue_states(lead)[0].leased == 1
    assert decide(amina, "amina", leased, 1) == unsent
    for _ in range(2):  # repeating it is harmless
        assert close(amina, "amina", [unsent]) == set()
    assert queue_states(lead)[0].done == 1


def test_an_ad_skipped_goes_to_others_and_not_back(
    lead: psycopg.Connection, amina: psycopg.Connection, ben: psycopg.Connection
) -> None:
    publish(lead, work("ad-1"), work("ad-2"))
    skipped, kept = take(amina, "amina", "eu-weekly", 2, HOUR)
    assert give_back(amina, "amina", [skipped.lease], "not my language") == 1
    assert give_back(amina, "amina", [kept.lease]) == 1
    assert names(take(amina, "amina", "eu-weekly", 2, HOUR)) == ["ad-2"]
    assert names(take(ben, "ben", "eu-weekly", 2, HOUR)) == ["ad-1"]


def test_nobody_renews_closes_or_gives_back_what_another_has(
    lead: psycopg.Connection, amina: psycopg.Connection, ben: psycopg.Connection
) -> None:
    publish(lead, work("ad-1"))
    [leased] = take(amina, "amina", "eu-weekly", 1, HOUR)
    assert renew(ben, "ben", [leased.lease], HOUR) == set()
    assert give_back(ben, "ben", [leased.lease]) == 0
    assert close(ben, "ben", [decide(ben, "ben", leased, 1)]) == {leased.lease}
    assert queue_states(lead)[0].leased == 1


def test_a_decision_taken_back_gives_the_lease_back_to_its_reviewer(
    lead: psycopg.Connection, amina: psycopg.Connection, ben: psycopg.Connection
) -> None:
    publish(lead, work("ad-1"))
    [leased] = take(amina, "amina", "eu-weekly", 1, HOUR)
    closing = decide(amina, "amina", leased, 1)
    close(amina, "amina", [closing])
    assert reopen(amina, "amina", [closing], HOUR) == 1
    assert take(ben, "ben", "eu-weekly", 1, HOUR) == []
    assert close(amina, "amina", [decide(amina, "amina", leased, 2)]) == set()


def test_double_review_goes_to_two_and_never_twice_to_one(
    lead: psycopg.Connection, amina: psycopg.Connection, ben: psycopg.Connection
) -> None:
    publish(lead, work("ad-1", is_double=True), work("ad-2"))
    mine = take(amina, "amina", "eu-weekly", 9, HOUR)
    assert names(mine) == ["ad-1", "ad-2"]
    assert [each.is_blind for each in mine] == [True, False]
    close(amina, "amina", [decide(amina, "amina", mine[0], 1)])
    assert take(amina, "amina", "eu-weekly", 9, HOUR) == []
    theirs = take(ben, "ben", "eu-weekly", 9, HOUR)
    assert [(each.ad_id, each.lease.slot) for each in theirs] == [("ad-1", 2)]


@pytest.mark.parametrize(
    ("person", "gets"),
    [
        (Person("amina", "amina"), ["ad-1", "ad-2", "ad-3", "ad-5"]),
        (Person("amina", "amina", markets=("FR",)), ["ad-1", "ad-5"]),
        (Person("amina", "amina", languages=("fr", "en")), ["ad-1", "ad-2", "ad-5"]),
        (Person("amina", "amina", families=("gambling",)), ["ad-2", "ad-5"]),
        (Person("amina", "amina", skills=("video",)), ["ad-1", "ad-2", "ad-3", "ad-4", "ad-5"]),
        (Person("amina", "amina", cap=1), ["ad-1"]),
        (Person("amina", "amina", cap=0), []),
    ],
)
def test_ads_go_to_those_who_may_have_them(
    lead: psycopg.Connection, amina: psycopg.Connection, person: Person, gets: list[str]
) -> None:
    publish(
        lead,
        work("ad-1", markets=("FR", "SA"), languages=("fr",), families=("health",)),
        work("ad-2", markets=("GB",), languages=("en",), families=("gambling", "finance")),
        work("ad-3", markets=("DE",), languages=("de", "en"), families=("health",)),
        work("ad-4", markets=("FR",), languages=("fr",), families=("gambling",), skills=("video",)),
        work("ad-5"),
    )
    enlist(lead, person)
    assert names(take(amina, "amina", "eu-weekly", 9, HOUR)) == [
        name for name in gets if not (name == "ad-4" and "video" not in person.skills)
    ]


def test_a_cap_counts_what_the_reviewer_has_on_every_device(
    lead: psycopg.Connection, amina: psycopg.Connection, team: TeamDatabase
) -> None:
    publish(lead, *(work(f"ad-{n}") for n in range(6)))
    with team.connect("amina") as laptop:
        assert len(take(amina, "amina", "eu-weekly", 2, HOUR, cap=3)) == 2
        assert len(take(laptop, "amina", "eu-weekly", 2, HOUR, cap=3)) == 1


def test_publishing_again_changes_nothing_and_other_content_reopens_the_ad(
    lead: psycopg.Connection, amina: psycopg.Connection
) -> None:
    publish(lead, work("ad-1"), work("ad-2"))
    one, two = take(amina, "amina", "eu-weekly", 2, HOUR)
    close(amina, "amina", [decide(amina, "amina", one, 1)])
    counts = publish_ads(lead, "eu-weekly", [work("ad-1"), work("ad-2")])
    assert (counts.new, counts.new_versions, counts.unchanged) == (0, 0, 2)
    assert queue_states(lead)[0].done == 1
    changed = WorkAd("eu", "ad-1", "other", "{}", 1)
    assert publish_ads(lead, "eu-weekly", [changed]).new_versions == 1
    [again] = take(amina, "amina", "eu-weekly", 2, HOUR)
    assert (again.ad_id, again.content_hash) == ("ad-1", "other")
    assert again.lease == Lease(one.lease.item, 1, one.lease.token + 2)
    assert renew(amina, "amina", [two.lease], HOUR) == {two.lease}


HISTORY = ("events", "streams", "catalogs", "facts")


@pytest.mark.parametrize("login", ["amina", "tess", "lena"])
@pytest.mark.parametrize("table", HISTORY)
def test_nobody_in_the_team_rewrites_or_deletes_history(untouched: TeamDatabase, login: str, table: str) -> None:
    with untouched.connect(login) as connection:
        for statement in ("DELETE FROM modtui.{}", "UPDATE modtui.{0} SET {1} = ''", "TRUNCATE modtui.{}"):
            column = {"events": "document", "streams": "stream", "catalogs": "document"}
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(statement.format(table, column.get(table, "value")))


@pytest.mark.parametrize(
    ("login", "statement"),
    [
        ("amina", "INSERT INTO modtui.work (item, slot, queue, order_key) VALUES ('i', 1, 'q', 1)"),
        ("amina", "UPDATE modtui.ads SET payload = ''"),
        ("amina", "DELETE FROM modtui.work"),
        ("amina", "DELETE FROM modtui.passes"),
        ("amina", "UPDATE modtui.late SET token = 0"),
        ("amina", "UPDATE modtui.people SET cap = 9"),
        ("amina", "INSERT INTO modtui.catalogs (hash) VALUES ('')"),
        ("amina", "CREATE TABLE modtui.mine (x int)"),
        ("amina", "SET ROLE modtui_eu_lead"),
        ("tess", "UPDATE modtui.work SET state = 'done'"),
        ("tess", "INSERT INTO modtui.catalogs (hash) VALUES ('')"),
        ("lena", "DELETE FROM modtui.work"),
        ("lena", "DROP TABLE modtui.events"),
        ("lena", "ALTER TABLE modtui.events DISABLE TRIGGER ALL"),
    ],
)
def test_each_part_may_do_its_own_and_no_more(untouched: TeamDatabase, login: str, statement: str) -> None:
    with untouched.connect(login) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute(statement)


def test_what_waits_for_a_second_reviewer_is_open_again_to_others(
    lead: psycopg.Connection, amina: psycopg.Connection, ben: psycopg.Connection
) -> None:
    publish(lead, work("ad-1"))
    [leased] = take(amina, "amina", "eu-weekly", 1, HOUR)
    first = replace(decide(amina, "amina", leased, 1), needs_another=True)
    for _ in range(2):  # repeating it is harmless, and not late
        assert close(amina, "amina", [first]) == set()
    assert take(amina, "amina", "eu-weekly", 1, HOUR) == []
    [second] = take(ben, "ben", "eu-weekly", 1, HOUR)
    assert close(amina, "amina", [first]) == set()
    assert close(ben, "ben", [decide(ben, "ben", second, 1)]) == set()
    assert queue_states(lead)[0].done == 1


def test_a_stream_sent_under_a_name_of_its_own_closes_its_leases(
    lead: psycopg.Connection, amina: psycopg.Connection
) -> None:
    publish(lead, work("ad-1"))
    [leased] = take(amina, "amina", "eu-weekly", 1, HOUR)
    closing = decide(amina, "amina", leased, 1)
    amina.execute("INSERT INTO modtui.streams (stream) VALUES ('abc~1234')")
    amina.execute("INSERT INTO modtui.events (stream, seq, id, hash, document) VALUES ('abc~1234', 7, 'x', '', '{}')")
    elsewhere = replace(closing, stream="abc", seq=7, event_id="x")
    assert close(amina, "amina", [elsewhere]) == set()
    assert queue_states(lead)[0].done == 1


def test_publishing_a_queue_opens_what_no_lease_or_decision_left_so(
    lead: psycopg.Connection, amina: psycopg.Connection
) -> None:
    """Reviewers must be able to write the state of the work: what one of them spoils the lead repairs."""
    publish(lead, *(work(f"ad-{n}") for n in range(4)))
    decided, leased = take(amina, "amina", "eu-weekly", 2, HOUR)
    close(amina, "amina", [decide(amina, "amina", decided, 1)])
    amina.execute("UPDATE modtui.work SET state = 'done' WHERE item <> %s", (leased.lease.item,))
    publish_queue(lead, "eu-weekly", {}, "lena")
    [state] = queue_states(lead)
    assert (state.open, state.leased, state.done) == (2, 1, 1)
    amina.execute("UPDATE modtui.work SET leased_until = 'infinity', state = 'leased', closed_by = NULL")
    publish_queue(lead, "eu-weekly", {}, "lena")
    [state] = queue_states(lead)
    assert (state.open, state.leased, state.done) == (4, 0, 0)
