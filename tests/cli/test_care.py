"""`modtui verify`, `backup`, `restore` and `doctor`: a workspace is looked after, and a damaged one is said to be."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest

from modtui.store import sqlite
from tests.cli.command import Command
from tests.services.shift import plain_ad


@pytest.fixture
def kept(modtui: Command) -> Command:
    """Three ads, two of them decided."""
    modtui.good("import", modtui.file("eu.jsonl", [plain_ad("a"), plain_ad("b"), plain_ad("c")]))
    modtui.good("review", "eu", "--plain", stdin="\n\nq\n")
    return modtui


def damage(workspace: Path) -> None:
    """Change one decision in the file, behind the program's back."""
    connection = sqlite.connect_writer(workspace)
    connection.execute("DROP TRIGGER events_are_not_changed")
    connection.execute(
        "UPDATE events SET document = replace(document, '\"approve\"', '\"reject\"') WHERE event_no & 1023 = 2"
    )
    connection.execute("COMMIT") if connection.in_transaction else None
    connection.close()


def test_a_whole_chain_holds(kept: Command) -> None:
    result = kept.good("verify")
    assert result.stdout == "2 events hold, and so does the file.\n"
    assert kept.json("verify") == {"checked": 2, "others": 0, "broken": None, "pages": []}


def test_a_changed_event_is_found_and_named(kept: Command) -> None:
    damage(kept.workspace)
    result = kept("verify")
    assert result.exit_code == 1
    assert "Event 2 of stream" in result.stderr and "its content does not match its hash" in result.stderr
    assert "1 events before it do" in result.stderr
    found = json.loads(kept("verify", "--json").stdout)
    assert (found["checked"], found["broken"]["seq"]) == (1, 2)


def test_what_still_holds_is_saved_before_going_back(kept: Command) -> None:
    damage(kept.workspace)
    saved = kept.folder / "events.jsonl"
    assert kept("verify", "--salvage", saved).exit_code == 1
    (record,) = [json.loads(line) for line in saved.read_text().splitlines()]
    assert record["event"]["seq"] == 1 and record["event"]["subject"]["ad_id"] == "a"
    assert len(record["hash"]) == 64


def test_a_damaged_workspace_can_be_read_and_not_written(kept: Command) -> None:
    damage(kept.workspace)
    assert kept("queues").exit_code == 0
    result = kept("import", kept.file("more.jsonl", [plain_ad("d")]))
    assert result.exit_code == 1 and "modtui verify" in result.stderr


def test_a_backup_is_a_workspace_of_its_own(kept: Command) -> None:
    copy = kept.folder / "copy.modtui"
    assert kept.good("backup", "-o", copy).stdout == f"{copy}\n"
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    assert kept.good("--workspace", copy, "verify").stdout == "2 events hold, and so does the file.\n"
    again = kept("backup", "-o", copy)
    assert again.exit_code == 1 and "exists" in again.stderr


def test_the_newest_five_backups_are_kept(kept: Command) -> None:
    made = [kept.json("backup")["backup"] for _ in range(6)]
    assert len(set(made)) == 6
    there = kept.good("restore").stdout.splitlines()
    assert len(there) == 5
    assert Path(made[-1]).name in there[0] and Path(made[0]).name not in "\n".join(there)


def test_a_damaged_workspace_drives_out_no_good_backup(kept: Command) -> None:
    made = [kept.json("backup")["backup"] for _ in range(5)]
    connection = sqlite.connect_writer(kept.workspace)
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    (root,) = connection.execute("SELECT rootpage FROM sqlite_schema WHERE name = 'advertiser_hosts'").fetchone()
    connection.close()
    with kept.workspace.open("r+b") as file:
        file.seek((root - 1) * 4096)
        file.write(b"\xff" * 4096)
    result = kept("backup")
    assert result.exit_code == 1 and "does not hold" in result.stderr and "modtui restore" in result.stderr
    assert [line.split()[-1] for line in kept.good("restore").stdout.splitlines()] == [
        Path(path).name for path in reversed(made)
    ]
    kept.good("restore", "1", "--yes")
    assert kept.json("verify")["checked"] == 2


def test_going_back_brings_the_backup_and_keeps_what_was_there(kept: Command) -> None:
    kept.good("backup")
    kept.good("review", "eu", "--plain", stdin="\nq\n")
    assert kept.json("verify")["checked"] == 3
    result = kept.good("restore", "1", "--yes")
    assert "is restored" in result.stderr and "kept as" in result.stderr
    assert kept.json("verify")["checked"] == 2
    assert kept.json("queues")["queues"][0]["decided"] == 2
    name = result.stderr.partition("kept as ")[2].strip().rstrip(".")
    assert kept.json("--workspace", kept.folder / name, "verify")["checked"] == 3


def test_after_going_back_the_chain_goes_on(kept: Command) -> None:
    kept.good("backup")
    kept.good("restore", "1", "--yes")
    kept.good("review", "eu", "--plain", stdin="\nq\n")
    assert kept.json("verify") == {"checked": 3, "others": 0, "broken": None, "pages": []}


def test_going_back_asks_first_and_no_means_no(kept: Command) -> None:
    kept.good("backup")
    before = kept.workspace.stat().st_ino
    assert kept("restore", "1", stdin="n\n").exit_code == 1
    assert kept.workspace.stat().st_ino == before


@pytest.mark.parametrize("which", ["7", "0", "no-such-file.db"])
def test_a_backup_that_is_not_there_changes_nothing(kept: Command, which: str) -> None:
    kept.good("backup")
    before = kept.workspace.stat().st_ino
    result = kept("restore", which, "--yes")
    assert result.exit_code == 1 and result.stderr
    assert kept.workspace.stat().st_ino == before


def test_a_backup_that_cannot_be_put_back_is_refused_before_anything_is_asked(kept: Command) -> None:
    result = kept("restore", "7", stdin="y\n")
    assert result.exit_code == 1 and "No such backup" in result.stderr and "[y/N]" not in result.output


def test_a_file_that_is_no_workspace_is_refused(kept: Command) -> None:
    other = kept.folder / "other.db"
    other.write_bytes(b"not a database at all" * 100)
    before = kept.workspace.stat().st_ino
    refused = kept("restore", other, "--yes")
    assert refused.exit_code == 1 and refused.stderr.startswith("Not a backup") and "Choose another" in refused.stderr
    assert kept.workspace.stat().st_ino == before
    result = kept("--workspace", other, "queues")
    assert result.exit_code == 1 and "Traceback" not in result.output


def test_no_backups_is_said(kept: Command) -> None:
    result = kept("restore")
    assert result.exit_code == 1 and "modtui backup" in result.stderr


def test_a_doctor_finds_nothing_bad_in_a_good_workspace(kept: Command) -> None:
    findings = {each["what"]: each for each in json.loads(kept("doctor", "--json").stdout)}
    assert findings["database"]["state"] == "good" and "WAL" in findings["database"]["words"]
    assert findings["catalog"]["state"] == "good"
    assert findings["backups"]["state"] == "care"
    assert "bad" not in {findings[what]["state"] for what in ("database", "disk", "catalog")}


def test_a_doctor_says_what_to_do_about_rights_and_a_bad_catalog(kept: Command) -> None:
    kept.workspace.chmod(0o644)
    catalog = Path(__file__).parents[1] / "files" / "thirty_mistakes.yaml"
    result = kept("--policies", catalog, "doctor")
    assert result.exit_code == 1
    assert "can be read by others (644)  -> chmod 600" in result.stdout
    assert "modtui policies check" in result.stdout


def test_a_doctor_finds_a_changed_event(kept: Command) -> None:
    damage(kept.workspace)
    (found,) = [each for each in json.loads(kept("doctor", "--json").stdout) if each["what"] == "workspace"]
    assert found["state"] == "bad" and "event 2 does not hold" in found["words"] and "modtui restore" in found["hint"]


def test_a_doctor_finds_a_file_that_was_cut_off(kept: Command) -> None:
    whole = kept.workspace.read_bytes()
    kept.workspace.write_bytes(whole[: len(whole) // 2])
    result = kept("doctor")
    assert result.exit_code == 1
    (line,) = [line for line in result.stdout.splitlines() if line.split()[1] == "workspace"]
    assert line.startswith("bad") and "damaged" in line and "modtui restore" in line


def test_a_doctor_needs_no_workspace(modtui: Command) -> None:
    result = modtui("doctor")
    assert "is not there yet" in result.stdout
    assert not modtui.workspace.exists()
