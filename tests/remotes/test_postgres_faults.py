"""What may be wrong with a team's database, each told in words with what to do next, and secrets that stay secret."""

from __future__ import annotations

import logging
import os
import socket
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from modtui.domain.streams import End
from modtui.errors import ModtuiError
from modtui.remotes import postgres_connection
from modtui.remotes.postgres_connection import connect, transact
from modtui.remotes.postgres_events import end_of, register
from modtui.remotes.postgres_leases import take
from modtui.remotes.postgres_schema import create_tables
from modtui.services.leasing import sync_leases
from modtui.services.team import opened_team
from tests.cli.command import Command
from tests.remotes.postgres_server import free_port
from tests.remotes.team_database import PASSWORD, TeamDatabase
from tests.remotes.test_postgres_events import STREAM, add, chain
from tests.services.room import ad, room_at


@pytest.fixture(autouse=True)
def no_other_way_in(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in [name for name in os.environ if name.startswith("PG")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PGPASSFILE", str(tmp_path / "nothing"))


@pytest.fixture
def password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PGPASSWORD", PASSWORD)


def refused(address: str, title: str) -> ModtuiError:
    """Open a team's database that cannot be opened: the error, which has a hint and no secret."""
    with pytest.raises(ModtuiError) as caught, opened_team(address):
        pass
    error = caught.value
    assert error.title == title, error
    assert error.hint
    assert PASSWORD not in f"{error} {error.hint}"
    return error


def test_a_server_that_is_not_there() -> None:
    error = refused(f"postgresql://amina@127.0.0.1:{free_port()}/ads", "Remote not reachable")
    assert "safe here" in error.hint


def test_a_server_that_is_something_else(password: None) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        listener.settimeout(5)
        # It accepts, never answers, and is given up: two seconds are the shortest the driver waits.
        refused(f"postgresql://amina@127.0.0.1:{port}/ads?connect_timeout=2", "Remote not reachable")


def test_a_wrong_password_and_none(team: TeamDatabase, monkeypatch: pytest.MonkeyPatch) -> None:
    refused(team.address("amina"), "No password")
    monkeypatch.setenv("PGPASSWORD", "another")
    refused(team.address("amina"), "Wrong password")
    refused(team.address("nobody-known"), "Wrong password")


def test_no_such_database(team: TeamDatabase, password: None) -> None:
    refused(team.server.url("nothing_here", "amina"), "No such database")


def test_a_database_without_tables(team: TeamDatabase, password: None) -> None:
    error = refused(team.server.url("postgres", "amina"), "Not a team's database")
    assert "remote init" in error.hint


def test_a_login_without_a_role(team: TeamDatabase, password: None) -> None:
    with team.owner() as owner:
        owner.execute("REVOKE modtui_eu_reviewer FROM amina")
    try:
        refused(team.address("amina"), "Not a team's database")
    finally:
        with team.owner() as owner:
            owner.execute("GRANT modtui_eu_reviewer TO amina")


def test_a_newer_protocol_is_refused_with_words(team: TeamDatabase, password: None) -> None:
    with team.owner() as owner:
        owner.execute("UPDATE modtui.facts SET value = '2' WHERE name = 'protocol'")
        with pytest.raises(ModtuiError, match="too new"):
            create_tables(owner, "eu")
    error = refused(team.address("amina"), "Remote is too new")
    assert "Update modtui" in error.hint


def test_another_teams_database_gets_nothing(team: TeamDatabase, password: None, tmp_path: Path) -> None:
    with team.owner() as owner, pytest.raises(ModtuiError, match="belongs to the team 'eu'"):
        create_tables(owner, "us")
    with room_at(tmp_path) as room:
        with opened_team(team.address("amina"), room.workspace) as (name, _):
            assert name == "eu"
        with team.owner() as owner:
            owner.execute("UPDATE modtui.facts SET value = 'us' WHERE name = 'team'")
        with (
            pytest.raises(ModtuiError, match="Another team's remote"),
            opened_team(team.address("amina"), room.workspace),
        ):
            pass


@pytest.mark.parametrize("name", ["", "EU", "eu-ads", "1eu", "eu; drop", "e" * 41])
def test_a_name_that_is_none_for_a_team(team: TeamDatabase, name: str) -> None:
    with team.owner() as owner, pytest.raises(ModtuiError, match="Not a name for a team"):
        create_tables(owner, name)


def test_making_the_tables_again_is_harmless(team: TeamDatabase, password: None) -> None:
    with connect(team.address("amina")) as amina:
        register(amina, STREAM)
        add(amina, STREAM, chain(3))
        with team.owner() as owner:
            before = owner.execute("SELECT value FROM modtui.facts ORDER BY name").fetchall()
            create_tables(owner, "eu")
            assert owner.execute("SELECT value FROM modtui.facts ORDER BY name").fetchall() == before
        assert end_of(amina, STREAM).seq == 3


def test_a_full_disk_there_stores_nothing_and_the_next_push_makes_it_good(team: TeamDatabase, password: None) -> None:
    rows = chain(4)
    with connect(team.address("amina")) as amina, team.owner() as owner:
        register(amina, STREAM)
        add(amina, STREAM, rows[:2])
        # What the server says when its disk is full; to fill one for real takes the machine with it.
        owner.execute(
            """CREATE OR REPLACE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS
               $$ BEGIN RAISE 'could not extend file: No space left on device' USING ERRCODE = '53100'; END $$"""
        )
        owner.execute("CREATE TRIGGER full_disk BEFORE INSERT ON modtui.events EXECUTE FUNCTION full_disk()")
        with pytest.raises(ModtuiError, match="Disk full at the remote") as caught:
            add(amina, STREAM, rows[2:])
        assert "safe here" in caught.value.hint
        assert end_of(amina, STREAM) == End(2, rows[1].hash)
        owner.execute("DROP TRIGGER full_disk ON modtui.events")
        assert add(amina, STREAM, rows[2:]) == End(4, rows[3].hash)


def test_a_server_that_takes_too_long_is_given_up(
    team: TeamDatabase, password: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres_connection, "STATEMENT_MS", 200)
    with connect(team.address("amina")) as amina, team.owner() as owner, owner.transaction():
        owner.execute("LOCK TABLE modtui.seats")
        with pytest.raises(ModtuiError, match="Remote is too slow"):
            take(amina, "amina", "q", 1, 60)


def test_a_connection_cut_in_the_middle_is_told_and_the_next_one_makes_it_good(
    team: TeamDatabase, password: None, tmp_path: Path
) -> None:
    rows = chain(4)
    with connect(team.address("amina")) as amina, team.owner() as owner:
        register(amina, STREAM)
        add(amina, STREAM, rows[:2])
        owner.execute("SELECT pg_terminate_backend(%s)", (amina.info.backend_pid,))
        with pytest.raises(ModtuiError, match="Remote"):
            add(amina, STREAM, rows[2:])
    with connect(team.address("amina")) as amina:
        assert add(amina, STREAM, rows[2:]).seq == 4


@pytest.mark.parametrize("code", ["40001", "40P01"])
def test_what_the_server_asks_to_repeat_is_repeated(team: TeamDatabase, password: None, code: str) -> None:
    """Distributed engines refuse transactions that met another, and expect them again."""
    tries: list[int] = []
    pauses: list[float] = []

    def run(connection: psycopg.Connection) -> str:
        tries.append(1)
        if len(tries) < 3:
            connection.execute(f"DO $$ BEGIN RAISE 'again' USING ERRCODE = '{code}'; END $$")
        return "done"

    with connect(team.address("amina")) as amina:
        assert transact(amina, run, pause=pauses.append) == "done"
        assert len(pauses) == 2

        def never(connection: psycopg.Connection) -> None:
            connection.execute(f"DO $$ BEGIN RAISE 'again' USING ERRCODE = '{code}'; END $$")

        with pytest.raises(ModtuiError):
            transact(amina, never, pause=pauses.append)
        assert len(pauses) == 2 + postgres_connection.TRIES - 1


@pytest.mark.parametrize(
    "address", ["postgresql://amina:{}@127.0.0.1/ads", "postgresql://127.0.0.1/ads?user=amina&password={}",
                "host=127.0.0.1 password={}", "postgresql://a:{}@[broken/ads"],
)  # fmt: skip
def test_a_password_in_an_address_is_refused_and_not_repeated(address: str) -> None:
    refused(address.format(PASSWORD), "Not an address" if "broken" in address else "A password in the address")


def _environment(folder: Path, team: TeamDatabase, patch: pytest.MonkeyPatch) -> str:
    patch.setenv("PGPASSWORD", PASSWORD)
    return team.address("amina")


def _passfile(folder: Path, team: TeamDatabase, patch: pytest.MonkeyPatch) -> str:
    place = folder / "pgpass"
    place.write_text(f"127.0.0.1:*:*:*:{PASSWORD}\n")
    place.chmod(0o600)
    patch.setenv("PGPASSFILE", str(place))
    return team.address("amina")


def _service(folder: Path, team: TeamDatabase, patch: pytest.MonkeyPatch) -> str:
    place = folder / "services"
    stated = f"host=127.0.0.1\nport={team.server.port}\ndbname={team.name}\nuser=amina\npassword={PASSWORD}\n"
    place.write_text(f"[ads]\n{stated}")
    patch.setenv("PGSERVICEFILE", str(place))
    return "postgresql:///?service=ads"


@pytest.mark.parametrize("way", [_environment, _passfile, _service])
def test_a_password_comes_from_outside_and_turns_up_nowhere(
    way: Callable[[Path, TeamDatabase, pytest.MonkeyPatch], str], team: TeamDatabase, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture,
) -> None:  # fmt: skip
    outside, home = tmp_path / "outside", tmp_path / "home"
    outside.mkdir()
    home.mkdir()
    caplog.set_level(logging.DEBUG)
    address = way(outside, team, monkeypatch)
    with room_at(home) as room:
        room.bring(ad("ad-1"))
        with opened_team(address, room.workspace) as (name, connection):
            sync_leases(room.workspace, connection, name, "amina", wanted=3, clock=room.clock)
    assert PASSWORD not in caplog.text
    for place in home.rglob("*"):
        assert not place.is_file() or PASSWORD.encode() not in place.read_bytes(), place


def test_the_commands_of_a_lead_and_a_reviewer(
    team: TeamDatabase, tmp_path: Path, password: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "lead").mkdir()
    (tmp_path / "desk").mkdir()
    lead, desk = Command(tmp_path / "lead"), Command(tmp_path / "desk")
    monkeypatch.setenv("MODTUI_REMOTE", team.address("lena"))
    lead.good("import", lead.file("eu-weekly.jsonl", [ad(f"ad-{n}") for n in range(1, 8)]))
    assert lead.json("remote", "publish", "queue", "eu-weekly", "--double", "0%")["new"] == 7
    assert lead.json("remote", "publish", "queue", "eu-weekly")["unchanged"] == 7
    assert lead.json("remote", "publish", "catalog")["is_new"]
    assert lead.json("remote", "publish", "briefings")["briefings"] >= 0
    listed = lead.json("remote", "people", "amina", "--markets", "fr,be", "--languages", "FR", "--cap", "5")
    assert listed[0]["markets"] == ["FR", "BE"]
    assert listed[0]["languages"] == ["fr"]
    assert "markets FR,BE" in lead.good("remote", "people").stdout
    monkeypatch.setenv("MODTUI_REMOTE", team.address("amina"))
    assert desk.json("remote", "lease", "--take", "9", "--hours", "8")["taken"] == 5
    assert "5 ads at hand, 0 of them new" in desk.good("remote", "lease", "--take", "9").stderr
    [queue] = desk.json("remote", "status")["queues"]
    assert (queue["open"], queue["leased"]) == (2, 5)
    refusal = desk("remote", "people", "amina", "--cap", "900")
    assert refusal.exit_code == 1
    assert "Not allowed there" in refusal.stderr
    assert desk.json("remote", "lease", "--return") == {"given_back": 5}
    monkeypatch.delenv("MODTUI_REMOTE")
    missing = desk("remote", "status")
    assert missing.exit_code == 1
    assert "modtui remote add" in missing.stderr


def test_what_init_prints_lets_somebody_in(team: TeamDatabase, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PGPASSWORD", team.server.password)
    with team.server.database() as name:
        printed = Command(tmp_path).good("remote", "init", team.server.url(name), "--team", "pasted").stdout
        try:
            team.server.psql(name, printed.replace("amina", "nora") + "pw-nora-81\npw-nora-81\n")
            with team.server.connect(name, "nora", "pw-nora-81") as nora:
                assert nora.execute("SELECT count(*) FROM modtui.events").fetchone() == (0,)
        finally:
            with team.server.connect(name) as owner:
                for role in ("reviewer", "trainer", "lead"):
                    owner.execute(f"DROP OWNED BY modtui_pasted_{role}".encode())
                    owner.execute(f"DROP ROLE modtui_pasted_{role}".encode())
                owner.execute("DROP ROLE IF EXISTS nora")


def test_init_says_how_to_let_people_in(team: TeamDatabase, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PGPASSWORD", team.server.password)
    with team.server.database() as name:
        done = Command(tmp_path).good("remote", "init", team.server.url(name), "--team", "nordics")
        assert "GRANT modtui_nordics_reviewer TO amina" in done.stdout
        assert "\\password amina" in done.stdout
        assert "asks for the password" in done.stderr
        with team.server.connect(name) as owner:
            owner.execute("DROP OWNED BY modtui_nordics_reviewer, modtui_nordics_trainer, modtui_nordics_lead")
            owner.execute("DROP ROLE modtui_nordics_reviewer, modtui_nordics_trainer, modtui_nordics_lead")
