"""Sync, remotes and conflicts from the shell."""

from __future__ import annotations

from pathlib import Path

from modtui.services.sync_behind import SyncBehind
from modtui.store.remotes import count_unsynced
from tests.cli.command import Command
from tests.remotes.team_story import Laptop


def at(folder: Path, name: str) -> tuple[Command, Laptop]:
    home = folder / name
    home.mkdir()
    return Command(home), Laptop(home / "workspace.db", name)


def test_two_laptops_a_conflict_and_its_end(tmp_path: Path) -> None:
    first, amina = at(tmp_path, "amina")
    second, bela = at(tmp_path, "bela")
    team = tmp_path / "team"
    first.good("remote", "add", "team", str(team), "--team", "eu_ads", "--new")
    second.good("remote", "add", "team", str(team), "--team", "eu_ads")
    amina.decide("a1", "reject")
    bela.decide("a1", "approve")
    assert first.json("sync", "--dry-run")["would_send"][0]["events"] == 1
    assert first.json("sync")["pushed"] == 1
    done = second.json("sync")
    assert (done["pushed"], done["pulled"], done["conflicts"]) == (1, 1, 1)
    shown = second.good("conflicts").stdout
    assert "amina" in shown
    assert "bela" in shown
    unfounded = second("--reviewer", "carl", "conflicts", "a1", "--follow", "1")
    assert unfounded.exit_code == 1 and "A reason is missing" in unfounded.stderr
    party = second("--reviewer", "bela", "conflicts", "a1", "--follow", "2", "--note", "mine")
    assert party.exit_code == 1 and "settled by somebody else" in party.stderr
    settled = second("--reviewer", "carl", "conflicts", "a1", "--follow", "1", "--note", "see the page")
    assert settled.exit_code == 0, settled.output
    second.good("sync")
    first.good("sync")
    assert first.json("conflicts") == []
    listed = first.json("remote", "list")
    assert [row["name"] for row in listed["remotes"]] == ["team"]
    assert listed["unsynced"] == 0
    first.good("remote", "remove", "team")
    assert first("sync").exit_code == 1


def test_what_a_person_can_fix_is_said_with_a_hint(tmp_path: Path) -> None:
    first, _ = at(tmp_path, "amina")
    missing = first("sync")
    assert missing.exit_code == 1
    assert "modtui remote add" in missing.stderr
    no_team = first("remote", "add", "team", str(tmp_path / "team"))
    assert no_team.exit_code == 1
    assert "Not reachable" in no_team.stderr or "not reachable" in no_team.stderr
    assert first("sync", "--dry-run", "--to-file", "x").exit_code == 2


def test_a_file_is_carried_by_hand(tmp_path: Path) -> None:
    first, amina = at(tmp_path, "amina")
    second, bela = at(tmp_path, "bela")
    amina.decide("a2", "reject")
    first.good("sync", "--to-file", tmp_path / "x.modtui")
    assert second.json("sync", "--from-file", tmp_path / "x.modtui")["pulled"] == 1
    assert bela.item("a2").outcome == "reject"


def test_a_sync_behind_the_screens_is_a_process_of_its_own(tmp_path: Path) -> None:
    first, amina = at(tmp_path, "amina")
    behind = SyncBehind(amina.workspace, 15)
    assert not behind.sync_now(), "there is no remote yet"
    first.good("remote", "add", "team", str(tmp_path / "team"), "--team", "t", "--new")
    amina.decide("a1")
    assert behind.sync_now()
    assert behind._process is not None
    assert behind._process.wait(60) == 0
    assert count_unsynced(amina.workspace.reader) == 0
    behind.stop()


def test_why_a_sync_behind_the_screens_failed_is_told(tmp_path: Path) -> None:
    first, amina = at(tmp_path, "amina")
    first.good("remote", "add", "team", str(tmp_path / "team"), "--team", "t", "--new")
    (tmp_path / "team" / "modtui-remote.json").write_text("{", encoding="utf-8")
    behind = SyncBehind(amina.workspace, 15)
    assert behind.sync_now() and behind._process is not None
    assert behind._process.wait(60) == 1
    assert behind.problem.startswith("Not a team's folder: modtui-remote.json in it cannot be read.")
    behind.stop()
