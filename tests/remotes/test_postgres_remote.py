"""The team's database as a remote of the sync protocol: marks, restores, broken rows, and what is judged alone."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from modtui.domain.events import FIRST_PREV, Entry, Subject, seal
from modtui.domain.streams import End, Row
from modtui.remotes.postgres import PostgresRemote
from modtui.remotes.protocol import Batch, Refused
from tests.remotes.postgres_kills import faults_after_kills
from tests.remotes.team_database import PASSWORD, TeamDatabase

AMINA, BEN = "a" * 32, "b" * 32


@pytest.fixture
def remote(team: TeamDatabase) -> Iterator[PostgresRemote]:
    with team.connect("amina") as connection:
        yield PostgresRemote(connection)


def chain(stream: str, count: int, ads: Sequence[str] = ()) -> list[Row]:
    """Events that follow each other, each about the ad of its place, if there is one."""
    rows: list[Row] = []
    for place in range(count):
        seq, prev = (rows[-1].seq + 1, rows[-1].hash) if rows else (1, FIRST_PREV)
        subject = Subject("q", ads[place], "hash") if place < len(ads) else None
        entry = Entry(f"{stream[0]}-{seq}", "note", "x", "2026-11-22T12:00:00.000Z", {"text": "t"}, subject)
        event, document = seal(entry, stream, seq, prev)
        rows.append(Row(seq, prev, event.hash, event.id, document))
    return rows


def taken(remote: PostgresRemote, marks: dict[str, str]) -> dict[str, list[int]]:
    """Pull to the end, keeping marks as a workspace does: the numbers that came, by stream."""
    came: dict[str, list[int]] = {}
    for each in remote.pull(dict(marks)):
        assert isinstance(each, Batch), each
        came.setdefault(each.stream, []).extend(row.seq for row in each.rows)
        marks[each.mark[0]] = each.mark[1]
    return came


def test_hello_says_who_it_is_and_what_it_has(remote: PostgresRemote) -> None:
    greeting = remote.hello()
    assert (greeting.team, dict(greeting.ends)) == ("eu", {})
    rows = chain(AMINA, 3)
    receipt = remote.push(AMINA, rows)
    assert receipt.end == End(3, rows[2].hash)
    again = remote.hello()
    assert (again.incarnation, dict(again.ends)) == (greeting.incarnation, {AMINA: receipt.end})
    assert [remote.hash_at(AMINA, seq) for seq in (1, 3, 4)] == [rows[0].hash, rows[2].hash, None]


def test_each_event_is_pulled_once_and_one_s_own_not_at_all(remote: PostgresRemote) -> None:
    marks: dict[str, str] = {}
    receipt = remote.push(AMINA, chain(AMINA, 3))
    assert receipt.mark is not None
    marks[receipt.mark[0]] = receipt.mark[1]
    rows = chain(BEN, 1_203)
    remote.push(BEN, rows[:1_000])
    assert taken(remote, marks) == {BEN: list(range(1, 1_001))}
    assert taken(remote, marks) == {}
    remote.push(BEN, rows[1_000:])
    assert taken(remote, marks) == {BEN: list(range(1_001, 1_204))}


def test_what_is_pulled_is_what_was_pushed(remote: PostgresRemote) -> None:
    rows = chain(BEN, 7)
    remote.push(BEN, rows)
    [batch] = remote.pull({})
    assert isinstance(batch, Batch)
    assert list(batch.rows) == rows


def test_a_restored_server_is_sent_and_read_again(remote: PostgresRemote, team: TeamDatabase) -> None:
    marks: dict[str, str] = {}
    rows = chain(BEN, 9)
    remote.push(BEN, rows)
    taken(remote, marks)
    with team.owner() as owner:
        owner.execute("DELETE FROM modtui.events WHERE seq > 4")
    assert remote.hello().ends[BEN] == End(4, rows[3].hash)
    # The mark is of an event that is not there: the stream is read from its start, which costs time and no event.
    assert taken(remote, dict(marks)) == {BEN: [1, 2, 3, 4]}
    remote.push(BEN, rows[4:])
    assert taken(remote, marks) == {}


def test_large_events_come_in_pages_and_all_of_them(remote: PostgresRemote) -> None:
    rows = chain(BEN, 6)
    big = [Row(row.seq, row.prev, row.hash, row.id, row.document + " " * 1_900_000) for row in rows]
    remote.push(BEN, big)
    batches = [each for each in remote.pull({}) if isinstance(each, Batch)]
    assert [row.seq for batch in batches for row in batch.rows] == [1, 2, 3, 4, 5, 6]
    assert all(len(batch.rows) <= 3 for batch in batches)


@pytest.mark.parametrize(
    ("damage", "why"),
    [
        ("DELETE FROM modtui.events WHERE seq = 3", "does not follow"),
        ("UPDATE modtui.events SET document = 'no JSON' WHERE seq = 3", "cannot be read"),
    ],
)
def test_a_damaged_stream_is_told_and_stops_no_other(
    remote: PostgresRemote, team: TeamDatabase, damage: str, why: str
) -> None:
    remote.push(AMINA, chain(AMINA, 5))
    with team.owner() as owner:
        owner.execute(damage)  # type: ignore[arg-type]
    remote.push(BEN, chain(BEN, 2))
    found = list(remote.pull({}))
    assert sorted(len(each.rows) for each in found if isinstance(each, Batch)) == [2, 2]
    [refused] = [each for each in found if isinstance(each, Refused)]
    assert why in refused.why


def test_a_sync_killed_at_any_moment_loses_and_doubles_nothing(
    team: TeamDatabase, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PGPASSWORD", PASSWORD)
    assert faults_after_kills(team, tmp_path, kills=200 if os.environ.get("MODTUI_LONG") else 4, seed=9) == []
