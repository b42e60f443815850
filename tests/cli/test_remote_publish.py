"""`modtui remote publish` over a folder and over files, from the shell."""

from __future__ import annotations

from pathlib import Path

from tests.cli.command import Command
from tests.services.room import ad


def commands(folder: Path, *names: str) -> list[Command]:
    for name in names:
        (folder / name).mkdir()
    return [Command(folder / name) for name in names]


def test_a_lead_publishes_to_a_folder_and_a_reviewer_syncs(tmp_path: Path) -> None:
    lead, desk = commands(tmp_path, "lead", "desk")
    team = str(tmp_path / "team")
    lead.good("import", lead.file("eu-weekly.jsonl", [ad(f"ad-{n}") for n in range(1, 8)]))
    lead.good("remote", "add", "team", team, "--team", "eu_ads", "--new")
    desk.good("remote", "add", "team", team, "--team", "eu_ads")
    assert lead.json("remote", "publish", "queue", "eu-weekly") == {"new": 7, "new_versions": 0, "unchanged": 0}
    assert lead.json("remote", "publish", "queue", "eu-weekly")["unchanged"] == 7
    assert lead.json("remote", "publish", "catalog")["is_new"]
    assert lead.json("remote", "publish", "briefings")["briefings"] >= 0
    refused = lead("remote", "publish", "queue", "eu-weekly", "--double", "10%")
    assert refused.exit_code == 1
    assert "everybody" in refused.stderr
    assert "PostgreSQL" in refused.stderr
    said = desk.good("sync").stderr
    assert "Queue eu-weekly from the team: 7 new" in said
    assert "is the team's now" in said
    assert desk.json("sync")["published"] == {"catalog": None, "queues": {}, "sent": 0}
    assert "Hands out no work" in desk("remote", "lease").stderr


def test_what_is_published_without_a_remote_is_carried_in_a_file(tmp_path: Path) -> None:
    lead, desk = commands(tmp_path, "lead", "desk")
    lead.good("import", lead.file("eu-weekly.jsonl", [ad(f"ad-{n}") for n in range(1, 4)]))
    nowhere = lead("remote", "publish", "queue", "eu-weekly")
    assert nowhere.exit_code == 1
    assert "--carried" in nowhere.stderr
    lead.good("remote", "publish", "queue", "eu-weekly", "--carried")
    lead.good("remote", "publish", "catalog", "--carried")
    lead.good("sync", "--to-file", tmp_path / "x.modtui")
    for new in (3, 0):
        queues = desk.json("sync", "--from-file", tmp_path / "x.modtui")["published"]["queues"]
        assert sum(counts["new"] for counts in queues.values()) == new
    lead.good("remote", "add", "team", str(tmp_path / "team"), "--team", "eu_ads", "--new")
    assert lead.json("sync", "--dry-run")["would_send_files"] == 3
    assert "3 published files" in lead.good("sync", "--dry-run").stdout
    assert lead.json("sync")["published"]["sent"] == 3
