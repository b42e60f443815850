"""Streams in the team's database: twice is once, gaps wait, forks overwrite nothing, big pages come in parts."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest

from modtui.domain.events import FIRST_PREV, Entry, seal
from modtui.domain.streams import End, Row
from modtui.remotes.postgres_events import add, end_of, ends, read, register
from modtui.remotes.protocol import Forked
from tests.remotes.team_database import TeamDatabase

STREAM = "a" * 32


@pytest.fixture
def amina(team: TeamDatabase) -> Iterator[psycopg.Connection]:
    with team.connect("amina") as connection:
        register(connection, STREAM)
        yield connection


def chain(count: int, after: Row | None = None, word: str = "note") -> list[Row]:
    """Events that follow each other, and the one given."""
    rows: list[Row] = []
    for _ in range(count):
        last = rows[-1] if rows else after
        seq, prev = (last.seq + 1, last.hash) if last else (1, FIRST_PREV)
        entry = Entry(
            id=f"{word}-{seq}", kind="note", actor="amina", at="2026-11-22T12:00:00.000Z", body={"text": word}
        )
        event, document = seal(entry, STREAM, seq, prev)
        rows.append(Row(seq, prev, event.hash, event.id, document))
    return rows


def stored(connection: psycopg.Connection) -> list[Row]:
    return read(connection, STREAM, 0)


def test_what_is_pushed_comes_back_byte_for_byte(amina: psycopg.Connection) -> None:
    rows = chain(7, word="naïve “quotes”, \\ and \N{GRINNING FACE}")
    assert add(amina, STREAM, rows[:3]) == End(3, rows[2].hash)
    assert add(amina, STREAM, rows[3:]) == End(7, rows[6].hash)
    assert stored(amina) == rows
    assert ends(amina) == {STREAM: End(7, rows[6].hash)}
    assert read(amina, STREAM, 5) == rows[5:]
    assert read(amina, STREAM, 7) == []


@pytest.mark.parametrize("again", [slice(0, 5), slice(0, 3), slice(2, 7), slice(4, 9), slice(0, 9)])
def test_pushing_again_is_harmless_and_adds_what_is_missing(amina: psycopg.Connection, again: slice) -> None:
    rows = chain(9)
    add(amina, STREAM, rows[:5])
    end = add(amina, STREAM, rows[again])
    reached = max(5, again.stop)
    assert end == End(reached, rows[reached - 1].hash)
    assert stored(amina) == rows[:reached]


def test_after_a_gap_nothing_is_stored_and_the_answer_says_where_to_go_on(amina: psycopg.Connection) -> None:
    rows = chain(9)
    assert add(amina, STREAM, rows[4:]) == End()
    add(amina, STREAM, rows[:2])
    assert add(amina, STREAM, rows[4:]) == End(2, rows[1].hash)
    assert stored(amina) == rows[:2]


def test_a_copied_workspace_overwrites_nothing(amina: psycopg.Connection) -> None:
    rows = chain(6)
    others = chain(4, after=rows[2], word="copy")
    add(amina, STREAM, rows)
    for given in (others, others[1:]):
        with pytest.raises(Forked):
            add(amina, STREAM, given)
    assert stored(amina) == rows


def test_two_copies_that_push_at_once_leave_one_whole_chain(team: TeamDatabase, amina: psycopg.Connection) -> None:
    rows = chain(4)
    others = chain(6, after=rows[1], word="copy")
    add(amina, STREAM, rows[:2])
    with team.connect("amina") as copy, copy.cursor() as cursor:
        copy.autocommit = False
        first = others[0]
        cursor.execute(
            "INSERT INTO modtui.events (stream, seq, id, hash, document) VALUES (%s, %s, %s, %s, %s)",
            (STREAM, first.seq, first.id, first.hash, first.document),
        )
        amina.execute("SET lock_timeout = 200")  # it waits for the other's commit, and here gives up
        with pytest.raises(Exception, match="lock"):
            add(amina, STREAM, rows[2:])
        copy.commit()
    amina.execute("SET lock_timeout = 0")
    with pytest.raises(Forked):
        add(amina, STREAM, rows[2:])
    assert stored(amina) == [*rows[:2], first]


def test_a_stream_that_starts_with_another_first_event_is_a_fork(amina: psycopg.Connection) -> None:
    add(amina, STREAM, chain(1))
    with pytest.raises(Forked):
        add(amina, STREAM, chain(3, word="other"))
    assert end_of(amina, STREAM).seq == 1
