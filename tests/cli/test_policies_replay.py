"""`modtui policies replay`: what is told on the terminal and to scripts, and the worklist it makes."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.command import Command
from tests.services.shift import CATALOG, plain_ad

WHISKY = {"creative": {"headline": "Whisky", "body": "12 years old"}, "advertiser": {"name": "Still\x1b[31m"}}
OLDER = ("        min_age: 18\n", "        min_age: 21\n")
REWORDED = ("Would a child or teenager be drawn to it (cartoon, toy, student life)?", "Is there a toy in it?")


@pytest.fixture
def reviewed(modtui: Command) -> Command:
    """Two ads decided in line mode: one of whisky, one of bread."""
    ads = [plain_ad("whisky", markets=["DE"], audience={"min_age": 18}, **WHISKY), plain_ad("bread")]
    modtui.good("import", modtui.file("eu.jsonl", ads), "--queue", "eu")
    said = modtui.good("review", "eu", "--plain", stdin="al amn\n\n\nq\n").stdout
    assert "whisky: approve" in said and "bread: approve" in said
    return modtui


def next_version(modtui: Command, *changes: tuple[str, str]) -> Path:
    text = CATALOG.read_text().replace("2026.11.1", "2026.12.1")
    for before, after in changes:
        assert before in text
        text = text.replace(before, after, 1)
    path = modtui.folder / "next.yaml"
    path.write_text(text)
    return path


def test_the_report_names_what_flips_what_is_asked_and_what_is_stale(reviewed: Command) -> None:
    result = reviewed.good("policies", "replay", next_version(reviewed, OLDER, REWORDED))
    lines = result.stdout.splitlines()
    assert lines[0] == (
        "2 decisions in force under version 2026.12.1: 1 would flip, 1 cannot be told, 1 stale."
    )  # fmt: skip
    assert "Would flip: 1 decision by the answers they have" in lines
    assert "  approve → approve_limited: 1" in lines
    assert "  by policy: alcohol.product 1" in lines and "  by market: DE 1" in lines
    told = (
        "approve → approve_limited (DE 18-20 allowed → cut alcohol.product/sells) · asks alcohol.product/minor-appeal"
    )
    assert any(line.startswith("    eu whisky (Still") and told in line for line in lines)
    assert "\x1b" not in result.stdout
    assert (
        "Cannot be told: 1 decision, on 0 of them the ad lights the check; 1 of them flip already" in lines
    )  # fmt: skip
    assert "  alcohol.product/minor-appeal: lit 0 of 1" in lines
    assert "Stale: 1 decision on a row that has changed or is gone" in lines
    assert "  alcohol.product/sells *: 1" in lines
    assert "decisions a second" in result.stderr


def test_scripts_read_one_json_object(reviewed: Command) -> None:
    told = reviewed.json("policies", "replay", next_version(reviewed, OLDER), "--samples", "1")
    assert told["decisions"] == 2 and told["version"] == "2026.12.1"
    assert told["flips"]["markets"] == {"DE": 1} and told["flips"]["advertisers"] == {"Still\x1b[31m": 1}
    (sample,) = told["flips"]["outcomes"]["approve → approve_limited"]["samples"]
    assert (sample["source"], sample["ad_id"]) == ("eu", "whisky")
    assert told["asks"]["decisions"] == 0 and told["stale"]["decisions"] == 1
    none = reviewed.json("policies", "replay", next_version(reviewed, OLDER), "--market", "FR")
    assert none["flips"]["decisions"] == none["stale"]["decisions"] == 0


def test_nothing_would_change_under_the_catalog_in_use(reviewed: Command) -> None:
    said = reviewed.good("policies", "replay", CATALOG).stdout
    assert said == "2 decisions in force under version 2026.11.1: nothing would change.\n"


def test_the_worklist_is_reviewed_under_the_new_version(reviewed: Command) -> None:
    new = next_version(reviewed, OLDER)
    result = reviewed.good("policies", "replay", new, "--worklist", "again")
    assert "1 ad put into again." in result.stderr and f"modtui review again --policies {new}" in result.stderr
    said = reviewed.good("review", "again", "--plain", "--policies", new, stdin="al amn\n\nq\n").stdout
    assert "AD whisky from eu: Whisky (again: approve → approve_limited (DE 18-20" in said
    assert "BEFORE approve alcohol.product/sells" in said and "whisky: approve limited" in said
    assert reviewed.json("policies", "replay", new)["flips"]["decisions"] == 0


def test_mistakes_are_told_with_their_place(reviewed: Command) -> None:
    broken = next_version(reviewed, ("severity: low", "severty: low"))
    result = reviewed("policies", "replay", broken)
    assert result.exit_code == 1 and "next.yaml:" in result.stderr and result.stdout == ""
    assert reviewed("policies", "replay", CATALOG, "--as-of", "tomorrow").exit_code == 2
    assert reviewed("policies", "replay", reviewed.folder / "none.yaml").exit_code == 1
    taken = reviewed("policies", "replay", CATALOG, "--worklist", "eu")
    assert taken.exit_code == 1 and "another name" in taken.stderr
