"""Ads that nobody is left for: everybody who may have them has passed them over, and the lead sees which."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from modtui.remotes.board import WorkAd
from modtui.remotes.postgres_leases import give_back, take
from modtui.remotes.postgres_passed import passed_by_everybody
from modtui.remotes.postgres_published import Person, enlist, publish_ads, publish_queue, strike
from tests.cli.command import Command
from tests.remotes.team_database import PASSWORD, TeamDatabase

QUEUE, HOUR = "eu-weekly", 3_600


@pytest.fixture
def lead(team: TeamDatabase) -> Iterator[psycopg.Connection]:
    with team.connect("lena") as connection:
        publish_queue(connection, QUEUE, {}, "lena")
        yield connection


def publish(lead: psycopg.Connection, name: str, *, is_double: bool = False, skills: tuple[str, ...] = ()) -> None:
    ad = WorkAd("eu", name, f"hash of {name}", f'{{"id": "{name}"}}', 1, is_double=is_double, skills=skills)
    publish_ads(lead, QUEUE, [ad])


def skips(team: TeamDatabase, reviewer: str, reason: str = "disturbing") -> None:
    with team.connect(reviewer) as connection:
        [leased] = take(connection, reviewer, QUEUE, 1, HOUR)
        give_back(connection, reviewer, [leased.lease], reason)


def named(lead: psycopg.Connection) -> list[tuple[str, list[str]]]:
    return [(each.ad_id, [reviewer for reviewer, _ in each.passes]) for each in passed_by_everybody(lead)]


def test_an_ad_is_named_once_the_last_who_may_have_it_has_passed(team: TeamDatabase, lead: psycopg.Connection) -> None:
    for reviewer in ("amina", "ben"):
        enlist(lead, Person(reviewer, reviewer))
    publish(lead, "ad-1")
    assert named(lead) == []
    skips(team, "amina")
    assert named(lead) == []
    skips(team, "ben", "broken ad")
    [found] = passed_by_everybody(lead)
    assert (found.queue, found.ad_id) == (QUEUE, "ad-1")
    assert found.passes == (("amina", "disturbing"), ("ben", "broken ad"))
    enlist(lead, Person("chidi", "chidi"))
    assert named(lead) == []  # a new one may have it


def test_the_second_half_of_a_blind_review_is_named_when_only_the_first_reviewer_is_left(
    team: TeamDatabase, lead: psycopg.Connection
) -> None:
    publish(lead, "ad-1", is_double=True)
    with team.connect("amina") as amina:
        assert take(amina, "amina", QUEUE, 2, HOUR)
    skips(team, "ben")
    assert named(lead) == [("ad-1", ["ben"])]


def test_whom_the_routing_keeps_away_is_not_waited_for(team: TeamDatabase, lead: psycopg.Connection) -> None:
    enlist(lead, Person("amina", "amina", skills=("video",)))
    enlist(lead, Person("ben", "ben"))
    publish(lead, "ad-1", skills=("video",))
    assert named(lead) == []  # nobody has passed it
    skips(team, "amina")
    assert named(lead) == [("ad-1", ["amina"])]


def test_who_has_not_asked_for_work_for_long_is_not_waited_for_unless_listed(
    team: TeamDatabase, lead: psycopg.Connection
) -> None:
    publish(lead, "ad-1")
    with team.connect("ben") as ben:
        assert take(ben, "ben", "another", 1, HOUR) == []
    skips(team, "amina")
    assert named(lead) == []
    with team.owner() as owner:
        owner.execute("UPDATE modtui.seats SET seen_at = seen_at - interval '16 days' WHERE reviewer = 'ben'")
    assert named(lead) == [("ad-1", ["amina"])]
    enlist(lead, Person("ben", "ben"))
    assert named(lead) == []
    strike(lead, "ben")
    assert named(lead) == [("ad-1", ["amina"])]


def test_the_lead_reads_them_in_the_status_with_what_to_do(
    team: TeamDatabase, lead: psycopg.Connection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(lead, "ad-1")
    skips(team, "amina", "language I do not read")
    monkeypatch.setenv("PGPASSWORD", PASSWORD)
    monkeypatch.setenv("MODTUI_REMOTE", team.address("lena"))
    desk = Command(tmp_path)
    desk.good("import", desk.file("own.jsonl", [{"id": "own", "creative": {"body": "Bread"}}]))
    shown = desk.good("remote", "status")
    assert "ad-1: passed by everybody: amina (language I do not read)" in shown.stdout
    assert "modtui remote lease" in shown.stderr
    assert "modtui remote people" in shown.stderr
    [stuck] = desk.json("remote", "status")["passed_by_everybody"]
    assert stuck == {"queue": QUEUE, "source": "eu", "ad": "ad-1", "passes": {"amina": "language I do not read"}}
